/**
 * Edits of a page's text. Each gives the new text, in which only what was to be changed is changed: the cells that were not
 * edited read the same as before.
 */

import { SimError } from "../../../framework/mod.ts";
import { type NotebookPage, type Piece } from "./types.ts";
import type { CellPiece } from "./types.ts";
import { MARK, parsePage } from "./parse.ts";

/**
 * The text with another body in a cell. A fence that the body would close is made longer; a last line without an ending gets
 * one. In a file with CRLF, a body without them gets them.
 */
export function setBody(page: NotebookPage, piece: CellPiece, body: string): string {
  if (body === piece.body) return page.text;
  const { text, lineEnding } = page;
  let put = inEndings(body, lineEnding);
  const last = !piece.closed;
  if (put !== "" && !/[\r\n]$/.test(put) && !last) put += lineEnding;
  // The only line of a file may be its fence.
  if (put !== "" && !/[\r\n]$/.test(text.slice(0, piece.bodyStart))) put = lineEnding + put;
  // CR and LF would become one ending.
  if (put.startsWith("\n") && text[piece.bodyStart - 1] === "\r") put = `\n${put}`;
  const fence = fenceAround(put, piece.fence);
  const opened = text.slice(0, piece.start) + fence + text.slice(piece.start + piece.fence.length, piece.bodyStart);
  const closing = text.slice(piece.bodyEnd).replace(
    /^( {0,3})([`~]+)/,
    (all, indent: string, marks: string) => last || marks.length >= fence.length ? all : indent + fence,
  );
  return opened + put + closing;
}

/** The text with other source in place of a piece; `""` takes it out. What follows begins on a line of its own. */
export function setSource(page: NotebookPage, piece: Piece, source: string): string {
  if (source === piece.source) return page.text;
  const after = page.text.slice(piece.end);
  let put = inEndings(source, page.lineEnding);
  if (put !== "" && after !== "" && !/[\r\n]$/.test(put)) put += page.lineEnding;
  return page.text.slice(0, piece.start) + put + after;
}

/**
 * The text with `source` after a piece; null: before all but the front matter. A blank line stands on both sides. What is open
 * at the end of the file (a fence, a comment) is closed before something is put after it.
 */
export function insertAfter(page: NotebookPage, after: Piece | null, source: string): string {
  const segments = segmentsOf(page);
  const at = after === null ? firstPlace(page) : page.pieces.indexOf(after) + 1;
  segments.splice(Math.max(at, firstPlace(page)), 0, newSegment(source, page.lineEnding));
  return arranged(page, segments);
}

/** The text without a piece. */
export function remove(page: NotebookPage, piece: Piece): string {
  return arranged(page, segmentsOf(page).filter((segment) => segment.piece !== piece));
}

/**
 * The text with a piece before another one; null: at the end. Nothing stands before the front matter, which does not move.
 *
 * @throws {RangeError} The piece is the front matter.
 */
export function move(page: NotebookPage, piece: Piece, before: Piece | null): string {
  if (piece.kind === "front") throw new RangeError("the front matter stands first");
  const from = page.pieces.indexOf(piece);
  const to = before === null ? page.pieces.length : Math.max(page.pieces.indexOf(before), firstPlace(page));
  if (to === from || to === from + 1) return page.text;
  const segments = segmentsOf(page);
  const [moved] = segments.splice(from, 1);
  segments.splice(to > from ? to - 1 : to, 0, { ...moved!, placed: true });
  return arranged(page, segments);
}

/** Text that becomes a piece of the new page. */
interface Segment {
  readonly source: string;
  /** Null: it is new. */
  readonly piece: Piece | null;
  /** Whether it is put where it stands now. */
  readonly placed: boolean;
  /** What closes what is open at its end. */
  readonly open: string | null;
  /** Its cells, as they must read afterwards. */
  readonly cells: readonly CellPiece[];
}

function segmentsOf(page: NotebookPage): Segment[] {
  return page.pieces.map((piece, index) => ({
    source: index === 0 && piece.source.startsWith(MARK) ? piece.source.slice(MARK.length) : piece.source,
    piece,
    placed: false,
    open: index === page.pieces.length - 1 ? page.open : null,
    cells: piece.kind === "cell" ? [piece] : [],
  }));
}

function newSegment(text: string, lineEnding: string): Segment {
  const source = inEndings(text, lineEnding);
  // The front matter of a text that is put into a page is a rule, text, and another rule.
  const read = parsePage(`${lineEnding}${source}`);
  const cells = read.pieces.filter((piece) => piece.kind === "cell");
  return { source, piece: null, placed: true, open: read.open, cells };
}

/** Index of the first place where a piece may stand. */
function firstPlace(page: NotebookPage): number {
  return page.pieces[0]?.kind === "front" || page.pieces[0]?.source === MARK ? 1 : 0;
}

/** Ends a list, or HTML, without being seen. */
const DIVIDER = "<!-- -->";

function arranged(page: NotebookPage, segments: readonly Segment[]): string {
  const shown = segments.filter((segment) => segment.source !== "");
  const text = joined(page, shown, "");
  if (reads(text, shown)) return text;
  // Two pieces of prose that have come together may mean something else than each alone.
  const divided = joined(page, shown, DIVIDER);
  if (reads(divided, shown)) return divided;
  throw new SimError("edit_refused", "with this edit other cells would no longer be cells", {
    hint: "edit the file as text",
  });
}

function reads(text: string, segments: readonly Segment[]): boolean {
  const cells = parsePage(text).pieces.filter((piece) => piece.kind === "cell");
  const expected = segments.flatMap((segment) => segment.cells);
  return cells.length === expected.length && cells.every((cell, index) => {
    const { info, body } = expected[index]!;
    return cell.info === info && withEnding(cell.body) === withEnding(body);
  });
}

/** A body that went to the end of the file has no ending, perhaps. */
function withEnding(body: string): string {
  return body.replace(/[\r\n\t ]+$/, "");
}

function joined({ text, pieces, lineEnding }: NotebookPage, segments: readonly Segment[], divider: string): string {
  const parts: string[] = [];
  const push = (part: string) => {
    // As above.
    if (part.startsWith("\n") && parts.at(-1)?.endsWith("\r")) parts.push("\n");
    if (part !== "") parts.push(part);
  };
  for (const [index, segment] of segments.entries()) {
    const before = segments[index - 1];
    if (before !== undefined && !isOldSeam(before, segment, pieces)) {
      if (!/[\r\n]$/.test(before.source)) push(lineEnding);
      if (before.open !== null) push(before.open + lineEnding);
      const prose = isProse(before) && isProse(segment);
      const needsBlank = before.placed || segment.placed || prose;
      const blank = before.open === null && endsBlank(before.source) || /^[ \t]*[\r\n]/.test(segment.source);
      if (needsBlank && !blank) push(lineEnding);
      if (prose && divider !== "") push(divider + lineEnding + lineEnding);
    }
    push(segment.source);
  }
  const result = parts.join("");
  const mark = text.startsWith(MARK) ? MARK : "";
  const isRule = segments[0]?.piece?.kind !== "front" && /^---[ \t]*(?:[\r\n]|$)/.test(result);
  return mark + (isRule ? lineEnding : "") + result;
}

function isProse(segment: Segment): boolean {
  return segment.piece === null ? segment.cells.length === 0 : segment.piece.kind === "prose";
}

/** Whether the two stood beside each other before. */
function isOldSeam(a: Segment, b: Segment, pieces: readonly Piece[]): boolean {
  if (a.piece === null || b.piece === null) return false;
  return a.piece.end === b.piece.start && pieces.length > 1;
}

/** Whether the last line is blank. */
function endsBlank(source: string): boolean {
  return /(?:^|\n|\r(?!\n))[ \t]*(?:\r\n|\r|\n)$/.test(source.slice(-1000));
}

/** A fence that no line of `body` closes. */
function fenceAround(body: string, fence: string): string {
  let length = fence.length;
  for (const [, marks] of body.matchAll(/^ {0,3}(`{3,}|~{3,})[ \t]*$/gm)) {
    if (marks![0] === fence[0]) length = Math.max(length, marks!.length + 1);
  }
  return fence[0]!.repeat(length);
}

function inEndings(text: string, lineEnding: string): string {
  return lineEnding === "\r\n" && !text.includes("\r") ? text.replaceAll("\n", "\r\n") : text;
}
