/** What the cells of a page read of each other. */

import { didYouMean } from "../../../framework/mod.ts";
import { yamlBody, yamlTexts, yamlTextsAt } from "./body.ts";
import { ID } from "./info.ts";
import { Lines } from "./lines.ts";
import { cycleThrough, inOrder } from "./order.ts";
import { type References, scanReferences, yamlReferences } from "./refs.ts";
import { tablesOf } from "./sql.ts";
import type { CellKind, CellPiece, NotebookPage, PageIssue, Piece } from "./types.ts";

/** A place where a piece names a cell. */
export interface Use {
  /** As it is written; ids are the same whatever their case. */
  readonly id: string;
  /** Index of the piece that has this id; null: none has. */
  readonly to: number | null;
  /** `reference`: `${id.path}`. `name`: the bare id where a key or an attribute takes one. `table`: a table in SQL. */
  readonly via: "reference" | "name" | "table";
  /** Of a reference: `final[0]`. */
  readonly path: readonly (string | number)[];
  /** As it is written, braces included. */
  readonly raw: string;
  /** Place in the file, from 1. */
  readonly line: number;
  readonly column: number;
}

/** Who reads whom; all numbers are indexes of pieces. */
export interface PageGraph {
  /** Index of the cell with an id, in lower case; of two with the same the first. */
  readonly byId: ReadonlyMap<string, number>;
  /** Every place where a cell or prose names a cell, in the order of the text. */
  readonly uses: ReadonlyMap<number, readonly Use[]>;
  /** Cells that a cell or prose reads itself, in the order of the file. */
  readonly reads: ReadonlyMap<number, readonly number[]>;
  /** Cells and prose that read a cell themselves, in the order of the file. */
  readonly usedBy: ReadonlyMap<number, readonly number[]>;
  /** All cells, those that one reads before it, else in the order of the file. */
  readonly order: readonly number[];
  /** Cells that read themselves, over however many others, each group in the order of the file. */
  readonly cycles: readonly (readonly number[])[];
  /** Cells that are off, and those that read one, over however many others: with the one that is off. */
  readonly off: ReadonlyMap<number, number>;
  /** What is wrong with what a cell or prose names. */
  readonly issues: ReadonlyMap<number, readonly PageIssue[]>;
}

/** The graph of a page. Never throws: what is wrong is an issue of the piece where it stands. */
export function graphOf(page: NotebookPage): PageGraph {
  const { pieces } = page;
  const byId = new Map<string, number>();
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === "cell" && piece.id !== null && !byId.has(piece.id.toLowerCase())) {
      byId.set(piece.id.toLowerCase(), index);
    }
  }
  const ids = [...byId.values()].map((index) => (pieces[index] as CellPiece).id!);
  const places = new Lines(page.text);
  const uses = new Map<number, Use[]>();
  const issues = new Map<number, PageIssue[]>();
  for (const [index, piece] of pieces.entries()) {
    const named = namedBy(piece);
    const place = (offset: number) => {
      const line = places.at(offset);
      return { line: line + 1, column: offset - places.start(line) + 1 };
    };
    const here: PageIssue[] = named.issues.map(({ code, message, hint, start }) => ({
      severity: piece.kind === "prose" ? "warning" : "error",
      code,
      message,
      hint,
      ...place(start),
    }));
    const found: Use[] = [];
    for (const { start, expects, ...name } of named.names) {
      const use = { ...name, to: byId.get(name.id.toLowerCase()) ?? null, ...place(start) };
      // Tables that are no cell's are the store's.
      if (use.via === "table" && use.to === null) continue;
      found.push(use);
      const problem = problemOf(piece, use, use.to === null ? null : pieces[use.to] as CellPiece, expects, ids);
      if (problem !== null) here.push({ ...problem, line: use.line, column: use.column });
    }
    if (found.length > 0) uses.set(index, found);
    if (here.length > 0) issues.set(index, here);
  }
  return { byId, uses, issues, ...connected(pieces, uses, issues) };
}

