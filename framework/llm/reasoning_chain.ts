/** What a model gave as its reasons, as the state of the turn keeps it. */

import type { ReasoningChain } from "../state.ts";
import { shortened } from "./feedback.ts";
import type { Question } from "./turn_calls.ts";

/** Characters of prompts and replies in a state; the tape has them in full. */
const KEPT = 2000;

/**
 * The chain of a question to a model; undefined for calls of services. Times are not in it: a state is the same when the
 * run is played again.
 */
export function reasoningChain(question: Question, turn: number): ReasoningChain | undefined {
  const { asker, agent, purpose, attempts, answer, failure } = question;
  const last = attempts.at(-1);
  if (last === undefined || last.call.kind !== "llm") return undefined;
  const { call, settled } = last;
  return {
    component: asker,
    agent_name: agent === "" ? null : agent,
    turn,
    purpose,
    prompt: shortened(call.messages.at(-1)?.content ?? "", KEPT),
    response: shortened(settled.response?.content ?? "", KEPT),
    reasoning: typeof answer?.reasoning === "string" ? answer.reasoning : "",
    confidence: typeof answer?.confidence === "number" ? answer.confidence : null,
    model: settled.model,
    provider: settled.provider,
    retry_count: attempts.length - 1,
    ...(failure && { error: failure.code }),
  };
}
