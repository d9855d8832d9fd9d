/**
 * What a chart is told, as options for Observable Plot. Nothing of Plot is imported here: pages load it when they need it,
 * exports on the server.
 */

import type * as Plot from "@observablehq/plot";
import { compactNumber, ellipsis } from "../../report/markup.ts";
import { extent, niceTicks, valueAxis } from "../../export/axis.ts";
import { thinned } from "../../export/series.ts";
import { textWidth } from "../../export/labels.ts";
import { type ChartLine, linesOfSpec, type SpecRow } from "./lines.ts";
import { endLabels } from "./end_labels.ts";
import { specMarks } from "./spec_marks.ts";
import type { ChartSpec } from "../view.ts";

/** The functions of Plot that are used: named one by one, so that a bundle has no others. */
export type PlotKit = Pick<
  typeof Plot,
  | "areaY"
  | "barY"
  | "binX"
  | "cell"
  | "dot"
  | "frame"
  | "group"
  | "groupX"
  | "lineY"
  | "pointer"
  | "pointerX"
  | "rectY"
  | "ruleX"
  | "ruleY"
  | "text"
  | "tip"
>;

/** Lines over a common axis. */
export interface LinesJob {
  readonly kind: "lines";
  readonly lines: readonly ChartLine[];
  readonly xLabel: string;
  readonly yLabel?: string;
  /** `utc`: the horizontal values are milliseconds since 1970. */
  readonly xType?: "linear" | "utc";
  readonly log?: boolean | "x" | "y" | "both";
  /** The horizontal axis from and to here, so that several pictures share it. */
  readonly xDomain?: readonly [number, number];
}

/** What a cell of kind chart asks for. */
export interface SpecJob {
  readonly kind: "spec";
  readonly spec: ChartSpec;
  readonly rows: readonly SpecRow[];
}

/** A picture to be drawn. */
export type ChartJob = LinesJob | SpecJob;

/** The room it has, in CSS pixels, and its colours. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Colour of a series by its name, the same on the whole page. */
  readonly colorOf: (name: string) => string;
}

/** Plot's class names begin with it; its rules are in the page's style sheet. */
export const CLASS_NAME = "plot";
/** Points of a line by pixel: more cannot be seen. */
const POINTS_BY_PIXEL = 2;
/** Between the last value and the label of it. */
const LABEL_GAP = 9;
/** Margins come in steps: pictures below each other have the same, and one that grows does not jump with every digit. */
const MARGIN_STEP = 16;
/** Room for the value at the end of a line that stands alone. */
const LEAST_RIGHT = 64;
/** Lines whose values are told together where the mouse is. */
const MOST_TOLD = 8;

/** Options for `plot`, which is not called here. */
export function chartOptions(kit: PlotKit, job: ChartJob, frame: Frame): Plot.PlotOptions {
  const { width, height } = frame;
  const common: Plot.PlotOptions = { width, height, className: CLASS_NAME, style: { fontSize: "12px" } };
  if (job.kind === "lines") return { ...common, ...linesOptions(kit, job, frame) };
  const lines = linesOfSpec(job.spec, job.rows);
  if (lines !== null) return { ...common, ...linesOptions(kit, lines, frame) };
  return { ...common, ...specMarks(kit, job, frame) };
}

function linesOptions(kit: PlotKit, job: LinesJob, frame: Frame): Plot.PlotOptions {
  const { width, height, colorOf } = frame;
  const [isLogX, isLogY] = [
    job.log === "x" || job.log === "both",
    job.log === true || job.log === "y" || job.log === "both",
  ];
  const lines = job.lines.map((line) => drawable(line, width, isLogX, isLogY)).filter(({ points }) =>
    points.length > 0
  );
  const values = lines.flatMap(({ points, band = [] }) => [
    ...points.flatMap(([, y]) => y === null ? [] : [y]),
    ...band.flatMap(([, low, high]) => [low, high]),
  ]);
  const xs = lines.flatMap(({ points }) => [points[0]![0], points.at(-1)![0]]);
  const [x0, x1] = job.xDomain ?? extent(xs);
  const y = isLogY || values.length === 0 ? null : valueAxis(extent(values), Math.max(2, Math.round(height / 48)));
  const hasNames = lines.length > 1;
  const labels = lines.flatMap(({ name, points }) => {
    const end = points.findLast(([, value]) => value !== null);
    const short = ellipsis(name, width < 480 ? 14 : 28);
    return end === undefined
      ? []
      : [{ name: hasNames ? short : "", x: end[0], value: end[1]!, color: colorOf(name), dash: null }];
  });
  const labelWidth = Math.max(
    0,
    ...labels.map(({ name, value }) => textWidth(`${name} ${compactNumber(value)}`.trim())),
  );
  const tickWidth = y === null ? 40 : Math.max(...y.ticks.map((tick) => textWidth(y.format(tick))));
  return {
    marginTop: job.yLabel === undefined ? 12 : 26,
    marginBottom: 34,
    marginLeft: stepped(tickWidth + 12),
    marginRight: Math.min(
      hasNames ? stepped(labelWidth + 34) : Math.max(LEAST_RIGHT, stepped(labelWidth + LABEL_GAP + 4)),
      Math.floor(width * 0.45),
    ),
    x: {
      type: job.xType === "utc" ? "utc" : isLogX ? "log" : "linear",
      domain: x0 === x1 ? [x0 - 0.5, x1 + 0.5] : [x0, x1],
      label: job.xLabel,
      labelArrow: "none",
      labelAnchor: "center",
      ...(job.xType !== "utc" && !isLogX && turnTicks(xs, [x0, x1], width)),
    },
    y: y === null
      ? { type: isLogY ? "log" : "linear", grid: true, label: job.yLabel ?? null, tickFormat: compactNumber, ticks: 4 }
      : {
        domain: y.domain as [number, number],
        ticks: y.ticks as number[],
        tickFormat: y.format,
        grid: true,
        label: job.yLabel ?? null,
        labelArrow: "none",
      },
    marks: [
      ...(y !== null && y.domain[0] < 0 && y.domain[1] > 0 ? [kit.ruleY([0], { strokeOpacity: 0.4 })] : []),
      ...lines.flatMap(({ name, band }) =>
        band === undefined ? [] : [kit.areaY(band, {
          x: (point) => point[0],
          y1: (point) => point[1],
          y2: (point) => point[2],
          fill: colorOf(name),
          fillOpacity: 0.16,
        })]
      ),
      ...lines.map(({ name, points, dashed }) =>
        kit.lineY(points, {
          x: (point) => point[0],
          y: (point) => point[1] ?? NaN,
          stroke: colorOf(name),
          strokeWidth: 2,
          strokeLinejoin: "round",
          ...(dashed && { strokeDasharray: "5 3" }),
        })
      ),
      ...pointed(kit, job, lines),
      endLabels(labels),
    ],
  };
}

