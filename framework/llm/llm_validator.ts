/** Base class of validators that ask a language model. */

import { z } from "zod";
import type { Action, Verdict } from "../action.ts";
import type { EngineContext } from "../context.ts";
import type { JsonObject } from "../json.ts";
import { isAccepted } from "../judgement.ts";
import type { SimulationState, Variables } from "../state.ts";
import { BaseValidator, type ValidatorSpec } from "../validator.ts";
import { actionText, quoted } from "./actions_text.ts";
import {
  answerType,
  CONFIDENCE_SCHEMA,
  isObject,
  type Problem,
  readConfidence,
  readReasoning,
  REASONING_SCHEMA,
  shown,
} from "./answer_type.ts";
import { type Placeholders, type PromptValues, templateOf } from "./component_prompt.ts";
import { type LLM, ModelError } from "./llm.ts";
import { observationText } from "./observation_text.ts";
import defaultTemplate from "./prompts/validator.md" with { type: "text" };
import { ruleReasoning } from "./rule_mark.ts";
import type { PromptTemplate, RenderedPrompt } from "./template.ts";

/** Checked config of a validator that asks a model. */
export interface LLMValidatorConfig {
  /** Whether what the model doubts, or cannot be asked about, may happen. */
  readonly permissive: boolean;
  /** Confidence below which the model's word is a doubt. */
  readonly min_confidence: number;
}

/** What a model says of an action, checked. */
export interface ModelJudgement {
  /** Its reasons. */
  readonly reasoning: string;
  /** Whether the action may happen. */
  readonly is_valid: boolean;
  /** How sure it is, 0 to 1. */
  readonly confidence: number;
}

/** What every validator's template may name. */
const PLACEHOLDERS: Placeholders = {
  domain: "what the world is like and what is possible there",
  attitude: "what the model is to do in doubt",
  turn: "number of the turn, from 1",
  agent: "who wants to act",
  action: "what it wants to do, with the parameters",
  actor: "variables of the agent that wants to act",
  others: "all other agents with their variables",
  globals: "the world's variables",
  place: "where the agent is, and what is near",
  populations: "the populations",
  answer: "how the answer must look",
};

const ATTITUDE = {
  permissive: "When in doubt, let it happen: refuse only what is clearly impossible or forbidden.",
  strict: "When in doubt, refuse: let happen only what is clearly possible and allowed.",
} as const;

const ANSWER =
  "one JSON object with, in this order, `reasoning` (your reasons), `is_valid` (true or false: whether the " +
  "action may happen), `confidence` (how sure you are of that, from 0 to 1)";

/** How many actions of each agent were judged in a turn; every turn has a door to models of its own. */
type Counts = Map<string, number>;

/**
 * A validator that asks a language model whether an action may happen. All actions of a turn are judged side by side.
 *
 * The model decides where it is sure: its confidence is at least `min_confidence`. Where it is not, and where no answer
 * could be had, a permissive validator accepts and a strict one rejects; with `on_failure: fail` the run fails, and with
 * `on_failure: fallback` the class's own rule ({@linkcode LLMValidator.ruleVerdict}) comes first, if it has an opinion.
 *
 * Hard rules belong into {@linkcode LLMValidator.precheck}: they cost nothing, and no words get around them.
 *
 * @example
 * ```ts
 * import { type Action, LLMValidator, type SimulationState, type Verdict } from "llm-sim";
 *
 * class VillageLLMValidator extends LLMValidator {
 *   protected override domainDescription(): string {
 *     return "A medieval village. There is no magic, and nobody owns a horse but the miller.";
 *   }
 *   protected override precheck(action: Action, state: SimulationState): Verdict | null {
 *     return state.agents.has(action.agent_name) ? null : { accepted: false, reason: "nobody of this name lives here" };
 *   }
 * }
 * new VillageLLMValidator({ config: { permissive: false, min_confidence: 0.7 } });
 * ```
 */
