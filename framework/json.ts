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
      const values = Object.values(value);
      if (Array.isArray(value) && values.length !== value.length) return "holds a list with gaps";
      for (const inner of values) {
        const problem = notJson(inner, depth + 1);
        if (problem !== null) return problem;
      }
      return null;
    }
    default:
      return `holds a ${typeof value}`;
  }
}

/** A frozen copy of a JSON value with 0 for every −0, which JSON has not. */
export function frozenJson<T>(value: T): T {
  if (value === 0) return 0 as T;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenJson)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    // Assigned, `__proto__` would be the copy's prototype.
    if (key === "__proto__") Object.defineProperty(copy, key, { value: frozenJson(inner), enumerable: true });
    else copy[key] = frozenJson(inner);
  }
  return Object.freeze(copy) as T;
}

/** Freezes a JSON value with everything in it, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
