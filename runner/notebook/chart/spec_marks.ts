/** Marks of charts that are no lines over a common axis. */

import type * as Plot from "@observablehq/plot";
import { compactNumber, ellipsis } from "../../report/markup.ts";
import { textWidth } from "../../export/labels.ts";
import { axesOf, intervalOf, label, numeric } from "./lines.ts";
import { legendMark, legendOf } from "./legend.ts";
import type { Frame, PlotKit, SpecJob } from "./options.ts";

/** A row of the data and one of the columns that are drawn of it. */
interface Point {
  readonly x: string | number | null;
  readonly y: number | string | null;
  readonly series: string | null;
  readonly facet: string | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly fill: number | null;
}

/** What the marks of one chart have in common. */
interface Drawing {
  readonly points: readonly Point[];
  readonly x: string;
  readonly y: readonly string[];
  readonly series: readonly string[];
  /** Whether its horizontal axis has names in place of numbers. */
  readonly isOrdinal: boolean;
  readonly reducer: readonly [name: string, column: string] | null;
  /** Columns of {@linkcode Point} by which pictures stand side by side or below each other. */
  readonly facets: { readonly fx?: "facet" | "x"; readonly fy?: "facet" };
  /** Whether bars of one name stand side by side, one for each series. */
  readonly isGrouped: boolean;
}

/** Of the vertical axis's label, which stands above the picture. */
const LABEL_HEIGHT = 16;

/** Options of a chart for Plot, without its size. */
export function specMarks(kit: PlotKit, job: SpecJob, frame: Frame): Plot.PlotOptions {
  const { spec } = job;
  const drawing = drawingOf(job, frame);
  const { points, x, y, isOrdinal } = drawing;
  const names = [...new Set(points.map((point) => String(point.x)))];
  const room = (frame.width - 90) / Math.max(1, names.length);
  const widest = Math.max(0, ...names.map((name) => textWidth(shortened(name))));
  const isTurned = isOrdinal && widest > room;
  const isLog = (axis: "x" | "y") => spec.log === axis || spec.log === "both" || (axis === "y" && spec.log === true);
  const isCell = spec.mark === "cell";
  const yWidth = isCell
    ? Math.min(160, Math.max(30, ...points.map((point) => textWidth(shortened(label(point.y))))))
    : 48;
  const legend = legendOf(drawing.series, frame.colorOf, frame.width);
  return {
    marginTop: LABEL_HEIGHT + 10 + legend.height,
    marginLeft: yWidth + 14,
    marginBottom: isTurned ? Math.min(110, widest * 0.75 + 30) : 36,
    marginRight: drawing.series.length > 1 ? 16 : 20,
    x: {
      label: x,
      labelArrow: "none",
      labelAnchor: "center",
      ...(drawing.isGrouped ? { axis: null, domain: drawing.series, padding: 0.05 } : isOrdinal
        ? {
          type: isBand(spec.mark) ? "band" : "point",
          padding: isCell ? 0 : spec.mark === "bar" ? 0.25 : 0.5,
          domain: sortedNames(points),
          tickFormat: shortened,
        }
        : { ...(isLog("x") && { type: "log" }), nice: spec.mark === "dot" }),
      ...(isTurned && { tickRotate: -40 }),
    } as Plot.ScaleOptions,
    y: {
      label: spec.mark === "histogram" ? "count" : spec.label ?? y.join(", "),
      labelArrow: "none",
      grid: !isCell,
      labelAnchor: "top",
      ...(isCell ? { tickFormat: shortened, type: "band", padding: 0 } : {
        nice: true,
        tickFormat: compactNumber,
        ...(isLog("y") && { type: "log" }),
      }),
    } as Plot.ScaleOptions,
    fx: {
      label: drawing.isGrouped ? x : spec.facet ?? null,
      ...(drawing.isGrouped && { domain: sortedNames(points) }),
    },
    fy: { label: spec.facet ?? null },
    ...(drawing.series.length > 0 && {
      color: { type: "ordinal", domain: drawing.series as string[], range: drawing.series.map(frame.colorOf) },
    }),
    marks: [
      ...marksOf(kit, job, drawing),
      // A frame in name only: a mark of its own would come once for every facet.
      kit.frame({ facet: "super", render: legendMark(legend, LABEL_HEIGHT) }),
    ],
  };
}

