/** `POST /api/batches/{id}/resume`. */

import { z } from "zod";
import { batchRowOf, endpoint, reply } from "../../../../server/mod.ts";
import { batchNow, params, STEERING_PROBLEMS } from "../_parts/batch.ts";

export const POST = endpoint({
  operationId: "resumeBatch",
  summary: "Play what is pending of a batch that is planned or stands still",
  description:
    "One that has reached a limit needs a higher one; it holds from now on, for all that has been played too.",
  tags: ["batches"],
  scope: "run",
  params,
  body: z.strictObject({
    max_cost_usd: z.number().min(0).optional().meta({ description: "dollars for models, all runs together" }),
    max_minutes: z.number().gt(0).optional().meta({ description: "minutes of playing" }),
  }).optional().meta({ id: "ResumeBatch" }),
  bodyExamples: { "as it is": {}, "with a higher limit": { max_minutes: 60 } },
  responses: { 202: batchNow("it is played"), ...STEERING_PROBLEMS },
  handle: async ({ params: { id }, body }, { app }) => {
    return reply(202, batchRowOf(await app.batches.resume(id, { limits: body ?? {} })));
  },
});
