/** One query in DuckDB: what it reads is made, everything else is locked, it is run, its rows are capped. */

import { type DuckDBConnection, DuckDBInstance, StatementType } from "@duckdb/node-api";
import type { Json } from "../../framework/mod.ts";
import { readQuery, type TableReference } from "./gate.ts";
import type { SqlProblem, SqlReply, SqlRequest, SqlRows } from "./protocol.ts";
import { TABLE_NAMES, Tables, text } from "./tables.ts";
import { RunTree } from "./tree.ts";
import { toJson } from "./values.ts";

/** How often a query is begun because runs went away under it: a thousand runs are not removed in no time. */
const ATTEMPTS = 20;

/** Milliseconds of the first pause between two attempts; each is as much longer than the one before. */
const PAUSE = 25;

/** Answers a request. The working folder is the output folder. */
export async function answer(request: SqlRequest): Promise<SqlReply> {
  for (let attempt = 1;; attempt++) {
    const instance = await DuckDBInstance.create(":memory:", {
      threads: String(Math.min(4, navigator.hardwareConcurrency)),
      memory_limit: `${request.memory_mb}MB`,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
      errors_as_json: "true",
    });
    const connection = await instance.connect();
    try {
      return request.sql === null ? await schema(connection) : await query(connection, request, request.sql);
    } catch (error) {
      // DuckDB's are plain; all others are faults of this process or of the disk.
      if (!(error instanceof Error) || error.constructor !== Error) throw error;
      const problem = asProblem(error);
      if (problem.kind !== "runs_changed" || attempt === ATTEMPTS) return { problem };
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE * attempt));
  }
}

async function schema(connection: DuckDBConnection): Promise<SqlReply> {
  const tree = new RunTree();
  const tables = new Tables(connection, tree);
  const made = [];
  for (const name of [...TABLE_NAMES, ...tree.batches()]) {
    const columns = (await tables.make(name, true)).map(([column, type]) => ({ name: column, type }));
    made.push({ name, columns });
  }
  return { tables: made };
}

async function query(connection: DuckDBConnection, request: SqlRequest, sql: string): Promise<SqlReply> {
  const serialized = await connection.runAndReadAll("select json_serialize_sql($1::varchar)", [sql]);
  const reading = readQuery(String(serialized.getRows()[0]![0]));
  if ("refused" in reading) {
    const { refused, ...rest } = reading;
    return { problem: { kind: refused, ...rest } };
  }
  const tree = new RunTree(reading.runs);
  const tables = new Tables(connection, tree);
  for (const table of reading.tables) {
    const name = knownTable(table, tree);
    if (name !== undefined) {
      if (tree.runs.length === 0) return { problem: { kind: "no_runs", message: "there are no runs yet" } };
      await tables.make(name, reading.finals);
    } else if (!reading.bound.has(table.name.toLowerCase())) return { problem: unknownTable(table, tree) };
  }
  await lock(connection, tables.files);
  // The parser that the gate has asked is the one that is asked here: this holds if it ever were not.
  const statements = await connection.extractStatements(sql);
  const prepared = await statements.prepare(0);
  if (statements.count !== 1 || prepared.statementType !== StatementType.SELECT) {
    return { problem: { kind: "not_select", message: "this is not a SELECT" } };
  }
  return await rowsOf(await prepared.stream(), request);
}

function knownTable({ name }: TableReference, tree: RunTree): string | undefined {
  const lower = name.toLowerCase();
  return TABLE_NAMES.find((each) => each === lower) ?? tree.batches().find((id) => id.toLowerCase() === lower);
}

function unknownTable({ name, offset }: TableReference, tree: RunTree): SqlProblem {
  return {
    kind: "unknown_table",
    message: `there is no table '${name}'`,
    name,
    candidates: [...TABLE_NAMES, ...tree.batches()],
    ...(offset !== undefined && { offset }),
  };
}

/** From here on no file can be opened but the logs of the tables, and no setting changed. */
async function lock(connection: DuckDBConnection, files: ReadonlySet<string>): Promise<void> {
  await connection.run("set temp_directory = ''");
  await connection.run(`set allowed_paths = [${[...files].map(text)}]`);
  await connection.run("set enable_external_access = false");
  await connection.run("set lock_configuration = true");
}

type Result = Awaited<ReturnType<DuckDBConnection["stream"]>>;

/** Rows until one of the limits is reached. */
async function rowsOf(result: Result, { limit, max_bytes }: SqlRequest): Promise<SqlRows> {
  const types = result.columnTypes();
  // A name may stand twice; rows are lists.
  const columns = result.columnNames().map((name, i) => ({ name, type: types[i]!.alias ?? String(types[i]) }));
  const rows: Json[][] = [];
  let bytes = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (let i = 0; i < chunk.rowCount; i++) {
      if (rows.length === limit) return { columns, rows, truncated: true };
      const row = types.map((type, column) => toJson(chunk.getColumnVector(column).getItem(i), type));
      bytes += new TextEncoder().encode(JSON.stringify(row)).length;
      if (bytes > max_bytes) return { columns, rows, truncated: true };
      rows.push(row);
    }
  }
  return { columns, rows, truncated: false };
}

/** What DuckDB says, with `errors_as_json`. */
interface EngineError {
  readonly exception_type: string;
  readonly exception_message: string;
  readonly error_subtype?: string;
  readonly position?: string;
  readonly name?: string;
  readonly candidates?: string;
}

function asProblem({ message }: Error): SqlProblem {
  const start = message.indexOf("{");
  let told: EngineError;
  try {
    told = JSON.parse(message.slice(start));
  } catch {
    return { kind: "bad_sql", message };
  }
  const [first] = told.exception_message.split("\n") as [string];
  const offset = told.position === undefined ? {} : { offset: Number(told.position) };
  switch (told.exception_type) {
    case "Out of Memory":
      return { kind: "sql_memory", message: first };
    // What the tables read was there when they were made.
    case "IO":
    case "Permission":
      return /\.jsonl\b/.test(first)
        ? { kind: "runs_changed", message: "runs went away while they were read" }
        : { kind: "not_select", message: "a query reads the runs alone", ...offset };
  }
  if (told.error_subtype === "COLUMN_NOT_FOUND") {
    const message = `there is no column '${told.name}'`;
    return { kind: "bad_sql", message, name: told.name!, candidates: split(told.candidates), ...offset };
  }
  if (told.error_subtype === "MISSING_ENTRY") {
    const what = (told as { type?: string }).type?.toLowerCase() ?? "function";
    const message = `there is no ${what} '${told.name}'`;
    return { kind: "bad_sql", message, name: told.name!, candidates: split(told.candidates), ...offset };
  }
  return { kind: "bad_sql", message: first, ...offset };
}

function split(candidates: string | undefined): string[] {
  return candidates === undefined || candidates === "" ? [] : candidates.split(",").map((each) => each.trim());
}
