/** Reads one-line texts (state paths, conditions) piece by piece, with errors that name the column. */

import { SimError } from "./issue.ts";

const SPACE = /\s+/y;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(["'\\/bfnrt]))/y;
const ESCAPED: { readonly [letter: string]: string } = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
/** A segment of a path that needs no quotes. */
export const BARE = /[\p{L}\p{M}\p{N}_-]+/uy;
const MAX_LENGTH = 2000;

/** A place in a text of one line, and what can be read from there; shared with the parser of conditions. */
export class Scanner {
  /** Index of the next character. */
  at = 0;
  readonly #text: string;
  readonly #code: string;
  readonly #hint: string;

  /** A scanner whose errors have this code and, where there is no better one, this hint. */
  constructor(text: string, code: string, hint: string) {
    this.#text = text;
    this.#code = code;
    this.#hint = hint;
    if (text.length > MAX_LENGTH) {
      throw new SimError(code, `a text of ${text.length} characters is too long`, {
        hint: `at most ${MAX_LENGTH} characters`,
      });
    }
  }

  /** Whether everything has been read. */
  get atEnd(): boolean {
    return this.at >= this.#text.length;
  }

  /** Passes over white space. */
  skipSpace(): void {
    this.match(SPACE);
  }

  /** Passes over `token` if it comes next. */
  accept(token: string): boolean {
    if (!this.#text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  /** Passes over what a sticky `pattern` matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** A word of letters, digits, `_` and `-`, without passing over it. */
  peekWord(): string | undefined {
    BARE.lastIndex = this.at;
    return BARE.exec(this.#text)?.[0];
  }

  /** A string in double or single quotes with the escapes of JSON, and `\'`. */
  quoted(): string | undefined {
    const start = this.at;
    const quote = this.#text[start];
    if (quote !== '"' && quote !== "'") return undefined;
    let content = "";
    for (let at = start + 1; at < this.#text.length; at++) {
      const character = this.#text[at]!;
      if (character === quote) {
        this.at = at + 1;
        return content;
      }
      if (character === "\\") {
        ESCAPE.lastIndex = at;
        const escape = ESCAPE.exec(this.#text);
        if (escape === null) {
          this.fail("unknown escape sequence", at, String.raw`use \" \' \\ \/ \b \f \n \r \t or \u0041`);
        }
        const [all, unit, letter] = escape;
        content += unit === undefined ? ESCAPED[letter!] ?? letter! : String.fromCharCode(parseInt(unit, 16));
        at += all.length - 1;
      } else {
        content += character;
      }
    }
    this.fail("a quoted text does not end", start, `close it with ${quote}`);
  }

  /** What comes next, for a message. */
  found(): string {
    if (this.atEnd) return "the end";
    return `'${excerpt(this.peekWord() ?? String.fromCodePoint(this.#text.codePointAt(this.at)!), 0)}'`;
  }

  /** Throws an error about the place `at`. */
  fail(what: string, at = this.at, hint = this.#hint): never {
    const message = `${what} at column ${at + 1} of '${excerpt(this.#text, at)}'`;
    throw new SimError(this.#code, message, {
      hint,
      issues: [{ severity: "error", code: this.#code, message, hint, column: at + 1 }],
    });
  }
}

/** The part of `text` around `at`, on one line. */
/** What stands at a column, shortened. */
export function excerpt(text: string, at: number): string {
  const [from, to] = text.length <= 80 ? [0, text.length] : [Math.max(0, at - 40), at + 40];
  const part = text.slice(from, to).replace(/\p{Cc}/gu, " ");
  return `${from > 0 ? "…" : ""}${part}${to < text.length ? "…" : ""}`;
}
