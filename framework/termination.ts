/** When a simulation ends: evaluated once on the initial state and once after every turn. */

import { type Condition, evaluateCondition, parseCondition } from "./condition.ts";
import type { BaseEngine } from "./engine.ts";
import { SimError } from "./issue.ts";
import type { Metrics } from "./reporter.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import type { SimulationState } from "./state.ts";

/**
 * Decides whether a state is the last. Reasons: `engine: …`, `max_value`, `min_value`, `when: <condition>`,
 * `max_turns`, in this order.
 */
export class Termination {
  readonly #scenario: ResolvedScenario["simulation"];
  readonly #engine: BaseEngine;
  readonly #conditions: readonly { text: string; tree: Condition }[];

  /** The rules of a scenario; `engine` is asked first at every turn. */
  constructor(scenario: ResolvedScenario["simulation"], engine: BaseEngine) {
    this.#scenario = scenario;
    this.#engine = engine;
    this.#conditions = scenario.termination.when.map((text) => ({ text, tree: parseCondition(text) }));
  }

  /** The reason to end after this state, or null. */
  reason(state: SimulationState, metrics: Metrics): string | null {
    const own: unknown = this.#engine.checkTermination(state);
    if (typeof own === "string") return `engine: ${own}`;
    if (own !== null && own !== undefined) {
      throw new SimError("engine_error", `checkTermination() returned a ${typeof own} in turn ${state.turn}`, {
        turn: state.turn,
        hint: "return a short reason, or null to go on",
      });
    }
    const { max_value, min_value } = this.#scenario.termination;
    const total: unknown = state.global_state.total_economic_value;
    if (typeof total === "number") {
      if (max_value !== null && total > max_value) return "max_value";
      if (min_value !== null && total < min_value) return "min_value";
    }
    for (const { text, tree } of this.#conditions) {
      if (evaluateCondition(tree, state, metrics)) return `when: ${text}`;
    }
    return state.turn >= this.#scenario.max_turns ? "max_turns" : null;
  }
}
