/** Reading a page. The structure is markdown-it's: what GitHub shows as a fence in column 0 is a fence here. */

import MarkdownIt from "markdown-it";
import { readFront } from "./front.ts";
import { type CellInfo, meantKind, readInfo, shortened } from "./info.ts";
import { lineEndingOf, Lines } from "./lines.ts";
import {
  BASE_TABLES,
  type CellKind,
  type CellPiece,
  MOST_CELLS,
  NAMED_KINDS,
  type NotebookPage,
  type PageIssue,
  type Piece,
} from "./types.ts";

/** Blocks only: what stands inside a line has no part in the structure. */
const blocks = new MarkdownIt({ html: true });
blocks.core.ruler.enableOnly(["normalize", "block"]);
const inline = new MarkdownIt({ html: true });

/** Longest heading that is read for a title. */
const LONGEST_HEADING = 1000;

/**
 * Reads a page. Never throws: what is wrong stands in the issues of the page or of the cell, and the rest of the page works.
 *
 * The sources of the pieces one after another are `text`, byte for byte.
 *
 * @example
 * ```ts
 * import { parsePage } from "./mod.ts";
 * const page = parsePage("# Prices\n\n```yaml input #price\ntype: number\n```\n");
 * page.title; // "Prices"
 * page.pieces.map((piece) => piece.kind); // ["prose", "cell"]
 * ```
 */
export function parsePage(text: string): NotebookPage {
  const lines = new Lines(text);
  const front = readFront(lines);
  const found = structure(text, lines, front.lines);
  const pieces = withIdIssues(tiles(text, lines, front.lines, found.cells));
  return {
    text,
    title: front.front?.title ?? found.heading ?? "",
    front: front.front,
    pieces,
    issues: [...front.issues, ...conflictMarkers(text, lines), ...found.issues],
    lineEnding: lineEndingOf(text),
    open: found.open,
  };
}

/** A fence in column 0 that is a cell. */
interface Cell {
  /** Lines from 0, `[first, end)`, the closing fence included. */
  readonly first: number;
  readonly end: number;
  readonly fence: string;
  readonly info: string;
  readonly closed: boolean;
  readonly read: CellInfo;
}

interface Structure {
  readonly cells: readonly Cell[];
  readonly heading: string | undefined;
  readonly open: string | null;
  readonly issues: readonly PageIssue[];
}

function structure(text: string, lines: Lines, after: number): Structure {
  const cells: Cell[] = [];
  const issues: PageIssue[] = [];
  let heading: string | undefined;
  let open: string | null = null;
  const tokens = blocks.parse(withoutMark(text.slice(lines.start(after))), {});
  for (const [index, token] of tokens.entries()) {
    if (token.level !== 0 || token.map === null) continue;
    const first = after + token.map[0];
    const end = Math.min(after + token.map[1], lines.count);
    if (token.type === "heading_open") heading ??= plainText(tokens[index + 1]?.content ?? "");
    else if (token.type === "html_block") {
      open = closingOf(token.content);
      if (open !== null) issues.push(openHtml(open, first));
    } else if (token.type === "fence") {
      const closed = closes(lines.text(end - 1), token.markup) && end - first > 1;
      open = closed ? null : token.markup;
      // A last line of spaces is none for markdown-it.
      const to = closed ? end : lines.count;
      const cell = cellAt(withoutMark(lines.text(first)), { first, end: to, closed }, issues);
      if (cell !== null) cells.push(cell);
      else if (!closed) issues.push(openFence(token.markup, first));
    }
  }
  return { cells, heading, open, issues };
}

