/** What of a run is worth a chart: chosen from its rows, without asking. */

import type { Json } from "../../framework/mod.ts";
import type { Row, RunExport } from "./run.ts";

/** One value over turns; null where there is none, which leaves a gap. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
}

/** Spread of many lines by turn: 10th percentile, median, 90th percentile. */
export interface Band {
  readonly points: readonly (readonly [x: number, p10: number, p50: number, p90: number])[];
}

/** One chart to draw. */
export interface Chart {
  readonly section: "metrics" | "world" | "agents";
  /** The variable, as the rows name it without `metric.`. */
  readonly variable: string;
  /** Unit of the values, where the scenario tells one. */
  readonly unit?: string;
  readonly description?: string;
  readonly lines: readonly Line[];
  readonly band?: Band;
  /** Agents behind `lines` or `band`. */
  readonly agents?: number;
}

/** The charts of a run, and the numeric variables that have none because they never change. */
export interface ChartChoice {
  readonly charts: readonly Chart[];
  readonly constants: readonly { readonly name: string; readonly value: number }[];
  /** Variables that vary and were left out because there are too many. */
  readonly omitted: readonly string[];
}

/** Up to this many agents are a line each; more are a band of percentiles. */
export const MAX_AGENT_LINES = 12;

/**
 * What to draw of `run`: its reporters first, then global variables that vary, then agent variables that vary, one line
 * per agent or, beyond {@linkcode MAX_AGENT_LINES}, the band between 10th and 90th percentile with the median. Reporters
 * are drawn in scenario order even when they are constant: they were asked for.
 */
export function chooseCharts(run: RunExport, maxCharts = 24): ChartChoice {
  const charts: Chart[] = [];
  const constants: { name: string; value: number }[] = [];
  const columns = numericColumns(run.global);
  const reporters = [...Object.keys(run.scenario.metrics.reporters).map((name) => `metric.${name}`), ...columns]
    .filter((name, i, all) => name.startsWith("metric.") && columns.includes(name) && all.indexOf(name) === i);

  for (const name of reporters) {
    const variable = name.slice("metric.".length);
    charts.push({ section: "metrics", variable, lines: [lineOf(run.global, name, variable)] });
  }
  for (const name of columns) {
    if (name.startsWith("metric.")) continue;
    const line = lineOf(run.global, name, name);
    const constant = constantValue([line]);
    if (constant !== null) constants.push({ name, value: constant });
    else {
      charts.push({
        section: "world",
        variable: name,
        lines: [line],
        ...about(run.scenario.state_variables.global_vars[name]),
      });
    }
  }
  const byAgent = groupByAgent(run.agents);
  for (const name of numericColumns(run.agents)) {
    const lines = [...byAgent].map(([agent, rows]) => lineOf(rows, name, agent))
      .filter((line) => line.points.some(([, y]) => y !== null));
    if (!lines.some((line) => constantValue([line]) === null)) continue;
    charts.push({
      section: "agents",
      variable: name,
      agents: lines.length,
      ...about(run.scenario.state_variables.agent_vars[name]),
      ...(lines.length <= MAX_AGENT_LINES ? { lines } : { lines: [], band: bandOf(lines) }),
    });
  }
  return {
    charts: charts.slice(0, maxCharts),
    constants,
    omitted: charts.slice(maxCharts).map((chart) => chart.variable),
  };
}

/** The column `key` of `rows` over the column `x`. */
export function lineOf(rows: readonly Row[], key: string, name: string, x = "turn"): Line {
  const points: [number, number | null][] = [];
  for (const row of rows) {
    const [at, value] = [row[x], row[key]];
    if (typeof at === "number" && Number.isFinite(at)) points.push([at, numeric(value)]);
  }
  return { name, points };
}

/** At most about `limit` points that draw the same picture: the extremes of each stretch of the line are kept. */
export function thinned(line: Line, limit = 800): Line {
  const { points } = line;
  if (points.length <= limit) return line;
  const stretch = Math.ceil(points.length / (limit / 2));
  const kept: (readonly [number, number | null])[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const end = Math.min(points.length, start + stretch);
    const chosen = new Set<number>([start]);
    let [low, high] = [-1, -1];
    for (let i = start; i < end; i++) {
      const y = points[i]![1];
      if (y === null) {
        // A gap stays a gap.
        chosen.add(i);
        continue;
      }
      if (low < 0 || y < points[low]![1]!) low = i;
      if (high < 0 || y > points[high]![1]!) high = i;
    }
    if (low >= 0) chosen.add(low).add(high);
    if (end === points.length) chosen.add(end - 1);
    for (const i of [...chosen].sort((a, b) => a - b)) kept.push(points[i]!);
  }
  return { name: line.name, points: kept };
}

/** The value at share `q` of sorted numbers, linear between neighbours. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (at - below);
}

const MAX_BAND_POINTS = 500;

function bandOf(lines: readonly Line[]): Band {
  const byTurn = new Map<number, number[]>();
  for (const line of lines) {
    for (const [x, y] of line.points) {
      if (y === null) continue;
      const values = byTurn.get(x);
      if (values) values.push(y);
      else byTurn.set(x, [y]);
    }
  }
  const all = [...byTurn.keys()].sort((a, b) => a - b);
  // Percentiles are smooth: every so many turns draw the same picture.
  const stride = Math.ceil(all.length / MAX_BAND_POINTS);
  const turns = all.filter((_, i) => i % stride === 0 || i === all.length - 1);
  return {
    points: turns.map((turn) => {
      const sorted = Float64Array.from(byTurn.get(turn)!).sort();
      const values = Array.from(sorted);
      return [turn, quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9)] as const;
    }),
  };
}

function numericColumns(rows: readonly Row[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) {
    for (const key of Object.keys(row)) if (typeof row[key] === "number") columns.add(key);
  }
  columns.delete("turn");
  columns.delete("agent");
  return [...columns];
}

function groupByAgent(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = String(row.agent ?? "");
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

/** The one value that all points have, or null when they differ or there is none. */
function constantValue(lines: readonly Line[]): number | null {
  let value: number | null = null;
  for (const line of lines) {
    for (const [, y] of line.points) {
      if (y === null) continue;
      if (value === null) value = y;
      else if (value !== y) return null;
    }
  }
  return value;
}

function numeric(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Description and unit of a variable's definition: `GDP at constant prices [USD bn]` has its unit at the end. */
function about(definition: object | undefined): { unit?: string; description?: string } {
  const { description } = (definition ?? {}) as { description?: unknown };
  if (typeof description !== "string") return {};
  const [, text, unit] = /^(.*?)\s*(?:\[([^[\]]+)\])?$/s.exec(description.trim())!;
  return { ...(unit ? { unit: unit.trim() } : {}), ...(text ? { description: text } : {}) };
}
