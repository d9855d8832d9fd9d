/** Base class of agents that ask a language model. */

import { z } from "zod";
import type { Decision } from "../action.ts";
import { type AgentSpec, BaseAgent } from "../agent.ts";
import type { AgentContext } from "../context.ts";
import { SimError } from "../issue.ts";
import type { SimulationState, Variables } from "../state.ts";
import { type ActionCatalogue, CompiledCatalogue, type ModelDecision, PASS } from "./action_catalogue.ts";
import { type Placeholders, type PromptValues, templateOf } from "./component_prompt.ts";
import { historyText, rememberDecision } from "./decision_history.ts";
import { observationText } from "./observation_text.ts";
import defaultTemplate from "./prompts/agent.md" with { type: "text" };
import { markedDecision, ruleAnswer } from "./rule_answer.ts";
import type { PromptTemplate, RenderedPrompt } from "./template.ts";

/** Checked config of an agent that asks a model. */
export interface LLMAgentConfig {
  /** Own last decisions that the model is reminded of. */
  readonly history: number;
  /** Who the agent is and what it wants, told to the model. */
  readonly persona: string;
}

/** What every agent's template may name. */
const PLACEHOLDERS: Placeholders = {
  name: "the agent's name",
  persona: "who it is and what it wants",
  turn: "number of the turn, from 1",
  self: "its own variables",
  others: "the agents that it sees, with what it sees of them",
  globals: "the world's variables",
  place: "where it is, and what is near",
  populations: "the populations that it sees",
  messages: "what others said to it in the last turn",
  history: "its own last decisions",
  actions: "what it may do",
  answer: "how its answer must look",
};

/**
 * An agent whose decisions a language model makes: it is shown what the agent sees, and chooses from the class's actions.
 * An answer that does not fit is told what is wrong with it and asked for again.
 *
 * A class needs `actions`. It may have a `rule`: what it would do without a model. The rule decides when no good answer
 * could be had and the scenario says `on_failure: fallback`, and it stands in for the model where the offline provider
 * answers, which is no language model. The reasoning of what a rule decides says so.
 *
 * Type parameters: `C` the config, `A` the agents' variables, `G` the global variables.
 *
 * @example
 * ```ts
 * import { type Decision, LLMAgent, type LLMAgentConfig, type SimulationState } from "llm-sim";
 * import { z } from "zod";
 *
 * class DonorLLMAgent extends LLMAgent<LLMAgentConfig, { wealth: number }> {
 *   static override readonly description = "A language model decides what it gives away.";
 *   static override readonly actions = {
 *     give: {
 *       description: "Gives some of your wealth to another agent.",
 *       parameters: z.object({ to: z.string().describe("whom"), amount: z.number().min(0) }),
 *     },
 *   };
 *   protected override rule(observation: SimulationState<{ wealth: number }>): Decision {
 *     const poorest = observation.agents.records.toSorted((a, b) => a.wealth - b.wealth)[0]!;
 *     return poorest.name === this.name ? null : this.act("give", { to: poorest.name, amount: 1 });
 *   }
 * }
 * new DonorLLMAgent({ name: "A", config: { history: 3, persona: "You are generous, but no fool." } });
 * ```
 */
export abstract class LLMAgent<
  C = LLMAgentConfig,
  A extends Variables = Variables,
  G extends Variables = Variables,
