/** What others wrote, as text for a prompt. */

import type { Json } from "llm-sim";

/** Line breaks that JSON leaves alone, and characters that change how a text looks or cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** JSON on one line in which nothing is hidden: whatever it holds cannot pass for a part of the prompt. */
export function dataText(value: Json): string {
  return JSON.stringify(value).replace(
    UNSEEN,
    (character) => character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** A fenced block of JSON, one line for each of `values`. A line of JSON never is the end of a fence. */
export function dataBlock(values: readonly Json[]): string {
  return [
    "```json",
    `[${values.map((value) => `\n  ${dataText(value)}`).join(",")}${values.length ? "\n" : ""}]`,
    "```",
  ]
    .join("\n");
}
