/** `${id.field[0]}`: the one thing that may stand in a text in place of a value. */

/** One reference. */
export interface Reference {
  readonly id: string;
  readonly path: readonly (string | number)[];
  /** Offsets in the text that was read. */
  readonly start: number;
  readonly end: number;
  /** As it is written. */
  readonly raw: string;
}

/** Something that looks like a reference and is none; offsets in the text that was read. */
export interface ReferenceIssue {
  readonly code: "bad_reference" | "quoted_reference";
  readonly message: string;
  readonly hint: string;
  readonly start: number;
  readonly end: number;
}

/** Sticky. */
export const REFERENCE = /\$\{[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\])*\}/y;
/** What else begins with `${`, up to its brace; sticky. */
export const MALFORMED = /\$\{[^{}\r\n]{0,200}\}?/y;
const EITHER = /\$\$\{|\$\{[^{}\r\n]{0,200}\}?/g;

/** What stands in a text: references, escapes, and what is neither. */
export interface ReferenceToken {
  readonly kind: "reference" | "escape" | "malformed";
  readonly start: number;
  readonly end: number;
  readonly raw: string;
}

/** All that begins with `${` or `$${` in `text`. */
export function* referenceTokens(text: string): Generator<ReferenceToken> {
  for (const match of text.matchAll(EITHER)) {
    const [raw] = match;
    const kind = raw === "$${" ? "escape" : isReference(raw) ? "reference" : "malformed";
    yield { kind, start: match.index, end: match.index + raw.length, raw };
  }
}

/** Whether all of `text` is one reference: then it stands for a value with its type, else for text. */
export function isReference(text: string): boolean {
  REFERENCE.lastIndex = 0;
  return REFERENCE.test(text) && REFERENCE.lastIndex === text.length;
}

/** A reference from its text; undefined: it is none. */
export function readReference(raw: string, start = 0): Reference | undefined {
  if (!isReference(raw)) return undefined;
  const [id, ...path] = [...raw.matchAll(/[A-Za-z_]\w*|\[\d+\]/g)].map(([part]) =>
    part.startsWith("[") ? Number(part.slice(1, -1)) : part
  );
  return { id: id as string, path, start, end: start + raw.length, raw };
}

/**
 * `text` with its references replaced and `$${` made `${`. What is no reference stays.
 *
 * @example
 * ```ts
 * import { interpolate } from "./mod.ts";
 * interpolate("${price} EUR, $${price}", () => "99"); // "99 EUR, ${price}"
 * ```
 */
export function interpolate(text: string, value: (reference: Reference) => string): string {
  return text.replace(EITHER, (raw, at: number) => {
    if (raw === "$${") return "${";
    const reference = readReference(raw, at);
    return reference === undefined ? raw : value(reference);
  });
}

/** What is wrong with `${…}` that is no reference. */
export function malformed(raw: string, start: number): ReferenceIssue {
  const end = start + raw.length;
  if (!raw.endsWith("}")) {
    const hint = "close it with }, or write $${ for the characters themselves";
    return { code: "bad_reference", message: "'${' begins a reference that is not closed", hint, start, end };
  }
  const hint = "inside ${} stands an id with .field or [index]; compute in a sql table and name that";
  return { code: "bad_reference", message: `'${raw}' is no reference`, hint, start, end };
}

/** Where texts stand in another one, asked for in its order. */
export class Places {
  readonly #text: string;
  /** Searches that found nothing read all there is: a text with too many of them is given up. */
  #misses = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset of `raw` between two offsets; -1: it is not there. */
  find(raw: string, from: number, to: number): number {
    if (this.#misses > 200) return -1;
    const found = this.#text.indexOf(raw, from);
    if (found >= 0 && found + raw.length <= to) return found;
    this.#misses++;
    return -1;
  }
}
