/** One scenario being read: the tree, its values, and the findings. The section readers share it. */

import type { z } from "zod";
import { didYouMean, formatPath, type Issue, type IssuePath, nearest } from "../issue.ts";
import type { Json } from "../json.ts";
import { expectationAt, keysAt, mismatch, wordsAt } from "./expectation.ts";
import { type IssueList, keyPlaceOf, nodeAt, placeOf, type SourceNode, toJson } from "./source.ts";

type ZodIssue = z.core.$ZodIssue;

const MAX_SUGGESTIONS = 50;

/** What the section readers work on. */
export class Reading {
  /** The merged document in canonical form. */
  readonly root: SourceNode;
  /** Its values. */
  readonly values: Json;
  readonly issues: IssueList;
  readonly #lenient: boolean;
  #suggestions = 0;

  constructor(root: SourceNode, issues: IssueList, lenient: boolean) {
    this.root = root;
    this.values = toJson(root);
    this.issues = issues;
    this.#lenient = lenient;
  }

  /** The value at `path`, or undefined. */
  valueAt(path: IssuePath): Json | undefined {
    const node = nodeAt(this.root, path);
    return node && toJson(node);
  }

  /** The keys of the map at `path`; none where there is no map. */
  keysOf(path: IssuePath): string[] {
    const node = nodeAt(this.root, path);
    return node?.kind === "map" ? [...node.entries.keys()] : [];
  }

  /**
   * The hint "did you mean …?". Beyond the first few only the valid words: looking for the nearest of many words, for
   * each of many words, would take minutes.
   */
  suggest(word: string, valid: readonly string[]): string {
    this.#suggestions++;
    return didYouMean(this.#suggestions <= MAX_SUGGESTIONS ? word : "", valid);
  }

  /** Reports an error at the value of `path`. */
  error(code: string, message: string, path: IssuePath, hint?: string): void {
    this.#report("error", code, message, path, hint);
  }

  /** Reports a warning at the value of `path`. */
  warn(code: string, message: string, path: IssuePath, hint?: string): void {
    this.#report("warning", code, message, path, hint);
  }

  /** Reports a note at the key of `path`. */
  note(code: string, message: string, path: IssuePath, hint?: string): void {
    this.issues.add("note", code, message, keyPlaceOf(this.root, path), {
      path,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Reports a finding of another module whose path is one of this document. */
  adopt(issue: Issue): void {
    this.#report(issue.severity, issue.code, issue.message, issue.path ?? [], issue.hint);
  }

  /** Reports an error at the key of `path`. */
  keyError(code: string, message: string, path: IssuePath, hint?: string): void {
    this.issues.add("error", code, message, keyPlaceOf(this.root, path), {
      path,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Reports that the value at `path` is not what the schema expects there. */
  mismatch(path: IssuePath): void {
    const value = this.valueAt(path);
    this.error("invalid_value", mismatch(path, value, this.values), path, valueHint(path, value, this.values));
  }

  /** Reports a key that nobody knows: an error, or a warning in a lenient reading. */
  unknownKey(path: IssuePath, valid: readonly string[]): void {
    const key = String(path.at(-1));
    const parent = path.slice(0, -1);
    const where = parent.length === 0 ? "a scenario" : formatPath(parent);
    const message = `${where} has no key '${key}'`;
    const severity = this.#lenient ? "warning" : "error";
    this.issues.add(severity, "unknown_key", message, keyPlaceOf(this.root, path), {
      hint: this.suggest(key, valid),
      path,
    });
  }

  /**
   * The value at `path` as `schema` reads it, or undefined when it does not fit; every finding is reported. Where only
   * optional parts are flawed it is read without them, so that what depends on the rest can still be checked; with
   * `parts: "whole"`, for values whose parts mean nothing alone, only where nothing but unknown keys is wrong.
   */
  read<T>(schema: z.ZodType<T>, path: IssuePath, parts: "some" | "whole" = "some"): T | undefined {
    const value = this.valueAt(path);
    const first = schema.safeParse(value);
    if (first.success) return first.data;
    const findings = first.error.issues.flatMap((issue) => this.#flatten(issue, path));
    const flawless = structuredClone(value);
    for (const finding of findings) {
      this.#reportZod(finding);
      const at = finding.path.slice(path.length);
      if (finding.issue.code !== "unrecognized_keys") remove(flawless, at);
      else for (const key of finding.issue.keys) remove(flawless, [...at, key]);
    }
    if (parts === "whole" && findings.some(({ issue }) => issue.code !== "unrecognized_keys")) return undefined;
    const second = schema.safeParse(flawless);
    return second.success ? second.data : undefined;
  }

  /** Opens unions: of the alternatives, the one whose type fits is the one that was meant. */
  #flatten(issue: ZodIssue, base: IssuePath): { path: IssuePath; issue: ZodIssue }[] {
    const path = [...base, ...issue.path.filter((step) => typeof step !== "symbol")];
    if (issue.code !== "invalid_union") return [{ path, issue }];
    const meant = issue.errors.filter((alternative) =>
      !alternative.some((inner) => inner.path.length === 0 && inner.code !== "unrecognized_keys")
    );
    return meant.length === 1 ? meant[0]!.flatMap((inner) => this.#flatten(inner, path)) : [{ path, issue }];
  }

  #reportZod({ path, issue }: { path: IssuePath; issue: ZodIssue }): void {
    switch (issue.code) {
      case "unrecognized_keys":
        for (const key of issue.keys) this.unknownKey([...path, key], keysAt(path, this.values));
        return;
      case "custom":
      case "invalid_key":
        this.error("invalid_value", `${formatPath(path)}: ${issue.message}`, path);
        return;
    }
    if (nodeAt(this.root, path) === undefined) this.#missing(path);
    else this.mismatch(path);
  }

  #missing(path: IssuePath): void {
    const key = String(path.at(-1));
    const parent = path.slice(0, -1);
    const known = keysAt(parent, this.values);
    // A misspelt key of an engine or validator passes as one of its settings.
    const others = [...this.keysOf(parent), ...this.keysOf([...parent, "config"])].filter((other) =>
      !known.includes(other)
    );
    const near = nearest(key, others);
    const hint = near === undefined
      ? `add '${key}': ${expectationAt(path, this.values)}`
      : `is '${near}' meant to be '${key}'?`;
    this.error("missing_key", `${formatPath(path)} is missing`, path, hint);
  }

  #report(severity: Issue["severity"], code: string, message: string, path: IssuePath, hint?: string): void {
    this.issues.add(severity, code, message, placeOf(this.root, path), {
      path,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** What to write instead, where that can be guessed from the value. */
function valueHint(path: IssuePath, value: Json | undefined, root: Json): string | undefined {
  if (typeof value === "string") {
    const near = nearest(value, wordsAt(path, root));
    if (near !== undefined) return `did you mean '${near}'?`;
    const isNumber = value.trim() !== "" && Number.isFinite(Number(value));
    return isNumber && /^(an integer|a number)/.test(expectationAt(path, root))
      ? `remove the quotes: ${value}`
      : undefined;
  }
  const isPlain = typeof value === "number" || typeof value === "boolean";
  return isPlain && expectationAt(path, root).startsWith("a text") ? `put it in quotes: "${value}"` : undefined;
}

function remove(value: unknown, path: IssuePath): void {
  let parent = value as Record<string | number, unknown> | undefined;
  for (const step of path.slice(0, -1)) parent = parent?.[step] as typeof parent;
  if (parent !== null && typeof parent === "object") delete parent[path.at(-1)!];
}
