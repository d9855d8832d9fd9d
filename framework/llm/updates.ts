/**
 * Updates of the state that a model proposes: new values of declared variables, held to their rules.
 *
 * Invariants: what {@linkcode UpdateRules.clamped} returns has no {@linkcode UpdateRules.problems}; an update without
 * problems is returned unchanged.
 */

import { z } from "zod";
import { didYouMean, type IssuePath, SimError } from "../issue.ts";
import { frozenJson, type Json, type JsonObject, notJson } from "../json.ts";
import type { AgentState, SimulationState } from "../state.ts";
import { compileCheck, isNullable, type ValueCheck } from "../variable_values.ts";
import { variableSchema } from "../variable_schema.ts";
import type { StateVariables, VariableDefinition, VariableDefinitions } from "../variables.ts";
import { isObject, shown } from "./answer_type.ts";
import { schemaText } from "./schema_text.ts";

/** New values by name; what is left out stays as it is. */
export interface StateUpdate {
  /** Of the world's variables. */
  readonly global?: JsonObject;
  /** Of agents' variables, by agent. */
  readonly agents?: { readonly [agent: string]: JsonObject };
}

/** Names of the variables that a model sets. */
export interface DecidedVariables {
  /** Of the world. */
  readonly global_vars: readonly string[];
  /** Of every agent. */
  readonly agent_vars: readonly string[];
}

/**
 * The largest change of a number in one turn: a number, or the larger of an absolute change and a share of the value that
 * it has when the turn begins.
 */
export type StepLimit = number | {
  /** In the variable's own unit. */
  readonly absolute?: number | undefined;
  /** As a share of the value: 0.1 is 10 %. A value of 0 then stays 0, unless `absolute` allows more. */
  readonly relative?: number | undefined;
};

/** Step limits by variable. */
export interface StepLimits {
  /** Of the world's variables. */
  readonly global_vars: { readonly [variable: string]: StepLimit };
  /** Of every agent's variables. */
  readonly agent_vars: { readonly [variable: string]: StepLimit };
}

/** What is wrong with an update, and where in it. */
export interface UpdateProblem {
  /** `["global", "rate"]`, `["agents", "A", "wealth"]`. */
  readonly path: IssuePath;
  /** What was expected and what found, for the model. */
  readonly message: string;
}

/** What was done to make an update fit. */
export interface UpdateRepair {
  /** `global.rate`, `agents.A.wealth`. */
  readonly at: string;
  /** What the model said. */
  readonly was: Json;
  /** What became of it; null: it was left out, and the variable stays as it is. */
  readonly is: Json;
}

/** One variable that a model sets. */
interface Rule {
  readonly definition: VariableDefinition;
  readonly check: ValueCheck;
  readonly step: { readonly absolute: number; readonly relative: number } | null;
}

type Rules = ReadonlyMap<string, Rule>;

/** Agents up to which a schema names each one. */
const NAMED = 100;

/**
 * The rules that updates are held to: which variables, which values, how large a step.
 *
 * @example
 * ```ts
 * import { AgentMap, SimulationState, UpdateRules } from "llm-sim";
 * const rules = new UpdateRules(
 *   { agent_vars: {}, global_vars: { rate: { type: "float", min: 0, max: 1, default: 0.5 } } },
 *   { global_vars: ["rate"], agent_vars: [] },
 *   { global_vars: { rate: 0.1 }, agent_vars: {} },
 * );
 * const state = new SimulationState({ turn: 3, agents: AgentMap.of([]), global_state: { rate: 0.5 } });
 * const { update } = rules.clamped({ global: { rate: 0.9, rat: 1 } }, state);
 * if (update.global?.rate !== 0.6 || "rat" in update.global) throw new Error("in one turn it goes up by 0.1 at most");
 * ```
 */
export class UpdateRules {
  readonly #globals: Rules;
  readonly #agents: Rules;
  readonly #schemas = new Map<string, JsonObject>();

