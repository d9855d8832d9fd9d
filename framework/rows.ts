/** Rows of `global.jsonl` and `agents.jsonl`, encoded from one template per turn. */

import type { Members } from "./members.ts";
import type { Metrics } from "./reporter.ts";
import { type Seed, type StreamKey, streamKey } from "./rng.ts";
import type { AgentState, SimulationState } from "./state.ts";

/**
 * `{"turn":3,"interest_rate":0.05,…,"metric.gini":0.31}` and a newline.
 * @param variables of the world, those that are recorded
 */
export function globalRow(state: SimulationState, metrics: Metrics, variables: readonly string[]): string {
  let text = `{"turn":${state.turn}`;
  for (const name of variables) text += `,${JSON.stringify(name)}:${JSON.stringify(state.global_state[name])}`;
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

/**
 * Encodes lines as {@linkcode AgentRows} does for some members of each population. Whoever is in the sample stays in it
 * as long as it lives; then another one takes its place. Who that is depends on nothing but the seed and who is there,
 * so that a resumed run goes on with the same members.
 */
export class SampleRows {
  readonly #samples: ReadonlyMap<string, MemberSample>;

  /**
   * @param populations with how many members each began
   * @param k members per population
   */
  constructor(populations: readonly { readonly name: string; readonly size: number }[], k: number, seed: Seed) {
    this.#samples = new Map(
      k === 0
        ? []
        : populations.map(({ name, size }) => [name, new MemberSample(k, size, streamKey(seed, "sample", name))]),
    );
  }

  /** The rows of the sample, by id. A member's name is the population's and its id plus 1: `traders_18`. */
  encode(state: SimulationState): string {
    let text = "";
    for (const members of state.populations) {
      for (const id of this.#samples.get(members.name)?.idsOf(members) ?? []) {
        text += memberRow(state.turn, members, members.indexOf(id));
      }
    }
    return text;
  }
}

/**
 * The first `k` of a population's members, in an order that puts the members it began with first, as a hash has them,
 * and those born later behind them in the order of their birth: who is born never pushes anybody out.
 */
class MemberSample {
  readonly #k: number;
  readonly #initial: number;
  readonly #key: StreamKey;
  /** Ascending. */
  #ids: readonly number[] = [];

  /** @param initial number of members that the population began with */
  constructor(k: number, initial: number, key: StreamKey) {
    this.#k = k;
    this.#initial = initial;
    this.#key = key;
  }

  /** Ids of the members in the sample, ascending. */
  idsOf(members: Members): readonly number[] {
    const isWhole = this.#ids.length === Math.min(this.#k, members.size);
    if (!isWhole || this.#ids.some((id) => members.indexOf(id) < 0)) this.#ids = this.#chosen(members);
    return this.#ids;
  }

  #chosen({ ids }: Members): readonly number[] {
    const first: { readonly id: number; readonly rank: number }[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      const rank = id < this.#initial ? mixed(id, this.#key) : 2 ** 32 + id;
      if (first.length === this.#k) {
        if (rank > first.at(-1)!.rank) continue;
        first.pop();
      }
      const at = first.findLastIndex((other) => other.rank < rank) + 1;
      first.splice(at, 0, { id, rank });
    }
    return first.map(({ id }) => id).sort((a, b) => a - b);
  }
}

/** A hash of a member's id, another one for every id: MurmurHash3's last steps, twice. */
function mixed(id: number, [first, second]: StreamKey): number {
  return finalised(finalised(id ^ first) ^ second) >>> 0;
}

function finalised(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function memberRow(turn: number, members: Members, index: number): string {
  const { name, ...variables } = members.record(index);
  return `${JSON.stringify({ turn, agent: name, ...variables })}\n`;
}
