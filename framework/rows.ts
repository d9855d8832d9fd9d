/** Rows of `global.jsonl` and `agents.jsonl`, encoded from one template per turn. */

import type { Members } from "./members.ts";
import type { Metrics } from "./reporter.ts";
import { rng, type Seed } from "./rng.ts";
import type { AgentState, SimulationState } from "./state.ts";

/** `{"turn":3,"interest_rate":0.05,…,"metric.gini":0.31}` and a newline. */
export function globalRow(state: SimulationState, metrics: Metrics): string {
  let text = `{"turn":${state.turn}`;
  for (const name in state.global_state) text += `,${JSON.stringify(name)}:${JSON.stringify(state.global_state[name])}`;
  for (const name in metrics) text += `,${JSON.stringify(`metric.${name}`)}:${JSON.stringify(metrics[name])}`;
  return text + "}\n";
}

/**
 * Encodes `{"turn":3,"agent":"NationA","economic_strength":1157.6}` lines for agents with these variables; in a scenario
 * with space they end with the agent's `location`, unless a variable has that name.
 */
export class AgentRows {
  readonly #keys: readonly (readonly [name: string, json: string])[];
  readonly #wanted: ReadonlySet<string> | null;
  readonly #hasLocation: boolean;

  /** @param agents whose rows are wanted: all of them, or those named */
  constructor(variables: Iterable<string>, agents: "all" | readonly string[]) {
    this.#keys = [...variables].map((name) => [name, `,${JSON.stringify(name)}:`] as const);
    this.#wanted = agents === "all" ? null : new Set(agents);
    this.#hasLocation = !this.#keys.some(([name]) => name === "location");
  }

  /** The rows of this state, in agent order. */
  encode(state: SimulationState): string {
    const start = `{"turn":${state.turn},"agent":`;
    const space = this.#hasLocation ? state.space : null;
    let text = "";
    for (const agent of state.agents.records) {
      if (this.#wanted && !this.#wanted.has(agent.name)) continue;
      text += start + JSON.stringify(agent.name) + this.#members(agent) +
        (space === null ? "" : `,"location":${JSON.stringify(space.position(agent.name) ?? null)}`) + "}\n";
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

/** Encodes lines as {@linkcode AgentRows} does for some members of each population, the same ones all through a run. */
export class SampleRows {
  /** By population, ascending. */
  readonly #ids: ReadonlyMap<string, readonly number[]>;

  /**
   * @param populations with how many members each began
   * @param k members per population
   */
  constructor(populations: readonly { readonly name: string; readonly size: number }[], k: number, seed: Seed) {
    this.#ids = new Map(populations.map(({ name, size }) => [name, sampleOf(name, size, k, seed)]));
  }

  /** The rows of those that are still there. A member's name is the population's and its id plus 1: `traders_18`. */
  encode(state: SimulationState): string {
    let text = "";
    for (const members of state.populations) {
      for (const id of this.#ids.get(members.name) ?? []) {
        const index = members.indexOf(id);
        if (index >= 0) text += memberRow(state.turn, members, index);
      }
    }
    return text;
  }
}

function sampleOf(population: string, size: number, k: number, seed: Seed): readonly number[] {
  if (k === 0) return [];
  const ids = Array.from({ length: size }, (_, id) => id);
  return rng(seed, "sample", population, 0).sample(ids, Math.min(k, size)).sort((a, b) => a - b);
}

function memberRow(turn: number, members: Members, index: number): string {
  const { name, ...variables } = members.record(index);
  return `${JSON.stringify({ turn, agent: name, ...variables })}\n`;
}
