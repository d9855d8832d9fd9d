/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Charts: a title, the picture, what it shows in words, and the same as a table. */

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ChartJob, LinesJob } from "../../runner/notebook/chart/options.ts";
import type { Drawn } from "../_impl/chart.ts";
import { summaryOfLines, tableOfLines, thinnedRows } from "./chart_text.ts";
import { text } from "./number_format.tsx";
import { MOST_TABLE_ROWS, plainTable } from "./plain_table.ts";
import { colorOf } from "./series_color.ts";
import type { ChartOutput, Row, Series } from "./types.ts";

/** What a picture is told. */
export interface PictureProps {
  readonly job: ChartJob;
  /** Read out in place of the picture. */
  readonly label: string;
  /** CSS pixels that are kept free for it. */
  readonly height: number;
  /** Horizontal value at which a rule stands. */
  readonly marker?: number | null;
}

/** The picture alone: drawn in the browser, at most once a frame, as wide as its place. */
export function Picture({ job, label, height, marker = null }: PictureProps): VNode {
  const host = useRef<HTMLDivElement>(null);
  const rule = useRef<HTMLDivElement>(null);
  const newest = useRef({ job, marker });
  newest.current = { job, marker };
  const drawing = useRef<{ again(): void; mark(): void } | null>(null);
  useEffect(() => {
    const picture = drawn(host.current!, rule.current!, height, () => newest.current);
    drawing.current = picture;
    return () => {
      picture.end();
      drawing.current = null;
    };
  }, [height]);
  useEffect(() => drawing.current?.again(), [job]);
  useEffect(() => drawing.current?.mark(), [marker]);
  return (
    <div class="chart-place" style={`height:${height}px`}>
      <div class="chart-picture" role="img" aria-label={label} ref={host} />
      <div class="chart-rule" hidden ref={rule} />
    </div>
  );
}

/** Keeps a picture up to date. Plot comes with the first one that a page shows. */
function drawn(
  host: HTMLElement,
  rule: HTMLElement,
  height: number,
  newest: () => { readonly job: ChartJob; readonly marker: number | null },
) {
  let impl: typeof import("../_impl/chart.ts") | null = null;
  let picture: Drawn | null = null;
  let frame = 0;
  let width = 0;
  let isSeen = true;
  let isOld = false;
  let mouse: PointerEvent | null = null;
  const mark = () => {
    const { marker } = newest();
    const at = marker === null ? null : picture?.xAt(marker) ?? null;
    rule.hidden = at === null;
    if (at !== null) rule.style.transform = `translateX(${at.toFixed(1)}px)`;
  };
  const paint = () => {
    frame = 0;
    if (impl === null || width < 40) return;
    isOld = false;
    picture = impl.draw(newest().job, { width, height, colorOf });
    host.replaceChildren(picture.element);
    mark();
    // What the mouse points at is pointed at in the new picture too.
    if (mouse !== null) picture.element.dispatchEvent(new PointerEvent("pointermove", mouse));
  };
  const again = () => {
    // One that nobody sees is drawn once, and again when it comes into sight.
    if (!isSeen && picture !== null) isOld = true;
    else if (frame === 0 && impl !== null) frame = requestAnimationFrame(paint);
  };
  const follow = (event: PointerEvent) => {
    if (event.isTrusted) mouse = event.type === "pointerleave" ? null : event;
  };
  host.addEventListener("pointermove", follow);
  host.addEventListener("pointerleave", follow);
  const size = new ResizeObserver(([entry]) => {
    const before = width;
    // Known without asking for a layout.
    width = Math.floor(entry!.contentRect.width);
    if (width !== before) again();
  });
  const sight = new IntersectionObserver(([entry]) => {
    isSeen = entry!.isIntersecting;
    if (isSeen && isOld) again();
  }, { rootMargin: "200px" });
  let isOver = false;
  import("../_impl/chart.ts").then((module) => {
    if (isOver) return;
    impl = module;
    size.observe(host);
    sight.observe(host);
  }, () => host.append("The chart could not be loaded."));
  return {
    again,
    mark,
    end() {
      isOver = true;
      cancelAnimationFrame(frame);
      size.disconnect();
      sight.disconnect();
      host.removeEventListener("pointermove", follow);
      host.removeEventListener("pointerleave", follow);
    },
  };
}

/** The numbers behind a picture. */
interface Numbers {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** What a chart with its words is told. */
interface FigureProps {
  readonly job: ChartJob;
  readonly title: string;
  readonly summary: string;
  readonly height: number;
  readonly marker?: number | null;
  readonly isEmpty: boolean;
  /** Asked for when they are looked at. */
  readonly numbers: () => Numbers;
}

function Figure({ job, title, summary, height, marker = null, isEmpty, numbers }: FigureProps): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <figure class="chart">
      <figcaption class="chart-title">{title}</figcaption>
      {isEmpty
        ? <div class="chart-place chart-empty" style={`height:${height}px`}>No rows to draw yet.</div>
        : <Picture job={job} label={`${title}. ${summary}`} height={height} marker={marker} />}
      <details class="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Show as table</summary>
        <p class="muted">{summary}</p>
        {isOpen ? <NumbersTable title={title} {...numbers()} /> : <DrawnTable title={title} numbers={numbers} />}
      </details>
    </figure>
  );
}

