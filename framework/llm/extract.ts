/**
 * Finds the JSON in what a language model answered.
 *
 * Which value counts, where there are several:
 * 1. What stands in reasoning does not: inside of `<think>`, `<thinking>` and `<reasoning>`, to the end where such a block
 *    is not closed, and before a closing tag that was never opened (templates open it in the prompt).
 * 2. An object with keys comes before anything else: lists in prose are mostly footnotes, and an answer is an object.
 * 3. A fenced block that is marked as JSON, or not marked, comes before prose, prose before blocks of other languages.
 * 4. The last one: models think of examples first. Where the last one is broken or cut off, none counts: an example must
 *    not pass for the answer.
 *
 * Nothing inside of a broken object counts either. Where it does not even close its brackets, only what begins on a line
 * of its own, fenced or behind a closing tag, can make good for it.
 */

import type { Json } from "../json.ts";
import { afterBlanks, type Fault, faultText, LenientReader } from "./lenient_json.ts";

/** The JSON of an answer, or why there is none. */
export type Extracted =
  | { readonly value: Json }
  /** One sentence without a full stop, for the model. */
  | { readonly problem: string };

/**
 * The JSON value in `text`. Fences, reasoning and prose around it are passed over; comments, trailing commas, single
 * quotes, Python's `True`, `False` and `None`, and line ends inside of texts are understood. A text, number, boolean or
 * null counts only when it is all there is. Refused are NaN and infinities, keys `__proto__`, and more than 100 levels.
 * Of equal keys the last one counts. Lone surrogates become U+FFFD, −0 becomes 0.
 *
 * It takes time linear in the length of the text, whatever that is, and never throws.
 *
 * @example
 * ```ts
 * import { extractJson } from "llm-sim";
 * const answer = '<think>{"action": "buy"}?</think> I sell: {"action": "sell", "amount": 3,} // see http://shop';
 * const extracted = extractJson(answer);
 * if (!("value" in extracted) || JSON.stringify(extracted.value) !== '{"action":"sell","amount":3}') throw new Error();
 * ```
 */
export function extractJson(text: string): Extracted {
  return new Search(text).run();
}

/** How much a place counts. */
const OTHER_CODE = 0;
const PROSE = 1;
const FENCED = 2;
type Place = typeof OTHER_CODE | typeof PROSE | typeof FENCED;

