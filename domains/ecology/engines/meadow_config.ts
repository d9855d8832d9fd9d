/** Config of engine `meadow`. */

import { z } from "zod";

const energy = (value: number) => z.number().min(0).max(1e6).default(value);
const share = (value: number) => z.number().min(0).max(1).default(value);

/** Config of engine `meadow`. Energy units are whatever a turn of a sheep's life costs, by default. */
export const meadowConfig = z.strictObject({
  grass_capacity: z.number().gt(0).max(1e6).default(10).describe("most grass on a location, energy"),
  grass_growth: energy(0.3).describe("grass that grows on a location per turn of summer, energy"),
  regrowth: z.enum(["steady", "logistic"]).default("steady").describe(
    "steady: grass_growth each turn until it is full; logistic: from what is left, grass_growth at half its capacity " +
      "and nothing from bare ground",
  ),
  initial_grass: share(0.7).describe("share of its capacity with which every location starts, unless it has its own"),
  cover: share(0.25).describe("share of locations, at random, on which sheep are hidden, unless they say themselves"),
  bite: energy(3).describe("most that a sheep eats per turn, energy"),
  sheep_metabolism: energy(1).describe("what a turn costs a sheep, energy"),
  wolf_metabolism: energy(1).describe("what a turn costs a wolf, energy"),
  move_cost: energy(0).describe("what a hop costs, energy"),
  torpor: share(0.1).describe("share of its metabolism that a sleeping animal pays"),
  hunt_success: share(0.5).describe("chance that a hunted sheep is caught"),
  hunt_reach: z.number().int().min(0).max(100).default(1).describe("hops from which a hunt can succeed"),
  assimilation: share(0.7).describe("share of a sheep's energy and body that feeds the wolf; the rest is lost"),
  winter: z.strictObject({
    first: z.number().int().min(1).describe("first turn of the first winter"),
    turns: z.number().int().min(1).describe("how long a winter lasts"),
    every: z.number().int().min(2).nullable().default(null).describe("turns from winter to winter; null: only one"),
  }).nullable().default(null).describe("when no grass grows; null: never"),
});

/** Checked config of engine `meadow`. */
export type MeadowConfig = z.output<typeof meadowConfig>;

/** Turns of winter from `turn` on, itself included; 0 when it is summer. */
export function winterLeft({ winter }: MeadowConfig, turn: number): number {
  if (winter === null || turn < winter.first) return 0;
  const since = winter.every === null ? turn - winter.first : (turn - winter.first) % winter.every;
  return Math.max(0, winter.turns - since);
}
