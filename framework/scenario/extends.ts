/** Reads a scenario and the files it extends, and merges them: maps deeply, everything else by replacement. */

import { SimError } from "../issue.ts";
import { readDocument } from "./document.ts";
import type { ReferencedFiles } from "./files.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { writeOut } from "./shorthand.ts";
import { type IssueList, type SourceEntry, type SourceMap, toJson } from "./source.ts";

/** One text of the chain: its name, and the names of those that led to it, itself last. */
interface Link {
  readonly text: string;
  readonly file: string;
  readonly chain: readonly string[];
}

/**
 * The scenario of `text` merged over what it extends, without its `extends` key; undefined when a text of the chain
 * cannot be read, with the reason in `issues`.
 */
export function readScenarioTree(
  text: string,
  file: string,
  files: ReferencedFiles,
  issues: IssueList,
): Promise<SourceMap | undefined> {
  return readLink({ text, file, chain: [file] }, files, issues);
}

async function readLink(link: Link, files: ReferencedFiles, issues: IssueList): Promise<SourceMap | undefined> {
  const read = readDocument(link.text, link.file, issues);
  if (read === undefined) return undefined;
  if (read.kind !== "map") {
    const found = read.kind === "list" ? "a list" : "a text or number";
    const hint = "a scenario starts with keys such as 'simulation:' and 'agents:'";
    issues.add("error", "not_a_map", `a scenario is a map, not ${found}`, read.place, { hint });
    return undefined;
  }
  const own = writeOut(read, issues);
  const reference = own.entries.get("extends");
  if (reference === undefined) return own;
  const base = await readBase(reference, link, files, issues);
  return base && merge(base, without(own, "extends"));
}

async function readBase(
  reference: SourceEntry,
  link: Link,
  files: ReferencedFiles,
  issues: IssueList,
): Promise<SourceMap | undefined> {
  const name = toJson(reference.value);
  const { place } = reference.value;
  if (typeof name !== "string" || name === "") {
    issues.add("error", "invalid_value", "extends must be the name of one file", place, { path: ["extends"] });
    return undefined;
  }
  if (link.chain.length > SCENARIO_LIMITS.extends) {
    const message = `more than ${SCENARIO_LIMITS.extends} files extend each other`;
    issues.add("error", "extends_too_long", message, place, { hint: "merge some of them", path: ["extends"] });
    return undefined;
  }
  try {
    const { file, text } = await files.read(name, link.file);
    const chain = [...link.chain, file];
    if (link.chain.includes(file)) {
      const message = `extends goes round in a circle: ${chain.join(" → ")}`;
      issues.add("error", "extends_cycle", message, place, { hint: "remove one 'extends'", path: ["extends"] });
      return undefined;
    }
    return await readLink({ text, file, chain }, files, issues);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    issues.add("error", error.code, error.message, place, { ...hint, path: ["extends"] });
    return undefined;
  }
}

/** `over` on top of `base`. */
export function merge(base: SourceMap, over: SourceMap): SourceMap {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key)?.value;
    const merged = below?.kind === "map" && entry.value.kind === "map"
      ? { ...entry, value: merge(below, entry.value) }
      : entry;
    entries.set(key, merged);
  }
  return { ...over, entries };
}

function without(map: SourceMap, key: string): SourceMap {
  return { ...map, entries: new Map([...map.entries].filter(([name]) => name !== key)) };
}
