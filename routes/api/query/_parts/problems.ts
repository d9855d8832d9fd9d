/** Problems of questions. */

import { problem, type ResponseSpec } from "../../../../server/mod.ts";

/** What may keep a question from its answer; of the SQL itself, `errors` says where. */
export const QUERY_PROBLEMS = {
  400: problem("client_left"),
  409: problem("no_runs", "runs_changed"),
  422: problem("bad_sql", "not_select", "sql_memory", "sql_timeout"),
  429: problem("too_many_queries"),
  500: problem("sql_failed"),
  501: problem("no_sql_engine", "sql_not_compiled"),
} as const satisfies { readonly [status: number]: ResponseSpec };
