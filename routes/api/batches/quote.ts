/** `POST /api/batches/quote`: what a batch will take. */

import { z } from "zod";
import { batchQuoteSchema, endpoint, quoteBatch } from "../../../server/mod.ts";
import { SPEC_PROBLEMS } from "./_parts/batch.ts";
import { examples, fields } from "./_parts/request.ts";

export const POST = endpoint({
  operationId: "quoteBatch",
  summary: "Play a few runs of a batch, and say what all of it will take",
  description: "Answers when the pilot has been played. The batch finds its runs again and does not play them twice.",
  tags: ["batches"],
  scope: "run",
  body: z.strictObject({
    ...fields,
    pilot: z.int().min(1).max(100).optional().meta({ description: "seeds of the pilot's cells; absent: 2" }),
  }).meta({ id: "QuoteBatch" }),
  bodyExamples: examples,
  responses: {
    200: { description: "runs, minutes, dollars, and how exactly means will be known", schema: batchQuoteSchema },
    ...SPEC_PROBLEMS,
  },
  handle: ({ body: { pilot, ...asked } }, { app }) => quoteBatch(app, asked, pilot),
});
