/**
 * Texts that match a regular expression, by construction: the expression is never executed, as one from elsewhere may
 * take for ever. Anchors, groups, alternatives, classes and quantifiers are understood; looking around, back
 * references, word boundaries and Unicode properties are not.
 */

import type { Rng } from "../../framework/mod.ts";

/** Longest expression that is looked into. */
const LONGEST_PATTERN = 2_000;
/** Longest text that is made. */
const LONGEST_TEXT = 10_000;

type Part =
  | { readonly kind: "one"; readonly of: readonly string[] }
  | { readonly kind: "all"; readonly parts: readonly Part[] }
  | { readonly kind: "any"; readonly options: readonly Part[] }
  | { readonly kind: "many"; readonly part: Part; readonly min: number; readonly max: number };

/** A regular expression that texts can be made for. */
export class PatternText {
  readonly #part: Part;
  /** Whether a match must begin where the text does. */
  readonly beginsText: boolean;
  /** Whether a match must end where the text does. */
  readonly endsText: boolean;

  private constructor(part: Part, pattern: string) {
    this.#part = part;
    this.beginsText = pattern.startsWith("^");
    this.endsText = /(?<!\\)(?:\\\\)*\$$/.test(pattern);
  }

  /** The expression; null when it holds what is not understood, or is none. */
  static parse(pattern: string): PatternText | null {
    if (pattern.length > LONGEST_PATTERN) return null;
    const part = new Parser(pattern).parse();
    return part === null ? null : new PatternText(part, pattern);
  }

  /**
   * A text that matches; where nearly any character fits, `text` is written.
   *
   * @param lengths what is aimed at; it may be missed
   * @param attempt from 0; later attempts vary the numbers of repetitions more
   */
  make(random: Rng, text: string, { least, most }: { least: number; most: number }, attempt: number): string {
    const more = [3, 0, 1, 8, 30, least][attempt % 6]!;
    const aim = attempt === 0 ? Math.min(Math.max(text.length, least), most) : random.int(Math.min(least, most), most);
    return new Maker(random, text, aim, more).make(this.#part);
  }
}

class Maker {
  #written = 0;
  #at = 0;

  constructor(readonly random: Rng, readonly text: string, readonly aim: number, readonly more: number) {}

  make(part: Part): string {
    switch (part.kind) {
      case "one":
        return this.#one(part.of);
      case "all":
        return part.parts.map((inner) => this.make(inner)).join("");
      case "any":
        return this.make(this.random.choice(part.options));
      case "many": {
        const { min, max } = part;
        const most = isBroad(part.part) ? Math.max(min, Math.min(max, this.aim)) : Math.min(max, min + this.more);
        const count = isBroad(part.part) ? most : this.random.int(min, most);
        let made = "";
        for (let i = 0; i < count && this.#written < LONGEST_TEXT; i++) made += this.make(part.part);
        return made;
      }
    }
  }

  #one(of: readonly string[]): string {
    this.#written++;
    if (of.length < BROAD) return this.random.choice(of);
    const next = this.text[this.#at++ % this.text.length]!;
    const fitting = [next, next.toUpperCase(), next.toLowerCase()].find((character) => of.includes(character));
    return fitting ?? this.random.choice(of);
  }
}

/** From so many characters on, a class is one of free text. */
const BROAD = 64;

function isBroad(part: Part): boolean {
  return part.kind === "one" && part.of.length >= BROAD;
}

/** Thrown by the parser's parts, caught by `parse`. */
class NotUnderstood extends Error {}

class Parser {
  #at = 0;

  constructor(readonly pattern: string) {}

  parse(): Part | null {
    try {
      const part = this.#alternatives();
      return this.#at === this.pattern.length ? part : null;
    } catch (error) {
      if (error instanceof NotUnderstood) return null;
      throw error;
    }
  }

