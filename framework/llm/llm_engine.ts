/** Base class of engines that ask a language model. */

import { z } from "zod";
import type { Action } from "../action.ts";
import type { EngineContext } from "../context.ts";
import { BaseEngine, type EngineSpec } from "../engine.ts";
import type { JsonObject } from "../json.ts";
import { OutgoingMessage } from "../message.ts";
import type { SimulationState, Variables } from "../state.ts";
import type { StateVariables } from "../variables.ts";
import { actionsText } from "./actions_text.ts";
import { type Placeholders, type PromptValues, templateOf } from "./component_prompt.ts";
import { engineFields, type LLMEngineConfig } from "./engine_config.ts";
import { type ChatAnswer, ModelError } from "./llm.ts";
import { Narration } from "./narration.ts";
import { observationText } from "./observation_text.ts";
import engineTemplate from "./prompts/engine.md" with { type: "text" };
import gameMasterTemplate from "./prompts/game_master.md" with { type: "text" };
import type { PromptTemplate, RenderedPrompt } from "./template.ts";
import { type ModelUpdate, ruledUpdate, type RuleUpdate, UpdateAnswers } from "./update_answers.ts";
import { type StateUpdate, UpdateRules } from "./updates.ts";

/** What every engine's template may name. */
const PLACEHOLDERS: Placeholders = {
  turn: "number of the turn, from 1",
  globals: "the world's variables",
  agents: "all agents with their variables",
  populations: "the populations",
  actions: "the accepted actions of the turn",
  variables: "the variables that the model sets, with their ranges",
  answer: "how its answer must look",
};

/** Agents that the prompt shows. */
const AGENTS_SHOWN = 200;
const NO_VARIABLES: StateVariables = { agent_vars: {}, global_vars: {} };

/**
 * An engine in which a language model sets variables, within their declared ranges.
 *
 * In mode `decide` it says what becomes of some variables after the turn's actions; in mode `game_master` it also judges
 * what comes of actions in free text, and tells it to all agents. In both it is asked once per turn. What follows by rule
 * belongs into {@linkcode LLMEngine.carryOut}, before the model is asked, or into `applyEngineRules`, after it.
 *
 * A value that is not allowed, or too large a step, is told to the model, which answers again. When it has been asked as
 * often as the scenario allows, numbers are moved into their range and what else does not fit is left out. Steps are
 * measured from the state in which the turn began.
 *
 * A class may have a rule ({@linkcode LLMEngine.ruleUpdate}): it decides when no answer could be had and the scenario says
 * `on_failure: fallback`, and it stands in for the model where the offline provider answers, which is no language model.
 *
 * @example
 * ```ts
 * import { LLMEngine, type LLMEngineConfig, type RuleUpdate, type SimulationState } from "llm-sim";
 *
 * interface World {
 *   readonly interest_rate: number;
 *   readonly inflation: number;
 * }
 *
 * class CentralBankLLMEngine extends LLMEngine<LLMEngineConfig, Record<never, never>, World> {
 *   static override readonly description = "A language model sets the interest rate.";
 *   protected override ruleUpdate({ global_state }: SimulationState<Record<never, never>, World>): RuleUpdate {
 *     return { global: { interest_rate: 1 + 1.5 * global_state.inflation }, reasoning: "Taylor's rule" };
 *   }
 * }
 * console.assert(CentralBankLLMEngine.llm);
 * ```
 */
export abstract class LLMEngine<
  C = LLMEngineConfig,
  A extends Variables = Variables,
  G extends Variables = Variables,
