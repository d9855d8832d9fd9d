/**
 * The economic domain: nations that grow at an interest rate (engine `economic`), or invest, trade and set policies
 * (engine `market`); language models may govern nations, compute the economy and judge policies (`econ_llm`). The README
 * explains the models and the scenarios.
 *
 * @module
 */

import { defineDomain } from "llm-sim";
import { EconLLMAgent } from "./agents/econ_llm.ts";
import { NationAgent } from "./agents/nation.ts";
import { EconLLMEngine } from "./engines/econ_llm.ts";
import { EconomicEngine } from "./engines/economic.ts";
import { MarketEngine } from "./engines/market.ts";
import { AlwaysValidValidator } from "./validators/always_valid.ts";
import { EconLLMValidator } from "./validators/econ_llm.ts";
import { EconomicRulesValidator } from "./validators/economic_rules.ts";
import economic from "./templates/economic.yaml" with { type: "text" };
import llmMarket from "./templates/llm_market.yaml" with { type: "text" };
import market from "./templates/market.yaml" with { type: "text" };

export default defineDomain({
  name: "economic",
  description: "Nations that grow at an interest rate, or invest, trade and set policies in a small macro model; " +
    "by rule, or with language models.",
  agents: [NationAgent, EconLLMAgent],
  engines: [EconomicEngine, MarketEngine, EconLLMEngine],
  validators: [AlwaysValidValidator, EconomicRulesValidator, EconLLMValidator],
  templates: { economic, market, llm_market: llmMarket },
});
