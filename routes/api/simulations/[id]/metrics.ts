/** `GET /api/simulations/{id}/metrics`: JSON, or CSV where the client would rather have that. */

import { z } from "zod";
import {
  endpoint,
  intParam,
  metricsRowSchema,
  PAGE_HEADERS,
  pageOfRows,
  problem,
  reply,
} from "../../../../server/mod.ts";
import { prefers } from "../_parts/accept.ts";
import { CSV, metricsCsv } from "../_parts/metrics.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "getMetrics",
  summary: "Variables and metrics by turn",
  description:
    "As JSON; as CSV with `Accept: text/csv`, or under `metrics.csv`. With `after` or `limit` as JSON and in " +
    "pages: what a page costs follows from the page, not from the length of the run, so that who draws a run while it is " +
    "played asks for what has come since.",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({
    after: intParam(-1).optional().meta({ description: "only later turns; -1: all" }),
    limit: intParam(1, 10_000).optional().meta({ description: "rows of a page; 10000 where `after` is given" }),
  }),
  responses: {
    200: {
      description: "a row for every recorded turn, in order",
      schema: z.array(metricsRowSchema),
      content: CSV,
      headers: PAGE_HEADERS,
    },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { after, limit } }, context) => {
    if (after !== undefined || limit !== undefined) {
      const page = await context.app.turnRows(id, { after: after ?? -1, limit: limit ?? 10_000 });
      return pageOfRows(page, context);
    }
    if (prefers(context.request, CSV, "application/json")) return await metricsCsv(id, context);
    return reply(200, await context.app.metrics(id), { vary: "Accept" });
  },
});
