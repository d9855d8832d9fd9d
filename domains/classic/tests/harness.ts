/** For this domain's tests: the stage for its scenarios. */

import type { SimulationState } from "llm-sim";
import { stageOf } from "../../../tests/support/playing.ts";
import classic from "../mod.ts";
import type { FlockingVariables, MoneyVariables, WolfSheepVariables } from "../variables.ts";

/** A state of any of the models; each has only some of the variables. */
export type ClassicState = SimulationState<MoneyVariables, FlockingVariables & WolfSheepVariables>;

/** Where this domain's scenarios are played. */
export const stage = stageOf<ClassicState>(classic);
/** Of {@linkcode stage}. */
export const { play, playText } = stage;
