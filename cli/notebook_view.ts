/** Shows a notebook: while its cells are played, and what came of each. */

import type { Issue } from "../framework/mod.ts";
import {
  type App,
  cellSeconds,
  type CellStatus,
  type CellView,
  headlineOf,
  type NotebookView,
  type NotebookViewOptions,
  type Shortcoming,
} from "../runner/mod.ts";
import { money } from "./model_lines.ts";
import type { Terminal } from "./terminal.ts";
import {
  displayWidth,
  formatDuration,
  LiveLines,
  pad,
  type Parts,
  plainText,
  styled,
  type TextStyle,
  truncate,
} from "./terminal/mod.ts";

/** Least milliseconds between two looks at a page, and how many times as long as a look took. */
const LOOK_INTERVAL = 250;
const REST = 5;
/** Milliseconds between lines where there is no terminal. */
const LINE_INTERVAL = 10_000;
/** Columns of a cell's name. */
const LONGEST_NAME = 28;

/** How each status looks. */
const MARKS: { readonly [status in CellStatus]: readonly [icon: string, style: TextStyle | undefined] } = {
  fresh: ["✓", "green"],
  cached: ["↺", "blue"],
  stale: ["!", "yellow"],
  queued: ["·", "dim"],
  running: ["▸", "cyan"],
  paused: ["‖", "yellow"],
  failed: ["✗", "red"],
  blocked: ["–", "yellow"],
  error: ["✗", "red"],
  off: ["–", "dim"],
  reserved: ["–", "dim"],
};

/** The cells of a page, in its order. */
export function cellsOf({ pieces }: NotebookView): CellView[] {
  return pieces.filter((piece) => piece.kind === "cell");
}

/** A line for each cell: how it stands, its name, what it comes to, seconds, cost. */
export function printCells(terminal: Terminal, view: NotebookView): void {
  const cells = cellsOf(view);
  const width = Math.min(LONGEST_NAME, Math.max(0, ...cells.map(({ name }) => displayWidth(plainText(name)))));
  for (const cell of cells) {
    const [icon, style] = MARKS[cell.status];
    const name = pad(truncate(plainText(cell.name), width), width);
    const lead = `${styled(icon, style, terminal.stdoutColor)} ${name}  `;
    const said = cellText(cell);
    const room = terminal.stdoutIsTerminal ? terminal.columns - width - 4 : Infinity;
    terminal.print(`${lead}${room === Infinity ? said : truncate(said, room)}`.trimEnd());
  }
}

/** What a cell comes to, or why it does not. */
function cellText(cell: CellView): string {
  const { status, reason, price } = cell;
  const headline = headlineOf(cell);
  if (status !== "fresh" && status !== "cached") {
    const why = [status, ...(reason === null ? [] : [reason])].join(": ");
    const takes = price === null || status !== "stale" ? "" : ` (${price.text})`;
    const shown = status === "running" || status === "paused" || status === "failed" ? headline : "";
    return plainText([`${why}${takes}`, shown].filter((part) => part !== "").join("  "));
  }
  const seconds = cellSeconds(cell);
  const cost = cell.provenance?.cost_usd ?? 0;
  return plainText(
    [
      headline,
      ...(seconds === null || seconds < 0.1 ? [] : [formatDuration(seconds)]),
      ...(cost > 0 ? [money(cost)] : []),
      ...(status === "cached" && cell.provenance !== null ? ["found"] : []),
    ].filter((part) => part !== "").join("  "),
  );
}

/** Findings as every command tells them: `file:line:column`. */
export function issuesOf(found: readonly Shortcoming[], file: string): Issue[] {
  return found.map(({ code, message, hint, line, column }) => ({
    severity: "error",
    code,
    message,
    ...(hint !== undefined && { hint }),
    file,
    line,
    ...(column !== undefined && { column }),
  }));
}

/** A page whose cells play: what is under way drawn in place on a terminal, a line now and then elsewhere. */
export class NotebookFollower {
  readonly #app: App;
  readonly #terminal: Terminal;
  readonly #path: string;
  readonly #options: NotebookViewOptions;
  readonly #lines: LiveLines | null;
  readonly #quiet: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #saidAt = performance.now();
  /** The page as it was seen last. */
  #view: NotebookView;

  constructor(
    app: App,
    terminal: Terminal,
    view: NotebookView,
    { quiet, ...options }: NotebookViewOptions & { readonly quiet: boolean },
  ) {
    this.#app = app;
    this.#terminal = terminal;
    this.#view = view;
    this.#path = view.path;
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
    this.#show();
    this.#arm(LOOK_INTERVAL);
  }

  /** A line above the live view, or on stderr. */
  say(line: string): void {
    const text = plainText(line);
    if (this.#lines) this.#lines.replace([text], this.#drawn());
    else this.#terminal.note(text);
  }

  /** The page as it was seen last. */
  get view(): NotebookView {
    return this.#view;
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
    const view = await this.#app.notebooks.view(this.#path, this.#options).catch(() => null);
    if (this.#isClosed) return;
    if (view !== null) this.#view = view;
    this.#show();
    this.#arm(Math.max(LOOK_INTERVAL, REST * (performance.now() - began)));
  }

  #show(): void {
    if (this.#lines) return this.#lines.replace([], this.#drawn());
    const now = performance.now();
    if (this.#quiet || now - this.#saidAt < LINE_INTERVAL) return;
    this.#saidAt = now;
    for (const cell of this.#playing()) this.#terminal.note(`${cell.name}: ${cellText(cell)}`);
  }

  #playing(): CellView[] {
    return cellsOf(this.#view).filter(({ status }) => status === "running" || status === "queued");
  }

  #drawn(): Parts[] {
    return this.#playing().slice(0, Math.max(1, this.#lines?.height ?? 1)).map((cell): Parts => {
      const [icon, style] = MARKS[cell.status];
      return [[`${icon} `, style], [pad(plainText(cell.name), LONGEST_NAME / 2)], [`  ${cellText(cell)}`, "dim"]];
    });
  }
}
