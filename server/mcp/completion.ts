/** What an argument may be, from what has been typed of it. */

import type { App } from "../../runner/mod.ts";

/** Suggestions in one answer, as the protocol allows. */
const MOST = 100;

/** Ids of simulations, newest first, that begin with or have `typed` in them. */
export async function completeRun(app: App, typed = ""): Promise<string[]> {
  const { runs } = await app.list({ ...(typed !== "" && { text: typed }), limit: MOST });
  return runs.map(({ run_id }) => run_id).filter((id) => id.includes(typed));
}

/** Names of repos that begin with `typed`. */
export function completeRepo(app: App, typed = ""): string[] {
  return app.domains().filter((name) => name.startsWith(typed)).slice(0, MOST);
}

/** Configs of a repo that begin with `typed`; without a repo those of all. */
export async function completeConfig(app: App, repo: string | undefined, typed = ""): Promise<string[]> {
  if (repo !== undefined && !app.domains().includes(repo)) return [];
  const configs = (await app.scenarios(repo)).map(({ config }) => config);
  return [...new Set(configs)].filter((config) => config.startsWith(typed)).slice(0, MOST);
}

/** Scenarios as `repo/config`, the last of a list with commas. */
export async function completeScenarios(app: App, typed = ""): Promise<string[]> {
  const at = typed.lastIndexOf(",") + 1;
  const [before, last] = [typed.slice(0, at), typed.slice(at).trimStart()];
  const all = (await app.scenarios()).map(({ repo, config }) => `${repo}/${config}`);
  return all.filter((name) => name.startsWith(last)).slice(0, MOST).map((name) =>
    before === "" ? name : `${before} ${name}`
  );
}

/** Paths of notebooks that have `typed` in them. */
export async function completeNotebook(app: App, typed = ""): Promise<string[]> {
  return (await app.notebooks.list()).map(({ path }) => path).filter((path) => path.includes(typed)).slice(0, MOST);
}
