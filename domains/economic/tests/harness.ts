/** For this domain's tests: the stage for its scenarios. */

import type { AgentState, SimulationState } from "llm-sim";
import type { z } from "zod";
import { stageOf } from "../../../tests/support/playing.ts";
import type { nationConfig } from "../agents/nation_config.ts";
import type { marketConfig } from "../engines/market_config.ts";
import economic from "../mod.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";

/** A state of either engine; `economic` has only some of the variables. */
export type EconomyState = SimulationState<NationVariables, WorldVariables>;

/** A nation of {@linkcode EconomyState}. */
export type Nation = AgentState<NationVariables>;

/** A scenario file, as far as the tests change it. */
export interface ScenarioFile {
  readonly simulation: object;
  readonly engine: { readonly type: string; readonly config?: z.input<typeof marketConfig> };
  readonly validator: { readonly type: string; readonly config?: object };
  readonly agents: readonly {
    readonly name: string;
    readonly type: string;
    readonly initial_economic_strength?: number;
    readonly variables?: Partial<NationVariables>;
    readonly config?: z.input<typeof nationConfig>;
  }[];
  readonly state_variables: Record<"agent_vars" | "global_vars", Record<string, VariableText>>;
}

interface VariableText {
  readonly type: string;
  readonly default?: unknown;
  readonly min?: number;
  readonly max?: number;
  readonly value_type?: VariableText;
}

/** Where this domain's scenarios are played. */
export const stage = stageOf<EconomyState, ScenarioFile>(economic);
/** Of {@linkcode stage}. */
export const { play, playText, readScenario } = stage;
