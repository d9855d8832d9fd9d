/**
 * Reads JSON as language models write it. Beyond the standard it takes comments, trailing commas, single quotes, Python's
 * `True`, `False` and `None`, and control characters inside of texts. What could mean two things is refused.
 */

import type { Json } from "../json.ts";

/** Levels of lists and objects that a value may have. */
const MAX_DEPTH = 100;

/** What is wrong at a place of a text. */
type Flaw =
  | "expected a value"
  | "expected a key in double quotes"
  | "expected ':' after the key"
  | "expected ',' or '}'"
  | "expected ',' or ']'"
  | "NaN and Infinity are no JSON numbers"
  | "this number is too large"
  | "'__proto__' is not allowed as a key"
  | "it is nested deeper than 100 levels";

/** Where and why no value could be read. */
export interface Fault {
  /** Index in the text. */
  readonly at: number;
  /** What is wrong there. */
  readonly flaw: Flaw;
  /** Whether a text ended right before. */
  readonly afterText: boolean;
}

/** Where in `text` a fault is, what was expected there and what was found, on one line. */
export function faultText(text: string, { at, flaw, afterText }: Fault): string {
  let [line, start] = [1, 0];
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", start)) {
    line++;
    start = next + 1;
  }
  const found = at >= text.length ? "the end" : JSON.stringify(text.slice(at, at + 24).toWellFormed());
  const hint = afterText && flaw.startsWith("expected ','") ? String.raw` (inside of a text, " is written \")` : "";
  return `line ${line}, column ${at - start + 1}: ${flaw}, found ${found}${hint}`;
}

