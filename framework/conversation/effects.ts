/** Whether what was wanted came about, by whatever calls. */

import { canonicalJson } from "../canonical_json.ts";
import type { Json } from "../json.ts";
import type { Environment } from "./environment.ts";
import type { DoneAction, TranscriptTurn, Wish } from "./types.ts";

/**
 * Whether the agent's actions left the state that the wish would have left: then it is met, even by other calls than the
 * wished one. All of these must have had their effects in the state; so it is false where one of them changes nothing here
 * (its effects may be elsewhere), has an argument that nobody knows, or cannot be carried out on `before`; of a wish that
 * would change nothing; and of faults on either side.
 *
 * @param before the environment's state when the agent was asked
 */
export function metByEffect(
  environment: Environment,
  before: Json,
  { desired_action: wanted, fault }: Pick<Wish, "desired_action" | "fault">,
  turn: Pick<TranscriptTurn, "actions" | "fault">,
): boolean {
  if (wanted === null || fault !== undefined || turn.fault !== undefined) return false;
  const target = environment.apply(before, wanted);
  if (!target.done.success || isSame(before, target.state)) return false;
  let state = before;
  for (const action of turn.actions.filter((each) => each.success && isChange(each, environment))) {
    const after = environment.apply(state, action);
    if (!after.done.success || !isKnown(action, environment) || isSame(state, after.state)) return false;
    state = after.state;
  }
  return environment.agree(before, target.state, state);
}

function isChange({ name }: DoneAction, { catalogue }: Environment): boolean {
  return !Object.hasOwn(catalogue, name) || catalogue[name]!.mutating;
}

function isKnown({ name, parameters }: DoneAction, { catalogue }: Environment): boolean {
  return Object.keys(parameters).every((parameter) => Object.hasOwn(catalogue[name]!.parameters, parameter));
}

function isSame(one: Json, other: Json): boolean {
  return one === other || canonicalJson(one) === canonicalJson(other);
}
