/** Made-up batches for the tests of this room. */

import type { BatchCell, BatchRow, BatchSpec, BatchView } from "../../batch/mod.ts";
import type { BatchExport, CellSummary, ExportSummary, MetricSummary, RunFacts, Trajectory } from "./batch.ts";

/** What to change of the example. */
export interface ExampleBatch {
  /** Default: one parameter `rate` of five values. */
  readonly cells?: readonly Pick<BatchCell, "arm" | "params">[];
  /** Default 8. */
  readonly seeds?: number;
  readonly spec?: Partial<BatchSpec>;
  /** Default: `gdp` follows the parameters, with noise from the seed. */
  readonly metrics?: (cell: Pick<BatchCell, "arm" | "params">, seed: number) => { readonly [name: string]: number };
  /** What to change of a run. */
  readonly row?: (row: BatchRow) => Partial<BatchRow>;
  readonly view?: Partial<BatchView>;
  readonly facts?: Partial<RunFacts>;
  readonly sentence?: string;
  readonly trajectories?: boolean;
}

/** A completed batch of a growth model; with its statistics roughly as they would be. */
export function exampleBatch(options: ExampleBatch = {}): BatchExport {
  const { cells: given = RATES, seeds = 8, metrics = growth, row: change = () => ({}), sentence } = options;
  const cells = given.map((cell, index): BatchCell => ({
    index,
    ...cell,
    set: Object.entries(cell.params).map(([name, value]) => ({ path: `engine.${name}`, value })),
    scenario: "growth.yaml",
  }));
  const rows = Array.from({ length: seeds }, (_, i) =>
    cells.map((cell): BatchRow => {
      const n = i * cells.length + cell.index;
      const row: BatchRow = {
        n,
        cell: cell.index,
        arm: cell.arm,
        params: cell.params,
        seed: i + 1,
        sample: 0,
        run_id: `growth_4agents_20261122_101500_${n}`,
        status: "completed",
        validity: "valid",
        metrics: metrics(cell, i + 1),
        cost_usd: 0,
        seconds: 1.5,
        turns: 20,
        reused: false,
      };
      return { ...row, ...change(row) };
    })).flat();
  const summary = summaryOfExample(cells, rows, sentence);
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  const facts: RunFacts = {
    repo: "economic",
    content_key: "0123456789abcdef0123456789abcdef",
    engine_version: "0.1.0",
    code: { framework: "f00dfeedf00dfeedf00d", deno: "2.9.0", domain: "d0d0d0d0d0d0d0d0d0d0" },
    models: [],
    validity: { reasons: [] },
    cost: { input_tokens: 0, output_tokens: 0, calls: 0 },
    ...options.facts,
  };
  return {
    view: {
      id: "rates_20261122_101500_01",
      name: "rates",
      status: "completed",
      reason: null,
      created_at: "2026-11-22T10:15:00Z",
      spec: { scenario: "growth.yaml", ...options.spec },
      cells,
      seeds: Array.from({ length: seeds }, (_, i) => i + 1),
      samples: 1,
      runs: {
        total: rows.length,
        completed: count("completed"),
        void: rows.filter(({ validity }) => validity === "void").length,
        failed: count("failed"),
        cancelled: 0,
        running: 0,
        pending: count("pending"),
        reused: rows.filter(({ reused }) => reused).length,
      },
      eta_seconds: 0,
      cost: { usd: 0, forecast_usd: 0 },
      ...options.view,
    },
    rows,
    summary,
    facts: new Map(rows.flatMap(({ n, run_id }) => run_id === null ? [] : [[n, facts] as const])),
    trajectories: options.trajectories === false ? [] : coursesOf(cells, summary),
  };
}

const RATES = [0.01, 0.02, 0.03, 0.05, 0.08].map((rate) => ({ arm: null, params: { rate } }));

function growth({ arm, params }: Pick<BatchCell, "arm" | "params">, seed: number) {
  const sum = Object.values(params).reduce<number>((sum, value) => sum + (typeof value === "number" ? value : 1), 0);
  const gdp = 1000 * (1 + sum) + 20 * Math.sin(seed * 7) + (arm === null ? 0 : 40 * arm.length);
  return { gdp, gini: 0.3 + sum / 10 + 0.01 * Math.cos(seed * 3) };
}

function summaryOfExample(cells: readonly BatchCell[], rows: readonly BatchRow[], sentence?: string): ExportSummary {
  const counted = rows.filter(({ status, validity }) => status === "completed" && validity !== "void");
  const names = [...new Set(counted.flatMap(({ metrics }) => Object.keys(metrics)))];
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  return {
    deterministic: false,
    excluded: {
      void: rows.filter(({ validity }) => validity === "void").length,
      failed: count("failed"),
      pending: count("pending"),
    },
    metrics: names.map((name) => metricOf(name, cells, counted, sentence)),
    sentences: sentence === undefined ? [] : [sentence],
  };
}

function metricOf(
  name: string,
  cells: readonly BatchCell[],
  rows: readonly BatchRow[],
  sentence = "rate 0.02 has a higher value than rate 0.01, beyond the noise of the seeds.",
): MetricSummary {
  const summaries = cells.map(({ index }) =>
    cellSummary(index, rows.filter(({ cell }) => cell === index).map(({ metrics }) => metrics[name]!))
  );
  const first = summaries[0];
  return {
    name,
    cells: summaries,
    comparisons: summaries.slice(1).filter(({ n }) => n > 1).map((summary) => ({
      a: 0,
      b: summary.cell,
      pairs: summary.n,
      difference: {
        estimate: summary.mean! - (first?.mean ?? 0),
        low: summary.low! - (first?.mean ?? 0),
        high: summary.high! - (first?.mean ?? 0),
      },
      p: 0.0004,
      p_adjusted: 0.0123,
      effect: 1.4,
      above_noise: true,
      sentence,
    })),
    noise: { seed_sd: 14.2, sample_sd: null, floor: 9.8 },
    sensitivity: Object.keys(cells[0]?.params ?? {}).map((param) => ({ param, rho: 0.91, low: 0.8, high: 0.96 })),
  };
}

function cellSummary(cell: number, values: readonly number[]): CellSummary {
  const n = values.length;
  if (n === 0) return { cell, n, mean: null, sd: null, low: null, high: null, median: null, min: null, max: null };
  const sorted = values.toSorted((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const sd = n < 2 ? null : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const half = sd === null ? null : 2.3 * sd / Math.sqrt(n);
  return {
    cell,
    n,
    mean,
    sd,
    low: half === null ? null : mean - half,
    high: half === null ? null : mean + half,
    median: sorted[Math.floor(n / 2)]!,
    min: sorted[0]!,
    max: sorted.at(-1)!,
  };
}

function coursesOf(cells: readonly BatchCell[], { metrics }: ExportSummary): Trajectory[] {
  return metrics.slice(0, 1).map(({ name, cells: summaries }) => ({
    metric: name,
    cells: summaries.filter(({ n }) => n > 0).slice(0, 6).map(({ cell, n, mean }) => ({
      cell,
      n,
      points: Array.from({ length: 21 }, (_, turn) => {
        const value = 1000 + (mean! - 1000) * turn / 20 + 5 * Math.sin(turn + cells[cell]!.index);
        return [turn, value - turn, value, value + turn] as const;
      }),
    })),
  }));
}
