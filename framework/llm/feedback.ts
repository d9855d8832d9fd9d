/** What a model is told when its answer does not fit. */

import type { z } from "zod";

const MAX_ISSUES = 10;
const MAX_LENGTH = 1500;
const MAX_LINE = 300;
const MAX_STEP = 60;
const MAX_ALTERNATIVES = 4;
/** Alternatives inside of alternatives that are spelled out. */
const MAX_DEPTH = 3;
const CLOSING = "Answer again with one JSON object that fits the schema, and nothing else.";

/** What a schema says of a value that it refuses: a ZodError. */
export interface Refusal {
  /** All that is wrong. */
  readonly issues: readonly {
    /** What kind of thing it is. */
    readonly code: string;
    /** Where in the value. */
    readonly path: readonly PropertyKey[];
    /** What was expected, what was found. */
    readonly message: string;
  }[];
}

/**
 * What is wrong with an answer, in at most 1,500 characters: a schema's complaints, the first ten of them with the place
 * and what was expected there, or a sentence without a full stop.
 *
 * @example
 * ```ts
 * import { feedback } from "llm-sim";
 * import { z } from "zod";
 * const { error } = z.object({ amount: z.number().max(10) }).safeParse({ amount: 20 });
 * if (!feedback(error!).includes("- amount: Too big: expected number to be <=10")) throw new Error(feedback(error!));
 * ```
 */
export function feedback(error: Refusal | string): string {
  const room = MAX_LENGTH - CLOSING.length - 1;
  const wrong = typeof error === "string" ? sentence(error, room) : complaints(error.issues as readonly Issue[], room);
  return `${wrong}\n${CLOSING}`;
}

/**
 * `text` in at most `max` characters (UTF-16 units): what is too much is cut out of its middle, and the mark in its place
 * says how much that was. No character is cut in two.
 *
 * @throws {RangeError} unless `max` is a whole number from 0
 */
export function shortened(text: string, max: number): string {
  if (!Number.isSafeInteger(max) || max < 0) throw new RangeError(`a length is a whole number from 0, not ${max}`);
  if (text.length <= max) return text;
  // With the longest number it can have, so that the mark is never longer than planned.
  const kept = max - markOf(text.length).length;
  if (kept < 2) return text.slice(0, lastBoundary(text, max));
  const head = lastBoundary(text, Math.ceil(kept / 2));
  const tail = firstBoundary(text, text.length - Math.floor(kept / 2));
  return `${text.slice(0, head)}${markOf(tail - head)}${text.slice(tail)}`;
}

function markOf(left: number): string {
  return ` … (${left} characters left out) … `;
}

/** The last place up to `at` where a character ends. */
function lastBoundary(text: string, at: number): number {
  return isInside(text, at) ? at - 1 : at;
}

/** The first place from `at` on where a character begins. */
function firstBoundary(text: string, at: number): number {
  return isInside(text, at) ? at + 1 : at;
}

function isInside(text: string, at: number): boolean {
  return at > 0 && at < text.length && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 &&
    (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

function sentence(text: string, room: number): string {
  const whole = shortened(text, room - 1);
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}${/[.!?]$/.test(whole) ? "" : "."}`;
}

type Issue = z.core.$ZodIssue;

function complaints(issues: readonly Issue[], room: number): string {
  const lines = ["Your answer does not fit the schema:"];
  let left = room - lines[0]!.length;
  for (const [i, issue] of issues.entries()) {
    const line = `- ${shortened(complaint(issue, 0), MAX_LINE)}`;
    const more = `- and ${issues.length - i} more`;
    // The last line too has to leave room for the one that counts the rest.
    const needed = line.length + 1 + (i === issues.length - 1 ? 0 : more.length + 1);
    if (i === MAX_ISSUES || needed > left) return [...lines, more].join("\n");
    lines.push(line);
    left -= line.length + 1;
  }
  return lines.join("\n");
}

/** `parameters.amount: expected number, received string` on one line. */
function complaint(issue: Issue, depth: number): string {
  const place = placeOf(issue.path);
  const what = expectation(issue, depth).replace(/\s+/g, " ");
  return place === "" ? what : `${place}: ${what}`;
}

function expectation(issue: Issue, depth: number): string {
  const message = issue.message.replace(/^Invalid input: /, "");
  const missing = /^(expected .+), received undefined$/.exec(message)?.[1];
  if (missing !== undefined) return `is missing, ${missing}`;
  if (depth >= MAX_DEPTH) return message;
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const alternatives = issue.errors.slice(0, MAX_ALTERNATIVES).map(([first]) =>
      first === undefined ? "?" : complaint(first, depth + 1)
    );
    const others = issue.errors.length > MAX_ALTERNATIVES ? ", …" : "";
    return `fits none of ${issue.errors.length} alternatives (${alternatives.join(" | ")}${others})`;
  }
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    const [first] = issue.issues;
    return first === undefined ? message : `${message}: ${complaint(first, depth + 1)}`;
  }
  return message;
}

/** `orders[2].price`; keys that are no plain words in quotes. */
function placeOf(path: readonly PropertyKey[]): string {
  return path.map((step, i) => {
    if (typeof step === "number") return `[${step}]`;
    const key = String(step);
    if (!/^[\w-]{1,60}$/.test(key)) return `[${JSON.stringify(shortened(key, MAX_STEP))}]`;
    return i === 0 ? key : `.${key}`;
  }).join("");
}