> extends BaseAgent<C, A, G> {
  /** The settings that all of these agents have; see {@linkcode llmAgentConfig}. */
  static readonly settings: z.ZodObject<
    { history: z.ZodDefault<z.ZodNumber>; persona: z.ZodDefault<z.ZodString> },
    z.core.$strict
  > = z.strictObject({
    history: z.number().int().min(0).max(50).default(3).describe("own last decisions that the model is reminded of"),
    persona: z.string().max(8000).default("").describe("who the agent is and what it wants, told to the model"),
  });
  /** Schema of its `config:`. */
  static override readonly config: z.ZodType = LLMAgent.settings;
  /** It asks a model. */
  static override readonly llm: boolean = true;
  /** What it may do. */
  static readonly actions: ActionCatalogue = {};
  /**
   * The prompt: Markdown with `{{placeholders}}`, mostly the text of a file. What stands above a line `---` tells the model
   * how to behave, what stands below what is asked.
   */
  static readonly template: string = defaultTemplate;
  /** The template's own placeholders, name → meaning; {@linkcode LLMAgent.values} fills them in. */
  static readonly placeholders: Placeholders = {};
  /** Whether it may do nothing: the model then may choose `none`. */
  static readonly mayPass: boolean = true;
  /** Whether it may send a message to another agent, or to all, beside what it does. */
  static readonly speaks: boolean = false;

  readonly #template: PromptTemplate;
  /** What it may do in a turn, so that it is asked for once. */
  readonly #catalogues = new WeakMap<AgentContext, CompiledCatalogue>();

  /**
   * Built by the framework, once per simulation process.
   * @throws {SimError} `bad_prompt` or `bad_actions`, saying where
   */
  constructor(spec: AgentSpec<C>) {
    super(spec);
    this.#template = templateOf(this.#class, PLACEHOLDERS, this.#class.template, spec.prompt);
    // Actions that depend on the turn are checked in the turn.
    if (this.actionsFor !== LLMAgent.prototype.actionsFor) return;
    const { actions, speaks, name } = this.#class;
    if (Object.keys(actions).length === 0 && !speaks) {
      throw new SimError("bad_actions", `${name} has nothing to choose from`, {
        hint: "static override readonly actions = { name: { description, parameters: z.object({ … }) } }",
      });
    }
    CompiledCatalogue.of(actions, this.#class);
  }

  get #class(): typeof LLMAgent {
    return this.constructor as typeof LLMAgent;
  }

  get #settings(): LLMAgentConfig {
    const { history = 3, persona = "" } = (this.config ?? {}) as Partial<LLMAgentConfig>;
    return { history, persona };
  }

  #catalogue(observation: SimulationState<A, G>, context: AgentContext): CompiledCatalogue {
    let catalogue = this.#catalogues.get(context);
    if (catalogue === undefined) {
      catalogue = CompiledCatalogue.of(this.actionsFor(observation, context), this.#class);
      this.#catalogues.set(context, catalogue);
    }
    return catalogue;
  }

  /**
   * Asks the model one question.
   *
   * The offline provider gives back what the rule decides. An answer cannot hold all that a rule may do (two actions,
   * requests about lives, actions outside of the catalogue, messages of an agent that does not speak): then the question
   * is asked and recorded all the same, with as much of it as fits, and the rule's decision is taken as it is.
   *
   * @throws {ModelError} when no good answer could be had
   */
  override async decideAction(observation: SimulationState<A, G>, context: AgentContext): Promise<Decision> {
    const actions = this.#catalogue(observation, context);
    const recipients = this.#class.speaks ? this.recipients(observation, context) : null;
    const ruled = context.llm.isOffline() ? this.rule(observation, context) : null;
    const offline = context.llm.isOffline() ? ruleAnswer(ruled, actions, recipients) : null;
    const { system, user } = this.prompt(observation, context);
    const { value } = await context.llm.chat({
      purpose: "decide",
      ...(system !== undefined && { system }),
      messages: user,
      schema: actions.decision(recipients ?? []),
      ...(offline !== null && { offline: () => offline.answer ?? undefined }),
    });
    const decision = offline === null || offline.isWhole
      ? this.decisionOf(value, observation, context)
      : markedDecision(ruled);
    rememberDecision(value, this.#settings.history, context);
    return decision;
  }

  /** What the rule decides, marked as a rule's. */
  override fallbackAction(observation: SimulationState<A, G>, context: AgentContext): Decision {
    const decision = this.rule(observation, context);
    const actions = this.#catalogue(observation, context);
    const { answer } = ruleAnswer(decision, actions, this.#class.speaks ? this.recipients(observation, context) : null);
    if (answer !== null) rememberDecision(answer, this.#settings.history, context);
    return markedDecision(decision);
  }

  /** What the agent would do without a model. Default: nothing. */
  protected rule(_observation: SimulationState<A, G>, _context: AgentContext): Decision {
    return null;
  }

  /** What it may do in this turn. Default: `actions` of the class. */
  protected actionsFor(_observation: SimulationState<A, G>, _context: AgentContext): ActionCatalogue {
    return this.#class.actions;
  }

  /** To whom it may send messages, beside all. Default: the agents that it sees. */
  protected recipients(observation: SimulationState<A, G>, _context: AgentContext): readonly string[] {
    return observation.agents.names().filter((name) => name !== this.name);
  }

  /** Values of the template's own placeholders; also of the others, where they are to be told otherwise. */
  protected values(_observation: SimulationState<A, G>, _context: AgentContext): PromptValues {
    return {};
  }

  /** What the model is asked. */
  protected prompt(observation: SimulationState<A, G>, context: AgentContext): RenderedPrompt {
    const { history, persona } = this.#settings;
    const actions = this.#catalogue(observation, context);
    return this.#template.render({
      name: this.name,
      persona,
      turn: String(context.turn),
      ...observationText(observation, this.name, context.inbox),
      history: historyText(history, context),
      actions: actions.text,
      answer: actions.answerText,
      ...this.values(observation, context),
    });
  }

  /** What follows from the model's answer. Default: its action, unless that is `none`, and its message. */
  protected decisionOf(answer: ModelDecision, _observation: SimulationState<A, G>, _context: AgentContext): Decision {
    const { action, parameters, reasoning, confidence, message } = answer;
    const passes = this.#class.mayPass && action === PASS;
    const acted = passes ? [] : [this.act(action, parameters, { reasoning, confidence })];
    if (message === null) return acted[0] ?? null;
    return [...acted, this.tell(message.to, message.text)];
  }
}

/** Config of an agent that asks a model. A class with settings of its own extends it: `llmAgentConfig.extend({ … })`. */
export const llmAgentConfig: typeof LLMAgent.settings = LLMAgent.settings;
