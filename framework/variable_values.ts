/** Which values a variable may take, and with which it starts. */

import type { IssuePath } from "./issue.ts";
import { type Json, notJson } from "./json.ts";
import type { ElementDefinition, ScalarName, VariableDefinition } from "./variables.ts";

/** Why a value is not allowed, and where in it: the empty path is the value itself. */
export interface VariableFailure {
  /** Keys and indices from the value inwards. */
  readonly path: IssuePath;
  /** What was expected and what found. */
  readonly message: string;
}

/** Judges one value. */
export type ValueCheck = (value: unknown) => VariableFailure | null;

/** Items of a list and entries of a dict when its definition says nothing else. */
export const DEFAULT_MAX_LENGTH = 1000;

/** Characters of a JSON variable's text when its definition says nothing else. */
export const LONGEST_JSON = 1_000_000;

/**
 * What is wrong with `value` as a value of this variable, at any depth; null when it is allowed.
 * To check many records of the same variables use a {@linkcode VariableLayout}.
 *
 * @example
 * ```ts
 * import { checkVariable } from "llm-sim";
 * const failure = checkVariable({ type: "list", item_type: { type: "int", min: 0 } }, [3, -1]);
 * if (failure?.path[0] !== 1 || failure.message !== "-1 is below min 0") throw new Error("the second item is not allowed");
 * ```
 */
export function checkVariable(definition: VariableDefinition, value: unknown): VariableFailure | null {
  return compileCheck(definition)(value);
}

const BARE: { readonly [name in ScalarName]: VariableDefinition } = {
  float: { type: "float", default: 0 },
  int: { type: "int", default: 0 },
  bool: { type: "bool", default: false },
  str: { type: "str", default: "" },
};

/** The definition that an element stands for: a bare scalar name is one without constraints that starts as 0, false or "". */
export function elementDefinition(element: ElementDefinition): VariableDefinition {
  return typeof element === "string" ? BARE[element] : element;
}

/** The value a variable starts with; `undefined` when neither it nor its parts say so. */
export function defaultValue(definition: VariableDefinition): Json | undefined {
  switch (definition.type) {
    case "float":
    case "int":
    case "bool":
    case "categorical":
      return definition.default ?? undefined;
    case "str":
      return definition.default ?? null;
    case "list":
      return definition.default ?? [];
    case "tuple":
      return definition.default ?? complete(definition.item_types.map((item) => defaultValue(elementDefinition(item))));
    case "dict":
      return isAbsent(definition.schema)
        ? definition.default ?? {}
        : fieldDefaults(definition.schema, definition.default);
    case "object":
      return fieldDefaults(definition.schema, definition.default);
    case "json":
      return definition.default ?? null;
  }
}

function fieldDefaults(
  schema: { readonly [field: string]: ElementDefinition },
  given: { readonly [key: string]: Json } | null | undefined,
): Json | undefined {
  const fields: Record<string, Json> = {};
  for (const [field, element] of Object.entries(schema)) {
    const value = Object.hasOwn(given ?? {}, field) ? given![field] : defaultValue(elementDefinition(element));
    if (value === undefined) return undefined;
    fields[field] = value;
  }
  // Fields that the schema does not know stay, for the check to report.
  return { ...fields, ...given };
}

