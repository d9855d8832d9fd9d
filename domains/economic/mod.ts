/**
 * The economic domain: nations that grow at an interest rate (engine `economic`), or invest, trade and set policies
 * (engine `market`). The README explains the models and the scenarios.
 *
 * @module
 */

import { defineDomain } from "llm-sim";
import { NationAgent } from "./agents/nation.ts";
import { EconomicEngine } from "./engines/economic.ts";
import { MarketEngine } from "./engines/market.ts";
import { AlwaysValidValidator } from "./validators/always_valid.ts";
import { EconomicRulesValidator } from "./validators/economic_rules.ts";
import economic from "./templates/economic.yaml" with { type: "text" };
import market from "./templates/market.yaml" with { type: "text" };

export default defineDomain({
  name: "economic",
  description: "Nations that grow at an interest rate, or invest, trade and set policies in a small macro model.",
  agents: [NationAgent],
  engines: [EconomicEngine, MarketEngine],
  validators: [AlwaysValidValidator, EconomicRulesValidator],
  templates: { economic, market },
});
