/** `/api/batches/{id}`: one batch. */

import { z } from "zod";
import { SimError } from "../../../../framework/mod.ts";
import {
  assertMay,
  batchOf,
  batchSchema,
  endpoint,
  flagParam,
  listParam,
  problem,
  ProblemError,
} from "../../../../server/mod.ts";
import { NO_SUCH, params, STEERING_PROBLEMS } from "../_parts/batch.ts";

export const GET = endpoint({
  operationId: "getBatch",
  summary: "One batch, and what its runs say",
  tags: ["batches"],
  scope: "read",
  params,
  query: z.object({
    summary: flagParam("say what the runs say that have come to their end: means, intervals, comparisons"),
    metrics: listParam(z.string().min(1).max(200)).meta({
      description: "of the summary, separated by commas; absent: all",
    }),
  }),
  responses: {
    200: { description: "how far it is", schema: batchSchema },
    404: NO_SUCH,
    422: problem("unknown_metric"),
  },
  handle: async ({ params: { id }, query: { summary, metrics } }, { app }) => {
    const view = await app.batches.get(id);
    const said = summary ? await app.batches.summary(id, metrics.length > 0 ? { metrics } : {}) : null;
    return batchOf(view, said);
  },
});

export const DELETE = endpoint({
  operationId: "cancelBatch",
  summary: "Cancel a batch, or forget one that has ended",
  description:
    "Cancelled, the runs that play are cancelled too; what has been played stays. `purge=true` forgets a batch that has " +
    "ended, and needs a key that may `admin`; its runs stay.",
  tags: ["batches"],
  scope: "run",
  params,
  query: z.object({ purge: flagParam("forget the batch; its runs stay") }),
  responses: {
    200: {
      description: "it is cancelled, or forgotten",
      schema: z.object({ success: z.literal(true), batch_id: z.string() }).meta({ id: "CancelledBatch" }),
      example: { success: true, batch_id: "rates_20260101_120000_01" },
    },
    ...STEERING_PROBLEMS,
    409: problem("not_running", "not_ended", "run_is_live", "owned_elsewhere"),
  },
  handle: async ({ params: { id }, query: { purge } }, { app, principal }) => {
    if (purge) {
      assertMay(principal, "admin");
      const { status } = await app.batches.get(id);
      if (status !== "completed" && status !== "cancelled") {
        throw new ProblemError(409, "not_ended", `batch '${id}' is ${status}`, { hint: "cancel it first" });
      }
      app.batches.delete(id);
      return { success: true as const, batch_id: id };
    }
    try {
      await app.batches.cancel(id);
      return { success: true as const, batch_id: id };
    } catch (error) {
      if (!(error instanceof SimError) || error.code !== "bad_transition") throw error;
      throw new ProblemError(409, "not_running", error.message, { cause: error, hint: "there is nothing to cancel" });
    }
  },
});
