/** What each agent perceives of a state: what is near, of that what it may see, of that what noise leaves. */

import type { Observer } from "./observation.ts";
import type { SimulationState } from "./state.ts";

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
    if (radius === null && observer === null) return () => state;
    return (agent) => {
      const near = radius === null ? state : nearby(agent, state, radius);
      return observer === null ? near : observer.observe(agent, near, turn);
    };
  }

  /** What populations perceive of `state`: being everywhere, they are held to rules of sight alone. */
  ofAll(state: SimulationState, turn: number): (population: string) => SimulationState {
    const observer = this.#observer;
    return observer === null ? () => state : (population) => observer.observe(population, state, turn);
  }
}

/** The state with only the agents and places within `radius` hops of an agent. */
function nearby(agent: string, state: SimulationState, radius: number): SimulationState {
  const space = state.space!.visibleFrom(agent, radius);
  const seen = (name: string) => name === agent || space.position(name) !== undefined;
  return state.with({
    space,
    agents: state.agents.filter(({ name }) => seen(name)),
    paused_agents: state.paused_agents.filter(seen),
    auto_resume: Object.fromEntries(Object.entries(state.auto_resume).filter(([name]) => seen(name))),
    reasoning_chains: [],
  });
}
