/**
 * What an agent may see of a state: whom, which of their variables, and how exactly. Nearness is not decided here; what
 * is too far away has been left out before.
 *
 * Invariants: what is hidden cannot be reached from an observation in any way; what an agent sees of one variable does
 * not depend on what else there is.
 */

import { numberedName } from "./agent_name.ts";
import type { Json } from "./json.ts";
import type { Column } from "./member_columns.ts";
import type { Members, PopulationMap } from "./members.ts";
import { blurOf, noisyColumn, type VariableBlur } from "./noise.ts";
import { hash32, Rng, type Seed, streamKey } from "./rng.ts";
import type { ResolvedObservability, ResolvedScenario } from "./scenario/resolved.ts";
import { AgentMap, type AgentState, SimulationState, type Variables } from "./state.ts";
import type { VariableDefinitions } from "./variables.ts";

/** How much is seen of a target, and how exactly. */
type View = ResolvedObservability["default"];

/** A view, and how exact the observer is in the rule it comes from: 0 is the most exact. */
interface RankedView extends View {
  readonly rank: number;
}

/** What one observer sees of others, or all observers that no rule tells apart. */
interface Sight {
  readonly world: View;
  /** By name of an agent, a population, or an entry with `count`. */
  readonly targets: ReadonlyMap<string, RankedView>;
  /** All others. */
  readonly rest: RankedView;
}

/** One variable: where its noise is drawn, and what the noise does; null for values that have none. */
interface VisibleVariable {
  readonly name: string;
  readonly position: number;
  readonly blur: VariableBlur | null;
}

/** What is kept about a target between observations. */
interface Target {
  /** The entry with `count` that it is a member of. */
  readonly group: string | undefined;
  /** Where the noise of each variable is drawn, by position. */
  readonly places: Int32Array;
}

const IN_FULL: View = { level: "insider", noise: 0 };
const NOTHING: Variables = Object.freeze({});
const ANY = "*";
const WORLD = "global";
const PLACE_SEED = 0x2545f491;
/** Targets that are kept; agents that come and go would fill any memory. */
const TARGETS_KEPT = 100_000;

/**
 * Applies a scenario's `observability`: compiled once per run, then asked for every agent in every turn.
 *
 * @example
 * ```ts
 * import { AgentMap, Observer, SimulationState } from "llm-sim";
 * const number = { type: "float", default: 0 } as const;
 * const observer = new Observer(
 *   { external: ["strength"], internal: ["debt"], matrix: [], default: { level: "external", noise: 0 } },
 *   { agents: [], state_variables: { agent_vars: { strength: number, debt: number }, global_vars: {} } },
 *   1,
 * );
 * const agents = AgentMap.of([{ name: "A", strength: 5, debt: 1 }, { name: "B", strength: 7, debt: 2 }]);
 * const seen = observer.observe("A", new SimulationState({ turn: 0, agents, global_state: {} }), 1);
 * if ("debt" in seen.agents.get("B")! || seen.agents.get("A")!.debt !== 1) throw new Error("A knows its own debt only");
 * ```
 */
export class Observer {
  readonly #seed: Seed;
  readonly #default: View;
  readonly #rules: ReadonlyMap<string, readonly Rule[]>;
  /** Rules about an agent's view of itself. */
  readonly #own: ReadonlyMap<string, View>;
  /** Entries with `count` that rules name. */
  readonly #groups: ReadonlySet<string>;
  readonly #agents: RecordSight;
  readonly #world: RecordSight;
  readonly #sights = new Map<string, Sight>();
  readonly #targets = new Map<string, Target>();

