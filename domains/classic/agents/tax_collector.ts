/** Agent `tax_collector`: a named agent that taxes a population and gives the revenue back to all. */

import { type AgentContext, BaseAgent, type Decision, type Members, type SimulationState } from "llm-sim";
import { z } from "zod";
import { PAY_OUT, TAX } from "../engines/classic.ts";
import { giniOf } from "../models/taxes.ts";
import type { MoneyVariables } from "../variables.ts";

/** Config of agent `tax_collector`. */
export const taxCollectorConfig = z.strictObject({
  of: z.string().default("traders").describe("population that pays and is paid"),
  rate: z.number().min(0).max(1).default(0.05).describe("share of the wealth above `exempt` that is taken"),
  exempt: z.number().min(0).max(1e9).default(0).describe("wealth that is not taxed"),
  first: z.number().int().min(1).default(1).describe("first turn in which it taxes"),
  every: z.number().int().min(1).default(1).describe("turns from one tax to the next"),
  target_gini: z.number().min(0).max(1).default(0).describe("taxes only while the population's gini is above this"),
  keep: z.number().min(0).max(1).default(0).describe("share of its treasury that it does not pay out"),
});

/** Taxes what it sees of a population's wealth, and pays out the same to every member. */
export class TaxCollectorAgent extends BaseAgent<z.output<typeof taxCollectorConfig>, MoneyVariables> {
  static override readonly config = taxCollectorConfig;
  static override readonly description =
    "Taxes a population's wealth while it is more unequal than wanted, and pays the revenue out to all its members.";
  static override readonly requires = { agent_vars: ["wealth"] };

  override decideAction(observation: SimulationState<MoneyVariables>, context: AgentContext): Decision {
    const { of, rate, exempt, first, every, target_gini, keep } = this.config;
    if (context.turn < first || (context.turn - first) % every !== 0) return null;
    if (giniOf(this.#payers(observation).column("wealth")) <= target_gini) return null;
    return [this.act(TAX, { of, rate, exempt }), this.act(PAY_OUT, { to: of, share: 1 - keep })];
  }

  #payers(observation: SimulationState<MoneyVariables>): Members {
    const members = observation.populations.get(this.config.of);
    if (members !== undefined) return members;
    const known = observation.populations.names().join(", ") || "none";
    throw new RangeError(`tax collector '${this.name}' sees no population '${this.config.of}'; it sees: ${known}`);
  }
}
