/**
 * A document as a tree in which every value knows where it was written. Merging, legacy keys and settings work on this
 * tree, so that an issue found at the end still points at the text.
 */

import type { Issue, IssuePath } from "../issue.ts";
import type { Json } from "../json.ts";

/** Where a value was written; what came from a setting has no line. Spread it into an {@linkcode Issue}. */
export interface Place {
  /** File as the user named it, or what a setting calls itself, e.g. `--set`. */
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

/** A text, number, boolean or null. */
export interface SourceScalar {
  readonly kind: "scalar";
  readonly value: null | boolean | number | string;
  readonly place: Place;
}

/** A list. */
export interface SourceList {
  readonly kind: "list";
  readonly items: readonly SourceNode[];
  readonly place: Place;
}

/** One key of a map with its value. */
export interface SourceEntry {
  /** Where the key stands. */
  readonly key: Place;
  readonly value: SourceNode;
  /** The key as the user wrote it, where it now stands under another one (`strategy` under `config`). */
  readonly written?: string;
}

/** A map; a `Map`, so that no key is special. */
export interface SourceMap {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, SourceEntry>;
  readonly place: Place;
}

/** A value with its place. */
export type SourceNode = SourceScalar | SourceList | SourceMap;

/** The value without places. Documents hold no `__proto__` keys. */
export function toJson(node: SourceNode): Json {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toJson);
  const object: Record<string, Json> = {};
  for (const [key, entry] of node.entries) object[key] = toJson(entry.value);
  return object;
}

/** A tree in which everything stands at `place`. */
export function fromJson(value: Json, place: Place): SourceNode {
  if (Array.isArray(value)) return { kind: "list", items: value.map((item) => fromJson(item, place)), place };
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).map(([key, v]) => [key, { key: place, value: fromJson(v, place) }] as const);
    return { kind: "map", entries: new Map(entries), place };
  }
  return { kind: "scalar", value: value as SourceScalar["value"], place };
}

/** The value at `path`, or undefined. */
export function nodeAt(root: SourceNode, path: IssuePath): SourceNode | undefined {
  let node: SourceNode | undefined = root;
  for (const step of path) node = node && child(node, step);
  return node;
}

/** The entry that the last step of `path` names in a map, or undefined. */
export function entryAt(root: SourceNode, path: IssuePath): SourceEntry | undefined {
  const parent = nodeAt(root, path.slice(0, -1));
  return parent?.kind === "map" ? parent.entries.get(String(path.at(-1))) : undefined;
}

function child(node: SourceNode, step: string | number): SourceNode | undefined {
  if (node.kind === "map") return node.entries.get(String(step))?.value;
  return node.kind === "list" && typeof step === "number" ? node.items[step] : undefined;
}

/**
 * Where `path` is written: a text or number at its value, a map or list at its key, a missing one at its nearest
 * existing parent.
 */
export function placeOf(root: SourceNode, path: IssuePath): Place {
  let [node, place] = [root, root.place];
  for (const step of path) {
    const next = child(node, step);
    if (next === undefined) break;
    const key = node.kind === "map" ? node.entries.get(String(step))!.key : next.place;
    place = next.kind === "scalar" && next.value !== null ? next.place : key;
    node = next;
  }
  return place;
}

/** Where the key that `path` ends with is written. */
export function keyPlaceOf(root: SourceNode, path: IssuePath): Place {
  return entryAt(root, path)?.key ?? placeOf(root, path);
}

/** How many findings are shown of one scenario. */
const MAX_ISSUES = 200;

/** Collects issues; one call reports one finding at one place. */
export class IssueList {
  readonly #issues: Issue[] = [];

  /** Adds one finding. */
  add(
    severity: Issue["severity"],
    code: string,
    message: string,
    place: Place,
    more: { hint?: string; path?: IssuePath } = {},
  ): void {
    this.#issues.push({ severity, code, message, ...more, ...place });
  }

  /** Whether anything was found that stops the command. */
  get failed(): boolean {
    return this.#issues.some((issue) => issue.severity === "error");
  }

  /** How many errors there are. */
  get errors(): number {
    return this.#issues.filter((issue) => issue.severity === "error").length;
  }

  /** Whether there are so many that others would not be shown. */
  get isFull(): boolean {
    return this.#issues.length >= MAX_ISSUES;
  }

  /**
   * The findings: those of `first` before those of other files, then by position, then as found. Of very many only the
   * first ones, with a note that says so.
   */
  sorted(first: string): Issue[] {
    const rank = (issue: Issue) => issue.file === first ? 0 : 1;
    const all = [...this.#issues].sort((a, b) =>
      rank(a) - rank(b) || (a.file ?? "").localeCompare(b.file ?? "") || (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0)
    );
    if (all.length <= MAX_ISSUES) return all;
    const message = `${all.length - MAX_ISSUES} more findings are not shown`;
    // What stops the command must be among those that are shown.
    const errors = all.filter(({ severity }) => severity === "error");
    const shown = [...errors, ...all.filter(({ severity }) => severity !== "error")].slice(0, MAX_ISSUES);
    return [...shown, { severity: "note", code: "more_issues", message, file: first }];
  }
}
