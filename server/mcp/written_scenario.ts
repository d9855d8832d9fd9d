/** Writing a scenario's file: only where scenarios of its repo are, and only if it can run. */

import { join, relative, resolve } from "node:path";
import { type Issue, issuesError, SimError } from "../../framework/mod.ts";
import { type App, ROOT } from "../../runner/mod.ts";

/** What to write. */
export interface ScenarioToWrite {
  readonly repo: string;
  /** Name of the file; `scenarios/` and `<repo>/` before it mean nothing. */
  readonly config: string;
  readonly text: string;
  /** Replaces a file that is there. */
  readonly overwrite: boolean;
}

/** What was written. */
export interface WrittenScenario {
  /** Name of the file, by which it can be started. */
  readonly name: string;
  /** Whether there was none of this name. */
  readonly created: boolean;
  /** Warnings and notes. */
  readonly issues: readonly Issue[];
}

/** Names of files: no folders, nothing hidden, nothing that another system reads otherwise. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ya?ml$/;

/**
 * Writes the file whole or not at all. Scenarios of a domain of this repository lie in `scenarios/<repo>/`, those of
 * others in `scenarios/` of their folder.
 * @throws {SimError} `unknown_domain`, `bad_config_path`, `scenario_exists`, `other_domain`, the errors of the scenario
 */
export async function writeScenario(
  app: App,
  { repo, config, text, overwrite }: ScenarioToWrite,
): Promise<WrittenScenario> {
  const folder = app.domainFolder(repo);
  const name = config.replace(/^scenarios\//, "").replace(new RegExp(`^${RegExp.escape(repo)}/`), "");
  if (!NAME.test(name)) {
    throw new SimError("bad_config_path", `'${config.slice(0, 200)}' cannot be the name of a scenario`, {
      hint: "letters, digits, '.', '_' and '-', ending in .yaml",
    });
  }
  const { config: read, issues } = await app.validate({ text });
  if (read === undefined) throw issuesError(issues);
  if (read.domain !== repo) {
    throw new SimError("other_domain", `the scenario is one of domain '${read.domain}', not of '${repo}'`, {
      hint: `write domain: ${repo} into it, or give repo: ${read.domain}`,
    });
  }
  const place = await scenarioFolder(folder, repo);
  const path = join(place, name);
  const created = await put(path, text, overwrite);
  return { name, created, issues };
}

/** The folder of a domain's scenarios, which is made if there is none. @throws {SimError} `bad_config_path` for links */
async function scenarioFolder(domain: string, repo: string): Promise<string> {
  const isOwn = relative(join(ROOT, "domains"), domain) === repo;
  const root = isOwn ? ROOT : domain;
  const place = isOwn ? join(ROOT, "scenarios", repo) : join(domain, "scenarios");
  await Deno.mkdir(place, { recursive: true });
  const real = await Deno.realPath(place);
  if (real !== resolve(await Deno.realPath(root), relative(root, place))) {
    throw new SimError("bad_config_path", `the folder of scenarios of '${repo}' is a link to elsewhere`);
  }
  return real;
}

/** Whether there was no such file. @throws {SimError} `scenario_exists` */
async function put(path: string, text: string, overwrite: boolean): Promise<boolean> {
  const exists = await Deno.lstat(path).then((stat) => stat, () => null);
  if (exists !== null && (!overwrite || !exists.isFile)) {
    throw new SimError("scenario_exists", exists.isFile ? "there is a scenario of this name" : "this name is taken");
  }
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeTextFile(draft, text, { createNew: true });
    // A link, unlike a rename, does not replace what another has made meanwhile.
    if (exists === null) await Deno.link(draft, path);
    else await Deno.rename(draft, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new SimError("scenario_exists", "there is a scenario of this name", { cause: error });
  } finally {
    await Deno.remove(draft).catch(() => {/* it has been renamed */});
  }
  return exists === null;
}
