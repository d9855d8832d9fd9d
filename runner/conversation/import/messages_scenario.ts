/** Recorded conversations as a scenario, to be judged anew or labelled. */

import { SimError } from "../../../framework/mod.ts";
import { inferredCatalogue } from "./catalogue_inference.ts";
import { readMessages } from "./openai.ts";
import type { RecordedConversation, RecordedTurn } from "./recorded.ts";
import { type ImportedScenario, type ImportOptions, writeScenario } from "./scenario_text.ts";

/** Turns that a recorded user may have. */
const MOST_TURNS = 1000;
/** Characters that a recorded message may have. */
const LONGEST_MESSAGE = 20_000;
/** What stands for an empty message: a user always says something. */
const SILENCE = "(says nothing)";

/**
 * The conversations that {@linkcode readMessages} finds, as a scenario: a case for each, with a recorded user and a
 * recorded agent. What the user wanted nobody has written down, which every turn says as its fault: its verdict is unclear
 * until a person labels it, or writes a `desired_action` in place of the fault.
 *
 * @throws {SimError} as {@linkcode readMessages}; `bad_messages`: there is no conversation with a turn
 */
export function importMessages(text: string, options: ImportOptions): ImportedScenario {
  const conversations = readMessages(text, options);
  const notes = conversations.flatMap(notesOn);
  const spoken = conversations.filter(({ turns }) => turns.length > 0);
  if (spoken.length === 0) {
    throw new SimError("bad_messages", "the user says nothing in it: there is no turn to import", {
      hint: 'a turn begins with a message of the role "user"',
    });
  }
  const calls = spoken.flatMap(({ turns }) => turns.flatMap(({ actions }) => actions))
    .map(({ name, parameters }) => ({ name, parameters, compared: null }));
  const inferred = inferredCatalogue(calls, options.catalogue ?? {});
  notes.push(
    ...inferred.notes,
    "what the user wanted is not recorded: verdicts are unclear until turns are labelled, or have a desired_action",
  );
  const section = {
    judge: { kind: "rules" },
    stop_on_misalignment: false,
    cases: spoken.map(({ place, turns }) => ({
      name: place,
      user: { kind: "recorded", turns: turns.slice(0, MOST_TURNS).map(userTurn) },
      agent: { adapter: "recorded", turns: turns.slice(0, MOST_TURNS).map(agentTurn) },
    })),
  };
  return writeScenario(options, options.name, inferred.catalogue, section, notes);
}

function userTurn({ message }: RecordedTurn): object {
  return {
    message: message.slice(0, LONGEST_MESSAGE) || SILENCE,
    fault: { code: "not_recorded", message: "what the user wanted was not written down" },
  };
}

function agentTurn({ reply, actions, fault }: RecordedTurn): object {
  return {
    ...(reply === null ? {} : { reply }),
    ...(actions.length === 0 ? {} : { actions }),
    ...(fault === undefined ? {} : { fault }),
  };
}

function notesOn({ place, system, turns, notes }: RecordedConversation): string[] {
  const all = [...notes];
  if (system !== null) all.push("what the agent had been told is not taken over");
  if (turns.length === 0) all.push("the user says nothing in it: it is left out");
  if (turns.length > MOST_TURNS) all.push(`turns after the first ${MOST_TURNS} are left out`);
  if (turns.some(({ message }) => message.length > LONGEST_MESSAGE)) {
    all.push(`messages of the user are cut after ${LONGEST_MESSAGE} characters`);
  }
  return all.map((note) => `${place}: ${note}`);
}
