/** Rows of `global.jsonl` and `agents.jsonl`, encoded from one template per turn. */

import type { Metrics } from "./reporter.ts";
import type { AgentState, SimulationState } from "./state.ts";

/** `{"turn":3,"interest_rate":0.05,…,"metric.gini":0.31}` and a newline. */
export function globalRow(state: SimulationState, metrics: Metrics): string {
  let text = `{"turn":${state.turn}`;
  for (const name in state.global_state) text += `,${JSON.stringify(name)}:${JSON.stringify(state.global_state[name])}`;
  for (const name in metrics) text += `,${JSON.stringify(`metric.${name}`)}:${JSON.stringify(metrics[name])}`;
  return text + "}\n";
}

/** Encodes `{"turn":3,"agent":"NationA","economic_strength":1157.6}` lines for agents with these variables. */
export class AgentRows {
  readonly #keys: readonly (readonly [name: string, json: string])[];
  readonly #wanted: ReadonlySet<string> | null;

  /** @param agents whose rows are wanted: all of them, or those named */
  constructor(variables: Iterable<string>, agents: "all" | readonly string[]) {
    this.#keys = [...variables].map((name) => [name, `,${JSON.stringify(name)}:`] as const);
    this.#wanted = agents === "all" ? null : new Set(agents);
  }

  /** The rows of this state, in agent order. */
  encode(state: SimulationState): string {
    const start = `{"turn":${state.turn},"agent":`;
    let text = "";
    for (const agent of state.agents.records) {
      if (this.#wanted && !this.#wanted.has(agent.name)) continue;
      text += start + JSON.stringify(agent.name) + this.#members(agent) + "}\n";
    }
    return text;
  }

  #members(agent: AgentState): string {
    let text = "";
    for (const [name, key] of this.#keys) {
      const value: unknown = agent[name];
      text += key + (typeof value === "number" ? value : JSON.stringify(value));
    }
    return text;
  }
}
