/** Which piece of the page is which piece of the server's answer: so that a cell keeps its caret, its undo and its place. */

import type { PieceView } from "./types.ts";
import { infoOf, isBlank } from "./fences.ts";
import { newKey, type Piece } from "./model.ts";

/** How alike two texts have to be, to be the same piece, from 0 to 1. */
const ALIKE = 0.35;

/**
 * The answer's pieces under the keys that they have in the page: by id, else by equal text, else, between the same
 * neighbours, by the most similar text. What is new gets a new key. A view that says the same as before stays the same object.
 */
export function reconcile(pieces: readonly Piece[], views: readonly PieceView[]): Piece[] {
  const old = matches(pieces, views);
  return views.map((view, i) => {
    const piece = old[i];
    if (piece === undefined) return { key: newKey(), source: view.source, view };
    if (piece.source === view.source && piece.view !== null && isSame(piece.view, view)) return piece;
    return { key: piece.key, source: view.source, view: kept(piece.view, view) };
  });
}

/** Whether the answer has every piece of the page but the one, as it is: then only that one was cut or joined. */
export function keepsOthers(pieces: readonly Piece[], views: readonly PieceView[], edited: string): boolean {
  let at = 0;
  for (const { key, source } of pieces) {
    if (key === edited || isBlank(source)) continue;
    const found = views.findIndex((view, i) => i >= at && view.source.trim() === source.trim());
    if (found === -1) return false;
    at = found + 1;
  }
  return true;
}

/** For each view the piece that it was. */
function matches(pieces: readonly Piece[], views: readonly PieceView[]): (Piece | undefined)[] {
  const found: (Piece | undefined)[] = views.map(() => undefined);
  const left = new Set(pieces);
  const take = (i: number, piece: Piece | undefined) => {
    if (piece === undefined) return;
    found[i] = piece;
    left.delete(piece);
  };
  const isOpen = (i: number) => found[i] === undefined;
  const each = (act: (view: PieceView, i: number) => Piece | undefined) =>
    views.forEach((view, i) => isOpen(i) && take(i, act(view, i)));

  if (pieces.length === views.length && views.every((view, i) => view.source === pieces[i]!.source)) return [...pieces];
  const byId = new Map<string, Piece>();
  for (const piece of pieces) {
    const id = infoOf(piece.source)?.id?.toLowerCase();
    if (id !== undefined && !byId.has(id)) byId.set(id, piece);
  }
  each((view) => {
    const piece = view.kind === "cell" && view.id !== null ? byId.get(view.id.toLowerCase()) : undefined;
    return piece !== undefined && left.has(piece) ? piece : undefined;
  });
  each((view, i) => nearest(pieces, left, i, (piece) => !isBlank(piece.source) && piece.source === view.source));
  each((view, i) =>
    nearest(pieces, left, i, (piece) => !isBlank(piece.source) && piece.source.trim() === view.source.trim())
  );
  each((view, i) => isBlank(view.source) ? undefined : mostAlike(gap(pieces, left, found, i), view));
  each((view, i) =>
    isBlank(view.source) ? gap(pieces, left, found, i).find((piece) => isBlank(piece.source)) : undefined
  );
  return found;
}

function nearest(
  pieces: readonly Piece[],
  left: ReadonlySet<Piece>,
  at: number,
  fits: (piece: Piece) => boolean,
): Piece | undefined {
  let best: Piece | undefined;
  let distance = Infinity;
  pieces.forEach((piece, i) => {
    if (Math.abs(i - at) < distance && left.has(piece) && fits(piece)) {
      best = piece;
      distance = Math.abs(i - at);
    }
  });
  return best;
}

/** Pieces left between those that the view's neighbours were. */
function gap(
  pieces: readonly Piece[],
  left: ReadonlySet<Piece>,
  found: readonly (Piece | undefined)[],
  at: number,
): Piece[] {
  const before = found.slice(0, at).findLast((piece) => piece !== undefined);
  const next = found.slice(at + 1).find((piece) => piece !== undefined);
  const from = before === undefined ? 0 : pieces.indexOf(before) + 1;
  const to = next === undefined ? pieces.length : pieces.indexOf(next);
  const between = pieces.slice(from, Math.max(from, to)).filter((piece) => left.has(piece));
  return between.length > 0 ? between : from <= to ? [] : pieces.filter((piece) => left.has(piece));
}

function mostAlike(candidates: readonly Piece[], view: PieceView): Piece | undefined {
  const kind = infoOf(view.source)?.kind;
  const same = candidates.filter((piece) => !isBlank(piece.source) && infoOf(piece.source)?.kind === kind);
  const rated = same.map((piece) => ({ piece, alike: likeness(piece.source, view.source) }));
  const best = rated.sort((a, b) => b.alike - a.alike)[0];
  if (best === undefined) return undefined;
  return best.alike >= ALIKE ? best.piece : undefined;
}

/** How alike two texts are, from 0 to 1: the words and lines that they share. One that holds the other is alike. */
export function likeness(a: string, b: string): number {
  const [one, other] = [a.trim(), b.trim()];
  if (one === other) return 1;
  if (one === "" || other === "") return 0;
  if (one.startsWith(other) || other.startsWith(one)) return 0.9;
  const words = counted(one);
  const others = counted(other);
  let shared = 0;
  for (const [word, n] of words) shared += Math.min(n, others.get(word) ?? 0);
  return 2 * shared / (total(words) + total(others));
}

function counted(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.match(/\w+|[^\s\w]/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const n of counts.values()) sum += n;
  return sum;
}

/** The new view, with the old one's parts where they say the same: what did not change is not drawn again. */
function kept(old: PieceView | null, view: PieceView): PieceView {
  if (old === null || old.kind !== view.kind) return view;
  const merged = { ...view } as Record<string, unknown>;
  for (const [name, value] of Object.entries(old)) {
    if (Object.hasOwn(merged, name) && isSame(value, merged[name])) merged[name] = value;
  }
  return merged as unknown as PieceView;
}

/** Whether two JSON values are the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [names, others] = [Object.keys(a), Object.keys(b)];
  if (names.length !== others.length) return false;
  return names.every((name) =>
    Object.hasOwn(b, name) && isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name])
  );
}
