/** Agent `econ_llm`: a nation whose policies a language model sets. */

import {
  type ActionCatalogue,
  type AgentContext,
  type Decision,
  LLMAgent,
  observationText,
  type PromptValues,
  type SimulationState,
} from "llm-sim";
import { GOVERNING, legendText, published, worldKind } from "../prompts/world_text.ts";
import nationPrompt from "../prompts/nation.md" with { type: "text" };
import { isMarketNation, type NationVariables, SET_POLICY, type WorldVariables } from "../variables.ts";
import { type EconLLMConfig, econLLMConfig, personaOf } from "./econ_llm_config.ts";
import { nationPolicy, type Policy } from "./nation_policy.ts";
import { policyActions, strategyActions, withinReach } from "./policy_actions.ts";

type Seen = SimulationState<NationVariables, WorldVariables>;

/**
 * A nation that a language model governs, as government and central bank in one. It acts as `nation` does: with
 * `set_policy` on engine `market`, with a strategy's name on engine `economic`, and with either on `econ_llm`; so nations
 * of both kinds live in one world, and the same validators judge them.
 *
 * Its rule is that of `nation` with the same config. It decides where no good answer can be had and the scenario says
 * `on_failure: fallback`, and where the offline provider answers.
 */
export class EconLLMAgent extends LLMAgent<EconLLMConfig, NationVariables, WorldVariables> {
  static override readonly config = econLLMConfig;
  static override readonly description =
    "A nation that a language model governs: it sets policy rate, deficit, investment and tariffs (engines market, " +
    "econ_llm), or a strategy (engine economic). Its rule is that of agent nation.";
  static override readonly template = nationPrompt;
  static override readonly placeholders = {
    rules: "how the economy works, in the units of this world",
    legend: "what the variables mean that it sees",
  };

  protected override actionsFor(observation: Seen): ActionCatalogue {
    const own = this.self(observation);
    if (!isMarketNation(own)) return strategyActions();
    const partners = observation.agents.names().filter((name) => name !== this.name);
    return policyActions(own, partners, this.config);
  }

  protected override rule(observation: Seen, context: AgentContext): Decision {
    const own = this.self(observation);
    const { strategy } = this.config;
    if (!isMarketNation(own)) return this.act(strategy, {}, { reasoning: `its strategy is to ${strategy}` });
    const ruled = nationPolicy(own, observation.agents, this.config, context.turn);
    const policy = withinReach(ruled, own, this.config);
    return this.act(SET_POLICY, { ...policy }, { reasoning: this.#reasons(own, policy) });
  }

  protected override values(observation: Seen, context: AgentContext): PromptValues {
    const seen = published(observation);
    return {
      ...observationText(seen, this.name, context.inbox),
      persona: personaOf(this.config),
      rules: GOVERNING[worldKind(observation.agents)],
      legend: legendText(seen),
    };
  }

  #reasons({ inflation, output_gap, debt }: NationVariables, policy: Policy): string {
    const { strategy, monetary_policy } = this.config;
    const taxed = Object.keys(policy.tariffs);
    const rate = monetary_policy === "taylor" ? "by Taylor's rule" : "fixed";
    return `${strategy}: inflation ${shown(inflation)} %, output gap ${shown(output_gap)} %, debt ${shown(debt)}; ` +
      `policy rate ${shown(policy.policy_rate)} % ${rate}, deficit ${shown(100 * policy.fiscal_stance)} % and ` +
      `investment ${shown(100 * policy.investment_share)} % of output, ` +
      (taxed.length === 0 ? "no tariffs" : `tariffs on ${taxed.join(", ")}`);
  }
}

/** Three significant digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
