/** What a run records, as templates name it in cells, SQL and prose. */

import type { Row, RunConfig } from "../../store/mod.ts";
import { columnsOf } from "../results.ts";
import { sqlName } from "./writing.ts";

/** A number that is recorded. */
export interface NumberColumn {
  /** As people call it. */
  readonly name: string;
  /** As rows and tables over turns call it: `metric.gini`. */
  readonly column: string;
}

/** Numbers that a page looks at. */
export const MOST_NUMBERS = 3;

/** What a run of this configuration will record: its metrics, or without any its global variables. */
export function numbersOf(config: RunConfig): NumberColumn[] {
  const { global_vars } = config.state_variables;
  return first(
    columnsOf([], config).filter((column) => {
      const type = Object.hasOwn(global_vars, column) ? global_vars[column]!.type : "float";
      return type === "float" || type === "int";
    }),
  );
}

/** Likewise of a run that has recorded something. */
export function numbersIn(rows: readonly Row[], config: RunConfig): NumberColumn[] {
  const last = rows.at(-1);
  if (last === undefined) return numbersOf(config);
  return first(columnsOf(rows, config).filter((column) => typeof last[column] === "number"));
}

/** Numbers, all of them, by the names that a batch has for them. */
export function namedNumbers(metrics: readonly string[]): NumberColumn[] {
  const names = new Set(metrics.map((metric) => metric.replace(/^(global|metric)\./, "")));
  return [...names].map((name) => ({ name, column: name }));
}

function first(columns: readonly string[]): NumberColumn[] {
  const metrics = columns.filter((column) => column.startsWith("metric."));
  return (metrics.length > 0 ? metrics : columns).slice(0, MOST_NUMBERS)
    .map((column) => ({ name: column.replace(/^metric\./, ""), column }));
}

/** A column over turns under its plain name. */
export function selected({ name, column }: NumberColumn): string {
  return name === column && sqlName(name) === name ? name : `${sqlName(column)} AS ${sqlName(name)}`;
}

/** Its last value in a table of runs. */
export function finalOf({ name }: NumberColumn): string {
  return sqlName(`final_${name}`);
}

/** `gini **${base.gini}**` for all that can stand in a reference. */
export function finalValues(cell: string, numbers: readonly NumberColumn[]): string[] {
  return numbers.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name))
    .map(({ name }) => `${name.replaceAll("_", " ")} **\${${cell}.${name}}**`);
}
