/**
 * The rules that engine `econ_llm` keeps to: those of engine `market` or `economic`, with some indicators given from
 * outside. Where they are given as the rules would have them, both come to what that engine comes to.
 */

import type { Action, DecidedVariables, EngineContext, SimulationState } from "llm-sim";
import type { WorldKind } from "../prompts/world_text.ts";
import { clamp, GROWTH_BOUNDS, type NationVariables, WORLD_BOUNDS, type WorldVariables } from "../variables.ts";
import type { EconLLMEngineConfig } from "./econ_llm_config.ts";
import { EconomicEngine } from "./economic.ts";
import { NATION_INDICATORS, picked } from "./indicators.ts";
import type { GivenOutcome } from "./macro.ts";
import { MarketEngine } from "./market.ts";

/** A state of either kind of world; one of engine `economic` has only some of the variables. */
export type EconomyState = SimulationState<NationVariables, WorldVariables & { readonly interest_rate?: number }>;

type Nation = EconomyState["agents"]["records"][number];
type World = EconomyState["global_state"];

/** A world's rules. */
export interface RuledEconomy {
  readonly kind: WorldKind;
  /** The state of turn 0. */
  initialize(initial: EconomyState, context: EngineContext): EconomyState;
  /** The state with the policies that the actions set. */
  enact(state: EconomyState, actions: readonly Action[], context: EngineContext): EconomyState;
  /** The state after the turn as the rules alone would have it. */
  forecast(enacted: EconomyState, context: EngineContext): EconomyState;
  /** The state after the turn, with the indicators that `decided` has and everything else as it follows from them. */
  settle(enacted: EconomyState, decided: EconomyState, context: EngineContext): EconomyState;
}

/** The rules of this kind of world; `decides` names the indicators that are given. */
export function ruledEconomy(kind: WorldKind, config: EconLLMEngineConfig, decides: DecidedVariables): RuledEconomy {
  return kind === "market" ? new RuledMarket(config, decides) : new RuledGrowth(config, decides);
}

class RuledMarket implements RuledEconomy {
  readonly kind = "market";
  readonly #market: MarketEngine;
  readonly #given: readonly (typeof NATION_INDICATORS)[number][];
  readonly #others: readonly string[];

  constructor(config: EconLLMEngineConfig, { agent_vars }: DecidedVariables) {
    this.#market = new MarketEngine({ config });
    this.#given = NATION_INDICATORS.filter((name) => agent_vars.includes(name));
    this.#others = agent_vars.filter((name) => !NATION_INDICATORS.some((indicator) => indicator === name));
  }

  initialize(initial: EconomyState, context: EngineContext): EconomyState {
    const first = this.#market.initializeState(initial, context);
    const total = first.global_state.total_economic_value;
    // There is no quarter before the first: what the nations say of theirs is all there is.
    const growth = first.agents.records.reduce(
      (sum, { gdp_growth = 0, economic_strength }) => sum + gdp_growth * economic_strength / total,
      0,
    );
    return first.with({ global_state: { ...first.global_state, gdp_growth: clamp(growth, GROWTH_BOUNDS) } });
  }

  enact(state: EconomyState, actions: readonly Action[], context: EngineContext): EconomyState {
    return this.#market.applyActions(state, actions, context);
  }

  forecast(enacted: EconomyState, context: EngineContext): EconomyState {
    return this.#market.quarter(enacted, context);
  }

  settle(enacted: EconomyState, decided: EconomyState, context: EngineContext): EconomyState {
    const { agents: nations, global_state } = decided;
    const next = this.#market.quarter(enacted, context, ({ name }) => this.#outcome(nations.get(name)!));
    return decided.with({
      agents: next.agents.map((nation) => ({ ...nation, ...picked(nations.get(nation.name)!, this.#others) })),
      global_state: { ...global_state, ...picked(next.global_state, Object.keys(WORLD_BOUNDS)) },
    });
  }

  #outcome(decided: GivenOutcome): GivenOutcome {
    return picked(decided, this.#given);
  }
}

/** No sum of a world's outputs overflows. */
const LARGEST_OUTPUT = 1e300;
/** As a share per turn. */
const RATE_BOUNDS = { min: -1, max: 1 } as const;

class RuledGrowth implements RuledEconomy {
  readonly kind = "economic";
  readonly #economic: EconomicEngine;
  readonly #ownRate: number;
  /** Whose `gdp_growth` output grows by; null: nobody's, but by the interest rate. */
  readonly #source: "nation" | "world" | null;
  readonly #decidesWorldGrowth: boolean;

  constructor({ interest_rate }: EconLLMEngineConfig, { agent_vars, global_vars }: DecidedVariables) {
    this.#economic = new EconomicEngine({ config: { interest_rate, rate_source: "global" } });
    this.#ownRate = interest_rate;
    this.#decidesWorldGrowth = global_vars.includes("gdp_growth");
    this.#source = agent_vars.includes("gdp_growth") ? "nation" : this.#decidesWorldGrowth ? "world" : null;
  }

  initialize(initial: EconomyState, context: EngineContext): EconomyState {
    return this.#economic.initializeState(initial, context) as EconomyState;
  }

  enact(state: EconomyState): EconomyState {
    return state;
  }

  forecast(enacted: EconomyState, context: EngineContext): EconomyState {
    const rate = this.#rate(enacted);
    const grown = (record: Nation | World) => "gdp_growth" in record ? { gdp_growth: 100 * rate } : {};
    const decided = enacted.with({
      agents: enacted.agents.map((nation) => ({ ...nation, ...grown(nation) })),
      global_state: { ...enacted.global_state, ...grown(enacted.global_state) },
    });
    return this.settle(enacted, decided, context);
  }

  settle(_enacted: EconomyState, decided: EconomyState, context: EngineContext): EconomyState {
    const rate = this.#rate(decided);
    const world = decided.global_state;
    let [before, total] = [0, 0];
    const agents = decided.agents.map((nation) => {
      const own = this.#growth(nation, world, rate);
      const economic_strength = Math.min(nation.economic_strength * (1 + own), LARGEST_OUTPUT);
      before += nation.economic_strength;
      total += economic_strength;
      const tells = "gdp_growth" in nation && this.#source !== "nation";
      return { ...nation, economic_strength, ...(tells && { gdp_growth: 100 * own }) };
    });
    const tells = "gdp_growth" in world && !this.#decidesWorldGrowth;
    const gdp_growth = before > 0 ? clamp(100 * (total / before - 1), GROWTH_BOUNDS) : 0;
    context.detail("growth", { interest_rate: rate, total });
    return decided.with({
      agents,
      global_state: {
        ...world,
        total_economic_value: total,
        ...("interest_rate" in world && { interest_rate: rate }),
        ...(tells && { gdp_growth }),
      },
    });
  }

  #rate({ global_state }: EconomyState): number {
    return clamp(global_state.interest_rate ?? this.#ownRate, RATE_BOUNDS);
  }

  /** Growth of a nation in this turn, as a share. */
  #growth(nation: Nation, world: World, rate: number): number {
    if (this.#source === null) return rate;
    return clamp((this.#source === "nation" ? nation : world).gdp_growth ?? 0, GROWTH_BOUNDS) / 100;
  }
}