export abstract class LLMValidator<
  C = LLMValidatorConfig,
  A extends Variables = Variables,
  G extends Variables = Variables,
> extends BaseValidator<C, A, G> {
  /** The settings that all of these validators have; see {@linkcode llmValidatorConfig}. */
  static readonly settings: z.ZodObject<
    { permissive: z.ZodDefault<z.ZodBoolean>; min_confidence: z.ZodDefault<z.ZodNumber> },
    z.core.$strict
  > = z.strictObject({
    permissive: z.boolean().default(true)
      .describe("true: what the model doubts, or cannot be asked about, may happen; false: it may not"),
    min_confidence: z.number().min(0).max(1).default(0.5)
      .describe("confidence below which the model's word is a doubt"),
  });
  /** Schema of its config. */
  static override readonly config: z.ZodType = LLMValidator.settings;
  /** It asks a model. */
  static override readonly llm: boolean = true;
  /** The prompt, as in `LLMAgent`. */
  static readonly template: string = defaultTemplate;
  /** The template's own placeholders, name → meaning; {@linkcode LLMValidator.values} fills them in. */
  static readonly placeholders: Placeholders = {};

  readonly #template: PromptTemplate;
  readonly #settings: LLMValidatorConfig;
  readonly #judged = new WeakMap<LLM, { readonly turn: number; readonly counts: Counts }>();

  /**
   * Built by the framework, once per simulation process.
   * @throws {SimError} `bad_prompt`, saying where
   */
  constructor(spec: ValidatorSpec<C>) {
    super(spec);
    const component = this.constructor as typeof LLMValidator;
    this.#settings = LLMValidator.settings.strip().parse(spec.config ?? {});
    this.#template = templateOf(component, PLACEHOLDERS, component.template, spec.prompt);
  }

  /** Judges by rule, and where that says nothing by a model. */
  override validateAction(
    action: Action,
    state: SimulationState<A, G>,
    context: EngineContext,
  ): Verdict | Promise<Verdict> {
    // Counted before anything is waited for: actions are handed over in their order, and answered in any.
    const ordinal = this.#ordinal(action, context);
    return this.precheck(action, state, context) ?? this.#judge(action, ordinal, state, context);
  }

  #ordinal({ agent_name }: Action, { llm, turn }: EngineContext): number {
    const known = this.#judged.get(llm);
    const counts: Counts = known?.turn === turn ? known.counts : new Map();
    if (counts !== known?.counts) this.#judged.set(llm, { turn, counts });
    const ordinal = (counts.get(agent_name) ?? 0) + 1;
    counts.set(agent_name, ordinal);
    return ordinal;
  }

  async #judge(
    action: Action,
    ordinal: number,
    state: SimulationState<A, G>,
    context: EngineContext,
  ): Promise<Verdict> {
    const ruled = context.llm.isOffline() ? this.#ruled(action, state, context) : null;
    const { system, user } = this.prompt(action, state, context);
    try {
      const { value } = await context.llm.chat({
        purpose: `judge:${action.agent_name}#${ordinal}`,
        ...(system !== undefined && { system }),
        messages: user,
        schema: JUDGEMENT,
        ...(ruled !== null && { offline: () => ruled }),
      });
      const verdict = this.verdictOf(value, action);
      context.detail("llm_verdict", { ...toldOf(action), ...value, accepted: isAccepted(verdict) });
      return verdict;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return this.#withoutModel(action, state, context, error);
    }
  }

  /** What the rule says, as a model's answer. Where it has no opinion nothing stands against the action. */
  #ruled(action: Action, state: SimulationState<A, G>, context: EngineContext): ModelJudgement {
    const verdict = this.ruleVerdict(action, state, context) ?? true;
    const reason = typeof verdict === "object" ? verdict.reason : undefined;
    const accepted = isAccepted(verdict);
    return {
      reasoning: ruleReasoning(reason || (accepted ? "no rule forbids it" : "a rule forbids it")),
      is_valid: accepted,
      confidence: 1,
    };
  }

  #withoutModel(action: Action, state: SimulationState<A, G>, context: EngineContext, error: ModelError): Verdict {
    const policy = context.llm.onFailure();
    if (policy === "fail") throw error;
    const own = policy === "fallback" ? this.ruleVerdict(action, state, context) : null;
    const verdict = own ?? { accepted: this.#settings.permissive, reason: `could not be judged: ${error.message}` };
    const accepted = isAccepted(verdict);
    const told = `action '${action.action_name}' of '${action.agent_name}' could not be judged and was ${
      accepted ? "accepted" : "rejected"
    }: ${error.message}`;
    context.log("WARNING", told, { turn: context.turn, policy });
    context.detail("llm_verdict", { ...toldOf(action), error: error.code, accepted });
    return verdict;
  }

  /** What the world is like, and what is possible and allowed there. It is all that the model knows of the domain. */
  protected abstract domainDescription(): string;

  /** The hard rules: a verdict, or null where the model is to judge. Synchronous. Default: the model judges everything. */
  protected precheck(_action: Action, _state: SimulationState<A, G>, _context: EngineContext): Verdict | null {
    return null;
  }

  /** What would be said without a model; null: no opinion. */
  protected ruleVerdict(_action: Action, _state: SimulationState<A, G>, _context: EngineContext): Verdict | null {
    return null;
  }

  /** The verdict that follows from what the model says. */
  protected verdictOf({ reasoning, is_valid, confidence }: ModelJudgement, _action: Action): Verdict {
    const { permissive, min_confidence } = this.#settings;
    if (confidence >= min_confidence) return { accepted: is_valid, reason: reasoning };
    const said = is_valid ? "valid" : "invalid";
    return { accepted: permissive, reason: `in doubt (${said}, confidence ${confidence}): ${reasoning}` };
  }

  /** Values of the template's own placeholders; also of the others, where they are to be told otherwise. */
  protected values(_action: Action, _state: SimulationState<A, G>, _context: EngineContext): PromptValues {
    return {};
  }

  /** What the model is asked. */
  protected prompt(action: Action, state: SimulationState<A, G>, context: EngineContext): RenderedPrompt {
    const { self, others, globals, place, populations } = observationText(state, action.agent_name, []);
    return this.#template.render({
      domain: this.domainDescription(),
      attitude: ATTITUDE[this.#settings.permissive ? "permissive" : "strict"],
      turn: String(context.turn),
      agent: quoted(action.agent_name),
      action: actionText(action),
      actor: self,
      others,
      globals,
      place,
      populations,
      answer: ANSWER,
      ...this.values(action, state, context),
    });
  }
}

