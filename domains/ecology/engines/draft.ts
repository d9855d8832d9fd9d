/** A turn on the meadow while it is worked out: energy moves, and none is made or lost unseen. */

import type { AgentState, SimulationState, Space, SpaceChange } from "llm-sim";
import { type AnimalVariables, type Fate, GRASS, type MeadowVariables, type Species } from "../variables.ts";
import type { MeadowConfig } from "./meadow_config.ts";

/** A state of the meadow. */
export type MeadowState = SimulationState<AnimalVariables, MeadowVariables>;

/** An animal of the draft. */
export interface Animal {
  readonly name: string;
  readonly species: Species;
  readonly asleep: boolean;
  energy: number;
  body: number;
  fate: Fate;
  place: string | undefined;
}

/** What becomes of a state: animals and grass that may be changed, and the energy that leaves and enters. */
export class Draft {
  /** Where animals were before the turn. */
  readonly space: Space;
  readonly #state: MeadowState;
  readonly #config: MeadowConfig;
  readonly #animals: readonly Animal[];
  readonly #byName: ReadonlyMap<string, Animal>;
  readonly #grass = new Map<string, number>();
  #spent: number;
  #grown: number;

  constructor(state: MeadowState, space: Space, config: MeadowConfig) {
    const asleep = new Set(state.paused_agents);
    this.space = space;
    this.#state = state;
    this.#config = config;
    this.#animals = state.agents.records.map(({ name, species, energy, body, fate }) => ({
      name,
      species,
      asleep: asleep.has(name),
      energy,
      body,
      fate,
      place: space.position(name),
    }));
    this.#byName = new Map(this.#animals.map((animal) => [animal.name, animal]));
    this.#spent = state.global_state.spent;
    this.#grown = state.global_state.grown;
  }

  /** All that live, in agent order. */
  alive(): Animal[] {
    return this.#animals.filter(({ fate }) => fate === "alive");
  }

  /** A living animal; undefined when there is none of this name. */
  animal(name: unknown): Animal | undefined {
    const animal = typeof name === "string" ? this.#byName.get(name) : undefined;
    return animal?.fate === "alive" ? animal : undefined;
  }

  /** Grass on a location. */
  grassAt(place: string): number {
    return this.#grass.get(place) ?? Number(this.space.attributes(place)[GRASS] ?? 0);
  }

  /** An animal gives energy to a young one, which brings it into the next state itself. */
  bear(animal: Animal, energy: number): void {
    animal.energy -= Math.min(energy, animal.energy);
  }

  /** An animal spends energy, at most what it has. */
  spend(animal: Animal, energy: number): void {
    const paid = Math.min(energy, animal.energy);
    animal.energy -= paid;
    this.#spent += paid;
  }

  /** An animal dies, and what is left of its energy and its body is lost. */
  end(animal: Animal, fate: Fate): void {
    this.#spent += animal.energy + animal.body;
    animal.energy = animal.body = 0;
    animal.fate = fate;
  }

  /** A wolf has caught a sheep: part of what it consists of feeds the wolf, which is now where the sheep was. */
  eat(wolf: Animal, sheep: Animal): void {
    const fed = this.#config.assimilation * (sheep.energy + sheep.body);
    wolf.energy += fed;
    wolf.place = sheep.place;
    this.end(sheep, "eaten");
    this.#spent -= fed;
  }

  /** A sheep eats grass where it is. */
  graze(sheep: Animal): void {
    if (sheep.place === undefined) return;
    const grass = this.grassAt(sheep.place);
    const eaten = Math.min(this.#config.bite, grass);
    this.#grass.set(sheep.place, grass - eaten);
    sheep.energy += eaten;
  }

  /** Grass grows on all locations that have room for more. */
  grow(): void {
    for (const place of this.space.locations()) {
      const grass = this.grassAt(place);
      const more = growth(grass, this.#config);
      if (more <= 0) continue;
      this.#grass.set(place, grass + more);
      this.#grown += more;
    }
  }

  /** The state that has come of it. @param older turns by which the living have aged */
  finished(older: number, winter: number): MeadowState {
    const records = this.#state.agents.records.map((record, i): AgentState<AnimalVariables> => {
      const { energy, body, fate } = this.#animals[i]!;
      return { ...record, energy, body, fate, age: fate === "alive" ? record.age + older : record.age };
    });
    const living = this.alive();
    const space = this.#changedSpace();
    let grass = 0;
    for (const place of space.locations()) grass += Number(space.attributes(place)[GRASS] ?? 0);
    return this.#state.with({
      agents: this.#state.agents.replaceAll(records),
      space,
      global_state: {
        ...this.#state.global_state,
        sheep: living.filter(({ species }) => species === "sheep").length,
        wolves: living.filter(({ species }) => species === "wolf").length,
        asleep: living.filter(({ asleep }) => asleep).length,
        grass,
        grown: this.#grown,
        spent: this.#spent,
        winter,
      },
    });
  }

  #changedSpace(): Space {
    const moves = this.#animals.flatMap(({ name, place }): SpaceChange[] =>
      place === undefined || place === this.space.position(name) ? [] : [{ kind: "move", agent: name, to: place }]
    );
    const meals = Array.from(this.#grass, ([location, grass]): SpaceChange => ({
      kind: "set_attributes",
      location,
      attributes: { [GRASS]: grass },
    }));
    return this.space.apply([...moves, ...meals]);
  }
}

/** What grows in a turn where there is `grass`. */
export function growth(grass: number, { grass_capacity, grass_growth, regrowth }: MeadowConfig): number {
  const filled = grass / grass_capacity;
  const grown = regrowth === "steady" ? grass_growth : 4 * grass_growth * filled * (1 - filled);
  return Math.min(grown, grass_capacity - grass);
}
