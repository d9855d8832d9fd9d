/** A page computed: every cell after those that it reads, each of them once. Nothing is started here. */

import { type Json, SimError } from "../../framework/mod.ts";
import { type Computed, plain, wrong } from "./computed.ts";
import type { CellContext, Services, Unready } from "./context.ts";
import { batchCell } from "./kinds/batch.ts";
import { chartCell } from "./kinds/chart.ts";
import { compareCell } from "./kinds/compare.ts";
import { conversationCell } from "./kinds/conversation.ts";
import { inputCell } from "./kinds/input.ts";
import { runCell } from "./kinds/run.ts";
import { scenarioCell } from "./kinds/scenario.ts";
import { tableCell } from "./kinds/table.ts";
import type { PageMemory } from "./memory.ts";
import {
  ancestors,
  type CellKind,
  type CellPiece,
  graphOf,
  type NotebookPage,
  type PageGraph,
  PAID_KINDS,
  parsePage,
} from "./page/mod.ts";
import type { ViewIssue } from "./view.ts";

/** A page with what became of its cells. */
export interface Evaluation {
  readonly page: NotebookPage;
  readonly graph: PageGraph;
  /** By index of the piece. */
  readonly cells: ReadonlyMap<number, Computed>;
  /** Issues of what pieces name, by index of the piece. */
  readonly issuesOf: (index: number) => readonly ViewIssue[];
}

/** What a page is computed from. */
export interface PageSource {
  readonly path: string;
  readonly text: string;
  readonly set: { readonly [input: string]: Json };
}

const KINDS: { readonly [kind in CellKind]?: (context: CellContext) => Computed | Promise<Computed> } = {
  input: inputCell,
  scenario: scenarioCell,
  run: runCell,
  batch: batchCell,
  conversation: conversationCell,
  compare: compareCell,
  chart: chartCell,
  table: tableCell,
};

/** Computes a page. Never throws for what a page may say: what is wrong stands at its cell. */
export async function evaluate(source: PageSource, services: Services, memory: PageMemory): Promise<Evaluation> {
  const page = parsePage(source.text);
  const graph = graphOf(page);
  const cells = new Map<number, Computed>();
  const pending = new Map<number, Promise<void>>();
  const cyclic = new Set(graph.cycles.flat());
  for (const index of graph.order) {
    // Cells of a cycle wait for nobody: they say that they are on one.
    const needed = cyclic.has(index) ? [] : graph.reads.get(index) ?? [];
    const work = Promise.all(needed.map((read) => pending.get(read)))
      .then(() => computed(index, { page, graph, cells, source, services, memory }))
      .then((result) => {
        cells.set(index, result);
      });
    pending.set(index, work);
  }
  await Promise.all(pending.values());
  return { page, graph, cells, issuesOf: (index) => graph.issues.get(index) ?? [] };
}

interface Work {
  readonly page: NotebookPage;
  readonly graph: PageGraph;
  readonly cells: ReadonlyMap<number, Computed>;
  readonly source: PageSource;
  readonly services: Services;
  readonly memory: PageMemory;
}

/** Whether a cell is started by a person alone. */
export function isPaid(piece: CellPiece): boolean {
  return PAID_KINDS.includes(piece.cell);
}

async function computed(index: number, work: Work): Promise<Computed> {
  const { page, graph, cells } = work;
  const piece = page.pieces[index] as CellPiece;
  const reads = (graph.reads.get(index) ?? []).flatMap((read) => cells.get(read) ?? []);
  if (piece.flags.has("off")) return plain(piece, "off", { reason: "switched off" });
  if (piece.lang === "js") {
    return plain(piece, "reserved", { reason: "js cells are not built yet: nothing of it runs" });
  }
  const errors = [...piece.issues, ...graph.issues.get(index) ?? []].filter(({ severity }) => severity === "error");
  if (errors.length > 0) return plain(piece, "error", { reason: errors[0]!.message });
  const paid = isPaid(piece);
  const blocker = reads.find((read) =>
    read.ready === "none" && !(paid && isPaid(read.piece) && read.status === "stale")
  );
  if (!paid) {
    if (blocker) return plain(piece, "blocked", { reason: whyNot(blocker) });
    const without = reads.find(({ value, handle, rows }) =>
      value === undefined && handle === undefined && rows === undefined
    );
    if (without) return plain(piece, "blocked", { reason: `${called(without)} has no result yet` });
  }
  try {
    const result = await KINDS[piece.cell]!(
      contextOf(index, piece, reads, work, paid ? unreadyOf(index, reads, work) : null),
    );
    return paid ? result : withReadiness(result, reads);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const { code, message, hint } = error;
    return wrong(piece, [{
      severity: "error",
      code,
      message,
      ...(hint !== undefined && { hint }),
      line: piece.bodyLine,
    }]);
  }
}

