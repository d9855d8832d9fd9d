/** Agent `nation`: follows a strategy on either engine. */

import { type AgentContext, BaseAgent, type Decision, type SimulationState } from "llm-sim";
import { isMarketNation, type NationVariables, SET_POLICY, type WorldVariables } from "../variables.ts";
import { type NationConfig, nationConfig } from "./nation_config.ts";
import { nationPolicy } from "./nation_policy.ts";

/**
 * A rule-based nation.
 *
 * On engine `economic` its action is its strategy's name with `{strength}`, which has no effect there. On engine
 * `market` it acts with `set_policy`: investment, policy rate, deficit and tariffs, from its strategy and from the
 * inflation, output gap, debt and partners' tariffs it observes. It remembers nothing: last quarter's policies are
 * in its variables.
 */
export class NationAgent extends BaseAgent<NationConfig, NationVariables, WorldVariables> {
  static override readonly config = nationConfig;
  static override readonly description =
    "A nation that follows a strategy (grow, maintain, decline): by name on engine economic, by investment, policy " +
    "rate, deficit and tariffs on engine market.";

  override decideAction(
    observation: SimulationState<NationVariables, WorldVariables>,
    context: AgentContext,
  ): Decision {
    const own = this.self(observation);
    const strength = own.economic_strength;
    if (!isMarketNation(own)) return this.act(this.config.strategy, { strength });
    return this.act(SET_POLICY, { strength, ...nationPolicy(own, observation.agents, this.config, context.turn) });
  }
}
