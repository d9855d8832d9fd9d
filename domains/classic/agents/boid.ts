/** Population `boid`: birds that fly as their neighbours do. */

import { type Members, type MutableMembers, Population, type PopulationContext, type SimulationState } from "llm-sim";
import { z } from "zod";
import { fly, steer } from "../models/boids.ts";
import { wrapped } from "../models/torus.ts";
import type { SpaceVariables } from "../variables.ts";

const degrees = (value: number) => z.number().min(0).max(180).default(value);

/** Config of population `boid`; the defaults are NetLogo's. */
export const boidConfig = z.strictObject({
  vision: z.number().gt(0).max(1000).default(5).describe("how far a boid sees, cells"),
  minimum_separation: z.number().min(0).max(1000).default(1)
    .describe("nearer than this, a boid turns away from its nearest neighbour's heading and does nothing else, cells"),
  max_align_turn: degrees(5).describe("most degrees per turn towards the mean heading of those it sees"),
  max_cohere_turn: degrees(3).describe("most degrees per turn towards where those it sees are"),
  max_separate_turn: degrees(1.5).describe("most degrees per turn away from the nearest neighbour's heading"),
  speed: z.number().min(0).max(100).default(1).describe("cells per turn"),
  noise: z.number().min(0).max(360).default(0)
    .describe("each heading is off by up to half of this to either side, degrees (Vicsek et al. 1995)"),
});

type FlockState = SimulationState<Record<string, never>, SpaceVariables>;

/** Boids (Reynolds 1987) with NetLogo's rules. All turn at once, then all fly. */
export class BoidPopulation
  extends Population<z.output<typeof boidConfig>, Float64Array, Record<string, never>, SpaceVariables> {
  static override readonly config = boidConfig;
  static override readonly description =
    "Flies on, turning away from who is too near, otherwise towards the heading and the place of who is in sight " +
    "(Reynolds 1987, as in NetLogo's Flocking).";
  static override readonly requires = { agent_vars: ["x", "y", "heading"], global_vars: ["width", "height"] };

  override initialise(members: MutableMembers, { global_state }: FlockState, context: PopulationContext): void {
    const [x, y, heading] = columnsOf(members);
    const [across, up, course] = [context.uniforms("x"), context.uniforms("y"), context.uniforms("heading")];
    for (let i = 0; i < members.size; i++) {
      x[i] = across[i]! * global_state.width;
      y[i] = up[i]! * global_state.height;
      heading[i] = course[i]! * 360;
    }
  }

  override decideAll(members: Members, { global_state }: FlockState, context: PopulationContext) {
    const flock = { x: members.column("x"), y: members.column("y"), heading: members.column("heading") };
    const headings = steer(flock, global_state, this.config);
    let turn = 0;
    for (let i = 0; i < headings.length; i++) {
      if (headings[i] !== flock.heading[i]) turn++;
    }
    if (this.config.noise > 0) this.#disturb(headings, context.uniforms("noise"));
    return { counts: { turn, straight: members.size - turn }, intents: headings };
  }

  override applyAll(next: MutableMembers, headings: Float64Array, { global_state }: FlockState): void {
    const [x, y, heading] = columnsOf(next);
    heading.set(headings);
    fly({ x, y, heading }, this.config.speed, global_state);
  }

  #disturb(headings: Float64Array, draws: Float64Array): void {
    for (let i = 0; i < headings.length; i++) {
      headings[i] = wrapped(headings[i]! + this.config.noise * (draws[i]! - 0.5), 360);
    }
  }
}

function columnsOf(members: MutableMembers): [Float64Array, Float64Array, Float64Array] {
  return ["x", "y", "heading"].map((name) => members.column(name)) as [Float64Array, Float64Array, Float64Array];
}
