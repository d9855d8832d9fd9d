/** How the turns before are told to models and services. */

import { type ChatMessage, shortened } from "llm-sim";
import type { TranscriptTurn } from "llm-sim/conversation";
import { dataText } from "../data_text.ts";
import type { Seen } from "./answering_agent.ts";

/** What stands for an answer without words: models do not take empty ones. */
const NO_WORDS = "(no words)";
/** Of what came of an action in an earlier turn so much is told, UTF-16 units. */
const SHOWN_OF_RESULT = 2000;

/** A message as chat services have it. */
interface SpokenMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** All that was said, what the user says now as the last message. */
export function spokenMessages({ before, message }: Seen): SpokenMessage[] {
  return [
    ...before.flatMap((turn): SpokenMessage[] => [
      { role: "user", content: turn.message },
      { role: "assistant", content: wordsOf(turn) },
    ]),
    { role: "user", content: message },
  ];
}

/** The same with the actions of the agent as calls of tools, with what came of them. */
export function messagesWithTools({ before, message }: Seen): ChatMessage[] {
  return [
    ...before.flatMap((turn): ChatMessage[] => {
      const calls = turn.actions.map(({ name, parameters }, i) => ({
        id: `turn_${turn.index}_${i + 1}`,
        name,
        arguments: JSON.stringify(parameters),
      }));
      return [
        { role: "user", content: turn.message },
        ...(calls.length === 0 ? [] : [{ role: "assistant" as const, content: "", tool_calls: calls }]),
        ...calls.map(({ id }, i) => ({
          role: "tool" as const,
          tool_call_id: id,
          content: turn.actions[i]!.result_message,
        })),
        { role: "assistant", content: wordsOf(turn) },
      ];
    }),
    { role: "user", content: message },
  ];
}

/**
 * The last `most` messages before this one as text, a line each, with what was done and what came of it. Texts are quoted:
 * what somebody has written cannot pass for a part of the prompt.
 */
export function historyText({ before }: Seen, most: number): string {
  const lines = before.flatMap((turn) => [
    `user: ${dataText(turn.message)}`,
    [
      `you: ${dataText(wordsOf(turn))}`,
      ...turn.actions.map(({ name, parameters, success, result_message }) =>
        `  ${success ? "done" : "failed"}: ${name} ${dataText(parameters)}: ${
          dataText(shortened(result_message, SHOWN_OF_RESULT))
        }`
      ),
    ].join("\n"),
  ]);
  return lines.length === 0 ? "(nothing has been said before)" : lines.slice(-most).join("\n");
}

function wordsOf({ reply }: TranscriptTurn): string {
  return reply === null || reply.trim() === "" ? NO_WORDS : reply;
}
