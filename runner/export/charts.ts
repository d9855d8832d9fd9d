/** Charts of a run as SVG, drawn by Observable Plot on a document that linkedom provides. */

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { extent, niceTicks, type ValueAxis, valueAxis } from "./axis.ts";
import { type End, FONT_SIZE, labelsSvg, LEADER, spread, textWidth } from "./labels.ts";
import { compactNumber, ellipsis, escapeMarkup, FONTS, LINE_COLORS, minus, printable, words } from "../report/mod.ts";
import { endReason, type EventMark, type Row, type RunExport, runSeconds } from "./run.ts";
import { type Band, type Chart, chooseCharts, type Line, lineOf, thinned } from "./series.ts";

/** What a chart shows besides its lines, and how large. All lengths in CSS pixels. */
export interface ChartOptions {
  /** Drawn above the chart and read out by screen readers. */
  readonly title: string;
  /** Read out after the title. Default: what the lines are and where they end. */
  readonly description?: string;
  /** Unit of the values, written above the vertical axis. */
  readonly unit?: string;
  /** Name of the horizontal axis. Default: `turn`. */
  readonly xLabel?: string;
  /** Default 720. */
  readonly width?: number;
  /** Default 260. */
  readonly height?: number;
  /** Turns to mark by a dashed vertical line. */
  readonly marks?: readonly EventMark[];
  /** Whether the title is drawn; without, it is only read out. Default true. */
  readonly drawTitle?: boolean;
  /**
   * `literal` (default): colours for a white ground, for any viewer. `css`: custom properties `--line-1` … `--line-7` and
   * `currentColor` of the surrounding page, so that it can change with the colour scheme.
   */
  readonly colors?: "literal" | "css";
}

/** Which columns {@linkcode lineChartSvg} draws. */
export interface LineChartOptions extends ChartOptions {
  /** Column of the horizontal axis. Default `turn`. */
  readonly x?: string;
  /** Column, or several columns with a line each. */
  readonly y: string | readonly string[];
  /** Column by whose values the rows are split into a line each, e.g. `agent`. */
  readonly series?: string;
}

/**
 * A line chart of `rows` as an SVG element with `xmlns`, `viewBox`, `role="img"` and an accessible name. Lines are
 * labelled where they end, so there is no legend; null leaves a gap.
 *
 * @example
 * ```ts
 * import { lineChartSvg } from "./charts.ts";
 * const svg = lineChartSvg([{ turn: 0, gdp: 100 }, { turn: 1, gdp: 105 }], { y: "gdp", title: "GDP", unit: "USD bn" });
 * if (!svg.startsWith("<svg")) throw new Error(svg);
 * ```
 */
export function lineChartSvg(rows: readonly Row[], options: LineChartOptions): string {
  const x = options.x ?? "turn";
  const columns = typeof options.y === "string" ? [options.y] : options.y;
  const lines = options.series === undefined
    ? columns.map((column) => lineOf(rows, column, column, x))
    : splitLines(rows, options.series, columns, x);
  return drawChart({ lines }, { xLabel: x, ...options });
}

/** The SVG of a chart that {@linkcode chooseCharts} chose. */
export function chartSvg(chart: Chart, options: Partial<ChartOptions> = {}): string {
  return drawLayout(chartLayout(chart, options));
}

/** The SVGs of charts that stand side by side or below each other: same margins, so that turns align. */
export function alignedSvgs(charts: readonly Chart[], options: Partial<ChartOptions> = {}): string[] {
  const plans = charts.map((chart) => chartLayout(chart, options));
  const marginLeft = Math.max(0, ...plans.map((plan) => plan.marginLeft));
  const marginRight = Math.max(0, ...plans.map((plan) => plan.marginRight));
  return plans.map((plan) => drawLayout({ ...plan, marginLeft, marginRight }));
}

function chartLayout(chart: Chart, options: Partial<ChartOptions>): Layout {
  return layout(chart, {
    title: chartTitle(chart),
    ...(chart.unit === undefined ? {} : { unit: chart.unit }),
    ...options,
  });
}

/** The heading of a chart: its variable in words. */
export function chartTitle(chart: Chart): string {
  // A short word without a vowel is an abbreviation: GDP.
  const name = words(chart.variable).replace(/\b[^\Waeiouy\d_]{2,4}\b/g, (word) => word.toUpperCase());
  return name.slice(0, 1).toLocaleUpperCase("en") + name.slice(1);
}

