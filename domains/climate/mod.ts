/**
 * The climate domain: nations that negotiate emissions over the carbon cycle, the warming and the economy of DICE-2016R
 * (engine `dice`), by rules (agent `nation`) or with language models (agent `llm_negotiator`, engine `llm_summit`). The
 * README explains the models and the scenarios.
 *
 * @module
 */

import { defineDomain } from "llm-sim";
import { LLMNegotiatorAgent } from "./agents/llm_negotiator.ts";
import { NationAgent } from "./agents/nation.ts";
import { DiceEngine } from "./engines/dice.ts";
import { LLMSummitEngine } from "./engines/llm_summit.ts";
import { FeasibleValidator } from "./validators/feasible.ts";
import climate from "./templates/climate.yaml" with { type: "text" };
import negotiation from "./templates/negotiation.yaml" with { type: "text" };

export default defineDomain({
  name: "climate",
  description: "Nations that negotiate emissions, in the carbon cycle, climate and economy of DICE-2016R.",
  agents: [NationAgent, LLMNegotiatorAgent],
  engines: [DiceEngine, LLMSummitEngine],
  validators: [FeasibleValidator],
  templates: { climate, negotiation },
});
