/** `GET /api/batches/{id}/results.csv`. */

import { endpoint } from "../../../../server/mod.ts";
import { exported, NO_SUCH, params, TYPES } from "../_parts/batch.ts";

export const GET = endpoint({
  operationId: "getBatchCsv",
  summary: "Every run of a batch, as CSV",
  tags: ["batches"],
  scope: "read",
  params,
  responses: { 200: { description: "a row for every run", content: TYPES.csv }, 404: NO_SUCH },
  handle: ({ params: { id } }, context) => exported(id, "csv", context),
});
