/** Made-up batches for the tests of this room. */

import {
  type BatchCell,
  type BatchRow,
  type BatchSpec,
  type BatchSummary,
  type BatchView,
  summaryOf,
} from "../../batch/mod.ts";
import type { BatchExport, RunFacts, Trajectory } from "./batch.ts";

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
  /** In place of every sentence about results. */
  readonly sentence?: string;
  readonly trajectories?: boolean;
}

/** A completed batch of a growth model; with its statistics. */
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
  const made = summaryOf(cells, rows);
  const summary = sentence === undefined ? made : withSentence(made, sentence);
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
  const gdp = 1000 * (1 + sum) + 20 * Math.sin(seed * 7 + sum) + (arm === null ? 0 : 40 * arm.length);
  return { gdp, gini: 0.3 + sum / 10 + 0.01 * Math.cos(seed * 3 + 10 * sum) };
}

function coursesOf(cells: readonly BatchCell[], { metrics }: BatchSummary): Trajectory[] {
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

function withSentence(summary: BatchSummary, sentence: string): BatchSummary {
  return {
    ...summary,
    sentences: [sentence],
    metrics: summary.metrics.map((metric) => ({
      ...metric,
      comparisons: metric.comparisons.map((comparison) => ({ ...comparison, sentence })),
    })),
  };
}
