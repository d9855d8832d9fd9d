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
  /** Values of the query's `$name`s. */
  readonly params?: SqlParams;
  /** Tables of the query's own, which stand before those over the runs. */
  readonly tables?: SqlTables;
}

/** Values of `$name`s. They are bound: whatever they are, they are never read as SQL. */
export type SqlParams = { readonly [name: string]: Json };

/** Tables that a query brings with it, by name; case does not matter. */
export type SqlTables = { readonly [name: string]: SqlSource };

/** What a table of a query's own is made of. */
export type SqlSource =
  /** The turns of one run. */
  | { readonly run: string }
  /** The table of a batch. */
  | { readonly batch: string }
  /** The answer to another SELECT, which may name these tables too. */
  | { readonly sql: string; readonly params?: SqlParams }
  /** These rows. */
  | { readonly rows: readonly { readonly [column: string]: Json }[] };

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
  /**
   * Tables over the runs, and batches, that it named beside tables of its own: what it says may change whenever a run does.
   * Absent: it was given no tables of its own.
   */
  readonly reads?: readonly string[];
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
    /** A table of its own is made of a run or a batch that is none. */
    | "unknown_source"
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
