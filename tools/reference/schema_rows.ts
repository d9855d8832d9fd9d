/** The keys of a scenario as rows of a table, from the JSON Schema of the scenario. */

import type { Json, JsonObject } from "../../framework/mod.ts";
import { wholeScenarioJsonSchema } from "../../framework/scenario/mod.ts";

/** One key. */
export interface KeyRow {
  /** Steps from the section: keys, `[]` for the entries of a list, `<name>` for keys that the scenario chooses. */
  readonly path: readonly string[];
  /** Where maps come in several types, those that have the key; empty: all. */
  readonly of: readonly string[];
  /** What may stand there, in words. */
  readonly type: string;
  readonly isRequired: boolean;
  readonly meaning: string;
  /** Kept for files of the Python framework. */
  readonly isLegacy: boolean;
}

/** The mark of legacy keys in descriptions. */
const LEGACY = /^legacy: /;

/** Sections whose keys, or some of them, stand elsewhere too. */
const SHARED = ["llm"];

/** The schema of a section. */
export function sectionSchema(section: string): JsonObject {
  return propertiesOf(wholeScenarioJsonSchema())[section] as JsonObject;
}

/** The schema of one variable under `state_variables`. */
export function variablesSchema(): JsonObject {
  const { agent_vars } = propertiesOf(opened(sectionSchema("state_variables"))[0]!);
  return opened(agent_vars as JsonObject)[0]!.additionalProperties as JsonObject;
}

/** What a schema says about itself, without the mark of legacy keys. */
export function meaningOf(schema: JsonObject): string {
  return descriptionOf(schema).replace(LEGACY, "");
}

/** The types of a map that comes in several, each with what its schema says about it. */
export function variantsOf(schema: JsonObject): readonly (readonly [type: string, meaning: string])[] {
  return opened(schema).flatMap((each) => {
    const type = variantOf(each);
    return type === undefined ? [] : [[type, meaningOf(each)] as const];
  });
}

/** Rows of all keys inside of `schema`, each before those inside of it. */
export function rowsOf(schema: JsonObject): KeyRow[] {
  return merged(collected(schema, [], []));
}

/** Rows of what is inside of a value, unless nothing is said about it or a table of its own says it. */
function inside(schema: JsonObject, path: readonly string[], of: readonly string[]): KeyRow[] {
  const isOpaque = isAnything(schema) || isVariable(schema) || sharedSection(schema) !== undefined;
  return isOpaque ? [] : collected(schema, path, of);
}

function collected(schema: JsonObject, path: readonly string[], of: readonly string[]): KeyRow[] {
  return opened(schema).flatMap((each) => {
    if (each.type === "array" && isSchema(each.items)) return inside(each.items, [...path, "[]"], of);
    if (each.type !== "object") return [];
    const variant = variantOf(each);
    return ofMap(each, path, variant === undefined ? of : [variant]);
  });
}

function ofMap(map: JsonObject, path: readonly string[], of: readonly string[]): KeyRow[] {
  const required = (map.required ?? []) as readonly string[];
  const rows = Object.entries(propertiesOf(map)).flatMap(([key, value]) => {
    const schema = value as JsonObject;
    const row: KeyRow = {
      path: [...path, key],
      of,
      type: typeOf(schema),
      isRequired: required.includes(key),
      meaning: meaningOf(schema),
      isLegacy: LEGACY.test(descriptionOf(schema)),
    };
    return [row, ...inside(schema, row.path, of)];
  });
  const rest = map.additionalProperties;
  return isSchema(rest) ? [...rows, ...inside(rest, [...path, "<name>"], of)] : rows;
}

/** Rows that say the same of a key in several types of a map become one. */
function merged(rows: readonly KeyRow[]): KeyRow[] {
  const found = new Map<string, KeyRow>();
  for (const row of rows) {
    const { path, of, ...rest } = row;
    const isVariant = path.at(-1) === "type" && of.some((type) => row.type === `\`${type}\``);
    const key = JSON.stringify(isVariant ? path : [path, rest]);
    const before = found.get(key) ?? { ...row, of: [], type: "", ...(isVariant && { meaning: "which of these" }) };
    const type = isVariant && before.type !== "" ? `${before.type}, ${row.type}` : row.type;
    found.set(key, { ...before, type, of: [...before.of, ...of] });
  }
  const variants = new Set(rows.flatMap(({ of }) => of)).size;
  return [...found.values()].map((row) => row.of.length === variants ? { ...row, of: [] } : row);
}

