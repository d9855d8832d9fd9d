/**
 * Says in words what the schema expects at a path, from the JSON Schema of the scenario: "an integer ≥ 1", "one of …",
 * and which keys a map may have. Settings use it to know which paths exist.
 */

import { formatPath, type IssuePath } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import { scenarioJsonSchema } from "./schema.ts";

/** The alternatives that the schema allows at `path`; none when nothing may stand there. `value` picks among unions. */
export function schemasAt(path: IssuePath, value?: Json): readonly JsonObject[] {
  let schemas = alternatives(scenarioJsonSchema());
  let here = value;
  for (const step of path) {
    schemas = narrowed(schemas, here).flatMap((schema) => below(schema, step)).flatMap(alternatives);
    here = childOf(here, step);
  }
  return narrowed(schemas, here).filter((schema) => schema.type !== "null");
}

/** The keys that a map at `path` may have. */
export function keysAt(path: IssuePath, value?: Json): string[] {
  return [...new Set(schemasAt(path, value).flatMap((schema) => Object.keys((schema.properties ?? {}) as JsonObject)))];
}

/** Whether a map at `path` takes keys that the schema does not name, and what it says about them. */
export function openKeysAt(path: IssuePath): "any" | "typed" | "none" {
  const rests = schemasAt(path).map((schema) => isAnything(schema) ? {} : schema.additionalProperties);
  if (rests.some((rest) => rest !== undefined && rest !== false && isAnything(rest as JsonObject))) return "any";
  return rests.some((rest) => rest !== undefined && rest !== false) ? "typed" : "none";
}

/** Whether a map at `path` needs no key, so that setting one inside of it can make it. */
export function canBeMade(path: IssuePath): boolean {
  return schemasAt(path).some(({ type, required }) => type === "object" && required === undefined);
}

/** What must stand at `path`: "an integer ≥ 1". */
export function expectationAt(path: IssuePath, value?: Json): string {
  const schemas = schemasAt(path, value);
  const words = wordsOf(schemas);
  const rest = schemas.filter((schema) => schema.enum === undefined && schema.const === undefined).map(describe);
  const allowed = words.length === 0 ? [] : [words.length === 1 ? `${words[0]}` : `one of ${words.join(", ")}`];
  return [...new Set([...allowed, ...rest])].join(" or ") || "a value";
}

/** The words that may stand at `path`; none where any text may. */
export function wordsAt(path: IssuePath, value?: Json): string[] {
  return wordsOf(schemasAt(path, value)).filter((word) => typeof word === "string");
}

function wordsOf(schemas: readonly JsonObject[]): Json[] {
  return schemas.flatMap((schema) => Array.isArray(schema.enum) ? schema.enum : schema.const ?? []);
}

/** A short text for the value found: "0", "'abc'", "a list of 3", "nothing". */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return `'${value.length > 60 ? value.slice(0, 60) + "…" : value}'`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  return typeof value === "object" ? "a map" : String(value);
}

/** "simulation.max_turns must be an integer ≥ 1, not 0". */
export function mismatch(path: IssuePath, value: Json | undefined, root: Json): string {
  return `${formatPath(path)} must be ${expectationAt(path, root)}, not ${shown(value)}`;
}

function describe(schema: JsonObject): string {
  switch (schema.type) {
    case "string": {
      const [min, max] = [schema.minLength, schema.maxLength];
      return min !== undefined && max !== undefined ? `a text of ${min} to ${max} characters` : "a text";
    }
    case "integer":
      return `an integer${bounds(schema)}`;
    case "number":
      return `a number${bounds(schema)}`;
    case "boolean":
      return "true or false";
    case "array":
      return typeof schema.minItems === "number" && schema.prefixItems === undefined
        ? `a list of at least ${schema.minItems}`
        : typeof schema.maxItems === "number" && schema.prefixItems === undefined
        ? `a list of at most ${schema.maxItems}`
        : typeof schema.description === "string"
        ? schema.description
        : "a list";
    case "object":
      return "a map";
    default:
      return "a value";
  }
}

function bounds(schema: JsonObject): string {
  const low = schema.minimum === Number.MIN_SAFE_INTEGER ? undefined : schema.minimum;
  const high = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum;
  if (typeof low === "number" && typeof high === "number") return ` from ${low} to ${high}`;
  const parts: string[] = [];
  if (typeof low === "number") parts.push(`≥ ${low}`);
  if (typeof schema.exclusiveMinimum === "number") parts.push(`> ${schema.exclusiveMinimum}`);
  if (typeof high === "number") parts.push(`≤ ${high}`);
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

/** What `schema` says about the value under `step`. */
function below(schema: JsonObject, step: string | number): JsonObject[] {
  if (isAnything(schema)) return [{}];
  if (typeof step === "number") {
    const prefix = schema.prefixItems as readonly JsonObject[] | undefined;
    const item = prefix?.[step] ?? schema.items;
    return item === undefined || item === false ? [] : [item as JsonObject];
  }
  const properties = (schema.properties ?? {}) as JsonObject;
  const property = Object.hasOwn(properties, step) ? properties[step] : schema.additionalProperties;
  return property === undefined || property === false ? [] : [property as JsonObject];
}

/** `schema` with references, unions and lists of types opened. */
function alternatives(schema: JsonObject): JsonObject[] {
  if (Array.isArray(schema.type)) return schema.type.map((type) => ({ ...schema, type }));
  if (typeof schema.$ref === "string") return alternatives(referenced(schema.$ref));
  const union = (schema.anyOf ?? schema.oneOf) as readonly JsonObject[] | undefined;
  return union === undefined ? [schema] : union.flatMap(alternatives);
}

function referenced(ref: string): JsonObject {
  let schema: Json | undefined = scenarioJsonSchema();
  for (const step of ref.replace(/^#\/?/, "").split("/").filter((part) => part !== "")) {
    schema = (schema as JsonObject)[step];
  }
  return schema as JsonObject;
}

/** The alternatives whose `type: grid` matches the value's, where they have one. */
function narrowed(schemas: readonly JsonObject[], value: Json | undefined): readonly JsonObject[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return schemas;
  const type = (value as JsonObject).type;
  const matching = schemas.filter((schema) => {
    const expected = (schema.properties as JsonObject | undefined)?.type as JsonObject | undefined;
    return expected?.const === undefined || expected.const === type;
  });
  return matching.length === 0 ? schemas : matching;
}

function childOf(value: Json | undefined, step: string | number): Json | undefined {
  if (value === null || typeof value !== "object") return undefined;
  return Object.hasOwn(value, step) ? (value as { readonly [key: string | number]: Json })[step] : undefined;
}

function isAnything(schema: JsonObject): boolean {
  return Object.keys(schema).every((key) => key === "description" || key === "$schema");
}
