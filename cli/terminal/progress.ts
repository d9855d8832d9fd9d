/** The live view of a run on a terminal. */

import { formatDuration, formatNumber } from "./format.ts";
import { LiveLines, type LiveLinesOptions, type Parts } from "./live_lines.ts";
import { sparkline } from "./sparkline.ts";
import { statusStyle } from "./style.ts";
import { displayWidth, pad, plainText, truncate } from "./width.ts";

/** Where and how a {@linkcode ProgressView} draws; the view stays below the rows that there are. */
export interface ProgressOptions extends LiveLinesOptions {
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

/**
 * A bar with turn, speed and time left, and a line per reporter, redrawn in place at the bottom of a terminal. It is for
 * terminals only: without one, do not create it. How often to update is the caller's affair.
 *
 * Invariant: nothing is drawn after `done`.
 */
export class ProgressView {
  readonly #maxTurns: number;
  readonly #drawing: LiveLines;
  #last: Progress | null = null;
  #done = false;

  constructor(options: ProgressOptions) {
    this.#maxTurns = options.maxTurns;
    this.#drawing = new LiveLines(options);
  }

  /** Draws `progress` over what was drawn before. */
  update(progress: Progress): void {
    if (this.#done) return;
    this.#last = progress;
    this.#drawing.replace([], this.#lines(progress));
  }

  /** Prints lines above the view, which stays: log messages. After {@linkcode done} they are simply printed. */
  print(lines: readonly string[]): void {
    this.#drawing.replace(lines, this.#last === null || this.#done ? [] : this.#lines(this.#last));
  }

  /** Takes the view away until the next update. */
  hide(): void {
    this.#drawing.replace([], []);
    this.#last = null;
  }

  /** Puts `lines` in the place of the view, for good. They may carry colours and be of any width. */
  done(lines: readonly string[] = []): void {
    if (this.#done) return;
    this.#done = true;
    this.#drawing.replace(lines, []);
  }

  #lines(progress: Progress): Parts[] {
    const { room } = this.#drawing;
    const lines = [this.#barLine(progress, room)];
    const names = Object.keys(progress.reporters);
    const message = plainText(progress.message ?? "");
    const height = this.#drawing.height - (message === "" ? 0 : 1);
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
    return lines;
  }

  #barLine(progress: Progress, room: number): Parts {
    const { turn, turnsPerSecond, status } = progress;
    const maxTurns = this.#maxTurns;
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
}

/** The filled and the empty part of a bar, in eighths of a cell. */
export function bar(share: number, cells: number): [full: string, rest: string] {
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
