/** Scenario files as doors write them. */

import { SimError } from "../framework/mod.ts";
import type { App, Written } from "../runner/mod.ts";
import type { Precondition } from "./preconditions.ts";
import { forgetScenarioNames } from "./scenario_files.ts";

/**
 * Writes a scenario file if what is on disk is what the request says.
 * @param base the text that the draft was made from: what was changed meanwhile is merged with it
 * @throws as `ScenarioFiles.write`
 */
export async function writeScenarioFile(
  app: App,
  [repo, config]: readonly [repo: string, config: string],
  text: string,
  precondition: Precondition,
  base?: string,
): Promise<Written> {
  const ifMatch = await hashOf(app, repo, config, precondition);
  const written = await app.scenarioFiles.write(repo, config, text, { ifMatch, ...(base !== undefined && { base }) });
  if (ifMatch === null) forgetScenarioNames(app);
  return written;
}

/** Removes a scenario file if it is what the request says. @throws as `ScenarioFiles.remove`, and `bad_precondition` */
export async function removeScenarioFile(
  app: App,
  [repo, config]: readonly [repo: string, config: string],
  precondition: Precondition,
): Promise<void> {
  const ifMatch = await hashOf(app, repo, config, precondition);
  if (ifMatch === null) {
    throw new SimError("bad_precondition", "what is to be removed has to be there", {
      hint: "send its ETag as If-Match, or If-Match: *",
    });
  }
  await app.scenarioFiles.remove(repo, config, { ifMatch });
  forgetScenarioNames(app);
}

async function hashOf(app: App, repo: string, config: string, precondition: Precondition): Promise<string | null> {
  if (precondition === "none") return null;
  return precondition === "any" ? (await app.scenarioFiles.read(repo, config)).hash : precondition.is;
}
