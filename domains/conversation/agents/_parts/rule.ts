/** Answers by rule: what the user's words ask for is done, or not quite. */

import type { Json, JsonObject } from "llm-sim";
import {
  type ActionCatalogue,
  type ActionSchema,
  type ActionSpec,
  type ParameterSchema,
  readPhrase,
} from "llm-sim/conversation";
import type { Answer } from "./answer.ts";

/** How well a rule does what it is asked. */
export const BEHAVIOURS = ["perfect", "forgetful", "wrong_argument", "do_nothing"] as const;
/** How well a rule does what it is asked. */
export type Behaviour = typeof BEHAVIOURS[number];

/** Where a rule acts. */
export interface RuleView {
  /** What may be done. */
  readonly catalogue: ActionCatalogue;
  /** What is there: lines `- [id] name`. */
  readonly outline: string;
}

/** What a rule does in place of an action that it has understood; null: nothing. */
type Doing = (action: ActionSpec, schema: ActionSchema, view: RuleView) => ActionSpec | null;

const DOINGS: Record<Exclude<Behaviour, "do_nothing">, Doing> = {
  perfect: (action) => action,
  forgetful: withoutLastArgument,
  wrong_argument: withWrongArgument,
};

/**
 * What a rule answers: it knows nothing but what the user has said. The same words have the same answer.
 *
 * - `perfect` does what it has understood.
 * - `forgetful` leaves out the last argument of every action, in the catalogue's order; of one with a single argument, or
 *   none, it forgets the whole.
 * - `wrong_argument` gives every action another value for one argument: the first that is no free text, if there is one.
 * - `do_nothing` says friendly words.
 */
export function ruledAnswer(message: string, view: RuleView, behaviour: Behaviour): Answer {
  if (behaviour === "do_nothing") return { reply: "Good idea! Thank you for telling me.", actions: [] };
  const understood = readPhrase(message, view.catalogue);
  if (understood.length === 0) {
    return { reply: "I am not sure what to do. Which action do you want, and on what?", actions: [] };
  }
  const doing = DOINGS[behaviour];
  const actions = understood.flatMap((action) => doing(action, view.catalogue[action.name]!, view) ?? []);
  return { reply: actions.length === 0 ? "Noted." : `I did this: ${actions.map(told).join("; ")}.`, actions };
}

function told({ name, parameters }: ActionSpec): string {
  const given = Object.entries(parameters).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return given.length === 0 ? name : `${name} with ${given.join(", ")}`;
}

/** Names of the arguments that an action has, in the catalogue's order. */
function argumentsOf({ parameters }: ActionSpec, schema: ActionSchema): string[] {
  return Object.keys(schema.parameters).filter((name) => Object.hasOwn(parameters, name));
}

function withoutLastArgument(action: ActionSpec, schema: ActionSchema): ActionSpec | null {
  const names = argumentsOf(action, schema);
  if (names.length < 2) return null;
  const { [names.at(-1)!]: _forgotten, ...parameters } = action.parameters;
  return { ...action, parameters };
}

function withWrongArgument(action: ActionSpec, schema: ActionSchema, view: RuleView): ActionSpec {
  const names = argumentsOf(action, schema);
  const name = names.find((each) => schema.parameters[each]!.type !== "text") ?? names[0];
  if (name === undefined) return action;
  const value = otherValue(action.parameters, name, schema.parameters[name]!, view);
  return { ...action, parameters: { ...action.parameters, [name]: value } };
}

/** A value that argument `name` has not. */
function otherValue(parameters: JsonObject, name: string, schema: ParameterSchema, view: RuleView): Json {
  const value = parameters[name]!;
  const otherMember = schema.enum?.find((member) => member !== value);
  if (otherMember !== undefined) return otherMember;
  if (schema.type === "id") return otherId(value, parameters, view);
  if (schema.type === "date") return dayAfter(value as string);
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return value.length === 0 ? [1] : value.slice(0, -1);
  if (typeof value === "object" && value !== null) return { ...value, other: true };
  return `${value} again`;
}

/** The first id in the outline that no argument names; without one, the next number. */
function otherId(value: Json, parameters: JsonObject, { outline }: RuleView): Json {
  const named = new Set(Object.values(parameters).map(String));
  const ids = Array.from(outline.matchAll(/^\s*- \[(\d+)\]/gm), ([, id]) => id!);
  const other = ids.find((id) => !named.has(id)) ?? (Number.isFinite(Number(value)) ? String(Number(value) + 1) : null);
  if (other === null) return `${value}-again`;
  return typeof value === "number" ? Number(other) : other;
}

/** The same time of the day after. */
function dayAfter(date: string): string {
  const [day, time] = [date.slice(0, 10), date.slice(10)];
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10) + time;
}
