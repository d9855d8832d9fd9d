/** `POST /api/batches/{id}/extend`. */

import { z } from "zod";
import { batchRowOf, endpoint, problem, reply, unlessTooMany } from "../../../../server/mod.ts";
import { batchNow, params, STEERING_PROBLEMS } from "../_parts/batch.ts";
import { fields } from "../_parts/request.ts";

export const POST = endpoint({
  operationId: "extendBatch",
  summary: "Add seeds to every cell of a batch, and play them",
  tags: ["batches"],
  scope: "run",
  params,
  body: z.union([
    z.strictObject({ more: z.int().min(1).max(10_000).meta({ description: "that many, the next ones" }) }),
    z.strictObject({ seeds: fields.seeds.unwrap() }),
  ]).meta({ id: "ExtendBatch" }),
  bodyExamples: { "eight more seeds": { more: 8 }, "these": { seeds: "21..28" } },
  responses: {
    202: batchNow("they are played"),
    ...STEERING_PROBLEMS,
    422: problem("bad_seeds", "repeated_seed", "too_many_runs"),
  },
  handle: async ({ params: { id }, body }, { app }) => {
    const more = "more" in body ? body.more : body.seeds;
    return reply(202, batchRowOf(await unlessTooMany(() => app.batches.extend(id, more))));
  },
});
