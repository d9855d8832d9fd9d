/** Which chart shows the results of a batch: follows from what its cells differ in. */

import { type BatchCell, type BatchView, cellName, type CellSummary, type MetricSummary } from "../../batch/mod.ts";
import { compactNumber, LINE_COLORS } from "../../report/mod.ts";
import type { Trajectory } from "./batch.ts";
import { type Dot, dotChart, heatMap, lineChart, type Spread, type SpreadLine } from "./charts.ts";
import { evenly } from "./read.ts";

/** A chart with what stands above it. */
export interface Figure {
  readonly caption: string;
  readonly note: string;
  /** SVG element. */
  readonly svg: string;
}

/** What the cells of a batch differ in, apart from arms. */
export type Shape =
  /** In anything: each cell stands for itself. */
  | { readonly kind: "dots" }
  /** In one number. */
  | { readonly kind: "line"; readonly param: string }
  /** In two numbers, in all combinations. */
  | { readonly kind: "heat"; readonly x: string; readonly y: string }
  /** In numbers that were drawn. */
  | { readonly kind: "scatter"; readonly params: readonly string[] };

const MAX_DOTS = 40;
/** Up to this many cells a heat map has the cells with their intervals beside it. */
const MAX_DOTS_BESIDE = 24;
const MAX_VALUES = 200;
const MAX_TILES_ASIDE = 50;
const MAX_MAPS = 4;
const MAX_SCATTERS = 3;

/** What the cells differ in. */
export function shapeOf({ cells, spec }: Pick<BatchView, "cells" | "spec">): Shape {
  const names = [...new Set(cells.flatMap(({ params }) => Object.keys(params)))];
  const valuesOf = (name: string) => new Set(cells.map(({ params }) => JSON.stringify(params[name])));
  const varying = names.filter((name) => valuesOf(name).size > 1);
  const numeric = varying.filter((name) => cells.every(({ params }) => typeof params[name] === "number"));
  const arms = armsOf(cells).length;
  if (arms > LINE_COLORS.length || numeric.length === 0) return { kind: "dots" };
  if (spec.random !== undefined) {
    return cells.length / arms < 5 ? { kind: "dots" } : { kind: "scatter", params: numeric.slice(0, MAX_SCATTERS) };
  }
  if (numeric.length < varying.length) return { kind: "dots" };
  const [x, y] = numeric as [string, ...string[]];
  if (y === undefined) return valuesOf(x).size < 3 ? { kind: "dots" } : { kind: "line", param: x };
  const isGrid = numeric.length === 2 && cells.length === arms * valuesOf(x).size * valuesOf(y).size;
  return isGrid && arms <= MAX_MAPS ? { kind: "heat", x, y } : { kind: "dots" };
}

/** The charts of one metric; none where no cell has a value. */
export function metricFigures(metric: MetricSummary, cells: readonly BatchCell[], shape: Shape): Figure[] {
  const known = metric.cells.flatMap((summary): Known[] => {
    const cell = cells[summary.cell];
    return summary.mean === null || cell === undefined ? [] : [{ cell, summary, spread: spreadOf(summary) }];
  });
  if (known.length === 0) return [];
  const title = metric.name;
  const said = rangeText(known);
  switch (shape.kind) {
    case "dots":
      return [dots(known, cells, title, said)];
    case "line":
      return [overParam(known, cells, shape.param, { title, said, joined: true })];
    case "scatter":
      return shape.params.map((param) => overParam(known, cells, param, { title, said, joined: false }));
    case "heat": {
      const maps = heatMaps(known, cells, shape, { title, said });
      return known.length > MAX_DOTS_BESIDE ? maps : [...maps, dots(known, cells, title, said)];
    }
  }
}

/** A metric turn by turn: a line and a band for some cells. */
export function trajectoryFigure({ metric, cells: shown }: Trajectory, cells: readonly BatchCell[]): Figure {
  const lines = shown.map(({ cell, points }, i): SpreadLine => ({
    name: cellName(cells[cell]!),
    color: i,
    points: points.map(([x, low, mid, high]) => ({ x, mid, low, high })),
  }));
  const most = Math.max(...shown.map(({ n }) => n));
  const some = shown.length < cells.length ? `${shown.length} of ${cells.length.toLocaleString("en-US")} cells; ` : "";
  const note = `${some}median and 10th to 90th percentile of up to ${most} run${most === 1 ? "" : "s"} each`;
  const ends = lines.map(({ name, points }) => `${name} ${compactNumber(points.at(-1)!.mid)}`).join(", ");
  const svg = lineChart(lines, {
    title: `${metric} turn by turn`,
    description: `Line chart, ${note}. Medians end at: ${ends}.`,
  }, { xLabel: "turn", integers: true });
  return { caption: metric, note, svg };
}

