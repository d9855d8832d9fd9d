/** Population `household`: people who move when too few of their neighbours are like them. */

import { type Members, type MutableMembers, Population, type PopulationContext, type SimulationState } from "llm-sim";
import { z } from "zod";
import { City, settleAtRandom } from "../models/schelling.ts";
import type { SpaceVariables } from "../variables.ts";

/** Config of population `household`. */
export const householdConfig = z.strictObject({
  homophily: z.number().min(0).max(1).default(0.3)
    .describe("share of like neighbours with which a household is content (0.3 is NetLogo's 30 % similar wanted)"),
  minority_share: z.number().min(0).max(1).default(0.5).describe("share of households that are of the minority"),
  relocation: z.enum(["nearby", "anywhere"]).default("nearby").describe(
    "nearby: a walk in random directions until a vacant cell is found (NetLogo); anywhere: any vacant cell, each " +
      "equally likely (Mesa)",
  ),
  activation: z.enum(["simultaneous", "sequential"]).default("simultaneous").describe(
    "whether a household judges its neighbourhood as it was before the turn (NetLogo), or as it is when its turn comes, " +
      "in random order (Mesa)",
  ),
});

type Settlers = MutableMembers;
type CityState = SimulationState<Record<string, never>, SpaceVariables>;

/** Households of two groups in a city (Schelling 1971). Their number and the city's size give its density. */
export class HouseholdPopulation
  extends Population<z.output<typeof householdConfig>, null, Record<string, never>, SpaceVariables> {
  static override readonly config = householdConfig;
  static override readonly description =
    "Moves to a vacant cell when too few of its neighbours are of its own group (Schelling 1971).";
  static override readonly requires = {
    agent_vars: ["x", "y", "group", "similar", "happy"],
    global_vars: ["width", "height"],
  };

  override initialise(members: Settlers, { global_state }: CityState, context: PopulationContext): void {
    const group = members.column("group");
    const minority = Math.round(this.config.minority_share * members.size);
    const order = context.order("group");
    for (let k = 0; k < members.size; k++) group[order[k]!] = k < minority ? 1 : 0;
    const [x, y] = [members.column("x") as Int32Array, members.column("y") as Int32Array];
    settleAtRandom({ x, y }, global_state, context.rng("settle"));
    this.#judge(members, this.#city(members, global_state));
  }

  override decideAll(members: Members) {
    const happy = members.column("happy");
    let stay = 0;
    for (let i = 0; i < members.size; i++) stay += happy[i]!;
    return { counts: { stay, move: members.size - stay }, intents: null };
  }

  override applyAll(next: Settlers, _intents: null, { global_state }: CityState, context: PopulationContext): void {
    const { activation, homophily, relocation } = this.config;
    const city = this.#city(next, global_state);
    const happy = next.column("happy");
    const order = context.order("move");
    const draws = context.rng("move");
    for (let k = 0; k < order.length; k++) {
      const i = order[k]!;
      const stays = activation === "sequential" ? city.similar(i) >= homophily : happy[i] === 1;
      if (!stays) city.move(i, relocation, draws);
    }
    this.#judge(next, city);
  }

  #city(members: Settlers, { width, height }: SpaceVariables): City {
    return new City({ width, height }, {
      x: members.column("x") as Int32Array,
      y: members.column("y") as Int32Array,
      group: members.column("group") as Uint8Array,
    });
  }

  #judge(members: Settlers, city: City): void {
    const similar = members.column("similar");
    const happy = members.column("happy");
    for (let i = 0; i < members.size; i++) {
      similar[i] = city.similar(i);
      happy[i] = similar[i]! >= this.config.homophily ? 1 : 0;
    }
  }
}
