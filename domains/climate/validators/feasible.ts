/** Validator `feasible`: rejects what no nation can do in five years, and treaty business of outsiders. */

import { type Action, BaseValidator, type Json, type JsonObject, type SimulationState, type Verdict } from "llm-sim";
import { z } from "zod";
import {
  ABATE,
  JOIN,
  LEAVE,
  MEASURE,
  MEASURE_LENGTH,
  type NationVariables,
  SPENDING,
  VOTE,
  type WorldVariables,
} from "../variables.ts";

/** Config of validator `feasible`. */
export const feasibleConfig = z.strictObject({
  max_abatement: z.number().min(0).max(1.2).default(1).describe(
    "highest abatement rate; above 1 is removal of CO2, which DICE-2016R allows after 2160, up to 1.2",
  ),
  max_step: z.number().min(0).max(1.2).default(0.15).describe(
    "most by which an abatement rate can change in a turn, up or down",
  ),
});

type Limits = z.output<typeof feasibleConfig>;

/** Slack for rates that were rounded. */
const ROUNDING = 1e-6;

/** Judges `abate`, `join_treaty`, `vote`, `leave_treaty` and `take_measure`; every rejection has its reason. */
export class FeasibleValidator extends BaseValidator<Limits, NationVariables, WorldVariables> {
  static override readonly config = feasibleConfig;
  static override readonly description =
    "Rejects abatement rates out of bounds or too far from the last one, votes of outsiders, measures that nobody can " +
    "read or pay, and unknown actions.";
  static override readonly requires = { agent_vars: ["abatement", "member"] };

  override validateAction(action: Action, state: SimulationState<NationVariables, WorldVariables>): Verdict {
    const nation = state.agents.get(action.agent_name);
    const reason = nation === undefined
      ? `there is no nation '${action.agent_name}'`
      : objection(action, nation, this.config);
    return reason === undefined ? true : { accepted: false, reason };
  }
}

function objection(
  { action_name, parameters }: Action,
  nation: NationVariables,
  limits: Limits,
): string | undefined {
  const known = action_name === MEASURE ? ["measure", "spending"] : ["rate"];
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) return `unknown parameter '${unknown}'; known: ${known.join(", ")}`;
  const { rate } = parameters;
  switch (action_name) {
    case ABATE:
      return badRate(rate, limits) ?? tooFar(Number(rate), nation.abatement, limits);
    case JOIN:
      return nation.member ? "is a member already" : badRate(rate, limits);
    case VOTE:
      return nation.member ? badRate(rate, limits) : "votes in a treaty to which it does not belong";
    case LEAVE:
      return nation.member ? undefined : "leaves a treaty to which it does not belong";
    case MEASURE:
      return badMeasure(parameters);
    default:
      return `unknown action '${action_name}'; known: ${[ABATE, JOIN, VOTE, LEAVE, MEASURE].join(", ")}`;
  }
}

function badRate(rate: Json | undefined, { max_abatement }: Limits): string | undefined {
  if (typeof rate !== "number" || !Number.isFinite(rate)) return `rate must be a finite number, not ${shown(rate)}`;
  return rate >= 0 && rate <= max_abatement ? undefined : `rate ${rate} is not from 0 to ${max_abatement}`;
}

function tooFar(rate: number, before: number, { max_step }: Limits): string | undefined {
  if (Math.abs(rate - before) <= max_step + ROUNDING) return undefined;
  return `abatement cannot go from ${shown(before)} to ${shown(rate)} in a turn, where ${max_step} is the most`;
}

function badMeasure({ measure, spending }: JsonObject): string | undefined {
  if (typeof measure !== "string" || measure.trim() === "") {
    return `measure must be a text that is not empty, not ${shown(measure)}`;
  }
  if (measure.length > MEASURE_LENGTH) {
    return `measure has ${measure.length} characters, where ${MEASURE_LENGTH} are the most`;
  }
  if (typeof spending === "number" && spending >= SPENDING.min && spending <= SPENDING.max) return undefined;
  return `spending must be a number from ${SPENDING.min} to ${SPENDING.max}, not ${shown(spending)}`;
}

function shown(value: Json | undefined): string {
  const text = typeof value === "number" ? String(Number(value.toPrecision(6))) : JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