/** What may stand where `schema` counts: "integer ≥ 1", "`a` or `b`", "list of text". */
function typeOf(schema: JsonObject): string {
  if (isVariable(schema)) return "[variable](#variables)";
  const section = sharedSection(schema);
  if (section !== undefined) return `settings as in [${section}](#${section})`;
  const alternatives = isAnything(schema) ? [] : opened(schema);
  if (alternatives.length === 0) return "any value";
  const words = alternatives.flatMap((each) => (each.enum ?? (each.const === undefined ? [] : [each.const])) as Json[]);
  const others = alternatives.filter((each) => each.enum === undefined && each.const === undefined).map(plainType);
  return [...new Set([...words.map((word) => `\`${word}\``), ...others])].join(" or ");
}

function plainType(schema: JsonObject): string {
  switch (schema.type) {
    case "string":
      return schema.maxLength === undefined
        ? "text"
        : `text of ${schema.minLength ?? 0} to ${schema.maxLength} characters`;
    case "integer":
    case "number":
      return `${schema.type}${boundsOf(schema)}`;
    case "boolean":
      return "`true` or `false`";
    case "array":
      return listType(schema);
    default:
      return mapType(schema);
  }
}

function mapType({ additionalProperties: rest }: JsonObject): string {
  return isSchema(rest) && Object.keys(rest).length > 0 && !isAnything(rest) ? `map of ${grouped(rest)}` : "map";
}

function listType({ items, prefixItems, minItems, maxItems }: JsonObject): string {
  if (prefixItems !== undefined) return `list [${(prefixItems as JsonObject[]).map(typeOf).join(", ")}]`;
  const least = typeof minItems === "number" && minItems > 0 ? `, at least ${minItems}` : "";
  const most = typeof maxItems === "number" ? `, at most ${maxItems}` : "";
  return `list of ${isSchema(items) ? grouped(items) : "any value"}${least}${most}`;
}

function grouped(schema: JsonObject): string {
  const type = typeOf(schema);
  return type.includes(" or ") ? `(${type})` : type;
}

function boundsOf({ minimum, maximum, exclusiveMinimum }: JsonObject): string {
  const low = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const high = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const parts = [
    ...(low === undefined ? [] : [`≥ ${low}`]),
    ...(exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`]),
    ...(high === undefined ? [] : [`≤ ${high}`]),
  ];
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

function isVariable(schema: JsonObject): boolean {
  return opened(schema).some((each) => variantOf(each) === "categorical");
}

/** The section whose keys a map has, all or some of them. */
function sharedSection(schema: JsonObject): string | undefined {
  const own = Object.entries(opened(schema).map(propertiesOf)[0] ?? {});
  if (own.length === 0) return undefined;
  return SHARED.find((section) => {
    const keys = propertiesOf(opened(sectionSchema(section))[0]!);
    return schema !== sectionSchema(section) &&
      own.every(([key, value]) => JSON.stringify(value) === JSON.stringify(keys[key]));
  });
}

/** Whether a schema is that of any JSON value: nothing is said, or it refers to itself within a list. */
function isAnything(schema: JsonObject): boolean {
  if (typeof schema.$ref !== "string") return false;
  return opened(schema).some(({ items }) => isSchema(items) && items.$ref === schema.$ref);
}

/** The schema's own description, or the first one of its alternatives. */
function descriptionOf(schema: JsonObject): string {
  if (typeof schema.description === "string") return schema.description;
  return unionOf(schema)?.map(descriptionOf).find((text) => text !== "") ?? "";
}

/** The `type:` that tells a map from others that may stand in the same place. */
function variantOf(map: JsonObject): string | undefined {
  const type = propertiesOf(map).type as JsonObject | undefined;
  return typeof type?.const === "string" ? type.const : undefined;
}

function propertiesOf(schema: JsonObject): JsonObject {
  return (schema.properties ?? {}) as JsonObject;
}

function unionOf(schema: JsonObject): readonly JsonObject[] | undefined {
  return (schema.anyOf ?? schema.oneOf) as readonly JsonObject[] | undefined;
}

function isSchema(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The alternatives of a schema: references followed, unions and lists of types opened; without null and "anything". */
function opened(schema: JsonObject): JsonObject[] {
  if (typeof schema.$ref === "string") return opened(referenced(schema.$ref));
  const union = unionOf(schema);
  if (union !== undefined) return union.flatMap(opened);
  if (Array.isArray(schema.type)) return schema.type.flatMap((type) => opened({ ...schema, type }));
  const saysNothing = schema.type === undefined && schema.enum === undefined && schema.const === undefined;
  return schema.type === "null" || saysNothing ? [] : [schema];
}

function referenced(ref: string): JsonObject {
  const steps = ref.replace(/^#\/?/, "").split("/").filter((step) => step !== "");
  return steps.reduce((schema, step) => schema[step] as JsonObject, wholeScenarioJsonSchema());
}