  /** Compiles the rules. @param seed of the run: noise is a function of it */
  constructor(
    observability: ResolvedObservability,
    { agents, state_variables }: Pick<ResolvedScenario, "agents" | "state_variables">,
    seed: Seed,
  ) {
    const { matrix, external } = observability;
    this.#seed = seed;
    this.#default = observability.default;
    this.#rules = Map.groupBy(matrix, ({ observer }) => observer);
    this.#own = new Map(
      matrix.filter(({ observer, target }) => observer === target).map((rule) => [rule.target, rule]),
    );
    const named = new Set(matrix.flatMap(({ observer, target }) => [observer, target]));
    this.#groups = new Set(agents.flatMap(({ name, count }) => count !== null && named.has(name) ? [name] : []));
    this.#agents = new RecordSight(state_variables.agent_vars, external);
    this.#world = new RecordSight(state_variables.global_vars, external);
  }

  /**
   * The part of `state` that an agent or a population may see in turn `turn`: agents in their order, records frozen.
   * Neither reasoning nor positions, pauses or populations of what is hidden are in it.
   */
  observe(observer: string, state: SimulationState, turn: number): SimulationState {
    const sight = this.#sightOf(observer);
    const own = this.#own.get(observer) ?? IN_FULL;
    const stream = new Rng(streamKey(this.#seed, "noise", observer), turn);
    const agents = this.#agentsSeen(observer, sight, own, state.agents, stream);
    return new SimulationState({
      turn: state.turn,
      agents,
      global_state: this.#world.seen(state.global_state, sight.world, this.#target("").places, stream) ?? NOTHING,
      ...pausesOf(state, agents),
      // Prompts tell what their component knew, whoever it is.
      reasoning_chains: [],
      space: state.space?.restrictedTo(new Set(agents.names())) ?? null,
      populations: this.#populationsSeen(observer, sight, own, state.populations, stream),
    });
  }

  #agentsSeen(observer: string, sight: Sight, own: View, agents: AgentMap, stream: Rng): AgentMap {
    if (sight.targets.size === 0 && isFull(sight.rest) && isFull(own)) return agents;
    const seen: AgentState[] = [];
    for (const record of this.#candidates(observer, sight, agents)) {
      const target = this.#target(record.name);
      const view = record.name === observer ? own : viewOf(sight, record.name, target.group);
      const part = this.#agents.seen(record, view, target.places, stream);
      if (part !== null) seen.push(part as AgentState);
    }
    return seen.length === agents.size ? agents.replaceAll(seen) : AgentMap.of(seen);
  }

  /** The records among which those that are seen are: of many agents that know few, only these few. */
  #candidates(observer: string, { rest, targets }: Sight, agents: AgentMap): readonly AgentState[] {
    if (rest.level !== "unaware" || targets.size >= agents.size || this.#groups.size > 0) return agents.records;
    const positions = [...new Set([observer, ...targets.keys()])].map((name) => agents.indexOf(name));
    return positions.filter((i) => i >= 0).sort((a, b) => a - b).map((i) => agents.records[i]!);
  }

  #populationsSeen(
    observer: string,
    sight: Sight,
    own: View,
    populations: PopulationMap,
    stream: Rng,
  ): PopulationMap {
    if (populations.size === 0) return populations;
    return populations.restrictedTo((members) => {
      const view = members.name === observer ? own : viewOf(sight, members.name, undefined);
      return this.#agents.seenMembers(members, view, this.#target(members.name).places, stream);
    });
  }

  /** The sight of an observer; one for all that no rule names. */
  #sightOf(observer: string): Sight {
    const group = this.#target(observer).group;
    const key = this.#rules.has(observer) ? observer : group !== undefined && this.#rules.has(group) ? group : ANY;
    let sight = this.#sights.get(key);
    if (sight === undefined) {
      sight = this.#compile([...new Set([key, ...(group === undefined ? [] : [group]), ANY])]);
      this.#sights.set(key, sight);
    }
    return sight;
  }

  /** @param observers under whose name rules count, the most exact first */
  #compile(observers: readonly string[]): Sight {
    const targets = new Map<string, RankedView>();
    let rest: RankedView = { ...this.#default, rank: observers.length };
    for (const [rank, observer] of observers.entries()) {
      const rules = this.#rules.get(observer) ?? [];
      for (const { target, level, noise } of rules) {
        if (target !== ANY && !targets.has(target)) targets.set(target, { level, noise, rank });
      }
      const any = rules.find(({ target }) => target === ANY);
      if (any === undefined) continue;
      rest = { level: any.level, noise: any.noise, rank };
      break;
    }
    const world = targets.get(WORLD) ?? rest;
    targets.delete(WORLD);
    return { world, targets, rest };
  }

  /** What is kept about an agent; about the world under the empty name, which no agent has. */
  #target(name: string): Target {
    const kept = this.#targets.get(name);
    if (kept !== undefined) return kept;
    const { names } = name === "" ? this.#world : this.#agents;
    const places = Int32Array.from(names, (variable) => hash32(`${name}\u0000${variable}`, PLACE_SEED));
    const target = { group: this.#groupOf(name), places };
    if (this.#targets.size >= TARGETS_KEPT) this.#targets.clear();
    this.#targets.set(name, target);
    return target;
  }

  #groupOf(name: string): string | undefined {
    if (this.#groups.size === 0) return undefined;
    const numbered = numberedName(name);
    return numbered && this.#groups.has(numbered.entry) ? numbered.entry : undefined;
  }
}

