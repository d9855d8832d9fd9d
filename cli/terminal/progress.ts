/** The live view of a run on a terminal. */

import { formatDuration, formatNumber } from "./format.ts";
import { sparkline } from "./sparkline.ts";
import { statusStyle, styled, type TextStyle } from "./style.ts";
import { displayWidth, pad, plainText, truncate } from "./width.ts";

/** Where and how a {@linkcode ProgressView} draws. */
export interface ProgressOptions {
  /** Writes to the terminal; called once per change. */
  readonly write: (text: string) => void;
  /** Columns of the terminal now. */
  readonly columns: () => number;
  /** Rows of the terminal now; the view stays below. Default 24. */
  readonly rows?: () => number;
  /** Whether colours are wanted (NO_COLOR is the caller's to know). */
  readonly color: boolean;
  readonly maxTurns: number;
}

/** What the view shows. */
export interface Progress {
  /** Turns completed. */
  readonly turn: number;
  /** Speed now; 0 when unknown. */
  readonly turnsPerSecond: number;
  /** The run's status, e.g. `running`. */
  readonly status: string;
  /** Values of each reporter by turn so far, in the order to show. */
  readonly reporters: { readonly [name: string]: readonly (number | null)[] };
  /** One line below the rest. */
  readonly message?: string;
}

/** A finished line: its parts and how each looks. */
type Parts = readonly (readonly [text: string, style?: TextStyle | undefined])[];

/** A line as written, and how many columns it takes. */
interface DrawnLine {
  readonly text: string;
  readonly width: number;
}

/**
 * A bar with turn, speed and time left, and a line per reporter, redrawn in place at the bottom of a terminal. It is for
 * terminals only: without one, do not create it. An update is one write; how often to update is the caller's affair.
 *
 * Invariants: no line is as wide as the terminal (a full last column would wrap); between calls the cursor stands at the
 * start of the line below the view; nothing is drawn after `done`.
 */
export class ProgressView {
  readonly #options: ProgressOptions;
  #drawn: readonly DrawnLine[] = [];
  #last: Progress | null = null;
  #done = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  /** Draws `progress` over what was drawn before. */
  update(progress: Progress): void {
    if (this.#done) return;
    this.#last = progress;
    this.#replace([], this.#lines(progress));
  }

  /** Prints lines above the view, which stays: log messages. After {@linkcode done} they are simply printed. */
  print(lines: readonly string[]): void {
    this.#replace(lines, this.#last === null || this.#done ? [] : this.#lines(this.#last));
  }

  /** Takes the view away until the next update. */
  hide(): void {
    this.#replace([], []);
    this.#last = null;
  }

  /** Puts `lines` in the place of the view, for good. They may carry colours and be of any width. */
  done(lines: readonly string[] = []): void {
    if (this.#done) return;
    this.#done = true;
    this.#replace(lines, []);
  }

  #replace(above: readonly string[], view: readonly DrawnLine[]): void {
    const before = this.#heightNow();
    if (before === 0 && above.length === 0 && view.length === 0) return;
    const up = before === 0 ? "" : `\x1b[${before}A`;
    const lines = [...above, ...view.map((line) => line.text)].map((line) => `${line}\x1b[K\n`).join("");
    // Synchronised output: terminals that know it show the frame at once, the others ignore it.
    this.#options.write(`\x1b[?2026h${up}\r${lines}\x1b[J\x1b[?2026l`);
    this.#drawn = view;
  }

  /** Rows the drawn lines take now: on a terminal made narrower they have wrapped. */
  #heightNow(): number {
    const columns = this.#columns();
    return this.#drawn.reduce((height, line) => height + Math.max(1, Math.ceil(line.width / columns)), 0);
  }

  #columns(): number {
    return Math.max(1, Math.floor(this.#options.columns() || 80));
  }

  #lines(progress: Progress): DrawnLine[] {
    const room = this.#columns() - 1;
    const lines = [this.#barLine(progress, room)];
    const names = Object.keys(progress.reporters);
    const message = plainText(progress.message ?? "");
    const height = Math.floor(this.#options.rows?.() ?? 24) - 2 - (message === "" ? 0 : 1);
    const shown = names.length <= height - 1 ? names : names.slice(0, Math.max(0, height - 2));
    const nameWidth = Math.min(Math.max(8, Math.floor(room / 3)), maxWidth(shown.map((name) => plainText(name))));
    const values = shown.map((name) => lastNumber(progress.reporters[name]!));
    const valueWidth = maxWidth(values);
    shown.forEach((name, i) => {
      const sparkWidth = Math.min(60, room - nameWidth - valueWidth - 4);
      const spark = sparkWidth < 4 ? "" : pad(sparkline(progress.reporters[name]!, sparkWidth), sparkWidth) + "  ";
      lines.push([
        [`${pad(truncate(plainText(name), nameWidth), nameWidth)}  `, "dim"],
        [spark, "cyan"],
        [pad(values[i]!, valueWidth, "right")],
      ]);
    });
    if (shown.length < names.length && height > 1) lines.push([[`… and ${names.length - shown.length} more`, "dim"]]);
    if (message !== "") lines.push([[message, "dim"]]);
    return lines.map((parts) => this.#drawnLine(parts, room));
  }

  #barLine(progress: Progress, room: number): Parts {
    const { turn, turnsPerSecond, status } = progress;
    const { maxTurns } = this.#options;
    const share = maxTurns > 0 ? Math.max(0, Math.min(1, turn / maxTurns)) : 0;
    const total = String(maxTurns);
    const state = plainText(status);
    const count = `turn ${String(turn).padStart(total.length)}/${total}`;
    const known = turnsPerSecond > 0 && Number.isFinite(turnsPerSecond);
    const speed = known ? `  ${formatNumber(turnsPerSecond)} turns/s` : "";
    const left = known && status === "running" && turn < maxTurns
      ? `  ${formatDuration((maxTurns - turn) / turnsPerSecond)} left`
      : "";
    const percent = ` ${String(Math.floor(share * 100)).padStart(3)} %  `;
    const texts = displayWidth(state) + 1 + percent.length + count.length + speed.length + left.length;
    // A bar of fewer than eight cells says less than the percentage beside it.
    const cells = Math.min(40, room - texts);
    const [full, rest] = cells < 8 ? ["", ""] : bar(share, cells);
    return [
      [state, statusStyle(status)],
      [" "],
      [full, "cyan"],
      [rest, "dim"],
      [percent],
      [count, "bold"],
      [speed],
      [left, "dim"],
    ];
  }

  /** The parts as one line of at most `room` columns. */
  #drawnLine(parts: Parts, room: number): DrawnLine {
    let [text, width] = ["", 0];
    for (const [part, style] of parts) {
      const cut = truncate(part, room - width);
      text += styled(cut, style, this.#options.color);
      width += displayWidth(cut);
      if (cut !== part) break;
    }
    return { text, width };
  }
}

/** The filled and the empty part of a bar, in eighths of a cell. */
function bar(share: number, cells: number): [full: string, rest: string] {
  const eighths = Math.floor(share * cells * 8);
  const full = Math.floor(eighths / 8);
  const part = " ▏▎▍▌▋▊▉"[eighths % 8]!;
  const filled = "█".repeat(full) + (full < cells && eighths % 8 > 0 ? part : "");
  return [filled, "░".repeat(cells - filled.length)];
}

function lastNumber(values: readonly (number | null)[]): string {
  const value = values.at(-1);
  return value === undefined || value === null ? "–" : formatNumber(value);
}

function maxWidth(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, displayWidth(text)), 0);
}
