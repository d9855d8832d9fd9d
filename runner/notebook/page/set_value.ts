/** Setting one value in the YAML of a cell, without reformatting the rest. */

import { isMap, isScalar, isSeq, parse, parseDocument, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
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
  const lineStart = Math.max(body.lastIndexOf("\n", start - 1), body.lastIndexOf("\r", start - 1)) + 1;
  // In `- a: 1` the block begins after the dash: its next line is indented as far.
  const indent = body.slice(lineStart, start).replace(/[^ \t]/g, " ");
  const content = body.slice(0, node.range![1]).replace(/\s+$/, "").length;
  const rest = body.slice(content);
  const lineEnd = content + (/[\r\n]/.exec(rest)?.index ?? rest.length);
  const broken = /^(\r\n|\r|\n)/.exec(body.slice(lineEnd))?.[0];
  const after = body.slice(lineEnd + (broken?.length ?? 0));
  return `${body.slice(0, lineEnd)}${broken ?? eol}${indent}${text}${broken === undefined ? "" : eol}${after}`;
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
