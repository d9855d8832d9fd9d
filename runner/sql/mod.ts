/** SQL over the run tree: one SELECT, in a process of its own, which reads runs and nothing else. */

export { type QueryOptions, type QueryResult, type QuerySchema, querySchema, runQuery } from "./query.ts";
export type { SqlColumn, SqlParams, SqlSource, SqlTable, SqlTables } from "./protocol.ts";
