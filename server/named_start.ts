/** Starts that their callers name, so that they can be repeated without starting a second run. */

import { SimError } from "../framework/mod.ts";
import type { StartSpec } from "../runner/mod.ts";
import type { Principal } from "./context.ts";

/** What a name may be: 1 to 200 visible ASCII characters. */
export const START_NAME = /^[!-~]{1,200}$/;

/** Whose names those are that come from nobody else than the owner of this process. */
const OWN = "local";

/**
 * Starts a run, or finds the one that the same caller has started for the same request under the same name. Names of
 * different callers are different.
 * @param verbs the app, its conversations or its batches
 * @throws {SimError} `bad_idempotency_key`, `idempotency_conflict`, and what a start may have
 */
export async function startNamed<S extends Pick<StartSpec, "idempotencyKey">, R>(
  verbs: { start(spec: S): Promise<R> },
  spec: S,
  name: string | null | undefined,
  principal: Pick<Principal, "id"> | null,
): Promise<R> {
  if (name === null || name === undefined) return await verbs.start(spec);
  if (!START_NAME.test(name)) {
    throw new SimError("bad_idempotency_key", "Idempotency-Key is not 1 to 200 visible ASCII characters");
  }
  try {
    return await verbs.start({ ...spec, idempotencyKey: `${principal?.id ?? OWN} ${name}` });
  } catch (error) {
    if (!(error instanceof SimError && error.code === "idempotency_conflict")) throw error;
    // Its own words have the caller's id in them.
    throw new SimError(
      "idempotency_conflict",
      `something else has been asked for under the key '${name.slice(0, 100)}'`,
      {
        hint: "take a new key for a new request",
      },
    );
  }
}
