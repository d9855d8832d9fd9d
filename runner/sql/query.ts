/** SQL over the runs of a store. */

import { didYouMean, type Issue, issuesError, nearest, SimError } from "../../framework/mod.ts";
import type { RunStore } from "../store/mod.ts";
import { ask, type QueryBounds } from "./process.ts";
import type { SqlParams, SqlProblem, SqlReply, SqlRequest, SqlRows, SqlTable, SqlTables } from "./protocol.ts";

/** Limits on one query; each has a default and a most. */
export interface QueryOptions {
  /** Rows. Default 1,000; at most 100,000. */
  readonly limit?: number;
  /** Wall time of the query's process, s. Default 30; at most 600. */
  readonly timeout_seconds?: number;
  /** What DuckDB may hold, MiB. Default 1,024; from 64 to 16,384. The process may take 512 MiB beside it. */
  readonly memory_mb?: number;
  /** Stops the query. */
  readonly signal?: AbortSignal;
  /** Values of the query's `$name`s: they are bound, and never read as SQL. */
  readonly params?: SqlParams;
  /** Tables of the query's own by name; they stand before those over the runs. */
  readonly tables?: SqlTables;
}

/** The answer to a query. */
export interface QueryResult extends SqlRows {
  /** Wall time, start of the process included, ms. */
  readonly ms: number;
}

/** The tables that a query may name. */
export interface QuerySchema {
  readonly tables: readonly (SqlTable & { readonly description: string })[];
}

/** Bytes of an answer's rows as JSON. */
export const MOST_BYTES = 16 * 1024 * 1024;

/** Characters of a query. */
const MOST_TEXT = 100_000;

/** What each limit is, when nothing is said, and at most. */
const BOUNDS = {
  limit: { least: 1, standard: 1000, most: 100_000 },
  timeout_seconds: { least: 0.1, standard: 30, most: 600 },
  memory_mb: { least: 64, standard: 1024, most: 16_384 },
} as const;

const DESCRIPTIONS: { readonly [table: string]: string } = {
  runs: "one row per run: its manifest, and final_ columns with the last recorded value of each global and metric",
  turns: 'one row per run and recorded turn: global variables, and metrics as "metric.<name>"',
  metrics: "one row per run, recorded turn and metric",
  agents: "one row per run, recorded turn and agent: its variables",
  events: "one row per event",
  llm: "one row per settled call of a model or service",
};

/**
 * Answers one SELECT in a process of its own, which is killed when time is up. What there is to read:
 * {@linkcode querySchema}. More rows than `limit`, or than 16 MiB, are left out and `truncated` says so.
 * @throws {SimError} `bad_sql` (with line and column), `not_select`, `no_runs`, `sql_timeout`, `sql_memory`,
 * `bad_query_option`, `runs_changed`, `sql_failed`, `no_sql_engine`, `sql_not_compiled`
 */
export async function runQuery(
  store: Pick<RunStore, "root">,
  sql: string,
  options: QueryOptions = {},
): Promise<QueryResult> {
  const began = performance.now();
  if (sql.length > MOST_TEXT) {
    throw new SimError("bad_sql", `the query has ${sql.length} characters; ${MOST_TEXT} are allowed`);
  }
  // It ends a text for everything written in C.
  if (sql.includes("\0")) throw new SimError("bad_sql", "the query holds a character that no text has (U+0000)");
  const reply = await asked(store, sql, options);
  if (!("rows" in reply)) throw new SimError("sql_failed", "the query's process gave no rows");
  return { ...reply, ms: Math.round(performance.now() - began) };
}

/** The tables over the runs that there are now, with their columns. @throws {SimError} as {@linkcode runQuery} */
export async function querySchema(store: Pick<RunStore, "root">, options: QueryOptions = {}): Promise<QuerySchema> {
  const reply = await asked(store, null, options);
  if (!("tables" in reply)) throw new SimError("sql_failed", "the query's process named no tables");
  const description = (name: string) => DESCRIPTIONS[name] ?? "one row per run of this batch: its place, then as runs";
  return { tables: reply.tables.map((table) => ({ ...table, description: description(table.name) })) };
}

async function asked(
  store: Pick<RunStore, "root">,
  sql: string | null,
  options: QueryOptions,
): Promise<Exclude<SqlReply, { problem: SqlProblem }>> {
  const request: SqlRequest = {
    sql,
    limit: Math.floor(bounded("limit", options.limit)),
    max_bytes: MOST_BYTES,
    memory_mb: Math.floor(bounded("memory_mb", options.memory_mb)),
    ...(options.params && { params: options.params }),
    ...(options.tables && { tables: options.tables }),
  };
  const bounds: QueryBounds = {
    timeout_seconds: bounded("timeout_seconds", options.timeout_seconds),
    signal: options.signal,
  };
  const reply = await ask(existing(store.root), request, bounds);
  if ("problem" in reply) throw queryError(reply.problem, sql ?? "");
  return reply;
}

function bounded(name: keyof typeof BOUNDS, value: number | undefined): number {
  const { least, standard, most } = BOUNDS[name];
  if (value === undefined) return standard;
  if (value >= least && value <= most) return value;
  throw new SimError("bad_query_option", `${name} is ${value}`, { hint: `it goes from ${least} to ${most}` });
}

function existing(root: string): string {
  try {
    return Deno.realPathSync(root);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw noRuns();
  }
}

function noRuns(): SimError {
  return new SimError("no_runs", "there are no runs yet", { hint: "deno task run SCENARIO makes one" });
}

/** The error that a person can act on: place, marked text, what to do. */
function queryError(problem: SqlProblem, sql: string): SimError {
  const { kind, message, offset } = problem;
  if (kind === "no_runs") return noRuns();
  const place = offset === undefined ? null : placeOf(sql, offset);
  const advice = adviceOn(problem);
  const hint = place === null ? advice ?? "" : `${advice ?? "the place is marked:"}\n${place.marked}`;
  const issue: Issue = {
    severity: "error",
    code: kind === "unknown_table" ? "bad_sql" : kind,
    message,
    ...(hint !== "" && { hint }),
    ...(place !== null && { file: "query", line: place.line, column: place.column }),
  };
  return issuesError([issue]);
}

function adviceOn({ kind, name, candidates }: SqlProblem): string | null {
  switch (kind) {
    case "unknown_table":
      return didYouMean(name!, candidates!);
    case "bad_sql": {
      if (name === undefined || candidates === undefined || candidates.length === 0) return null;
      const near = nearest(name, candidates);
      return `${near === undefined ? "" : `did you mean '${near}'? `}deno task sql --schema shows what there is`;
    }
    case "not_select":
      return "ask with one SELECT over the tables that deno task sql --schema shows";
    case "sql_memory":
      return "aggregate instead of collecting, ask of fewer runs, or allow more memory";
    case "runs_changed":
      return "ask again";
    case "unknown_source":
    case "no_runs":
      return null;
  }
}

/** Line and column, from 1, of a byte of the text, and its line with a caret below. */
function placeOf(sql: string, offset: number): { line: number; column: number; marked: string } {
  const before = new TextDecoder().decode(new TextEncoder().encode(sql).subarray(0, offset));
  const lines = before.split("\n");
  const column = [...lines.at(-1)!].length + 1;
  const text = sql.split("\n")[lines.length - 1] ?? "";
  // A line of a generated query can be as long as it likes.
  const from = Math.max(0, column - 60);
  const shown = [...text].slice(from, from + 100).join("");
  return { line: lines.length, column, marked: `  ${shown}\n  ${" ".repeat(column - 1 - from)}^` };
}
