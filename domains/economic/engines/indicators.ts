/** Which indicators a model decides in a kind of world, and which follow by rule whatever it says. */

import { type DecidedVariables, SimError, type StateUpdate, type StateVariables, type Variables } from "llm-sim";
import type { SimulationState } from "llm-sim";
import { NATION_BOUNDS, WORLD_BOUNDS } from "../variables.ts";

/** Names of variables: of the world, of the nations. */
interface Names {
  readonly global_vars: readonly string[];
  readonly agent_vars: readonly string[];
}

/** What a model may decide about a nation of engine `market`. */
export const NATION_INDICATORS = ["gdp_growth", "inflation", "unemployment"] as const;

/** Decided unless the config says otherwise. */
const USUAL: { readonly [kind in "economic" | "market"]: Names } = {
  market: { global_vars: [], agent_vars: NATION_INDICATORS },
  economic: { global_vars: ["interest_rate", ...NATION_INDICATORS], agent_vars: NATION_INDICATORS },
};

/** Never decided: an account of other variables, or a nation's own to decide. */
const ACCOUNTS: { readonly [kind in "economic" | "market"]: Names } = {
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
  kind: "economic" | "market",
  declared: StateVariables,
  wanted: Names | undefined,
): { global_vars: string[]; agent_vars: string[] } {
  const growsByNation = kind === "economic" && (wanted ?? declaredOf(declared)).agent_vars.includes("gdp_growth");
  const accounts = growsByNation
    ? { ...ACCOUNTS.economic, global_vars: [...ACCOUNTS.economic.global_vars, "gdp_growth"] }
    : ACCOUNTS[kind];
  const decided = (scope: keyof Names) => {
    const usual = USUAL[kind][scope].filter((name) => Object.hasOwn(declared[scope], name));
    const refused = wanted?.[scope].find((name) => accounts[scope].includes(name));
    if (refused === undefined) return [...wanted?.[scope] ?? usual.filter((name) => !accounts[scope].includes(name))];
    throw new SimError("follows_by_rule", `decides.${scope}: '${refused}' is not for the model to decide`, {
      hint: `it follows from other variables, or a nation decides it; a model may decide ${
        usual.join(", ") || "what else the scenario declares"
      }`,
    });
  };
  return { global_vars: decided("global_vars"), agent_vars: decided("agent_vars") };
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

function declaredOf({ agent_vars, global_vars }: StateVariables): Names {
  return { agent_vars: Object.keys(agent_vars), global_vars: Object.keys(global_vars) };
}