/** The run's main charts below each other as one SVG document, on white, at most `maxCharts` of them. */
export function toSvg(run: RunExport, maxCharts = 12): string {
  const width = 800;
  const pad = 32;
  const { charts } = chooseCharts(run, maxCharts);
  const name = printable(run.scenario.simulation.name);
  const facts = summaryLine(run);
  const notes = run.events.marks.slice(0, 3).map((mark) => `┊ turn ${mark.turn}: ${mark.label}`);
  if (run.events.marks.length > 3) notes.push(`┊ and ${run.events.marks.length - 3} more interventions`);
  const plans = charts.map((chart) =>
    chartLayout(chart, {
      width: width - 2 * pad,
      height: chart.section === "agents" ? 300 : 220,
      marks: run.events.marks,
    })
  );
  // Shared margins put the same turn of all charts at the same place.
  const marginLeft = Math.max(0, ...plans.map((plan) => plan.marginLeft));
  const marginRight = Math.max(0, ...plans.map((plan) => plan.marginRight));
  let top = 78 + 18 * notes.length + 26;
  const parts: string[] = [];
  for (const plan of plans) {
    const svg = drawLayout({ ...plan, marginLeft, marginRight });
    parts.push(svg.replace("<svg ", `<svg x="${pad}" y="${top}" `));
    top += (plan.options.height ?? 0) + 24;
  }
  if (charts.length === 0) {
    parts.push(`<text x="${pad}" y="${top}" font-size="14" fill="#5b5b66">This run recorded no numbers.</text>`);
    top += 40;
  }
  const height = top + 8;
  const description = `${facts}. Charts: ${charts.map(chartTitle).join(", ") || "none"}.`;
  const line = (y: number, text: string) =>
    `<text x="${pad}" y="${y}" font-size="13" fill="#5b5b66">${escapeMarkup(ellipsis(text, 105))}</text>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" \
font-family="${FONTS}" color="#1b1f27" fill="currentColor" role="img" aria-labelledby="title description">
<title id="title">${escapeMarkup(name)}</title>
<desc id="description">${escapeMarkup(description)}</desc>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="${pad}" y="52" font-size="24" font-weight="650">${escapeMarkup(ellipsis(name, 52))}</text>
${[facts, ...notes].map((text, i) => line(78 + 18 * i, text)).join("\n")}
${parts.join("\n")}
</svg>
`;
}

function summaryLine(run: RunExport): string {
  const { manifest } = run;
  const seconds = runSeconds(manifest);
  const validity = manifest.validity.state === "valid" ? "" : `, ${manifest.validity.state}`;
  const reason = endReason(run);
  return printable([
    `${manifest.status}${validity}`,
    `turn ${manifest.turn} of ${manifest.max_turns}`,
    `seed ${manifest.seed}`,
    ...(seconds === null ? [] : [`${compactNumber(seconds)} s`]),
    ...(reason === null ? [] : [reason]),
  ].join(" · "));
}

function splitLines(rows: readonly Row[], series: string, columns: readonly string[], x: string): Line[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = String(row[series] ?? "");
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].flatMap(([name, group]) =>
    columns.map((column) => lineOf(group, column, columns.length === 1 ? name : `${name} ${column}`, x))
  );
}

/** A line with how it is drawn. */
interface StyledLine extends Line {
  readonly color: string;
  readonly dash: string | null;
}

/** What is drawn: lines, or a band. */
interface Drawing {
  readonly lines: readonly Line[];
  readonly band?: Band;
}

function drawChart(chart: Drawing, options: ChartOptions): string {
  return drawLayout(layout(chart, options));
}

/** Everything about a chart that is known before it is drawn, so that charts below each other can share margins. */
interface Layout {
  readonly options: ChartOptions;
  readonly chart: Drawing;
  readonly lines: readonly StyledLine[];
  readonly ends: readonly End[];
  readonly xs: readonly [number, number];
  readonly axis: ValueAxis;
  readonly colors: { readonly first: string; readonly muted: string; readonly ground: string };
  readonly marginLeft: number;
  readonly marginRight: number;
}

