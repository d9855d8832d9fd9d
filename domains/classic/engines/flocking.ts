/** Engine `flocking`: measures how far a flock flies the same way. */

import { BaseEngine, SimError, type SimulationState } from "llm-sim";
import { z } from "zod";
import { alignment } from "../models/boids.ts";
import type { FlockingVariables } from "../variables.ts";

/** Config of engine `flocking`. */
export const flockingConfig = z.strictObject({
  flock: z.string().default("boids").describe("population whose headings are measured"),
});

type FlockingState = SimulationState<Record<string, never>, FlockingVariables>;

/** Boids move by themselves; this engine writes the order parameter of their headings to `global.alignment`. */
export class FlockingEngine
  extends BaseEngine<z.output<typeof flockingConfig>, Record<string, never>, FlockingVariables> {
  static override readonly config = flockingConfig;
  static override readonly description = "Writes to global.alignment how far a flock flies the same way, 0 to 1.";
  static override readonly requires = { global_vars: ["width", "height", "alignment"] };

  /** @throws {SimError} `unknown_population` when the scenario has no such flock */
  override initializeState(initial: FlockingState): FlockingState {
    const { flock } = this.config;
    if (initial.populations.has(flock)) return this.#measured(initial);
    throw new SimError("unknown_population", `engine.flock names '${flock}', which is no population of this scenario`, {
      hint: `populations are: ${initial.populations.names().join(", ") || "none"}`,
    });
  }

  override applyActions(state: FlockingState): FlockingState {
    return state;
  }

  override applyEngineRules(state: FlockingState): FlockingState {
    return this.#measured(state);
  }

  #measured(state: FlockingState): FlockingState {
    const heading = state.populations.get(this.config.flock)!.column("heading");
    return state.with({ global_state: { ...state.global_state, alignment: alignment(heading) } });
  }
}
