/** `GET /api/simulations/{id}/metrics.parquet`. */

import { endpoint, problem, tagged } from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";

const PARQUET = "application/vnd.apache.parquet";

export const GET = endpoint({
  operationId: "getMetricsParquet",
  summary: "Variables and metrics by turn, as Apache Parquet",
  tags: ["records"],
  scope: "read",
  params,
  responses: {
    200: { description: "a row for every recorded turn", content: PARQUET },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id } }, { app, request }) =>
    await tagged(
      await app.metricsParquet(id),
      { "content-type": PARQUET, "cache-control": "private, no-cache" },
      request,
    ),
});
