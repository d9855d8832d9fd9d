/** Engine `wolf_sheep`: grazing, hunting, births and deaths of two populations, and the grass. */

import {
  BaseEngine,
  type EngineContext,
  type MutableMembers,
  type PopulationMap,
  type Rng,
  SimError,
  type SimulationState,
} from "llm-sim";
import { z } from "zod";
import { columnsOf } from "../agents/animal.ts";
import { randomOrder } from "../models/order.ts";
import { breed, graze, grow, hunt, leaveParents, survivors } from "../models/wolf_sheep.ts";
import type { World } from "../models/torus.ts";
import type { WolfSheepVariables } from "../variables.ts";

const percent = (value: number) => z.number().min(0).max(100).default(value);
const energy = (value: number) => z.number().min(0).max(1e6).default(value);

/** Config of engine `wolf_sheep`; the defaults are NetLogo's. */
export const wolfSheepConfig = z.strictObject({
  sheep: z.string().default("sheep").describe("population that grazes"),
  wolves: z.string().default("wolves").describe("population that hunts it"),
  grass: z.string().nullable().default("grass")
    .describe("population of the cells with grass, or null: sheep need none"),
  sheep_gain_from_food: energy(4).describe("energy that a cell's grass gives a sheep"),
  wolf_gain_from_food: energy(20).describe("energy that a sheep gives a wolf"),
  sheep_reproduce: percent(4).describe("chance per turn that a sheep has a young one, %"),
  wolf_reproduce: percent(5).describe("chance per turn that a wolf has a young one, %"),
  grass_regrowth_time: z.number().int().min(0).max(1e6).default(30).describe("turns that an eaten cell stays bare"),
  max_sheep: z.number().int().min(1).max(1_000_000).default(30_000)
    .describe("without wolves, the simulation ends when there are more sheep than this"),
});

type WolfSheepConfig = z.output<typeof wolfSheepConfig>;
type Meadow = SimulationState<Record<string, never>, WolfSheepVariables>;

/**
 * The rules of NetLogo's Wolf Sheep Predation (Wilensky 1997). Animals move by themselves and at once, which is the same
 * as one after the other, as nobody's way depends on others. Then sheep graze in random order, die, breed; wolves hunt in
 * random order, die, breed; grass grows.
 */
export class WolfSheepEngine extends BaseEngine<WolfSheepConfig, Record<string, never>, WolfSheepVariables> {
  static override readonly config = wolfSheepConfig;
  static override readonly description =
    "Sheep graze, wolves eat sheep, both starve and breed, grass grows back (Wilensky 1997, Wolf Sheep Predation).";
  static override readonly requires = { global_vars: ["width", "height", "sheep", "wolves", "grass"] };

  /**
   * Half of the cells have grass, the others get it after a random time.
   * @throws {SimError} `unknown_population`, `wrong_size` when there is not one member of `grass` per cell
   */
  override initializeState(initial: Meadow, context: EngineContext): Meadow {
    const { sheep, wolves, grass } = this.config;
    requirePopulations(initial, [sheep, wolves, ...(grass === null ? [] : [grass])]);
    if (grass === null) return this.#counted(initial, initial.populations, 0);
    requireCells(initial, grass);
    const draws = context.rng("grass");
    let green = 0;
    const populations = initial.populations.update(grass, (next) => {
      green = this.#sow(next.column("countdown") as Int32Array, draws);
    });
    return this.#counted(initial, populations, green);
  }

  override applyActions(state: Meadow): Meadow {
    return state;
  }

  override applyEngineRules(state: Meadow, context: EngineContext): Meadow {
    const grazed = this.#graze(state, context);
    const bred = this.#feedAndBreedSheep(grazed.populations, grazed.fed, state, context);
    const hunted = this.#hunt(bred, state, context);
    const { grass } = this.config;
    if (grass === null) return this.#counted(state, hunted, 0);
    let green = 0;
    const grown = hunted.update(grass, (next) => {
      green = grow(next.column("countdown") as Int32Array);
    });
    return this.#counted(state, grown, green);
  }

