/** Answers of a model that sets variables: what it is asked for, and how its answer is read. */

import type { z } from "zod";
import type { Json, JsonObject } from "../json.ts";
import type { SimulationState } from "../state.ts";
import {
  answerType,
  clipped,
  isObject,
  type Problem,
  readReasoning,
  REASONING_LENGTH,
  REASONING_SCHEMA,
} from "./answer_type.ts";
import { NARRATION_LENGTH } from "./narration.ts";
import { ruleReasoning } from "./rule_mark.ts";
import type { StateUpdate, UpdateRepair, UpdateRules } from "./updates.ts";

/** What a rule decides in a model's place. */
export interface RuleUpdate extends StateUpdate {
  /** Why. */
  readonly reasoning?: string;
  /** What it tells of the turn. */
  readonly narration?: string;
}

/** What a model decided, made to fit. */
export interface ModelUpdate {
  /** Its reasons. */
  readonly reasoning: string;
  /** New values; they have no problems. */
  readonly update: StateUpdate;
  /** What it tells of the turn; empty: nothing. */
  readonly narration: string;
  /** What had to be done to make it fit. */
  readonly repairs: readonly UpdateRepair[];
}

/** What the domain itself has against an update, for the model; empty: nothing. */
export type Objections = (update: StateUpdate) => readonly string[];

/** Reads the answers of one engine. */
export class UpdateAnswers {
  readonly #rules: UpdateRules;
  readonly #narrates: boolean;

  /** @param narrates whether it also tells what happened */
  constructor(rules: UpdateRules, narrates: boolean) {
    this.#rules = rules;
    this.#narrates = narrates;
  }

  /** How an answer must look, as the end of a sentence. */
  get text(): string {
    const { properties } = this.#rules.schema([]);
    const values = [
      "`reasoning` (your reasons)",
      ...(properties.global ? ['`global` (new values of the world\'s variables: { "name": value })'] : []),
      ...(properties.agents ? ['`agents` (new values by agent: { "agent": { "name": value } })'] : []),
      ...(this.#narrates ? ["`narration` (what you tell everybody)"] : []),
    ];
    return `one JSON object with, in this order, ${values.join(", ")}`;
  }

  /**
   * The type of a good answer, and that of one which is made to fit when no attempt is left.
   * @param from the state that steps are measured from
   */
  types(from: SimulationState, objections: Objections): {
    readonly schema: z.ZodType<ModelUpdate>;
    readonly lenient: z.ZodType<ModelUpdate>;
  } {
    const schema = this.schema(from.agents.names());
    return {
      schema: answerType(schema, (answer, problem) => this.#read(answer, from, objections, problem)),
      lenient: answerType(schema, (answer, problem) => this.#repaired(answer, from, objections, problem)),
    };
  }

  /** What providers are told. */
  schema(agents: readonly string[]): JsonObject {
    const { properties: values, ...definitions } = this.#rules.schema(agents);
    const properties: { [name: string]: Json } = {
      reasoning: REASONING_SCHEMA,
      ...values,
      ...(this.#narrates && { narration: NARRATION_SCHEMA }),
    };
    return {
      type: "object",
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
      ...definitions,
    };
  }

  /** An update as the model would have answered. */
  answerOf({ reasoning, update, narration }: ModelUpdate): JsonObject {
    return {
      reasoning,
      global: update.global ?? {},
      agents: update.agents ?? {},
      ...(this.#narrates && { narration }),
    };
  }

  #read(answer: unknown, from: SimulationState, objections: Objections, problem: Problem): ModelUpdate {
    const found = this.#rules.problems(answer, from);
    for (const { path, message } of found) problem(path, message);
    if (!isObject(answer)) return NOTHING;
    const reasoning = readReasoning(answer, problem);
    const narration = this.#narration(answer, problem);
    const { update } = this.#rules.clamped(answer, from);
    if (found.length === 0) { for (const objection of objections(update)) problem([], objection); }
    return { reasoning, update, narration, repairs: [] };
  }

  /** What the domain objects to cannot be repaired, nor an answer of which nothing is left. */
  #repaired(answer: unknown, from: SimulationState, objections: Objections, problem: Problem): ModelUpdate {
    if (!isObject(answer)) {
      problem([], "must be an object");
      return NOTHING;
    }
    const { update, repairs } = this.#rules.clamped(answer, from);
    for (const objection of objections(update)) problem([], objection);
    const isEmpty = [update.global, ...Object.values(update.agents ?? {})].every((values) =>
      Object.keys(values ?? {}).length === 0
    );
    if (repairs.length > 0 && isEmpty) problem([], "nothing of it can be used");
    const { reasoning } = answer;
    return {
      reasoning: typeof reasoning === "string" ? clipped(reasoning.trim(), REASONING_LENGTH) : "",
      update,
      narration: this.#narration(answer, () => {}),
      repairs,
    };
  }

  #narration({ narration }: { readonly [key: string]: unknown }, problem: Problem): string {
    if (!this.#narrates) return "";
    if (typeof narration === "string") return clipped(narration.trim(), NARRATION_LENGTH);
    problem(["narration"], narration === undefined ? "is missing; tell what happened" : "must be a text");
    return "";
  }
}

/** A rule's update, made to fit, its reasoning marked as a rule's. */
export function ruledUpdate(decided: RuleUpdate | null, rules: UpdateRules, from: SimulationState): ModelUpdate {
  const { reasoning = "", narration = "", ...proposed } = decided ?? {};
  const { update, repairs } = rules.clamped(proposed, from);
  const what = decided === null ? "no rule decides: nothing changes" : "sets variables";
  return {
    reasoning: ruleReasoning(reasoning.trim() || what),
    update,
    narration: clipped(narration.trim(), NARRATION_LENGTH),
    repairs,
  };
}

const NOTHING: ModelUpdate = { reasoning: "", update: {}, narration: "", repairs: [] };

const NARRATION_SCHEMA: JsonObject = {
  type: "string",
  maxLength: NARRATION_LENGTH,
  description: "what you tell everybody of the turn",
};
