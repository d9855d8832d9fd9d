/** `GET /api/query/schema`: what can be asked about. */

import { SimError } from "../../../framework/mod.ts";
import { answered, endpoint, queryTablesSchema } from "../../../server/mod.ts";
import { QUERY_PROBLEMS } from "./_parts/problems.ts";

export const GET = endpoint({
  operationId: "getQuerySchema",
  summary: "Tables that a query may name, with their columns",
  tags: ["batches"],
  scope: "read",
  responses: {
    200: { description: "over the runs that there are now; where there are none, none", schema: queryTablesSchema },
    ...QUERY_PROBLEMS,
  },
  handle: (_, { app, request: { signal } }) =>
    answered(app, signal, () => app.querySchema({ signal }).catch(noneWithoutRuns)),
});

function noneWithoutRuns(error: unknown): { tables: [] } {
  if (error instanceof SimError && error.code === "no_runs") return { tables: [] };
  throw error;
}
