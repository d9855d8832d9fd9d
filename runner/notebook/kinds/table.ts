/** `table` cells: one SELECT over the other cells and all runs. */

import { type Json, type JsonObject, SimError } from "../../../framework/mod.ts";
import type { QueryResult } from "../../sql/mod.ts";
import { type Computed, hasErrors, plain, wrong } from "../computed.ts";
import { type CellContext, notYet } from "../context.ts";
import { resolveSql } from "../resolve.ts";
import type { TableOutput, ViewIssue } from "../view.ts";

/** With these the query is right and the answer did not come. */
const FAULTS: readonly string[] = [
  "sql_timeout",
  "sql_memory",
  "sql_failed",
  "runs_changed",
  "no_sql_engine",
  "sql_not_compiled",
];

/** The answer to the cell's query. */
export async function tableCell(context: CellContext): Promise<Computed> {
  const { piece, valueOf, tables, services: { queries } } = context;
  const { sql, params, issues, missing } = resolveSql(piece, valueOf);
  if (hasErrors(issues)) return wrong(piece, issues);
  if (missing.length > 0) return notYet(piece, missing[0]!);
  if (sql.trim() === "") {
    return wrong(piece, [{
      severity: "error",
      code: "bad_sql",
      message: "the cell is empty",
      hint: "select repo, count(*) as runs from runs group by repo",
      line: piece.bodyLine,
    }]);
  }
  const question = { sql, params, tables };
  try {
    const result = await queries.ask(question);
    const rows = objectsOf(result);
    return plain(piece, "fresh", {
      ready: "ready",
      value: rows[0] ?? {},
      output: outputOf(result),
      table: { sql, params },
      rows: () => Promise.resolve(rows),
    }, (result.reads ?? []).length === 0 ? queries.keyOf(question) : JSON.stringify(result.rows));
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    if (error.code === "no_runs") return plain(piece, "blocked", { reason: error.message });
    const found = issuesOf(error, piece.bodyLine);
    return FAULTS.includes(error.code)
      ? plain(piece, "failed", { issues: found, reason: error.message })
      : wrong(piece, found);
  }
}

function outputOf({ columns, rows, truncated, ms }: QueryResult): TableOutput {
  return { type: "table", columns, rows, truncated, ms };
}

/** Rows by column; of columns that are called the same the last counts. */
function objectsOf({ columns, rows }: QueryResult): JsonObject[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, i): [string, Json] => [name, row[i]!])));
}

function issuesOf(error: SimError, bodyLine: number): ViewIssue[] {
  return error.issues.map(({ code, message, hint = "", line, column }) => {
    const advice = adviceOf(hint);
    return {
      severity: "error",
      code,
      message,
      ...(advice !== "" && { hint: advice }),
      line: bodyLine + (line ?? 1) - 1,
      ...(column !== undefined && { column }),
    };
  });
}

/** A hint without the line of the query that terminals show below it, as the query stands beside it. */
function adviceOf(hint: string): string {
  return hint.split("\n").filter((line) => !/^ {2}|^the place is marked:$/.test(line)).join("\n")
    .replace("deno task sql --schema shows what there is", "see the tables' columns");
}
