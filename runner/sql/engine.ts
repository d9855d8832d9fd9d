/** One query in DuckDB: what it reads is made, everything else is locked, it is run, its rows are capped. */

import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement, StatementType } from "@duckdb/node-api";
import type { Json } from "../../framework/mod.ts";
import { type Reading, readQuery, type TableReference } from "./gate.ts";
import type { SqlParams, SqlProblem, SqlReply, SqlRequest, SqlRows, SqlSource } from "./protocol.ts";
import { quoted, TABLE_NAMES, Tables, text } from "./tables.ts";
import { RunTree } from "./tree.ts";
import { fromJson, toJson } from "./values.ts";

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
  const { params = {}, tables: sources = {} } = request;
  const found = await readAll(
    connection,
    sql,
    params,
    new Map(
      Object.entries(sources).map(([name, source]) => [name.toLowerCase(), { name, source }]),
    ),
  );
  if ("problem" in found) return found;
  const { readings, own } = found;
  const tree = new RunTree(readings.length === 1 ? readings[0]!.runs : null);
  const tables = new Tables(connection, tree);
  const finals = readings.some((reading) => reading.finals);
  const reads = new Set<string>();
  for (const { tables: named, bound } of readings) {
    for (const table of named) {
      if (own.has(table.name.toLowerCase())) continue;
      const name = knownTable(table, tree);
      if (name !== undefined) {
        if (tree.runs.length === 0) return { problem: { kind: "no_runs", message: "there are no runs yet" } };
        reads.add(name);
        await tables.make(name, finals);
      } else if (!bound.has(table.name.toLowerCase())) {
        return { problem: unknownTable(table, tree, Object.keys(sources)) };
      }
    }
  }
  const files = new Set(tables.files);
  for (const [at, { name, source }] of [...own.values()].entries()) {
    const problem = await makeOwn(connection, name, source, `\u0001${at}\u0001`, files);
    if (problem !== null) return { problem };
  }
  await lock(connection, files);
  for (const { name, source } of own.values()) {
    if (!("sql" in source)) continue;
    const made = await prepared(connection, `create table ${quoted(name)} as ${source.sql}`, source.params ?? {});
    if (made?.statementType !== StatementType.CREATE) return { problem: notSelect() };
    await made.run();
  }
  // The parser that the gate has asked is the one that is asked here: this holds if it ever were not.
  const asked = await prepared(connection, sql, params);
  if (asked?.statementType !== StatementType.SELECT) return { problem: notSelect() };
  const rows = await rowsOf(await asked.stream(), request);
  return request.tables === undefined ? rows : { ...rows, reads: [...reads] };
}

/** A table of the query's own, with the name that it was given. */
interface OwnTable {
  readonly name: string;
  readonly source: SqlSource;
}

/** What a query and the queries that its own tables are made of name; its own tables in the order in which they are made. */
async function readAll(
  connection: DuckDBConnection,
  sql: string,
  params: SqlParams,
  sources: ReadonlyMap<string, OwnTable>,
): Promise<{ readings: readonly Reading[]; own: ReadonlyMap<string, OwnTable> } | { problem: SqlProblem }> {
  const readings: Reading[] = [];
  const own = new Map<string, OwnTable>();
  const open = new Set<string>();
  const read = async (sql: string, params: SqlParams, of: string | null): Promise<SqlProblem | null> => {
    const serialized = await connection.runAndReadAll("select json_serialize_sql($1::varchar)", [sql]);
    const reading = readQuery(String(serialized.getRows()[0]![0]), new Set(Object.keys(params)));
    if ("refused" in reading) {
      const { refused, message, offset } = reading;
      // A place in another query means nothing in this one.
      return of === null
        ? { kind: refused, message, ...(offset !== undefined && { offset }) }
        : { kind: refused, message: `table '${of}': ${message}` };
    }
    readings.push(reading);
    for (const { name } of reading.tables) {
      const key = name.toLowerCase();
      const table = sources.get(key);
      if (table === undefined || own.has(key)) continue;
      if (open.has(key)) return { kind: "bad_sql", message: `table '${table.name}' reads itself` };
      open.add(key);
      const { source } = table;
      const problem = "sql" in source ? await read(source.sql, source.params ?? {}, table.name) : null;
      if (problem !== null) return problem;
      own.set(key, table);
    }
    return null;
  };
  const problem = await read(sql, params, null);
  return problem === null ? { readings, own } : { problem };
}

/** Makes a table of the query's own of what lies on disk or came along. @param files gets what it reads */
async function makeOwn(
  connection: DuckDBConnection,
  name: string,
  source: SqlSource,
  prefix: string,
  files: Set<string>,
): Promise<SqlProblem | null> {
  if ("sql" in source) return null;
  if ("rows" in source) {
    await new Tables(connection, new RunTree([])).literal(name, source.rows);
    return null;
  }
  const unknown = (what: string): SqlProblem => ({ kind: "unknown_source", message: `table '${name}': ${what}` });
  let tree: RunTree;
  if ("run" in source) {
    if (!RunTree.has(source.run)) return unknown(`there is no run '${source.run}'`);
    tree = new RunTree([source.run]);
  } else {
    if (!new RunTree().batches().includes(source.batch)) return unknown(`there is no batch '${source.batch}'`);
    const { rows } = new RunTree().batch(source.batch);
    tree = new RunTree(rows.map(({ run_id }) => String(run_id)));
  }
  const tables = new Tables(connection, tree, prefix);
  const made = "run" in source ? "turns" : source.batch;
  await tables.make(made, true);
  await connection.run(`create view ${quoted(name)} as from ${tables.named(made)}`);
  for (const file of tables.files) files.add(file);
  return null;
}

/** One statement, with the values that it names bound to it; undefined: these are several. */
async function prepared(
  connection: DuckDBConnection,
  sql: string,
  params: SqlParams,
): Promise<DuckDBPreparedStatement | undefined> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) return undefined;
  const statement = await statements.prepare(0);
  const names = Array.from({ length: statement.parameterCount }, (_, i) => statement.parameterName(i + 1));
  const bound = names.map((name) => [name, fromJson(params[name] ?? null)] as const);
  if (bound.length > 0) {
    statement.bind(
      Object.fromEntries(bound.map(([name, { value }]) => [name, value])),
      Object.fromEntries(bound.map(([name, { type }]) => [name, type])),
    );
  }
  return statement;
}

function notSelect(): SqlProblem {
  return { kind: "not_select", message: "this is not a SELECT" };
}

function knownTable({ name }: TableReference, tree: RunTree): string | undefined {
  const lower = name.toLowerCase();
  return TABLE_NAMES.find((each) => each === lower) ?? tree.batches().find((id) => id.toLowerCase() === lower);
}

function unknownTable({ name, offset }: TableReference, tree: RunTree, own: readonly string[]): SqlProblem {
  return {
    kind: "unknown_table",
    message: `there is no table '${name}'`,
    name,
    candidates: [...own, ...TABLE_NAMES, ...tree.batches()],
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
