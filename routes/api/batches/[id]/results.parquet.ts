/** `GET /api/batches/{id}/results.parquet`. */

import { endpoint } from "../../../../server/mod.ts";
import { exported, NO_SUCH, params, TYPES } from "../_parts/batch.ts";

export const GET = endpoint({
  operationId: "getBatchParquet",
  summary: "Every run of a batch, as Apache Parquet",
  tags: ["batches"],
  scope: "read",
  params,
  responses: { 200: { description: "a row for every run", content: TYPES.parquet }, 404: NO_SUCH },
  handle: ({ params: { id } }, context) => exported(id, "parquet", context),
});
