/** Writing a scenario's file as models do: only if it can run. */

import { type Issue, issuesError, SimError } from "../../framework/mod.ts";
import { type App, FileConflict } from "../../runner/mod.ts";

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

/**
 * Writes the file whole or not at all, as `ScenarioFiles.write` does.
 * @throws {SimError} `unknown_domain`, `bad_config_path`, `scenario_exists`, `other_domain`, the errors of the scenario
 */
export async function writeScenario(
  app: App,
  { repo, config, text, overwrite }: ScenarioToWrite,
): Promise<WrittenScenario> {
  const name = config.replace(/^scenarios\//, "").replace(new RegExp(`^${RegExp.escape(repo)}/`), "");
  const below = `scenarios/${name}`;
  const { config: read, issues } = await app.lookAtDraft({ repo, config: below, text });
  if (read === undefined) throw issuesError(issues);
  if (read.domain !== repo) {
    throw new SimError("other_domain", `the scenario is one of domain '${read.domain}', not of '${repo}'`, {
      hint: `write domain: ${repo} into it, or give repo: ${read.domain}`,
    });
  }
  const present = await hashOf(app, repo, below);
  if (present !== null && !overwrite) throw taken();
  try {
    await app.scenarioFiles.write(repo, below, text, { ifMatch: present });
  } catch (error) {
    // Another has made it meanwhile.
    throw error instanceof FileConflict ? taken(error) : error;
  }
  return { name, created: present === null, issues };
}

function taken(cause?: unknown): SimError {
  return new SimError("scenario_exists", "there is a scenario of this name", { ...(cause !== undefined && { cause }) });
}

/** Null: there is none of this name. */
async function hashOf(app: App, repo: string, config: string): Promise<string | null> {
  try {
    return (await app.scenarioFiles.read(repo, config)).hash;
  } catch (error) {
    if (error instanceof SimError && error.code === "unknown_scenario") return null;
    throw error;
  }
}
