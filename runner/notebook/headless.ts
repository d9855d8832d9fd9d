/** A page computed to its end without anybody looking at it, for the command line and for CI. */

import type { Json } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import { dollars } from "../report/mod.ts";
import type { CellView, NotebookView, Price } from "./view.ts";

/** How a page is computed. */
export interface HeadlessOptions {
  /** Values of inputs by id. */
  readonly set?: { readonly [input: string]: Json };
  /** A text in place of the file's. */
  readonly text?: string;
  /** Runs no paid cell. */
  readonly noRun?: boolean;
  /** Dollars for all cells together. Default 0: what is free runs. */
  readonly maxCostUsd?: number;
  /** Told of the page as it is before anything is started, and whenever something has been started. */
  readonly onProgress?: (view: NotebookView) => void | Promise<void>;
  /** Nothing more is started once it is aborted; what plays then is for who aborts to park. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the paid cells of a page that may be run for so much, waits for all, and returns the page. What costs nothing is
 * started at once, what costs something one after another, so that what is left is known. What was parked plays on, what
 * has failed is tried once more. What would cost too much is left as it is and says so.
 * @throws {SimError} as {@linkcode Notebooks.view}
 */
export async function computeNotebook(app: App, path: string, options: HeadlessOptions = {}): Promise<NotebookView> {
  const { set, text, noRun = false, maxCostUsd = 0, onProgress = () => {}, signal } = options;
  const page = { ...(set && { set }), ...(text !== undefined && { text }) };
  let view = await app.notebooks.view(path, page);
  if (noRun) return view;
  const tried = new Set<string>();
  let left = maxCostUsd;
  for (;;) {
    await onProgress(view);
    const next = signal?.aborted ? [] : startable(view, tried, left);
    if (next.length === 0) return withPrices(view, left);
    for (const { name } of next) tried.add(name);
    const before = view;
    await onProgress(await app.notebooks.run(path, { ...page, cells: next.map(({ name }) => name), maxCostUsd: left }));
    view = await app.notebooks.settled(path, page);
    left -= spentOn(next, before, view);
  }
}

/** Cells that are started next: all that cost nothing, or one that does. */
function startable(view: NotebookView, tried: ReadonlySet<string>, left: number): CellView[] {
  const open = cellsOf(view).filter((cell) => isOpen(cell) && !tried.has(cell.name) && isAffordable(cell.price, left));
  const free = open.filter(({ price }) => price === null || price.free);
  return free.length > 0 ? free : open.slice(0, 1);
}

/** Dollars that playing these cells has cost: a cell shows what its last run has cost until there is another one. */
function spentOn(cells: readonly CellView[], before: NotebookView, after: NotebookView): number {
  return cells.reduce((sum, { name }) => {
    const [then, now] = [before, after].map((view) => cellsOf(view).find((cell) => cell.name === name)?.provenance);
    const isSame = then?.run_id === now?.run_id && then?.batch_id === now?.batch_id;
    return sum + Math.max(0, (now?.cost_usd ?? 0) - (isSame ? then?.cost_usd ?? 0 : 0));
  }, 0);
}

function cellsOf({ pieces }: NotebookView): CellView[] {
  return pieces.filter((piece) => piece.kind === "cell");
}

/** Whether a cell can be run now: those that wait for others have no price yet; those that are void say something. */
function isOpen({ status, price, provenance }: CellView): boolean {
  switch (status) {
    case "stale":
    case "paused":
      return price !== null;
    case "failed":
      return price !== null && provenance?.validity !== "void";
    case "running":
    case "queued":
      return true;
    default:
      return false;
  }
}

/** What nobody knows the price of is kept within the limit while it plays. */
function isAffordable(price: Price | null, left: number): boolean {
  return price === null || price.free || left > 0 && (price.usd === null || price.usd <= left);
}

/** The page with a word on what was left undone for its price. */
function withPrices(view: NotebookView, left: number): NotebookView {
  return {
    ...view,
    pieces: view.pieces.map((piece) => {
      if (piece.kind !== "cell" || !isOpen(piece) || isAffordable(piece.price, left)) return piece;
      const { usd } = piece.price!;
      const cost = usd === null ? "asks models, and nothing may be spent" : `would cost about ${dollars(usd)}`;
      return { ...piece, reason: `${cost}; ${piece.reason ?? "not run yet"}` };
    }),
  };
}
