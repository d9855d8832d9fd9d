/** Labels of runs: what people and tools note about them. */

import { SimError } from "../framework/mod.ts";

/** Labels that a run may have. */
const MAX_LABELS = 100;
const KEY = /^[\w.-]{1,100}$/;
/** Characters of a value. */
const LONGEST_VALUE = 200;

/** Labels of a run. */
export type Labels = { readonly [key: string]: string };

/** The labels after a change; null removes one. @throws {SimError} `bad_label` */
export function withLabels(
  before: Labels,
  changes: { readonly [key: string]: string | null },
): { [key: string]: string } {
  for (const [key, value] of Object.entries(changes)) assertLabel(key, value);
  const after = Object.entries({ ...before, ...changes })
    .filter((entry): entry is [string, string] => entry[1] !== null);
  if (after.length > MAX_LABELS) {
    throw new SimError("bad_label", `a run cannot have ${after.length} labels`, { hint: `at most ${MAX_LABELS}` });
  }
  return Object.fromEntries(after);
}

function assertLabel(key: string, value: string | null): void {
  if (!KEY.test(key) || key === "__proto__") {
    throw new SimError("bad_label", `${JSON.stringify(key.slice(0, 120))} cannot be the key of a label`, {
      hint: "1 to 100 characters of A-Z a-z 0-9 _ . -",
    });
  }
  if (value === null || (value.length <= LONGEST_VALUE && !/\p{Cc}/u.test(value))) return;
  throw new SimError("bad_label", `label '${key}' cannot have that value`, {
    hint: `at most ${LONGEST_VALUE} characters, none of them a control character`,
  });
}
