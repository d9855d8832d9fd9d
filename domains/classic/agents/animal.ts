/** Population `animal`: wanders; what it eats and how it breeds is the engine's. */

import { type Members, type MutableMembers, Population, type PopulationContext, type SimulationState } from "llm-sim";
import { z } from "zod";
import { type Animals, wander } from "../models/wolf_sheep.ts";
import type { SpaceVariables } from "../variables.ts";

/** Config of population `animal`. */
export const animalConfig = z.strictObject({
  initial_energy: z.number().int().min(1).max(1e6).default(8)
    .describe("each starts with a random whole number below this (NetLogo: twice what a meal gives)"),
  step_cost: z.number().min(0).max(1e6).default(1)
    .describe("energy a step takes (NetLogo: 1; 0 for sheep in a world without grass)"),
  max_turn: z.number().min(0).max(180).default(50)
    .describe("most degrees it turns to the right, then to the left, before a step"),
});

type MeadowState = SimulationState<Record<string, never>, SpaceVariables>;

/** Sheep or wolves of NetLogo's Wolf Sheep Predation, as far as they move. */
export class AnimalPopulation
  extends Population<z.output<typeof animalConfig>, null, Record<string, never>, SpaceVariables> {
  static override readonly config = animalConfig;
  static override readonly description =
    "Goes one cell per turn in about the direction it had, for the price of a step (Wilensky 1997).";
  static override readonly requires = { agent_vars: ["x", "y", "heading", "energy"], global_vars: ["width", "height"] };

  override initialise(members: MutableMembers, { global_state }: MeadowState, context: PopulationContext): void {
    const { x, y, heading, energy } = columnsOf(members);
    const [across, up, course] = [context.uniforms("x"), context.uniforms("y"), context.uniforms("heading")];
    const fed = context.integers("energy", this.config.initial_energy);
    for (let i = 0; i < members.size; i++) {
      x[i] = across[i]! * global_state.width;
      y[i] = up[i]! * global_state.height;
      heading[i] = course[i]! * 360;
      energy[i] = fed[i]!;
    }
  }

  override decideAll(members: Members) {
    return { counts: { move: members.size }, intents: null };
  }

  override applyAll(next: MutableMembers, _: null, { global_state }: MeadowState, context: PopulationContext): void {
    const { max_turn, step_cost } = this.config;
    const [right, left] = [context.uniforms("right"), context.uniforms("left")];
    wander(columnsOf(next), right, left, max_turn, step_cost, global_state);
  }
}

/** The columns of animals, to be written. */
export function columnsOf(members: MutableMembers): Animals {
  const column = (name: string) => members.column(name) as Float64Array;
  return { x: column("x"), y: column("y"), heading: column("heading"), energy: column("energy") };
}
