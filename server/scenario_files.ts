/** Scenario files that may be started by name: those of the domains and of `scenarios/`. */

import { extname, isAbsolute, join, normalize, relative } from "node:path";
import { SimError } from "../framework/mod.ts";
import { type App, ROOT } from "../runner/mod.ts";

/** A scenario file by the names that `POST /api/simulations` takes. */
export interface ScenarioFile {
  readonly repo: string;
  readonly config: string;
}

const SCENARIOS = join(ROOT, "scenarios");

/** Scenario files of all domains, sorted. */
export function scenarioFiles(app: App): ScenarioFile[] {
  return app.domains().flatMap((repo) => {
    const folders = [join(SCENARIOS, repo), join(app.domainFolder(repo), "scenarios")];
    const names = new Set(folders.flatMap(yamlFiles));
    return [...names].sort().map((config) => ({ repo, config }));
  });
}

/**
 * The file that `config` names: in the domain's folder, in `scenarios/<repo>/`, or from the project's root; never
 * outside of the first two, whatever links there are.
 * @throws {SimError} `unknown_domain`, `file_not_found` with the places that were tried
 */
export async function findScenario(app: App, { repo, config }: ScenarioFile): Promise<string> {
  const folder = app.domainFolder(repo);
  const below = config.replace(/^scenarios\//, "").replace(new RegExp(`^${RegExp.escape(repo)}/`), "");
  const places = [
    { root: folder, path: join(folder, config) },
    { root: folder, path: join(folder, "scenarios", below) },
    { root: SCENARIOS, path: join(SCENARIOS, repo, below) },
    { root: SCENARIOS, path: join(ROOT, config) },
  ];
  const isPlain = !isAbsolute(config) && !config.includes("\0") && normalize(config).split(/[/\\]/)[0] !== "..";
  for (const { root, path } of isPlain && /^\.ya?ml$/.test(extname(config)) ? places : []) {
    const real = await realFile(path);
    if (real !== null && isWithin(real, await Deno.realPath(root).catch(() => root))) return real;
  }
  throw new SimError("file_not_found", `domain '${repo}' has no scenario '${config.slice(0, 200)}'`, {
    hint: `a .yaml file of its own; tried ${
      [...new Set(places.map(({ path }) => relative(ROOT, path).slice(0, 300)))].join(", ")
    }`,
  });
}

async function realFile(path: string): Promise<string | null> {
  try {
    const real = await Deno.realPath(path);
    return (await Deno.stat(real)).isFile ? real : null;
  } catch {
    // Whatever keeps it from being one: it is none.
    return null;
  }
}

function isWithin(path: string, root: string): boolean {
  const below = relative(root, path);
  return below !== "" && !isAbsolute(below) && below.split(/[/\\]/)[0] !== "..";
}

function yamlFiles(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile, name }) => isFile && /\.ya?ml$/.test(name)).map(({ name }) =>
      name
    );
  } catch {
    return [];
  }
}