function drawingOf({ spec, rows }: SpecJob, { width }: Frame): Drawing {
  const axes = axesOf(spec, rows);
  const { x } = axes;
  // What is counted, or stands alone, has one column only.
  const isAlone = spec.mark === "histogram" || (spec.mark === "rule" && spec.y === undefined);
  const y = isAlone ? [x] : axes.y;
  const reducer = typeof spec.fill === "object" ? Object.entries(spec.fill)[0] ?? null : null;
  const fill = typeof spec.fill === "string" ? spec.fill : reducer?.[1];
  const isMeasured = spec.mark === "cell" || reducer !== null;
  const split = spec.stroke ?? (isMeasured ? undefined : fill);
  const isColumn = (name: string | undefined) => name !== undefined && rows.some((row) => Object.hasOwn(row, name));
  const points = rows.flatMap((row): Point[] =>
    y.map((column) => {
      const ends = intervalOf(spec, row, column);
      const group = isColumn(split) ? label(row[split!]) : null;
      return {
        x: plain(row[x]),
        y: spec.mark === "cell" ? plain(row[column]) : numeric(row[column]),
        series: y.length === 1 ? group : group === null ? column : `${group} ${column}`,
        facet: isColumn(spec.facet) ? label(row[spec.facet!]) : null,
        low: ends?.[0] ?? null,
        high: ends?.[1] ?? null,
        fill: fill === undefined ? null : numeric(row[fill]),
      };
    })
  );
  const series = [...new Set(points.flatMap((point) => point.series === null ? [] : [point.series]))];
  const pictures = new Set(points.map(({ facet }) => facet)).size;
  const isGrouped = spec.mark === "bar" && series.length > 1 && pictures === 1 && split !== x;
  const facets: Drawing["facets"] = pictures < 2 ? {} : pictures > 3 || width < 480 ? { fy: "facet" } : { fx: "facet" };
  return {
    isGrouped,
    facets: isGrouped ? { fx: "x" } : facets,
    points,
    x,
    y,
    series,
    reducer: reducer as Drawing["reducer"],
    isOrdinal: isBand(spec.mark) || rows.some((row) => typeof row[x] === "string"),
  };
}

function marksOf(kit: PlotKit, { spec }: SpecJob, drawing: Drawing): Plot.Markish[] {
  const { points, facets, isGrouped } = drawing;
  const data = points as Point[];
  const paint = drawing.series.length > 0 ? "series" : FIRST;
  const x = isGrouped ? "series" : "x";
  const at = { ...facets, x, y: "y" } as const;
  const title = (point: Point) => titleOf(drawing, point);
  const tip = kit.tip(data, kit.pointer({ ...at, title, maxRadius: 40 }));
  const ends = data.filter(({ low, high }) => low !== null && high !== null);
  const interval = ends.length === 0 ? [] : [
    kit.ruleX(ends, {
      ...facets,
      x,
      y1: "low",
      y2: "high",
      stroke: spec.mark === "bar" ? "currentColor" : paint,
      strokeWidth: 1.5,
    }),
  ];
  switch (spec.mark) {
    case "dot":
      return [...interval, kit.dot(data, { ...at, fill: paint, r: 4 }), tip];
    case "area":
      return [
        kit.areaY(data, { ...at, z: "series", fill: paint, fillOpacity: 0.25 }),
        kit.lineY(data, { ...at, z: "series", stroke: paint, strokeWidth: 2 }),
        kit.ruleY([0]),
        tip,
      ];
    case "bar":
      return [kit.barY(data, { ...at, fill: paint, insetLeft: 1, insetRight: 1 }), kit.ruleY([0]), ...interval, tip];
    case "cell":
      return cellMarks(kit, drawing);
    case "rule":
      if (spec.y === undefined) return [kit.ruleX(data, { ...facets, x, stroke: paint, strokeWidth: 2 })];
      return [kit.ruleX(data, { ...at, stroke: paint, strokeWidth: 2 }), kit.ruleY([0]), tip];
    case "histogram":
      return [
        kit.rectY(
          data,
          kit.binX({ y: "count" }, { ...facets, x: "x", fill: paint, insetLeft: 1 }) as Plot.RectYOptions,
        ),
        kit.ruleY([0]),
      ];
    default:
      return [
        ...interval,
        kit.lineY(data, { ...at, z: "series", stroke: paint, strokeWidth: 2 }),
        kit.dot(data, { ...at, fill: paint, r: 3 }),
        tip,
      ];
  }
}

