/** Turns of an agent under test, for tests of what it makes of them. */

import { Action, type AgentContext, AgentMap, type BaseAgent, type Json, SimulationState } from "llm-sim";
import type { ActionSpec, EnvironmentSpec, TranscriptTurn } from "llm-sim/conversation";
import { agentContext } from "../../../tests/support/contexts.ts";

/** A small plan: tasks 1 (with 2 below it) and 3. */
export const ENVIRONMENT: EnvironmentSpec = {
  plan: {
    title: "Launch",
    tasks: [{ name: "Research", tasks: [{ name: "Interviews" }] }, { name: "Build" }],
  },
};

/** A turn that is over. */
export function past(index: number, message: string, reply: string, actions: TranscriptTurn["actions"] = []) {
  return { index, message, reply, actions };
}

/** What an agent sees. */
export interface Turn {
  readonly message: string;
  readonly plan: Json;
  readonly before?: readonly TranscriptTurn[];
  /** Number of the turn being played; default: the one in which the user speaks. */
  readonly turn?: number;
}

/** What an agent decides, as the parameters of its action `reply`; null: nothing. */
export async function replyOf(
  agent: BaseAgent,
  { message, plan, before = [], turn = before.length + 1 }: Turn,
  context: Partial<AgentContext> = {},
): Promise<{ reply: string; actions: readonly ActionSpec[]; fault?: { code: string; message: string } } | null> {
  const transcript = [...before, { index: before.length + 1, message, reply: null, actions: [] }];
  const seen = new SimulationState({ turn, agents: AgentMap.of([]), global_state: { transcript, plan } });
  const decision = await agent.decideAction(seen, { ...agentContext("agent", turn), ...context });
  if (decision === null) return null;
  if (!(decision instanceof Action) || decision.action_name !== "reply") throw new Error("it decided something else");
  return decision.parameters as never;
}
