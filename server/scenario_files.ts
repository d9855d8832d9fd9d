/** Names of scenario files for a form to choose from: only looked for, so that no page has to wait until all are checked. */

import { join } from "node:path";
import { SimError } from "../framework/mod.ts";
import { type App, ROOT } from "../runner/mod.ts";

/** A scenario file by the names that `App.resolveConfig` and `POST /api/simulations` take. */
export interface ScenarioName {
  readonly repo: string;
  readonly config: string;
  /** Where it lies, absolute. */
  readonly path: string;
}

/** Milliseconds for which what was found counts: looking takes as long as making the whole page. */
const FRESH = 1000;

const found = new WeakMap<App, { readonly at: number; readonly names: readonly ScenarioName[] }>();

/**
 * Scenario files in `scenarios/<repo>/`, and in `scenarios/` of the folder of each domain, sorted; as they were a second
 * ago at most.
 */
export function scenarioNames(app: App): readonly ScenarioName[] {
  const now = performance.now();
  const before = found.get(app);
  if (before !== undefined && now - before.at < FRESH) return before.names;
  const names = lookedFor(app);
  found.set(app, { at: now, names });
  return names;
}

/** They are looked for anew: one was written, or removed. */
export function forgetScenarioNames(app: App): void {
  found.delete(app);
}

function lookedFor(app: App): ScenarioName[] {
  return app.domains().flatMap((repo) => {
    const [shared, own] = [join(ROOT, "scenarios", repo), join(folderOf(app, repo), "scenarios")];
    return [
      ...yamlFiles(shared).map((config) => ({ repo, config, path: join(shared, config) })),
      ...yamlFiles(own).map((name) => ({ repo, config: `scenarios/${name}`, path: join(own, name) })),
    ];
  });
}

function folderOf(app: App, repo: string): string {
  try {
    return app.domainFolder(repo);
  } catch (error) {
    // A broken one has nothing that could be started.
    if (error instanceof SimError) return "";
    throw error;
  }
}

function yamlFiles(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile, name }) => isFile && /\.ya?ml$/.test(name))
      .map(({ name }) => name).sort();
  } catch {
    // Not there, or not for this user: there is nothing to choose from.
    return [];
  }
}