> extends BaseEngine<C, A, G> {
  /** The settings that all of these engines have; see {@linkcode llmEngineConfig}. */
  static readonly settings: z.ZodObject<typeof engineFields, z.core.$strict> = z.strictObject(engineFields);
  /** Schema of its config. */
  static override readonly config: z.ZodType = LLMEngine.settings;
  /** It asks a model. */
  static override readonly llm: boolean = true;
  /** The prompt, as in `LLMAgent`. Default: one for each mode. */
  static readonly template?: string;
  /** The template's own placeholders, name → meaning; {@linkcode LLMEngine.values} fills them in. */
  static readonly placeholders: Placeholders = {};

  readonly #template: PromptTemplate;
  readonly #rules: UpdateRules;
  readonly #narration: Narration;
  readonly #answers: UpdateAnswers;
  readonly #mode: LLMEngineConfig["mode"];
  /** The state in which a turn began: with agents that act one after another the engine is called several times. */
  readonly #starts = new WeakMap<EngineContext, SimulationState<A, G>>();

  /**
   * Built by the framework, once per simulation process.
   * @throws {SimError} `bad_prompt`, saying where; `unknown_variable` or `bad_step` when the config names variables that
   * are not declared, or are no numbers
   */
  constructor(spec: EngineSpec<C>) {
    super(spec);
    const settings: LLMEngineConfig = LLMEngine.settings.strip().parse(spec.config ?? {});
    const variables = spec.state_variables ?? NO_VARIABLES;
    this.#mode = settings.mode;
    this.#narration = new Narration(settings, variables);
    this.#rules = new UpdateRules(variables, settings.decides ?? this.#all(variables), settings.max_step);
    this.#answers = new UpdateAnswers(this.#rules, this.#narration.isWanted);
    const standard = settings.mode === "decide" ? engineTemplate : gameMasterTemplate;
    this.#template = templateOf(this.#class, PLACEHOLDERS, this.#class.template ?? standard, spec.prompt);
  }

  get #class(): typeof LLMEngine {
    return this.constructor as typeof LLMEngine;
  }

  #all({ global_vars, agent_vars }: StateVariables) {
    const globals = Object.keys(global_vars).filter((name) => name !== this.#narration.variable);
    return { global_vars: globals, agent_vars: Object.keys(agent_vars) };
  }

  /**
   * What follows from the actions: first by rule, then as the model decides.
   * @throws {ModelError} when no answer could be had and the scenario says `on_failure: fail`
   */
  override async applyActions(
    state: SimulationState<A, G>,
    actions: readonly Action[],
    context: EngineContext,
  ): Promise<SimulationState<A, G>> {
    const from = this.#starts.get(context) ?? state;
    this.#starts.set(context, from);
    const carriedOut = await this.carryOut(state, actions, context);
    if (this.#rules.isEmpty && !this.#narration.isWanted) return carriedOut;
    try {
      const { value, provider, model, attempts } = await this.#ask(carriedOut, from, actions, context);
      const by = context.llm.isOffline() ? "rule" : "model";
      return this.#applied(carriedOut, value, { by, provider, model, attempts }, context);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return this.#withoutModel(carriedOut, from, actions, context, error);
    }
  }

  #ask(
    state: SimulationState<A, G>,
    from: SimulationState<A, G>,
    actions: readonly Action[],
    context: EngineContext,
  ): Promise<ChatAnswer<ModelUpdate>> {
    const ruled = context.llm.isOffline() ? this.#ruled(state, from, actions, context) : null;
    const { system, user } = this.prompt(state, actions, context);
    return context.llm.chat({
      purpose: "apply",
      ...(system !== undefined && { system }),
      messages: user,
      ...this.#answers.types(from, (update) => this.objections(update, state)),
      ...(ruled !== null && { offline: () => this.#answers.answerOf(ruled) }),
    });
  }

  #ruled(
    state: SimulationState<A, G>,
    from: SimulationState<A, G>,
    actions: readonly Action[],
    context: EngineContext,
  ): ModelUpdate {
    return ruledUpdate(this.ruleUpdate(state, actions, context), this.#rules, from);
  }

  /** What the scenario wants done when no answer could be had. */
  #withoutModel(
    state: SimulationState<A, G>,
    from: SimulationState<A, G>,
    actions: readonly Action[],
    context: EngineContext,
    error: ModelError,
  ): SimulationState<A, G> {
    const policy = context.llm.onFailure();
    if (policy === "fail") throw error;
    context.log("WARNING", `the engine has no answer: ${error.message}`, { turn: context.turn, policy });
    if (policy === "fallback") {
      return this.#applied(state, this.#ruled(state, from, actions, context), { by: "rule" }, context);
    }
    context.detail(DETAIL, { mode: this.#mode, by: "nobody", error: error.code });
    return state;
  }

  #applied(
    state: SimulationState<A, G>,
    { reasoning, update, narration, repairs }: ModelUpdate,
    source: JsonObject,
    context: EngineContext,
  ): SimulationState<A, G> {
    context.detail(DETAIL, {
      mode: this.#mode,
      ...source,
      reasoning,
      global: update.global ?? {},
      agents: update.agents ?? {},
      repairs: repairs.map(({ at, was, is }) => ({ at, was, is })),
      ...(narration !== "" && { narration }),
    });
    if (narration === "") return this.#rules.applied(state, update);
    if (this.#narration.isTold) context.send(new OutgoingMessage("*", narration));
    return this.#rules.applied(state, { ...update, global: { ...update.global, ...this.#narration.kept(narration) } });
  }

  /** What follows from the actions by rule, before the model is asked. Default: nothing. */
  protected carryOut(
    state: SimulationState<A, G>,
    _actions: readonly Action[],
    _context: EngineContext,
  ): SimulationState<A, G> | Promise<SimulationState<A, G>> {
    return state;
  }

  /** What would be decided without a model; null: nothing changes. It is made to fit as a model's answer is. */
  protected ruleUpdate(
    _state: SimulationState<A, G>,
    _actions: readonly Action[],
    _context: EngineContext,
  ): RuleUpdate | null {
    return null;
  }

  /**
   * What speaks against an update in which every value by itself is allowed, such as sums that must be kept; each is told
   * to the model. An update with objections is never applied. Default: nothing.
   */
  protected objections(_update: StateUpdate, _state: SimulationState<A, G>): readonly string[] {
    return [];
  }

  /** Values of the template's own placeholders; also of the others, where they are to be told otherwise. */
  protected values(
    _state: SimulationState<A, G>,
    _actions: readonly Action[],
    _context: EngineContext,
  ): PromptValues {
    return {};
  }

  /** What the model is asked. */
  protected prompt(
    state: SimulationState<A, G>,
    actions: readonly Action[],
    context: EngineContext,
  ): RenderedPrompt {
    const { globals, others: agents, populations } = observationText(state, "", [], { max_agents: AGENTS_SHOWN });
    return this.#template.render({
      turn: String(context.turn),
      globals,
      agents,
      populations,
      actions: actionsText(actions),
      variables: this.#rules.text(state, this.#starts.get(context) ?? state),
      answer: this.#answers.text,
      ...this.values(state, actions, context),
    });
  }
}

/** Type of the DETAIL events. */
const DETAIL = "llm_update";

/** Config of an engine that asks a model. A class with settings of its own extends it: `llmEngineConfig.extend({ … })`. */
export const llmEngineConfig: typeof LLMEngine.settings = LLMEngine.settings;