  override checkTermination({ global_state: { sheep, wolves } }: Meadow): string | null {
    if (sheep + wolves === 0) return "no animals are left";
    return wolves === 0 && sheep > this.config.max_sheep ? "the sheep have inherited the earth" : null;
  }

  /** Sheep eat: what grass is left, and 1 for every sheep that found some; null without grass. */
  #graze({ populations, global_state }: Meadow, context: EngineContext) {
    const { sheep, grass, grass_regrowth_time } = this.config;
    if (grass === null) return { populations, fed: null };
    const flock = populations.get(sheep)!;
    const places = { x: flock.column("x"), y: flock.column("y") };
    const order = randomOrder(flock.size, context.rng("graze"));
    let fed: Uint8Array = new Uint8Array(0);
    const after = populations.update(grass, (next) => {
      // the turn in which it is eaten counts as well
      fed = graze(places, order, next.column("countdown") as Int32Array, grass_regrowth_time + 1, global_state);
    });
    return { populations: after, fed };
  }

  #feedAndBreedSheep(populations: PopulationMap, fed: Uint8Array | null, state: Meadow, context: EngineContext) {
    const { sheep, sheep_gain_from_food, sheep_reproduce } = this.config;
    return populations.update(sheep, (next) => {
      const energy = next.column("energy");
      if (fed !== null) { for (let i = 0; i < fed.length; i++) energy[i]! += sheep_gain_from_food * fed[i]!; }
      dieAndBreed(next, sheep_reproduce, context.rng("sheep"), state.global_state);
    });
  }

  /** Wolves eat sheep, die and breed. */
  #hunt(populations: PopulationMap, state: Meadow, context: EngineContext): PopulationMap {
    const { sheep, wolves, wolf_gain_from_food, wolf_reproduce } = this.config;
    const prey = populations.get(sheep)!;
    const places = { x: prey.column("x"), y: prey.column("y") };
    let left: Uint8Array = new Uint8Array(0);
    const fed = populations.update(wolves, (next) => {
      const order = randomOrder(next.size, context.rng("hunters"));
      left = hunt(columnsOf(next), order, places, wolf_gain_from_food, state.global_state, context.rng("hunt"));
      dieAndBreed(next, wolf_reproduce, context.rng("wolves"), state.global_state);
    });
    return fed.update(sheep, (next) => next.keep(left));
  }

  #sow(countdown: Int32Array, draws: Rng): number {
    let green = 0;
    for (let cell = 0; cell < countdown.length; cell++) {
      if (draws.chance(0.5)) {
        countdown[cell] = 0;
        green++;
      } else countdown[cell] = 1 + Math.floor(draws.next() * this.config.grass_regrowth_time);
    }
    return green;
  }

  #counted(state: Meadow, populations: PopulationMap, grass: number): Meadow {
    const sheep = populations.get(this.config.sheep)!.size;
    const wolves = populations.get(this.config.wolves)!.size;
    return state.with({ populations, global_state: { ...state.global_state, sheep, wolves, grass } });
  }
}

/** Who has no energy left dies; of the others each has a young one with a chance of so many per cent. */
function dieAndBreed(members: MutableMembers, chance: number, draws: Rng, world: World): void {
  members.keep(survivors(members.column("energy") as Float64Array));
  const parents = breed(members.column("energy") as Float64Array, chance / 100, draws);
  members.append(parents.length);
  leaveParents(columnsOf(members), parents, world, draws);
}

function requirePopulations(state: Meadow, wanted: readonly string[]): void {
  const missing = wanted.find((name) => !state.populations.has(name));
  if (missing === undefined) return;
  throw new SimError("unknown_population", `engine 'wolf_sheep' needs population '${missing}'`, {
    hint: `populations are: ${state.populations.names().join(", ") || "none"}; its config names them`,
  });
}

function requireCells({ populations, global_state: { width, height } }: Meadow, grass: string): void {
  const { size } = populations.get(grass)!;
  if (size === width * height) return;
  throw new SimError("wrong_size", `population '${grass}' has ${size} members for ${width} × ${height} cells`, {
    hint: `give it count: ${width * height}`,
  });
}
