/** Measures that nations take in their own words: what they cost, and what a rule makes of them. */

import type { Action, AgentState, JsonObject } from "llm-sim";
import { clamp, MEASURE, NATION_BOUNDS, type NationVariables, SPENDING } from "../variables.ts";
import { STEP_YEARS } from "./carbon_cycle.ts";
import { YEARLY_DEPRECIATION } from "./economy.ts";

type Nation = AgentState<NationVariables>;

/**
 * What nations spend on measures among `actions`, by nation, each year as a share of net output. What is malformed is left
 * out, spending out of bounds is moved to them, of several measures of one nation the last counts.
 */
export function measuresIn(actions: readonly Action[]): ReadonlyMap<string, number> {
  const spending = new Map<string, number>();
  for (const { agent_name, action_name, parameters } of actions) {
    const spent = parameters.spending;
    if (action_name !== MEASURE || typeof spent !== "number" || !Number.isFinite(spent)) continue;
    spending.set(agent_name, clamp(spent, SPENDING));
  }
  return spending;
}

/** The nation after it has paid: at the end of the turn its capital is smaller by what it spent. */
export function paid(nation: Nation, spending: number): Nation {
  const spent = STEP_YEARS * spending * nation.net_output;
  // What is taken away now would have been worn down until then.
  const capital = nation.capital - spent / (1 - YEARLY_DEPRECIATION) ** STEP_YEARS;
  return { ...nation, capital: clamp(capital, NATION_BOUNDS.capital) };
}

/**
 * The vulnerability of a nation that spends on protection, as a rule has it.
 * @param effect by how much of itself it falls for each share of output that is spent, up to `most`
 */
export function protectedBy(spending: number, { vulnerability }: Nation, effect: number, most: number): JsonObject {
  return { vulnerability: vulnerability * (1 - Math.min(most, effect * spending)) };
}
