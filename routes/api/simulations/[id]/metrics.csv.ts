/** `GET /api/simulations/{id}/metrics.csv`. */

import { endpoint, problem } from "../../../../server/mod.ts";
import { CSV, metricsCsv } from "../_parts/metrics.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "getMetricsCsv",
  summary: "Variables and metrics by turn, as CSV",
  tags: ["records"],
  scope: "read",
  params,
  responses: {
    200: { description: "a line for every recorded turn", content: CSV },
    404: problem("unknown_run"),
  },
  handle: ({ params: { id } }, context) => metricsCsv(id, context),
});
