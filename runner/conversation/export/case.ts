/** A conversation as a case of a scenario: what its user said and wanted, to be put to an agent again. */

import { stringify } from "yaml";
import { SimError } from "../../../framework/mod.ts";
import type { ConversationRun } from "../types.ts";

/** Longest name that a case may have, UTF-16 units. */
const LONGEST_NAME = 100;

/**
 * The conversation as an entry of `cases:`, YAML: a scripted user who says and wants the same, turn by turn. Turns of which
 * nobody knows what was wanted are left out: they could not be judged.
 *
 * @throws {SimError} `no_wishes` when nothing is left
 */
export function toCase({ run_id, turns }: ConversationRun): string {
  const script = turns.filter(({ simulated_user }) => simulated_user.fault === undefined)
    .map(({ simulated_user: { message, desired_action } }) => ({ message, desired_action }));
  if (script.length === 0) {
    throw new SimError("no_wishes", `of no turn of '${run_id}' is it known what the user wanted`, {
      hint: "export a conversation whose turns have a desired_action",
    });
  }
  const entry = { name: run_id.slice(0, LONGEST_NAME), user: { kind: "scripted", script }, max_turns: script.length };
  return stringify([entry], { lineWidth: 110, aliasDuplicateObjects: false });
}
