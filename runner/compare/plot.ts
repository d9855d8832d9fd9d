/** A picture of one metric over turns, a line for every run or cell. */

import { didYouMean, SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import { columnsOf, numberOf } from "./series.ts";

/** One line of a picture. */
export interface PlottedLine {
  /** As it was asked for. */
  readonly id: string;
  readonly label: string;
  /** Runs behind it: of several the mean over seeds is drawn. */
  readonly runs: number;
  /** Its last turn with a value, and that value; null: it has none. */
  readonly last: { readonly turn: number; readonly value: number } | null;
}

/** A picture of a metric. */
export interface Plot {
  readonly metric: string;
  readonly lines: readonly PlottedLine[];
  /** An SVG document on white. */
  readonly svg: string;
}

/** Points of all lines together: what is drawn stays small. */
const MOST_POINTS = 2400;

/** A line with all that there is of it. */
type Whole = Omit<PlottedLine, "last"> & { readonly points: readonly (readonly [number, number | null])[] };

/**
 * Draws a metric over turns.
 * @param ids a run, or 2 to 20 runs and cells of batches as `batch:<id>/<cell or arm>`
 * @throws {SimError} `unknown_metric`, and what comparing may have
 */
export async function plot(app: App, ids: readonly string[], metric: string): Promise<Plot> {
  const name = metric.replace(/^global\./, "");
  const [only] = ids;
  const isOne = ids.length === 1 && !only!.startsWith("batch:");
  const whole = isOne ? [await ofRun(app, only!, name)] : await ofAll(app, ids, name);
  const lines = whole.map(({ points, ...line }): PlottedLine => {
    const end = points.findLast(([, value]) => value !== null);
    return { ...line, last: end === undefined ? null : { turn: end[0], value: end[1]! } };
  });
  // Observable Plot comes with it: loaded only when it is needed.
  const { lineChartSvg, thinned } = await import("../export/mod.ts");
  const rows = whole.flatMap(({ label, points }) =>
    thinned({ name: label, points }, Math.max(50, Math.floor(MOST_POINTS / whole.length))).points
      .map(([turn, value]) => ({ turn, line: label, value }))
  );
  const svg = lineChartSvg(rows, {
    y: "value",
    series: "line",
    title: name,
    height: 260 + 14 * Math.max(0, ids.length - 8),
  });
  return { metric: name, lines, svg: svg.replace(/>/, () => '><rect width="100%" height="100%" fill="#ffffff"/>') };
}

async function ofRun(app: App, id: string, name: string): Promise<Whole> {
  const { run_id } = await app.status(id);
  let column: string | undefined;
  const points: [number, number | null][] = [];
  for await (const row of app.rows(run_id, "global")) {
    const columns = columnsOf(row);
    column ??= columnOf(columns, name);
    const value = numberOf(row[column]);
    points.push([Number(row.turn), Number.isNaN(value) ? null : value]);
  }
  if (points.length === 0) {
    throw new SimError("nothing_to_compare", `run '${run_id}' has recorded nothing yet`, {
      hint: "wait until it has played a turn",
    });
  }
  return { id, label: run_id, runs: 1, points };
}

async function ofAll(app: App, ids: readonly string[], metric: string): Promise<Whole[]> {
  const { runs, metrics } = await app.compare(ids);
  const name = columnOf(new Map(metrics.map(({ name }) => [name, name])), metric);
  const { series } = metrics.find((each) => each.name === name)!;
  return runs.map(({ id, label, runs }, i) => {
    const { turns, values } = series[i]!;
    return { id, label, runs, points: turns.map((turn, at) => [turn, values[at]!] as const) };
  });
}

function columnOf(columns: ReadonlyMap<string, string>, name: string): string {
  const column = columns.get(name) ?? columns.get(name.replace(/^metric\./, ""));
  if (column !== undefined) return column;
  throw new SimError("unknown_metric", `there is no metric '${name}' in it`, {
    hint: didYouMean(name, columns.keys()),
  });
}
