/** Differences between actions, in sentences that stay short whatever a model wrote. */

import { contentKey } from "./argument.ts";
import type { ArgumentDifference } from "./matcher.ts";
import type { ActionSpec } from "./types.ts";

/** An action with its arguments, short enough for a sentence. */
export function callText({ name, parameters }: ActionSpec): string {
  return `${cut(name, 40)} ${cut(contentKey(parameters), 100)}`;
}

/** In what an argument of the action `name` differs. */
export function differenceText(name: string, { argument, kind, fit, wanted, done }: ArgumentDifference): string {
  const subject = `'${cut(argument, 40)}' of ${cut(name, 40)}`;
  switch (kind) {
    case "missing_argument":
      return wanted === undefined
        ? `${subject} is required and was left out`
        : `${subject} should be ${cut(contentKey(wanted))} and was left out`;
    case "unasked_argument":
      return `${subject} is ${cut(contentKey(done))}, which nobody asked for`;
    case "free_text":
    case "wrong_argument": {
      const [asked, given] = excerpts(contentKey(wanted), contentKey(done));
      return `${subject} should be ${asked} and is ${given}${fit === "unclear" ? ", which may mean the same" : ""}`;
    }
  }
}

/** `text` from `from` on, at most `length` units of it, with dots where something is left out. */
export function cut(text: string, length = 70, from = 0): string {
  const end = from + length;
  // A cut may split a pair of surrogates.
  return `${from > 0 ? "…" : ""}${text.slice(from, end).toWellFormed()}${end < text.length ? "…" : ""}`;
}

/** Both texts, long ones from a little before the place where they begin to differ. */
function excerpts(a: string, b: string, length = 70): [string, string] {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const from = Math.max(a.length, b.length) <= length ? 0 : Math.max(0, same - 20);
  return [cut(a, length, from), cut(b, length, from)];
}
