/** A world for the pages' benchmarks: many turns at once, then so many a second; a walk, and a wave around it. */

import {
  type AgentContext,
  BaseAgent,
  BaseEngine,
  BaseValidator,
  type Decision,
  defineDomain,
  type EngineContext,
  type SimulationState,
} from "llm-sim";
import { z } from "zod";

const agentConfig = z.strictObject({
  from: z.number().int().default(0).describe("turn from which on it takes its time"),
  pause_ms: z.number().default(0).describe("milliseconds that it then takes for a turn"),
});

/** Says nothing, and takes its time for it. */
class PacerAgent extends BaseAgent<z.output<typeof agentConfig>> {
  static override readonly config = agentConfig;
  override decideAction(_observation: SimulationState, context: AgentContext): Decision | Promise<Decision> {
    const { from, pause_ms } = this.config;
    if (context.turn < from || pause_ms === 0) return null;
    return new Promise((resolve) => setTimeout(() => resolve(null), pause_ms));
  }
}

class WalkEngine extends BaseEngine {
  override applyActions(state: SimulationState): SimulationState {
    return state;
  }

  override applyEngineRules(state: SimulationState, context: EngineContext): SimulationState {
    const walk = Number(state.global_state.walk) + context.rng("walk").normal();
    return state.with({
      global_state: { ...state.global_state, walk, wave: walk + 40 * Math.sin(context.turn / 200) },
    });
  }
}

class AlwaysValidValidator extends BaseValidator {
  override validateAction(): boolean {
    return true;
  }
}

export default defineDomain({
  name: "paced",
  description: "A walk of many turns, then of so many a second.",
  agents: [PacerAgent],
  engines: [WalkEngine],
  validators: [AlwaysValidValidator],
});