/** The table for who has no script. As one text: a page that comes to life does not go through its cells. */
function DrawnTable({ title, numbers }: { readonly title: string; readonly numbers: () => Numbers }): VNode {
  const html = () => {
    const { columns, rows } = numbers();
    return plainTable(title, columns, rows);
  };
  // What the server has drawn stays: nobody sees it, and who opens it gets one that follows.
  return <div dangerouslySetInnerHTML={{ __html: typeof document === "undefined" ? html() : "" }} />;
}

function NumbersTable({ title, columns, rows }: Numbers & { readonly title: string }): VNode {
  const few = thinnedRows(rows, MOST_TABLE_ROWS);
  return (
    <>
      <div class="scroll-box" tabindex={0} role="group" aria-label={`${title} as a table`}>
        <table>
          <thead>
            <tr>{columns.map((name) => <th key={name} scope="col">{name}</th>)}</tr>
          </thead>
          <tbody>
            {few.map((row, i) => (
              <tr key={i}>
                {row.map((value, at) => (
                  <td key={at} class={typeof value === "number" ? "number" : undefined}>{text(value)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {few.length < rows.length ? <p class="muted">{few.length} of {rows.length} rows, evenly chosen.</p> : null}
    </>
  );
}

/** What a chart cell's output is shown with. */
export interface ChartViewProps {
  readonly output: ChartOutput;
  /** Default: what is drawn over what. */
  readonly title?: string;
  /** CSS pixels. */
  readonly height?: number;
}

/** The output of a chart cell. */
export function ChartView({ output, title, height = 280 }: ChartViewProps): VNode {
  const { spec, rows, data, summary } = output;
  const job = useMemo((): ChartJob => ({ kind: "spec", spec, rows }), [spec, rows]);
  const y = spec.y === undefined ? "" : typeof spec.y === "string" ? spec.y : spec.y.join(", ");
  const numbers = () => {
    const columns = [...new Set(rows.slice(0, 20).flatMap((row) => Object.keys(row)))];
    return { columns, rows: rows.map((row) => columns.map((name) => row[name])) };
  };
  return (
    <Figure
      job={job}
      title={title ?? [y || spec.mark, ...(spec.x === undefined ? [] : [`over ${spec.x}`]), `of ${data}`].join(" ")}
      summary={summary}
      height={height}
      isEmpty={rows.length === 0}
      numbers={numbers}
    />
  );
}

/** What lines are told. */
export interface LinesProps {
  readonly rows: readonly Row[];
  /** Columns, each with a line of its own. */
  readonly watch: readonly string[];
  readonly x?: string;
  readonly log?: boolean;
  readonly title?: string;
  readonly marker?: number | null;
  readonly height?: number;
  /** The horizontal axis reaches from and to here; absent: as far as the rows. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Columns of a run over its turns. */
export function Lines(
  { rows, watch, x = "turn", log = false, title, marker = null, height = 200, from, to }: LinesProps,
): VNode {
  const job = useMemo((): LinesJob => ({
    kind: "lines",
    lines: watch.map((name) => ({ name, points: rows.map((row) => [Number(row[x]), finite(row[name])] as const) })),
    xLabel: x,
    log,
    ...(from !== undefined && to !== undefined && to > from && { xDomain: [from, to] as const }),
  }), [rows, watch.join("\n"), x, log, from, to]);
  return <LinesFigure job={job} title={title ?? watch.join(", ")} {...{ marker, height }} />;
}

function finite(value: unknown): number | null {
  return typeof value === "boolean"
    ? Number(value)
    : typeof value === "number" && Number.isFinite(value)
    ? value
    : null;
}

/** What bands are told. */
export interface BandsProps {
  readonly title: string;
  /** Name of each series. */
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  readonly marker?: number | null;
  readonly height?: number;
}

/** Series of several sides with their intervals. */
export function Bands({ title, labels, series, marker = null, height = 220 }: BandsProps): VNode {
  const job = useMemo((): LinesJob => ({
    kind: "lines",
    xLabel: "turn",
    lines: series.map(({ turns, values, low, high }, i) => ({
      name: labels[i] ?? `side ${i + 1}`,
      points: turns.map((turn, at) => [turn, values[at] ?? null] as const),
      ...(low && high && { band: turns.flatMap((turn, at) => bandPoint(turn, low[at], high[at])) }),
    })),
  }), [series, labels.join("\n")]);
  return <LinesFigure job={job} {...{ title, marker, height }} />;
}

function bandPoint(turn: number, low: number | null | undefined, high: number | null | undefined) {
  return typeof low === "number" && typeof high === "number" ? [[turn, low, high] as const] : [];
}

interface LinesFigureProps {
  readonly job: LinesJob;
  readonly title: string;
  readonly marker: number | null;
  readonly height: number;
}

function LinesFigure(props: LinesFigureProps): VNode {
  const { lines, xLabel } = props.job;
  const summary = useMemo(() => summaryOfLines(lines, xLabel), [lines, xLabel]);
  return (
    <Figure
      {...props}
      summary={summary}
      isEmpty={lines.every(({ points }) => points.length === 0)}
      numbers={() => tableOfLines(lines, xLabel)}
    />
  );
}
