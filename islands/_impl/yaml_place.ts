/** Where in a YAML text something stands: paths of keys and values, also in a text that is only being written. */

import { yamlLanguage } from "@codemirror/lang-yaml";

type SyntaxNode = ReturnType<ReturnType<typeof yamlLanguage.parser.parse>["resolveInner"]>;

/** A place in a text. */
export interface YamlPlace {
  /** Keys and indexes on the way to the value; of a key that is being written: to the mapping that it will be in. */
  readonly path: readonly (string | number)[];
  /** Of the mapping, or the list, at each beginning of the path: the single values in it, by key. */
  readonly scalars: readonly Readonly<Record<string, string>>[];
}

/** What is being written at the caret. */
export interface YamlWriting extends YamlPlace {
  /** A key of a mapping, or a value. */
  readonly writes: "key" | "value";
  /** Where the word begins that is being written. */
  readonly from: number;
  /** The other keys of the mapping. */
  readonly used: readonly string[];
  /** Whether it is on one line: `{ a: 1 }`. */
  readonly inFlow: boolean;
  /** Whether a colon follows already. */
  readonly hasColon: boolean;
  /** Whether it may as well be a value: the first word of an entry of a list, or after a key on the line above. */
  readonly mayBeValue: boolean;
}

/** Stands for the word that is being written: no text has it. */
const MARK = "kar3tq";

/** A place with the stretch of text that it is. */
export interface YamlStretch extends YamlPlace {
  readonly from: number;
  readonly to: number;
}

/**
 * What stands at an offset: a key or a value; null: nothing that has a path.
 * @param side -1: what ends at the offset counts, 1: what begins there
 */
export function placeAt(text: string, offset: number, side: -1 | 1 = 1): YamlStretch | null {
  let node: SyntaxNode | null = yamlLanguage.parser.parse(text).resolveInner(offset, side);
  while (node !== null && !["Key", "Literal", "QuotedLiteral", "BlockLiteral"].includes(node.name)) node = node.parent;
  if (node === null) return null;
  if (node.parent?.name === "Key") node = node.parent;
  const place = wayTo(text, node.name === "Key" ? node.parent! : node);
  return { ...place, from: node.from, to: node.to };
}

/** The line, from 1, of what is written at a path; of the longest beginning of it that is there. */
export function lineOf(text: string, path: readonly (string | number)[]): number {
  let node: SyntaxNode | null = yamlLanguage.parser.parse(text).topNode.getChild("Document");
  let at = 0;
  for (const key of path) {
    const inner: SyntaxNode | null = node === null ? null : contentOf(node);
    const next: SyntaxNode | undefined = typeof key === "number"
      ? inner?.getChildren("Item")[key]
      : (inner?.getChildren("Pair") ?? []).find((pair) => keyOf(text, pair) === key);
    if (next === undefined) break;
    node = next;
    at = (next.getChild("Key") ?? contentOf(next) ?? next).from;
  }
  // Where a mapping begins, the tree counts the line before it in.
  const start = at + /^\s*/.exec(text.slice(at))![0].length;
  return text.slice(0, start).split("\n").length;
}

/** The mapping, the list or the value in a pair, an entry, a document. */
function contentOf(node: SyntaxNode): SyntaxNode | null {
  let found = node.lastChild;
  while (found !== null && ["Comment", "⚠", ":", "-"].includes(found.name)) found = found.prevSibling;
  return found?.name === "Anchored" || found?.name === "Tagged" ? found.lastChild : found;
}

