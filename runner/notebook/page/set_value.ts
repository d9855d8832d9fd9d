/** Setting one value in the YAML of a cell, or taking it out, without reformatting the rest. */

import { isMap, isScalar, isSeq, type Pair, parse, parseDocument, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { SimError } from "../../../framework/mod.ts";
import { setBody } from "./edit.ts";
import type { CellPiece, NotebookPage } from "./types.ts";

/** What can be set. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/**
 * The text with a value set in the body of a YAML cell. The value that stands there is overwritten, in its quotes; a key that
 * is not there is added after the others of its mapping.
 *
 * @throws {SimError} `yaml_syntax` The body cannot be read. `cannot_set` There is something at the path that has no keys.
 */
export function setValue(
  page: NotebookPage,
  piece: CellPiece,
  path: readonly (string | number)[],
  value: YamlValue,
): string {
  return setBody(page, piece, withValue(piece.body, path, value));
}

/** A YAML text with a value set; see {@linkcode setValue}. */
export function withValue(body: string, path: readonly (string | number)[], value: YamlValue): string {
  const document = parseDocument(body, { prettyErrors: false, logLevel: "error" });
  if (document.errors.length > 0) {
    throw new SimError("yaml_syntax", document.errors[0]!.message, { hint: "mend the YAML of the cell first" });
  }
  if (path.length === 0) throw refused(path);
  const edited = spliced(body, document.contents, path, value, path);
  if (!isSet(edited, path, value)) throw refused(path);
  return edited;
}

/**
 * A YAML text without what stands at a path: a key with its value, or an item of a list. What is left without any is `{}` or
 * `[]`; comments on lines of their own stay. What is not there need not go.
 * @throws {SimError} `yaml_syntax` The text cannot be read. `cannot_set` It cannot be taken out as it stands.
 */
export function withoutValue(body: string, path: readonly (string | number)[]): string {
  const document = parseDocument(body, { prettyErrors: false, logLevel: "error" });
  if (document.errors.length > 0) {
    throw new SimError("yaml_syntax", document.errors[0]!.message, { hint: "mend the YAML of the cell first" });
  }
  if (path.length === 0) throw refused(path);
  // What several places share is one value there, and the text has it once.
  const expected = JSON.parse(JSON.stringify(document.toJS() ?? null)) as unknown;
  const parent = path.slice(0, -1).reduce(
    (found, key) => (found as Tree | null | undefined)?.[key],
    expected as unknown,
  );
  const last = path.at(-1)!;
  if (typeof parent !== "object" || parent === null || !Object.hasOwn(parent, last)) return body;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Tree)[last];
  const edited = without(body, document.contents, path);
  if (edited === null || !isEqual(edited, expected)) throw refused(path);
  return edited;
}

type Tree = { [key: string | number]: unknown };

function isEqual(body: string, expected: unknown): boolean {
  const document = parseDocument(body, { prettyErrors: false, logLevel: "error" });
  if (document.errors.length > 0) return false;
  try {
    return JSON.stringify(document.toJS() ?? (Array.isArray(expected) ? [] : {})) === JSON.stringify(expected);
  } catch {
    // Something refers to what has gone.
    return false;
  }
}

function refused(path: readonly (string | number)[]): SimError {
  const hint = "set it in the text of the cell";
  return new SimError("cannot_set", `'${path.join(".")}' cannot be set where it stands`, { hint });
}

function isSet(body: string, path: readonly (string | number)[], value: YamlValue): boolean {
  const document = parseDocument(body, { prettyErrors: false, logLevel: "error" });
  if (document.errors.length > 0) return false;
  let found: unknown = document.toJS();
  for (const key of path) found = (found as { [key: string]: unknown } | null | undefined)?.[key];
  return JSON.stringify(found) === JSON.stringify(value);
}

type Ranged = { range?: [number, number, number] | null };

function spliced(
  body: string,
  node: unknown,
  path: readonly (string | number)[],
  value: YamlValue,
  whole: readonly (string | number)[],
): string {
  const [key, ...rest] = path;
  const eol = body.includes("\r\n") ? "\r\n" : "\n";
  if (node === null || isScalar(node) && node.value === null) {
    return fill(body, node as Scalar | null, `${keyText(key!)}: ${flow(nested(rest, value))}`, path === whole, eol);
  }
  if (isMap(node)) {
    const pair = node.items.find((item) => keyOf(item.key) === String(key));
    if (pair === undefined) return withPair(body, node, key!, nested(rest, value), eol);
    if (rest.length > 0 && (isMap(pair.value) || isSeq(pair.value))) {
      return spliced(body, pair.value, rest, value, whole);
    }
    if (rest.length > 0 && !(pair.value === null || isScalar(pair.value) && pair.value.value === null)) {
      throw refused(whole);
    }
    return replaced(body, pair.key, pair.value, nested(rest, value), node.flow === true);
  }
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    if (item === undefined) {
      if (Number(key) !== node.items.length) throw refused(whole);
      return withItem(body, node, nested(rest, value), eol);
    }
    if (rest.length > 0 && (isMap(item) || isSeq(item))) return spliced(body, item, rest, value, whole);
    if (rest.length > 0) throw refused(whole);
    return replaced(body, null, item, value, node.flow === true);
  }
  throw refused(whole);
}

