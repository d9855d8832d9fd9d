/** Agent `rule_assistant`: an agent under test that follows rules. */

import { z } from "zod";
import type { Answer } from "./_parts/answer.ts";
import { ActingAgent, inEnvironment, type Seen } from "./_parts/answering_agent.ts";
import { BEHAVIOURS, ruledAnswer } from "./_parts/rule.ts";

/** Config of agent `rule_assistant`. */
export const ruleAssistantConfig = z.strictObject({
  ...inEnvironment,
  behaviour: z.enum(BEHAVIOURS).default("perfect").describe(
    "how well it does what it is asked: all of it, without an argument, with a wrong one, or not at all",
  ),
});

/**
 * An assistant that needs no model: it reads the user's words as the phrases that simulated users speak, and does what
 * they ask for, or fails at it in a way that is known beforehand. So it is a control: what a judge says of it can be
 * checked.
 */
export class RuleAssistantAgent extends ActingAgent<z.output<typeof ruleAssistantConfig>> {
  static override readonly config = ruleAssistantConfig;
  static override readonly description =
    "An agent under test that follows rules: it does what the user's words ask for, or fails at it as it is told to.";

  protected override answer({ message, plan }: Seen): Answer {
    const { catalogue, environment, config } = this;
    return ruledAnswer(message, { catalogue, outline: environment.outline(plan) }, config.behaviour);
  }
}
