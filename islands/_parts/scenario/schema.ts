/** What a JSON Schema says of one place in a scenario. Pure: completion, help and the form are made of it. */

/** A JSON Schema, or a part of one. */
export type Schema = { readonly [keyword: string]: unknown };

/** Single values of a mapping by key, as texts: which part of a schema holds may depend on them. */
export type Scalars = Readonly<Record<string, string>>;

/** A value that may stand at a place. */
export interface Option {
  readonly value: string;
  readonly description: string;
}

/** A key that may stand in a mapping. */
export interface Property {
  readonly key: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** Schemas within schemas are followed so far: those that contain themselves end somewhere. */
const DEEPEST = 12;

/** The parts of a schema that hold: references followed, alternatives told apart by `type`, conditions met. */
export function branchesOf(root: Schema, schema: Schema, scalars: Scalars = {}, depth = 0): Schema[] {
  if (depth > DEEPEST) return [];
  const { $ref, anyOf, oneOf, allOf, ...own } = schema as Schema & Record<"anyOf" | "oneOf" | "allOf", Schema[]>;
  const inner = (each: Schema) => branchesOf(root, each, scalars, depth + 1);
  if (typeof $ref === "string") {
    return inner(referred(root, $ref)).map((branch) => ({ ...branch, ...own }));
  }
  const alternatives = [...anyOf ?? [], ...oneOf ?? []];
  if (alternatives.length > 0) {
    const found = alternatives.flatMap(inner).filter(({ type }) => type !== "null");
    const fitting = found.filter((branch) => fits(branch, scalars));
    // What is said of all alternatives holds where one says nothing.
    return (fitting.length > 0 ? fitting : found).map((branch) => ({ ...own, ...branch }));
  }
  const conditions = (allOf ?? []).filter((each) => meets(each.if as Schema | undefined, scalars))
    .map((each) => (each.then ?? (each.if === undefined ? each : {})) as Schema);
  return [conditions.reduce<Schema>((whole, each) => ({ ...whole, ...each, properties: both(whole, each) }), own)];
}

/** The keys that a mapping may have, in the schema's order. */
export function propertiesOf(branches: readonly Schema[]): Property[] {
  const found = new Map<string, Property>();
  for (const { properties = {}, required = [] } of branches) {
    for (const [key, schema] of Object.entries(properties as Record<string, Schema>)) {
      if (!found.has(key)) found.set(key, { key, schema, isRequired: (required as string[]).includes(key) });
    }
  }
  return [...found.values()];
}

/** The schema of what stands under a key, or in a list; null: nothing is known of it. */
export function childOf(branches: readonly Schema[], key: string | number): Schema | null {
  for (const branch of branches) {
    if (typeof key === "number") {
      const item = (branch.prefixItems as Schema[] | undefined)?.[key] ?? branch.items;
      if (typeof item === "object" && item !== null) return item as Schema;
      continue;
    }
    const named = branch.properties as Record<string, Schema> | undefined;
    if (named !== undefined && Object.hasOwn(named, key)) return named[key]!;
  }
  if (typeof key === "number") return null;
  const rest = branches.map(({ additionalProperties }) => additionalProperties)
    .find((each) => typeof each === "object" && each !== null && Object.keys(each).length > 0);
  return rest === undefined ? null : rest as Schema;
}

/**
 * What holds at a path, from the schema of a whole scenario down.
 * @param scalars of the mapping at each beginning of the path; that of the place itself may follow
 */
export function branchesAt(root: Schema, path: readonly (string | number)[], scalars: readonly Scalars[]): Schema[] {
  let branches = branchesOf(root, root, scalars[0]);
  for (const [i, key] of path.entries()) {
    const child = childOf(branches, key);
    if (child === null) return [];
    branches = branchesOf(root, child, scalars[i + 1]);
  }
  return branches;
}

/** The values that may stand there; those of an open list may be others too. */
export function optionsOf(branches: readonly Schema[]): Option[] {
  const found = new Map<string, Option>();
  const add = (value: unknown, description = "") => {
    const text = String(value);
    if (!found.has(text)) found.set(text, { value: text, description });
  };
  for (const branch of branches) {
    const told = branch["x-options"] as readonly { value: unknown; description?: string }[] | undefined;
    told?.forEach(({ value, description }) => add(value, description));
    (branch.enum as unknown[] | undefined)?.forEach((value) => value !== null && add(value));
    if (branch.const !== undefined && branch.const !== null) add(branch.const);
    if (typesOf(branch).includes("boolean") && branch.enum === undefined) {
      ["true", "false"].forEach((word) => add(word));
    }
    if (told === undefined) {
      (branch.examples as unknown[] | undefined)?.forEach((value) => typeof value !== "object" && add(value));
    }
  }
  return [...found.values()];
}

/** Names of types, null left out. */
export function typesOf({ type }: Schema): string[] {
  const types = Array.isArray(type) ? type as string[] : typeof type === "string" ? [type] : [];
  return types.filter((each) => each !== "null");
}

/** What a place is, in words. */
export interface Help {
  readonly description: string;
  /** `whole number, 1 or more`. */
  readonly kind: string;
  readonly standard: string | null;
  readonly options: readonly Option[];
}

/** What is known of a place; null: nothing. */
export function helpOf(branches: readonly Schema[]): Help | null {
  if (branches.length === 0) return null;
  const descriptions = branches.map(({ description }) => description).filter((each) => typeof each === "string");
  const standard = branches.map((branch) => branch.default).find((each) => each !== undefined && each !== null);
  return {
    description: [...new Set(descriptions)].join("; or "),
    kind: [...new Set(branches.map(kindOf).filter((kind) => kind !== ""))].join(", or "),
    standard: standard === undefined ? null : typeof standard === "string" ? standard : JSON.stringify(standard),
    options: optionsOf(branches),
  };
}

const WORDS: { readonly [type: string]: string } = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "keys and values",
  array: "list",
};

