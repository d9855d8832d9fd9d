/** `GET /api/batches/{id}/results`: a row for every run; as a file where the client would rather have that. */

import { z } from "zod";
import {
  batchResultSchema,
  endpoint,
  intParam,
  optionalInt,
  PAGE_HEADERS,
  pageOfRows,
} from "../../../../server/mod.ts";
import { prefers } from "../../simulations/_parts/accept.ts";
import { exported, NO_SUCH, params, TYPES } from "../_parts/batch.ts";

export const GET = endpoint({
  operationId: "listBatchResults",
  summary: "Every run of a batch with the numbers of its last turn",
  description:
    "JSON comes in pages. With `Accept: text/csv` or `application/vnd.apache.parquet`, or under `results.csv` and " +
    "`results.parquet`, it is one file with all of them.",
  tags: ["batches"],
  scope: "read",
  params,
  query: z.object({
    after: optionalInt(0).meta({ description: "only runs with a greater n" }),
    limit: intParam(1, 1000).default(100),
  }),
  responses: {
    200: {
      description: "a page of them, or the file",
      schema: z.array(batchResultSchema),
      content: [TYPES.csv, TYPES.parquet],
      headers: PAGE_HEADERS,
    },
    404: NO_SUCH,
  },
  handle: async ({ params: { id }, query: { after, limit } }, context) => {
    const { app, request, url } = context;
    for (const format of ["csv", "parquet"] as const) {
      if (prefers(request, TYPES[format], "application/json")) return await exported(id, format, context);
    }
    const rows = await app.batches.results(id);
    const from = after === undefined ? 0 : after + 1;
    const next_after = from + limit < rows.length ? from + limit - 1 : null;
    return pageOfRows({ rows: rows.slice(from, from + limit), next_after }, { url, request });
  },
});
