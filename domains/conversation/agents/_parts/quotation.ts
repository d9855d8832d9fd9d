/** Whether a text quotes another: those who say what they were told give their instructions away, or play with them. */

/** Characters in a row that are no coincidence. */
const LENGTH = 40;

/** A text whose quotations are looked for. Blanks and case make no difference; `{{placeholders}}` are no part of it. */
export class QuotedSource {
  readonly #pieces = new Set<string>();

  /** The source `text`, mostly a prompt's template. */
  constructor(text: string) {
    for (const part of text.split(/\{\{[^{}]*\}\}/)) {
      for (const piece of piecesOf(part)) this.#pieces.add(piece);
    }
  }

  /** The first 40 characters in a row that `text` has in common with the source; null: there are none. */
  quotedIn(text: string): string | null {
    return piecesOf(text).find((piece) => this.#pieces.has(piece)) ?? null;
  }
}

function piecesOf(text: string): string[] {
  const plain = text.toLowerCase().replace(/\s+/g, " ");
  const pieces = [];
  for (let at = 0; at + LENGTH <= plain.length; at++) pieces.push(plain.slice(at, at + LENGTH));
  return pieces;
}
