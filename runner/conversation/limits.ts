/** Turns that conversations may have on this host, as its environment says. */

import { SimError } from "../../framework/mod.ts";
import type { RunConfig } from "../store/mod.ts";

/** Most turns of a conversation whose scenario says nothing of them: `SIM_DEFAULT_TURNS`, 5 unless set. */
export function defaultTurns(env: (name: string) => string | undefined): number {
  return Math.min(turnsOf("SIM_DEFAULT_TURNS", 5, env), mostTurns(env));
}

/** Turns that a conversation may have: `SIM_MAX_TURNS`, 10 unless set. */
export function mostTurns(env: (name: string) => string | undefined): number {
  return turnsOf("SIM_MAX_TURNS", 10, env);
}

/**
 * That a conversation has no more turns than this host allows. One that has been had costs nothing to judge anew.
 * @throws {SimError} `too_many_turns`
 */
export function assertPlayable(
  { conversation, simulation: { max_turns } }: Pick<RunConfig, "conversation" | "simulation">,
  env: (name: string) => string | undefined,
): void {
  const most = mostTurns(env);
  if (!conversation || conversation.user === "recorded" || max_turns <= most) return;
  throw new SimError("too_many_turns", `the conversation may have ${max_turns} turns; this host allows ${most}`, {
    hint: "lower conversation.max_turns, or set SIM_MAX_TURNS",
  });
}

function turnsOf(name: string, otherwise: number, env: (name: string) => string | undefined): number {
  const written = env(name)?.trim();
  if (written === undefined || written === "") return otherwise;
  const turns = Number(written);
  if (Number.isInteger(turns) && turns >= 1 && turns <= 1000) return turns;
  throw new SimError("bad_environment", `${name} is '${written}', not a number of turns`, {
    hint: "set it to a whole number from 1 to 1000, or unset it",
  });
}
