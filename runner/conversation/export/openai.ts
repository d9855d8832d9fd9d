/** A conversation as a line of chat messages, the shape that data sets and evaluation tools share. */

import type { DoneAction } from "../../../framework/conversation/mod.ts";
import { toolResult } from "../tool_result.ts";
import type { ConversationRun, SimulatedTurn } from "../types.ts";

/** What of a turn becomes messages; a `SimulatedTurn`'s parts fit. */
export interface SpokenTurn {
  readonly message: string;
  /** Null: there is no answer in words. */
  readonly reply: string | null;
  readonly actions: readonly DoneAction[];
}

/** One line of JSONL: `{"messages": [...]}`, see {@linkcode openAiLine}. */
export function toOpenAi(run: ConversationRun, options: { readonly system?: string } = {}): string {
  return openAiLine(run.turns.map(spoken), options);
}

/** What was said and done in a turn. */
export function spoken({ simulated_user, chat_agent }: SimulatedTurn): SpokenTurn {
  return { message: simulated_user.message, reply: chat_agent.reply, actions: chat_agent.actions };
}

/**
 * `{"messages": [...]}` and a line break: `system` first if given; then of every turn the user's message, the agent's
 * actions as tool calls (ids `call_TURN_NUMBER`, unique in the line), their results in the same order, and the reply.
 * A result is the result message as it is, or `{"success":false,"result_message":"…"}` where that would not say that it
 * failed. Kinds of actions have no place in this shape; the importer takes them from a catalogue.
 */
export function openAiLine(turns: readonly SpokenTurn[], { system }: { readonly system?: string } = {}): string {
  const messages: object[] = system === undefined ? [] : [{ role: "system", content: system }];
  turns.forEach(({ message, reply, actions }, turn) => {
    messages.push({ role: "user", content: message });
    if (actions.length > 0) {
      const calls = actions.map(({ name, parameters }, i) => ({
        id: callId(turn, i),
        type: "function",
        function: { name, arguments: JSON.stringify(parameters) },
      }));
      messages.push({ role: "assistant", content: null, tool_calls: calls });
      actions.forEach((action, i) => {
        messages.push({ role: "tool", tool_call_id: callId(turn, i), content: resultContent(action) });
      });
    }
    if (reply !== null) messages.push({ role: "assistant", content: reply });
  });
  return `${JSON.stringify({ messages })}\n`;
}

function callId(turn: number, action: number): string {
  return `call_${turn + 1}_${action + 1}`;
}

function resultContent({ success, result_message }: DoneAction): string {
  const read = toolResult(result_message);
  const saysItself = read.success === success && read.result_message === result_message;
  return saysItself ? result_message : JSON.stringify({ success, result_message });
}