/** A cell with its values. */
interface Known {
  readonly cell: BatchCell;
  readonly summary: CellSummary;
  readonly spread: Spread;
}

function spreadOf({ mean, low, high }: CellSummary): Spread {
  return { mid: mean!, low, high };
}

/** Lowest and highest, for those who do not see the chart. */
function rangeText(known: readonly Known[]): string {
  const sorted = known.toSorted((a, b) => a.spread.mid - b.spread.mid);
  const text = ({ cell, spread }: Known) => `${compactNumber(spread.mid)} (${cellName(cell)})`;
  return sorted.length === 1 ? text(sorted[0]!) : `lowest ${text(sorted[0]!)}, highest ${text(sorted.at(-1)!)}`;
}

function armsOf(cells: readonly BatchCell[]): (string | null)[] {
  return [...new Set(cells.map(({ arm }) => arm))];
}

const INTERVAL = "mean and 95 % interval of each cell";

function dots(known: readonly Known[], cells: readonly BatchCell[], title: string, said: string): Figure {
  const arms = armsOf(cells);
  const shown = evenly(known, MAX_DOTS);
  const some = shown.length < known.length
    ? `; ${shown.length} of ${known.length.toLocaleString("en-US")} cells, evenly chosen`
    : "";
  const single = shown.some(({ spread }) => spread.low === null)
    ? "; rings: no interval, for too few runs or values without spread"
    : "";
  const svg = dotChart(
    shown.map(({ cell, summary, spread }): Dot => ({
      ...spread,
      name: cellName(cell),
      n: summary.n,
      color: arms.indexOf(cell.arm),
    })),
    { title, description: `Dot chart, ${INTERVAL}${some}: ${said}.` },
  );
  return { caption: title, note: `${INTERVAL}${single}${some}`, svg };
}

interface Said {
  readonly title: string;
  readonly said: string;
}

function overParam(
  known: readonly Known[],
  cells: readonly BatchCell[],
  param: string,
  { title, said, joined }: Said & { readonly joined: boolean },
): Figure {
  const lines = armsOf(cells).map((arm, color): SpreadLine => {
    const own = known.filter(({ cell }) => cell.arm === arm)
      .map(({ cell, spread }) => ({ ...spread, x: cell.params[param] as number }))
      .sort((a, b) => a.x - b.x);
    return { name: arm ?? "", color, points: evenly(own, MAX_VALUES) };
  });
  const shown = lines.reduce((sum, { points }) => sum + points.length, 0);
  const some = shown < known.length ? `; ${shown} of ${known.length.toLocaleString("en-US")} cells, evenly chosen` : "";
  const svg = lineChart(lines, {
    title,
    description: `${joined ? "Line" : "Dot"} chart over ${param}, ${INTERVAL}${some}: ${said}.`,
  }, {
    xLabel: param,
    joined,
  });
  return { caption: `${title} by ${param}`, note: `${INTERVAL}${some}`, svg };
}

function heatMaps(
  known: readonly Known[],
  cells: readonly BatchCell[],
  { x, y }: { readonly x: string; readonly y: string },
  { title, said }: Said,
): Figure[] {
  const sorted = (name: string) =>
    [...new Set(cells.map(({ params }) => params[name] as number))].sort((a, b) => a - b);
  const [all, allRows] = [sorted(x), sorted(y)];
  const [columns, rows] = [evenly(all, MAX_TILES_ASIDE), evenly(allRows, MAX_TILES_ASIDE)];
  const thinned = columns.length < all.length || rows.length < allRows.length;
  const mids = known.map(({ spread }) => spread.mid);
  const range = [mids.reduce((a, b) => Math.min(a, b)), mids.reduce((a, b) => Math.max(a, b))] as const;
  return armsOf(cells).map((arm) => {
    const found = new Map(
      known.filter(({ cell }) => cell.arm === arm)
        .map(({ cell: { params }, spread }) => [`${params[x]} ${params[y]}`, spread.mid]),
    );
    const name = arm === null ? title : `${title}, ${arm}`;
    const note = `mean of each combination of ${x} and ${y}${thinned ? "; some values left out, evenly" : ""}`;
    const svg = heatMap({
      columns: { name: x, values: columns },
      rows: { name: y, values: rows },
      values: rows.map((row) => columns.map((column) => found.get(`${column} ${row}`) ?? null)),
      range,
    }, { title: name, description: `Heat map, ${note}: ${said}.` });
    return { caption: `${name} by ${x} and ${y}`, note, svg };
  });
}
