/** `POST /api/batches/{id}/resume`. */

import { batchRowOf, endpoint, reply } from "../../../../server/mod.ts";
import { batchNow, params, STEERING_PROBLEMS } from "../_parts/batch.ts";

export const POST = endpoint({
  operationId: "resumeBatch",
  summary: "Play what is pending of a batch that is planned or stands still",
  tags: ["batches"],
  scope: "run",
  params,
  responses: { 202: batchNow("it is played"), ...STEERING_PROBLEMS },
  handle: async ({ params: { id } }, { app }) => reply(202, batchRowOf(await app.batches.resume(id))),
});
