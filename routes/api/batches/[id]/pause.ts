/** `POST /api/batches/{id}/pause`. */

import { z } from "zod";
import { batchRowOf, endpoint, reply } from "../../../../server/mod.ts";
import { soon } from "../../simulations/_parts/steering.ts";
import { batchNow, params, STEERING_PROBLEMS } from "../_parts/batch.ts";

export const POST = endpoint({
  operationId: "pauseBatch",
  summary: "Start no further run of a batch",
  description: "The runs that play come to their end; with `now` they complete their turn, and are parked.",
  tags: ["batches"],
  scope: "run",
  params,
  body: z.strictObject({
    now: z.boolean().default(false).meta({ description: "park the runs that play" }),
  }).prefault({}).meta({ id: "PauseBatch" }),
  bodyExamples: { "let runs come to their end": {}, "park them": { now: true } },
  responses: {
    200: batchNow("it stands still"),
    202: batchNow("it will, when its runs do"),
    ...STEERING_PROBLEMS,
  },
  handle: async ({ params: { id }, body: { now } }, { app, log }) => {
    const view = await soon(
      app.batches.pause(id, { now }),
      (error) => log.failure("a batch could not be paused", error, { batch_id: id }),
    );
    return view === null ? reply(202, batchRowOf(await app.batches.get(id))) : batchRowOf(view);
  },
});
