/** Texts and JSON inside a sentence, so that what they say is never taken for the sentence's own words. */

import type { Json } from "../json.ts";

/** A sentence in which each quoted text and each piece of JSON is a mark that {@linkcode Marked.values} resolves. */
export interface Marked {
  /** The sentence with marks. */
  readonly text: string;
  /** What the marks stand for, by their number. */
  readonly values: readonly Json[];
}

/** Unclosed quotes and brackets that are looked at. */
const MAX_UNCLOSED = 200;

/** Matches a mark; its group is the number. NUL stands in no request that a person writes. */
export const MARK = "\0(\\d+)\0";

/** A text in double quotes; quotes and backslashes inside have a backslash before them. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Replaces quoted texts (`"…"`, `“…”`) and JSON lists and objects by marks. */
export function marked(sentence: string): Marked {
  const values: Json[] = [];
  let text = "";
  // Each unclosed quote or bracket costs a look at all the rest.
  let looks = MAX_UNCLOSED;
  for (let at = 0; at < sentence.length;) {
    const opens = looks > 0 && '"“[{'.includes(sentence[at]!);
    const found = opens ? literalAt(sentence, at) : null;
    if (found === null) {
      if (opens) looks -= 1;
      if (sentence[at] !== "\0") text += sentence[at];
      at += 1;
    } else {
      text += `\0${values.push(found.value) - 1}\0`;
      at = found.end;
    }
  }
  return { text, values };
}

function literalAt(sentence: string, at: number): { value: Json; end: number } | null {
  const sign = sentence[at];
  if (sign === '"') {
    const end = endOfText(sentence, at);
    return end === null ? null : { value: sentence.slice(at + 1, end - 1).replace(/\\(["\\])/g, "$1"), end };
  }
  if (sign === "“") {
    const end = sentence.indexOf("”", at);
    return end === -1 ? null : { value: sentence.slice(at + 1, end), end: end + 1 };
  }
  return sign === "{" || sign === "[" ? jsonAt(sentence, at) : null;
}

/** Where the text that begins with a quote ends, behind its last quote. */
function endOfText(sentence: string, at: number): number | null {
  for (let i = at + 1; i < sentence.length; i++) {
    if (sentence[i] === '"') return i + 1;
    if (sentence[i] === "\\") i += 1;
  }
  return null;
}

function jsonAt(sentence: string, at: number): { value: Json; end: number } | null {
  let open = 0;
  for (let i = at; i < sentence.length; i++) {
    const sign = sentence[i]!;
    if (sign === '"') {
      const end = endOfText(sentence, i);
      if (end === null) return null;
      i = end - 1;
    } else if (sign === "{" || sign === "[") open += 1;
    else if ((sign === "}" || sign === "]") && --open === 0) {
      try {
        return { value: JSON.parse(sentence.slice(at, i + 1)), end: i + 1 };
      } catch {
        return null;
      }
    }
  }
  return null;
}
