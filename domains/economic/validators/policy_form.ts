/** Whether the parameters of a `set_policy` say anything that could be done: names, numbers, partners. */

import type { Action, Json, SimulationState } from "llm-sim";
import { NATION_BOUNDS, POLICIES, TARIFF_BOUNDS } from "../variables.ts";

const PARAMETERS: readonly string[] = ["strength", ...POLICIES, "tariffs"];

/** Why no engine could make anything of the parameters, or undefined when it can. */
export function malformed({ agent_name, parameters }: Action, state: SimulationState): string | undefined {
  const unknown = Object.keys(parameters).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return `unknown parameter '${unknown}'; known: ${PARAMETERS.join(", ")}`;
  for (const name of POLICIES) {
    const value = parameters[name];
    if (value !== undefined && !isNumber(value)) return `${name} must be a finite number, not ${shown(value)}`;
  }
  return malformedTariffs(parameters.tariffs, agent_name, state);
}

function malformedTariffs(tariffs: Json | undefined, owner: string, state: SimulationState): string | undefined {
  if (tariffs === undefined) return undefined;
  if (tariffs === null || typeof tariffs !== "object" || Array.isArray(tariffs)) {
    return `tariffs must map partners to shares, not ${shown(tariffs)}`;
  }
  for (const [partner, rate] of Object.entries(tariffs)) {
    if (partner === owner) return "a nation cannot tax its imports from itself";
    if (!state.agents.has(partner)) return `tariff on '${partner}', which is no nation here`;
    if (!isNumber(rate)) return `tariff on '${partner}' must be a finite number, not ${shown(rate)}`;
  }
  return undefined;
}

/** Why well-formed parameters are beyond what any nation of the model can have, or undefined when they are not. */
export function impossible({ parameters }: Action): string | undefined {
  for (const name of POLICIES) {
    const { min, max } = NATION_BOUNDS[name];
    const value = parameters[name];
    const reason = value === undefined ? undefined : outside(name, Number(value), min, max);
    if (reason !== undefined) return reason;
  }
  return highTariff(parameters.tariffs, TARIFF_BOUNDS.max);
}

/** Why one of these well-formed tariffs is too high, or below 0; undefined when none is. */
export function highTariff(tariffs: Json | undefined, max: number): string | undefined {
  for (const [partner, rate] of Object.entries(tariffs ?? {})) {
    const reason = outside(`tariff on '${partner}'`, Number(rate), 0, max);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Says that a value is out of its range; undefined when it is not. */
export function outside(what: string, value: number, min: number, max: number): string | undefined {
  return value >= min && value <= max ? undefined : `${what} ${shown(value)} is not from ${min} to ${max}`;
}

/** Whether it is a number that can be calculated with. */
export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A value for a sentence: numbers in at most six digits, everything else as JSON in at most 60 characters. */
export function shown(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
