/** Actions as text for a prompt: data, one line each. */

import type { Action } from "../action.ts";
import type { Json } from "../json.ts";
import { shortened } from "./feedback.ts";

/** Characters of one action. */
const LONGEST = 2000;
/** Line breaks that JSON leaves alone, and characters that change how a text looks or cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;

/**
 * An action as JSON on one line: `"plunder the village" {"men":3}`. Whatever its agent wrote stays inside of the quotes,
 * and cannot pass for a part of the prompt.
 */
export function actionText({ action_name, parameters }: Pick<Action, "action_name" | "parameters">): string {
  const how = Object.keys(parameters).length === 0 ? "" : ` ${quoted(parameters)}`;
  return `${quoted(action_name)}${how}`;
}

/** Actions, one per line, each with who does it. */
export function actionsText(actions: readonly Action[]): string {
  if (actions.length === 0) return "(none)";
  return actions.map((action) => `- ${quoted(action.agent_name)}: ${actionText(action)}`).join("\n");
}

/** JSON on one line in which nothing is hidden, at most 2,000 characters. */
export function quoted(value: Json): string {
  const text = JSON.stringify(value).replace(
    UNSEEN,
    (character) => character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
  return text.length <= LONGEST ? text : JSON.stringify(shortened(text, LONGEST));
}
