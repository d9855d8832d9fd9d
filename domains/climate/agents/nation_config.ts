/** Config of agent `nation`. */

import { z } from "zod";

/** The strategies a nation can follow. */
export const STRATEGIES = ["free_rider", "conditional", "cooperator", "green"] as const;

/** One of {@linkcode STRATEGIES}. */
export type Strategy = typeof STRATEGIES[number];

const rate = z.number().min(0).max(1);

/** Config of agent `nation`. Rates are shares of industrial emissions that are avoided. */
export const nationConfig = z.strictObject({
  strategy: z.enum(STRATEGIES).default("conditional").describe(
    "free_rider: what its own carbon price makes worth while, and no more; conditional: as much as it expects of the others, and a little more; cooperator: step by step up to the rate on which the talks converge; green: step by step up to its own ambition, whatever the others do",
  ),
  ambition: rate.optional().describe(
    "rate it proposes at first and never goes beyond, instead of the strategy's (conditional 0.8, cooperator and green 1)",
  ),
  step: rate.optional().describe(
    "by how much it raises its rate per turn of its own accord, instead of the strategy's (conditional 0.03, cooperator 0.06, green 0.1)",
  ),
  concession: rate.optional().describe(
    "share of the way to the middle of the others' proposals that its own goes per turn, instead of the strategy's (conditional and cooperator 0.3, others 0)",
  ),
  max_step: rate.default(0.15).describe("most by which it changes its rate per turn, whatever it has promised"),
  carbon_price: z.number().min(0).max(1000).default(2).describe(
    "its own carbon price in 2015, USD of 2010 per tCO2; it rises by 2 % per year as in DICE's baseline; no nation does less than this price makes worth while",
  ),
  bluff: rate.default(0).describe("by how much a free rider's promises exceed what it does"),
  memory: z.number().int().min(1).max(50).default(5).describe(
    "turns for which it remembers whether others kept their promises",
  ),
  tolerance: rate.default(0.02).describe("by how much another may miss its promise and still have kept it"),
  heeds_alarm: z.boolean().default(true).describe(
    "whether an alarm (a message { kind: alarm, rate }) raises its ambition to that rate and, unless it rides free, makes it go as fast as it can",
  ),
});

/** Checked config of agent `nation`. */
export type NationConfig = z.output<typeof nationConfig>;
