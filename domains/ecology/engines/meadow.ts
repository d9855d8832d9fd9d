/** Engine `meadow`: grass, sheep and wolves on a map, and the energy that flows between them. */

import { type Action, BaseEngine, type EngineContext, removeAgent, SimError, type Space } from "llm-sim";
import {
  type AnimalVariables,
  BEAR,
  COVER,
  DIE,
  type Fate,
  GRASS,
  GRAZE,
  HUNT,
  type MeadowVariables,
  MOVE,
  type Species,
} from "../variables.ts";
import { type Animal, Draft, type MeadowState } from "./draft.ts";
import { type MeadowConfig, meadowConfig, winterLeft } from "./meadow_config.ts";

/**
 * Grass grows, sheep eat it, wolves eat sheep, all pay for living; who has no energy left starves. Within a turn: young
 * ones are given their energy, the old die, wolves hunt (in random order), animals move, sheep graze (in random order),
 * metabolism is paid, grass grows. Sheep in cover or asleep are not caught.
 *
 * Energy is conserved: `energy` + `body` of all animals + `grass` + `spent` is what it was at the start + `grown`.
 */
export class MeadowEngine extends BaseEngine<MeadowConfig, AnimalVariables, MeadowVariables> {
  static override readonly config = meadowConfig;
  static override readonly description =
    "Grass on a map, sheep that graze, wolves that hunt them: births, deaths, winters, and an account of all energy.";
  static override readonly requires = {
    agent_vars: ["species", "energy", "body", "age", "fate"],
    global_vars: ["sheep", "wolves", "asleep", "grass", "grown", "spent", "cull", "winter"],
  };

  /**
   * Grass and cover on every location, and a random place for each animal that has none.
   * @throws {SimError} `no_space` when the scenario has no section `spatial`, `bad_grass` when a location has too much
   */
  override initializeState(initial: MeadowState, context: EngineContext): MeadowState {
    const places = spaceOf(initial).locations();
    let space = this.#planted(this.#sown(spaceOf(initial)), context);
    for (const { name } of initial.agents) {
      if (space.position(name) === undefined) space = space.move(name, context.rng("place", name).choice(places));
    }
    return new Draft(initial, space, this.config).finished(0, winterLeft(this.config, 1));
  }

  override applyActions(state: MeadowState, actions: readonly Action[], context: EngineContext): MeadowState {
    const draft = new Draft(state, spaceOf(state), this.config);
    const phase = (name: string, random = false) => {
      const chosen = actions.filter(({ action_name }) => action_name === name);
      return random ? context.rng(name).shuffle(chosen) : chosen;
    };
    for (const action of phase(BEAR)) whoActs(draft, action, (mother) => this.#bear(draft, mother, action));
    for (const action of phase(DIE)) whoActs(draft, action, (animal) => draft.end(animal, "old"));
    for (const action of phase(HUNT, true)) {
      whoActs(draft, action, (wolf) => this.#hunt(draft, wolf, action, context), "wolf");
    }
    for (const action of phase(MOVE)) whoActs(draft, action, (animal) => this.#move(draft, animal, action));
    for (const action of phase(GRAZE, true)) whoActs(draft, action, (sheep) => draft.graze(sheep), "sheep");
    const { winter } = state.global_state;
    return draft.finished(0, winter);
  }

  override applyEngineRules(state: MeadowState, context: EngineContext): MeadowState {
    const draft = new Draft(state, spaceOf(state), this.config);
    const { sheep_metabolism, wolf_metabolism, torpor } = this.config;
    const end = (animal: Animal, fate: Fate) => {
      draft.end(animal, fate);
      context.request(removeAgent(animal.name, fate));
    };
    for (const animal of draft.alive()) {
      const metabolism = animal.species === "sheep" ? sheep_metabolism : wolf_metabolism;
      draft.spend(animal, animal.asleep ? torpor * metabolism : metabolism);
      if (animal.energy <= 0) end(animal, "starved");
      else if (isShot(animal, state.global_state, context)) end(animal, "shot");
    }
    if (winterLeft(this.config, context.turn) === 0) draft.grow();
    return draft.finished(1, winterLeft(this.config, context.turn + 1));
  }

  override checkTermination({ global_state: { sheep, wolves } }: MeadowState): string | null {
    return sheep + wolves === 0 ? "no animals are left" : null;
  }

  #sown(space: Space): Space {
    const { grass_capacity, initial_grass } = this.config;
    return space.locations().reduce((sown, location) => {
      const own = sown.attributes(location)[GRASS];
      if (own === undefined) return sown.setAttributes(location, { [GRASS]: initial_grass * grass_capacity });
      if (typeof own === "number" && own >= 0 && own <= grass_capacity) return sown;
      throw new SimError("bad_grass", `location '${location}' starts with ${JSON.stringify(own)} of grass`, {
        hint: `a number from 0 to engine.grass_capacity: ${grass_capacity}`,
      });
    }, space);
  }

  #planted(space: Space, context: EngineContext): Space {
    const draws = context.rng("cover");
    return space.locations().reduce((planted, location) => {
      const cover = draws.chance(this.config.cover);
      return COVER in planted.attributes(location) ? planted : planted.setAttributes(location, { [COVER]: cover });
    }, space);
  }

  #bear(draft: Draft, mother: Animal, { parameters }: Action): void {
    if (typeof parameters.energy === "number" && parameters.energy >= 0) draft.bear(mother, parameters.energy);
  }

  #hunt(draft: Draft, wolf: Animal, { parameters }: Action, context: EngineContext): void {
    const prey = draft.animal(parameters.prey);
    if (prey?.place === undefined || prey.asleep || prey.species !== "sheep") return;
    if (draft.space.attributes(prey.place)[COVER] === true) return;
    if (!withinReach(draft.space, wolf, prey, this.config.hunt_reach)) return;
    if (!context.rng("catch", wolf.name).chance(this.config.hunt_success)) return;
    draft.eat(wolf, prey);
    context.request(removeAgent(prey.name, `eaten by ${wolf.name}`));
  }

  #move(draft: Draft, animal: Animal, { parameters: { to } }: Action): void {
    if (typeof to !== "string" || !draft.space.has(to) || animal.place === undefined) return;
    const hops = draft.space.distance(animal.place, to);
    if (hops === null) return;
    draft.spend(animal, hops * this.config.move_cost);
    animal.place = to;
  }
}

function isShot({ name, species }: Animal, { cull }: MeadowVariables, context: EngineContext): boolean {
  return species === "wolf" && cull > 0 && context.rng("cull", name).chance(cull);
}

/** Lets the animal that acts do it, unless it has died or is of another kind. */
function whoActs(draft: Draft, { agent_name }: Action, act: (animal: Animal) => void, only?: Species): void {
  const animal = draft.animal(agent_name);
  if (animal !== undefined && (only === undefined || animal.species === only)) act(animal);
}

function withinReach(space: Space, wolf: Animal, prey: Animal, reach: number): boolean {
  if (wolf.place === undefined || prey.place === undefined) return false;
  const hops = space.distance(wolf.place, prey.place);
  return hops !== null && hops <= reach;
}

function spaceOf({ space }: MeadowState): Space {
  if (space !== null) return space;
  throw new SimError(
    "no_space",
    "engine 'meadow' needs a place for its animals: the scenario has no section 'spatial'",
    {
      hint: "add spatial: { topology: { type: grid, width: 20, height: 20, wrapping: true } }",
    },
  );
}
