/** What an agent under test answers in a turn, and how what it wrote is read as that. */

import { type Json, ModelError, notJson, shortened } from "llm-sim";
import {
  type ActionCatalogue,
  type ActionSpec,
  type ReadAction,
  readAction,
  type TurnFault,
} from "llm-sim/conversation";

/** An action that an agent says it has taken. */
export interface AnsweredAction extends ActionSpec {
  /** Whoever acts by itself may say that it has failed: then it is not carried out. */
  readonly success?: false;
  /** Why it has. */
  readonly result_message?: string;
}

/** What an agent under test says and does. */
export interface Answer {
  /** What it says; empty: nothing. */
  readonly reply: string;
  /** What it does, in its order. */
  readonly actions: readonly AnsweredAction[];
  /** Why this is no answer, or not all of it. */
  readonly fault?: TurnFault;
}

/** Longest answer that is kept, UTF-16 units of its JSON: transcripts are part of the state, and of prompts. */
export const LONGEST_ANSWER = 50_000;
/** Of an answer that is too long so much is kept. */
const KEPT_OF_REPLY = 2000;
/** Longest words of a fault. */
const LONGEST_FAULT = 500;

/** A fault with words of bounded length. */
export function faultOf(code: string, message: string): TurnFault {
  return { code, message: shortened(message, LONGEST_FAULT) };
}

/** That no answer could be had, as a fault; @throws what is thrown for other reasons */
export function faultOfFailure(error: unknown): TurnFault {
  if (error instanceof ModelError) return faultOf(error.code, error.message);
  throw error;
}

/** What was written as an action of the catalogue, with all that was said in it, or why it is none. */
export function readOne(written: unknown, catalogue: ActionCatalogue): ReadAction {
  // What is nested too deep cannot even be quoted.
  const odd = notJson(written);
  return odd === null
    ? readAction(written, catalogue, { unknown: "keep" })
    : { problem: `the action ${odd}`, code: "bad_parameter" };
}

/**
 * The actions that `written` holds, in its order. What is none is left out and named by the fault, the first of them with
 * what was written.
 */
export function readActions(
  written: readonly unknown[],
  catalogue: ActionCatalogue,
): { readonly actions: readonly AnsweredAction[]; readonly fault?: TurnFault } {
  const actions: AnsweredAction[] = [];
  let fault: TurnFault | undefined;
  for (const [i, each] of written.entries()) {
    const read = readOne(each, catalogue);
    if ("action" in read) actions.push({ ...read.action, ...failureIn(each) });
    else fault ??= faultOf(read.code, `action ${i + 1}: ${read.problem}; it is ${shown(each, 200)}`);
  }
  return { actions, ...(fault && { fault }) };
}

/** What an action says of having failed. */
export function failureIn(written: unknown): Pick<AnsweredAction, "success" | "result_message"> {
  const { success, result_message } = written as { success?: unknown; result_message?: unknown };
  if (success !== false) return {};
  return { success, ...(typeof result_message === "string" && { result_message }) };
}

/**
 * The answer as it is kept: not too long, with no more actions than allowed, its texts well-formed. One that is too long,
 * that does too much, or that neither says nor does anything, has a fault.
 */
export function checked(answer: Answer, most: number): Answer {
  const actions = answer.actions.slice(0, most);
  const kept = wellFormed({ ...answer, actions }) as unknown as Answer;
  const { length } = JSON.stringify(kept);
  if (length > LONGEST_ANSWER) {
    const message = `the answer has ${length} characters as JSON; at most ${LONGEST_ANSWER} are taken`;
    return { reply: shortened(kept.reply, KEPT_OF_REPLY), actions: [], fault: faultOf("reply_too_large", message) };
  }
  if (kept.fault) return kept;
  if (answer.actions.length > most) {
    const message = `${answer.actions.length} actions in one turn; at most ${most} are taken`;
    return { ...kept, fault: faultOf("too_many_actions", message) };
  }
  const isEmpty = kept.reply.trim() === "" && actions.length === 0;
  return isEmpty ? { ...kept, fault: faultOf("empty_reply", "it said and did nothing") } : kept;
}

/** The value of a JSON text; undefined when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as messages quote it, in at most `length` characters. */
export function shown(value: unknown, length: number): string {
  if (typeof value === "string") return shortened(value, length);
  return notJson(value) === null ? shortened(JSON.stringify(value), length) : "no JSON";
}

/** The value with U+FFFD for every lone surrogate: no file can hold one. */
function wellFormed(value: unknown): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value as Json;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]));
}
