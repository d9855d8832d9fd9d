/** The text of a scenario file, for a page that shows it. */

import { SimError } from "../framework/mod.ts";
import type { App } from "../runner/mod.ts";

/** Bytes that are shown. */
const MOST = 1 << 20;

/**
 * The text of the file that `App.resolveConfig` finds.
 * @throws {SimError} `unknown_domain`, `bad_config_path`, `missing_file`
 */
export async function scenarioFileText(app: App, repo: string, config: string): Promise<string> {
  const path = await app.resolveConfig(repo, config);
  const { size } = await Deno.stat(path);
  if (size > MOST) throw new SimError("scenario_too_large", `${repo}/${config} is larger than ${MOST} bytes`);
  return await Deno.readTextFile(path);
}
