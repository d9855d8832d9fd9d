/** What the routes that steer a run have in common. */

import { z } from "zod";
import type { Manifest } from "../../../../runner/mod.ts";
import {
  problem,
  type Reply,
  reply,
  type RequestContext,
  type ResponseSpec,
  runIdParam,
  steered,
} from "../../../../server/mod.ts";

/** The path parameter. */
export const params = z.object({ id: runIdParam });

/** Problems of all that changes a run. */
export const STEERING_PROBLEMS = {
  404: problem("unknown_run"),
  409: problem("bad_transition", "owned_elsewhere", "run_is_live"),
  503: problem("closing", "output_not_writable"),
  507: problem("disk_full"),
} as const satisfies { readonly [status: number]: ResponseSpec };

/** Problems of playing on. */
export const CONTINUING_PROBLEMS = {
  ...STEERING_PROBLEMS,
  409: problem(
    "bad_transition",
    "owned_elsewhere",
    "run_is_live",
    "checkpoint_mismatch",
    "broken_repo",
    "unknown_provider",
    "no_key",
  ),
} as const satisfies { readonly [status: number]: ResponseSpec };

/** Milliseconds that a request waits for a run to stand still, before it is told that this will take longer. */
const PATIENCE = 5000;

/** 200 with the run when it comes to stand still soon, else 202 with the run as it is. */
export async function standingStill(
  runId: string,
  pausing: Promise<Manifest>,
  { app, log }: Pick<RequestContext, "app" | "log">,
): Promise<Reply> {
  // What happens to the run later is in its manifest.
  const manifest = await soon(
    pausing,
    (error) => log.failure("a run could not be paused", error, { run_id: runId }),
  );
  return manifest === null ? reply(202, steered(await app.status(runId))) : reply(200, steered(manifest));
}

/** What the work comes to, or null when that takes longer; `onFailure` is told what goes wrong then. */
export async function soon<T>(work: Promise<T>, onFailure: (error: unknown) => void): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), PATIENCE));
  try {
    const value = await Promise.race([work, late]);
    if (value === null) work.catch(onFailure);
    return value;
  } finally {
    clearTimeout(timer);
  }
}
