/** Bounds answers: as much of a value as fits, and a list of what was left out. */

import type { Json } from "../../framework/mod.ts";

/** A value that fits. */
export interface Fitted<T> {
  readonly value: T;
  /** What was left out: `agents: 9,950 of 10,000`. Empty: nothing. */
  readonly omitted: readonly string[];
}

/** Characters of a text that are kept at least. */
const SHORTEST_TEXT = 80;

const encoder = new TextEncoder();

/** Bytes of a value as JSON. */
export function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value) ?? "").length;
}

/**
 * As much of `value` as fits into `limit` bytes of JSON. What is small is kept whole; large maps and lists keep their
 * first entries, long texts their beginning. The kind of the outermost value stays.
 * @param name by which `omitted` calls the value
 */
export function fitted<T>(value: T, limit: number, name: string): Fitted<T> {
  const omitted: string[] = [];
  return { value: fit(value as Json, limit, name, omitted) as T, omitted };
}

function fit(value: Json, limit: number, name: string, omitted: string[]): Json {
  if (jsonBytes(value) <= limit) return value;
  if (typeof value === "string") return shortened(value, limit, name, omitted);
  if (typeof value !== "object" || value === null) return value;
  const isList = Array.isArray(value);
  const entries = isList ? value.map((each, i): [string, Json] => [`${i}`, each]) : Object.entries(value);
  const costs = entries.map(([key, each]) => jsonBytes(each) + (isList ? 1 : jsonBytes(key) + 2));
  const share = fairShare(costs, limit - 2);
  const kept: [string, Json][] = [];
  let left = limit - 2;
  for (const [i, [key, each]] of entries.entries()) {
    const cost = costs[i]!;
    const room = Math.min(left, Math.max(share, 0));
    if (cost <= room) {
      kept.push([key, each]);
      left -= cost;
    } else if (room > 2 * SHORTEST_TEXT && isLarge(each)) {
      const part = fit(each, room - jsonBytes(key) - 3, isList ? `${name}[${key}]` : `${name}.${key}`, omitted);
      left -= jsonBytes(part) + jsonBytes(key) + 2;
      kept.push([key, part]);
    } else if (isList) break;
  }
  if (kept.length < entries.length) {
    const missing = (entries.length - kept.length).toLocaleString("en");
    omitted.push(`${name}: ${missing} of ${entries.length.toLocaleString("en")}`);
  }
  return isList ? kept.map(([, each]) => each) : Object.fromEntries(kept) as Json;
}

function isLarge(value: Json): boolean {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

/** The most that each entry may take, so that small ones are whole and all of them together fit; or fit as they come. */
function fairShare(costs: readonly number[], limit: number): number {
  const sorted = [...costs].sort((a, b) => a - b);
  let left = limit;
  for (const [i, cost] of sorted.entries()) {
    const share = left / (sorted.length - i);
    // Many entries of a kind are better had whole, as far as they go, than all of them in crumbs.
    if (cost > share) return share > 4 * SHORTEST_TEXT ? share : limit;
    left -= cost;
  }
  return limit;
}

function shortened(text: string, limit: number, name: string, omitted: string[]): string {
  const chars = [...text];
  let length = Math.max(SHORTEST_TEXT, Math.min(chars.length, limit - 8));
  while (length > SHORTEST_TEXT && jsonBytes(chars.slice(0, length).join("")) > limit - 4) {
    length = Math.max(SHORTEST_TEXT, Math.floor(length * 0.8));
  }
  omitted.push(
    `${name}: ${(chars.length - length).toLocaleString("en")} of ${chars.length.toLocaleString("en")} characters`,
  );
  return chars.slice(0, length).join("") + "…";
}
