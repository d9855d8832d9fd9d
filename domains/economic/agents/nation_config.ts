/** Config of agent `nation`. */

import { z } from "zod";
import { STRATEGIES } from "../variables.ts";

/** Config of agent `nation`; everything but `strategy` matters on engine `market` only. */
export const nationConfig = z.strictObject({
  strategy: z.enum(STRATEGIES).default("grow").describe(
    "grow: invest much, run the economy warm; maintain: invest what keeps capital in step; decline: let capital wear out, austerity, tight money",
  ),
  investment_share: z.number().min(0).max(0.6).optional()
    .describe("share of output invested, instead of the strategy's (grow 0.32, maintain 0.24, decline 0.05)"),

  monetary_policy: z.enum(["taylor", "fixed"]).default("taylor")
    .describe("taylor: the rate follows inflation and output gap; fixed: it stays at fixed_rate"),
  fixed_rate: z.number().min(0).max(50).default(3).describe("policy rate under monetary_policy: fixed, % per year"),
  inflation_target: z.number().min(0).max(20).default(2).describe("inflation that the policy rate aims at, % per year"),
  neutral_rate: z.number().min(-5).max(10).default(1).describe(
    "real rate the central bank takes for neutral, % per year",
  ),

  fiscal_stimulus: z.number().min(-0.1).max(0.1).default(0)
    .describe("extra primary deficit while the stimulus runs, share of output; negative is austerity"),
  stimulus_from: z.number().int().min(1).default(1).describe("turn in which the stimulus starts"),
  stimulus_turns: z.number().int().min(1).optional().describe("turns it lasts; without it, to the end"),
  stimulus_above: z.number().min(0).max(100).default(0)
    .describe("the stimulus runs only in turns in which unemployment is at least this, %"),

  tariff_stance: z.enum(["free_trade", "reciprocal", "protectionist"]).default("reciprocal").describe(
    "free_trade: never any tariff; reciprocal: answers each partner's tariff in kind; protectionist: tariffs of its own and answers in kind",
  ),
  tariff: z.number().min(0).max(2).default(0.2).describe(
    "a protectionist's tariff, share of the border price (0.2 is 20 %)",
  ),
  tariff_targets: z.array(z.string()).default([]).describe("partners a protectionist taxes; empty: all"),
  tariff_from: z.number().int().min(1).default(1).describe("turn in which a protectionist starts"),
  escalation: z.number().min(0).max(1).default(0)
    .describe("by how much a protectionist raises a tariff, each turn in which the partner has answered in kind"),
  max_tariff: z.number().min(0).max(2).default(0.6).describe("no tariff goes above this"),
});

/** Checked config of agent `nation`. */
export type NationConfig = z.output<typeof nationConfig>;
