/** Attributes of locations, edges and networks: JSON that nobody can change once it is part of a space. */

import { SimError } from "../issue.ts";
import { deepFreeze, type Json, type JsonObject, notJson } from "../json.ts";

/** New values by name; `undefined` takes an attribute away. */
export type AttributePatch = { readonly [name: string]: Json | undefined };

/** The attributes of what has none; always this object. */
export const NO_ATTRIBUTES: JsonObject = Object.freeze({});

/**
 * The attributes after `patch`, frozen; `before` itself when it changes nothing.
 * @param owner for messages: "location 'harbour'"
 * @throws {SimError} `bad_attributes` when the patch is no object of JSON values
 */
export function patched(before: JsonObject, patch: AttributePatch, owner: string): JsonObject {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) {
    throw new SimError("bad_attributes", `the attributes of ${owner} must be an object, not ${JSON.stringify(patch)}`, {
      hint: "give names and JSON values, such as { food: 3 }",
    });
  }
  const entries = Object.entries(patch).map(([name, value]) => [name, frozenCopy(name, value, owner)] as const);
  if (entries.length === 0) return before;
  const after = new Map<string, Json | undefined>([...Object.entries(before), ...entries]);
  const kept = [...after].filter(([, value]) => value !== undefined) as [string, Json][];
  if (kept.length === 0) return NO_ATTRIBUTES;
  const attributes = Object.freeze(Object.fromEntries(kept));
  return sameJson(before, attributes) ? before : attributes;
}

function frozenCopy(name: string, value: Json | undefined, owner: string): Json | undefined {
  if (value === undefined) return undefined;
  const problem = notJson(value);
  if (problem !== null) {
    throw new SimError("bad_attributes", `the attribute '${name}' of ${owner} ${problem}`, {
      hint: "use null, booleans, finite numbers, texts, lists and plain objects; undefined takes an attribute away",
    });
  }
  // Through text, so that it is what a checkpoint would give back: -0 becomes 0.
  return typeof value === "object" && value !== null
    ? deepFreeze(JSON.parse(JSON.stringify(value)))
    : value === 0
    ? 0
    : value;
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as JsonObject, b as JsonObject];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]));
}
