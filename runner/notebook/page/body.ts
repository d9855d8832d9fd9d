/** YAML bodies: their document with places in the file, and the text values in them. */

import { type Document, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { CellPiece, PageIssue } from "./types.ts";

const TOO_DEEP = "this YAML is nested too deep to be read";

/** Characters of a body, and errors that are told of one. */
const LONGEST = 1 << 20;
const MOST_ERRORS = 20;

/** A YAML body that was read. */
export interface YamlBody {
  readonly document: Document.Parsed;
  /** Syntax errors, at their places in the file. */
  readonly issues: readonly PageIssue[];
  /** Place in the file of an offset in the body. */
  readonly place: (offset: number) => { readonly line: number; readonly column: number };
}

/** Reads the body of a YAML cell. Never throws. */
export function yamlBody(piece: Pick<CellPiece, "body" | "bodyLine">): YamlBody {
  const counter = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = counter.linePos(Math.min(offset, piece.body.length));
    return { line: Math.max(line, 1) + piece.bodyLine - 1, column: Math.max(col, 1) };
  };
  const issue = (code: string, message: string, offset: number, hint?: string): PageIssue => (
    { severity: "error", code, message, ...(hint === undefined ? {} : { hint }), ...place(offset) }
  );
  const unread = (code: string, message: string, offset = 0, hint?: string): YamlBody => ({
    document: parseDocument("", { prettyErrors: false, logLevel: "error" }),
    issues: [issue(code, message, offset, hint)],
    place,
  });
  if (piece.body.length > LONGEST) {
    return unread("body_too_large", `the cell has more than ${LONGEST >> 20} MiB`, 0, "keep data in files of its own");
  }
  let document: Document.Parsed;
  try {
    // Keys that stand twice are found by who reads the values: looked for here, each key would be held against all others.
    const options = { lineCounter: counter, prettyErrors: false, logLevel: "error", uniqueKeys: false } as const;
    document = parseDocument(piece.body, options);
  } catch (error) {
    // The parser calls itself for every level.
    if (error instanceof RangeError) return unread("yaml_syntax", TOO_DEEP);
    throw error;
  }
  // Within a value it finds that out by itself, over and over.
  const deep = document.errors.find(({ message }) => message.includes("call stack"));
  if (deep) return unread("yaml_syntax", TOO_DEEP, deep.pos[0]);
  const issues = document.errors.slice(0, MOST_ERRORS).map((error) => {
    const hint = /[{[,]\s*(?:[^"'\s#][^"'\n]*)?\$\{/.test(piece.body.slice(0, error.pos[1] + 2))
      ? 'inside { } and [ ] a reference stands in quotes: "${id}"'
      : undefined;
    return issue("yaml_syntax", error.message, error.pos[0], hint);
  });
  return { document, issues, place };
}

/** A text value in a YAML body. */
export interface YamlText {
  readonly value: string;
  /** Offsets in the body of how it is written. */
  readonly start: number;
  readonly end: number;
}

/** The text values of a document in their order; keys and comments are none. */
export function yamlTexts(document: Document.Parsed): YamlText[] {
  const texts: YamlText[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === "key" || typeof node.value !== "string" || !node.range) return;
      texts.push({ value: node.value, start: node.range[0], end: node.range[1] });
    },
  });
  return texts;
}

/** The text at a path, `*` being all there is at a place; places without text are left out. */
export function yamlTextsAt(document: Document.Parsed, path: readonly string[]): YamlText[] {
  let nodes: unknown[] = [document.contents];
  for (const key of path) nodes = nodes.flatMap((node) => children(node, key));
  return nodes.flatMap((node) =>
    isScalar(node) && typeof node.value === "string" && node.range
      ? [{ value: node.value, start: node.range[0], end: node.range[1] }]
      : []
  );
}

function children(node: unknown, key: string): unknown[] {
  const items = (node as { items?: unknown })?.items;
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => {
    const pair = item as { key?: { value?: unknown }; value?: unknown };
    if (!("key" in pair && "value" in pair)) return key === "*" ? [item] : [];
    return key === "*" || pair.key?.value === key ? [pair.value] : [];
  });
}
