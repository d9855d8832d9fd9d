/** What a person types to decide for an agent, read as a decision. */

import { type DecisionJson, type Json, readDecision, SimError } from "../framework/mod.ts";
import { parseSetting } from "../framework/scenario/mod.ts";

/** The forms that a line can have, for the help. */
export const DECISION_FORMS: readonly (readonly [form: string, what: string])[] = [
  ["ACTION name=value …", "an action of this domain and its parameters"],
  ['{"action":…,"parameters":{…}}', "the same as JSON; a list is several"],
  ["say B shall we?", "a message to B; to * for all"],
  ["sleep 3, leave", "sit out three turns; leave for good"],
  ["(nothing)", "do nothing"],
  ["?", "all that the agent sees"],
];

/**
 * The decision in a line: words of an action with `name=value`, JSON, `say TO TEXT`, `sleep N`, `leave`, or nothing.
 * @throws {SimError} `bad_decision`
 */
export function readDecisionLine(line: string): readonly DecisionJson[] {
  const text = line.trim();
  if (text === "") return [];
  if (text.startsWith("{") || text.startsWith("[")) return readDecision(parsed(text));
  const [word, ...words] = text.split(/\s+/);
  if (word === "leave" && words.length === 0) return readDecision({ leave: true });
  if (word === "sleep" && words.length === 1) return readDecision({ sleep: Number(words[0]) });
  if (word === "say") {
    const [, to, content] = /^say\s+(\S+)\s+(.+)$/s.exec(text) ?? [];
    if (to === undefined) throw bad("say needs a name and a text", "say B shall we?");
    return readDecision({ message: { to, content } });
  }
  return readDecision({ action: word, parameters: parametersOf(words) });
}

/** `name=value` words as parameters; values as in YAML, so that `2` is a number and `[1, 2]` a list. */
export function parametersOf(words: readonly string[]): { [name: string]: Json } {
  return Object.fromEntries(words.map((word) => {
    if (!/^[^=\s]+=/.test(word)) throw bad(`'${word}' is no parameter`, "amount=2, without spaces");
    const { path, value } = parseSetting(word);
    return [path, value];
  }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw bad(`that is not JSON: ${(cause as Error).message}`, '{"action":"invest","parameters":{"share":0.2}}');
  }
}

function bad(message: string, example: string): SimError {
  return new SimError("bad_decision", message, { hint: `for example: ${example}` });
}
