/** What each agent perceives of a state: what is near, of that what it may see, of that what noise leaves. */

import type { Observer } from "./observation.ts";
import { AgentMap, type SimulationState } from "./state.ts";

/** Makes observations. */
export class Perception {
  readonly #radius: number | null;
  readonly #observer: Observer | null;

  /** @param radius hops within which agents see; null: everywhere */
  constructor(radius: number | null, observer: Observer | null) {
    this.#radius = radius;
    this.#observer = observer;
  }

  /** What agents perceive of `state` in `turn`. Without space and rules of sight all are given the state itself. */
  of(state: SimulationState, turn: number): (agent: string) => SimulationState {
    const radius = state.space === null ? null : this.#radius;
    const observer = this.#observer;
    if (radius === null && observer === null) {
      const seen = withoutReasoning(state);
      return () => seen;
    }
    const paused = new Set(state.paused_agents);
    return (agent) => {
      const near = radius === null ? state : nearby(agent, state, radius, paused);
      return observer === null ? near : observer.observe(agent, near, turn);
    };
  }

  /** What populations perceive of `state`: being everywhere, they are held to rules of sight alone. */
  ofAll(state: SimulationState, turn: number): (population: string) => SimulationState {
    const observer = this.#observer;
    if (observer !== null) return (population) => observer.observe(population, state, turn);
    const seen = withoutReasoning(state);
    return () => seen;
  }
}

/** What the others thought is theirs alone. */
function withoutReasoning(state: SimulationState): SimulationState {
  return state.reasoning_chains.length === 0 ? state : state.with({ reasoning_chains: [] });
}

/**
 * The state with only the agents and places within `radius` hops of an agent. What it costs depends on how many are
 * near, not on how many there are.
 */
function nearby(agent: string, state: SimulationState, radius: number, paused: ReadonlySet<string>): SimulationState {
  const space = state.space!.visibleFrom(agent, radius);
  const near = new Set([agent, ...space.positions().keys()].map((name) => state.agents.indexOf(name)));
  const { records } = state.agents;
  const seen = [...near].filter((i) => i >= 0).sort((a, b) => a - b).map((i) => records[i]!);
  const resting = seen.map(({ name }) => name).filter((name) => paused.has(name)).sort();
  const { auto_resume } = state;
  return state.with({
    space,
    agents: AgentMap.of(seen),
    paused_agents: resting,
    auto_resume: Object.fromEntries(
      resting.filter((name) => Object.hasOwn(auto_resume, name)).map((name) => [name, auto_resume[name]!]),
    ),
    reasoning_chains: [],
  });
}
