/** The variables of the classic models, as their scenarios declare them. */

import type { World } from "./models/torus.ts";

/** What a named agent has in a scenario about money. */
export interface MoneyVariables {
  /** What it owns. */
  readonly wealth: number;
}

/** The world of the models in space; `width` and `height` stay as the scenario gives them. */
export type SpaceVariables = World;

/** The world of engine `flocking`. */
export interface FlockingVariables extends SpaceVariables {
  /** How far all fly the same way, 0 to 1. */
  readonly alignment: number;
}

/** The world of engine `wolf_sheep`. */
export interface WolfSheepVariables extends SpaceVariables {
  /** Number of sheep. */
  readonly sheep: number;
  /** Number of wolves. */
  readonly wolves: number;
  /** Number of cells with grass. */
  readonly grass: number;
}
