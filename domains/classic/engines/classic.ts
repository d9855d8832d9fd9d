/** Engine `classic`: a world without rules of its own, in which named agents may tax populations. */

import { type Action, BaseEngine, type Json, type SimulationState } from "llm-sim";
import { levy, payOut } from "../models/taxes.ts";
import type { MoneyVariables } from "../variables.ts";

/** Action of a named agent: takes `rate` of what each member of population `of` owns above `exempt`. */
export const TAX = "tax";

/** Action of a named agent: gives `share` of its own wealth to the members of population `to`, the same to each. */
export const PAY_OUT = "pay_out";

type MoneyState = SimulationState<MoneyVariables>;

/**
 * Keeps the world variables as they are, and leaves populations to themselves. What named agents do it carries out in
 * agent order: `tax` and `pay_out`, which leave the sum of all wealth, named agents' and members', the same to rounding.
 * Malformed actions have no effect; validator `tax_law` says why.
 */
export class ClassicEngine extends BaseEngine<unknown, MoneyVariables> {
  static override readonly description =
    "A world without rules of its own. Named agents may move money between themselves and populations: tax, pay_out.";

  override applyActions(state: MoneyState, actions: readonly Action[]): MoneyState {
    return actions.reduce((next, action) => {
      if (action.action_name === TAX) return taxed(next, action);
      return action.action_name === PAY_OUT ? paidOut(next, action) : next;
    }, state);
  }
}

function taxed(state: MoneyState, { agent_name, parameters }: Action): MoneyState {
  const { of, rate, exempt = 0 } = parameters;
  if (!isPopulation(of, state) || !isShare(rate) || typeof exempt !== "number" || !(exempt >= 0)) return state;
  let revenue = 0;
  const populations = state.populations.update(of, (next) => {
    revenue = levy(next.column("wealth") as Float64Array, rate, exempt);
  });
  return state.with({ populations, agents: earned(state, agent_name, revenue) });
}

function paidOut(state: MoneyState, { agent_name, parameters }: Action): MoneyState {
  const { to, share = 1 } = parameters;
  const treasury = state.agents.get(agent_name)?.wealth ?? 0;
  if (!isPopulation(to, state) || !isShare(share) || treasury <= 0) return state;
  let paid = 0;
  const populations = state.populations.update(to, (next) => {
    paid = payOut(next.column("wealth") as Float64Array, treasury * share);
  });
  return state.with({ populations, agents: earned(state, agent_name, -paid) });
}

function earned(state: MoneyState, name: string, amount: number): MoneyState["agents"] {
  return state.agents.with(name, { wealth: state.agents.get(name)!.wealth + amount });
}

/** Whether a parameter names a population of the state. */
export function isPopulation(name: Json | undefined, state: SimulationState<MoneyVariables>): name is string {
  return typeof name === "string" && state.populations.has(name);
}

/** Whether a parameter is a number from 0 to 1. */
export function isShare(value: Json | undefined): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}
