/** The fields of a form, from the schema and from what the text says. Pure. */

import type { Json } from "../../../framework/mod.ts";
import { branchesOf, childOf, helpOf, type Option, optionsOf, propertiesOf, type Schema, typesOf } from "./schema.ts";
import type { Path } from "./types.ts";
import { isMap, scalarsOf } from "./values.ts";

/** What a value is set with. `group`: keys and values; `list`: entries that are groups; `code`: in the text alone. */
export type Control = "text" | "number" | "toggle" | "choice" | "group" | "list" | "code";

/** A place in a scenario, as a form has it. */
export interface Field {
  readonly path: Path;
  readonly key: string | number;
  readonly control: Control;
  readonly description: string;
  readonly kind: string;
  readonly options: readonly Option[];
  readonly standard: string | null;
  readonly isRequired: boolean;
  readonly isWhole: boolean;
  readonly min: number | null;
  readonly max: number | null;
  /** Whether it may be nothing, so that what is extended, or the default, holds. */
  readonly mayBeNull: boolean;
  /** What this file says; undefined: nothing. */
  readonly own: Json | undefined;
  /** What holds, with what is extended. */
  readonly value: Json | undefined;
  readonly schema: Schema | null;
}

/** A place that is looked into. */
export interface Place {
  readonly root: Schema;
  /** Null: nothing is known of it. */
  readonly schema: Schema | null;
  readonly path: Path;
  readonly own: Json | undefined;
  readonly value: Json | undefined;
}

/** The fields of a mapping: those of the schema in its order, then what else is written. */
export function fieldsOf({ root, schema, path, own, value }: Place): Field[] {
  const branches = schema === null ? [] : branchesOf(root, schema, scalarsOf(value));
  const written = isMap(value) ? value : {};
  // Settings of a component may stand beside its type: they are offered there where they are there.
  const beside = besideType(branches, written);
  const known = propertiesOf(branches).filter(({ key }) => !beside.has(key) || Object.hasOwn(written, key));
  const names = new Set(known.map(({ key }) => key));
  const others = Object.keys(written).filter((key) => !names.has(key));
  const at = (key: string, isRequired: boolean) =>
    fieldOf(root, childOf(branches, key), [...path, key], isMap(own) ? own[key] : undefined, written[key], isRequired);
  return [...known.map(({ key, isRequired }) => at(key, isRequired)), ...others.map((key) => at(key, false))]
    .filter(({ description, value }) => value !== undefined || !description.startsWith("legacy:"));
}

/** The entries of a list. */
export function entriesOf({ root, schema, path, own, value }: Place): Field[] {
  if (!Array.isArray(value)) return [];
  const branches = schema === null ? [] : branchesOf(root, schema);
  return (value as readonly Json[]).map((each, i) =>
    fieldOf(root, childOf(branches, i), [...path, i], Array.isArray(own) ? own[i] : undefined, each, true)
  );
}

/** What is written for a new entry: what must be there. */
export function newEntry(root: Schema, schema: Schema | null, taken: readonly string[]): Json {
  const branches = schema === null ? [] : branchesOf(root, schema);
  const item = childOf(branches, 0);
  const inner = item === null ? [] : branchesOf(root, item);
  const entry: Record<string, Json> = {};
  for (const { key, schema: child, isRequired } of propertiesOf(inner)) {
    if (!isRequired) continue;
    const options = optionsOf(branchesOf(root, child));
    entry[key] = key === "name" ? freeName(taken) : options[0]?.value ?? "";
  }
  return entry;
}

/** Where the keys that come from a condition on the type stand beside it, and in `config` as well. */
function besideType(branches: readonly Schema[], written: { readonly [key: string]: Json }): ReadonlySet<string> {
  if (typeof written.type !== "string") return new Set();
  const inConfig = branches.flatMap(({ properties }) => {
    const config = (properties as { readonly [key: string]: Schema } | undefined)?.config;
    return Object.keys((config?.properties ?? {}) as Schema);
  });
  return new Set(inConfig.filter((key) => key !== "type" && key !== "name"));
}

function fieldOf(
  root: Schema,
  schema: Schema | null,
  path: Path,
  own: Json | undefined,
  value: Json | undefined,
  isRequired: boolean,
): Field {
  const branches = schema === null ? [] : branchesOf(root, schema, scalarsOf(value));
  const help = helpOf(branches);
  const bounds = branches.find((branch) => typesOf(branch).some((type) => type === "number" || type === "integer"));
  return {
    path,
    key: path.at(-1)!,
    control: controlOf(root, branches, value),
    description: help?.description ?? "",
    kind: help?.kind ?? "",
    options: help?.options ?? [],
    standard: help?.standard ?? null,
    isRequired,
    isWhole: bounds !== undefined && typesOf(bounds).every((type) => type === "integer"),
    min: numberOf(bounds?.minimum),
    max: numberOf(bounds?.maximum),
    mayBeNull: schema !== null && allowsNull(schema),
    own,
    value,
    schema,
  };
}

/** What it is set with: what stands there has to be shown, whatever the schema says. */
function controlOf(root: Schema, branches: readonly Schema[], value: Json | undefined): Control {
  const types = new Set(branches.flatMap(typesOf));
  const isSingle = value === undefined || value === null || typeof value !== "object";
  if (isSingle && types.size === 0 && optionsOf(branches).length > 0) return "choice";
  if (isSingle && types.size === 1) {
    const [type] = types;
    if (type === "boolean") return isOf(value, "boolean") ? "toggle" : "code";
    if (type === "integer" || type === "number") return isOf(value, "number") ? "number" : "code";
    if (type === "string" && (value === undefined || value === null || isOneLine(value))) {
      return optionsOf(branches).length > 0 ? "choice" : "text";
    }
    if (type === "object") return "group";
    return type === "array" && isListOfGroups(root, branches) ? "list" : "code";
  }
  if (isMap(value) && (types.has("object") || types.size === 0)) return "group";
  if (Array.isArray(value)) {
    return isListOfGroups(root, branches) && (value as readonly Json[]).every(isMap) ? "list" : "code";
  }
  if (types.size > 0) return "code";
  return typeof value === "number"
    ? "number"
    : typeof value === "boolean"
    ? "toggle"
    : typeof value === "string" && isOneLine(value)
    ? "text"
    : "code";
}

function isListOfGroups(root: Schema, branches: readonly Schema[]): boolean {
  const item = childOf(branches, 0);
  return item !== null && branchesOf(root, item).some((branch) => typesOf(branch).includes("object"));
}

function isOf(value: Json | undefined, type: "boolean" | "number"): boolean {
  return value === undefined || value === null || typeof value === type;
}

function isOneLine(value: Json): boolean {
  return typeof value === "string" && !value.includes("\n");
}

function allowsNull({ anyOf, type }: Schema): boolean {
  return (Array.isArray(anyOf) && (anyOf as Schema[]).some((each) => each.type === "null")) ||
    (Array.isArray(type) && type.includes("null"));
}

/** Bounds of numbers themselves are none. */
function numberOf(bound: unknown): number | null {
  return typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : null;
}

function freeName(taken: readonly string[]): string {
  for (let n = taken.length + 1;; n++) if (!taken.includes(`new_${n}`)) return `new_${n}`;
}
