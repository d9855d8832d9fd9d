/** `chart` cells: rows of another cell, and how they are drawn. */

import { didYouMean, type Json, type JsonObject } from "../../../framework/mod.ts";
import type { Row } from "../../store/mod.ts";
import type { Body, ReadBody } from "../bodies.ts";
import { type Computed, hasErrors, plain, wrong } from "../computed.ts";
import { type CellContext, openBody } from "../context.ts";
import { columnNamed, thinned } from "../results.ts";
import type { ChartOutput, ChartSpec, ViewIssue } from "../view.ts";

/** Rows that are looked at for columns. */
const LOOKED_AT = 200;

/** What a chart counts or averages in place of drawing a column. */
const REDUCERS: readonly string[] = ["count", "mean", "median", "sum", "min", "max", "deviation", "proportion"];

/** The chart with the rows that it draws. */
export async function chartCell(context: CellContext): Promise<Computed> {
  const { piece } = context;
  const opened = openBody(context, "chart");
  if ("computed" in opened) return opened.computed;
  const { body, read } = opened;
  const source = context.read(body.data);
  if (source?.rows === undefined) {
    const message = source === undefined ? `no cell has the id '${body.data}'` : `'${body.data}' has no rows`;
    const hint = "charts draw runs, batches, conversations, comparisons and tables";
    return wrong(piece, [{ severity: "error", code: "no_rows", message, hint, ...read.place(["data"]) }]);
  }
  const rows = await source.rows();
  const columns = [...new Set(rows.slice(0, LOOKED_AT).flatMap(Object.keys))];
  const { spec, issues } = specOf(body, columns, read, rows.length === 0);
  if (hasErrors(issues)) return wrong(piece, issues);
  const { run_id } = source.output?.type === "run" ? source.output : {};
  const drawn = rowsDrawn(rows, spec, run_id !== undefined);
  const output: ChartOutput = {
    type: "chart",
    data: body.data,
    spec,
    rows: drawn,
    ...(run_id !== undefined && { run_id }),
    summary: summaryOf(body.data, spec, rows),
  };
  return plain(piece, "fresh", { ready: "ready", issues, output }, source.stamp);
}

/** The spec with the columns as the rows call them; what is no column, at its place. */
function specOf(
  { data: _data, ...body }: Body<"chart">,
  columns: readonly string[],
  { place }: ReadBody,
  isEmpty: boolean,
): { readonly spec: ChartSpec; readonly issues: readonly ViewIssue[] } {
  const issues: ViewIssue[] = [];
  const column = (name: string, path: readonly (string | number)[]): string => {
    const found = columnNamed(name, columns) ?? columnNamed(name.replace(/^final_/, ""), columns);
    if (found !== undefined || isEmpty) return found ?? name;
    const hint = didYouMean(name, columns);
    issues.push({
      severity: "error",
      code: "unknown_column",
      message: `there is no column '${name}'`,
      hint,
      ...place(path),
    });
    return name;
  };
  const missing = (key: string, mark: string) =>
    issues.push({
      severity: "error",
      code: "missing_key",
      message: `a ${mark} needs '${key}'`,
      hint: `${key}: one of ${columns.slice(0, 12).join(", ")}`,
      ...place(["mark"]),
    });
  const { mark, x, y, fill, stroke, facet, interval, label, log } = body;
  if (x === undefined && mark !== "rule") missing("x", mark);
  if (y === undefined && !["rule", "histogram"].includes(mark)) missing("y", mark);
  if (x === undefined && y === undefined && mark === "rule") missing("x' or 'y", mark);
  const spec: ChartSpec = {
    mark,
    ...(x !== undefined && { x: column(x, ["x"]) }),
    ...(y !== undefined && {
      y: typeof y === "string" ? column(y, ["y"]) : y.map((each, at) => column(each, ["y", at])),
    }),
    ...(fill !== undefined && { fill: typeof fill === "string" ? fillOf(fill) : reduced(fill) }),
    ...(stroke !== undefined && { stroke: isColour(stroke) ? stroke : column(stroke, ["stroke"]) }),
    ...(facet !== undefined && { facet: column(facet, ["facet"]) }),
    ...(interval !== undefined && {
      interval: typeof interval === "string"
        ? column(interval, ["interval"])
        : [column(interval[0], ["interval", 0]), column(interval[1], ["interval", 1])] as const,
    }),
    ...(label !== undefined && { label }),
    ...(log !== undefined && { log }),
  };
  return { spec, issues };

  function fillOf(fill: string): string {
    return isColour(fill) ? fill : column(fill, ["fill"]);
  }

  function reduced(fill: { readonly [reducer: string]: string }): { [reducer: string]: string } {
    return Object.fromEntries(
      Object.entries(fill).map(([reducer, name]) => {
        if (!REDUCERS.includes(reducer)) {
          const hint = didYouMean(reducer, REDUCERS);
          const message = `'${reducer}' is no way to make one value of many`;
          issues.push({ severity: "error", code: "unknown_key", message, hint, ...place(["fill", reducer]) });
        }
        return [reducer, column(name, ["fill", reducer])];
      }),
    );
  }
}

/** Whether a name is a colour rather than a column: `#4269d0`, `currentColor`. */
function isColour(name: string): boolean {
  return /^#[0-9a-f]{3,8}$/i.test(name) || name === "currentColor";
}

/** Of the rows what is drawn; of runs all columns are sent whose names begin alike when further rows come. */
function rowsDrawn(rows: readonly Row[], spec: ChartSpec, isRun: boolean): readonly Row[] {
  const used = columnsUsed(spec);
  if (isRun) used.add("turn");
  return thinned(rows).map((row) =>
    Object.fromEntries([...used].map((name): [string, Json] => [name, (row as JsonObject)[name] ?? null]))
  );
}

function columnsUsed({ x, y, fill, stroke, facet, interval }: ChartSpec): Set<string> {
  const fills = typeof fill === "object" ? Object.values(fill) : [fill];
  const all = [x, ...(typeof y === "string" ? [y] : y ?? []), ...fills, stroke, facet, ...[interval ?? []].flat()];
  return new Set(all.filter((name) => name !== undefined && !isColour(name)) as string[]);
}

/** What is drawn, from where to where. */
function summaryOf(data: string, { mark, x, y, stroke, fill }: ChartSpec, rows: readonly Row[]): string {
  const ys = y === undefined ? [] : [y].flat();
  const parts = [
    `${mark} chart of ${data}`,
    ...(ys.length > 0 ? [`: ${ys.join(", ")}`] : []),
    ...(x !== undefined ? [` by ${x}`] : []),
    ...(stroke !== undefined && !isColour(stroke) ? [`, a line for each ${stroke}`] : []),
    ...(typeof fill === "string" && !isColour(fill) ? [`, coloured by ${fill}`] : []),
  ];
  const ranges = [...new Set([...(x === undefined ? [] : [x]), ...ys])].flatMap((name) => {
    const range = rangeOf(rows, name);
    return range === null ? [] : [`${name} from ${range[0]} to ${range[1]}`];
  });
  return `${parts.join("")}; ${rows.length} rows${ranges.length > 0 ? `, ${ranges.join(", ")}` : ""}`;
}

function rangeOf(rows: readonly Row[], name: string): [number, number] | null {
  let [least, most] = [Infinity, -Infinity];
  for (const row of rows) {
    const value = row[name];
    if (typeof value !== "number") continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least > most ? null : [Number(least.toPrecision(4)), Number(most.toPrecision(4))];
}
