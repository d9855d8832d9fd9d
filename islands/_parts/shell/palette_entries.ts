/** What the palette offers, and in which order for what was typed. */

import type { Command } from "./commands.ts";
import { fuzzyFit } from "./fuzzy.ts";
import { notebookUrl, runUrl, scenarioUrl, type TreeData } from "./tree_model.ts";

/** A page to go to, or a command. */
export interface Entry {
  readonly id: string;
  readonly title: string;
  /** What it is: `Notebook`, `Run`, `Command`. */
  readonly kind: string;
  /** Beside the title, and searched too: path, id. */
  readonly detail: string;
  readonly href?: string;
  readonly command?: Command;
}

/** An entry with the letters of its title that were typed. */
export interface RankedEntry extends Entry {
  readonly at: readonly number[];
}

/** Pages that are always there. */
const PAGES = [
  { title: "Home", href: "/" },
  { title: "Scenarios", href: "/scenarios" },
  { title: "Runs", href: "/runs" },
  { title: "Batches", href: "/batches" },
  { title: "Compare runs", href: "/compare" },
  { title: "Domains", href: "/domains" },
  { title: "Settings", href: "/settings" },
  { title: "API reference", href: "/docs" },
] as const;

/** All that can be gone to and done. Of what fits alike the earlier is shown first. */
export function entriesOf(tree: TreeData | null, commands: readonly Command[]): Entry[] {
  return [
    ...(tree?.notebooks ?? []).map(({ path, title }): Entry => ({
      id: `notebook ${path}`,
      title: title === "" ? path : title,
      kind: "Notebook",
      detail: path,
      href: notebookUrl(path),
    })),
    ...commands.map((command): Entry => ({
      id: `command ${command.id}`,
      title: command.title,
      kind: "Command",
      detail: "",
      command,
    })),
    ...PAGES.map(({ title, href }): Entry => ({ id: `page ${href}`, title, kind: "Page", detail: "", href })),
    ...(tree?.scenarios ?? []).map(({ repo, config, kind }): Entry => ({
      id: `scenario ${repo}/${config}`,
      title: config.replace(/\.ya?ml$/, ""),
      kind: kind === "scenario" ? "Scenario" : `Scenario, ${kind}`,
      detail: `${repo}/${config}`,
      href: scenarioUrl(repo, config),
    })),
    ...(tree?.domains ?? []).map(({ name }): Entry => ({
      id: `domain ${name}`,
      title: name,
      kind: "Domain",
      detail: "",
      href: `/domains/${encodeURIComponent(name)}`,
    })),
    ...(tree?.runs ?? []).map(({ run_id, name, status }): Entry => ({
      id: `run ${run_id}`,
      title: name === "" ? run_id : name,
      kind: `Run, ${status}`,
      detail: run_id,
      href: runUrl(run_id),
    })),
  ];
}

/** Entries shown at most. */
const MOST = 50;

/** What was typed found in titles, else in details; the best first. Without a query all, as they are. */
export function rankedEntries(entries: readonly Entry[], query: string): RankedEntry[] {
  if (query.trim() === "") return entries.slice(0, MOST).map((entry) => ({ ...entry, at: [] }));
  return entries.flatMap((entry): (RankedEntry & { score: number })[] => {
    const inTitle = fuzzyFit(query, entry.title);
    if (inTitle !== null) return [{ ...entry, at: inTitle.at, score: inTitle.score + 2 }];
    const anywhere = fuzzyFit(query, `${entry.title} ${entry.kind} ${entry.detail}`);
    return anywhere === null
      ? []
      : [{ ...entry, at: anywhere.at.filter((at) => at < entry.title.length), score: anywhere.score }];
  }).sort((a, b) => b.score - a.score).slice(0, MOST);
}
