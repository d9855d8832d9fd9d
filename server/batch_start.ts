/** Batches from what a door was asked for: scenarios are named by domain and file, or come along; no other file is read. */

import { issuesError, type Json, type JsonObject, SimError } from "../framework/mod.ts";
import { readYaml } from "../framework/scenario/mod.ts";
import type { App, BatchQuote, BatchSpec, BatchView } from "../runner/mod.ts";
import type { Principal } from "./context.ts";
import { startNamed } from "./named_start.ts";
import { ProblemError } from "./problem.ts";

/** A scenario, as doors take it. */
interface AskedScenario {
  /** A domain, with the `config` of one of its scenarios. */
  readonly repo?: string | undefined;
  readonly config?: string | undefined;
  /** A whole scenario: its text, or as an object. */
  readonly scenario?: string | JsonObject | undefined;
}

type Settings = { readonly [path: string]: Json };

/** What is asked for: a batch of a scenario, or one in a file, of which may be changed what is named beside it. */
export interface AskedBatch extends AskedScenario {
  readonly set?: Settings | undefined;
  readonly arms?:
    | { readonly [name: string]: AskedScenario & { readonly set?: Settings | undefined } }
    | undefined;
  /** Everything else is as a batch is written. */
  readonly [key: string]: unknown;
}

/**
 * Starts the batch, or finds the one that the same caller has started under the same name.
 * @param planOnly writes its plan and plays nothing yet
 * @throws {SimError} all that is wrong with it; {ProblemError} 422 `no_scenario`, `too_many_runs`
 */
export async function startBatch(
  app: App,
  asked: AskedBatch,
  { planOnly, name, principal }: {
    readonly planOnly: boolean;
    readonly name: string | null | undefined;
    readonly principal: Pick<Principal, "id"> | null;
  },
): Promise<BatchView> {
  const spec = await specOf(app, asked);
  return await unlessTooMany(() => startNamed(app.batches, { spec, ...(planOnly && { planOnly }) }, name, principal));
}

/**
 * Plays a pilot of the batch, and says what all of it will take.
 * @throws as {@linkcode startBatch}
 */
export async function quoteBatch(app: App, asked: AskedBatch, pilot: number | undefined): Promise<BatchQuote> {
  const spec = await specOf(app, asked);
  return await unlessTooMany(() => app.batches.quote({ spec, ...(pilot !== undefined && { pilot }) }));
}

async function specOf(app: App, { arms, repo, config, scenario, ...rest }: AskedBatch): Promise<unknown> {
  const found = await sourceOf(app, { repo, config, scenario });
  const written = typeof found === "string" ? await app.batches.read(found) : null;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const named = await Promise.all(
    Object.entries(arms ?? {}).map(async ([name, { set, ...source }]) => {
      const found = await sourceOf(app, source);
      return [name, { ...(found !== undefined && { scenario: found }), ...(set && { set }) }] as const;
    }),
  );
  return {
    ...written ?? (found === undefined ? {} : { scenario: found }),
    ...given,
    ...(written?.set && { set: { ...written.set, ...rest.set } }),
    ...(arms && { arms: Object.fromEntries(named) }),
  };
}

/** The file of a scenario, or the scenario itself; undefined: none is named. */
async function sourceOf(
  app: App,
  { repo, config, scenario }: AskedScenario,
): Promise<NonNullable<BatchSpec["scenario"]> | undefined> {
  const isFile = repo !== undefined && config !== undefined;
  if (scenario === undefined && isFile) return await app.resolveConfig(repo, config);
  if (repo !== undefined || config !== undefined) {
    throw new ProblemError(422, "no_scenario", "a scenario is either repo and config, or scenario", {
      hint: "repo is a domain, config the path of one of its scenarios, scenario is one of your own",
    });
  }
  if (typeof scenario !== "string") return scenario;
  // A text would be taken for the path of a file, and is none here.
  const { value, issues } = readYaml(scenario, "scenario");
  if (value === undefined) throw issuesError(issues);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, Json>;
  throw new ProblemError(422, "no_scenario", "the text of the scenario is none: it has no sections", {
    hint: "name a file by repo and config",
  });
}

/** Of a start it says that the host is in no state for it; of a batch, that it is asked for too much. */
export async function unlessTooMany<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SimError && error.code === "too_many_runs")) throw error;
    throw new ProblemError(422, error.code, error.message, { ...(error.hint && { hint: error.hint }), cause: error });
  }
}
