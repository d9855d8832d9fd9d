/** Shows what a notebook's cells come to. */

import type { Issue } from "../framework/mod.ts";
import {
  cellSeconds,
  type CellStatus,
  type CellView,
  headlineOf,
  type NotebookView,
  type Shortcoming,
} from "../runner/mod.ts";
import { money } from "./model_lines.ts";
import type { Terminal } from "./terminal.ts";
import { displayWidth, formatDuration, pad, plainText, styled, type TextStyle, truncate } from "./terminal/mod.ts";

/** Columns of a cell's name. */
const LONGEST_NAME = 28;

/** How each status looks. */
export const MARKS: { readonly [status in CellStatus]: readonly [icon: string, style: TextStyle | undefined] } = {
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

/** What has come to something, though not to its end. */
const SHOWN: ReadonlySet<CellStatus> = new Set(["running", "paused", "failed"]);

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
    const shown = SHOWN.has(status) ? headline : "";
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