function contextOf(
  index: number,
  piece: CellPiece,
  reads: readonly Computed[],
  { graph, cells, source, services, memory }: Work,
  unready: Unready | null,
): CellContext {
  const above = ancestors(graph, index).flatMap((ancestor) => cells.get(ancestor) ?? []);
  const byId = new Map(reads.flatMap((read) => read.piece.id === null ? [] : [[read.piece.id.toLowerCase(), read]]));
  const read = (id: string) => byId.get(id.toLowerCase());
  const inputs = above.filter((cell) => cell.piece.cell === "input" && cell.value !== undefined);
  const tables = above.filter(({ table, piece }) => table !== undefined && piece.id !== null);
  return {
    piece,
    place: { path: source.path, cell: piece.name },
    services,
    read,
    valueOf: (id) => read(id)?.value,
    unready,
    inputs: Object.fromEntries(inputs.map((cell) => [cell.piece.id!, cell.value!])),
    tables: Object.fromEntries(
      tables.map(({ piece, table, stamp }) => [piece.id!, { source: table!, stamp }]),
    ),
    remembered: memory.of(source.path, piece.name),
    remember: (change) => memory.remember(source.path, piece.name, change),
    moved: movedTo(source.set, piece),
  };
}

/** The value in the address for an input; ids are the same whatever their case. */
function movedTo(set: PageSource["set"], { id, cell }: CellPiece): Json | undefined {
  if (id === null || cell !== "input") return undefined;
  const key = Object.keys(set).find((each) => each.toLowerCase() === id.toLowerCase());
  return key === undefined ? undefined : set[key];
}

/** What a paid cell has to wait for: anything that it follows from and that is not what it will be. */
function unreadyOf(index: number, reads: readonly Computed[], { graph, cells }: Work): Unready | null {
  if (reads.every(({ ready }) => ready === "ready")) return null;
  const above = ancestors(graph, index).flatMap((ancestor) => cells.get(ancestor) ?? []);
  const waiting = above.filter(({ piece, ready }) => isPaid(piece) && ready !== "ready");
  const waitsFor = waiting.map(({ piece }) => piece.name);
  // What stands still for another reason than that nobody has run it yet.
  const dead = above.find(({ piece, ready, status }) =>
    ready !== "ready" && (isPaid(piece) ? ["error", "failed", "off", "blocked"].includes(status) : ready === "none") &&
    !(status === "blocked" && waiting.length > 0)
  );
  if (dead) return { blocked: whyNot(dead), waitsFor, reason: whyNot(dead) };
  const live = waiting.find(({ ready }) => ready === "partial");
  const stale = waiting.find(({ status }) => status === "stale");
  if (stale) return { blocked: null, waitsFor, reason: whyNot(stale) };
  const reason = live
    ? `${called(live)} is still ${live.status}`
    : whyNot(reads.find(({ ready }) => ready !== "ready")!);
  return { blocked: reason, waitsFor, reason };
}

/** A cheap cell is worth as much as the least of what it reads. */
function withReadiness(result: Computed, reads: readonly Computed[]): Computed {
  if (result.ready === "none") return result;
  const old = reads.find(({ ready }) => ready === "old");
  if (old) {
    const expect = result.expect.map(({ condition }) => ({ condition, holds: null }));
    return { ...result, status: "blocked", ready: "old", dimmed: true, reason: whyNot(old), expect };
  }
  const partial = reads.find(({ ready }) => ready === "partial");
  return partial ? { ...result, ready: "partial", reason: `${called(partial)} is still ${partial.status}` } : result;
}

/** Why a cell stands in the way of those that read it. */
function whyNot(cell: Computed): string {
  const name = called(cell);
  switch (cell.status) {
    case "off":
      return `${name} is switched off`;
    case "reserved":
      return `${name} is a js cell, and those are not built yet`;
    case "error":
      return `${name} has an error`;
    case "failed":
      return `${name} failed`;
    case "stale":
      return cell.reason === "not run yet" ? `${name} has not been run yet` : `${name} is stale`;
    case "blocked":
      return cell.reason ?? `${name} is blocked`;
    default:
      return `${name} has no result yet`;
  }
}

function called({ piece }: Computed): string {
  return piece.id === null ? piece.name : `${piece.cell} ${piece.id}`;
}
