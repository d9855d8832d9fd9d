/** `POST /api/query`: a question over all runs. */

import { z } from "zod";
import { answered, endpoint, queryResultSchema } from "../../../server/mod.ts";
import { QUERY_PROBLEMS } from "./_parts/problems.ts";

export const POST = endpoint({
  operationId: "queryRuns",
  summary: "Ask all runs with one SELECT",
  description:
    "SQL as DuckDB knows it, over the tables of `GET /api/query/schema`. It only reads, is stopped after 30 seconds, and " +
    "is answered with no more than 16 MiB; `truncated` says whether there was more.",
  tags: ["batches"],
  scope: "read",
  body: z.strictObject({
    sql: z.string().min(1).max(100_000).meta({ description: "one SELECT" }),
    limit: z.int().min(1).max(100_000).default(1000).meta({ description: "rows at most" }),
  }).meta({ id: "QueryRuns" }),
  bodyExamples: {
    "how runs ended": { sql: "select repo, status, count(*) as runs from runs group by all order by runs desc" },
    "a metric turn by turn": {
      sql: "select turn, avg(value) as mean from metrics where metric = 'gini' group by turn order by turn",
      limit: 200,
    },
  },
  responses: {
    200: {
      description: "the rows",
      schema: queryResultSchema,
      example: {
        columns: [{ name: "repo", type: "VARCHAR" }, { name: "runs", type: "BIGINT" }],
        rows: [["economic", 12]],
        truncated: false,
        ms: 310,
      },
    },
    ...QUERY_PROBLEMS,
  },
  handle: ({ body: { sql, limit } }, { app, request: { signal } }) =>
    answered(app, signal, () => app.query(sql, { limit, signal })),
});
