/**
 * Agents that are asked the way most are: a prompt made of all that they see, the actions, their own last decisions. With
 * 100 of them a prompt has some 3,000 characters, of which half are about the others.
 */

import {
  type Action,
  BaseEngine,
  BaseValidator,
  defineDomain,
  LLMAgent,
  type LLMAgentConfig,
  type SimulationState,
} from "../../../framework/mod.ts";
import { z } from "zod";

interface Giver {
  [name: string]: number;
  wealth: number;
}

class GiverAgent extends LLMAgent<LLMAgentConfig, Giver> {
  static override readonly description = "Asks a model to whom it gives.";
  // One action, so that what the test server makes up always fits.
  static override readonly mayPass = false;
  static override readonly actions = {
    give: {
      description: "Gives some of your wealth to another agent.",
      parameters: z.object({
        to: z.int().min(1).max(100).describe("number of the agent that gets it"),
        amount: z.number().min(0).max(1).describe("how much of what you own, as a share"),
      }),
    },
  };
}

class GivingEngine extends BaseEngine<unknown, Giver> {
  override applyActions(state: SimulationState<Giver>, actions: readonly Action[]) {
    let { agents } = state;
    const add = (name: string, wealth: number) => {
      const before = agents.get(name);
      if (before) agents = agents.with(name, { wealth: before.wealth + wealth });
    };
    for (const { agent_name, parameters: { to, amount } } of actions) {
      const given = agents.get(agent_name)!.wealth * Number(amount);
      add(agent_name, -given);
      add(`${agent_name.replace(/\d+$/, "")}${to}`, given);
    }
    return state.with({ agents });
  }
}

class AlwaysValidValidator extends BaseValidator {
  override validateAction() {
    return true;
  }
}

export default defineDomain({
  name: "givers",
  description: "Agents that ask a model in the usual way, for benchmarks.",
  agents: [GiverAgent],
  engines: [GivingEngine],
  validators: [AlwaysValidValidator],
});
