/** Turns to be judged, for tests of what a judge says of them. */

import { Action, type AgentContext, AgentMap, type BaseAgent, type Decision, SimulationState } from "llm-sim";
import type { ActionSpec, JudgeVerdict, TranscriptTurn, TurnFault } from "llm-sim/conversation";
import type { Globals } from "../agents/_parts/settings.ts";
import { agentContext } from "../../../tests/support/contexts.ts";

/** What is wanted of the plan of `ENVIRONMENT`, with free text in it. */
export const WISHED: ActionSpec = {
  kind: "task_operation",
  name: "create_task",
  parameters: { name: "Beta test", parent_id: 1, instruction: "Ask ten users to try it." },
};

/** A turn, and what was wanted in it. */
export interface JudgedTurn {
  readonly wish: ActionSpec | null;
  readonly turn: TranscriptTurn;
  /** Why the wish is not known. */
  readonly fault?: TurnFault;
  /** Number of the turn being played; default: the same. */
  readonly played?: number;
}

/** Turn 1, in which these actions were carried out. */
export function turnOf(actions: readonly ActionSpec[], reply = "Done."): TranscriptTurn {
  const done = actions.map((action) => ({ ...action, success: true, result_message: "carried out" }));
  return { index: 1, message: "Please add a beta test.", reply, actions: done };
}

/** What a judge sees. */
export function seenByJudge({ wish, turn, fault }: JudgedTurn): SimulationState<Record<string, never>, Globals> {
  const sealed = { index: turn.index, desired_action: wish, seal: "", salt: "", ...(fault && { fault }) };
  const global_state = { transcript: [turn], wishes: [sealed] } as unknown as Globals;
  return new SimulationState({ turn: turn.index - 1, agents: AgentMap.of<Record<string, never>>([]), global_state });
}

/** What a judge decides. */
export async function judgedBy(
  judge: BaseAgent<unknown, Record<string, never>, Globals>,
  judged: JudgedTurn,
  context: Partial<AgentContext> = {},
): Promise<Decision> {
  const { played = judged.turn.index } = judged;
  return await judge.decideAction(seenByJudge(judged), { ...agentContext("judge", played), ...context });
}

/** The verdict that a judge gives. */
export async function verdictBy(...given: Parameters<typeof judgedBy>): Promise<JudgeVerdict> {
  const decision = await judgedBy(...given);
  if (!(decision instanceof Action) || decision.action_name !== "judge") throw new Error("it decided something else");
  return decision.parameters.verdict as unknown as JudgeVerdict;
}
