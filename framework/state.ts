/**
 * The state of a simulation between two turns: immutable values, replaced and never changed.
 *
 * Invariants: agents keep the order in which they were declared or added; every agent's record carries its own `name`;
 * a value that was handed out never changes afterwards.
 */

import type { Json, JsonObject } from "./json.ts";
import { NO_POPULATIONS, type PopulationMap } from "./members.ts";
import type { Space } from "./space/mod.ts";

/** Variables of one agent or of the world, by name. Narrow it with an interface of your own: `{ wealth: number }`. */
// deno-lint-ignore no-explicit-any -- the default must accept every domain's own interface, as Record<string, any> does
export type Variables = { readonly [variable: string]: any };

/** One agent's record: its `name` and its variables. */
export type AgentState<A extends Variables = Variables> = { readonly name: string } & Readonly<A>;

/**
 * All agents' records, in agent order. Looks up by name in constant time; every change yields a new map.
 *
 * @example
 * ```ts
 * import { AgentMap } from "llm-sim";
 * const agents = AgentMap.of([{ name: "A", wealth: 1 }, { name: "B", wealth: 3 }]);
 * const richer = agents.map((agent) => ({ ...agent, wealth: agent.wealth * 2 }));
 * if (richer.get("B")?.wealth !== 6 || agents.get("B")?.wealth !== 3) throw new Error("agents are immutable");
 * ```
 */
export class AgentMap<A extends Variables = Variables> implements Iterable<AgentState<A>> {
  readonly #records: readonly AgentState<A>[];
  readonly #index: ReadonlyMap<string, number>;
  /** Position after the one found last: most who look up go through the agents in order, which spares the index. */
  #next = 0;

  private constructor(records: readonly AgentState<A>[], index: ReadonlyMap<string, number>) {
    this.#records = records;
    this.#index = index;
  }

  /** A map of these records. @throws {RangeError} when two have the same name */
  static of<A extends Variables>(records: readonly AgentState<A>[]): AgentMap<A> {
    const index = new Map<string, number>();
    for (const record of records) {
      if (index.has(record.name)) throw new RangeError(`two agents are named '${record.name}'`);
      index.set(record.name, index.size);
    }
    return new AgentMap(records, index);
  }

  /** Number of agents. */
  get size(): number {
    return this.#records.length;
  }

  /** The records in agent order. */
  get records(): readonly AgentState<A>[] {
    return this.#records;
  }

  /** Whether there is an agent of this name. */
  has(name: string): boolean {
    return this.#index.has(name);
  }