/** What is being written at the caret; null: nothing that anybody could complete, as in a comment. */
export function writingAt(text: string, caret: number): YamlWriting | null {
  const lineStart = text.lastIndexOf("\n", caret - 1) + 1;
  const before = text.slice(lineStart, caret);
  if (/(?:^|\s)#/.test(withoutQuotes(before))) return null;
  const word = /[\w.$/-]*$/.exec(before)![0];
  const from = caret - word.length;
  const lead = withoutQuotes(before.slice(0, before.length - word.length));
  if (/["']/.test(lead)) return null;
  const lineEnd = /\r?\n|$/.exec(text.slice(caret))!.index + caret;
  const rest = text.slice(caret, lineEnd);
  const hasColon = /^[\w.$/-]*\s*:(?:\s|$)/.test(rest);
  const mayBeKey = /^\s*(?:-\s+)*$|[{,]\s*$/.test(lead);
  if (!mayBeKey && !/[:[,-]\s+$|\[$/.test(lead)) return null;
  const marked = (colon: string) =>
    text.slice(0, from) + MARK + colon + text.slice(caret + /^[\w.$/-]*/.exec(rest)![0].length);
  const found = mayBeKey ? placeOfMark(marked(hasColon ? "" : ": "), from) : null;
  if (found !== null && found.isKey) {
    const isFirst = /^\s*(?:-\s+)+$/.test(lead) || found.used.length === 0;
    return {
      ...found.place,
      writes: "key",
      from,
      used: found.used,
      inFlow: found.inFlow,
      hasColon,
      mayBeValue: isFirst,
    };
  }
  const value = placeOfMark(marked(""), from);
  if (value === null || value.isKey) return null;
  return { ...value.place, writes: "value", from, used: [], inFlow: value.inFlow, hasColon: false, mayBeValue: true };
}

/** Texts in quotes that have ended are no matter. */
function withoutQuotes(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, "_");
}

function placeOfMark(text: string, at: number) {
  let node: SyntaxNode | null = yamlLanguage.parser.parse(text).resolveInner(at, 1);
  if (node === null || !text.startsWith(MARK, node.from)) return null;
  const pair = node.parent?.name === "Key" ? node.parent.parent : null;
  // In `[a, b: c]` no brace opens the mapping: what is written there may as well be a value.
  const isKey = pair !== null && !(pair.parent?.name === "FlowMapping" && pair.parent.firstChild?.name !== "{");
  if (isKey) node = pair;
  const mapping = isKey ? node.parent : null;
  return {
    isKey,
    place: isKey ? wayTo(text, mapping!) : wayTo(text, node),
    used: mapping === null ? [] : pairsOf(mapping).map((pair) => keyOf(text, pair)).filter((key) => key !== MARK),
    inFlow: isIn(node, "FlowMapping") || isIn(node, "FlowSequence"),
  };
}

function isIn(node: SyntaxNode, name: string): boolean {
  for (let each = node.parent; each !== null; each = each.parent) if (each.name === name) return true;
  return false;
}

/** The way from the document to a pair, a mapping or a value. */
function wayTo(text: string, to: SyntaxNode): YamlPlace {
  const path: (string | number)[] = [];
  const scalars: Readonly<Record<string, string>>[] = [];
  if (to.name.endsWith("Mapping")) scalars.unshift(scalarsOf(text, to));
  for (let node: SyntaxNode | null = to; node !== null; node = node.parent) {
    if (node.name === "Pair") {
      path.unshift(keyOf(text, node));
      scalars.unshift(node.parent === null ? {} : scalarsOf(text, node.parent));
    } else if (node.name === "Item") {
      path.unshift(indexOf(node));
      scalars.unshift({});
    }
  }
  return { path, scalars };
}

function pairsOf(mapping: SyntaxNode): SyntaxNode[] {
  return mapping.getChildren("Pair");
}

function keyOf(text: string, pair: SyntaxNode): string {
  const key = pair.getChild("Key");
  return key === null ? "" : unquoted(text.slice(key.from, key.to));
}

function scalarsOf(text: string, mapping: SyntaxNode): Record<string, string> {
  return Object.fromEntries(
    pairsOf(mapping).flatMap((pair) => {
      const value = pair.lastChild;
      const isScalar = value?.name === "Literal" || value?.name === "QuotedLiteral";
      return isScalar ? [[keyOf(text, pair), unquoted(text.slice(value.from, value.to))]] : [];
    }),
  );
}

function indexOf(item: SyntaxNode): number {
  return item.parent!.getChildren("Item").findIndex(({ from }) => from === item.from);
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
