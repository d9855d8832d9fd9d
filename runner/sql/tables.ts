/**
 * The tables of `formats.md` 4 over the run tree. Logs become views, so that only what a query asks of them is read;
 * manifests and batches, which are small, become tables.
 */

import type { DuckDBConnection } from "@duckdb/node-api";
import type { Json } from "../../framework/mod.ts";
import { type Fields, firstRow, type RunTree } from "./tree.ts";

/** A column: name and DuckDB's type. */
type Column = readonly [name: string, type: string];

/** Tables that are always there. */
export const TABLE_NAMES = ["runs", "turns", "metrics", "agents", "events", "llm"] as const;

/** Column that says which file a row is from; no variable can have this name. */
const FILE = "\u0001file";

/** Files of one shape that are looked at to learn types. */
const SAMPLED = 8;

const MANIFEST: readonly Column[] = [
  ["run_id", "VARCHAR"],
  ["repo", "VARCHAR"],
  ["name", "VARCHAR"],
  ["scenario_path", "VARCHAR"],
  ["status", "VARCHAR"],
  ["status_reason", "VARCHAR"],
  ["created_at", "TIMESTAMP"],
  ["started_at", "TIMESTAMP"],
  ["ended_at", "TIMESTAMP"],
  ["turn", "BIGINT"],
  ["max_turns", "BIGINT"],
  ["seed", "BIGINT"],
  ["sample", "BIGINT"],
  ["batch_id", "VARCHAR"],
  ["parent_run_id", "VARCHAR"],
  ["parent_turn", "BIGINT"],
  ["validity_state", "VARCHAR"],
  ["validity_reasons", "VARCHAR[]"],
  ["cost_usd", "DOUBLE"],
  ["cost_input_tokens", "BIGINT"],
  ["cost_output_tokens", "BIGINT"],
  ["cost_calls", "BIGINT"],
  ["cost_reused_calls", "BIGINT"],
  ["cost_retries", "BIGINT"],
  ["models", "VARCHAR[]"],
  ["labels", "MAP(VARCHAR, VARCHAR)"],
  ["error_code", "VARCHAR"],
  ["error_message", "VARCHAR"],
  ["error_turn", "BIGINT"],
  ["error_agent", "VARCHAR"],
  ["notebook_path", "VARCHAR"],
  ["notebook_cell", "VARCHAR"],
  ["content_key", "VARCHAR"],
  ["engine_version", "VARCHAR"],
  ["history", "JSON"],
];

const EVENT: readonly Column[] = [
  ["id", "BIGINT"],
  ["event_id", "VARCHAR"],
  ["timestamp", "TIMESTAMP"],
  ["turn_number", "BIGINT"],
  ["event_type", "VARCHAR"],
  ["simulation_id", "VARCHAR"],
  ["agent_id", "VARCHAR"],
  ["caused_by", "JSON"],
  ["description", "VARCHAR"],
  ["details", "JSON"],
  ["volatile", "JSON"],
];

const CALL: readonly Column[] = [
  ["seq", "BIGINT"],
  ["kind", "VARCHAR"],
  ["agent", "VARCHAR"],
  ["turn", "BIGINT"],
  ["purpose", "VARCHAR"],
  ["n", "BIGINT"],
  ["attempt", "BIGINT"],
  ["key", "VARCHAR"],
  ["provider", "VARCHAR"],
  ["model", "VARCHAR"],
  ["request", "JSON"],
  ["response", "JSON"],
  ["error", "JSON"],
  ["usage", "STRUCT(input_tokens BIGINT, output_tokens BIGINT)"],
  ["cost_usd", "DOUBLE"],
  ["latency_ms", "DOUBLE"],
  ["retries", "BIGINT"],
  ["at", "TIMESTAMP"],
  ["reused_from", "VARCHAR"],
];

/** Makes tables in one connection, each once and only when it is asked for. */
export class Tables {
  readonly #connection: DuckDBConnection;
  readonly #tree: RunTree;
  readonly #prefix: string;
  readonly #made = new Map<string, Promise<readonly Column[]>>();
  /** Files that the tables read. */
  readonly files = new Set<string>();

  /** @param prefix what the names of its tables begin with, where there are others in this connection */
  constructor(connection: DuckDBConnection, tree: RunTree, prefix = "") {
    this.#connection = connection;
    this.#tree = tree;
    this.#prefix = prefix;
  }

  /** A table of these rows. */
  async literal(name: string, rows: readonly Fields[]): Promise<void> {
    const names = [...new Map(rows.flatMap(Object.keys).map((column) => [column.toLowerCase(), column])).values()];
    const columns = names.map((column): Column => [column, typeOfAll(rows.map((row) => row[column] ?? null))]);
    await this.#table(name, columns.length === 0 ? [["value", "VARCHAR"]] : columns, rows);
  }

