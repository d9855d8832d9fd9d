/**
 * The notebook in the page: pieces whose sources, one after another, are the file. Everything here returns new lists; a
 * piece's key stays the same for as long as it is recognisably the same piece.
 */

import type { PieceView } from "./types.ts";
import { infoOf, isBlank } from "./fences.ts";

/** A piece of the page. */
export interface Piece {
  /** Its name within this page in this browser. */
  readonly key: string;
  readonly source: string;
  /** What the server said last of it; null: it has not been told of it yet. */
  readonly view: PieceView | null;
}

/** The file. */
export function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ source }) => source).join("");
}

/** Offset in the file at which a piece begins. */
export function offsetOf(pieces: readonly Piece[], key: string): number {
  let offset = 0;
  for (const piece of pieces) {
    if (piece.key === key) return offset;
    offset += piece.source.length;
  }
  return offset;
}

/** The piece that has this offset of the file in it, and where in it. At a border, the one that ends there. */
export function pieceAt(
  pieces: readonly Piece[],
  offset: number,
): { readonly key: string; readonly at: number } | null {
  let from = 0;
  for (const { key, source } of pieces) {
    if (offset <= from + source.length && !isBlank(source)) return { key, at: Math.max(0, offset - from) };
    from += source.length;
  }
  return null;
}

/** Pieces that one sees: all but the blank lines between cells. */
export function visible(pieces: readonly Piece[]): Piece[] {
  return pieces.filter(({ source, view }) => !isBlank(source) && view?.kind !== "front");
}

/** A new key. */
export function newKey(): string {
  return `k${++keys}`;
}
let keys = 0;

/** The piece with this source. */
export function setSource(pieces: readonly Piece[], key: string, source: string): Piece[] {
  return pieces.map((piece) => piece.key === key ? { ...piece, source } : piece);
}

/**
 * With a piece more, and with the blank lines that keep it apart.
 * @param before key of the piece that it comes before; null: at the end
 */
export function insert(pieces: readonly Piece[], before: string | null, piece: Piece): Piece[] {
  const found = before === null ? -1 : pieces.findIndex(({ key }) => key === before);
  const at = found === -1 ? pieces.length : found;
  return joined(joined(pieces.slice(0, at), [piece]), pieces.slice(at));
}

/** Without the piece, and without the blank lines that kept it apart. */
export function remove(pieces: readonly Piece[], key: string): Piece[] {
  const at = pieces.findIndex((piece) => piece.key === key);
  if (at === -1) return [...pieces];
  const [head, tail] = [pieces.slice(0, at), pieces.slice(at + 1)];
  if (tail[0] !== undefined && isBlank(tail[0].source) && (head.length === 0 || endsApart(head))) tail.shift();
  else if (tail.length === 0 && head.length > 0 && isBlank(head.at(-1)!.source)) head.pop();
  return joined(head, tail);
}

/** With the piece before another; null: at the end. */
export function move(pieces: readonly Piece[], key: string, before: string | null): Piece[] {
  const piece = pieces.find((each) => each.key === key);
  if (piece === undefined || key === before) return [...pieces];
  return insert(remove(pieces, key), before, piece);
}

/** Key of the visible piece after this one; null: it is the last. */
export function after(pieces: readonly Piece[], key: string): string | null {
  const seen = visible(pieces);
  return seen[seen.findIndex((piece) => piece.key === key) + 1]?.key ?? null;
}

/** Key of the visible piece before this one; null: it is the first. */
export function previous(pieces: readonly Piece[], key: string): string | null {
  const seen = visible(pieces);
  return seen[seen.findIndex((piece) => piece.key === key) - 1]?.key ?? null;
}

/** Before which piece one steps by moving up or down by one; undefined: one cannot. */
export function stepTarget(pieces: readonly Piece[], key: string, by: -1 | 1): string | null | undefined {
  if (by === -1) return previous(pieces, key) ?? undefined;
  const next = after(pieces, key);
  return next === null ? undefined : after(pieces, next);
}

/** An id that no cell has yet: `base`, `base_2`. Ids are the same whatever their case. */
export function freeId(pieces: readonly Piece[], wanted: string): string {
  const taken = new Set(pieces.map(({ source }) => infoOf(source)?.id?.toLowerCase()));
  for (let n = 1;; n++) {
    const id = n === 1 ? wanted : `${wanted}_${n}`;
    if (!taken.has(id.toLowerCase())) return id;
  }
}

/** Both lists, with as many line breaks between them as keep their neighbours apart. */
function joined(head: readonly Piece[], tail: readonly Piece[]): Piece[] {
  if (tail.length === 0 || head.length === 0) return [...head, ...tail];
  const text = textOf(head);
  const next = textOf(tail.slice(0, 2));
  if (text === "" || next === "") return [...head, ...tail];
  const glue = (text.endsWith("\n") ? "" : "\n") +
    (/(^|\n)[ \t]*\r?\n$/.test(text) || /^[ \t]*\r?\n/.test(next) ? "" : "\n");
  if (glue === "") return [...head, ...tail];
  return [...head, { key: newKey(), source: glue, view: null }, ...tail];
}

function endsApart(pieces: readonly Piece[]): boolean {
  return /(^|\n)[ \t]*\r?\n$/.test(textOf(pieces.slice(-2)));
}
