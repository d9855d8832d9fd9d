/** Engine `economic`: compound growth at one interest rate. */

import { type Action, BaseEngine, type EngineContext, type SimulationState } from "llm-sim";
import { z } from "zod";
import type { EconomicVariables } from "../variables.ts";

/** Config of engine `economic`. */
export const economicConfig = z.strictObject({
  interest_rate: z.number().min(-1).max(1).default(0.05)
    .describe("growth of every nation's strength per turn, as a share (0.05 is 5 %)"),
  rate_source: z.enum(["config", "global"]).default("config").describe(
    "where each turn's rate comes from: this config, or the variable global.interest_rate (which starts at interest_rate and can then be changed)",
  ),
});

interface EconomicWorld {
  readonly total_economic_value?: number;
  readonly interest_rate?: number;
}

type EconomicState = SimulationState<EconomicVariables, EconomicWorld>;

/**
 * Each turn every nation's `economic_strength` is multiplied by 1 + interest rate, and `total_economic_value` becomes
 * the sum. Actions have no effect; all other variables stay as they are. After t turns a strength is
 * `initial × (1 + interest_rate)^t`.
 */
export class EconomicEngine extends BaseEngine<z.output<typeof economicConfig>, EconomicVariables, EconomicWorld> {
  static override readonly config = economicConfig;
  static override readonly description =
    "Compound growth: each turn every nation's economic_strength grows by interest_rate. Actions have no effect.";

  override initializeState(initial: EconomicState, _context: EngineContext): EconomicState {
    return this.#summed(initial, this.config.interest_rate);
  }

  override applyActions(state: EconomicState, _actions: readonly Action[], _context: EngineContext): EconomicState {
    return state;
  }

  override applyEngineRules(state: EconomicState, context: EngineContext): EconomicState {
    const rate = this.#rate(state);
    const agents = state.agents.map((nation) => ({
      ...nation,
      economic_strength: nation.economic_strength * (1 + rate),
    }));
    const next = this.#summed(state.with({ agents }), rate);
    context.detail("compound_growth", { interest_rate: rate, total: next.global_state.total_economic_value ?? 0 });
    return next;
  }

  #rate(state: EconomicState): number {
    const variable = state.global_state.interest_rate;
    return this.config.rate_source === "global" && variable !== undefined ? variable : this.config.interest_rate;
  }

  #summed(state: EconomicState, rate: number): EconomicState {
    let total = 0;
    for (const nation of state.agents) total += nation.economic_strength;
    const world = { ...state.global_state, total_economic_value: total };
    return state.with({ global_state: "interest_rate" in world ? { ...world, interest_rate: rate } : world });
  }
}