  /**
   * Rules for the variables named by `decides`.
   * @throws {SimError} `unknown_variable` when one is not declared, `bad_step` when a step limit is of no number among them
   */
  constructor(variables: StateVariables, decides: DecidedVariables, steps: StepLimits = NO_STEPS) {
    this.#globals = rulesOf(variables, decides, steps, "global_vars");
    this.#agents = rulesOf(variables, decides, steps, "agent_vars");
  }

  /** Whether there is nothing to set. */
  get isEmpty(): boolean {
    return this.#globals.size === 0 && this.#agents.size === 0;
  }

  /**
   * JSON Schema of an update's members `global` and `agents`, and the definitions that they refer to. It says what values
   * there are and not how large a step may be, so that it stays the same from turn to turn.
   */
  schema(agents: readonly string[]): { readonly properties: JsonObject; readonly $defs?: JsonObject } {
    const key = agents.length > NAMED ? "" : JSON.stringify(agents);
    const known = this.#schemas.get(key);
    if (known) return known as ReturnType<UpdateRules["schema"]>;
    const agent = { $ref: "#/$defs/agent" };
    const byName: JsonObject = agents.length > NAMED
      ? { additionalProperties: agent }
      : { properties: Object.fromEntries(agents.map((name) => [name, agent])), additionalProperties: false };
    const hasAgents = this.#agents.size > 0;
    const schema: { readonly properties: JsonObject; readonly $defs?: JsonObject } = {
      properties: {
        ...(this.#globals.size > 0 &&
          { global: variablesSchema(this.#globals, "new values of the world's variables") }),
        ...(hasAgents && { agents: { type: "object", description: "new values by agent", ...byName } }),
      },
      ...(hasAgents && { $defs: { agent: variablesSchema(this.#agents, "new values of an agent's variables") } }),
    };
    // Agents that come and go would fill any memory.
    if (this.#schemas.size >= 100) this.#schemas.clear();
    this.#schemas.set(key, schema);
    return schema;
  }

  /** What a model is told of the variables: a line for each. @param from the state that steps are measured from */
  text(state: SimulationState, from: SimulationState = state): string {
    const globals = [...this.#globals].map(([name, rule]) => {
      const range = rule.step === null ? null : rangeOf(rule, from.global_state[name]);
      const step = range === null ? "" : `; in this turn from ${range.min} to ${range.max}`;
      return `- ${name}: ${ruleText(rule)}; now ${shown(state.global_state[name])}${step}`;
    });
    const agents = [...this.#agents].map(([name, rule]) => `- ${name}: ${ruleText(rule)}${stepText(rule)}`);
    const sections = [
      ...(globals.length === 0 ? [] : ["Of the world (`global`):", ...globals]),
      ...(agents.length === 0 ? [] : ["Of each agent (`agents`, by the agent's name):", ...agents]),
    ];
    return sections.length === 0 ? "(none)" : sections.join("\n");
  }

  /**
   * All that is wrong with an update; empty when nothing is. `null` leaves a variable as it is, unless null is one of its
   * values.
   * @param from the state that steps are measured from
   */
  problems(update: unknown, from: SimulationState): readonly UpdateProblem[] {
    const found: UpdateProblem[] = [];
    this.#each(update, from, {
      unknown: (path, message) => found.push({ path, message }),
      value: (path, rule, value, now) => {
        const failure = failureOf(rule, value, now);
        if (failure) found.push({ path: [...path, ...failure.path], message: failure.message });
      },
    });
    return found;
  }

  /**
   * The update made to fit: numbers are moved into their range, what is unknown or cannot be moved is left out.
   * @param from the state that steps are measured from
   */
  clamped(
    update: unknown,
    from: SimulationState,
  ): { readonly update: StateUpdate; readonly repairs: readonly UpdateRepair[] } {
    const repairs: UpdateRepair[] = [];
    const global: [string, Json][] = [];
    const agents = new Map<string, [string, Json][]>();
    this.#each(update, from, {
      unknown: (path, _message, value) => repairs.push({ at: path.join("."), was: told(value), is: null }),
      value: (path, rule, value, now) => {
        const fitting = failureOf(rule, value, now) === null ? value as Json : moved(rule, value, now);
        if (fitting !== value) repairs.push({ at: path.join("."), was: told(value), is: fitting ?? null });
        if (fitting === undefined) return;
        const [scope, name, variable] = path as [string, string, string];
        if (scope === "global") global.push([name, fitting]);
        else {
          const values = agents.get(name) ?? [];
          agents.set(name, values);
          values.push([variable, fitting]);
        }
      },
    });
    return {
      update: {
        ...(global.length > 0 && { global: Object.fromEntries(global) }),
        ...(agents.size > 0 && {
          agents: Object.fromEntries([...agents].map(([name, values]) => [name, Object.fromEntries(values)])),
        }),
      },
      repairs,
    };
  }

  /** The state with an update that has no problems. */
  applied<S extends SimulationState>(state: S, { global = {}, agents = {} }: StateUpdate): S {
    const patches = new Map(Object.entries(agents));
    const known = [...patches.keys()].filter((name) => state.agents.has(name));
    const changesWorld = Object.keys(global).length > 0;
    if (!changesWorld && known.length === 0) return state;
    return state.with({
      ...(changesWorld && { global_state: { ...state.global_state, ...frozenJson(global) } }),
      ...(known.length > 0 && {
        agents: state.agents.map((agent): AgentState => {
          const patch = patches.get(agent.name);
          return patch === undefined ? agent : { ...agent, ...frozenJson(patch) };
        }),
      }),
    }) as S;
  }

  /** Goes through an update: every value that is to be set, and everything that does not belong there. */
  #each(update: unknown, from: SimulationState, visit: Visitor): void {
    if (!isObject(update)) return visit.unknown([], `must be an object, not ${shown(update)}`, update);
    const { global, agents } = update;
    this.#variables(["global"], global, this.#globals, from.global_state, visit);
    if (agents === undefined || agents === null) return;
    if (!isObject(agents)) return visit.unknown(["agents"], `must be an object, not ${shown(agents)}`, agents);
    for (const [name, values] of Object.entries(agents)) {
      const record = from.agents.get(name);
      if (record) this.#variables(["agents", name], values, this.#agents, record, visit);
      else {
        const hint = didYouMean(name, from.agents.names());
        visit.unknown(["agents", name], `there is no agent ${shown(name)}; ${hint}`, values);
      }
    }
  }

  #variables(
    path: IssuePath,
    values: unknown,
    rules: Rules,
    record: { readonly [variable: string]: unknown },
    visit: Visitor,
  ): void {
    if (values === undefined || values === null) return;
    if (!isObject(values)) return visit.unknown(path, `must be an object, not ${shown(values)}`, values);
    for (const [name, value] of Object.entries(values)) {
      const rule = rules.get(name);
      if (rule === undefined) {
        const hint = didYouMean(name, rules.keys());
        visit.unknown([...path, name], `you do not set a variable of this name; ${hint}`, value);
      } else if (value !== null || isNullable(rule.definition)) {
        visit.value([...path, name], rule, value, Object.hasOwn(record, name) ? record[name] : undefined);
      }
    }
  }
}

interface Visitor {
  unknown(path: IssuePath, message: string, value: unknown): void;
  value(path: IssuePath, rule: Rule, value: unknown, now: unknown): void;
}

const NO_STEPS: StepLimits = { global_vars: {}, agent_vars: {} };

function rulesOf(
  variables: StateVariables,
  decides: DecidedVariables,
  steps: StepLimits,
  scope: "global_vars" | "agent_vars",
): Rules {
  const declared: VariableDefinitions = variables[scope];
  const rules = new Map<string, Rule>();
  for (const name of decides[scope]) {
    if (!Object.hasOwn(declared, name)) {
      throw new SimError("unknown_variable", `decides.${scope}: there is no variable '${name}'`, {
        hint: didYouMean(name, Object.keys(declared)),
      });
    }
    const definition = declared[name]!;
    const step = Object.hasOwn(steps[scope], name) ? stepOf(steps[scope][name]!) : null;
    rules.set(name, { definition, check: compileCheck(definition), step });
  }
  for (const name of Object.keys(steps[scope])) {
    const rule = rules.get(name);
    if (rule !== undefined && isNumber(rule.definition)) continue;
    const what = rule === undefined ? "is none that the model decides" : `is of type ${rule.definition.type}`;
    throw new SimError("bad_step", `max_step.${scope}: '${name}' ${what}`, {
      hint: `only numbers that the model decides have a largest step: ${
        [...rules].filter(([, { definition }]) => isNumber(definition)).map(([name]) => name).join(", ") ||
        "there are none"
      }`,
    });
  }
  return rules;
}

function stepOf(limit: StepLimit): Rule["step"] {
  if (typeof limit === "number") return { absolute: limit, relative: 0 };
  return { absolute: limit.absolute ?? 0, relative: limit.relative ?? 0 };
}

function isNumber({ type }: VariableDefinition): boolean {
  return type === "float" || type === "int";
}

/** Values that a number may take now: its own range, and within that as far as a step goes. */
function rangeOf({ definition, step }: Rule, now: unknown): { readonly min: number; readonly max: number } {
  const bounds = definition as { readonly min?: number | null; readonly max?: number | null };
  const min = bounds.min ?? -Infinity;
  const max = bounds.max ?? Infinity;
  const whole = definition.type === "int" ? { min: Math.ceil(min), max: Math.floor(max) } : { min, max };
  // A value that is not allowed itself is where no step can be measured from.
  if (step === null || typeof now !== "number" || !(now >= whole.min && now <= whole.max)) return whole;
  const size = Math.max(step.absolute, step.relative * Math.abs(now));
  const [low, high] = [Math.max(whole.min, now - size), Math.min(whole.max, now + size)];
  return definition.type === "int" ? { min: Math.ceil(low), max: Math.floor(high) } : { min: low, max: high };
}

function failureOf(rule: Rule, value: unknown, now: unknown): UpdateProblem | null {
  const failure = rule.check(value) ?? jsonFailure(value);
  if (failure !== null || rule.step === null) return failure;
  const { min, max } = rangeOf(rule, now);
  if (value as number >= min && value as number <= max) return null;
  return { path: [], message: `${value} is too large a step from ${now}: in this turn from ${min} to ${max}` };
}

function jsonFailure(value: unknown): UpdateProblem | null {
  const problem = notJson(value);
  return problem === null ? null : { path: [], message: `the value ${problem}` };
}

/** A number moved into its range; undefined where nothing can be moved. */
function moved(rule: Rule, value: unknown, now: unknown): number | undefined {
  if (!isNumber(rule.definition) || typeof value !== "number" || Number.isNaN(value)) return undefined;
  const { min, max } = rangeOf(rule, now);
  const nearest = Math.min(Math.max(rule.definition.type === "int" ? Math.round(value) : value, min), max);
  return failureOf(rule, nearest, now) === null ? nearest : undefined;
}

function variablesSchema(rules: Rules, description: string): JsonObject {
  const properties = Object.fromEntries([...rules].map(([name, { definition }]) => [name, valueSchema(definition)]));
  return { type: "object", description, properties, additionalProperties: false };
}

/** Without the default: a variable that is left out keeps its value. */
function valueSchema(definition: VariableDefinition): JsonObject {
  const { $schema: _, default: _default, ...schema } = z.toJSONSchema(variableSchema(definition), {
    io: "input",
  }) as JsonObject;
  return schema;
}

function ruleText({ definition }: Rule): string {
  return schemaText(valueSchema(definition));
}

function stepText({ step }: Rule): string {
  if (step === null) return "";
  const parts = [
    ...(step.absolute > 0 ? [`${step.absolute}`] : []),
    ...(step.relative > 0 ? [`${Number((step.relative * 100).toPrecision(6))} % of its value`] : []),
  ];
  return `; changes by at most ${parts.join(" or ")} in one turn`;
}

/** What a model said, for the record: JSON that is not too long. */
function told(value: unknown): Json {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return typeof value === "boolean" || value === null ? value : shown(value);
}