/** The cell whose fence begins with `line`; null: it is none. */
function cellAt(line: string, at: Pick<Cell, "first" | "end" | "closed">, issues: PageIssue[]): Cell | null {
  const [, indent, fence, info] = /^( *)(`{3,}|~{3,})(.*)$/s.exec(line)!;
  const place = { line: at.first + 1, column: indent!.length + fence!.length + 1 };
  const read = readInfo(info!, place);
  if (read !== null && indent === "") return { ...at, fence: fence!, info: info!, read };
  const warning = (code: string, message: string, hint: string) =>
    issues.push({ severity: "warning", code, message, hint, line: place.line });
  if (read !== null) {
    warning("indented_cell", `this ${read.cell} is no cell: its fence is indented`, "begin the line with the fence");
  } else {
    const meant = meantKind(info!);
    if (meant !== undefined) warning("no_cell", `'${shortened(info!.trim())}' is no cell and does not run`, meant);
  }
  return null;
}

function closes(line: string, fence: string): boolean {
  const [, marks] = /^ {0,3}(`+|~+)[ \t]*$/.exec(line) ?? [];
  return marks !== undefined && marks[0] === fence[0] && marks.length >= fence.length;
}

/** HTML that goes on to the end of the file unless it is closed, with what closes it. */
const HTML_ENDS: readonly (readonly [start: RegExp, end: RegExp, closing: (start: string) => string])[] = [
  [/^ {0,3}<(script|pre|style|textarea)(?=\s|>|$)/i, /<\/(script|pre|style|textarea)>/i, (tag) => `</${tag}>`],
  [/^ {0,3}<!--/, /-->/, () => "-->"],
  [/^ {0,3}<\?/, /\?>/, () => "?>"],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/, () => "]]>"],
  [/^ {0,3}<![A-Z]/i, />/, () => ">"],
];

/** What closes a block of HTML that is still open at its end; null: nothing has to. */
function closingOf(html: string): string | null {
  for (const [start, end, closing] of HTML_ENDS) {
    const match = start.exec(html);
    if (match !== null) return end.test(html) ? null : closing(match[1] ?? "");
  }
  return null;
}

function openHtml(closing: string, line: number): PageIssue {
  const what = closing === "-->" ? "this comment" : "this HTML";
  const message = `${what} is not closed: everything below belongs to it, and no cell below it runs`;
  return { severity: "error", code: "html_unclosed", message, hint: `close it with ${closing}`, line: line + 1 };
}

function openFence(fence: string, line: number): PageIssue {
  const message = "this fence is not closed: everything below belongs to it, and no cell below it runs";
  return { severity: "error", code: "fence_unclosed", message, hint: `close it with ${fence}`, line: line + 1 };
}

function plainText(markdown: string): string {
  const [token] = inline.parseInline(markdown.slice(0, LONGEST_HEADING), {});
  const texts = (token?.children ?? []).filter((child) => ["text", "code_inline", "text_special"].includes(child.type));
  return texts.map((child) => child.content).join("").trim();
}

/** The pieces, without what is wrong with their ids. */
function tiles(text: string, lines: Lines, frontLines: number, cells: readonly Cell[]): Piece[] {
  const pieces: Piece[] = [];
  const ordinals = new Map<CellKind, number>();
  const skipBlank = (line: number) => {
    while (line < lines.count && lines.blank(line)) line++;
    return line;
  };
  const span = (start: number, end: number, line: number) => ({
    start,
    end,
    line: line + 1,
    source: text.slice(start, end),
  });
  let line = 0;
  let offset = 0;
  if (frontLines > 0) {
    line = skipBlank(frontLines);
    offset = lines.start(line);
    pieces.push({ kind: "front", ...span(0, offset, 0) });
  }
  for (const cell of cells) {
    const mark = cell.first === 0 && text.startsWith(MARK) ? MARK.length : 0;
    const start = lines.start(cell.first) + mark;
    if (start > offset) pieces.push({ kind: "prose", ...span(offset, start, line) });
    line = skipBlank(cell.end);
    offset = lines.start(line);
    const ordinal = (ordinals.get(cell.read.cell) ?? 0) + 1;
    ordinals.set(cell.read.cell, ordinal);
    pieces.push(cellPiece(text, lines, cell, ordinal, span(start, offset, cell.first)));
  }
  if (offset < text.length) pieces.push({ kind: "prose", ...span(offset, text.length, line) });
  return pieces;
}

