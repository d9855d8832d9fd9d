/** Rows as lines over a common axis. */

import type { ChartSpec } from "../view.ts";
import type { LinesJob } from "./options.ts";

/** A row with values by column. */
export type SpecRow = { readonly [column: string]: unknown };

/** One value over another; null where there is none, which leaves a gap. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** Ends of an interval around it. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  readonly dashed?: boolean;
}

/** A number, where it is one. */
export function numeric(value: unknown): number | null {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Columns of `rows`, in the order in which they come. */
export function columnsOf(rows: readonly SpecRow[]): string[] {
  const [first, last] = [rows[0] ?? {}, rows.at(-1) ?? {}];
  return [...new Set([...Object.keys(first), ...Object.keys(last)])];
}

/** Columns of `rows` over the column `x`, a line for each. */
export function linesOf(rows: readonly SpecRow[], columns: readonly string[], x = "turn"): ChartLine[] {
  return columns.map((name) => ({
    name,
    points: rows.flatMap((row) => {
      const at = numeric(row[x]);
      return at === null ? [] : [[at, numeric(row[name])] as const];
    }),
  }));
}

/** The columns that a chart means where it does not say so. */
export function axesOf(spec: ChartSpec, rows: readonly SpecRow[]): { x: string; y: readonly string[] } {
  const columns = columnsOf(rows);
  const x = spec.x ?? (columns.includes("turn") ? "turn" : columns[0]) ?? "x";
  const given = typeof spec.y === "string" ? [spec.y] : spec.y;
  const numbers = columns.filter((name) => name !== x && rows.some((row) => numeric(row[name]) !== null));
  return { x, y: given ?? numbers.slice(0, 1) };
}

/** Lines, if a chart asks for nothing else; null: it does, or its horizontal axis has no numbers. */
export function linesOfSpec(spec: ChartSpec, rows: readonly SpecRow[]): LinesJob | null {
  if (spec.mark !== "line" || spec.facet !== undefined || typeof spec.fill === "object") return null;
  const { x, y } = axesOf(spec, rows);
  const scale = scaleOf(rows, x);
  if (scale === null) return null;
  const series = spec.stroke ?? spec.fill;
  const groups = series === undefined || !columnsOf(rows).includes(series)
    ? new Map([["", rows]])
    : Map.groupBy(rows, (row) => label(row[series]));
  const lines = [...groups].flatMap(([group, members]) =>
    y.map((column): ChartLine => {
      const name = group === "" ? column : y.length === 1 ? group : `${group} ${column}`;
      const sorted = members.flatMap((row) => {
        const at = scale.read(row[x]);
        return at === null ? [] : [{ at, row }];
      }).sort((a, b) => a.at - b.at);
      const band = sorted.flatMap(({ at, row }) => {
        const ends = intervalOf(spec, row, column);
        return ends === null ? [] : [[at, ...ends] as const];
      });
      return {
        name,
        points: sorted.map(({ at, row }) => [at, numeric(row[column])]),
        ...(band.length > 0 && { band }),
      };
    })
  );
  return {
    kind: "lines",
    lines,
    xLabel: x,
    xType: scale.type,
    ...(spec.label !== undefined ? { yLabel: spec.label } : y.length === 1 && { yLabel: y[0]! }),
    ...(spec.log !== undefined && { log: spec.log }),
  };
}

/** Ends of the interval around a row's value; null: it has none. */
export function intervalOf({ interval }: ChartSpec, row: SpecRow, y: string): readonly [number, number] | null {
  if (interval === undefined) return null;
  if (typeof interval !== "string") {
    const [low, high] = [numeric(row[interval[0]]), numeric(row[interval[1]])];
    return low === null || high === null ? null : [low, high];
  }
  const [value, half] = [numeric(row[y]), numeric(row[interval])];
  return value === null || half === null ? null : [value - half, value + half];
}

/** How the values of a column are read as numbers; null: they are none. */
function scaleOf(
  rows: readonly SpecRow[],
  x: string,
): { type: "linear" | "utc"; read(value: unknown): number | null } | null {
  const values = rows.map((row) => row[x]).filter((value) => value !== null && value !== undefined);
  if (values.every((value) => numeric(value) !== null)) return { type: "linear", read: numeric };
  const date = (value: unknown) => typeof value === "string" && DATE.test(value) ? Date.parse(utc(value)) : NaN;
  if (!values.every((value) => Number.isFinite(date(value)))) return null;
  return { type: "utc", read: (value) => numeric(date(value)) };
}

const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function utc(text: string): string {
  const iso = text.replace(" ", "T");
  return iso.length > 10 && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) ? `${iso}Z` : iso;
}

/** A value as the name of a series. */
export function label(value: unknown): string {
  return value === null || value === undefined
    ? "–"
    : typeof value === "object"
    ? JSON.stringify(value)
    : String(value);
}
