/** Agent `bounded_confidence`: listens only to those whose opinions are close to its own. */

import { type AgentContext, BaseAgent, type Decision, type SimulationState } from "llm-sim";
import { z } from "zod";
import { ADOPT, clamp, MEET, OPINION, type PersonVariables, type SocietyVariables } from "../variables.ts";
import { neighboursOf } from "./neighbours.ts";
import { hegselmannKrause, isClose } from "./opinion_rules.ts";

/** Config of agent `bounded_confidence`. */
export const boundedConfidenceConfig = z.strictObject({
  rule: z.enum(["hegselmann_krause", "deffuant"]).default("hegselmann_krause").describe(
    "hegselmann_krause: the mean of all who are close enough; deffuant: meets one of its neighbours, and both move towards each other if they are close enough",
  ),
  confidence: z.number().min(0).max(1).default(0.2).describe("how far an opinion may be from its own to count"),
  rate: z.number().min(0).max(0.5).default(0.5).describe(
    "deffuant: share of the distance that each of the two moves when they meet",
  ),
});

/** A person in the model of Hegselmann and Krause (2002) or of Deffuant, Neau, Amblard and Weisbuch (2000). */
export class BoundedConfidenceAgent
  extends BaseAgent<z.output<typeof boundedConfidenceConfig>, PersonVariables, SocietyVariables> {
  static override readonly config = boundedConfidenceConfig;
  static override readonly description =
    "Listens only to opinions close to its own: to all of them at once (Hegselmann–Krause), or to one neighbour that " +
    "it meets (Deffuant–Weisbuch; with schedule random_order one pair after the other).";
  static override readonly requires = { agent_vars: ["opinion", "stubborn"] };

  override decideAction(
    observation: SimulationState<PersonVariables, SocietyVariables>,
    context: AgentContext,
  ): Decision {
    const own = this.self(observation);
    const { rule, confidence, rate } = this.config;
    const others = neighboursOf(own, observation);
    if (rule === "hegselmann_krause") {
      if (own.stubborn) return null;
      return this.act(ADOPT, { opinion: clamp(hegselmannKrause(own.opinion, others, confidence), OPINION) });
    }
    if (others.length === 0) return null;
    const met = context.rng.choice(others);
    return isClose(own.opinion, met.opinion, confidence) ? this.act(MEET, { with: met.name, confidence, rate }) : null;
  }
}