/** Where there is one series only. */
const FIRST = "var(--series-1)";

/** A heat map: every cell with its number, on the accent of the page the deeper the higher. */
function cellMarks(kit: PlotKit, { points, reducer, facets }: Drawing): Plot.Markish[] {
  const cells = [...Map.groupBy(points, ({ x, y, facet }) => JSON.stringify([x, y, facet])).values()].map((
    members,
  ) => ({
    x: members[0]!.x,
    y: members[0]!.y,
    facet: members[0]!.facet,
    value: reduced(reducer?.[0] ?? "mean", members.flatMap(({ fill }) => fill === null ? [] : [fill])),
  }));
  const values = cells.flatMap(({ value }) => value === null ? [] : [value]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const depth = (value: number | null) => value === null ? 0 : low === high ? 0.5 : (value - low) / (high - low);
  return [...Map.groupBy(cells, ({ value }) => ground(depth(value))).entries()].map(([fill, members]) =>
    kit.cell(members, { ...facets, x: "x", y: "y", fill, inset: 1, rx: 3 }) as Plot.Markish
  ).concat([
    kit.text(cells, {
      ...facets,
      x: "x",
      y: "y",
      text: ({ value }) => value === null ? "–" : compactNumber(value),
      fill: "currentColor",
    }),
  ]);
}

/** The ground of a cell, for a share of the way from the lowest to the highest. */
export function ground(share: number): string {
  return `color-mix(in oklab, var(--accent) ${8 + Math.round(share * 11) * 4}%, var(--bg))`;
}

function reduced(name: string, values: readonly number[]): number | null {
  if (name === "count") return values.length;
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  const sorted = values.toSorted((a, b) => a - b);
  switch (name) {
    case "sum":
      return sum;
    case "min":
      return sorted[0]!;
    case "max":
      return sorted.at(-1)!;
    case "median":
      return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
    default:
      return sum / values.length;
  }
}

function titleOf({ x, y }: Drawing, point: Point): string {
  const value = (each: string | number | null) => typeof each === "number" ? compactNumber(each) : label(each);
  const interval = point.low === null ? "" : ` (${value(point.low)} to ${value(point.high)})`;
  return [
    ...(point.series === null ? [] : [point.series]),
    `${x} ${value(point.x)}`,
    `${y.length === 1 ? y[0] : "value"} ${value(point.y)}${interval}`,
  ].join("\n");
}

function sortedNames(points: readonly Point[]): (string | number)[] {
  const names = [...new Set(points.flatMap(({ x }) => x === null ? [] : [x]))];
  return names.every((name) => typeof name === "number") ? names.sort((a, b) => Number(a) - Number(b)) : names;
}

function isBand(mark: string): boolean {
  return mark === "bar" || mark === "cell";
}

function plain(value: unknown): string | number | null {
  return value === null || value === undefined ? null : numeric(value) ?? label(value);
}

function shortened(value: unknown): string {
  return typeof value === "number" ? compactNumber(value) : ellipsis(label(value), 22);
}