function kindOf(schema: Schema): string {
  const words = typesOf(schema).map((type) => WORDS[type] ?? type).join(" or ");
  return [words, boundsOf(schema)].filter((each) => each !== "").join(", ");
}

/** Beyond these a bound is that of numbers themselves. */
const ENDLESS = Number.MAX_SAFE_INTEGER;

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const low = typeof minimum === "number" && minimum > -ENDLESS
    ? `${minimum} or more`
    : typeof exclusiveMinimum === "number"
    ? `above ${exclusiveMinimum}`
    : "";
  const high = typeof maximum === "number" && maximum < ENDLESS
    ? `${maximum} or less`
    : typeof exclusiveMaximum === "number"
    ? `below ${exclusiveMaximum}`
    : "";
  return [low, high].filter((each) => each !== "").join(", ");
}

/** Of alternatives with a fixed value: whether it is the one that is written. */
function fits({ properties }: Schema, scalars: Scalars): boolean {
  return Object.entries((properties ?? {}) as Record<string, Schema>).every(([key, schema]) =>
    schema.const === undefined || scalars[key] === undefined || String(schema.const) === scalars[key]
  );
}

function meets(condition: Schema | undefined, scalars: Scalars): boolean {
  if (condition === undefined) return true;
  const { properties = {}, required = [] } = condition as { properties?: Record<string, Schema>; required?: string[] };
  return required.every((key) => scalars[key] !== undefined) &&
    Object.entries(properties).every(([key, schema]) =>
      schema.const === undefined || scalars[key] === String(schema.const)
    );
}

function both(a: Schema, b: Schema): Schema {
  return { ...a.properties as Schema | undefined, ...b.properties as Schema | undefined };
}

function referred(root: Schema, reference: string): Schema {
  const steps = reference.replace(/^#\/?/, "").split("/").filter((step) => step !== "");
  let found: unknown = root;
  for (const step of steps) found = (found as Schema | undefined)?.[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  return typeof found === "object" && found !== null ? found as Schema : {};
}
