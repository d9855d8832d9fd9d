/** Validator `in_range`: rejects opinions out of range, meetings with people out of reach, and unknown actions. */

import { type Action, BaseValidator, type Json, type JsonObject, type SimulationState, type Verdict } from "llm-sim";
import { z } from "zod";
import { ADOPT, MEET, OPINION, type PersonVariables, type SocietyVariables } from "../variables.ts";

/** Config of validator `in_range`. */
export const inRangeConfig = z.strictObject({
  min: z.number().min(0).max(1).default(0).describe("lowest opinion"),
  max: z.number().min(0).max(1).default(1).describe("highest opinion"),
  max_step: z.number().min(0).max(1).default(1).describe("most by which an opinion can change at once"),
});

type Range = z.output<typeof inRangeConfig>;
type SocietyState = SimulationState<PersonVariables, SocietyVariables>;

/** Slack for opinions that were computed in another order. */
const ROUNDING = 1e-9;

/** Judges `adopt` and `meet`; every rejection has its reason. */
export class InRangeValidator extends BaseValidator<Range, PersonVariables, SocietyVariables> {
  static override readonly config = inRangeConfig;
  static override readonly description =
    "Rejects opinions out of range or too far from the last one, meetings with people who are no neighbours, and " +
    "unknown actions.";
  static override readonly requires = { agent_vars: ["opinion"] };

  override validateAction(action: Action, state: SocietyState): Verdict {
    const reason = objection(action, state, this.config);
    return reason === undefined ? true : { accepted: false, reason };
  }
}

function objection(action: Action, state: SocietyState, range: Range): string | undefined {
  const person = state.agents.get(action.agent_name);
  if (person === undefined) return `there is nobody named '${action.agent_name}'`;
  switch (action.action_name) {
    case ADOPT:
      return unknownParameter(action.parameters, ["opinion"]) ?? badOpinion(action.parameters, person, range);
    case MEET:
      return unknownParameter(action.parameters, ["with", "confidence", "rate"]) ?? badMeeting(action, state);
    default:
      return `unknown action '${action.action_name}'; known: ${ADOPT}, ${MEET}`;
  }
}

function badOpinion({ opinion }: JsonObject, person: PersonVariables, range: Range): string | undefined {
  if (typeof opinion !== "number" || !Number.isFinite(opinion)) return notNumber("opinion", opinion);
  if (opinion < range.min - ROUNDING || opinion > range.max + ROUNDING) {
    return `opinion ${opinion} is not from ${range.min} to ${range.max}`;
  }
  if (Math.abs(opinion - person.opinion) <= range.max_step + ROUNDING) return undefined;
  return `opinion cannot go from ${person.opinion} to ${opinion} at once, where ${range.max_step} is the most`;
}

function badMeeting({ agent_name, parameters }: Action, { agents, space }: SocietyState): string | undefined {
  for (const name of ["confidence", "rate"]) {
    const value = parameters[name];
    if (typeof value !== "number" || !Number.isFinite(value)) return notNumber(name, value);
    if (value < OPINION.min || value > OPINION.max) return `${name} ${value} is not from 0 to 1`;
  }
  const other = parameters.with;
  if (typeof other !== "string" || !agents.has(other)) return `there is nobody named ${shown(other)}`;
  if (other === agent_name) return "meets itself";
  if (space === null) return undefined;
  const [here, there] = [space.position(agent_name), space.position(other)];
  if (here !== undefined && there !== undefined && (here === there || space.adjacent(here, there))) return undefined;
  return `'${other}' is no neighbour`;
}

function unknownParameter(parameters: JsonObject, known: readonly string[]): string | undefined {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  return unknown === undefined ? undefined : `unknown parameter '${unknown}'; known: ${known.join(", ")}`;
}

function notNumber(name: string, value: Json | undefined): string {
  return `${name} must be a finite number, not ${shown(value)}`;
}

function shown(value: Json | undefined): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
