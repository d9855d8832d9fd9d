/** A page computed to its end without anybody looking at it, for the command line and for CI. */

import type { Json } from "../../framework/mod.ts";
import type { App } from "../app.ts";
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
  /** Told of the page whenever a step of it is done. */
  readonly onProgress?: (view: NotebookView) => void;
}

/**
 * Runs the paid cells of a page that may be run for so much, waits for all, and returns the page. What would cost too much is
 * left stale and says so.
 * @throws {SimError} as {@linkcode Notebooks.view}
 */
export async function computeNotebook(app: App, path: string, options: HeadlessOptions = {}): Promise<NotebookView> {
  const { set, text, noRun = false, maxCostUsd = 0, onProgress = () => {} } = options;
  const page = { ...(set && { set }), ...(text !== undefined && { text }) };
  let view = await app.notebooks.view(path, page);
  if (noRun) return view;
  const tried = new Set<string>();
  const before = view.cost_usd;
  for (;;) {
    onProgress(view);
    const left = maxCostUsd - Math.max(0, view.cost_usd - before);
    const [next] = cellsOf(view).filter((cell) =>
      !tried.has(cell.name) && isOpen(cell) && isAffordable(cell.price, left)
    );
    if (next === undefined) return withPrices(view, left);
    tried.add(next.name);
    await app.notebooks.run(path, { ...page, cells: [next.name], maxCostUsd: left });
    view = await app.notebooks.settled(path, page);
  }
}

function cellsOf({ pieces }: NotebookView): CellView[] {
  return pieces.filter((piece) => piece.kind === "cell");
}

/** Whether a cell can be run now: those that wait for others have no price yet. */
function isOpen({ status, price }: CellView): boolean {
  return status === "stale" && price !== null || status === "paused" || status === "running" || status === "queued";
}

function isAffordable(price: Price | null, left: number): boolean {
  return price === null || price.free || price.usd !== null && price.usd <= left && left > 0;
}

/** The page with a word on what was left undone for its price. */
function withPrices(view: NotebookView, left: number): NotebookView {
  return {
    ...view,
    pieces: view.pieces.map((piece) => {
      if (piece.kind !== "cell" || piece.status !== "stale" || isAffordable(piece.price, left)) return piece;
      const { usd } = piece.price!;
      const cost = usd === null ? "nobody knows how much" : `about $${usd.toFixed(2)}`;
      return { ...piece, reason: `would cost ${cost}; ${piece.reason ?? "not run yet"}` };
    }),
  };
}
