/** What a page is made of: pieces that tile its file. */

/** Kinds of cells; `js cell` and `js chart` are both `js`. */
export type CellKind =
  | "input"
  | "scenario"
  | "run"
  | "batch"
  | "chart"
  | "conversation"
  | "compare"
  | "table"
  | "js";

/** Kinds whose results cost time and money: they never run by themselves. */
export const PAID_KINDS: readonly CellKind[] = ["run", "batch", "conversation"];

/** Kinds that need an id. */
export const NAMED_KINDS: readonly CellKind[] = ["input", "scenario", "run", "batch", "conversation", "compare"];

/** Cells of a page; those after them are told to be too many, and what they name is not looked at. */
export const MOST_CELLS = 1000;

/** Tables that SQL finds without a cell; no cell may take their names. */
export const BASE_TABLES: readonly string[] = ["runs", "metrics", "turns", "events", "agents", "llm"];

/** What cells may be told on their info line by one word. */
export const FLAGS: readonly string[] = ["fold", "hide", "off", "auto"];

/** Language of a body. */
export type BodyLanguage = "yaml" | "sql" | "js";

/** Something wrong, at its place in the file. */
export interface PageIssue {
  readonly severity: "error" | "warning";
  /** Stable, in snake case. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** From 1. */
  readonly column?: number;
}

/** What all pieces have. */
interface PieceBase {
  /** Offsets in the text, `[start, end)`; a piece begins where the one before it ends. */
  readonly start: number;
  readonly end: number;
  /** First line in the file, from 1. */
  readonly line: number;
  /** Text from `start` to `end`. A cell and the front matter own the blank lines after them. */
  readonly source: string;
}

/** The front matter with both its `---` lines. */
export interface FrontPiece extends PieceBase {
  readonly kind: "front";
}

/** Markdown that is no cell, fences that are none included. */
export interface ProsePiece extends PieceBase {
  readonly kind: "prose";
}

/** A cell: a fence in column 0 whose info line begins with a kind. */
export interface CellPiece extends PieceBase {
  readonly kind: "cell";
  readonly cell: CellKind;
  /** Null: it has none, or what stands there cannot be one. */
  readonly id: string | null;
  /** The id, or the kind with its ordinal among the cells of this kind: `chart 2`. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
  /** Text between the fences, with its last line ending. */
  readonly body: string;
  /** Offsets of the body in the text. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Line of the body's first line in the file, from 1. */
  readonly bodyLine: number;
  readonly lang: BodyLanguage;
  /** What opens the fence: three or more backticks or tildes. */
  readonly fence: string;
  /** What stands after the fence on its line. */
  readonly info: string;
  /** Whether there is a closing fence; without one the body goes to the end of the file. */
  readonly closed: boolean;
  /** Of its info line, its id and its fence. What is wrong with the body is found by who reads bodies. */
  readonly issues: readonly PageIssue[];
}

/** A piece of a page. */
export type Piece = FrontPiece | ProsePiece | CellPiece;

/** What the front matter says. */
export interface FrontMatter {
  /** Version of the format: 1. */
  readonly notebook?: number;
  readonly title?: string;
  readonly [key: string]: unknown;
}

/** A page: its pieces' sources one after another are its text. */
export interface NotebookPage {
  readonly text: string;
  /** Of the front matter, else the first heading, else none (`""`). */
  readonly title: string;
  /** Null: there is none, or it cannot be read. */
  readonly front: FrontMatter | null;
  readonly pieces: readonly Piece[];
  /** Of the page as a whole; those of cells are at the cells. */
  readonly issues: readonly PageIssue[];
  /** The line ending that most lines have. */
  readonly lineEnding: "\n" | "\r\n";
  /** Text that closes what is still open at the end of the file (a fence, a comment); null: nothing is. */
  readonly open: string | null;
}
