/** Notebooks as doors write them. */

import { SimError } from "../framework/mod.ts";
import type { App, Starter, TemplateSource, Written } from "../runner/mod.ts";
import type { Precondition } from "./preconditions.ts";

/** From what a door is asked to make a notebook. */
export interface AskedTemplate {
  /** A scenario by domain and file: `economic/growth.yaml`. */
  readonly scenario?: string | undefined;
  /** Id of a run. */
  readonly run?: string | undefined;
  /** Id of a batch. */
  readonly batch?: string | undefined;
  readonly starter?: Starter | undefined;
}

/**
 * Writes a notebook if what is on disk is what the request says.
 * @param base the text that the draft was made from: what was changed meanwhile is merged with it
 * @throws as `Notebooks.write`
 */
export async function writeNotebook(
  app: App,
  path: string,
  text: string,
  precondition: Precondition,
  base?: string,
): Promise<Written> {
  const ifMatch = await hashOf(app, path, precondition);
  return await app.notebooks.write(path, text, { ifMatch, ...(base !== undefined && { base }) });
}

/** Removes a notebook if it is what the request says. @throws as `Notebooks.remove` */
export async function removeNotebook(app: App, path: string, precondition: Precondition): Promise<void> {
  const ifMatch = await hashOf(app, path, precondition);
  if (ifMatch === null) {
    throw new SimError("bad_precondition", "what is to be removed has to be there", {
      hint: "send its ETag as If-Match, or If-Match: *",
    });
  }
  await app.notebooks.remove(path, { ifMatch });
}

async function hashOf(app: App, path: string, precondition: Precondition): Promise<string | null> {
  if (precondition === "none") return null;
  return precondition === "any" ? (await app.notebooks.read(path)).hash : precondition.is;
}

/**
 * The text of a new notebook.
 * @throws {SimError} `bad_template` unless it is made from one thing, and as `Notebooks.template`, `App.resolveConfig`
 */
export async function templateText(app: App, asked: AskedTemplate): Promise<string> {
  return await app.notebooks.template(await templateSource(app, asked));
}

async function templateSource(app: App, { scenario, run, batch, starter }: AskedTemplate): Promise<TemplateSource> {
  const given = [scenario, run, batch, starter].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw new SimError("bad_template", `a notebook is made from one thing, not from ${given.length}`, {
      hint: "give scenario, run, batch or starter",
    });
  }
  if (run !== undefined) return { run_id: run };
  if (batch !== undefined) return { batch_id: batch };
  if (starter !== undefined) return { starter };
  // No other file of this machine is read for who asks.
  const [, repo, config] = /^(?:scenarios\/)?([^/]+)\/(.+)$/.exec(scenario!) ?? [];
  if (repo === undefined || config === undefined) {
    throw new SimError("bad_config_path", `'${scenario!.slice(0, 200)}' names no scenario`, {
      hint: "give a domain and one of its scenarios: economic/growth.yaml",
    });
  }
  return { scenario: await app.resolveConfig(repo, config) };
}
