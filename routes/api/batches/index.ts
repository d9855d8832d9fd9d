/** `GET /api/batches` lists batches, `POST` starts one. */

import { z } from "zod";
import {
  BATCH_EXAMPLE,
  batchRowOf,
  batchRowSchema,
  endpoint,
  intParam,
  PAGE_HEADERS,
  pageOfTexts,
  problem,
  ProblemError,
  reply,
  startBatch,
} from "../../../server/mod.ts";
import { batchNow, SPEC_PROBLEMS } from "./_parts/batch.ts";
import { examples, fields } from "./_parts/request.ts";

export const GET = endpoint({
  operationId: "listBatches",
  summary: "Batches, newest first",
  tags: ["batches"],
  scope: "read",
  query: z.object({
    limit: intParam(1, 100).default(25),
    cursor: z.string().min(1).max(300).optional().meta({ description: "`X-Next-Cursor` of the page before" }),
  }),
  responses: {
    200: {
      description: "a page of them",
      schema: z.array(batchRowSchema),
      headers: PAGE_HEADERS,
      example: [BATCH_EXAMPLE],
    },
    422: problem("bad_cursor"),
  },
  handle: async ({ query: { limit, cursor } }, { app, url, request }) => {
    const ids = app.batches.ids();
    const from = cursor === undefined ? 0 : ids.indexOf(cursor) + 1;
    if (cursor !== undefined && from === 0) {
      throw new ProblemError(422, "bad_cursor", "there is no batch at this cursor", { hint: "begin without one" });
    }
    const page = ids.slice(from, from + limit);
    const views = await Promise.all(page.map((id) => app.batches.get(id)));
    const next = from + limit < ids.length ? page.at(-1)! : null;
    return pageOfTexts(views.map((view) => JSON.stringify(batchRowOf(view))), next, { key: "cursor", url, request });
  },
});

export const POST = endpoint({
  operationId: "startBatch",
  summary: "Start a batch: many runs with a plan",
  description:
    "Takes what a batch file takes, but names scenarios as `POST /api/simulations` does: by `repo` and `config`, which " +
    "may also be a batch file, or by `scenario`. The same `Idempotency-Key` with the same body, from the same caller, " +
    "is answered with the batch that the first request started.",
  tags: ["batches"],
  scope: "run",
  headers: { "Idempotency-Key": "names this request, so that it can be repeated without starting a second batch" },
  body: z.strictObject({
    ...fields,
    plan_only: z.boolean().default(false).meta({ description: "write the plan; `/resume` plays it" }),
  }).meta({ id: "StartBatch" }),
  bodyExamples: examples,
  responses: {
    202: { ...batchNow("it is played, or planned"), headers: { Location: "the batch" } },
    ...SPEC_PROBLEMS,
  },
  handle: async ({ body: { plan_only, ...asked } }, { app, note, principal, request }) => {
    const name = request.headers.get("idempotency-key");
    const view = await startBatch(app, asked, { planOnly: plan_only, name, principal });
    note({ batch_id: view.id });
    return reply(202, batchRowOf(view), { location: `/api/batches/${encodeURIComponent(view.id)}` });
  },
});
