/** What an agent remembers of its own decisions, and how its prompt tells it. */

import type { AgentContext } from "../context.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ModelDecision } from "./action_catalogue.ts";
import { quoted } from "./actions_text.ts";
import { clipped } from "./answer_type.ts";

/** Kind of the memories. */
export const DECISION_MEMORY = "llm_decision";
/** Characters of the reasoning that are remembered; the tape has all of it. */
const REASONING_KEPT = 500;

/** Remembers a decision, and forgets all but the last `window`. */
export function rememberDecision(decision: ModelDecision, window: number, { memory, log, turn }: AgentContext): void {
  if (window === 0) return;
  const { action, parameters, reasoning, message } = decision;
  const content: JsonObject = {
    action,
    parameters,
    reasoning: clipped(reasoning, REASONING_KEPT),
    ...(message && { said: { ...message } }),
  };
  try {
    memory.add(content, { kind: DECISION_MEMORY });
  } catch (error) {
    // Too large for the scenario's limits: the decision itself stands.
    log("WARNING", `a decision is not remembered: ${(error as Error).message}`, { turn, action });
    return;
  }
  const [oldest] = memory.recall({ kind: DECISION_MEMORY, last: window });
  if (oldest) memory.forget({ kind: DECISION_MEMORY, before: oldest.turn });
}

/** The last `window` decisions, the oldest first, a line for each. */
export function historyText(window: number, { memory }: AgentContext): string {
  const lines = memory.recall({ kind: DECISION_MEMORY, last: window }).map(({ turn, content }) => {
    const { action, parameters, reasoning, said } = content as { readonly [key: string]: Json };
    const how = Object.keys(parameters as JsonObject).length === 0 ? "" : ` ${quoted(parameters!)}`;
    const message = said === undefined ? "" : ` You said: ${quoted(said)}`;
    return `- Turn ${turn}: ${action}${how}. Reasons: ${quoted(reasoning!)}${message}`;
  });
  return lines.length === 0 ? "(none)" : lines.join("\n");
}
