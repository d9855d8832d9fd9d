/** Why a result is none of what the page says now, in words. */

import { canonicalJson, type Json } from "../../framework/mod.ts";

/** Something that a cell was made of, and is made of now. */
export interface Change {
  /** `price`, `engine.interest_rate`. */
  readonly name: string;
  readonly before: Json | undefined;
  readonly now: Json | undefined;
}

/** Changes that are told. */
const MOST_TOLD = 3;

/** Characters of a value that are told. */
const LONGEST_VALUE = 40;

/** The changes in one line: `price 99 → 149, seed 1 → 2, fee none → 3 and 2 more`; null: there are none. */
export function inWords(changes: readonly Change[], of = ""): string | null {
  if (changes.length === 0) return null;
  const told = changes.slice(0, MOST_TOLD).map(({ name, before, now }) => `${name} ${text(before)} → ${text(now)}`);
  const more = changes.length - told.length;
  return `${of}${told.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What differs between two maps of values. */
export function changesBetween(
  before: { readonly [name: string]: Json },
  now: { readonly [name: string]: Json },
): Change[] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  return names.filter((name) => canonicalJson(before[name] ?? null) !== canonicalJson(now[name] ?? null))
    .map((name) => ({ name, before: before[name], now: now[name] }));
}

/** Every plain value in a document, by its path; lists are told as a whole. */
export function leaves(value: Json, path = ""): { [path: string]: Json } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { [path]: value };
  const entries = Object.entries(value).map(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
  return Object.assign({}, ...entries);
}

function text(value: Json | undefined): string {
  if (value === undefined || value === null) return "none";
  const whole = typeof value === "string" ? value : JSON.stringify(value);
  return whole.length <= LONGEST_VALUE ? whole : `${whole.slice(0, LONGEST_VALUE)}…`;
}
