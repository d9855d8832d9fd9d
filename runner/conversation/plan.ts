/** Which conversations a scenario stands for: cases × seeds × samples, a run each. */

import { type Issue, issuesError, SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { ConversationSpec } from "./controller.ts";

/** What is to be played. */
export interface ConversePlanSpec extends Omit<ConversationSpec, "case" | "sample" | "idempotencyKey"> {
  /** Names of cases; absent: all of them, or the section as it stands where it has none. */
  readonly cases?: readonly string[];
  /** Seeds; absent: the scenario's own. */
  readonly seeds?: readonly number[];
  /** How often each seed of a case is played; only what models answer differs. Default 1. */
  readonly samples?: number;
}

/** What is played, in order. */
export interface ConversePlan {
  /** Name of the scenario. */
  readonly name: string;
  readonly runs: readonly ConversationSpec[];
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
  const name = await checked(app, source, cases);
  return {
    name,
    runs: cases.flatMap((name) =>
      (seeds ?? [undefined]).flatMap((seed) =>
        Array.from({ length: samples }, (_, sample): ConversationSpec => ({
          ...source,
          ...(name !== undefined && { case: name }),
          set: [
            ...source.set ?? [],
            ...(seed === undefined ? [] : [{ path: "simulation.seed", value: seed, from: "--seeds" }]),
          ],
          ...(samples > 1 && { sample }),
        }))
      )
    ),
  };
}

/** Checks all cases and returns the scenario's name. @throws {SimError} all that is wrong */
async function checked(
  app: App,
  { goal: _goal, maxTurns: _turns, ...source }: ConversePlanSpec,
  cases: readonly (string | undefined)[],
): Promise<string> {
  const issues: Issue[] = [];
  let name = "";
  for (const each of cases) {
    const set = [
      ...each === undefined ? [] : [{ path: "conversation.case", value: each, from: "--case" }],
      ...source.set ?? [],
    ];
    const prepared = await app.validate({ ...source, set });
    const errors = prepared.issues.filter(({ severity }) => severity === "error");
    // What is wrong with the scenario is wrong with all of its cases.
    issues.push(...errors.filter((error) => !issues.some((other) => other.message === error.message)));
    if (prepared.config === undefined) continue;
    if (!prepared.config.conversation) {
      throw new SimError("no_conversation", `${source.file ?? "the scenario"} has no section 'conversation'`, {
        hint: "run it with `run`, or add the section",
      });
    }
    name ||= prepared.config.simulation.name;
  }
  if (issues.length > 0) throw issuesError(issues);
  return name;
}