function complete(values: readonly (Json | undefined)[]): Json | undefined {
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Whether a setting is left out; null says so too, as in llm-sim's own files. */
export function isAbsent(setting: unknown): setting is null | undefined {
  return setting === null || setting === undefined;
}

/** Whether null is a value of this variable. */
export function isNullable(definition: VariableDefinition): boolean {
  return definition.type === "str" && isAbsent(definition.default);
}

/**
 * The regular expression of a `pattern`. Escaped punctuation that JavaScript's `u` flag refuses (`\-`, `\@`) means itself,
 * as in Python.
 * @throws {SyntaxError} when it does not parse
 */
export function compilePattern(pattern: string): RegExp {
  const portable = pattern.replace(
    /\\([\s\S])/g,
    (escape, char: string) =>
      /[!"#%&',:;<=>@_`~ -]/.test(char) ? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}` : escape,
  );
  return new RegExp(portable, "u");
}

/** Keys of a dict with `key_type: int`. */
export const INT_KEY = /^(0|-?[1-9][0-9]*)$/;

/** Compiles a definition, of which {@linkcode variableDefinitionIssues} has nothing to say, into a check. */
export function compileCheck(definition: VariableDefinition): ValueCheck {
  switch (definition.type) {
    case "float":
      return numberCheck("a finite number", Number.isFinite, definition);
    case "int":
      return numberCheck("a whole number within ±(2^53 − 1)", Number.isSafeInteger, definition);
    case "bool":
      return (value) => typeof value === "boolean" ? null : expected("true or false", value);
    case "categorical": {
      const values = new Set<unknown>(definition.values);
      const what = `one of ${definition.values.map((value) => `'${value}'`).join(", ")}`;
      return (value) => values.has(value) ? null : expected(what, value);
    }
    case "str":
      return textCheck(definition.pattern ?? null, definition.max_length ?? Infinity, isNullable(definition));
    case "list":
      return listCheck(compileElement(definition.item_type), definition.max_length ?? DEFAULT_MAX_LENGTH);
    case "tuple":
      return tupleCheck(definition.item_types.map(compileElement));
    case "dict":
      if (!isAbsent(definition.schema)) return fieldsCheck("dict", definition.schema);
      return dictCheck(
        definition.key_type === "int",
        compileElement(definition.value_type ?? "str"),
        definition.max_length ?? DEFAULT_MAX_LENGTH,
      );
    case "object":
      return fieldsCheck("object", definition.schema);
    case "json":
      return jsonCheck(definition.max_length ?? LONGEST_JSON);
  }
}

function compileElement(element: ElementDefinition): ValueCheck {
  return compileCheck(elementDefinition(element));
}

function numberCheck(
  what: string,
  isOfType: (value: unknown) => boolean,
  bounds: { readonly min?: number | null | undefined; readonly max?: number | null | undefined },
): ValueCheck {
  const min = bounds.min ?? -Infinity;
  const max = bounds.max ?? Infinity;
  return (value) => {
    if (!isOfType(value)) return expected(what, value);
    if (value as number < min) return failure(`${value} is below min ${min}`);
    if (value as number > max) return failure(`${value} is above max ${max}`);
    return null;
  };
}

function textCheck(pattern: string | null, maxLength: number, nullable: boolean): ValueCheck {
  const regex = pattern === null ? null : compilePattern(pattern);
  return (value) => {
    if (typeof value !== "string") {
      return nullable && value === null ? null : expected(nullable ? "a text or null" : "a text", value);
    }
    if (value.length > maxLength && codePoints(value) > maxLength) {
      return failure(`${show(value)} has ${codePoints(value)} characters; at most ${maxLength} are allowed`);
    }
    return regex === null || regex.test(value) ? null : failure(`${show(value)} does not match the pattern ${pattern}`);
  };
}

function listCheck(item: ValueCheck, maxLength: number): ValueCheck {
  return (value) => {
    if (!Array.isArray(value)) return expected("a list", value);
    if (value.length > maxLength) {
      return failure(`the list has ${value.length} items; at most ${maxLength} are allowed`);
    }
    for (let i = 0; i < value.length; i++) {
      const inner = item(value[i]);
      if (inner) return within(i, inner);
    }
    return null;
  };
}

function tupleCheck(items: readonly ValueCheck[]): ValueCheck {
  return (value) => {
    if (!Array.isArray(value)) return expected(`a list of ${items.length} items`, value);
    if (value.length !== items.length) {
      return failure(`the tuple has ${value.length} items; it must have ${items.length}`);
    }
    for (let i = 0; i < items.length; i++) {
      const inner = items[i]!(value[i]);
      if (inner) return within(i, inner);
    }
    return null;
  };
}

function dictCheck(intKeys: boolean, entry: ValueCheck, maxLength: number): ValueCheck {
  return (value) => {
    if (!isRecord(value)) return expected("a dict", value);
    const keys = Object.keys(value);
    if (keys.length > maxLength) {
      return failure(`the dict has ${keys.length} entries; at most ${maxLength} are allowed`);
    }
    for (const key of keys) {
      if (intKeys && !INT_KEY.test(key)) return within(key, failure(`the key '${key}' is not a whole number`));
      if (key === "__proto__") return within(key, failure("'__proto__' cannot be a key"));
      const inner = entry(value[key]);
      if (inner) return within(key, inner);
    }
    return null;
  };
}

function fieldsCheck(noun: string, schema: { readonly [field: string]: ElementDefinition }): ValueCheck {
  const fields = Object.entries(schema).map(([field, element]) => [field, compileElement(element)] as const);
  const what = `${noun === "object" ? "an object" : "a dict"} with ${Object.keys(schema).join(", ")}`;
  return (value) => {
    if (!isRecord(value)) return expected(what, value);
    for (const [field, check] of fields) {
      if (!Object.hasOwn(value, field)) return within(field, failure("the field is missing"));
      const inner = check(value[field]);
      if (inner) return within(field, inner);
    }
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(schema, key));
    return unknown === undefined ? null : within(unknown, failure(`the ${noun} has no field '${unknown}'`));
  };
}

function jsonCheck(maxLength: number): ValueCheck {
  return (value) => {
    const problem = notJson(value);
    if (problem !== null) return failure(`is no JSON value: it ${problem}`);
    const { length } = JSON.stringify(value);
    return length <= maxLength
      ? null
      : failure(`as JSON it has ${length} characters; at most ${maxLength} are allowed`);
  };
}

/** A plain object: values of other classes would not survive JSON. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Characters as people and JSON Schema count them. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function expected(what: string, value: unknown): VariableFailure {
  return failure(`expected ${what}, found ${show(value)}`);
}

function failure(message: string): VariableFailure {
  return { path: [], message };
}

function within(step: string | number, inner: VariableFailure): VariableFailure {
  return { path: [step, ...inner.path], message: inner.message };
}

/** A value as an error message shows it. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) {
    const name = Object.getPrototypeOf(value)?.constructor?.name ?? "Object";
    return name === "Object" ? "an object" : `an object of class ${name}`;
  }
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