function stepped(width: number): number {
  return Math.ceil(width / MARGIN_STEP) * MARGIN_STEP;
}

/** A line as it can be drawn: thinned, and without what a logarithm has not. */
function drawable(line: ChartLine, width: number, isLogX: boolean, isLogY: boolean): ChartLine {
  const points = thinned(line, Math.max(50, POINTS_BY_PIXEL * width)).points
    .filter(([x]) => !isLogX || x > 0)
    .map(([x, y]) => [x, y === null || (isLogY && y <= 0) ? null : y] as const);
  const band = line.band?.filter(([x, low]) => (!isLogX || x > 0) && (!isLogY || low > 0));
  return { ...line, points, ...(band && { band }) };
}

/** A place on the horizontal axis, with what the lines have there. */
interface Told {
  readonly x: number;
  /** Of the first line that has one: where the words point to. */
  readonly y: number;
  /** By line. */
  readonly values: readonly (number | null)[];
}

/** What is shown where the mouse is: the values of all lines there. */
function pointed(kit: PlotKit, { xType, xLabel, lines: whole }: LinesJob, lines: readonly ChartLine[]): Plot.Markish[] {
  const told = lines.slice(0, MOST_TOLD);
  const points = toldPoints(told, told.map(({ name }) => whole.find((line) => line.name === name)!));
  const x = (point: Told) => point.x;
  const where = (at: number | Date) =>
    xType === "utc" ? new Date(at).toISOString().slice(0, 10) : compactNumber(Number(at));
  const value = (at: number | null) => at === null ? "–" : compactNumber(at);
  // Plot would make names of the channels' own names.
  const channels = Object.fromEntries(
    told.map(({ name }, i) => [`line ${i}`, { value: (point: Told) => point.values[i], label: ellipsis(name, 28) }]),
  );
  const formats = Object.fromEntries(told.map((_, i) => [`line ${i}`, value]));
  return [
    kit.ruleX(points, kit.pointerX({ x, stroke: "currentColor", strokeOpacity: 0.35 })),
    kit.tip(
      points,
      // Only what is pointed at is put into words.
      kit.pointerX(
        {
          x: { value: x, label: xLabel },
          y: (point: Told) => point.y,
          channels,
          maxRadius: 60,
          format: { x: where, y: null, ...formats },
        } as unknown as Plot.TipOptions & Plot.PointerOptions,
      ),
    ),
  ];
}

/** Places at which any of the lines is drawn, with the values that all have there, those that were thinned too. */
function toldPoints(drawn: readonly ChartLine[], whole: readonly ChartLine[]): Told[] {
  if (drawn.length === 1) {
    return drawn[0]!.points.flatMap(([x, y]) => y === null ? [] : [{ x, y, values: [y] }]);
  }
  const byX = whole.map(({ points }) => new Map(points));
  const places = new Map<number, number>();
  for (const { points } of drawn) {
    for (const [x, y] of points) if (y !== null && !places.has(x)) places.set(x, y);
  }
  return [...places].map(([x, y]) => ({ x, y, values: byX.map((line) => line.get(x) ?? null) }));
}

/** Whole numbers only where all values are. */
function turnTicks(xs: readonly number[], [x0, x1]: readonly [number, number], width: number) {
  const count = Math.max(2, Math.round(width / 90));
  if (!xs.every(Number.isInteger)) return { ticks: count, tickFormat: compactNumber };
  return {
    ticks: niceTicks(x0, x1, count, true).filter((tick) => tick >= x0 && tick <= x1),
    tickFormat: compactNumber,
  };
}
