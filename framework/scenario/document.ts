/**
 * Reads one YAML text into a {@linkcode SourceNode} tree. YAML is narrowed to what JSON can say: no merge keys, no tags
 * beyond the core ones, no NaN or infinities. Whatever the text is, the answer comes in time linear in its length.
 */

import { Composer, type Document, isAlias, isCollection, isMap, isScalar, Lexer, LineCounter, Parser } from "yaml";
import type { CST, Scalar } from "yaml";
import { SCENARIO_LIMITS } from "./limits.ts";
import type { IssueList, Place, SourceEntry, SourceNode } from "./source.ts";

/** Syntax errors beyond these are consequences of the first ones. */
const MAX_SYNTAX_ERRORS = 20;

const CORE_TAGS = new Set([
  "!",
  ...["str", "int", "float", "bool", "null", "map", "seq"].map((t) => `tag:yaml.org,2002:${t}`),
]);

/** Given up: the issue that says why has been reported. */
class Abandoned extends Error {}

/**
 * The tree of `text`, or undefined when it is not one document of JSON values; findings go to `issues`.
 * `file` is the name that issues give.
 */
export function readDocument(text: string, file: string, issues: IssueList): SourceNode | undefined {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (new TextEncoder().encode(text).length > SCENARIO_LIMITS.bytes) {
    const hint = "a scenario has at most 1 MiB; move tables into a referenced file";
    issues.add("error", "scenario_too_large", `the text is larger than ${SCENARIO_LIMITS.bytes} bytes`, { file }, {
      hint,
    });
    return undefined;
  }
  try {
    const document = compose(text, lines, place, issues);
    return new TreeReader(place, issues).read(document);
  } catch (error) {
    if (error instanceof Abandoned) return undefined;
    throw error;
  }
}

type PlaceOf = (offset: number) => Place;

function compose(text: string, lines: LineCounter, place: PlaceOf, issues: IssueList): Document.Parsed {
  // Duplicate keys are found by the tree reader: the library's own check compares every key with every other.
  const composer = new Composer({ uniqueKeys: false, merge: false });
  let document: Document.Parsed | undefined;
  for (const next of composer.compose(tokens(text, lines, place, issues), true, text.length)) {
    if (document !== undefined) {
      const hint = "keep one scenario per file and remove the '---' between them";
      issues.add("error", "multiple_documents", "the file holds more than one YAML document", place(next.range[0]), {
        hint,
      });
      throw new Abandoned();
    }
    document = next;
  }
  for (const error of document!.errors.slice(0, MAX_SYNTAX_ERRORS)) reportSyntaxError(error, place, issues);
  if (document!.errors.length > 0) throw new Abandoned();
  const version = document!.directives.yaml;
  if (version.explicit && version.version !== "1.2") {
    const message = `the file declares YAML ${version.version}, which reads yes, no and 1:30 differently`;
    issues.add("error", "yaml_version", message, place(0), { hint: "remove the %YAML line; scenarios are YAML 1.2" });
    throw new Abandoned();
  }
  return document!;
}

/** The parser's tokens, given up as soon as too much is open: closing it would recurse as deep as the text nests. */
function* tokens(text: string, lines: LineCounter, place: PlaceOf, issues: IssueList): Generator<CST.Token> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > SCENARIO_LIMITS.depth) {
      const open = parser.stack.filter(({ type }) =>
        type === "block-map" || type === "block-seq" || type === "flow-collection"
      );
      if (open.length > SCENARIO_LIMITS.depth) tooDeep(place(parser.offset), issues);
    }
  }
  yield* parser.end();
}

function tooDeep(at: Place, issues: IssueList): never {
  const message = `maps and lists are nested more than ${SCENARIO_LIMITS.depth} deep`;
  issues.add("error", "too_deep", message, at, { hint: "flatten the structure" });
  throw new Abandoned();
}

function reportSyntaxError(error: Document.Parsed["errors"][number], place: PlaceOf, issues: IssueList): void {
  const at = place(error.pos[0]);
  if (error.code === "TAB_AS_INDENT") {
    issues.add("error", "tab_indentation", "a tab is used for indentation", at, {
      hint: "YAML indents with spaces only",
    });
    return;
  }
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  const hint = SYNTAX_HINTS[error.code];
  issues.add("error", "yaml_syntax", message, at, hint === undefined ? {} : { hint });
}

const SYNTAX_HINTS: { readonly [code: string]: string } = {
  BAD_INDENT: "indent the entries of one map or list alike",
  MISSING_CHAR: "a quote, bracket, comma or colon is missing here or earlier",
  BLOCK_AS_IMPLICIT_KEY: "put a text that contains ': ' in quotes",
  MULTILINE_IMPLICIT_KEY: "a key needs a colon after it, on the same line",
  BAD_SCALAR_START: "put a text that starts with @ or ` in quotes",
  BAD_DQ_ESCAPE: "double the backslash, or use single quotes",
};

/** What is known of an anchored value: the tree, and what it weighs once expanded. */
interface Anchored {
  readonly node: SourceNode;
  readonly weight: number;
  readonly height: number;
}

/** Turns the library's nodes into a tree, expanding aliases by sharing. */
class TreeReader {
  readonly #place: PlaceOf;
  readonly #issues: IssueList;
  readonly #anchors = new Map<string, Anchored | "open">();
  #aliases = 0;
  #weight = 0;
  /** Height of the collection that was read last: 0 for a text, 1 for a list of texts. */
  #height = 0;

  constructor(place: PlaceOf, issues: IssueList) {
    this.#place = place;
    this.#issues = issues;
  }