  /** The table's name in this connection, ready to stand in a statement. */
  named(name: string): string {
    return quoted(this.#prefix + name);
  }

  /** Makes a table. @param finals whether `runs` has its `final_` columns */
  make(name: string, finals: boolean): Promise<readonly Column[]> {
    const made = this.#made.get(name) ?? this.#make(name, finals);
    this.#made.set(name, made);
    return made;
  }

  #make(name: string, finals: boolean): Promise<readonly Column[]> {
    switch (name) {
      case "runs":
        return this.#runs(finals);
      case "turns":
        return this.#rows("turns", "global.jsonl", [["turn", "BIGINT"]]);
      case "agents":
        return this.#rows("agents", "agents.jsonl", [["turn", "BIGINT"], ["agent", "VARCHAR"]]);
      case "metrics":
        return this.#metrics();
      case "events":
        return this.#log("events", this.#tree.logs("events.jsonl"), EVENT, "event_type");
      case "llm":
        return this.#log("llm", this.#tree.logs("llm.jsonl"), CALL, "seq");
      default:
        return this.#batch(name, finals);
    }
  }

  async #runs(finals: boolean): Promise<readonly Column[]> {
    await this.#table("\u0001runs", MANIFEST, this.#tree.manifests().map(flat));
    if (!finals) {
      await this.#connection.run(`create view ${this.named("runs")} as from ${this.named("\u0001runs")}`);
      return MANIFEST;
    }
    const values = (await this.make("turns", finals)).filter(([name]) => name !== "run_id" && name !== "turn");
    const names = new Set(values.map(([name]) => name.toLowerCase()));
    const finalName = (name: string) => {
      const short = name.replace(/^metric\./, "");
      return `final_${short !== name && names.has(short.toLowerCase()) ? name : short}`;
    };
    const last = values.map(([name]) => `, arg_max_null(${quoted(name)}, turn) as ${quoted(finalName(name))}`).join("");
    await this.#connection.run(
      `create view ${this.named("runs")} as from ${this.named("\u0001runs")} ` +
        `left join (select run_id${last} from ${this.named("turns")} group by run_id) using (run_id)`,
    );
    return [...MANIFEST, ...values.map(([name, type]): Column => [finalName(name), type])];
  }

  async #metrics(): Promise<readonly Column[]> {
    const metrics = (await this.make("turns", false)).map(([name]) => name).filter((name) =>
      name.startsWith("metric.")
    );
    const columns: readonly Column[] = [["run_id", "VARCHAR"], ["turn", "BIGINT"], ["metric", "VARCHAR"], [
      "value",
      "DOUBLE",
    ]];
    if (metrics.length === 0) await this.#empty("metrics", columns);
    else {
      const names = metrics.map((name) => text(name.slice("metric.".length)));
      const values = metrics.map((name) => `try_cast(${quoted(name)} as double)`);
      await this.#connection.run(
        `create view ${this.named("metrics")} as select * from (select run_id, turn, unnest([${names}]) as metric, ` +
          `unnest([${values}]) as value from ${this.named("turns")}) where value is not null`,
      );
    }
    return columns;
  }

  /** A table of rows whose columns are what the runs have recorded. */
  async #rows(name: string, file: string, first: readonly Column[]): Promise<readonly Column[]> {
    const paths = this.#tree.logs(file);
    const own = new Set([...first.map(([column]) => column), "run_id"]);
    const recorded = await this.#recorded(paths);
    return await this.#log(
      name,
      paths,
      [...first, ...recorded.filter(([column]) => !own.has(column))],
      first.at(-1)![0],
    );
  }

  /** A view of a log. A half-written line is a row without anything: it has no `always`, which every row has. */
  async #log(
    name: string,
    paths: readonly string[],
    columns: readonly Column[],
    always: string,
  ): Promise<readonly Column[]> {
    const all: readonly Column[] = [["run_id", "VARCHAR"], ...columns];
    if (paths.length === 0) {
      await this.#empty(name, all);
      return all;
    }
    for (const path of paths) this.files.add(path);
    const shape = columns.map(([column, type]) => `${text(column)}: ${text(type)}`).join(", ");
    await this.#connection.run(
      `create view ${this.named(name)} as select parse_path(${quoted(FILE)})[-2] as run_id, * exclude (${
        quoted(FILE)
      }) from ` +
        `read_json(${listed(paths)}, columns = {${shape}}, filename = ${text(FILE)}, ` +
        `format = 'newline_delimited', ignore_errors = true) where ${quoted(always)} is not null`,
    );
    return all;
  }

  /** Columns of logs, learned from the first row of each file and from some files of each shape. */
  async #recorded(paths: readonly string[]): Promise<Column[]> {
    const shapes = new Map<string, string[]>();
    const names = new Set<string>();
    for (const path of paths) {
      const row = firstRow(path);
      if (row === null) continue;
      for (const name of Object.keys(row)) names.add(name);
      const shape = JSON.stringify(
        Object.entries(row).map(([name, value]) => [name, value === null ? "" : typeof value]),
      );
      shapes.get(shape)?.push(path) ?? shapes.set(shape, [path]);
    }
    const sampled = [...shapes.values()].flatMap((same) =>
      same.filter((_, i) => i % Math.ceil(same.length / SAMPLED) === 0)
    );
    if (sampled.length === 0) return [];
    const described = await this.#connection.runAndReadAll(
      `describe select * from read_json(${listed(sampled)}, format = 'newline_delimited', ignore_errors = true, ` +
        "union_by_name = true)",
    );
    const columns = new Map<string, Column>();
    for (const [found, type] of described.getRowsJson()) {
      const name = String(found);
      // What differs in case alone is one column to DuckDB: the first one is it, the next it would call name_1.
      const [, first] = /^(.+)_\d+$/.exec(name) ?? [];
      const isMadeUp = first !== undefined && !names.has(name) && columns.has(first.toLowerCase());
      if (!isMadeUp) columns.set(name.toLowerCase(), [name, recordedType(name, String(type))]);
    }
    return [...columns.values()];
  }

  async #batch(id: string, finals: boolean): Promise<readonly Column[]> {
    const runs = await this.make("runs", finals);
    const { params, rows } = this.#tree.batch(id);
    const own: readonly Column[] = [
      ...[["run_id", "VARCHAR"], ["n", "BIGINT"], ["cell", "BIGINT"], ["arm", "VARCHAR"]] as const,
      ...params.map((name): Column => [name, typeOfAll(rows.map((row) => (row.params as Fields)[name] ?? null))]),
    ];
    const table = `\u0001${id}`;
    await this.#table(table, own, rows.map(({ params, ...row }) => ({ ...row, ...params as Fields })));
    const taken = new Set(own.map(([name]) => name.toLowerCase()));
    const rest = runs.filter(([name]) => !taken.has(name.toLowerCase()));
    await this.#connection.run(
      `create view ${this.named(id)} as select b.*${rest.map(([name]) => `, r.${quoted(name)}`).join("")} ` +
        `from ${this.named(table)} b join ${this.named("runs")} r on r.run_id = b.run_id`,
    );
    return [...own, ...rest];
  }

  async #table(name: string, columns: readonly Column[], rows: readonly Fields[]): Promise<void> {
    // Times come as text; from_json knows no zone.
    const shape = Object.fromEntries(
      columns.map(([column, type]) => [column, type === "TIMESTAMP" ? "VARCHAR" : type]),
    );
    const cast = columns.map(([column, type]) =>
      type === "TIMESTAMP"
        ? `try_cast(r.${quoted(column)} as timestamp) as ${quoted(column)}`
        : `r.${quoted(column)} as ${quoted(column)}`
    );
    await this.#connection.run(
      `create table ${this.named(name)} as select ${cast} from ` +
        `(select unnest(from_json($1::varchar::json, ${text(JSON.stringify([shape]))})) as r)`,
      [JSON.stringify(rows)],
    );
  }

  async #empty(name: string, columns: readonly Column[]): Promise<void> {
    const values = columns.map(([column, type]) => `null::${type} as ${quoted(column)}`);
    await this.#connection.run(`create view ${this.named(name)} as select ${values} where false`);
  }
}

