/** The batch that is exported: what a caller reads of it, in memory. */

import type { BatchRow, BatchView } from "../../batch/mod.ts";

/** An estimate with its interval; null: the data do not give it. */
interface Interval {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** One metric in one cell, over its runs. */
export interface CellSummary {
  /** Position of the cell. */
  readonly cell: number;
  /** Runs that count. */
  readonly n: number;
  readonly mean: number | null;
  readonly sd: number | null;
  /** Ends of the mean's confidence interval. */
  readonly low: number | null;
  readonly high: number | null;
  readonly median: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Two cells compared in one metric, seed by seed. */
export interface CellComparison {
  /** Positions of the cells. */
  readonly a: number;
  readonly b: number;
  readonly pairs: number;
  /** Of `b` from `a`. */
  readonly difference: Interval;
  readonly p: number | null;
  /** Corrected for the number of comparisons. */
  readonly p_adjusted: number | null;
  /** Standardised size of the difference. */
  readonly effect: number | null;
  /** Whether it is larger than what seeds and models do by themselves; null: nobody knows. */
  readonly above_noise: boolean | null;
  readonly sentence: string;
}

/** One metric over all cells. */
export interface MetricSummary {
  readonly name: string;
  readonly cells: readonly CellSummary[];
  readonly comparisons: readonly CellComparison[];
  /** Standard deviations from seed to seed and from sample to sample, and the difference that they make by themselves. */
  readonly noise: {
    readonly seed_sd: number | null;
    readonly sample_sd: number | null;
    readonly floor: number | null;
  } | null;
  /** Rank correlation with each parameter; null: there is none to look at. */
  readonly sensitivity:
    | readonly {
      readonly param: string;
      readonly rho: number | null;
      readonly low: number | null;
      readonly high: number | null;
    }[]
    | null;
}

/** The statistics of a batch that exports show; a `BatchSummary` fits. */
export interface ExportSummary {
  /** Whether seeds and samples change nothing. */
  readonly deterministic: boolean;
  /** Runs that the statistics leave out. */
  readonly excluded: { readonly void: number; readonly failed: number; readonly pending: number };
  readonly metrics: readonly MetricSummary[];
  readonly sentences: readonly string[];
}

/** What a run's manifest says beyond its row; a `Manifest` fits. */
export interface RunFacts {
  readonly repo: string;
  readonly content_key: string;
  readonly engine_version: string;
  readonly code?: { readonly framework: string; readonly deno: string; readonly domain: string } | undefined;
  readonly models: readonly string[];
  readonly status_reason?: string | undefined;
  readonly validity: { readonly reasons: readonly string[] };
  readonly cost: { readonly input_tokens: number; readonly output_tokens: number; readonly calls: number };
}

/** One metric turn by turn in some cells. */
export interface Trajectory {
  readonly metric: string;
  readonly cells: readonly {
    readonly cell: number;
    /** Runs behind it. */
    readonly n: number;
    readonly points: readonly (readonly [turn: number, p10: number, median: number, p90: number])[];
  }[];
}

/** Everything that the report needs to know of a batch. */
export interface BatchExport {
  readonly view: BatchView;
  readonly rows: readonly BatchRow[];
  readonly summary: ExportSummary;
  /** Of the runs that are there, by position in the batch. */
  readonly facts: ReadonlyMap<number, RunFacts>;
  readonly trajectories: readonly Trajectory[];
}
