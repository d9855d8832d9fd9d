/** What of a page is under way: what is followed, and what is to be said when it has come to its end. */

import type { CellStatus, CellView, NotebookView } from "./types.ts";

/** A run or a batch behind a cell. */
export interface Followed {
  readonly kind: "run" | "batch";
  readonly id: string;
}

const MOVING: ReadonlySet<CellStatus> = new Set(["queued", "running"]);

/** Whether a cell is under way. */
export function isMoving(status: CellStatus): boolean {
  return MOVING.has(status);
}

/** Runs and batches behind cells that may still move. */
export function followedOf({ pieces }: NotebookView): Followed[] {
  const found = new Map<string, Followed>();
  for (const piece of pieces) {
    if (piece.kind !== "cell" || !(isMoving(piece.status) || piece.status === "paused")) continue;
    const output = piece.output;
    const followed: Followed | null = output?.type === "run"
      ? { kind: "run", id: output.run_id }
      : output?.type === "batch"
      ? { kind: "batch", id: piece.provenance?.batch_id ?? output.batch.id }
      : output?.type === "conversation" && piece.provenance?.run_id !== undefined
      ? { kind: "run", id: piece.provenance.run_id }
      : null;
    if (followed !== null) found.set(`${followed.kind} ${followed.id}`, followed);
  }
  return [...found.values()];
}

/** Whether anything of a page is under way. */
export function isBusy({ pieces }: NotebookView): boolean {
  return pieces.some((piece) => piece.kind === "cell" && isMoving(piece.status));
}

/** Names of the cells that are under way, as one text. */
export function movingOf(view: NotebookView): string {
  return namesOf(view, ({ status }) => isMoving(status)).join("\n");
}

function namesOf({ pieces }: NotebookView, fits: (cell: CellView) => boolean): string[] {
  return pieces.flatMap((piece) => piece.kind === "cell" && fits(piece) ? [piece.name] : []);
}

/** Names are the same whatever their case. */
function lower(name: string): string {
  return name.toLowerCase();
}

/** Where cells stand that have come to an end, or to a halt. */
const ENDED: ReadonlySet<CellStatus> = new Set(["fresh", "cached", "failed", "paused"]);

/**
 * What to say of cells that were under way before, and are not any more: `sweep finished, 96 runs, 1 failed`.
 * @param started names of cells that were started since, and may have ended before anybody has looked
 */
export function endings(before: NotebookView, now: NotebookView, started: readonly string[] = []): string[] {
  const moved = new Set([...started, ...namesOf(before, ({ status }) => isMoving(status))].map(lower));
  return now.pieces.flatMap((piece) => {
    if (piece.kind !== "cell" || !moved.has(lower(piece.name)) || !ENDED.has(piece.status)) return [];
    const { name, output } = piece;
    const ended = piece.status === "failed" ? "failed" : piece.status === "paused" ? "paused" : "finished";
    if (output?.type === "batch") {
      const { counts } = output;
      const failed = counts.failed ?? 0;
      return [`${name} ${ended}, ${output.rows.length} runs, ${failed} failed`];
    }
    if (output?.type === "run") return [`${name} ${ended} at turn ${output.turn}`];
    return [`${name} ${ended}`];
  });
}
