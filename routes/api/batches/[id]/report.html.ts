/** `GET /api/batches/{id}/report.html`. */

import { endpoint } from "../../../../server/mod.ts";
import { exported, NO_SUCH, params, TYPES } from "../_parts/batch.ts";

export const GET = endpoint({
  operationId: "getBatchReport",
  summary: "The report of a batch, as one HTML file",
  tags: ["batches"],
  scope: "read",
  params,
  responses: {
    200: { description: "design, results with intervals, charts, failures, provenance", content: TYPES.html },
    404: NO_SUCH,
  },
  handle: ({ params: { id } }, context) => exported(id, "html", context),
});
