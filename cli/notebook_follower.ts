/** Shows a notebook while its cells are played. */

import { type App, type CellView, headlineOf, type NotebookView, type NotebookViewOptions } from "../runner/mod.ts";
import { money } from "./model_lines.ts";
import { cellsOf, MARKS } from "./notebook_view.ts";
import type { Terminal } from "./terminal.ts";
import { bar, displayWidth, formatDuration, LiveLines, pad, type Parts, plainText, truncate } from "./terminal/mod.ts";

/** Least milliseconds between two looks at a page, and how many times as long as a look took. */
const LOOK_INTERVAL = 250;
const REST = 5;
/** Milliseconds between lines where there is no terminal. */
const LINE_INTERVAL = 10_000;
/** Columns of a cell's name, and of its bar. */
const LONGEST_NAME = 24;
const BAR = 16;

/** What is played. */
const PAID: ReadonlySet<CellView["cell"]> = new Set(["run", "batch", "conversation"]);

/** A page whose cells play: what is under way drawn in place on a terminal, a line now and then elsewhere. */
export class NotebookFollower {
  readonly #app: App;
  readonly #terminal: Terminal;
  readonly #options: NotebookViewOptions;
  readonly #lines: LiveLines | null;
  readonly #quiet: boolean;
  readonly #began = performance.now();
  /** Cells that have something to play, by name: whether it has come to its end. */
  readonly #work = new Map<string, boolean>();
  readonly #costBefore: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #saidAt = performance.now();
  /** The page as it was seen last. */
  #view: NotebookView;

  /** @param view the page before anything is played */
  constructor(
    app: App,
    terminal: Terminal,
    view: NotebookView,
    { quiet, ...options }: NotebookViewOptions & { readonly quiet: boolean },
  ) {
    this.#app = app;
    this.#terminal = terminal;
    this.#view = view;
    this.#costBefore = view.cost_usd;
    this.#options = options;
    this.#quiet = quiet || terminal.json;
    this.#lines = terminal.live && !this.#quiet
      ? new LiveLines({
        write: (text) => terminal.noteRaw(text),
        columns: () => Deno.consoleSize().columns,
        rows: () => Deno.consoleSize().rows,
        color: terminal.color,
      })
      : null;
    this.show(view);
    this.#arm(LOOK_INTERVAL);
  }

  /** A line above the live view, or on stderr. */
  say(line: string): void {
    const text = plainText(line);
    if (this.#lines) this.#lines.replace([text], this.#drawn());
    else if (!this.#quiet) this.#terminal.note(text);
  }

  /** Shows the page as it is now. */
  show(view: NotebookView): void {
    if (this.#isClosed) return;
    this.#view = view;
    for (const { cell, name, status } of cellsOf(view)) {
      if (!PAID.has(cell)) continue;
      const isOver = ["fresh", "cached", "failed", "error", "off"].includes(status);
      if (!isOver || this.#work.has(name)) this.#work.set(name, isOver);
    }
    if (this.#lines) return this.#lines.replace([], this.#drawn());
    const now = performance.now();
    if (this.#quiet || now - this.#saidAt < LINE_INTERVAL) return;
    this.#saidAt = now;
    const playing = this.#playing().map((cell) => `${cell.name}: ${progressText(cell)}`);
    this.#terminal.note(plainText([this.#headline(), ...playing].join("; ")));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#lines?.replace([], []);
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  async #look(): Promise<void> {
    const began = performance.now();
    // A page that cannot be read now may be read the next time; whoever waits for its end is told.
    const view = await this.#app.notebooks.view(this.#view.path, this.#options).catch(() => null);
    if (this.#isClosed) return;
    this.show(view ?? this.#view);
    this.#arm(Math.max(LOOK_INTERVAL, REST * (performance.now() - began)));
  }

  #playing(): CellView[] {
    return cellsOf(this.#view).filter(({ status }) => status === "running" || status === "queued");
  }

  /** `1 of 3 cells played  12 s  $0.02`. */
  #headline(): string {
    const over = [...this.#work.values()].filter((isOver) => isOver).length;
    const cost = this.#view.cost_usd - this.#costBefore;
    return [
      `${over} of ${this.#work.size} ${this.#work.size === 1 ? "cell" : "cells"} played`,
      formatDuration((performance.now() - this.#began) / 1000),
      ...(cost > 0 ? [money(cost)] : []),
    ].join("  ");
  }

  #drawn(): Parts[] {
    const { room, height } = this.#lines!;
    const cells = this.#playing().slice(0, Math.max(1, height - 1));
    const width = Math.min(LONGEST_NAME, Math.max(0, ...cells.map(({ name }) => displayWidth(plainText(name)))));
    // On a narrow terminal words say more than a bar.
    const barWidth = room < width + BAR + 32 ? 0 : BAR;
    return [
      [[this.#headline(), "dim"]],
      ...cells.map((cell): Parts => {
        const [icon, style] = MARKS[cell.status];
        const [full, rest] = bar(shareOf(cell), barWidth);
        return [
          [`${icon} `, style],
          [`${pad(truncate(plainText(cell.name), width), width)}  `],
          ...(barWidth === 0 ? [] : [[full, "cyan"], [rest, "dim"], ["  "]] as const),
          [plainText(progressText(cell))],
        ];
      }),
    ].slice(0, Math.max(1, height)) as Parts[];
  }
}

/** How much of it is done, from 0 to 1. */
function shareOf({ status, output }: CellView): number {
  if (status === "queued") return 0;
  switch (output?.type) {
    case "run": {
      const turn = Math.max(output.turn, Number(output.rows.at(-1)?.turn ?? 0));
      return output.max_turns > 0 ? Math.min(1, turn / output.max_turns) : 0;
    }
    case "batch": {
      const { total, completed, failed, cancelled } = output.counts;
      return total > 0 ? (completed + failed + cancelled) / total : 0;
    }
    case "conversation": {
      const { turns, remaining_turns } = output.run;
      return turns.length === 0 ? 0 : turns.length / (turns.length + remaining_turns);
    }
    default:
      return 0;
  }
}

/** What it has come to so far, and how long it still takes where that is known. */
function progressText(cell: CellView): string {
  const { status, output } = cell;
  const eta = output?.type === "batch" ? output.batch.eta_seconds : null;
  return [
    ...(status === "queued" ? ["queued"] : [headlineOf(cell) || "starting"]),
    ...(status === "running" && eta !== null && eta > 0 ? [`${formatDuration(eta)} left`] : []),
  ].join(", ");
}
