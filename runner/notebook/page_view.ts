/** A computed page as all doors show it. */

import type { Json } from "../../framework/mod.ts";
import type { Computed } from "./computed.ts";
import { type Evaluation, isPaid } from "./evaluate.ts";
import { type CellPiece, type PageGraph, type Piece, proseHtml } from "./page/mod.ts";
import { asProse, lookUp } from "./resolve.ts";
import { bounded } from "./results.ts";
import type { CellView, NotebookView, PieceView } from "./view.ts";

/** Issues of the page that are told, and of each of its cells. */
const MOST_ISSUES = 200;

/** What is known of a page beside its cells. */
export interface PageFacts {
  readonly path: string;
  readonly hash: string | null;
  readonly readonly: boolean;
  /** Cells that wait for others, or whose start failed. */
  readonly fateOf: (name: string) => { readonly status: "queued" | "failed"; readonly reason: string } | null;
}

/** The page. */
export function pageView({ page, graph, cells, issuesOf }: Evaluation, facts: PageFacts): NotebookView {
  const anchors = new Set<string>();
  const issues = [...page.issues];
  const views = page.pieces.map((piece, index): PieceView => {
    if (piece.kind === "front") return { kind: "front", source: piece.source, line: piece.line };
    if (piece.kind === "prose") {
      for (const issue of issuesOf(index)) if (issues.length < MOST_ISSUES) issues.push(issue);
      return proseView(piece, graph, cells, anchors);
    }
    const cell = cells.get(index)!;
    const view = cellView(cell, index, graph, page.pieces, [...piece.issues, ...issuesOf(index)]);
    const fate = facts.fateOf(piece.name);
    // What has been found meanwhile counts more than what was said of the start.
    if (fate === null || !["stale", "blocked"].includes(view.status)) return view;
    return { ...view, status: fate.status, reason: fate.reason };
  });
  const stale = graph.order.filter((index) => {
    const view = views[index] as CellView;
    return isPaid(page.pieces[index] as CellPiece) && view.status === "stale";
  });
  return {
    path: facts.path,
    title: page.title,
    hash: facts.hash,
    readonly: facts.readonly,
    issues,
    pieces: views,
    cost_usd: costOf([...cells.values()]),
    stale: stale.map((index) => (page.pieces[index] as CellPiece).name),
  };
}

function proseView(
  { source, line }: Piece,
  graph: PageGraph,
  cells: ReadonlyMap<number, Computed>,
  anchors: Set<string>,
): PieceView {
  const cellNamed = (id: string) => cells.get(graph.byId.get(id.toLowerCase()) ?? -1);
  const { html, headings } = proseHtml(source, (reference) => {
    const { value } = lookUp(reference, (id): Json | undefined => cellNamed(id)?.value);
    if (value === undefined) return undefined;
    return cellNamed(reference.id)?.dimmed ? { old: asProse(value) } : asProse(value);
  }, anchors);
  return { kind: "prose", source, line, html, headings };
}

function cellView(
  { piece, status, reason, price, issues, value, output, dimmed, provenance, expect }: Computed,
  index: number,
  graph: PageGraph,
  pieces: readonly Piece[],
  own: CellView["issues"],
): CellView {
  const named = (indexes: readonly number[] | undefined) =>
    (indexes ?? []).flatMap((each) => {
      const other = pieces[each]!;
      return other.kind === "cell" ? [other.name] : [];
    });
  return {
    kind: "cell",
    source: piece.source,
    line: piece.line,
    cell: piece.cell,
    id: piece.id,
    name: piece.name,
    flags: [...piece.flags],
    body: piece.body,
    bodyLine: piece.bodyLine,
    status,
    reason,
    price,
    issues: [...own, ...issues].slice(0, MOST_ISSUES),
    uses: named(graph.reads.get(index)),
    usedBy: named(graph.usedBy.get(index)),
    ...(value !== undefined && { value: bounded(value) }),
    output,
    dimmed,
    provenance,
    expect,
  };
}

/** Dollars that results have cost; what several cells show counts once. */
function costOf(cells: readonly Computed[]): number {
  const paid = new Map<string, number>();
  for (const { provenance } of cells) {
    const id = provenance?.run_id ?? provenance?.batch_id;
    if (id !== undefined) paid.set(id, provenance!.cost_usd);
  }
  return [...paid.values()].reduce((sum, usd) => sum + usd, 0);
}