function layout(chart: Drawing, options: ChartOptions): Layout {
  const { width = 720, height = 260 } = options;
  const css = options.colors === "css";
  const color = (i: number) => {
    const n = i % LINE_COLORS.length;
    return css ? `var(--line-${n + 1})` : LINE_COLORS[n]!;
  };
  const muted = css ? "var(--muted)" : "#5b5b66";
  const ground = css ? "var(--surface)" : "#ffffff";

  const lines: StyledLine[] = chart.lines.map((line, i) => ({
    ...thinned(line),
    color: color(i),
    dash: i < LINE_COLORS.length ? null : "5 3",
  }));
  const bandPoints = chart.band?.points ?? [];
  const xs = extent([...lines.flatMap((line) => line.points.map(([x]) => x)), ...bandPoints.map(([x]) => x)]);
  const ys = extent([
    ...lines.flatMap((line) => line.points.flatMap(([, y]) => y === null ? [] : [y])),
    ...bandPoints.flatMap(([, low, , high]) => [low, high]),
  ]);
  const axis = valueAxis(ys, Math.max(3, Math.floor(height / 55)));

  const labelLength = Math.max(8, Math.floor(width / 36));
  const ends = [
    ...lines.flatMap((line) => {
      const end = line.points.findLast(([, y]) => y !== null);
      return end === undefined ? [] : [{
        name: lines.length === 1 ? "" : ellipsis(printable(line.name), labelLength),
        x: end[0],
        value: end[1]!,
        color: line.color,
        dash: line.dash,
      }];
    }),
    ...bandEnds(bandPoints.at(-1), color(0), muted),
  ];
  return {
    options,
    chart,
    lines,
    ends,
    xs,
    axis,
    colors: { first: color(0), muted, ground },
    marginLeft: 16 + Math.max(...axis.ticks.map((tick) => textWidth(axis.format(tick)))),
    marginRight: (ends.length > 1 ? LEADER + 12 : 16) +
      Math.max(0, ...ends.map((end) => textWidth(`${end.name} ${compactNumber(end.value)}`))),
  };
}

function drawLayout(plan: Layout): string {
  const { options, chart, lines, ends, xs, axis, colors, marginLeft, marginRight } = plan;
  const { width = 720, height = 260, marks = [], unit, drawTitle = true } = options;
  const xLabel = printable(options.xLabel ?? "turn");
  const { muted } = colors;
  const marginTop = 14 + (drawTitle ? 26 : 0) + (unit === undefined ? 0 : 16);
  const marginBottom = 28;
  const [top, bottom] = [marginTop, height - marginBottom];
  const pixel = (value: number) =>
    bottom - (value - axis.domain[0]) / (axis.domain[1] - axis.domain[0]) * (bottom - top);
  const labels = labelsSvg(spread(ends, pixel, top, bottom), {
    xs,
    left: marginLeft,
    right: width - marginRight,
    pixel,
    ground: colors.ground,
  });
  const bandPoints = chart.band?.points ?? [];
  const xTicks = niceTicks(xs[0], xs[1], Math.max(3, Math.floor(width / 90)), true)
    .filter((tick) => tick >= xs[0] && tick <= xs[1]);
  const shownMarks = marks.filter((mark) => mark.turn >= xs[0] && mark.turn <= xs[1]);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = Plot.plot({
    // linkedom's document is a DOM document in all that Plot uses, but has types of its own.
    document: document as unknown as Document,
    width,
    height,
    marginTop,
    marginRight,
    marginBottom,
    marginLeft,
    style: { fontSize: `${FONT_SIZE}px`, background: "none" },
    x: { type: "linear", domain: xs[0] === xs[1] ? [xs[0] - 1, xs[1] + 1] : [...xs] },
    y: { type: "linear", domain: [...axis.domain] },
    marks: [
      Plot.gridY(axis.ticks, { stroke: "currentColor", strokeOpacity: 0.12 }),
      Plot.axisY(axis.ticks, { tickSize: 0, tickPadding: 8, tickFormat: axis.format, fill: muted, label: null }),
      Plot.axisX(xTicks, {
        tickSize: 5,
        tickPadding: 4,
        // The first label carries the axis name: "turn 0".
        tickFormat: (turn: number, i: number) => `${i === 0 ? `${xLabel} ` : ""}${minus(turn.toLocaleString("en-US"))}`,
        stroke: muted,
        strokeOpacity: 0.6,
        fill: muted,
        label: null,
      }),
      ...(axis.domain[0] < 0 && axis.domain[1] > 0 ? [Plot.ruleY([0], { stroke: muted, strokeOpacity: 0.7 })] : []),
      Plot.ruleX(shownMarks, {
        x: "turn",
        stroke: muted,
        strokeDasharray: "2 3",
        title: (mark: EventMark) => printable(`turn ${mark.turn}: ${mark.label}`),
      }),
      ...bandMarks(bandPoints, colors.first),
      ...lines.map((line) =>
        Plot.line(line.points, {
          x: (point: Line["points"][number]) => point[0],
          y: (point: Line["points"][number]) => point[1],
          z: null,
          stroke: line.color,
          strokeWidth: 2,
          strokeLinejoin: "round",
          strokeLinecap: "round",
          ...(line.dash === null ? {} : { strokeDasharray: line.dash }),
          // One title for the line: a channel would repeat it for every point.
          title: () => printable(line.name),
        })
      ),
    ],
  });
  return finished(svg as unknown as SVGSVGElement, describe(chart, ends, xs, options), {
    title: drawTitle ? printable(options.title) : null,
    unit: unit === undefined ? null : printable(unit),
    muted,
    labels,
  }, options);
}

