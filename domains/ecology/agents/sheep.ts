/** Agent `sheep`: grazes, and flees from wolves. */

import type { Action, AgentContext } from "llm-sim";
import { z } from "zod";
import { GRASS, GRAZE, MOVE } from "../variables.ts";
import { AnimalAgent, best, inSight, isCover, lifeConfig, type Sight, spaceOf } from "./animal.ts";

/** Config of agent `sheep`. */
export const sheepConfig = z.strictObject({
  ...lifeConfig,
  birth_energy: lifeConfig.birth_energy.default(14),
  young_energy: lifeConfig.young_energy.default(4),
  hunger: z.number().min(0).max(1e6).default(2)
    .describe("grass on its location below which it looks for a better one nearby"),
  alarm: z.number().int().min(0).max(100).default(2)
    .describe("flees from wolves that it sees within so many hops; 0: it does not"),
});

/** Checked config of agent `sheep`. */
export type SheepConfig = z.output<typeof sheepConfig>;

/** Flees from wolves nearby, into cover if it can; else grazes where there is enough grass, else goes where there is most. */
export class SheepAgent extends AnimalAgent<SheepConfig> {
  static override readonly config = sheepConfig;
  static override readonly description =
    "A grazer: flees from wolves in sight, grazes where there is grass, has young ones when it is well fed.";

  readonly species = "sheep";

  protected override live(here: string, observation: Sight, context: AgentContext): Action | null {
    return this.#flight(here, observation, context) ?? this.#meal(here, observation, context);
  }

  /** A way into cover, or to the neighbouring location that is farthest from wolves; null when none is near. */
  #flight(here: string, observation: Sight, { rng }: AgentContext): Action | null {
    if (this.config.alarm === 0) return null;
    const space = spaceOf(observation);
    if (isCover(space, here)) return null;
    const hops = (from: string, to: string) => space.distance(from, to) ?? Infinity;
    const wolves = inSight("wolf", observation).filter(({ location }) => hops(here, location) <= this.config.alarm);
    if (wolves.length === 0) return null;
    const safety = (place: string) =>
      isCover(space, place) ? Infinity : Math.min(...wolves.map(({ location }) => hops(place, location)));
    const to = rng.choice(best([here, ...space.neighbours(here)], safety));
    return to === here ? this.act(GRAZE) : this.act(MOVE, { to });
  }

  #meal(here: string, observation: Sight, { rng }: AgentContext): Action {
    const space = spaceOf(observation);
    const grass = (place: string) => Number(space.attributes(place)[GRASS] ?? 0);
    if (grass(here) >= this.config.hunger) return this.act(GRAZE);
    const to = rng.choice(best([here, ...space.neighbours(here)], grass));
    return to === here ? this.act(GRAZE) : this.act(MOVE, { to });
  }
}
