/** Which indicators a model decides in a kind of world, and which follow by rule whatever it says. */

import {
  type DecidedVariables,
  SimError,
  type SimulationState,
  type StateUpdate,
  type StateVariables,
  type Variables,
} from "llm-sim";
import type { WorldKind } from "../prompts/world_text.ts";
import { NATION_BOUNDS, WORLD_BOUNDS } from "../variables.ts";

/** What a model may decide about a nation of engine `market`. */
export const NATION_INDICATORS = ["gdp_growth", "inflation", "unemployment"] as const;

/** Decided unless the config says otherwise. */
const USUAL: { readonly [kind in WorldKind]: DecidedVariables } = {
  market: { global_vars: [], agent_vars: NATION_INDICATORS },
  economic: { global_vars: ["interest_rate", ...NATION_INDICATORS], agent_vars: NATION_INDICATORS },
};

/** Never decided: an account of other variables, or a nation's own to decide. */
const ACCOUNTS: { readonly [kind in WorldKind]: DecidedVariables } = {
  market: {
    global_vars: Object.keys(WORLD_BOUNDS),
    agent_vars: [
      "tariffs",
      ...Object.keys(NATION_BOUNDS).filter((name) => !NATION_INDICATORS.some((indicator) => indicator === name)),
    ],
  },
  economic: { global_vars: ["total_economic_value"], agent_vars: ["economic_strength"] },
};

/**
 * The variables that the model decides in a world of this kind.
 *
 * @param wanted what the config says
 * @throws {SimError} `follows_by_rule` when it names a variable that is an account of others
 */
export function indicators(
  kind: WorldKind,
  declared: StateVariables,
  wanted: DecidedVariables | undefined,
): { global_vars: string[]; agent_vars: string[] } {
  const accounts = accountsOf(kind, wanted?.agent_vars ?? Object.keys(declared.agent_vars));
  const decided = (scope: keyof DecidedVariables) => {
    const isAccount = (name: string) => accounts[scope].includes(name);
    const usual = USUAL[kind][scope].filter((name) => Object.hasOwn(declared[scope], name) && !isAccount(name));
    const refused = wanted?.[scope].find(isAccount);
    if (refused === undefined) return [...wanted?.[scope] ?? usual];
    throw new SimError("follows_by_rule", `decides.${scope}: '${refused}' is not for the model to decide`, {
      hint: `it follows from other variables, or a nation decides it; a model may decide ${
        usual.join(", ") || "what else the scenario declares"
      }`,
    });
  };
  return { global_vars: decided("global_vars"), agent_vars: decided("agent_vars") };
}

/** Where nations have a growth of their own, the world's follows from it. */
function accountsOf(kind: WorldKind, ofNations: readonly string[]): DecidedVariables {
  const { agent_vars, global_vars } = ACCOUNTS[kind];
  const growsByNation = kind === "economic" && ofNations.includes("gdp_growth");
  return { agent_vars, global_vars: growsByNation ? [...global_vars, "gdp_growth"] : global_vars };
}

/** The decided variables as they are in `state`. */
export function valuesOf(state: SimulationState, { global_vars, agent_vars }: DecidedVariables): StateUpdate {
  return {
    global: picked(state.global_state, global_vars),
    agents: Object.fromEntries(state.agents.records.map((nation) => [nation.name, picked(nation, agent_vars)])),
  };
}

/** These variables of a record, as far as it has them. */
export function picked<V extends Variables>(record: V, names: readonly string[]): V {
  return Object.fromEntries(names.filter((name) => name in record).map((name) => [name, record[name]])) as V;
}