const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[+-]?[\p{L}_][\p{L}\p{N}_]*/uy;
const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["True", true],
  ["False", false],
  ["None", null],
]);
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;
const ESCAPED: { readonly [letter: string]: string } = {
  ...{ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" },
  ...{ '"': '"', "'": "'", "/": "/", "\\": "\\" },
};
const HEXADECIMAL = /[0-9a-fA-F]{4}/y;

const [QUOTE, APOSTROPHE, BACKSLASH, NEWLINE] = [0x22, 0x27, 0x5c, 0x0a];
const [COMMA, COLON, SLASH, STAR] = [0x2c, 0x3a, 0x2f, 0x2a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Reads single values out of a text.
 *
 * Law: reading a value takes time linear in what is read of the text, whatever stands there, and never throws.
 */
export class LenientReader {
  readonly #text: string;
  #at = 0;
  #flaw: Flaw = "expected a value";
  #keys = 0;
  #afterText = false;

  /** A reader of `text`. */
  constructor(text: string) {
    this.#text = text;
  }

  /** After a value was read: behind it. After a failure: where the text stopped to make sense. */
  get end(): number {
    return this.#at;
  }

  /** After a failure: whether the text ended before the value did. */
  get isCutOff(): boolean {
    return this.#at >= this.#text.length;
  }

  /** After a failure: whether a quoted key and its colon were read, which only JSON has. */
  get looksLikeJson(): boolean {
    return this.#keys > 0;
  }

  /** After a failure: what it is. */
  get fault(): Fault {
    return { at: this.#at, flaw: this.#flaw, afterText: this.#afterText };
  }

  /** The value that starts at `start`; undefined when there is none. */
  read(start: number): Json | undefined {
    this.#at = start;
    this.#keys = 0;
    return this.#value(0);
  }

  #fail(flaw: Flaw): undefined {
    this.#flaw = flaw;
    return undefined;
  }

  #value(depth: number): Json | undefined {
    const code = this.#text.charCodeAt(this.#at);
    this.#afterText = false;
    switch (code) {
      case OPEN_OBJECT:
        return this.#object(depth + 1);
      case OPEN_LIST:
        return this.#list(depth + 1);
      case QUOTE:
      case APOSTROPHE: {
        const text = code === QUOTE ? this.#quoted() : this.#singleQuoted(false);
        this.#afterText = text !== undefined;
        return text ?? this.#fail("expected a value");
      }
      default:
        return this.#scalar();
    }
  }

  #object(depth: number): Json | undefined {
    if (depth > MAX_DEPTH) return this.#fail("it is nested deeper than 100 levels");
    const object: { [key: string]: Json } = {};
    this.#at++;
    for (;;) {
      this.#skip();
      const start = this.#at;
      const code = this.#text.charCodeAt(start);
      if (code === CLOSE_OBJECT) break;
      const key = code === QUOTE ? this.#quoted() : code === APOSTROPHE ? this.#singleQuoted(true) : undefined;
      if (key === undefined) return this.#fail("expected a key in double quotes");
      this.#skip();
      if (this.#text.charCodeAt(this.#at) !== COLON) return this.#fail("expected ':' after the key");
      this.#at++;
      this.#keys++;
      if (key === "__proto__") {
        this.#at = start;
        return this.#fail("'__proto__' is not allowed as a key");
      }
      this.#skip();
      const value = this.#value(depth);
      if (value === undefined) return undefined;
      object[key] = value;
      this.#skip();
      if (this.#text.charCodeAt(this.#at) === COMMA) this.#at++;
      else if (this.#text.charCodeAt(this.#at) !== CLOSE_OBJECT) return this.#fail("expected ',' or '}'");
    }
    this.#at++;
    this.#afterText = false;
    return object;
  }

  #list(depth: number): Json | undefined {
    if (depth > MAX_DEPTH) return this.#fail("it is nested deeper than 100 levels");
    const list: Json[] = [];
    this.#at++;
    for (;;) {
      this.#skip();
      if (this.#text.charCodeAt(this.#at) === CLOSE_LIST) break;
      const value = this.#value(depth);
      if (value === undefined) return undefined;
      list.push(value);
      this.#skip();
      if (this.#text.charCodeAt(this.#at) === COMMA) this.#at++;
      else if (this.#text.charCodeAt(this.#at) !== CLOSE_LIST) return this.#fail("expected ',' or ']'");
    }
    this.#at++;
    this.#afterText = false;
    return list;
  }

  /** A text in double quotes; undefined, at the end, when it does not end. */
  #quoted(): string | undefined {
    const text = this.#text;
    let from = this.#at + 1;
    let content = "";
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return (content + text.slice(from, at)).toWellFormed();
      }
      if (code !== BACKSLASH) continue;
      content += text.slice(from, at) + this.#escape(at);
      from = this.#at;
      at = from - 1;
    }
    this.#at = text.length;
    return undefined;
  }

  /**
   * A text in single quotes. It ends at the quote behind which a key or a value is over, so that the apostrophe of
   * `'it's'` is one; undefined when the line ends first.
   */
  #singleQuoted(isKey: boolean): string | undefined {
    const text = this.#text;
    const start = this.#at;
    let from = start + 1;
    let content = "";
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) {
        this.#at = start;
        return undefined;
      }
      if (code === APOSTROPHE) {
        if (!this.#isOver(at + 1, isKey)) continue;
        this.#at = at + 1;
        return (content + text.slice(from, at)).toWellFormed();
      } else if (code === BACKSLASH) {
        content += text.slice(from, at) + this.#escape(at);
        from = this.#at;
        at = from - 1;
      }
    }
    this.#at = text.length;
    return undefined;
  }

  /** Whether what stands at `at` comes behind a key, or behind a value. */
  #isOver(at: number, isKey: boolean): boolean {
    const text = this.#text;
    // Comments are not passed over here: that could take the rest of the text again for each quote.
    const next = text.charCodeAt(afterBlanks(text, at));
    return isKey ? next === COLON : next === COMMA || next === CLOSE_OBJECT || next === CLOSE_LIST;
  }

  /** What the escape sequence at `at` stands for, passing over it; one that JSON does not know stands for itself. */
  #escape(at: number): string {
    const letter = this.#text[at + 1] ?? "";
    this.#at = at + 1 + letter.length;
    if (letter === "u") {
      HEXADECIMAL.lastIndex = at + 2;
      const unit = HEXADECIMAL.exec(this.#text)?.[0];
      if (unit === undefined) return "\\u";
      this.#at = at + 6;
      return String.fromCharCode(parseInt(unit, 16));
    }
    return ESCAPED[letter] ?? `\\${letter}`;
  }

  /** A number or a word. */
  #scalar(): Json | undefined {
    const digits = this.#match(NUMBER);
    if (digits !== undefined) {
      const number = Number(digits);
      if (!Number.isFinite(number)) return this.#fail("this number is too large");
      this.#at += digits.length;
      // JSON has no −0.
      return number + 0;
    }
    const word = this.#match(WORD) ?? "";
    const value = WORDS.get(word);
    if (value === undefined) {
      return this.#fail(NOT_FINITE.test(word) ? "NaN and Infinity are no JSON numbers" : "expected a value");
    }
    this.#at += word.length;
    return value;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  /** Passes over blanks and comments; one that does not end reaches to the end. */
  #skip(): void {
    const text = this.#text;
    for (;;) {
      this.#at = afterBlanks(text, this.#at);
      if (text.charCodeAt(this.#at) !== SLASH) return;
      const next = text.charCodeAt(this.#at + 1);
      if (next !== SLASH && next !== STAR) return;
      const end = next === SLASH ? text.indexOf("\n", this.#at + 2) : text.indexOf("*/", this.#at + 2);
      this.#at = end < 0 ? text.length : next === SLASH ? end + 1 : end + 2;
    }
  }
}

/** The first index from `at` on where there is no white space. */
export function afterBlanks(text: string, at: number): number {
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Whether a UTF-16 unit is white space, or a mark that is not seen. */
function isBlank(code: number): boolean {
  if (code <= 0x20) return true;
  return code >= 0xa0 && (code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029 || code === 0x3000);
}
