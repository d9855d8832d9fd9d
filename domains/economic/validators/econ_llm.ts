/** Validator `econ_llm`: a language model judges economic policy, after hard rules. */

import {
  type Action,
  type EngineContext,
  LLMValidator,
  observationText,
  type PromptValues,
  type SimulationState,
  type Verdict,
} from "llm-sim";
import { z } from "zod";
import { legendText, published, type WorldKind, worldKind } from "../prompts/world_text.ts";
import { isMarketNation, type NationVariables, SET_POLICY, type WorldVariables } from "../variables.ts";
import { economicRulesConfig, EconomicRulesValidator } from "./economic_rules.ts";
import { impossible, malformed } from "./policy_form.ts";

/** Config of validator `econ_llm`: the model's part, and the limits of `economic_rules` that its rule goes by. */
export const econLLMValidatorConfig = economicRulesConfig.extend({
  ...LLMValidator.settings.shape,
  domain: z.string().max(8000).nullable().default(null)
    .describe("what else the model is told of the world, such as its laws or its history"),
});

/** Checked config of validator `econ_llm`. */
export type EconLLMValidatorConfig = z.output<typeof econLLMValidatorConfig>;

type State = SimulationState<NationVariables, WorldVariables>;

const COMMON =
  `Each agent is the government and central bank of one nation, and may do what governments and central banks
have done, also what is unwise or has failed elsewhere: whether a policy is good is not the question. It cannot decide
for other nations, and it cannot decree outcomes: growth, inflation, employment or trade follow from policies and are
nobody's to set.`;

const WORLDS: { readonly [kind in WorldKind]: string } = {
  market: `Nations of a world economy set economic policy once a quarter.

${COMMON}

The usual action is \`set_policy\` with any of policy_rate (% per year), fiscal_stance (primary deficit, share of output;
negative is a surplus), investment_share (share of output) and tariffs (by partner, share of the price at the border);
what is not given stays as it is. Refuse what no government could carry out within a quarter, such as a swing of the
budget by a tenth of output without a crisis, or a deficit that nobody would lend for; large steps are possible in a
crisis.`,
  economic: `Nations of a world economy announce a strategy once a turn.

${COMMON}

The usual actions are \`grow\`, \`maintain\` and \`decline\`, with what the government does for it in words (\`measures\`).
Refuse what is no economic policy, and measures that no government could carry out within a year.`,
};

/**
 * A validator in which a language model judges whether a nation could carry out its policy. What no engine could make
 * anything of (a nation that does not exist, malformed or impossible numbers, tariffs on nobody) is rejected before the
 * model is asked. Its rule is validator `economic_rules`.
 */
export class EconLLMValidator extends LLMValidator<EconLLMValidatorConfig, NationVariables, WorldVariables> {
  static override readonly config = econLLMValidatorConfig;
  static override readonly description =
    "A language model judges whether a nation could carry out its policy; malformed and impossible ones are rejected " +
    "before it is asked. Its rule is that of economic_rules.";
  static override readonly placeholders = { legend: "what the variables mean (part of the world's description)" };

  readonly #rules = new EconomicRulesValidator({ config: this.config });

  protected override domainDescription(): string {
    return WORLDS.market;
  }

  protected override precheck(action: Action, state: State): Verdict | null {
    const nation = state.agents.get(action.agent_name);
    if (nation === undefined) return { accepted: false, reason: `there is no nation '${action.agent_name}'` };
    if (action.action_name !== SET_POLICY || !isMarketNation(nation)) return null;
    const reason = malformed(action, state) ?? impossible(action);
    return reason === undefined ? null : { accepted: false, reason };
  }

  protected override ruleVerdict(action: Action, state: State): Verdict {
    return this.#rules.validateAction(action, state);
  }

  protected override values({ agent_name }: Action, state: State, _context: EngineContext): PromptValues {
    const seen = published(state);
    const { self, others } = observationText(seen, agent_name, []);
    const legend = legendText(seen);
    const told = [WORLDS[worldKind(state.agents)], this.config.domain ?? "", legend].filter((text) => text !== "");
    return { domain: told.join("\n\n"), actor: self, others, legend };
  }
}