  /** The record of `name`, or `undefined`. */
  get(name: string): AgentState<A> | undefined {
    const next = this.#records[this.#next];
    if (next?.name === name) {
      if (++this.#next === this.#records.length) this.#next = 0;
      return next;
    }
    const i = this.#index.get(name);
    return i === undefined ? undefined : this.#records[i];
  }

  /** Position of `name` in agent order, or -1. */
  indexOf(name: string): number {
    return this.#index.get(name) ?? -1;
  }

  /** Names in agent order. */
  names(): string[] {
    return [...this.#index.keys()];
  }

  /** The records in agent order. */
  [Symbol.iterator](): Iterator<AgentState<A>> {
    return this.#records[Symbol.iterator]();
  }

  /**
   * A new map of the same agents with each record replaced by what `change` returns; it keeps the name.
   * @throws {RangeError} when `change` renames an agent
   */
  map(change: (agent: AgentState<A>, index: number) => AgentState<A>): AgentMap<A> {
    const records = this.#records;
    const next = new Array<AgentState<A>>(records.length);
    for (let i = 0; i < records.length; i++) {
      const before = records[i]!;
      const after = change(before, i);
      if (after.name !== before.name) {
        throw new RangeError(`agent '${before.name}' cannot be renamed to '${after.name}'`);
      }
      next[i] = after;
    }
    return new AgentMap(next, this.#index);
  }

  /**
   * A new map with these variables of one agent replaced.
   * @throws {RangeError} when there is no such agent
   */
  with(name: string, patch: Partial<A>): AgentMap<A> {
    const i = this.#index.get(name);
    if (i === undefined) throw new RangeError(`there is no agent '${name}'`);
    const next = this.#records.slice();
    next[i] = { ...next[i]!, ...patch, name };
    return new AgentMap(next, this.#index);
  }

  /** A new map of the agents for which `keep` holds. */
  filter(keep: (agent: AgentState<A>, index: number) => boolean): AgentMap<A> {
    return AgentMap.of(this.#records.filter(keep));
  }

  /** A new map with these records in place of the present ones; same agents in the same order, one record each. */
  replaceAll(records: readonly AgentState<A>[]): AgentMap<A> {
    return this.map((_, i) => records[i]!);
  }

  /** `{name: record}` in agent order, as in checkpoints. Integer-like names are listed first by the JSON object. */
  toJSON(): Record<string, AgentState<A>> {
    const object: Record<string, AgentState<A>> = Object.create(null);
    for (const record of this.#records) object[record.name] = record;
    return object;
  }
}

/** What one LLM or rule said when it decided; carried in the state as in llm-sim. */
export type ReasoningChain = JsonObject;

const NO_CHAINS: readonly ReasoningChain[] = Object.freeze([]);
const NOBODY: readonly string[] = Object.freeze([]);
const NO_TIMES: { readonly [agent: string]: number } = Object.freeze({});

/** The parts a {@linkcode SimulationState} is built from. */
export interface StateParts<A extends Variables = Variables, G extends Variables = Variables> {
  /** Turns completed; 0 is the initial state. */
  readonly turn: number;
  /** All agents' records. */
  readonly agents: AgentMap<A>;
  /** World variables by name. */
  readonly global_state: Readonly<G>;
  /** Reasoning of the turn's LLM components. */
  readonly reasoning_chains?: readonly ReasoningChain[];
  /** Names of paused agents, sorted. */
  readonly paused_agents?: readonly string[];
  /** Turns until a paused agent resumes by itself. */
  readonly auto_resume?: { readonly [agent: string]: number };
  /** Locations, networks and positions, or null without space. */
  readonly space?: Space | null;
  /** Populations by name. */
  readonly populations?: PopulationMap;
}

/**
 * The immutable state after `turn` turns. Engines derive the next one with {@linkcode SimulationState.with}.
 *
 * @example
 * ```ts
 * import { AgentMap, SimulationState } from "llm-sim";
 * const state = new SimulationState({ turn: 0, agents: AgentMap.of([{ name: "A", wealth: 1 }]), global_state: { tax: 0.1 } });
 * const taxed = state.with({ global_state: { tax: 0.2 } });
 * if (state.global_state.tax !== 0.1 || taxed.global_state.tax !== 0.2) throw new Error("states are immutable");
 * ```
 */
export class SimulationState<A extends Variables = Variables, G extends Variables = Variables> {
  /** Turns completed; 0 is the initial state. */
  readonly turn: number;
  /** All agents' records, in agent order. */
  readonly agents: AgentMap<A>;
  /** World variables by name. */
  readonly global_state: Readonly<G>;
  /** Reasoning of the turn's LLM components. */
  readonly reasoning_chains: readonly ReasoningChain[];
  /** Names of paused agents, sorted. */
  readonly paused_agents: readonly string[];
  /** Turns until a paused agent resumes by itself. */
  readonly auto_resume: { readonly [agent: string]: number };
  /** Locations, networks and positions, or null without space. */
  readonly space: Space | null;
  /** Populations by name; their columns are valid during the turn. */
  readonly populations: PopulationMap;

  /** A state of these parts; what is left out is empty. */
  constructor(parts: StateParts<A, G>) {
    this.turn = parts.turn;
    this.agents = parts.agents;
    this.global_state = parts.global_state;
    this.reasoning_chains = parts.reasoning_chains ?? NO_CHAINS;
    this.paused_agents = parts.paused_agents ?? NOBODY;
    this.auto_resume = parts.auto_resume ?? NO_TIMES;
    this.space = parts.space ?? null;
    this.populations = parts.populations ?? NO_POPULATIONS;
  }

  /** A new state with these parts replaced and the others kept. */
  with(parts: Partial<StateParts<A, G>>): SimulationState<A, G> {
    return new SimulationState<A, G>({ ...this, ...parts });
  }

  /** As a checkpoint holds it: `spatial_state` is what differs from the scenario's space; populations have files of their own. */
  toJSON(): StateJson {
    const { turn, agents, global_state, reasoning_chains, paused_agents, auto_resume, space } = this;
    const spatial_state = (space?.toJSON() ?? null) as Json;
    return { turn, agents: agents.toJSON(), global_state, reasoning_chains, paused_agents, auto_resume, spatial_state };
  }

  /**
   * The state of a parsed checkpoint. `order` gives the agents' order, which a JSON object does not keep for all names;
   * `parts` what is not in the JSON text itself: the space made of its `spatial_state`, the populations.
   */
  static fromJSON(
    json: StateJson,
    order?: readonly string[],
    parts: Pick<StateParts, "space" | "populations"> = {},
  ): SimulationState {
    const rank = new Map((order ?? []).map((name, i) => [name, i]));
    const records = Object.values(json.agents);
    if (rank.size > 0) records.sort((a, b) => (rank.get(a.name) ?? Infinity) - (rank.get(b.name) ?? Infinity) || 0);
    return new SimulationState({
      turn: json.turn,
      agents: AgentMap.of(records),
      global_state: json.global_state,
      reasoning_chains: json.reasoning_chains ?? [],
      paused_agents: json.paused_agents ?? [],
      auto_resume: json.auto_resume ?? {},
      ...parts,
    });
  }
}

/** A {@linkcode SimulationState} as `JSON.stringify` writes it and a checkpoint holds it. */
export interface StateJson {
  /** Turns completed. */
  readonly turn: number;
  /** Records by agent name. */
  readonly agents: { readonly [name: string]: AgentState };
  /** World variables by name. */
  readonly global_state: Variables;
  /** Reasoning of the turn's LLM components. */
  readonly reasoning_chains?: readonly ReasoningChain[];
  /** Names of paused agents, sorted. */
  readonly paused_agents?: readonly string[];
  /** Turns until a paused agent resumes by itself. */
  readonly auto_resume?: { readonly [agent: string]: number };
  /** Topology and positions, or null without space. */
  readonly spatial_state?: Json;
}