/** A body, or a value, that is empty. */
function fill(body: string, node: Scalar | null, text: string, isRoot: boolean, eol: string): string {
  if (!isRoot) throw new RangeError("an empty value is replaced with its key");
  const end = node?.range?.[0] ?? body.length;
  const lead = body.slice(0, end);
  const start = lead === "" || /[\r\n]$/.test(lead) ? lead : lead + eol;
  return `${start}${text}${eol}${body.slice(end)}`;
}

function replaced(body: string, key: unknown, old: unknown, value: YamlValue, inFlow: boolean): string {
  const range = (old as Ranged | null)?.range;
  const keyEnd = (key as Ranged | null)?.range?.[1];
  if (!range || range[0] === range[1]) {
    // `key:` with nothing after it; in `{ key }` even the colon is missing.
    const from = range?.[0] ?? keyEnd;
    if (from === undefined) return body;
    const colon = keyEnd === undefined ? -1 : body.slice(keyEnd, keyEnd + 20).search(/^[ \t]*:/);
    const at = colon < 0 ? from : body.indexOf(":", keyEnd!) + 1;
    return `${body.slice(0, at)}${colon < 0 && keyEnd !== undefined ? ":" : ""} ${flow(value)}${body.slice(at)}`;
  }
  const source = body.slice(range[0], range[1]);
  // A block ends with its line.
  const tail = /(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*$/.exec(source)![0];
  return body.slice(0, range[0]) + inStyle(value, source, inFlow) + tail + body.slice(range[1]);
}

function withPair(body: string, map: YAMLMap, key: string | number, value: YamlValue, eol: string): string {
  const text = `${keyText(key)}: ${flow(value)}`;
  return map.flow === true ? intoFlow(body, map, text, "}") : afterLast(body, map, text, eol);
}

function withItem(body: string, seq: YAMLSeq, value: YamlValue, eol: string): string {
  return seq.flow === true ? intoFlow(body, seq, flow(value), "]") : afterLast(body, seq, `- ${flow(value)}`, eol);
}

function intoFlow(body: string, node: YAMLMap | YAMLSeq, text: string, close: "}" | "]"): string {
  const [start, end] = [node.range![0] + 1, node.range![1] - 1];
  if (body[end] !== close) return body;
  const inside = body.slice(start, end);
  if (inside.trim() === "") {
    const pad = close === "}" ? " " : "";
    return `${body.slice(0, start)}${pad}${text}${pad}${body.slice(end)}`;
  }
  const at = start + inside.trimEnd().length;
  const separator = body[at - 1] === "," ? " " : ", ";
  return `${body.slice(0, at)}${separator}${text}${body.slice(at)}`;
}

/** A line after the last one of a block. */
function afterLast(body: string, node: YAMLMap | YAMLSeq, text: string, eol: string): string {
  const start = node.range![0];
  const lineStart = startOfLine(body, start);
  // In `- a: 1` the block begins after the dash: its next line is indented as far.
  const indent = body.slice(lineStart, start).replace(/[^ \t]/g, " ");
  const content = body.slice(0, node.range![1]).replace(/\s+$/, "").length;
  const rest = body.slice(content);
  const lineEnd = content + (/[\r\n]/.exec(rest)?.index ?? rest.length);
  const broken = /^(\r\n|\r|\n)/.exec(body.slice(lineEnd))?.[0];
  const after = body.slice(lineEnd + (broken?.length ?? 0));
  return `${body.slice(0, lineEnd)}${broken ?? eol}${indent}${text}${broken === undefined ? "" : eol}${after}`;
}

/** Where an entry of a mapping or a list begins, and where its content ends. */
type Extent = readonly [start: number, end: number];

/** Null: it cannot be taken out. */
function without(body: string, root: unknown, path: readonly (string | number)[]): string | null {
  let owner: Pair | null = null;
  let node = root;
  for (const key of path.slice(0, -1)) {
    owner = isMap(node) ? node.items.find((item) => keyOf(item.key) === String(key)) ?? null : null;
    node = isSeq(node) ? node.items[Number(key)] : owner?.value;
  }
  if (!isMap(node) && !isSeq(node)) return null;
  const last = String(path.at(-1));
  const at = isMap(node) ? node.items.findIndex((item) => keyOf(item.key) === last) : Number(last);
  const extents = isMap(node) ? pairExtents(body, node) : itemExtents(body, node);
  const [before, extent, after] = [extents[at - 1], extents[at], extents[at + 1]];
  if (extent === undefined) return null;
  if (before === undefined && after === undefined) return emptied(body, node, owner, root);
  if (node.flow === true) {
    const [start, end] = after === undefined ? [before![1], extent[1]] : [extent[0], after[0]];
    return body.slice(0, start) + body.slice(end);
  }
  const lineStart = startOfLine(body, extent[0]);
  if (body.slice(lineStart, extent[0]).trim() === "") {
    return body.slice(0, lineStart) + body.slice(endOfLine(body, extent[1]));
  }
  // Behind the dash of an item: the next key takes its place.
  return after === undefined ? null : body.slice(0, extent[0]) + body.slice(after[0]);
}

function pairExtents(body: string, map: YAMLMap): Extent[] {
  return map.items.map(({ key, value }) => {
    const [start, keyEnd] = (key as Ranged).range!;
    const range = (value as Ranged | null)?.range;
    const colon = /^[ \t]*:/.exec(body.slice(keyEnd, keyEnd + 20))?.[0].length ?? 0;
    return [start, Math.max(keyEnd + colon, range ? contentEnd(body, range) : 0)];
  });
}

function itemExtents(body: string, seq: YAMLSeq): Extent[] {
  const first = seq.range![0];
  const dash = `\n${" ".repeat(first - startOfLine(body, first))}-`;
  let from = first;
  return seq.items.map((item, i) => {
    const range = (item as Ranged | null)?.range ?? [from, from, from];
    const start = seq.flow === true ? range[0] : i === 0 ? first : body.indexOf(dash, from) + dash.length - 1;
    // An item that says nothing ends with its dash.
    from = Math.max(start + 1, contentEnd(body, range));
    return [start, from];
  });
}

/** Without the line ends that blocks end with. */
function contentEnd(body: string, [start, end]: readonly [number, number, number]): number {
  return start + body.slice(start, end).trimEnd().length;
}

/** The text where a mapping or a list has lost its last entry. */
function emptied(body: string, node: YAMLMap | YAMLSeq, owner: Pair | null, root: unknown): string {
  const [start] = node.range!;
  const end = contentEnd(body, node.range!);
  const empty = isMap(node) ? "{}" : "[]";
  if (node === root && node.flow !== true) {
    return body.slice(0, startOfLine(body, start)) + body.slice(endOfLine(body, end));
  }
  if (owner === null || node.flow === true) return body.slice(0, start) + empty + body.slice(end);
  const colon = body.indexOf(":", (owner.key as Ranged).range![1]) + 1;
  // What is said behind the key stays there.
  return `${body.slice(0, colon)} ${empty}${body.slice(colon, start).trimEnd()}${body.slice(end)}`;
}

function startOfLine(body: string, at: number): number {
  return Math.max(body.lastIndexOf("\n", at - 1), body.lastIndexOf("\r", at - 1)) + 1;
}

/** Behind the line's end. */
function endOfLine(body: string, at: number): number {
  return at + /^[^\r\n]*(?:\r\n|\r|\n)?/.exec(body.slice(at))![0].length;
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function keyText(key: string | number): string {
  return scalar(String(key), true);
}

function nested(path: readonly (string | number)[], value: YamlValue): YamlValue {
  return path.reduceRight<YamlValue>((inner, key) => ({ [key]: inner }), value);
}

/** In the quotes that stand there. */
function inStyle(value: YamlValue, old: string, inFlow: boolean): string {
  if (typeof value !== "string") return flow(value);
  if (old.startsWith('"')) return JSON.stringify(value);
  if (old.startsWith("'") && !/[\r\n\t]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return scalar(value, inFlow);
}

/** On one line: `{ a: 1, b: [x, y] }`. */
function flow(value: YamlValue): string {
  if (typeof value === "string") return scalar(value, true);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const pairs = Object.entries(value).map(([key, inner]) => `${keyText(key)}: ${flow(inner)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  return String(value);
}

/** Without quotes where it then is this text and nothing else. */
function scalar(text: string, inFlow: boolean): string {
  const unsafe = inFlow ? /[\r\n\t:#{}[\],&*!|>'"%@`$]|^[-?\s]|\s$/ : /[\r\n\t#&*!|>'"%@`]|: |:$|^[-?{[\s]|\s$/;
  if (text === "" || unsafe.test(text)) return JSON.stringify(text);
  return parse(text) === text ? text : JSON.stringify(text);
}
