/** Scenario files by domain, narrowed to what is looked for. Pure. */

/** A file. */
export interface ListedScenario {
  readonly repo: string;
  readonly config: string;
  readonly kind: "scenario" | "batch" | "conversation";
  readonly name?: string;
  readonly description?: string;
}

/** A domain with its files. */
export interface ScenarioGroup {
  readonly repo: string;
  /** It cannot be loaded. */
  readonly isBroken: boolean;
  readonly files: readonly ListedScenario[];
}

/** The groups with what has all of these words in it, in any order; whole domains where their name has. */
export function found(groups: readonly ScenarioGroup[], query: string): ScenarioGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [...groups];
  const has = (texts: readonly (string | undefined)[]) => {
    const text = texts.join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return groups.flatMap((group) => {
    if (has([group.repo])) return [group];
    const files = group.files.filter(({ repo, config, kind, name, description }) =>
      has([repo, config, kind, name, description])
    );
    return files.length === 0 ? [] : [{ ...group, files }];
  });
}

/** How many files there are in them. */
export function countOf(groups: readonly ScenarioGroup[]): number {
  return groups.reduce((sum, { files }) => sum + files.length, 0);
}

/** The address of the list with a query. */
export function listUrl(query: string): string {
  const words = query.trim();
  return words === "" ? "/scenarios" : `/scenarios?${new URLSearchParams({ q: words })}`;
}
