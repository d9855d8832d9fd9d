/** Charts of a batch as SVG, in the colours of the surrounding page ({@linkcode REPORT_CSS}). */

import { extent, niceTicks, valueAxis } from "../axis.ts";
import { compactNumber, ellipsis, escapeMarkup, FONTS, LINE_COLORS, minus, printable } from "../../report/mod.ts";
import { FONT_SIZE, labelsSvg, LEADER, spread, textWidth } from "../labels.ts";

/** A value with its interval; both ends are null where there is none. */
export interface Spread {
  readonly mid: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** One cell of {@linkcode dotChart}. */
export interface Dot extends Spread {
  readonly name: string;
  /** Runs behind it. */
  readonly n: number;
  /** Which of the line colours, from 0; further ones begin again. */
  readonly color: number;
}

/** One line of {@linkcode lineChart}, from left to right. */
export interface SpreadLine {
  readonly name: string;
  readonly color: number;
  readonly points: readonly (Spread & { readonly x: number })[];
}

/** What is read out in place of a chart. */
export interface ChartName {
  /** What the values are. */
  readonly title: string;
  /** What the chart shows of them. */
  readonly description: string;
}

const WIDTH = 960;
const ROW_HEIGHT = 26;
const MAX_NAME_WIDTH = 300;

/** Values with intervals below each other, a name to each; a value without interval is a ring. */
export function dotChart(dots: readonly Dot[], name: ChartName): string {
  const names = dots.map((dot) => fitting(dot.name, MAX_NAME_WIDTH));
  const values = dots.map(({ mid }) => compactNumber(mid));
  const left = 20 + widest(names);
  const right = WIDTH - 20 - widest(values);
  const bottom = 6 + ROW_HEIGHT * dots.length;
  const { domain, ticks, format } = valueAxis(extentOf(dots), 7);
  const x = scale(domain, [left, right]);
  const grid = ticks.map((tick) =>
    `<path d="M${x(tick)},4V${bottom}" stroke="var(--border)"/>\
<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle" fill="var(--muted)">${escapeMarkup(format(tick))}</text>`
  );
  const rows = dots.map(({ mid, low, high, n, color, name }, i) => {
    const y = 6 + ROW_HEIGHT * (i + 0.5);
    const ink = lineColor(color);
    const interval = low === null || high === null
      ? ""
      : `<path d="M${x(low)},${y}H${x(high)}" stroke="${ink}" stroke-width="5" stroke-opacity="0.35" \
stroke-linecap="round"/>`;
    const look = interval === ""
      ? `fill="var(--surface)" stroke="${ink}" stroke-width="2"`
      : `fill="${ink}" stroke="var(--surface)"`;
    return `<g><title>${escapeMarkup(`${name}: ${spreadText({ mid, low, high })}, n ${n}`)}</title>\
<text x="${left - 14}" y="${y}" dy="0.34em" text-anchor="end">${escapeMarkup(names[i]!)}</text>${interval}\
<circle cx="${x(mid)}" cy="${y}" r="5" ${look}/>\
<text x="${WIDTH}" y="${y}" dy="0.34em" text-anchor="end">${escapeMarkup(values[i]!)}</text></g>`;
  });
  return svg(bottom + 26, name, [...grid, ...rows].join(""));
}

/** How {@linkcode lineChart} draws. */
export interface LineOptions {
  /** Name of the horizontal axis. */
  readonly xLabel: string;
  /** Whether neighbours are joined; else every value stands for itself. Default true. */
  readonly joined?: boolean;
  /** Whether the horizontal axis counts; then values are too many to be marked each. */
  readonly integers?: boolean;
}

/** Values over a number, with bands or, where they are not joined, bars; lines are labelled where they end. */
export function lineChart(lines: readonly SpreadLine[], name: ChartName, options: LineOptions): string {
  const { xLabel, joined = true, integers = false } = options;
  const points = lines.flatMap((line) => line.points);
  const height = 300;
  const [top, bottom] = [12, height - 32];
  const axis = valueAxis(extentOf(points), 5);
  const ends = !joined && lines.length === 1 ? [] : lines.flatMap(({ name, color, points }) => {
    const end = points.at(-1);
    const label = lines.length === 1 ? "" : fitting(name, 200);
    return end === undefined ? [] : [{ name: label, x: end.x, value: end.mid, color: lineColor(color), dash: null }];
  });
  const left = 16 + widest(axis.ticks.map(axis.format));
  const right = WIDTH - (ends.length > 1 ? LEADER + 12 : 16) -
    widest(ends.map(({ name, value }) => `${name} ${compactNumber(value)}`));
  const xs = extent(points.map(({ x }) => x));
  const domain: readonly [number, number] = xs[0] === xs[1] ? [xs[0] - 1, xs[1] + 1] : xs;
  const [x, y] = [scale(domain, [left, right]), scale(axis.domain, [bottom, top])];
  const grid = axis.ticks.map((tick) =>
    `<path d="M${left},${y(tick)}H${right}" stroke="var(--border)"/>\
<text x="${left - 8}" y="${y(tick)}" dy="0.34em" text-anchor="end" fill="var(--muted)">\
${escapeMarkup(axis.format(tick))}</text>`
  );
  const xTicks = niceTicks(domain[0], domain[1], 8, integers).filter((tick) => tick >= domain[0] && tick <= domain[1]);
  const below = xTicks.map((tick) =>
    `<path d="M${x(tick)},${bottom}v5" stroke="var(--muted)"/>\
<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle" fill="var(--muted)">\
${escapeMarkup(minus(String(tick)))}</text>`
  );
  const label = `<text x="${(left + right) / 2}" y="${height - 1}" text-anchor="middle" fill="var(--muted)">\
${escapeMarkup(fitting(xLabel, right - left))}</text>`;
  const drawn = lines.map((line) => joined ? lineAndBand(line, x, y, !integers) : barsAndDots(line, x, y));
  const labels = labelsSvg(spread(ends, y, top, bottom), { xs, left, right, pixel: y, ground: "var(--surface)" });
  return svg(height + 4, name, [...grid, ...below, label, ...drawn, labels].join(""));
}

type Scale = (value: number) => number;

function lineAndBand({ name, color, points }: SpreadLine, x: Scale, y: Scale, hasDots: boolean): string {
  const ink = lineColor(color);
  const known = points.filter((point) => point.low !== null && point.high !== null);
  const edge = (side: "low" | "high") => known.map((point) => `${x(point.x)},${y(point[side]!)}`);
  const band = known.length < 2
    ? ""
    : `<path d="M${[...edge("high"), ...edge("low").reverse()].join("L")}Z" fill="${ink}" fill-opacity="0.16"/>`;
  // Of a few values each is worth a dot; of many the line alone is clearer.
  const dots = !hasDots || points.length > 40
    ? ""
    : points.map((point) =>
      `<circle cx="${x(point.x)}" cy="${y(point.mid)}" r="3" fill="${ink}"><title>\
${escapeMarkup(`${name}, ${point.x}: ${spreadText(point)}`)}</title></circle>`
    ).join("");
  const path = points.map((point) => `${x(point.x)},${y(point.mid)}`).join("L");
  return `${band}<path d="M${path}" fill="none" stroke="${ink}" stroke-width="2" stroke-linejoin="round">\
<title>${escapeMarkup(name)}</title></path>${dots}`;
}

function barsAndDots({ name, color, points }: SpreadLine, x: Scale, y: Scale): string {
  const ink = lineColor(color);
  return points.map((point) => {
    const { low, high } = point;
    const bar = low === null || high === null
      ? ""
      : `<path d="M${x(point.x)},${y(low)}V${y(high)}" stroke="${ink}" stroke-width="3" stroke-opacity="0.3"/>`;
    return `<g><title>${escapeMarkup(`${name}, ${compactNumber(point.x)}: ${spreadText(point)}`)}</title>${bar}\
<circle cx="${x(point.x)}" cy="${y(point.mid)}" r="3.5" fill="${ink}"/></g>`;
  }).join("");
}

/** What {@linkcode heatMap} shows: values by row and column; null: there is none. */
export interface HeatMap {
  readonly columns: { readonly name: string; readonly values: readonly number[] };
  readonly rows: { readonly name: string; readonly values: readonly number[] };
  /** By row, then column. */
  readonly values: readonly (readonly (number | null)[])[];
  /** What the lightest and the strongest colour stand for; so that several maps can share it. */
  readonly range: readonly [number, number];
}

/** Values over two numbers as shades of one colour, the first row below; written out where they are few. */
export function heatMap({ columns, rows, values, range }: HeatMap, name: ChartName): string {
  const names = rows.values.map(compactNumber);
  const left = 34 + widest(names);
  const top = 34;
  const width = Math.min(110, (WIDTH - left) / columns.values.length);
  const tall = Math.max(8, Math.min(36, 420 / rows.values.length));
  const bottom = top + tall * rows.values.length;
  const written = width >= 56 && tall >= 18;
  // Not so strong that text on it would be hard to read, in either colour scheme.
  const strength = (value: number) => {
    const share = range[0] === range[1] ? 0.5 : (value - range[0]) / (range[1] - range[0]);
    return round(0.07 + 0.5 * share, 3);
  };
  const tiles = values.flatMap((row, i) =>
    row.map((value, j) => {
      const [x, y] = [round(left + width * j), round(bottom - tall * (i + 1))];
      const where = `${columns.name} ${columns.values[j]}, ${rows.name} ${rows.values[i]}`;
      const look = value === null ? `fill="none" stroke="var(--border)"` : `fill="var(--line-1)" \
fill-opacity="${strength(value)}"`;
      const title = `${where}: ${value === null ? "no value" : compactNumber(value)}`;
      const text = !written ? "" : `<text x="${round(x + width / 2)}" y="${round(y + tall / 2)}" dy="0.34em" \
text-anchor="middle">${value === null ? "–" : escapeMarkup(compactNumber(value))}</text>`;
      return `<g><title>${escapeMarkup(title)}</title><rect x="${x}" y="${y}" width="${round(width - 1)}" \
height="${round(tall - 1)}" ${look}/>${text}</g>`;
    })
  );
  const every = (count: number, size: number, need: number) => (i: number) =>
    i % Math.ceil(need / size) === 0 && i < count;
  const showsColumn = every(columns.values.length, width, 12 + widest(columns.values.map(compactNumber)));
  const showsRow = every(rows.values.length, tall, 14);
  const muted = `fill="var(--muted)"`;
  const below = columns.values.flatMap((value, j) =>
    showsColumn(j)
      ? [`<text x="${round(left + width * (j + 0.5))}" y="${bottom + 16}" text-anchor="middle" ${muted}>\
${escapeMarkup(compactNumber(value))}</text>`]
      : []
  );
  const beside = names.flatMap((text, i) =>
    showsRow(i)
      ? [`<text x="${left - 8}" y="${round(bottom - tall * (i + 0.5))}" dy="0.34em" text-anchor="end" ${muted}>\
${escapeMarkup(text)}</text>`]
      : []
  );
  const middle = round(top + (bottom - top) / 2);
  const axes = `<text x="${round(left + width * columns.values.length / 2)}" y="${bottom + 36}" text-anchor="middle" \
${muted}>${escapeMarkup(fitting(columns.name, 400))}</text>\
<text x="12" y="${middle}" text-anchor="middle" transform="rotate(-90 12 ${middle})" ${muted}>\
${escapeMarkup(fitting(rows.name, Math.max(80, bottom - top)))}</text>`;
  const height = bottom + 44;
  return svg(height, name, [legend(range, strength, left), ...tiles, ...below, ...beside, axes].join(""));
}

function legend(range: readonly [number, number], strength: Scale, left: number): string {
  const [low, high] = range.map(compactNumber) as [string, string];
  const start = left + textWidth(low) + 8;
  const steps = range[0] === range[1]
    ? [range[0]]
    : Array.from({ length: 6 }, (_, i) => range[0] + i / 5 * (range[1] - range[0]));
  const boxes = steps.map((value, i) =>
    `<rect x="${round(start + 22 * i)}" y="6" width="22" height="12" fill="var(--line-1)" fill-opacity="${
      strength(value)
    }"/>`
  );
  const end = steps.length === 1 ? "" : `<text x="${round(start + 22 * steps.length + 8)}" y="12" dy="0.34em" \
fill="var(--muted)">${escapeMarkup(high)}</text>`;
  return `<text x="${round(start - 8)}" y="12" dy="0.34em" text-anchor="end" fill="var(--muted)">\
${escapeMarkup(low)}</text>${boxes.join("")}${end}`;
}

function svg(height: number, { title, description }: ChartName, body: string): string {
  const label = escapeMarkup(`${title}. ${description}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${round(height)}" \
viewBox="0 0 ${WIDTH} ${round(height)}" role="img" aria-label="${label}" font-family="${FONTS}" \
font-size="${FONT_SIZE}" fill="currentColor" font-variant="tabular-nums">${body}</svg>`;
}

function lineColor(i: number): string {
  return `var(--line-${i % LINE_COLORS.length + 1})`;
}

function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  return (value) => round(start + (value - from) / (to - from) * (end - start));
}

function round(value: number, decimals = 1): number {
  return Number(value.toFixed(decimals));
}

function extentOf(spreads: readonly Spread[]): readonly [number, number] {
  return extent(spreads.flatMap(({ mid, low, high }) => [mid, low ?? mid, high ?? mid]));
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
}

/** As much of `text` as fits into so many pixels. */
function fitting(text: string, width: number): string {
  const clean = printable(text);
  const characters = [...clean].length;
  const fits = Math.floor(characters * width / Math.max(1, textWidth(clean)));
  return fits >= characters ? clean : ellipsis(clean, Math.max(1, fits));
}

/** `12.3, 11 to 13.6`. */
function spreadText({ mid, low, high }: Spread): string {
  const interval = low === null || high === null ? "" : `, ${compactNumber(low)} to ${compactNumber(high)}`;
  return `${compactNumber(mid)}${interval}`;
}
