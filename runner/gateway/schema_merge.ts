/** JSON Schemas that hold at once, as one. */

import type { Json, JsonObject } from "../../framework/mod.ts";

/** What nothing fits. */
export const IMPOSSIBLE: JsonObject = { not: {} };

/** Alternatives of two schemas that are paired at most. */
const PAIRS = 100;

/** Whether nothing fits. */
export function isImpossible({ not }: JsonObject): boolean {
  return not === true || (isObject(not) && Object.keys(not).length === 0);
}

/** A schema for what fits both, as far as one can say it. Several patterns are kept as a list under `patterns`. */
export function bothOf(a: JsonObject, b: JsonObject): JsonObject {
  if (Object.keys(a).length === 0) return b;
  if (isImpossible(a) || isImpossible(b) || contradict(a, b)) return IMPOSSIBLE;
  const both: Record<string, Json> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const other = a[key];
    both[key] = other === undefined ? value : combined(key, other, value);
  }
  const patterns = [...patternsOf(a), ...patternsOf(b)];
  if (patterns.length > 1) both.patterns = patterns;
  return both;
}

/** All patterns that a text must match. */
export function patternsOf({ pattern, patterns }: JsonObject): readonly string[] {
  if (isList(patterns)) return patterns.filter((one) => typeof one === "string");
  return typeof pattern === "string" ? [pattern] : [];
}

function contradict(a: JsonObject, b: JsonObject): boolean {
  const [some, others] = [valuesOf(a), valuesOf(b)];
  if (some !== null && others !== null && common(some, others).length === 0) return true;
  return a.type !== undefined && b.type !== undefined && commonTypes(a.type, b.type).length === 0;
}

/** The values that fit, where they are listed. */
function valuesOf(schema: JsonObject): readonly Json[] | null {
  if (schema.const !== undefined) return [schema.const];
  return isList(schema.enum) ? schema.enum : null;
}

function combined(key: string, a: Json, b: Json): Json {
  if (typeof a === "number" && typeof b === "number") {
    if (/^min|Minimum$/.test(key)) return Math.max(a, b);
    return /^max|Maximum$/.test(key) ? Math.min(a, b) : b;
  }
  switch (key) {
    case "type":
      return commonTypes(a, b);
    case "enum":
      return common(listed(a), listed(b));
    case "required":
      return [...new Set([...listed(a), ...listed(b)])];
    case "properties":
      return isObject(a) && isObject(b) ? combinedProperties(a, b) : b;
    case "anyOf":
    case "oneOf":
      return listed(a).flatMap((one) => listed(b).map((other) => ({ allOf: [one, other] }))).slice(0, PAIRS);
    case "items":
      return { allOf: [a, b] };
    default:
      return b;
  }
}

function combinedProperties(a: JsonObject, b: JsonObject): JsonObject {
  const all: Record<string, Json> = { ...a };
  for (const [name, node] of Object.entries(b)) {
    const other = Object.hasOwn(a, name) ? a[name] : undefined;
    all[name] = other === undefined ? node : { allOf: [other, node] };
  }
  return all;
}

function commonTypes(a: Json, b: Json): readonly Json[] {
  const [some, others] = [listed(a), listed(b)];
  const same = common(some, others);
  if (same.length > 0) return same;
  const all = [...some, ...others];
  return all.includes("integer") && all.includes("number") ? ["integer"] : [];
}

function common(some: readonly Json[], others: readonly Json[]): readonly Json[] {
  const keys = new Set(others.map((value) => JSON.stringify(value)));
  return some.filter((value) => keys.has(JSON.stringify(value)));
}

function listed(value: Json): readonly Json[] {
  return isList(value) ? value : [value];
}

/** Whether it is a list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether it is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
