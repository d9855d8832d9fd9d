/** Least and greatest values of variables. */

import type { SimulationState } from "../../framework/mod.ts";
import { assertTrue } from "./assert.ts";

/** By variable. */
export interface Bounds {
  readonly [variable: string]: { readonly min: number; readonly max: number };
}

/** That every variable of `bounds` is a number within them. */
export function assertWithin(values: { readonly [variable: string]: unknown }, bounds: Bounds, where: string): void {
  for (const [variable, { min, max }] of Object.entries(bounds)) {
    const value = values[variable];
    assertTrue(typeof value === "number" && value >= min && value <= max, `${where}: ${variable} is ${value}`);
  }
}

/** That the variables of every agent and of the world are within these bounds. */
export function assertStateWithin(state: SimulationState, agents: Bounds, world: Bounds): void {
  for (const record of state.agents) assertWithin(record, agents, `${record.name} in turn ${state.turn}`);
  assertWithin(state.global_state, world, `turn ${state.turn}`);
}

/** That variables declared in a scenario may have all values that `bounds` allow. */
export function assertAsWide(
  declared: { readonly [variable: string]: { readonly min?: number; readonly max?: number } },
  bounds: Bounds,
  where = "",
): void {
  for (const [variable, bound] of Object.entries(bounds)) {
    const { min = -Infinity, max = Infinity } = declared[variable]!;
    assertTrue(min <= bound.min && max >= bound.max, `${where} ${variable}`);
  }
}