  read(document: Document.Parsed): SourceNode | undefined {
    const contents = document.contents as unknown;
    if (contents === null || (isScalar(contents) && contents.value === null && !contents.source)) {
      this.#error(
        "empty_file",
        "the file is empty",
        this.#place(0),
        "start from a template: `deno task domains` lists them",
      );
      return undefined;
    }
    return this.#node(contents, 1, this.#place(0));
  }

  #node(node: unknown, depth: number, parent: Place): SourceNode {
    if (isAlias(node)) return this.#alias(node.source, depth, this.#place(node.range![0]));
    if (!isScalar(node) && !isCollection(node)) {
      this.#count(1, parent);
      this.#height = 0;
      return { kind: "scalar", value: null, place: parent };
    }
    const place = this.#place(node.range![0]);
    if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
      this.#error(
        "unsupported_tag",
        `the YAML tag '${node.tag}' is not supported`,
        place,
        "write plain text, numbers, lists and maps",
      );
    }
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, "open");
    const before = this.#weight;
    const read = isScalar(node) ? this.#scalar(node, place) : this.#collection(node, depth, place);
    if (node.anchor !== undefined) {
      this.#anchors.set(node.anchor, { node: read, weight: this.#weight - before, height: this.#height });
    }
    return read;
  }

  #collection(node: { items: readonly unknown[] }, depth: number, place: Place): SourceNode {
    if (depth > SCENARIO_LIMITS.depth) tooDeep(place, this.#issues);
    this.#count(1, place);
    let height = 0;
    const inner = (value: unknown, parent: Place) => {
      const read = this.#node(value, depth + 1, parent);
      height = Math.max(height, this.#height);
      return read;
    };
    const read: SourceNode = isMap(node)
      ? { kind: "map", entries: this.#entries(node.items, place, inner), place }
      : { kind: "list", items: node.items.map((value) => inner(value, place)), place };
    this.#height = height + 1;
    return read;
  }

  #entries(
    pairs: readonly { key: unknown; value: unknown }[],
    map: Place,
    inner: (value: unknown, parent: Place) => SourceNode,
  ): Map<string, SourceEntry> {
    const entries = new Map<string, SourceEntry>();
    for (const pair of pairs) {
      const at = rangeStart(pair.key);
      const place = at === undefined ? map : this.#place(at);
      const key = this.#key(pair.key, place);
      const value = inner(pair.value, place);
      if (key === undefined) continue;
      const first = entries.get(key);
      if (first !== undefined) {
        const hint = `the first one is in line ${first.key.line}; keep one of them`;
        this.#error("duplicate_key", `the key '${key}' appears twice in one map`, place, hint);
        continue;
      }
      entries.set(key, { key: place, value });
    }
    return entries;
  }

  #key(node: unknown, place: Place): string | undefined {
    if (!isScalar(node) || node.value === null) {
      this.#error("bad_key", "a key must be a text", place, "a list, map, alias or nothing cannot be a key");
      return undefined;
    }
    const key = typeof node.value === "string" ? node.value : node.source ?? String(node.value);
    this.#count(1 + key.length, place);
    if (key === "<<") {
      this.#error("merge_key", "YAML merge keys ('<<') are not supported", place, "write the keys out, or use extends");
      return undefined;
    }
    if (key === "__proto__") {
      this.#error("forbidden_key", "'__proto__' cannot be a key", place, "choose another name");
      return undefined;
    }
    return key;
  }

  #scalar(node: Scalar, place: Place): SourceNode {
    this.#height = 0;
    const { value } = node;
    if (typeof value === "string") {
      this.#count(1 + value.length, place);
      return { kind: "scalar", value, place };
    }
    this.#count(1, place);
    if (value === null || typeof value === "boolean") return { kind: "scalar", value, place };
    if (typeof value === "number" && Number.isFinite(value)) return { kind: "scalar", value, place };
    if (typeof value === "number") {
      const hint = "numbers must be finite; leave the key out where there is no limit";
      this.#error("not_finite", `'${node.source ?? value}' is not a finite number`, place, hint);
    }
    // Tagged values (dates, binary) have had their own error.
    return { kind: "scalar", value: null, place };
  }

  #alias(name: string, depth: number, place: Place): SourceNode {
    this.#aliases++;
    if (this.#aliases > SCENARIO_LIMITS.aliases) {
      const message = `the file uses more than ${SCENARIO_LIMITS.aliases} YAML aliases`;
      this.#error("too_many_aliases", message, place, "write values out, or use extends");
      throw new Abandoned();
    }
    const anchored = this.#anchors.get(name);
    if (anchored === undefined || anchored === "open") {
      const known = anchored === "open"
        ? "it stands inside the value it names"
        : "anchors (&name) come before their aliases (*name)";
      this.#error("bad_alias", `the alias '*${name}' names no value before it`, place, known);
      this.#height = 0;
      return { kind: "scalar", value: null, place };
    }
    this.#count(anchored.weight, place);
    if (depth - 1 + anchored.height > SCENARIO_LIMITS.depth) tooDeep(place, this.#issues);
    this.#height = anchored.height;
    return { ...anchored.node, place };
  }

  #count(weight: number, place: Place): void {
    this.#weight += weight;
    if (this.#weight > SCENARIO_LIMITS.expanded) {
      const hint = "aliases of aliases multiply; write values out";
      this.#error(
        "aliases_too_large",
        `the file is larger than ${SCENARIO_LIMITS.expanded} characters once aliases are expanded`,
        place,
        hint,
      );
      throw new Abandoned();
    }
  }

  #error(code: string, message: string, place: Place, hint: string): void {
    this.#issues.add("error", code, message, place, { hint });
  }
}

function rangeStart(node: unknown): number | undefined {
  return isScalar(node) || isCollection(node) || isAlias(node) ? node.range?.[0] : undefined;
}
