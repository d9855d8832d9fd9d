/** For this domain's tests: the stage for its scenarios, and worlds made by hand. */

import type { AgentState, SimulationState } from "llm-sim";
import type { z } from "zod";
import { stageOf } from "../../../tests/support/playing.ts";
import type { llmNegotiatorConfig } from "../agents/llm_negotiator.ts";
import type { nationConfig } from "../agents/nation_config.ts";
import type { diceConfig } from "../engines/dice_config.ts";
import climate from "../mod.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";

/** A state of engine `dice`. */
export type ClimateState = SimulationState<NationVariables, WorldVariables>;

/** A nation of {@linkcode ClimateState}. */
export type Nation = AgentState<NationVariables>;

/** One entry of `agents:`. */
export interface NationEntry {
  readonly name: string;
  readonly type: "nation" | "llm_negotiator";
  readonly strategy?: string;
  readonly variables?: Partial<NationVariables>;
  readonly config?: z.input<typeof nationConfig> | z.input<typeof llmNegotiatorConfig>;
}

/** A scenario file, as far as the tests change it; what is left out comes from the file it extends. */
export interface ScenarioFile {
  readonly domain?: string;
  readonly extends?: string;
  readonly simulation: object;
  readonly engine?: { readonly type?: string; readonly config?: z.input<typeof diceConfig> };
  readonly validator?: { readonly type: string; readonly config?: object };
  readonly agents?: readonly NationEntry[];
  readonly observability?: object;
  readonly interventions?: readonly object[];
  readonly state_variables?: Record<"agent_vars" | "global_vars", Record<string, VariableText>>;
}

interface VariableText {
  readonly type: string;
  readonly default?: unknown;
  readonly min?: number;
  readonly max?: number;
}

/** Where this domain's scenarios are played. */
export const stage = stageOf<ClimateState, ScenarioFile>(climate);
/** Of {@linkcode stage}. */
export const { play, playText, readScenario } = stage;

/** Nations n0, n1 … under the baseline's engine; they ride free and are as DICE's world, unless told otherwise. */
export function world(
  nations: readonly Pick<NationEntry, "variables" | "config">[],
  config: z.input<typeof diceConfig> = {},
): ScenarioFile {
  return {
    extends: "business_as_usual.yaml",
    simulation: { name: "world", max_turns: 17 },
    engine: { type: "dice", config },
    agents: nations.map(({ variables, config }, i) => ({
      name: `n${i}`,
      type: "nation",
      config: { strategy: "free_rider", ...config },
      variables: { gross_output: 20, ...variables },
    })),
  };
}