/** Config of a validator that asks a model. A class with settings of its own extends it: `llmValidatorConfig.extend({ … })`. */
export const llmValidatorConfig: typeof LLMValidator.settings = LLMValidator.settings;

const JUDGEMENT = answerType<ModelJudgement>({
  type: "object",
  properties: {
    reasoning: REASONING_SCHEMA,
    is_valid: { type: "boolean", description: "whether the action may happen" },
    confidence: CONFIDENCE_SCHEMA,
  },
  required: ["reasoning", "is_valid", "confidence"],
  additionalProperties: false,
}, readJudgement);

function readJudgement(answer: unknown, problem: Problem): ModelJudgement {
  if (!isObject(answer)) {
    problem([], `must be an object, not ${shown(answer)}`);
    return { reasoning: "", is_valid: false, confidence: 0 };
  }
  const reasoning = readReasoning(answer, problem);
  const { is_valid } = answer;
  if (typeof is_valid !== "boolean") {
    problem(
      ["is_valid"],
      is_valid === undefined ? "is missing; true or false" : `must be true or false, not ${shown(is_valid)}`,
    );
  }
  return { reasoning, is_valid: is_valid === true, confidence: readConfidence(answer, problem) };
}

function toldOf({ agent_name, action_name }: Action): JsonObject {
  return { agent: agent_name, action: action_name };
}
