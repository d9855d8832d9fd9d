/** What a rule decided, in the form of a model's answer. */

import { Action, type Decision } from "../action.ts";
import { partsOf } from "../decision.ts";
import type { JsonObject } from "../json.ts";
import { OutgoingMessage } from "../message.ts";
import { type CompiledCatalogue, type ModelDecision, PASS } from "./action_catalogue.ts";
import { ruleReasoning } from "./rule_mark.ts";

/** A rule's decision as an answer. */
export interface RuleAnswer {
  /** As much of it as an answer can hold; null when that is no answer at all. */
  readonly answer: ModelDecision | null;
  /** Whether that is all of it. Requests about lives, a second action, or actions that are in no catalogue do not fit. */
  readonly isWhole: boolean;
}

/**
 * The answer that a rule's decision comes to.
 * @param recipients to whom messages may go beside `*`; null: an answer holds no message
 */
export function ruleAnswer(
  decision: Decision,
  catalogue: CompiledCatalogue,
  recipients: readonly string[] | null,
): RuleAnswer {
  const parts = partsOf(decision);
  const action = parts.find((part) => part instanceof Action && actionIn(catalogue, part) !== null) as
    | Action
    | undefined;
  const message = recipients === null ? null : firstMessage(parts, recipients);
  const expressed = (action ? 1 : 0) + (message ? 1 : 0);
  // A rule that says nothing where something must be done has no opinion.
  const isWhole = expressed === parts.length && (action !== undefined || catalogue.mayPass || parts.length === 0);
  const name = action?.action_name ?? catalogue.idle;
  if (name === null) return { answer: null, isWhole };
  return {
    answer: {
      reasoning: reasoningOf(action, name),
      action: name,
      parameters: action ? actionIn(catalogue, action)! : {},
      confidence: action?.confidence ?? 1,
      message,
    },
    isWhole,
  };
}

/** The same decision, its actions' reasoning marked as a rule's. */
export function markedDecision(decision: Decision): Decision {
  const marked = partsOf(decision).map((part) => {
    if (!(part instanceof Action)) return part;
    const { agent_name, action_name, parameters, confidence } = part;
    return new Action(agent_name, action_name, parameters, {
      reasoning: reasoningOf(part, action_name),
      ...(confidence !== undefined && { confidence }),
    });
  });
  return marked.length === 0 ? null : marked.length === 1 ? marked[0]! : marked;
}

function reasoningOf(action: Action | undefined, name: string): string {
  return ruleReasoning(action?.reasoning || (name === PASS ? "does nothing" : `chooses '${name}'`));
}

function actionIn(catalogue: CompiledCatalogue, { action_name, parameters }: Action): JsonObject | null {
  return catalogue.parametersOf(action_name, parameters);
}

function firstMessage(parts: readonly unknown[], recipients: readonly string[]): ModelDecision["message"] {
  const message = parts.find((part) => part instanceof OutgoingMessage);
  if (!(message instanceof OutgoingMessage) || message.radius !== null) return null;
  const { to, content } = message;
  if (typeof to !== "string" || typeof content !== "string" || content.trim() === "") return null;
  return to === "*" || recipients.includes(to) ? { to, text: content } : null;
}
