/** A batch as a table: a row a run, a column a parameter and a metric. */

import type { Json } from "../../../framework/mod.ts";
import type { BatchRow } from "../../batch/mod.ts";

/** What a column holds; `json`: values of several kinds. */
export type ColumnKind = "int" | "long" | "number" | "boolean" | "text" | "json";

/** One column; null: the run has no such value. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Whether every run has a value, in any batch. */
  readonly required: boolean;
  readonly values: readonly Json[];
}

/**
 * The columns: `n`, `arm`, the parameters, `seed`, `sample`, `run_id`, `status`, `validity`, `reused`, `turns`, `seconds`,
 * `cost_usd`, then the metrics. A parameter whose name is taken is called `param_<name>`, a metric `final_<name>`.
 */
export function batchColumns(rows: readonly BatchRow[]): Column[] {
  const taken = new Set<string>([...HEAD, ...TAIL].map(([name]) => name));
  const free = (name: string, prefix: string) => {
    let candidate = taken.has(name) ? `${prefix}${name}` : name;
    while (taken.has(candidate)) candidate += "_";
    taken.add(candidate);
    return candidate;
  };
  const own = ([name, kind, required, value]: Fixed): Column => ({ name, kind, required, values: rows.map(value) });
  const parameters = keysOf(rows, ({ params }) => params).map((key): Column => {
    const values = rows.map(({ params }) => valueOf(params, key));
    return { name: free(key, "param_"), kind: kindOf(values), required: false, values };
  });
  const metrics = keysOf(rows, ({ metrics }) => metrics).map((key): Column => ({
    name: free(key, "final_"),
    kind: "number",
    required: false,
    values: rows.map(({ metrics }) => valueOf(metrics, key)),
  }));
  return [...HEAD.map(own), ...parameters, ...TAIL.map(own), ...metrics];
}

type Fixed = readonly [name: string, kind: ColumnKind, required: boolean, value: (row: BatchRow) => Json];

const HEAD: readonly Fixed[] = [
  ["n", "int", true, ({ n }) => n],
  ["arm", "text", false, ({ arm }) => arm],
];

const TAIL: readonly Fixed[] = [
  ["seed", "long", false, ({ seed }) => seed],
  ["sample", "int", true, ({ sample }) => sample],
  ["run_id", "text", false, ({ run_id }) => run_id],
  ["status", "text", true, ({ status }) => status],
  ["validity", "text", false, ({ validity }) => validity],
  ["reused", "boolean", true, ({ reused }) => reused],
  ["turns", "int", true, ({ turns }) => turns],
  ["seconds", "number", false, ({ seconds }) => seconds],
  ["cost_usd", "number", true, ({ cost_usd }) => cost_usd],
];

function keysOf(rows: readonly BatchRow[], map: (row: BatchRow) => object): string[] {
  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(map(row))) keys.add(key);
  return [...keys];
}

function valueOf(map: { readonly [name: string]: Json }, key: string): Json {
  return Object.hasOwn(map, key) ? map[key]! : null;
}

function kindOf(values: readonly Json[]): ColumnKind {
  const kinds = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  if (kinds.size === 1) {
    if (kinds.has("number")) return "number";
    if (kinds.has("boolean")) return "boolean";
    if (kinds.has("string")) return "text";
  }
  return kinds.size === 0 ? "text" : "json";
}
