/** Whether a simulated user stays the person it plays. */

import type { QuotedSource } from "./quotation.ts";
import { plainWords } from "./words.ts";

/** What a message is measured against. */
export interface Character {
  /** The user's instructions. */
  readonly instructions: QuotedSource;
  /** What it must not tell unless it is asked. */
  readonly secrets: readonly string[];
  /** What the assistant has said so far. */
  readonly replies: readonly string[];
}

/** What only an assistant, or somebody who is none of a person, says. */
const SLIPS: readonly RegExp[] = [
  /\bas an? (?:ai|large language model|language model)(?: (?:language )?model| assistant)?(?:,| i\b)/i,
  /\bi(?:'m| am) (?:just |only |actually )?an? (?:ai|large language model|language model|chat ?bot|(?:(?:ai|chat|virtual) )?assistant)(?: (?:language )?model| assistant)?(?=\s*(?:[.,;:!?]|and\b|so\b|$))/i,
  /\bsimulated user\b|\bdesired_action\b|\buser_message\b/i,
  /\bhow (?:can|may) i (?:help|assist) you\b/i,
  /\b(?:anything|something) else (?:that )?i can (?:do|help)\b/i,
  /\bi(?:'ve| have) (?:created|added|updated|changed|moved|deleted|removed)\b[^.!?]*\b(?:for you|as (?:you )?requested|as you asked)\b/i,
  /^\s*\W*(?:assistant|system|chatbot)\W*:/im,
];

/** Words of four letters and more that say nothing of what is asked. */
const EMPTY_WORDS = new Set(
  "that this with have from your what will when where which would could should about there their they them then than been were into only also does"
    .split(
      " ",
    ),
);

/** Why `message` is none of a person in this place, as the rest of a sentence such as "is empty"; null: it may be. */
export function breakOfCharacter(message: string, { instructions, secrets, replies }: Character): string | null {
  if (message.trim() === "") return "is empty";
  // What is quoted may be the name of a task.
  const own = message.replace(/"[^"\n]*"|“[^”\n]*”/g, '""');
  const slip = SLIPS.map((pattern) => pattern.exec(own)?.[0]).find((found) => found !== undefined);
  if (slip !== undefined) return `speaks as an assistant or a model would: "${slip.trim()}"`;
  const quoted = instructions.quotedIn(message);
  if (quoted !== null) return `quotes the instructions: "${quoted}"`;
  const secret = secrets.find((secret) => tells(message, secret) && !replies.some((reply) => asksFor(reply, secret)));
  return secret === undefined ? null : "tells a secret that nobody has asked for";
}

function tells(message: string, secret: string): boolean {
  const wanted = plainWords(secret);
  return wanted !== "" && plainWords(message).includes(wanted);
}

/** Whether a question of the assistant's has a word in common with the secret. */
function asksFor(reply: string, secret: string): boolean {
  const words = wordsOf(secret);
  return (reply.match(/[^.!?\n]*\?/g) ?? []).some((question) => wordsOf(question).some((word) => words.includes(word)));
}

function wordsOf(text: string): string[] {
  return plainWords(text).split(" ").filter((word) => word.length >= 4 && !EMPTY_WORDS.has(word));
}
