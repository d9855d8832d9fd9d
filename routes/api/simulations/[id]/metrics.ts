/** `GET /api/simulations/{id}/metrics`: JSON, or CSV where the client would rather have that. */

import { z } from "zod";
import { endpoint, metricsRowSchema, problem, reply } from "../../../../server/mod.ts";
import { prefers } from "../_parts/accept.ts";
import { CSV, metricsCsv } from "../_parts/metrics.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "getMetrics",
  summary: "Variables and metrics by turn",
  description: "As JSON; as CSV with `Accept: text/csv`, or under `metrics.csv`.",
  tags: ["records"],
  scope: "read",
  params,
  responses: {
    200: { description: "a row for every recorded turn", schema: z.array(metricsRowSchema), content: CSV },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id } }, context) => {
    if (prefers(context.request, CSV, "application/json")) return await metricsCsv(id, context);
    return reply(200, await context.app.metrics(id), { vary: "Accept" });
  },
});