  #alternatives(): Part {
    const options = [this.#sequence()];
    while (this.#takes("|")) options.push(this.#sequence());
    return options.length === 1 ? options[0]! : { kind: "any", options };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.pattern.length && !/[|)]/.test(this.pattern[this.#at]!)) {
      if (this.#takes("^") || this.#takes("$")) continue;
      parts.push(this.#quantified(this.#atom()));
    }
    return { kind: "all", parts };
  }

  #atom(): Part {
    if (this.#takes("(")) return this.#group();
    if (this.#takes("[")) return one(this.#class());
    if (this.#takes(".")) return one(ANY);
    if (this.#takes("\\")) return one(this.#escape());
    const character = this.#next();
    if (/[*+?{]/.test(character)) throw new NotUnderstood();
    return one([character]);
  }

  #group(): Part {
    if (this.#takes("?")) {
      if (!this.#takes(":")) {
        const name = /^<[A-Za-z_$][\w$]*>/.exec(this.pattern.slice(this.#at));
        if (!name) throw new NotUnderstood();
        this.#at += name[0].length;
      }
    }
    const part = this.#alternatives();
    if (!this.#takes(")")) throw new NotUnderstood();
    return part;
  }

  #quantified(part: Part): Part {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.pattern.slice(this.#at));
    if (!found) return part;
    this.#at += found[0].length;
    const [sign, from, comma, to] = found;
    if (from !== undefined) {
      const min = Number(from);
      return { kind: "many", part, min, max: comma === "" ? min : to === "" ? Infinity : Number(to) };
    }
    return { kind: "many", part, min: sign!.startsWith("+") ? 1 : 0, max: sign!.startsWith("?") ? 1 : Infinity };
  }

  #class(): readonly string[] {
    const isNegated = this.#takes("^");
    const members = new Set<string>();
    while (!this.#takes("]")) {
      const low = this.#member();
      const isRange = low.length === 1 && this.pattern[this.#at] === "-" && this.pattern[this.#at + 1] !== "]";
      if (!isRange) {
        for (const character of low) members.add(character);
        continue;
      }
      this.#at++;
      const high = this.#member();
      if (high.length !== 1) throw new NotUnderstood();
      for (const character of range(low[0]!, high[0]!)) members.add(character);
    }
    return isNegated ? ANY.filter((character) => !members.has(character)) : [...members];
  }

  #member(): readonly string[] {
    return this.#takes("\\") ? this.#escape(true) : [this.#next()];
  }

  #escape(inClass = false): readonly string[] {
    const character = this.#next();
    if (Object.hasOwn(CLASSES, character)) return CLASSES[character]!;
    if (Object.hasOwn(CONTROLS, character)) return [CONTROLS[character]!];
    if (character === "x") return [this.#code(/^([0-9A-Fa-f]{2})/)];
    if (character === "u") return [this.#code(/^(?:([0-9A-Fa-f]{4})|\{([0-9A-Fa-f]{1,6})\})/)];
    if (character === "b" && inClass) return ["\b"];
    // Back references, boundaries, properties, control letters.
    if (/[0-9A-Za-z]/.test(character)) throw new NotUnderstood();
    return [character];
  }

  #code(form: RegExp): string {
    const found = form.exec(this.pattern.slice(this.#at));
    const code = parseInt(found?.[1] ?? found?.[2] ?? "", 16);
    if (!found || !(code <= 0x10ffff)) throw new NotUnderstood();
    this.#at += found[0].length;
    return String.fromCodePoint(code);
  }

  #next(): string {
    const code = this.pattern.codePointAt(this.#at);
    if (code === undefined) throw new NotUnderstood();
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  #takes(character: string): boolean {
    if (this.pattern[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}

function one(of: readonly string[]): Part {
  if (of.length === 0) throw new NotUnderstood();
  return { kind: "one", of };
}

/** From one character to another; of long ranges the beginning. */
function range(low: string, high: string): string[] {
  const [first, last] = [low.codePointAt(0)!, high.codePointAt(0)!];
  if (last < first) throw new NotUnderstood();
  const length = Math.min(last - first + 1, 256);
  return Array.from({ length }, (_, i) => String.fromCodePoint(first + i)).filter((one) =>
    !/[\ud800-\udfff]/.test(one)
  );
}

const DIGITS = range("0", "9");
const WORDS = [...range("a", "z"), ...range("A", "Z"), ...DIGITS, "_"];
/** Of all characters those that are printed. */
const ANY = range(" ", "~");

const CLASSES: { readonly [letter: string]: readonly string[] } = {
  d: DIGITS,
  D: ANY.filter((character) => !DIGITS.includes(character)),
  w: WORDS,
  W: ANY.filter((character) => !WORDS.includes(character)),
  s: [" "],
  S: ANY.filter((character) => character !== " "),
};

const CONTROLS: { readonly [letter: string]: string } = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v" };
