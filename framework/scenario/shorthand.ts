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
  const entries = new Map(map.entries);
  const sections = new Map<string, Map<string, SourceEntry>>();
  for (const [key, entry] of map.entries) {
    const form = longForm(path, key);
    const grown = form && (sections.get(form.section) ?? sectionEntries(map.entries.get(form.section)));
    // A section that is no map has an error of its own.
    if (form === undefined || grown === undefined) continue;
    entries.delete(key);
    if (key !== form.key && isNull(entry.value)) continue;
    const other = grown.get(form.key);
    if (other !== undefined) {
      reportBoth([...path, key], [...path, form.section, form.key], entry, other, issues);
      continue;
    }
    sections.set(form.section, grown.set(form.key, { ...entry, written: key }));
  }
  for (const [section, grown] of sections) {
    const entry = map.entries.get(section) ?? [...grown.values()][0]!;
    const { place } = entry.value;
    entries.set(section, { key: entry.key, value: { kind: "map", entries: grown, place } });
  }
  return { ...map, entries };
}

function reportBoth(
  short: IssuePath,
  long: IssuePath,
  entry: SourceEntry,
  other: SourceEntry,
  issues: IssueList,
): void {
  const message = `${formatPath(short)} and ${formatPath(long)} say the same thing`;
  const line = other.key.line === undefined ? "" : ` in line ${other.key.line}`;
  issues.add("error", "duplicate_setting", message, entry.key, {
    hint: `the other one is${line}; keep one of them`,
    path: short,
  });
}

/** A copy of the entries of a section that is a map, empty or missing; undefined where it is something else. */
function sectionEntries(section: SourceEntry | undefined): Map<string, SourceEntry> | undefined {
  if (section === undefined || isNull(section.value)) return new Map();
  return section.value.kind === "map" ? new Map(section.value.entries) : undefined;
}

function isNull(node: SourceNode): boolean {
  return node.kind === "scalar" && node.value === null;
}
