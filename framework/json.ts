/** Values that JSON can carry, immutable by type. */

/** Any JSON value. Numbers are finite. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** Why `value` is no JSON, as the rest of a sentence such as "is NaN"; null when it is. */
export function notJson(value: unknown, depth = 0): string | null {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? null : `is ${value}`;
    case "string":
    case "boolean":
      return null;
    case "object": {
      if (value === null) return null;
      if (depth === 32) return "is nested deeper than 32 levels";
      const prototype = Object.getPrototypeOf(value);
      if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
        return `holds a ${value.constructor?.name ?? "special object"}`;
      }
      for (const inner of Object.values(value)) {
        const problem = notJson(inner, depth + 1);
        if (problem !== null) return problem;
      }
      return null;
    }
    default:
      return `holds a ${typeof value}`;
  }
}

/** Freezes a JSON value with everything in it, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
