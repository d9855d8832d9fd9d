/** Lines that are drawn over and over at the bottom of a terminal. */

import { styled, type TextStyle } from "./style.ts";
import { displayWidth, truncate } from "./width.ts";

/** Parts of a line, and how each looks. */
export type Parts = readonly (readonly [text: string, style?: TextStyle | undefined])[];

/** Where {@linkcode LiveLines} draws. */
export interface LiveLinesOptions {
  /** Writes to the terminal; called once per change. */
  readonly write: (text: string) => void;
  /** Columns of the terminal now. */
  readonly columns: () => number;
  /** Rows of the terminal now. Default 24. */
  readonly rows?: () => number;
  /** Whether colours are wanted (NO_COLOR is the caller's to know). */
  readonly color: boolean;
}

/** A line as written, and how many columns it takes. */
interface DrawnLine {
  readonly text: string;
  readonly width: number;
}

/**
 * Lines in place at the bottom of a terminal. A change is one write.
 *
 * Invariants: no line is as wide as the terminal (a full last column would wrap); between calls the cursor stands at the
 * start of the line below.
 */
export class LiveLines {
  readonly #options: LiveLinesOptions;
  #drawn: readonly DrawnLine[] = [];

  constructor(options: LiveLinesOptions) {
    this.#options = options;
  }

  /** Columns that a line may take. */
  get room(): number {
    return this.#columns() - 1;
  }

  /** Rows that there are, with two left for what stands around them. */
  get height(): number {
    return Math.floor(this.#options.rows?.() ?? 24) - 2;
  }

  /** Puts `lines` in the place of those before, and `above` over them, for good; what is above may carry colours. */
  replace(above: readonly string[], lines: readonly Parts[]): void {
    const before = this.#heightNow();
    if (before === 0 && above.length === 0 && lines.length === 0) return;
    const drawn = lines.map((parts) => this.#line(parts));
    const up = before === 0 ? "" : `\x1b[${before}A`;
    const text = [...above, ...drawn.map((line) => line.text)].map((line) => `${line}\x1b[K\n`).join("");
    // Synchronised output: terminals that know it show the frame at once, the others ignore it.
    this.#options.write(`\x1b[?2026h${up}\r${text}\x1b[J\x1b[?2026l`);
    this.#drawn = drawn;
  }

  /** Rows the drawn lines take now: on a terminal made narrower they have wrapped. */
  #heightNow(): number {
    const columns = this.#columns();
    return this.#drawn.reduce((height, line) => height + Math.max(1, Math.ceil(line.width / columns)), 0);
  }

  #columns(): number {
    return Math.max(1, Math.floor(this.#options.columns() || 80));
  }

  /** The parts as one line of at most {@linkcode room} columns. */
  #line(parts: Parts): DrawnLine {
    let [text, width] = ["", 0];
    for (const [part, style] of parts) {
      const cut = truncate(part, this.room - width);
      text += styled(cut, style, this.#options.color);
      width += displayWidth(cut);
      if (cut !== part) break;
    }
    return { text, width };
  }
}