const [OPEN_OBJECT, OPEN_LIST, BACKTICK, TILDE, LESS] = [0x7b, 0x5b, 0x60, 0x7e, 0x3c];
const OPENING_TAG = /<(?:think(?:ing)?|reasoning)>/iy;
const CLOSING_TAG = /<\/(?:think(?:ing)?|reasoning)>/gi;
const CLOSING_LINE = /^[ \t]*<\/(?:think(?:ing)?|reasoning)>/gim;
const FRESH_LINE = /^[ \t]*(?:<\/(?:think(?:ing)?|reasoning)>|`{3}|~{3})/gim;
const LABEL = /[ \t]*([\w+.-]*)/y;
const FENCE = /(?:`{3,}|~{3,})/y;
const JSON_LABEL = /(?:[ \t]*json\w*)?/iy;
const SCALAR = /["\d.+\-tfnTFN]/y;
/** Characters that may be read again to find a value behind one that could not be read: the text's length, and these. */
const READ_AGAIN = 100_000;

/** One pass over a text. */
class Search {
  readonly #text: string;
  readonly #reader: LenientReader;
  #spare: number;
  /** The fence that is open. */
  #fence: { readonly mark: number; readonly length: number } | null = null;
  #place: Place = PROSE;
  #best: { readonly value: Json; readonly isObject: boolean; readonly place: Place } | null = null;
  /** What is wrong with the value behind `#best`. */
  #broken: { readonly fault: Fault; readonly place: Place } | null = null;
  /** What is wrong with a brace that may be none of JSON. */
  #doubtful: Fault | null = null;
  #reasoned = false;
  #reasons = false;
  readonly #closingTag: Finder;
  readonly #closingLine: Finder;
  /** Where a line begins with a closing tag or a fence. */
  readonly #fresh: Finder;

  constructor(text: string) {
    this.#text = text;
    this.#reader = new LenientReader(text);
    this.#closingTag = new Finder(text, CLOSING_TAG);
    this.#closingLine = new Finder(text, CLOSING_LINE);
    this.#fresh = new Finder(text, FRESH_LINE);
    this.#spare = text.length + READ_AGAIN;
  }

  run(): Extracted {
    const text = this.#text;
    let at = this.#begin(0);
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === OPEN_OBJECT || code === OPEN_LIST) at = this.#value(at);
      else if (code === BACKTICK || code === TILDE) at = this.#fenceAt(at, code);
      else if (code === LESS) at = this.#tagAt(at);
      else at++;
    }
    return this.#outcome();
  }

  #outcome(): Extracted {
    if (this.#broken !== null) return { problem: this.#problem("the JSON is broken at", this.#broken.fault) };
    if (this.#best !== null) return { value: this.#best.value };
    if (this.#text.trim() === "") return { problem: "your answer is empty" };
    if (this.#reasons) return { problem: "your answer ends inside of its reasoning (it was cut off?)" };
    const nothing = `your answer holds no JSON object${this.#reasoned ? " outside of its reasoning" : ""}`;
    return { problem: this.#doubtful === null ? nothing : this.#problem(`${nothing}:`, this.#doubtful) };
  }

  #problem(what: string, fault: Fault): string {
    if (fault.at >= this.#text.length) return "the JSON ends in the middle (the answer was cut off?)";
    return `${what} ${faultText(this.#text, fault)}`;
  }

  /** The answer starts at `at`: passes over blocks of reasoning, and over all if there is nothing but a scalar. */
  #begin(at: number): number {
    for (;;) {
      at = afterBlanks(this.#text, at);
      const after = this.#reasoning(at);
      if (after === at) break;
      at = after;
    }
    const value = this.#scalar(at);
    if (value === undefined) return at;
    this.#best = { value, isObject: false, place: PROSE };
    return this.#text.length;
  }

  /** The scalar that is all there is from `start` on, fenced or not. */
  #scalar(start: number): Json | undefined {
    const text = this.#text;
    let at = afterBlanks(text, endOf(FENCE, text, start));
    const isFenced = at > start;
    if (isFenced) at = afterBlanks(text, endOf(JSON_LABEL, text, at));
    if (endOf(SCALAR, text, at) === at) return undefined;
    const value = this.#reader.read(at);
    if (value === undefined) return undefined;
    at = afterBlanks(text, this.#reader.end);
    if (isFenced) at = afterBlanks(text, endOf(FENCE, text, at));
    return at === text.length ? value : undefined;
  }

  /** Reads the value at `start` and returns where to look on. */
  #value(start: number): number {
    const value = this.#reader.read(start);
    if (value === undefined) {
      const { isCutOff, fault } = this.#reader;
      if (isCutOff || this.#doubtful === null && this.#text.charCodeAt(start) === OPEN_OBJECT) this.#doubtful = fault;
      return this.#failed(start);
    }
    const isObject = hasKeys(value);
    const best = this.#best;
    if (best === null || (isObject === best.isObject ? this.#place >= best.place : isObject)) {
      this.#best = { value, isObject, place: this.#place };
    }
    if (isObject && this.#broken !== null && this.#place >= this.#broken.place) this.#broken = null;
    return this.#reader.end;
  }

  /** Where to look on behind a value at `start` that could not be read. */
  #failed(start: number): number {
    const { end, looksLikeJson } = this.#reader;
    const next = looksLikeJson ? this.#behindBroken(start) : start + 1;
    const again = end - next;
    if (again <= 0) return next;
    if (again > this.#spare) return looksLikeJson ? this.#text.length : end;
    this.#spare -= again;
    return next;
  }

  /**
   * Where what is certainly JSON and broken ends: at its closing bracket, or where a line begins with what cannot be part
   * of it, as a broken text may hold anything: what another agent wrote, too.
   */
  #behindBroken(start: number): number {
    if (this.#best === null || !this.#best.isObject || this.#place >= this.#best.place) {
      this.#broken = { fault: this.#reader.fault, place: this.#place };
    }
    const bracket = this.#reader.isCutOff ? undefined : this.#closingBracket(start);
    if (bracket === undefined) return this.#fresh.from(start).at;
    return Math.min(bracket, this.#closingLine.from(start).at);
  }

  /** Where the bracket at `start` is closed, by texts in double quotes and brackets alone; behind it. */
  #closingBracket(start: number): number | undefined {
    const text = this.#text;
    if (text.length - start > this.#spare) return undefined;
    let depth = 0;
    let isText = false;
    for (let at = start; at < text.length; at++) {
      const character = text[at];
      if (isText) {
        if (character === "\\") at++;
        else if (character === '"') isText = false;
      } else if (character === '"') {
        isText = true;
      } else if (character === "{" || character === "[") {
        depth++;
      } else if (character === "}" || character === "]") {
        if (--depth === 0) return at + 1;
      }
    }
    this.#spare -= text.length - start;
    return undefined;
  }

  /** Opens or closes a fence with the marks at `start`; returns what comes behind. */
  #fenceAt(start: number, mark: number): number {
    const text = this.#text;
    let end = start + 1;
    while (text.charCodeAt(end) === mark) end++;
    const length = end - start;
    if (length < 3 || mark === TILDE && !startsLine(text, start)) return end;
    LABEL.lastIndex = end;
    const [whole, label] = LABEL.exec(text)!;
    const isJson = /^json/i.test(label!);
    if (this.#fence === null || isJson && length >= this.#fence.length) {
      this.#fence = { mark, length };
      this.#place = isJson || label === "" ? FENCED : OTHER_CODE;
      return end + whole.length;
    }
    if (this.#fence.mark === mark && length >= this.#fence.length) {
      this.#fence = null;
      this.#place = PROSE;
    }
    return end;
  }

  /** Passes over a block of reasoning, or over a closing tag, which makes reasoning of all that stands before it. */
  #tagAt(start: number): number {
    const after = this.#reasoning(start);
    if (after > start) return after;
    const closing = this.#closingTag.from(start);
    if (closing.at !== start) return start + 1;
    this.#reasoned = true;
    this.#fence = null;
    this.#place = PROSE;
    this.#best = this.#broken = this.#doubtful = null;
    return this.#begin(closing.end);
  }

  /** Behind the block of reasoning that opens at `start`; `start` when none does. */
  #reasoning(start: number): number {
    if (endOf(OPENING_TAG, this.#text, start) === start) return start;
    const { at, end } = this.#closingTag.from(start);
    this.#reasoned = true;
    this.#reasons = at === this.#text.length;
    return end;
  }
}

/** Finds where a pattern matches next; asked in ascending order, it goes through the text once. */
class Finder {
  readonly #text: string;
  readonly #pattern: RegExp;
  #asked = 0;
  #found = { at: -1, end: 0 };

  constructor(text: string, pattern: RegExp) {
    this.#text = text;
    this.#pattern = pattern;
  }

  /** The first match from `start` on; at the end of the text when there is none. */
  from(start: number): { readonly at: number; readonly end: number } {
    // Between where it was looked for last and where it was found there is no other.
    if (start < this.#asked || start > this.#found.at) {
      this.#pattern.lastIndex = start;
      const match = this.#pattern.exec(this.#text);
      const { length } = this.#text;
      this.#found = match === null
        ? { at: length, end: length }
        : { at: match.index, end: match.index + match[0].length };
      this.#asked = start;
    }
    return this.#found;
  }
}

/** Behind what a sticky `pattern` matches at `at`; `at` itself when it matches nothing. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function startsLine(text: string, at: number): boolean {
  while (at > 0 && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return at === 0 || text[at - 1] === "\n";
}

function hasKeys(value: Json): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const _ in value) return true;
  return false;
}