/** All cells that `index` reads, over however many others, in the order in which they are to be computed; not itself. */
export function ancestors(graph: PageGraph, index: number): number[] {
  const found = reached(graph.reads, index);
  found.delete(index);
  const places = placesIn(graph.order);
  return [...found].sort((a, b) => places.get(a)! - places.get(b)!);
}

const PLACES = new WeakMap<readonly number[], ReadonlyMap<number, number>>();

/** Where each cell stands in an order. */
function placesIn(order: readonly number[]): ReadonlyMap<number, number> {
  return PLACES.getOrInsertComputed(order, () => new Map(order.map((cell, place) => [cell, place])));
}

/** All pieces that read the cell `index`, over however many others, in the order of the file; not itself. */
export function dependants(graph: PageGraph, index: number): number[] {
  return [...reached(graph.usedBy, index)].filter((piece) => piece !== index).sort((a, b) => a - b);
}

function reached(edges: ReadonlyMap<number, readonly number[]>, from: number): Set<number> {
  const found = new Set<number>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const to of edges.get(next) ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}

/** A name in a piece, before it is looked up. */
interface Name extends Pick<Use, "id" | "via" | "path" | "raw"> {
  /** Offset in the file. */
  readonly start: number;
  /** Kinds of cells that may have it; absent: any that has a value. */
  readonly expects?: readonly CellKind[];
}

interface Named {
  readonly names: readonly Name[];
  /** Offsets in the file. */
  readonly issues: References["issues"];
}

/** Keys whose value is a bare id. */
const BARE: { readonly [kind in CellKind]?: readonly (readonly [path: string, expects: readonly CellKind[]])[] } = {
  scenario: [["scenario", ["scenario"]]],
  run: [["scenario", ["scenario"]], ["from.run", ["run"]]],
  batch: [["scenario", ["scenario"]], ["arms.*.scenario", ["scenario"]]],
  conversation: [["scenario", ["scenario"]], ["from.run", ["run"]], ["from.conversation", ["conversation"]]],
  compare: [["of.*", ["run", "batch", "conversation"]], ["baseline", ["run", "batch", "conversation"]]],
  chart: [["data", ["run", "batch", "conversation", "compare", "table"]]],
};

function namedBy(piece: Piece): Named {
  if (piece.kind === "front" || isOneTooMany(piece)) return { names: [], issues: [] };
  if (piece.kind === "prose") return shifted(scanReferences(piece.source, "prose"), piece.start, []);
  if (piece.lang === "sql") {
    const tables = tablesOf(piece.body).map(({ name, start }): Name => (
      { id: name, via: "table", path: [], raw: name, start: piece.bodyStart + start }
    ));
    return shifted(scanReferences(piece.body, "sql"), piece.bodyStart, tables);
  }
  if (piece.lang === "js") return { names: [], issues: [] };
  const { document } = yamlBody(piece);
  const names: Name[] = extended(piece);
  for (const [path, expects] of BARE[piece.cell] ?? []) {
    for (const { value, start } of yamlTextsAt(document, path.split("."))) {
      if (isBareId(value)) {
        names.push({ id: value, via: "name", path: [], raw: value, start: piece.bodyStart + start, expects });
      }
    }
  }
  return shifted(yamlReferences(piece.body, yamlTexts(document)), piece.bodyStart, names);
}

function isOneTooMany(piece: Piece): boolean {
  return piece.kind === "cell" && piece.issues.some(({ code }) => code === "too_many_cells");
}

function extended(piece: CellPiece): Name[] {
  const base = piece.attributes.get("extends");
  if (piece.cell !== "scenario" || base === undefined || !isBareId(base)) return [];
  const start = piece.start + piece.fence.length + piece.info.indexOf(base, piece.info.indexOf("extends="));
  return [{ id: base, via: "name", path: [], raw: base, start, expects: ["scenario"] }];
}

/** Whether a value is a cell's id: files have a slash or an ending, and runs and batches of the store end with a time. */
export function isBareId(value: string): boolean {
  return ID.test(value) && !/_\d{8}_\d{6}_\d{2,3}$/.test(value);
}

