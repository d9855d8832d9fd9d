/** Agent `llm_negotiator`: a nation for which a language model negotiates. */

import {
  Action,
  type ActionCatalogue,
  type ActionReason,
  type AgentContext,
  type AgentState,
  type Decision,
  type DecisionPart,
  type JsonObject,
  LLMAgent,
  llmAgentConfig,
  type ModelDecision,
  type Placeholders,
  type PromptValues,
  RULE_MARK,
  type SimulationState,
} from "llm-sim";
import { z } from "zod";
import template from "../prompts/negotiator.md" with { type: "text" };
import { ABATE, MEASURE, type NationVariables, SPENDING, type WorldVariables } from "../variables.ts";
import { nationConfig } from "./nation_config.ts";
import { positionOf, treatyBusiness } from "./nation_policy.ts";
import { judgePromises, type Mail, othersOf, readMail, rememberOwn } from "./negotiation.ts";
import { type Measure, NEGOTIATE, type Negotiation, negotiation, ruledNegotiation, tidy } from "./negotiator_answer.ts";
import { costsText, promisesText, ruleSays } from "./negotiator_text.ts";

/** Config of agent `llm_negotiator`: beside its own that of agent `nation`, which its rule follows. */
export const llmNegotiatorConfig = z.strictObject({
  ...llmAgentConfig.shape,
  measures: z.boolean().default(false).describe(
    "whether it may take measures in its own words; something comes of them in engine llm_summit only",
  ),
  ...nationConfig.shape,
  strategy: nationConfig.shape.strategy.describe(
    "what its rule does where no model answers, as agent nation with this strategy; the model is not told",
  ),
  max_step: nationConfig.shape.max_step.describe("most by which it changes its rate per turn, model and rule alike"),
});

type Config = z.output<typeof llmNegotiatorConfig>;
type Seen = SimulationState<NationVariables, WorldVariables>;
type Nation = AgentState<NationVariables>;

/** Share of its damages that a rule spends on protection. */
const PROTECTION = 0.2;
/** Most that a rule spends, and least, share of net output. */
const RULED_SPENDING = { min: 0.001, max: SPENDING.max / 2 } as const;

/**
 * A nation whose policy a language model sets: its abatement, its place in the treaty, what it proposes and promises to
 * all, what it says and to whom and, where `measures` are allowed, a measure in its own words. Proposals and promises are
 * messages that agents `nation` understand, so that both can negotiate with each other.
 *
 * Its rule is that of agent `nation`: it decides where no good answer could be had, and offline.
 */
export class LLMNegotiatorAgent extends LLMAgent<Config, NationVariables, WorldVariables> {
  static override readonly config = llmNegotiatorConfig;
  static override readonly description =
    "A nation for which a language model negotiates: it sets abatement, proposes and promises rates, joins and leaves the " +
    "treaty, and talks to the others. Without a model it follows the strategy of agent nation.";
  static override readonly requires = { agent_vars: ["abatement", "member", "vote", "required"] };
  static override readonly template = template;
  static override readonly placeholders: Placeholders = {
    costs: "what abatement costs the nation this turn, for some rates",
    promises: "what each nation has promised for this turn, and how many of its promises it has kept",
  };
  static override readonly mayPass = false;
  static override readonly speaks = true;

  /** What it has read, so that each inbox is read and each promise judged once. */
  readonly #mail = new WeakMap<AgentContext, Mail>();

  protected override actionsFor(observation: Seen, _context: AgentContext): ActionCatalogue {
    return { [NEGOTIATE]: negotiation(this.self(observation), this.config, this.config.measures) };
  }

  protected override values(observation: Seen, context: AgentContext): PromptValues {
    const own = this.self(observation);
    const mail = this.#read(observation, context);
    return {
      costs: costsText(own, observation.global_state),
      promises: promisesText(othersOf(own, observation.agents), mail, context.memory, context.turn),
    };
  }

  protected override decisionOf(answer: ModelDecision, observation: Seen, context: AgentContext): Decision {
    const { parameters, reasoning, confidence, message } = answer;
    const done = this.#carriedOut(parameters, { reasoning, confidence }, observation, context);
    return message === null ? done : [...done, this.tell(message.to, message.text)];
  }

  override fallbackAction(observation: Seen, context: AgentContext): Decision {
    const parts = [super.fallbackAction(observation, context) ?? []].flat();
    return parts.flatMap((part) => {
      if (!(part instanceof Action)) return [part];
      const { parameters, reasoning = "" } = part;
      return this.#carriedOut(parameters, { reasoning }, observation, context);
    });
  }

  protected override rule(observation: Seen, context: AgentContext): Decision {
    const own = this.self(observation);
    const others = othersOf(own, observation.agents);
    const mail = this.#read(observation, context);
    const { memory, turn } = context;
    const position = positionOf(own, others, observation.global_state, this.config, mail, memory, turn);
    const measure = this.config.measures ? protection(own) : undefined;
    const policy = ruledNegotiation(position, own, this.config, measure);
    const { proposal, pledge } = policy as unknown as Negotiation;
    const said = ruleSays(this.name, proposal, pledge);
    return [
      this.act(NEGOTIATE, policy, { reasoning: `does as strategy '${this.config.strategy}'` }),
      ...(said === null ? [] : [this.broadcast(RULE_MARK + said)]),
    ];
  }

  #read({ agents }: Seen, context: AgentContext): Mail {
    let mail = this.#mail.get(context);
    if (mail === undefined) {
      const { inbox, memory, turn } = context;
      mail = readMail(inbox, memory, turn);
      judgePromises(memory, agents, turn, this.config);
      this.#mail.set(context, mail);
    }
    return mail;
  }

  /** What the one action of the answer stands for. */
  #carriedOut(parameters: JsonObject, reason: ActionReason, observation: Seen, context: AgentContext): DecisionPart[] {
    const own = this.self(observation);
    const { rate, treaty, proposal, pledge, measure } = parameters as unknown as Negotiation;
    this.#read(observation, context);
    rememberOwn(context.memory, proposal ?? undefined, pledge ?? undefined);
    const belongs = treaty === "stay" || treaty === "join";
    const business = treatyBusiness(own, belongs, proposal ?? (own.member ? own.vote : rate));
    return [
      this.act(ABATE, { rate }, reason),
      ...(business === null ? [] : [this.act(...business)]),
      ...(measure ? [this.act(MEASURE, { measure: measure.text, spending: measure.spending })] : []),
      ...(proposal === null ? [] : [this.broadcast({ kind: "proposal", rate: proposal })]),
      ...(pledge === null ? [] : [this.broadcast({ kind: "promise", rate: pledge, turn: context.turn + 1 })]),
    ];
  }
}

/** What a rule does against damages; null: they are too small. */
function protection({ damage }: Partial<Nation>): Measure | null {
  const spending = tidy(Math.min(PROTECTION * (damage ?? 0), RULED_SPENDING.max));
  if (spending < RULED_SPENDING.min) return null;
  return { text: `${RULE_MARK}Protects people and property against what warming does to them.`, spending };
}
