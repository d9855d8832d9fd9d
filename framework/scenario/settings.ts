/** Settings from outside the file: `agents.NationA.strategy=grow`, as `--set`, notebook cells and batch grids give them. */

import { didYouMean, formatPath, type IssuePath, SimError } from "../issue.ts";
import type { Json } from "../json.ts";
import { readDocument } from "./document.ts";
import { canBeMade, keysAt, openKeysAt } from "./expectation.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { longForm } from "./shorthand.ts";
import {
  fromJson,
  IssueList,
  nodeAt,
  type Place,
  type SourceEntry,
  type SourceMap,
  type SourceNode,
  toJson,
} from "./source.ts";

/** A value for one place of a scenario. */
export interface Setting {
  /** Scenario path: dotted keys, list entries by their name. */
  readonly path: string;
  readonly value: Json;
  /** Who says so, for messages: `--set`, or a file. */
  readonly from: string;
}

/**
 * Reads `path=value`; the value is a YAML scalar or flow collection.
 *
 * @throws {SimError} `bad_setting` when there is no `=`, no path, or the value is not one YAML value
 *
 * @example
 * ```ts
 * import { parseSetting } from "llm-sim/scenario";
 * const { path, value } = parseSetting("engine.interest_rate=0.07");
 * if (path !== "engine.interest_rate" || value !== 0.07) throw new Error();
 * ```
 */
export function parseSetting(text: string): { path: string; value: Json } {
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(0, at)).trim();
  if (path === "") {
    throw new SimError("bad_setting", `'${text}' is not of the form path=value`, {
      hint: "for example engine.interest_rate=0.07",
    });
  }
  const written = text.slice(at + 1).trim();
  if (written === "") return { path, value: null };
  const issues = new IssueList();
  const read = readDocument(written, text, issues);
  const [issue] = issues.sorted(text);
  const isBlock = read !== undefined && read.kind !== "scalar" && !/^[[{]/.test(written);
  if (read === undefined || issue !== undefined || isBlock) {
    const reason = issue?.message ?? "it is a block of YAML";
    throw new SimError("bad_setting", `the value of '${path}' is not one YAML value: ${reason}`, {
      hint: `quote a text with special characters: ${path}="…"; lists are [a, b], maps {a: 1}`,
    });
  }
  return { path, value: toJson(read) };
}

/** `root` with all settings applied in order; unknown paths are reported and skipped. */
export function applySettings(root: SourceMap, settings: readonly Setting[], issues: IssueList): SourceMap {
  return settings.reduce((tree, setting) => {
    const flaw = flawOf(setting.value, SCENARIO_LIMITS.depth);
    if (flaw !== undefined) {
      issues.add("error", "bad_setting", `the value of '${setting.path}' ${flaw}`, { file: setting.from });
    }
    const path = flaw === undefined ? resolvePath(tree, setting, issues) : undefined;
    return path === undefined ? tree : replaceAt(tree, path, setting) as SourceMap;
  }, root);
}

/** Why a value that did not come through YAML cannot stand in a scenario. */
export function flawOf(value: Json, depth: number): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `is not finite: ${value}`;
  if (value === null || typeof value !== "object") return undefined;
  if (depth === 0) return `is nested more than ${SCENARIO_LIMITS.depth} deep`;
  if (Object.hasOwn(value, "__proto__")) return "has a key '__proto__'";
  for (const inner of Object.values(value)) {
    const flaw = flawOf(inner, depth - 1);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

/** The canonical path that a setting means in `root`, or undefined after reporting why there is none. */
function resolvePath(root: SourceMap, setting: Setting, issues: IssueList): IssuePath | undefined {
  const unknown = (reason: string, hint: string): undefined => {
    issues.add("error", "unknown_path", `${setting.path}: ${reason}`, { file: setting.from }, { hint });
  };
  const words = setting.path.split(".");
  if (words.includes("") || words.includes("__proto__")) {
    return unknown("a path is names with dots between them", "for example agents.NationA.strategy");
  }
  if (words[0] === "extends") {
    return unknown("the file to extend cannot be set", "write extends into a file of its own");
  }
  const values = toJson(root);
  let path: (string | number)[] = [];
  for (let i = 0; i < words.length;) {
    const node = nodeAt(root, path);
    if (node?.kind === "list") {
      const entry = namedEntry(node.items, words.slice(i));
      if (entry === undefined) {
        const names = new Set(node.items.map(nameOf).filter((name) => name !== undefined));
        return unknown(`${formatPath(path)} has no entry '${words[i]}'`, didYouMean(words[i]!, names));
      }
      path.push(entry.index);
      i += entry.words;
      continue;
    }
    const word = words[i]!;
    const form = longForm(path, word);
    const known = keysAt(path, values);
    const present = node?.kind === "map" ? [...node.entries.keys()] : [];
    const isLast = i === words.length - 1;
    const open = openKeysAt(path);
    if (
      form === undefined && !known.includes(word) && !present.includes(word) && open !== "any" &&
      !(open === "typed" && (isLast || canBeMade([...path, word])))
    ) {
      const where = path.length === 0 ? "a scenario" : formatPath(path);
      return unknown(`${where} has no key '${word}'`, didYouMean(word, [...new Set([...known, ...present])]));
    }
    path = form === undefined ? [...path, word] : [...path, form.section, form.key];
    i++;
  }
  return path;
}

/** The entry whose name the next words spell (names may contain dots), or whose position the next word is. */
function namedEntry(
  items: readonly SourceNode[],
  words: readonly string[],
): { index: number; words: number } | undefined {
  for (let n = 1; n <= words.length; n++) {
    const name = words.slice(0, n).join(".");
    const index = items.findIndex((item) => nameOf(item) === name);
    if (index >= 0) return { index, words: n };
  }
  const index = /^\d+$/.test(words[0]!) ? Number(words[0]) : -1;
  const unnamed = items[index] !== undefined && nameOf(items[index]) === undefined;
  return unnamed ? { index, words: 1 } : undefined;
}

function nameOf(node: SourceNode): string | undefined {
  const name = node.kind === "map" ? node.entries.get("name")?.value : undefined;
  return name?.kind === "scalar" && name.value !== null ? String(name.value) : undefined;
}

/** `node` with the value at `path` replaced; maps that are missing on the way are made. */
function replaceAt(node: SourceNode | undefined, path: IssuePath, setting: Setting): SourceNode {
  const place: Place = { file: setting.from };
  const [step, ...rest] = path;
  if (step === undefined) return fromJson(setting.value, place);
  if (node?.kind === "list" && typeof step === "number") {
    return { ...node, items: node.items.map((item, i) => i === step ? replaceAt(item, rest, setting) : item) };
  }
  const before = node?.kind === "map" ? node : undefined;
  const entry = before?.entries.get(String(step));
  const value = replaceAt(entry?.value, rest, setting);
  const grown: SourceEntry = rest.length === 0 || entry === undefined ? { key: place, value } : { ...entry, value };
  const entries = new Map(before?.entries).set(String(step), grown);
  return { kind: "map", entries, place: before?.place ?? place };
}
