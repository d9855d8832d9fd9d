/** Turns of a user, for tests of what it says in them. */

import {
  Action,
  type AgentContext,
  AgentMap,
  type BaseAgent,
  type Json,
  type JsonObject,
  SimulationState,
} from "llm-sim";
import type { TranscriptTurn } from "llm-sim/conversation";
import { agentContext } from "../../../tests/support/contexts.ts";

/** What a user sees. */
export interface UserTurn {
  /** Number of the turn, from 1. */
  readonly turn: number;
  /** The environment's state. */
  readonly plan?: Json;
  readonly transcript?: readonly TranscriptTurn[];
}

/** What a user sees, as a state. */
export function seenByUser({ turn, plan = null, transcript = [] }: UserTurn) {
  return new SimulationState({ turn: turn - 1, agents: AgentMap.of([]), global_state: { plan, transcript } });
}

/** What a user decides, the name of its action and the parameters; null: nothing. */
export async function saidBy(
  user: BaseAgent,
  turn: UserTurn,
  context: Partial<AgentContext> = {},
): Promise<[string, JsonObject] | null> {
  return saying(await user.decideAction(seenByUser(turn), { ...agentContext("user", turn.turn), ...context }));
}

/** A decision as the name of its action and the parameters. */
export function saying(decision: unknown): [string, JsonObject] | null {
  if (decision === null) return null;
  if (!(decision instanceof Action)) throw new Error("it decided more than one action");
  return [decision.action_name, decision.parameters];
}
