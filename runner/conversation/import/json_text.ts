/** Texts that should be JSON, read with their lines. */

import { SimError } from "../../../framework/mod.ts";
import { jsonFault } from "../../../framework/scenario/mod.ts";

/** A value and where it stands in the text. */
export interface Placed {
  /** `line 3`, `conversation 2`; empty: it is the whole text. */
  readonly place: string;
  readonly value: unknown;
}

/** The value of a JSON text. @throws {SimError} `not_json`, with line and column */
export function parseJson(text: string, what: string, firstLine = 1): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, column, message } = jsonFault(text);
    throw new SimError("not_json", `line ${line + firstLine - 1}, column ${column}: ${what} is not JSON: ${message}`);
  }
}

/**
 * The values of a JSON text or of JSON lines (one value a line, empty lines ignored).
 *
 * @throws {SimError} `not_json`, with line and column
 */
export function parseJsonOrLines(text: string, what: string): Placed[] {
  const lines = text.split(/\r?\n/).map((line, i) => ({ line, number: i + 1 })).filter(({ line }) =>
    line.trim() !== ""
  );
  // The first line of JSON lines is a value by itself; that of a document over several lines is not.
  if (lines.length > 0 && isJson(lines[0]!.line)) {
    return lines.map(({ line, number }) => ({
      place: `line ${number}`,
      value: parseJson(line, what, number),
    }));
  }
  return [{ place: "", value: parseJson(text, what) }];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // That is the answer: it is none.
    return false;
  }
}