function bandEnds(end: Band["points"][number] | undefined, color: string, muted: string): End[] {
  if (end === undefined) return [];
  const [x, low, median, high] = end;
  return [
    { name: "p90", x, value: high, color: muted, dash: null },
    { name: "median", x, value: median, color, dash: null },
    { name: "p10", x, value: low, color: muted, dash: null },
  ];
}

function bandMarks(points: Band["points"], color: string): Plot.Markish[] {
  if (points.length === 0) return [];
  type Point = Band["points"][number];
  return [
    Plot.areaY(points, {
      x: (point: Point) => point[0],
      y1: (point: Point) => point[1],
      y2: (point: Point) => point[3],
      z: null,
      fill: color,
      fillOpacity: 0.2,
      title: () => "10th to 90th percentile of the agents",
    }),
    Plot.line(points, {
      x: (point: Point) => point[0],
      y: (point: Point) => point[2],
      z: null,
      stroke: color,
      strokeWidth: 2,
      title: () => "median of the agents",
    }),
  ];
}

/** The element's text, with what Plot does not do: namespace, accessible name, title and unit. */
function finished(
  svg: SVGSVGElement,
  description: string,
  texts: {
    readonly title: string | null;
    readonly unit: string | null;
    readonly muted: string;
    readonly labels: string;
  },
  options: ChartOptions,
): string {
  // Plot names groups for screen readers without a role, which is not allowed; the whole picture has one name instead.
  for (const element of svg.querySelectorAll("[aria-label], [aria-hidden]")) {
    element.removeAttribute("aria-label");
    element.removeAttribute("aria-hidden");
  }
  svg.querySelector("style")?.remove();
  svg.removeAttribute("class");
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("font-family", FONTS);
  if (options.colors !== "css") svg.setAttribute("color", "#1b1f27");
  const title = texts.title === null
    ? ""
    : `<text x="0" y="16" text-anchor="start" font-size="15" font-weight="600">${
      escapeMarkup(ellipsis(texts.title, Math.floor((options.width ?? 720) / 9)))
    }</text>`;
  const unit = texts.unit === null
    ? ""
    : `<text x="0" y="${texts.title === null ? 11 : 36}" text-anchor="start" font-size="12" fill="${texts.muted}">${
      escapeMarkup(ellipsis(texts.unit, Math.floor((options.width ?? 720) / 8)))
    }</text>`;
  const label = escapeMarkup(`${options.title}. ${options.description ?? description}`);
  // linkedom writes a no-break space as an entity that XML does not know, and attributes with a raw "<".
  return svg.outerHTML.replaceAll("&nbsp;", "&#160;")
    .replace("<svg ", () => `<svg aria-label="${label}" `)
    .replace(/<\/svg>$/, () => `${texts.labels}${title}${unit}</svg>`);
}

function describe(
  chart: Drawing,
  ends: readonly End[],
  xs: readonly [number, number],
  options: ChartOptions,
): string {
  const span = `${options.xLabel ?? "turn"} ${xs[0]} to ${xs[1]}`;
  const unit = options.unit === undefined ? "" : ` ${options.unit}`;
  const values = ends.map((end) => `${end.name} ${compactNumber(end.value)}`.trim()).join(", ");
  if (ends.length === 0) return `Line chart without values.`;
  const kind = chart.band === undefined ? "Line chart" : "Band between 10th and 90th percentile with median";
  return `${kind}, ${span}. Ends at ${values}${unit}.`;
}
