/** Population `trader`: random exchange of money. */

import { type Members, type MutableMembers, Population, type PopulationContext, type SimulationState } from "llm-sim";
import { z } from "zod";
import { exchangeAtOnce, exchangeInTurn, payers } from "../models/boltzmann.ts";

/** Config of population `trader`. */
export const traderConfig = z.strictObject({
  activation: z.enum(["sequential", "shuffled", "simultaneous"]).default("sequential").describe(
    "sequential: per turn as many exchanges as there are members, one after the other, each between a random pair; " +
      "shuffled: every member gives once per turn, one after the other in random order; simultaneous: all that own " +
      "enough at the start of the turn give at once",
  ),
  amount: z.number().gt(0).max(1e9).default(1).describe("money that changes hands in an exchange"),
  debt_limit: z.number().min(0).max(1e9).default(0).describe("how far below zero a member may go"),
});

type TraderConfig = z.output<typeof traderConfig>;

/** Under `simultaneous` the members that give, 1 or 0; one after the other, that is only known at each one's turn. */
type Givers = Uint8Array | null;

/** Members that give each other money at random (Drăgulescu & Yakovenko 2000). Money is conserved. */
export class TraderPopulation extends Population<TraderConfig, Givers> {
  static override readonly config = traderConfig;
  static override readonly description =
    "Gives money to random other members as long as it owns some (Drăgulescu & Yakovenko 2000).";
  static override readonly requires = { agent_vars: ["wealth"] };

  override decideAll(members: Members) {
    if (this.config.activation !== "simultaneous") return { counts: { exchange: members.size }, intents: null };
    const givers = payers(members.column("wealth"), this.config);
    const give = givers.reduce((sum, one) => sum + one, 0);
    return { counts: { give, keep: members.size - give }, intents: givers };
  }

  override applyAll(next: MutableMembers, givers: Givers, _state: SimulationState, context: PopulationContext): void {
    if (next.size < 2) return;
    const wealth = next.column("wealth") as Float64Array;
    const partners = context.integers("partner", next.size - 1);
    if (givers !== null) return exchangeAtOnce(wealth, givers, partners, this.config);
    const inTurn = this.config.activation === "shuffled"
      ? context.order("giver")
      : context.integers("giver", next.size);
    exchangeInTurn(wealth, inTurn, partners, this.config);
  }
}