function cellPiece(
  text: string,
  lines: Lines,
  { first, end, fence, info, closed, read }: Cell,
  ordinal: number,
  span: Pick<CellPiece, "start" | "end" | "line" | "source">,
): CellPiece {
  const bodyStart = lines.start(first + 1);
  const bodyEnd = closed ? lines.start(end - 1) : lines.start(end);
  const issues = [...read.issues];
  if (!closed) {
    const message = "the fence of this cell is not closed: its body goes to the end of the file";
    issues.push({
      severity: "error",
      code: "fence_unclosed",
      message,
      hint: `close it with ${fence}`,
      line: first + 1,
    });
  }
  return {
    kind: "cell",
    ...span,
    cell: read.cell,
    id: read.id,
    name: read.id ?? `${read.cell} ${ordinal}`,
    attributes: read.attributes,
    flags: read.flags,
    body: text.slice(bodyStart, bodyEnd),
    bodyStart,
    bodyEnd,
    bodyLine: first + 2,
    lang: read.lang,
    fence,
    info,
    closed,
    issues,
  };
}

/** Adds what is wrong with ids: missing, taken, given twice; and that there are too many cells. */
function withIdIssues(pieces: readonly Piece[]): Piece[] {
  const cells = pieces.filter((piece) => piece.kind === "cell");
  const beyond = new Set<Piece>(cells.slice(MOST_CELLS));
  const byId = Map.groupBy(cells.filter((cell) => cell.id !== null), (cell) => cell.id!.toLowerCase());
  return pieces.map((piece) => {
    if (piece.kind !== "cell") return piece;
    if (beyond.has(piece)) return { ...piece, issues: [...piece.issues, oneTooMany(piece)] };
    const more = idIssues(piece, piece.id === null ? [] : byId.get(piece.id.toLowerCase())!);
    return more.length === 0 ? piece : { ...piece, issues: [...piece.issues, ...more] };
  });
}

function oneTooMany({ line }: CellPiece): PageIssue {
  const message = `a page has at most ${MOST_CELLS.toLocaleString("en")} cells`;
  return { severity: "error", code: "too_many_cells", message, hint: "split the page", line };
}

function idIssues(cell: CellPiece, sameId: readonly CellPiece[]): PageIssue[] {
  const { id, line } = cell;
  if (id === null) {
    // An id that cannot be one has been reported.
    if (!NAMED_KINDS.includes(cell.cell) || cell.issues.some((issue) => issue.code === "bad_id")) return [];
    const message = `this ${cell.cell} has no id: others name it by one`;
    const hint = `write ${cell.fence}${cell.lang} ${cell.cell} #${cell.cell}_1`;
    return [{ severity: "error", code: "no_id", message, hint, line }];
  }
  const column = cell.fence.length + cell.info.indexOf(`#${id}`) + 1;
  const issues: PageIssue[] = [];
  if (BASE_TABLES.includes(id.toLowerCase())) {
    const hint = `SQL has tables of the names ${BASE_TABLES.join(", ")}: choose another id`;
    issues.push({ severity: "error", code: "reserved_id", message: `'${id}' cannot be an id`, hint, line, column });
  }
  const others = sameId.filter((other) => other !== cell).slice(0, 3).map((other) => other.line);
  if (others.length > 0) {
    const message = `'${id}' is also the id of the cell in line ${others.join(", ")}`;
    const hint = "ids are unique, and capitals make no difference";
    issues.push({ severity: "error", code: "duplicate_id", message, hint, line, column });
  }
  return issues;
}

/** A merge that somebody left half done: one issue, at its first line. */
function conflictMarkers(text: string, lines: Lines): PageIssue[] {
  const match = /^<{7}(?=[ \r\n]|$)/m.exec(text);
  if (match === null) return [];
  const message = "the file holds conflict markers of a merge";
  const hint = "keep one of the two sides, and remove the lines <<<<<<<, ======= and >>>>>>>";
  return [{ severity: "error", code: "conflict_markers", message, hint, line: lines.at(match.index) + 1, column: 1 }];
}

/** The byte order mark that some editors put first. */
export const MARK = "\uFEFF";

function withoutMark(text: string): string {
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}
