/** What the routes of conversations have in common. */

import { z } from "zod";
import type { ConversationRun } from "../../../runner/mod.ts";
import { anyJson, problem, type Reply, reply, type ResponseSpec, runIdParam } from "../../../server/mod.ts";

/** The path parameter. */
export const params = z.object({ id: runIdParam });

/** Keys of a scenario's `conversation.judge`. */
export const judgeSchema = z.record(z.string().min(1).max(100), anyJson).meta({
  description: "keys of a scenario's `conversation.judge`: kind, provider, model, rubric …",
});

/** No such conversation. */
export const NO_SUCH = problem("unknown_run", "no_conversation");

/** Problems of all that makes a run. */
export const STARTING_PROBLEMS = {
  503: problem("closing", "output_not_writable"),
  507: problem("disk_full"),
} as const satisfies { readonly [status: number]: ResponseSpec };

/** 202 with a run that has been made, and where it is. */
export function made(run: ConversationRun): Reply {
  return reply(202, { run }, { location: `/simulation/${encodeURIComponent(run.run_id)}` });
}
