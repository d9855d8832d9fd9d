/** Which conversations a scenario stands for: cases × seeds × samples, a run each. */

import { type Issue, issuesError, SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { PreparedStart, Variation } from "../starts.ts";
import { type ConversationSpec, conversationStart } from "./start.ts";

/** What is to be played. */
export interface ConversePlanSpec extends Omit<ConversationSpec, "case" | "sample" | "idempotencyKey"> {
  /** Names of cases; absent: all of them, or the section as it stands where it has none. */
  readonly cases?: readonly string[];
  /** Seeds; absent: the scenario's own. */
  readonly seeds?: readonly number[];
  /** How often each seed of a case is played; only what models answer differs. Default 1. */
  readonly samples?: number;
}

/** One conversation of a plan: its case has been checked. */
export interface PlannedConversation {
  readonly prepared: PreparedStart;
  readonly variation: Variation;
}

/** What is played, in order. */
export interface ConversePlan {
  /** Name of the scenario. */
  readonly name: string;
  readonly runs: readonly PlannedConversation[];
}

/** Conversations that one plan may hold. */
const MOST_RUNS = 10_000;

/**
 * The plan, every case of it checked before anything is started.
 * @throws {SimError} what is wrong with the scenario or a case, `no_conversation`, `too_many_runs`
 */
export async function conversePlan(app: App, spec: ConversePlanSpec): Promise<ConversePlan> {
  const { cases: chosen, seeds, samples = 1, ...source } = spec;
  const { cases: present } = await app.validate(source);
  const cases = chosen ?? (present.length === 0 ? [undefined] : present);
  const { length } = cases;
  const count = length * (seeds?.length ?? 1) * samples;
  if (count > MOST_RUNS) {
    throw new SimError("too_many_runs", `that is ${count} conversations: ${length} cases × seeds × samples`, {
      hint: `at most ${MOST_RUNS} are played at once; take fewer seeds or samples`,
    });
  }
  const prepared = await allPrepared(app, source, cases);
  const { labels, manual } = source;
  return {
    name: prepared[0]!.config.simulation.name,
    runs: prepared.flatMap((prepared) =>
      (seeds ?? [undefined]).flatMap((seed) =>
        Array.from({ length: samples }, (_, sample): PlannedConversation => ({
          prepared,
          variation: {
            ...(seed !== undefined && { seed }),
            sample,
            ...(labels && { labels }),
            ...(manual && { hold: true }),
          },
        }))
      )
    ),
  };
}

/** Every case, checked. @throws {SimError} all that is wrong with any */
async function allPrepared(
  app: App,
  source: ConversePlanSpec,
  cases: readonly (string | undefined)[],
): Promise<PreparedStart[]> {
  const issues: Issue[] = [];
  const prepared: PreparedStart[] = [];
  for (const each of cases) {
    try {
      prepared.push(await app.prepare(conversationStart({ ...source, ...(each !== undefined && { case: each }) })));
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      // What is wrong with the scenario is wrong with all of its cases.
      issues.push(...error.issues.filter((issue) => !issues.some((other) => other.message === issue.message)));
    }
  }
  if (issues.length > 0) throw issuesError(issues);
  return prepared;
}
