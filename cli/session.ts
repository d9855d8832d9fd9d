/** An app for the time of one command. */

import { join } from "node:path";
import { issuesError, SimError } from "../framework/mod.ts";
import { parseSetting, readYaml, type Setting } from "../framework/scenario/mod.ts";
import { type App, type AppOptions, openApp, ROOT } from "../runner/mod.ts";
import { isBelowRoot } from "./initial_folder.ts";
import type { CommonOptions } from "./program.ts";

/** Opens the app, lets `use` work with it and its output folder, closes it. */
export async function withApp<T>(
  options: CommonOptions & Pick<AppOptions, "recoversLater" | "notebooks">,
  use: (app: App, output: string) => Promise<T>,
): Promise<T> {
  const { app, output } = await openHere(options);
  try {
    return await use(app, output);
  } finally {
    await app.close();
  }
}

/** Below the root of the repository the defaults are the repository's: its output folder, its configuration. */
async function openHere(
  { output, config, offline, recoversLater, notebooks }:
    & CommonOptions
    & Pick<AppOptions, "offline" | "recoversLater" | "notebooks">,
): Promise<{ app: App; output: string }> {
  const ofRepository = isBelowRoot(Deno.cwd()) ? join(ROOT, "llm-sim.yaml") : undefined;
  const named = config ?? (ofRepository !== undefined && exists(ofRepository) ? ofRepository : undefined);
  const standard = ofRepository === undefined || namesOutput(named ?? "llm-sim.yaml")
    ? undefined
    : join(ROOT, "output");
  const folder = output ?? standard;
  const app = await openApp({
    ...(named !== undefined && { config: named }),
    ...(folder !== undefined && { output: folder }),
    ...(offline === true && { offline }),
    ...(recoversLater === true && { recoversLater }),
    ...(notebooks !== undefined && { notebooks }),
  });
  const { output_root, folder: base } = app.config;
  return { app, output: folder ?? (output_root === undefined ? "output" : join(base, output_root)) };
}

/** Whether a configuration says where runs go. What is wrong with it is for openApp() to tell. */
function namesOutput(file: string): boolean {
  if (!exists(file)) return false;
  const { value } = readYaml(Deno.readTextFileSync(file), file);
  return typeof value === "object" && value !== null && "output_root" in value;
}

function exists(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * The run that `text` means: its id, `last`, or a part that only one run's id has.
 * @throws {SimError} `unknown_run`, `ambiguous_run`
 */
export async function findRun(app: App, text: string): Promise<string> {
  if (text === "last") {
    const newest = (await app.list({ limit: 1 })).runs[0];
    if (!newest) {
      throw new SimError("unknown_run", "there are no runs yet", { hint: "deno task run SCENARIO starts one" });
    }
    return newest.run_id;
  }
  const { runs, broken } = await app.list({ text });
  // Whoever names one exactly is told what is wrong with it.
  if (broken.includes(text)) return text;
  return theOne("run", text, runs.map((run) => run.run_id));
}

/**
 * The batch that `text` means: its id, `last`, or a part that only one batch's id has.
 * @throws {SimError} `unknown_batch`, `ambiguous_batch`
 */
export function findBatch(app: App, text: string): string {
  const ids = app.batches.ids();
  if (text !== "last") return theOne("batch", text, ids);
  if (ids.length > 0) return ids[0]!;
  throw new SimError("unknown_batch", "there are no batches yet", { hint: "deno task batch FILE starts one" });
}

/** The one of `all` ids that `text` is, or that it alone is a part of. @throws {SimError} */
function theOne(what: "run" | "batch", text: string, all: readonly string[]): string {
  const ids = all.filter((id) => id.includes(text));
  const found = ids.includes(text) ? text : ids.length === 1 ? ids[0] : undefined;
  if (found !== undefined) return found;
  const [plural, list] = what === "run" ? ["runs", "runs list"] : ["batches", "batches list"];
  if (ids.length > 1) {
    throw new SimError(`ambiguous_${what}`, `'${text}' is part of ${ids.length} ${plural}`, {
      hint: `say more of it: ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}`,
    });
  }
  throw new SimError(`unknown_${what}`, `there is no ${what} '${text}'`, {
    hint: `deno task ${list} shows what there is`,
  });
}

/** `path=value` texts as settings that name their option in messages. @throws {SimError} `bad_setting` */
export function settings(texts: readonly string[] = [], from: string): Setting[] {
  return texts.map((text) => {
    try {
      return { ...parseSetting(text), from };
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      throw issuesError(error.issues.map((issue) => ({ ...issue, file: from })));
    }
  });
}

/** `key=value` texts as labels. @throws {SimError} `bad_label` */
export function labels(texts: readonly string[] = []): { [key: string]: string } {
  return Object.fromEntries(texts.map((text) => {
    const [, key, value] = /^([\w.-]{1,100})(?:=(.{0,200}))?$/.exec(text) ?? [];
    if (key === undefined) {
      throw new SimError("bad_label", `'${text}' is not a label`, {
        hint: "write key or key=value, key from A-Z a-z 0-9 _ . -",
      });
    }
    return [key, value ?? ""];
  }));
}

/** The options of `run` and `validate` that stand for scenario paths. */
export interface ScenarioOptions {
  readonly seed?: number;
  readonly maxTurns?: number;
  readonly set?: readonly string[];
  readonly verbosity?: string;
  readonly from?: string;
  readonly lenient?: boolean;
}

/** These options as settings, in the order in which they count. */
export function scenarioSettings(options: ScenarioOptions): Setting[] {
  return [
    ...settings(options.set, "--set"),
    ...(options.seed === undefined ? [] : [{ path: "simulation.seed", value: options.seed, from: "--seed" }]),
    ...(options.maxTurns === undefined
      ? []
      : [{ path: "simulation.max_turns", value: options.maxTurns, from: "--max-turns" }]),
    ...(options.verbosity === undefined
      ? []
      : [{ path: "events.verbosity", value: options.verbosity, from: "--verbosity" }]),
  ];
}