function shifted({ references, issues }: References, by: number, names: readonly Name[]): Named {
  const all = references.map(({ id, path, raw, start }): Name => ({
    id,
    via: "reference",
    path,
    raw,
    start: start + by,
  }));
  return {
    names: [...names, ...all].sort((a, b) => a.start - b.start),
    issues: issues.map((issue) => ({ ...issue, start: issue.start + by, end: issue.end + by })),
  };
}

type Problem = Pick<PageIssue, "severity" | "code" | "message" | "hint">;

function problemOf(
  piece: Piece,
  use: Use,
  target: CellPiece | null,
  expects: readonly CellKind[] | undefined,
  ids: readonly string[],
): Problem | null {
  const severity = piece.kind === "prose" ? "warning" : "error";
  if (target === null) {
    const near = didYouMean(use.id, ids);
    const hint = use.via === "name" && expects?.includes("scenario")
      ? `${near}; a file has a slash or ends with .yaml`
      : near;
    return { severity, code: "unknown_id", message: `no cell has the id '${use.id}'`, hint };
  }
  if (expects !== undefined && !expects.includes(target.cell)) {
    const kinds = expects.length > 1 ? `${expects.slice(0, -1).join(", ")} or ${expects.at(-1)}` : expects[0];
    const message = `expected the id of a ${kinds}; '${use.id}' is ${
      target.cell === "input" ? "an" : "a"
    } ${target.cell}`;
    return { severity, code: "wrong_kind", message };
  }
  if (target.cell !== "chart" && target.cell !== "js" || piece.kind === "prose") return null;
  const message = target.cell === "chart" ? `'${use.id}' is a chart, which has no value` : `'${use.id}' is a js cell`;
  const hint = target.cell === "chart"
    ? "name what the chart draws"
    : "pages are resolved without running code: what YAML and SQL read comes from other cells";
  return { severity, code: "forbidden_reference", message, hint };
}

/** Groups up to this size have a shortest cycle looked for through each of their cells, of which so many are named. */
const SMALL_GROUP = 200;
const MOST_NAMED = 20;

function connected(
  pieces: readonly Piece[],
  uses: ReadonlyMap<number, readonly Use[]>,
  issues: Map<number, PageIssue[]>,
): Pick<PageGraph, "reads" | "usedBy" | "order" | "cycles" | "off"> {
  const reads = new Map<number, number[]>();
  const usedBy = new Map<number, number[]>();
  for (const [index, found] of uses) {
    const targets = new Set(found.flatMap((use) => use.to === null ? [] : [use.to]));
    if (targets.size > 0) reads.set(index, [...targets].sort((a, b) => a - b));
    for (const target of targets) {
      const users = usedBy.get(target);
      if (users === undefined) usedBy.set(target, [index]);
      else users.push(index);
    }
  }
  const cells = pieces.flatMap((piece, index) => piece.kind === "cell" ? [index] : []);
  const { order, cycles } = inOrder(cells, reads);
  for (const group of cycles) {
    const told = new Map<number, string>();
    for (const index of group) {
      // Of a large group all are told the same.
      const through = group.length > SMALL_GROUP ? group[0]! : index;
      const message = told.getOrInsertComputed(through, () => {
        const names = cycleThrough(through, group, reads).map((cell) => (pieces[cell] as CellPiece).name);
        const shown = names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED), "…", names.at(-1)!] : names;
        return `this cell reads itself: ${shown.join(" → ")}`;
      });
      const { line } = pieces[index]!;
      const issue: PageIssue = { severity: "error", code: "cycle", message, hint: "take one of these names out", line };
      issues.set(index, [...(issues.get(index) ?? []), issue]);
    }
  }
  const off = new Map<number, number>();
  for (const index of order) {
    const source = (pieces[index] as CellPiece).flags.has("off")
      ? index
      : (reads.get(index) ?? []).map((read) => off.get(read)).find((read) => read !== undefined);
    if (source !== undefined) off.set(index, source);
  }
  return { reads, usedBy, order, cycles, off };
}
