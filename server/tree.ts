/** What there is to open: notebooks, scenario files, domains, and the runs of late. For the tree of pages and for REST. */

import type { RepoInfo, RunRow } from "../runner/mod.ts";
import type { RequestContext } from "./context.ts";
import { knownDomains, recentDomains } from "./recent_domains.ts";
import { type ScenarioName, scenarioNames } from "./scenario_files.ts";

/** What a scenario file is the beginning of. */
export type ScenarioKind = "scenario" | "batch" | "conversation";

/** What there is to open. */
export interface Tree {
  /** By path. */
  readonly notebooks: readonly { readonly path: string; readonly title: string; readonly readonly: boolean }[];
  /** By domain and file. */
  readonly scenarios: readonly { readonly repo: string; readonly config: string; readonly kind: ScenarioKind }[];
  readonly domains: readonly { readonly name: string; readonly status: RepoInfo["status"] }[];
  /** The newest, at most {@linkcode TREE_RUNS}. */
  readonly runs: readonly RunRow[];
}

/** Runs of a tree. */
export const TREE_RUNS = 30;

/**
 * What there is to open. Costs no more than a look at folders, but for the first look at the domains of a host.
 * @param wait whether that is waited for; otherwise domains that nobody has looked at yet count as sound
 */
export async function treeOf({ app }: Pick<RequestContext, "app">, { wait = true } = {}): Promise<Tree> {
  const [notebooks, { rows }, domains] = await Promise.all([
    app.notebooks.list(),
    app.listRows({ limit: TREE_RUNS }),
    wait ? recentDomains(app) : knownDomains(app),
  ]);
  return {
    notebooks: notebooks.map(({ path, title, readonly }) => ({ path, title, readonly })),
    scenarios: scenarioNames(app).map(({ repo, config, path }) => ({ repo, config, kind: kindOf(path) })),
    domains: domains.map(({ name, status }) => ({ name, status: status === "unknown" ? "ok" : status })),
    runs: rows.map((row) => JSON.parse(row) as RunRow),
  };
}

const knownKinds = new Map<string, { readonly stamp: string; readonly kind: ScenarioKind }>();

/** What the sections of a file make it. One that cannot be read is a scenario: who opens it is told what is wrong. */
function kindOf(path: ScenarioName["path"]): ScenarioKind {
  try {
    const { mtime, size } = Deno.statSync(path);
    const stamp = `${mtime?.getTime()} ${size}`;
    const before = knownKinds.get(path);
    if (before?.stamp === stamp) return before.kind;
    const kind = kindOfText(Deno.readTextFileSync(path));
    knownKinds.set(path, { stamp, kind });
    return kind;
  } catch {
    // Gone since it was listed, or not for this user.
    return "scenario";
  }
}

/** By its sections, which stand at the beginning of lines: the whole file need not be understood. */
export function kindOfText(text: string): ScenarioKind {
  if (/^["']?batch["']?\s*:/m.test(text)) return "batch";
  return /^["']?conversation["']?\s*:/m.test(text) ? "conversation" : "scenario";
}
