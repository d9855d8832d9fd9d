/** Config of agent `econ_llm`, and what it says of the nation in words. */

import { LLMAgent } from "llm-sim";
import { z } from "zod";
import type { Strategy } from "../variables.ts";
import { nationConfig } from "./nation_config.ts";

/**
 * Config of agent `econ_llm`: that of agent `nation`, which its rule goes by, and what the model is told and may do.
 * Without a persona the model is told what the rule aims at.
 */
export const econLLMConfig = nationConfig.extend({
  ...LLMAgent.settings.shape,
  persona: LLMAgent.settings.shape.persona.describe(
    "who governs and what they want, told to the model; without it, what strategy and tariff_stance say",
  ),
  max_rate_step: z.number().gt(0).max(100).default(2.5)
    .describe("largest change of the policy rate in one turn, points; the rule keeps to it too"),
});

/** Checked config of agent `econ_llm`. */
export type EconLLMConfig = z.output<typeof econLLMConfig>;

const AIMS: { readonly [strategy in Strategy]: string } = {
  grow: "You want the economy to grow: you invest much, and would rather have it run warm than cold.",
  maintain: "You want stability: inflation near the target, output near what can be sustained, no rising debt.",
  decline: "You want thrift: little investment, a budget in surplus and tight money, at the price of growth.",
};

/** Who governs the nation and what they want. */
export function personaOf(config: EconLLMConfig): string {
  if (config.persona.trim() !== "") return config.persona;
  return `${AIMS[config.strategy]} Your inflation target is ${config.inflation_target} %. ${tradeAims(config)}`;
}

function tradeAims({ tariff_stance, tariff_targets }: EconLLMConfig): string {
  switch (tariff_stance) {
    case "free_trade":
      return "You are for free trade, and put on no tariffs.";
    case "reciprocal":
      return "You start no trade wars, but answer tariffs in kind.";
    case "protectionist": {
      const targets = tariff_targets.length === 0 ? "all others" : tariff_targets.join(", ");
      return `You protect your industry with tariffs against ${targets}.`;
    }
  }
}
