/** Lines of a text, with the endings that CommonMark knows: LF, CRLF, CR. */

/** Where lines begin. */
export class Lines {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (const match of text.matchAll(/\r\n?|\n/g)) this.#starts.push(match.index + match[0].length);
    // What ends with a line ending has no line after it.
    if (this.#starts.length > 1 && this.#starts.at(-1) === text.length) this.#starts.pop();
  }

  /** Number of lines; an empty text has one. */
  get count(): number {
    return this.#starts.length;
  }

  /** Offset of the line with this index from 0; past the last line, the end of the text. */
  start(index: number): number {
    return index < this.#starts.length ? this.#starts[index]! : this.#text.length;
  }

  /** The line with this index, without its ending. */
  text(index: number): string {
    return this.#text.slice(this.start(index), this.start(index + 1)).replace(/[\r\n]+$/, "");
  }

  /** Index from 0 of the line in which `offset` lies. */
  at(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Whether the line with this index has nothing but spaces and tabs. */
  blank(index: number): boolean {
    return /^[ \t]*$/.test(this.text(index));
  }
}

/** The ending that most lines of `text` have; of a text with none, LF. */
export function lineEndingOf(text: string): "\n" | "\r\n" {
  const crlf = text.match(/\r\n/g)?.length ?? 0;
  const lf = (text.match(/\n/g)?.length ?? 0) - crlf;
  return crlf > lf ? "\r\n" : "\n";
}
