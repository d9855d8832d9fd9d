/** Whether a place of a state can be given a value, as far as the scenario's declarations tell beforehand. */

import { didYouMean, type Issue, SimError } from "./issue.ts";
import type { Json } from "./json.ts";
import { checkStatePath, formatStatePath, parseStatePath, type PathNames, type StatePath } from "./state_path.ts";
import { checkVariable, type ElementDefinition, type StateVariables, type VariableDefinition } from "./variables.ts";
import { elementDefinition } from "./variable_values.ts";

/** What a path to a place in a state is checked against. */
export interface EntryNames {
  /** Declared variables. */
  readonly variables: StateVariables;
  /** Names that paths may use; of a variable whose definition is not among `variables` only the name is checked. */
  readonly names: Omit<PathNames, "metrics">;
}

/**
 * What is wrong with writing `value` at the state path `text`: it does not parse, leads nowhere or to what cannot be set
 * (`bad_path`, `unknown_path`, `read_only_path`), or the value is none of the variable's (`invalid_value`).
 */
export function stateEntryIssues(text: string, value: Json, known: EntryNames): Issue[] {
  return issuesAt(text, known, (definition, place) => {
    // As the item of a list, so that elements which are only the name of a type can be checked too.
    const failure = checkVariable({ type: "list", item_type: definition }, [value]);
    if (!failure) return [];
    const within = failure.path.slice(1);
    const at = within.length === 0 ? place : `${place}.${within.join(".")}`;
    return [error("invalid_value", `'${at}' cannot be set to this value: ${failure.message}`, "see state_variables")];
  });
}

/**
 * What is wrong with changing the number at the state path `text` by an operand: its path, as for
 * {@linkcode stateEntryIssues}, or that it is no number (`not_numeric`), or never a whole one after it (`invalid_value`).
 */
export function stateChangeIssues(
  text: string,
  operation: "add" | "multiply",
  operand: number,
  known: EntryNames,
): Issue[] {
  return issuesAt(text, known, (element, place) => {
    const { type } = elementDefinition(element);
    if (type !== "float" && type !== "int") {
      const hint = `'${operation}' takes float and int variables; use 'set'`;
      return [error("not_numeric", `'${place}' is of type ${type}, and '${operation}' needs a number`, hint)];
    }
    if (type === "float" || operation !== "add" || Number.isInteger(operand)) return [];
    return [error("invalid_value", `'${place}' is a whole number, and ${operand} is not`, "add a whole number")];
  });
}

/** What is wrong with a path, or what `check` says of the definition of the place it leads to. */
function issuesAt(
  text: string,
  { variables: { agent_vars, global_vars }, names }: EntryNames,
  check: (definition: ElementDefinition, place: string) => Issue[],
): Issue[] {
  const path = parsed(text);
  if ("code" in path) return [path];
  const place = formatStatePath(path);
  if (path.kind !== "global" && path.kind !== "agent") {
    return [error("read_only_path", `'${place}' cannot be set`, "set global.<variable> or agents.<name>.<variable>")];
  }
  const unknown = checkStatePath(path, { ...names, metrics: [] });
  if (unknown) return [unknown];
  const group = path.kind === "global" ? global_vars : agent_vars;
  const variable = Object.hasOwn(group, path.variable) ? group[path.variable] : undefined;
  const element = variable && elementAt(variable, path.keys);
  if (!element) return [];
  if ("definition" in element) return check(element.definition, place);
  const { key, valid } = element;
  return [error("unknown_path", `unknown path '${place}': there is no entry '${key}'`, didYouMean(key, valid))];
}

function parsed(text: string): StatePath | Issue {
  try {
    return parseStatePath(text);
  } catch (cause) {
    if (!(cause instanceof SimError)) throw cause;
    return cause.issues[0]!;
  }
}

type Element =
  | { readonly definition: ElementDefinition }
  /** There is no entry of this name; these there are. */
  | { readonly key: string; readonly valid: readonly string[] };

/** What the keys lead to within a variable; null where only the values themselves could tell. */
function elementAt(definition: VariableDefinition, keys: readonly string[]): Element | null {
  let element: ElementDefinition = definition;
  for (const key of keys) {
    const fields = fieldsOf(element);
    if (fields === null) return null;
    const inner: ElementDefinition | undefined = fields instanceof Map ? fields.get(key) : fields.each;
    if (inner === undefined) return { key, valid: fields instanceof Map ? [...fields.keys()] : [] };
    element = inner;
  }
  return { definition: element };
}

/** The entries of a container: by name, or all alike; a scalar has none. Null: any. */
function fieldsOf(element: ElementDefinition): Map<string, ElementDefinition> | { each: ElementDefinition } | null {
  if (typeof element === "string") return new Map();
  switch (element.type) {
    case "object":
      return new Map(Object.entries(element.schema));
    case "dict":
      if (element.schema) return new Map(Object.entries(element.schema));
      return element.value_type ? { each: element.value_type } : null;
    case "list":
      return { each: element.item_type };
    case "tuple":
      return new Map(element.item_types.map((item, i) => [String(i), item]));
    case "json":
      return null;
    default:
      return new Map();
  }
}

function error(code: string, message: string, hint: string): Issue {
  return { severity: "error", code, message, hint };
}