/** Nested names joined by `_`; labels, lists and the history stay as they are. */
function flat(manifest: Fields): Fields {
  const nested = ["parent", "validity", "cost", "error", "notebook"];
  return Object.fromEntries(
    Object.entries(manifest).flatMap(([name, value]) =>
      nested.includes(name) && typeof value === "object" && value !== null
        ? Object.entries(value).map(([inner, part]) => [`${name}_${inner}`, part])
        : [[name, value]]
    ),
  );
}

/** Numbers are one type, and text is never taken for a date: another run, or a later turn, may have another number or text. */
function recordedType(name: string, found: string): string {
  if (/^(U?(BIG|HUGE|SMALL|TINY)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/.test(found)) return "DOUBLE";
  if (found === "BOOLEAN") return "BOOLEAN";
  if (found === "JSON" && name.startsWith("metric.")) return "DOUBLE";
  return /^(VARCHAR|DATE|TIME.*|UUID)$/.test(found) ? "VARCHAR" : "JSON";
}

function typeOfAll(values: readonly Json[]): string {
  const kinds = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  if (kinds.size !== 1) return kinds.size === 0 ? "VARCHAR" : "JSON";
  return { number: "DOUBLE", boolean: "BOOLEAN", string: "VARCHAR" }[[...kinds][0] as string] ?? "JSON";
}

function listed(paths: readonly string[]): string {
  return `[${paths.map(text)}]`;
}

/** An identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
