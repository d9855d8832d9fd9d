/** Keeps a flood of lines away from whoever reads them. */

/** Lines of domain code passed on per second; the rest is counted. */
export const LINES_PER_SECOND = 200;

/** Lets so many lines per second pass. */
export class LineRate {
  readonly #now: () => number;
  #second = 0;
  #lines = 0;

  /** @param now clock in ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether one more line may pass; `dropped` lines were refused before it and have not been told of. */
  admit(): { readonly pass: boolean; readonly dropped: number } {
    const second = Math.floor(this.#now() / 1000);
    let dropped = 0;
    if (second !== this.#second) {
      dropped = Math.max(0, this.#lines - LINES_PER_SECOND);
      this.#second = second;
      this.#lines = 0;
    }
    return { pass: ++this.#lines <= LINES_PER_SECOND, dropped };
  }
}

/** What is said in place of lines that were dropped. */
export function droppedText(dropped: number): string {
  return `${dropped} more lines were dropped: at most ${LINES_PER_SECOND} a second are passed on`;
}
