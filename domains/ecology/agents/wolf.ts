/** Agent `wolf`: hunts sheep. */

import type { Action, AgentContext } from "llm-sim";
import { z } from "zod";
import { HUNT, MOVE } from "../variables.ts";
import { AnimalAgent, best, inSight, isCover, lifeConfig, type Sight, spaceOf } from "./animal.ts";

/** Config of agent `wolf`. */
export const wolfConfig = z.strictObject({
  ...lifeConfig,
  birth_energy: lifeConfig.birth_energy.default(24),
  young_energy: lifeConfig.young_energy.default(8),
  satiety: z.number().gt(0).max(1e6).default(28).describe("energy from which it rests instead of hunting"),
  speed: z.number().int().min(1).max(100).default(2).describe("hops it goes in a turn"),
  reach: z.number().int().min(0).max(100).default(1).describe("hops within which it tries to catch a sheep"),
});

/** Checked config of agent `wolf`. */
export type WolfConfig = z.output<typeof wolfConfig>;

/** Hunts the nearest sheep in sight that is not in cover: tries to catch it when it is near, else runs after it; roams when it sees none. */
export class WolfAgent extends AnimalAgent<WolfConfig> {
  static override readonly config = wolfConfig;
  static override readonly description =
    "A hunter: chases the nearest sheep in sight, roams without any, rests when it is full.";

  readonly species = "wolf";

  protected override live(here: string, observation: Sight, { rng }: AgentContext): Action | null {
    const { satiety, reach, speed } = this.config;
    if (this.self(observation).energy >= satiety) return null;
    const space = spaceOf(observation);
    const near = inSight("sheep", observation).flatMap(({ name, location }) => {
      const hops = isCover(space, location) ? null : space.distance(here, location);
      return hops === null ? [] : [{ name, location, hops }];
    });
    if (near.length === 0) return this.act(MOVE, { to: rng.choice([...space.within(here, speed).keys()]) });
    const prey = rng.choice(best(near, ({ hops }) => -hops));
    if (prey.hops <= reach) return this.act(HUNT, { prey: prey.name });
    return this.act(MOVE, { to: space.path(here, prey.location)![Math.min(speed, prey.hops)]! });
  }
}
