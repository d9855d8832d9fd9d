/**
 * The short forms of a scenario, written out: inline keys of engine and validator go under `config`, an agent's
 * `strategy` too, and `initial_economic_strength` under `variables`. Done per file before files are merged, so that a
 * file may override in either form what its base wrote in the other.
 */

import { formatPath, type IssuePath } from "../issue.ts";
import type { IssueList, SourceEntry, SourceMap, SourceNode } from "./source.ts";

/** Where a short form belongs: the section of the same map, and the key there. */
interface LongForm {
  readonly section: string;
  readonly key: string;
}

const AGENT_FORMS: { readonly [key: string]: LongForm } = {
  strategy: { section: "config", key: "strategy" },
  initial_economic_strength: { section: "variables", key: "economic_strength" },
};

/** Where `key` belongs that stands in the map at `path`, or undefined when it stays there. */
export function longForm(path: IssuePath, key: string): LongForm | undefined {
  if (path.length === 1 && (path[0] === "engine" || path[0] === "validator")) {
    return key === "type" || key === "config" ? undefined : { section: "config", key };
  }
  const isAgent = path.length === 2 && path[0] === "agents";
  return isAgent && Object.hasOwn(AGENT_FORMS, key) ? AGENT_FORMS[key] : undefined;
}

/** `root` with every short form written out; a setting given in both forms is an error. */
export function writeOut(root: SourceMap, issues: IssueList): SourceMap {
  const entries = new Map(root.entries);
  for (const key of ["engine", "validator"]) {
    const entry = entries.get(key);
    if (entry?.value.kind === "map") entries.set(key, { ...entry, value: writeOutMap(entry.value, [key], issues) });
  }
  const agents = entries.get("agents");
  if (agents?.value.kind === "list") {
    const items = agents.value.items.map((item, i) =>
      item.kind === "map" ? writeOutMap(item, ["agents", i], issues) : item
    );
    entries.set("agents", { ...agents, value: { ...agents.value, items } });
  }
  return { ...root, entries };
}

function writeOutMap(map: SourceMap, path: IssuePath, issues: IssueList): SourceMap {
  const short = [...map.entries].flatMap(([key, entry]) => {
    const form = longForm(path, key);
    return form === undefined ? [] : [{ key, entry, form }];
  });
  const entries = new Map(map.entries);
  for (const { key, entry, form } of short) {
    const section = sectionEntries(entries.get(form.section), entry);
    if (section === undefined) continue;
    entries.delete(key);
    if (key !== form.key && isNull(entry.value)) continue;
    const other = section.entries.get(form.key);
    if (other !== undefined) {
      const message = `${formatPath([...path, key])} and ${
        formatPath([...path, form.section, form.key])
      } say the same thing`;
      const line = other.key.line === undefined ? "" : ` in line ${other.key.line}`;
      issues.add("error", "duplicate_setting", message, entry.key, {
        hint: `the other one is${line}; keep one of them`,
        path: [...path, key],
      });
      continue;
    }
    const grown = new Map(section.entries).set(form.key, { ...entry, written: key });
    entries.set(form.section, {
      ...section.entry,
      value: { kind: "map", entries: grown, place: section.entry.value.place },
    });
  }
  return { ...map, entries };
}

/** The entries of a section that is a map, empty or missing; undefined where it is something else, which has its own error. */
function sectionEntries(
  section: SourceEntry | undefined,
  first: SourceEntry,
): { entry: SourceEntry; entries: ReadonlyMap<string, SourceEntry> } | undefined {
  if (section === undefined) return { entry: first, entries: new Map() };
  if (section.value.kind === "map") return { entry: section, entries: section.value.entries };
  return isNull(section.value) ? { entry: section, entries: new Map() } : undefined;
}

function isNull(node: SourceNode): boolean {
  return node.kind === "scalar" && node.value === null;
}
