/** What the host and the process of a query say to each other: one JSON line in, one JSON document out. */

import type { Json } from "../../framework/mod.ts";

/** The question. */
export interface SqlRequest {
  /** Null: only what tables there are. */
  readonly sql: string | null;
  /** Rows at most. */
  readonly limit: number;
  /** Bytes of the rows as JSON at most. */
  readonly max_bytes: number;
  /** What DuckDB may use; what the process as a whole may use follows from it. */
  readonly memory_mb: number;
}

/** A column of an answer or of a table. */
export interface SqlColumn {
  readonly name: string;
  /** DuckDB's name of the type: `BIGINT`, `DOUBLE`, `VARCHAR`, `TIMESTAMP`, `JSON`, `VARCHAR[]`. */
  readonly type: string;
}

/** Rows, each with one value per column. */
export interface SqlRows {
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly Json[])[];
  /** Whether there would have been more. */
  readonly truncated: boolean;
}

/** A table that a query may name. */
export interface SqlTable {
  readonly name: string;
  readonly columns: readonly SqlColumn[];
}

/** Why there is no answer. `offset` counts bytes of the UTF-8 text. */
export interface SqlProblem {
  readonly kind:
    /** DuckDB has something against it. */
    | "bad_sql"
    /** It is no single SELECT, or asks for what a SELECT here may not. */
    | "not_select"
    /** It names a table that is none: `name`, `candidates`. */
    | "unknown_table"
    /** It needs more memory than it may have. */
    | "sql_memory"
    /** It needs a run, and there is none. */
    | "no_runs"
    /** Files went away, again and again, while they were read. */
    | "runs_changed";
  readonly message: string;
  readonly offset?: number;
  readonly name?: string;
  readonly candidates?: readonly string[];
}

/** The answer. */
export type SqlReply = SqlRows | { readonly tables: readonly SqlTable[] } | { readonly problem: SqlProblem };
