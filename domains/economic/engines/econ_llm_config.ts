/** Config of engine `econ_llm`. */

import { LLMEngine } from "llm-sim";
import type { z } from "zod";
import { economicConfig } from "./economic.ts";
import { marketConfig } from "./market_config.ts";

/**
 * Config of engine `econ_llm`: that of the engine whose rules it keeps to, `market` or `economic`, and what a model
 * decides in their place.
 */
export const econLLMEngineConfig = marketConfig.extend({
  interest_rate: economicConfig.shape.interest_rate.describe(
    "in a world as of engine economic: the rate at the start, as a share; without effect in one as of engine market",
  ),
  ...LLMEngine.settings.shape,
  decides: LLMEngine.settings.shape.decides.describe(
    "names of the indicators that the model decides; left out: gdp_growth, inflation and unemployment of the nations, " +
      "in a world as of engine economic also interest_rate and those of the world, as far as they are declared",
  ),
});

/** Checked config of engine `econ_llm`. */
export type EconLLMEngineConfig = z.output<typeof econLLMEngineConfig>;
