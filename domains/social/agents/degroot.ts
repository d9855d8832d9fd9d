/** Agent `degroot`: takes the mean of its own and its neighbours' opinions. */

import { type AgentContext, BaseAgent, type Decision, type SimulationState } from "llm-sim";
import { z } from "zod";
import { ADOPT, clamp, OPINION, type PersonVariables, type SocietyVariables } from "../variables.ts";
import { neighboursOf } from "./neighbours.ts";
import { degroot, drawnBack } from "./opinion_rules.ts";

/** Config of agent `degroot`. */
export const degrootConfig = z.strictObject({
  susceptibility: z.number().min(0).max(1).default(1).describe(
    "share of the others' influence that stays; the rest draws back to the initial opinion (Friedkin–Johnsen): 1 is DeGroot's model, 0 moves by nothing",
  ),
  self_weight: z.number().min(0).max(1).optional().describe(
    "share of its own opinion in the mean; without it, its own counts as much as one neighbour's",
  ),
});

/** A person in DeGroot's model (1974) or, below full susceptibility, in that of Friedkin and Johnsen (1990). */
export class DegrootAgent extends BaseAgent<z.output<typeof degrootConfig>, PersonVariables, SocietyVariables> {
  static override readonly config = degrootConfig;
  static override readonly description =
    "Takes on the weighted mean of its own and its neighbours' opinions (DeGroot), drawn back to its initial opinion " +
    "where its susceptibility is below 1 (Friedkin–Johnsen).";
  static override readonly requires = { agent_vars: ["opinion", "initial_opinion", "stubborn"] };

  override decideAction(
    observation: SimulationState<PersonVariables, SocietyVariables>,
    _context: AgentContext,
  ): Decision {
    const own = this.self(observation);
    if (own.stubborn) return null;
    const { susceptibility, self_weight } = this.config;
    const influenced = degroot(own.opinion, neighboursOf(own, observation), self_weight);
    return this.act(ADOPT, { opinion: clamp(drawnBack(influenced, own.initial_opinion, susceptibility), OPINION) });
  }
}
