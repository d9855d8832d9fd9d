/** The batch that is exported: what a caller reads of it, in memory. */

import type { BatchRow, BatchSummary, BatchView } from "../../batch/mod.ts";

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
  readonly summary: BatchSummary;
  /** Of the runs that are there, by position in the batch. */
  readonly facts: ReadonlyMap<number, RunFacts>;
  readonly trajectories: readonly Trajectory[];
}