type Rule = ResolvedObservability["matrix"][number];

/** What can be seen of the records of one kind, all agents' or the world's. */
class RecordSight {
  /** Names of all variables. */
  readonly names: readonly string[];
  readonly #all: readonly VisibleVariable[];
  readonly #external: readonly VisibleVariable[];
  /** The external part of a record, without noise: all observers share it. */
  readonly #externals = new WeakMap<object, Variables>();

  constructor(variables: VariableDefinitions, external: readonly string[]) {
    this.names = Object.keys(variables);
    this.#all = this.names.map((name, position) => ({ name, position, blur: blurOf(variables[name]!) }));
    this.#external = this.#all.filter(({ name }) => external.includes(name));
  }

  /** The part of a record that is seen; null when it is not even known of. */
  seen(record: Variables, { level, noise }: View, places: Int32Array, stream: Rng): Variables | null {
    if (level === "unaware") return null;
    if (noise > 0) return partOf(record, level === "insider" ? this.#all : this.#external, noise, places, stream);
    if (level === "insider") return Object.freeze(record);
    let part = this.#externals.get(record);
    if (part === undefined) {
      part = partOf(record, this.#external, 0, places, stream);
      this.#externals.set(record, part);
    }
    return part;
  }

  /** The columns of a population that are seen; null when it is not even known of. */
  seenMembers(members: Members, view: View, places: Int32Array, stream: Rng): Members | null {
    const { level, noise } = view;
    if (level === "unaware") return null;
    if (isFull(view)) return members;
    const visible = (level === "insider" ? this.#all : this.#external).filter(({ name }) => members.has(name));
    const noisy = new Map<string, Column>();
    for (const { name, position, blur } of visible) {
      if (noise === 0 || blur === null) continue;
      noisy.set(name, noisyColumn(members.column(name), members.ids, noise, places[position]!, stream));
    }
    return members.restrictedTo(visible.map(({ name }) => name), noisy);
  }
}

/** A record with only these variables. It is made anew, so that nothing else can be found in it. */
function partOf(
  record: Variables,
  variables: readonly VisibleVariable[],
  noise: number,
  places: Int32Array,
  stream: Rng,
): Variables {
  const part: Record<string, Json> = record.name === undefined ? {} : { name: record.name };
  for (let i = 0; i < variables.length; i++) {
    const { name, position, blur } = variables[i]!;
    const value: Json | undefined = record[name];
    // In the middle of a turn a record has not been checked yet.
    if (value === undefined) continue;
    part[name] = noise === 0 || blur === null ? value : blur(value, noise, places[position]!, stream);
  }
  return Object.freeze(part);
}

function viewOf({ targets, rest }: Sight, name: string, group: string | undefined): View {
  const byName = targets.get(name);
  const byGroup = group === undefined ? undefined : targets.get(group);
  if (byGroup === undefined) return byName ?? rest;
  return byName !== undefined && byName.rank <= byGroup.rank ? byName : byGroup;
}

function isFull({ level, noise }: View): boolean {
  return level === "insider" && noise === 0;
}

function pausesOf(
  { paused_agents, auto_resume }: SimulationState,
  seen: AgentMap,
): Pick<SimulationState, "paused_agents" | "auto_resume"> {
  if (paused_agents.length === 0) return { paused_agents, auto_resume: {} };
  return {
    paused_agents: paused_agents.filter((name) => seen.has(name)),
    auto_resume: Object.fromEntries(Object.entries(auto_resume).filter(([name]) => seen.has(name))),
  };
}
