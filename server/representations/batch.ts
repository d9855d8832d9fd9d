/** Batches, comparisons and answers to questions as the API shows them. */

import { z } from "zod";
import type { Json } from "../../framework/mod.ts";
import {
  BATCH_STATUSES,
  batchSchemaOf,
  type BatchSummary,
  type BatchView,
  cellName,
  RUN_STATUSES,
} from "../../runner/mod.ts";
import type { Plain } from "../endpoint.ts";
import { anyJson, count, time } from "./json.ts";

/**
 * A batch as doors take it: as in a batch file, but scenarios are named as `POST /api/simulations` names them.
 * @param json of any JSON
 */
export function batchRequestOf(json: z.ZodType<Json>) {
  const { scenario: _file, arms, ...shape } = batchSchemaOf(json).shape;
  const { keyType, valueType } = arms.unwrap();
  const source = {
    repo: z.string().min(1).max(200).optional().describe("a domain"),
    config: z.string().min(1).max(1000).optional().describe("path of one of its scenarios"),
    scenario: z.union([z.string().min(1), z.record(z.string(), json)]).optional().describe(
      "the scenario itself, as YAML or as an object, in place of repo and config",
    ),
  };
  return {
    ...source,
    ...shape,
    arms: z.record(keyType, z.strictObject({ ...source, set: valueType.shape.set })).optional().describe(
      "what is compared: scenarios, or settings of one scenario, by name",
    ),
  };
}

const number = z.number().nullable();

/** Where a batch is in its life. */
export const batchStatusSchema = z.enum(BATCH_STATUSES).meta({
  id: "BatchStatus",
  description: "paused: it stands still, for `reason`, and can be resumed",
});

const countsSchema = z.object({
  total: count,
  completed: count,
  void: count.meta({
    description: "of the completed ones those whose agents mostly fell back: no statistics have them",
  }),
  failed: count,
  cancelled: count,
  running: count,
  pending: count,
  reused: count.meta({ description: "runs that were there before the batch asked for them" }),
}).meta({ id: "BatchCounts", description: "runs of the batch" });

/** A batch in a list. */
export const batchRowSchema = z.object({
  batch_id: z.string(),
  name: z.string(),
  status: batchStatusSchema,
  reason: z.string().nullable(),
  created_at: time,
  cell_count: count.meta({ description: "combinations of an arm with parameters" }),
  runs: countsSchema,
  eta_seconds: number.meta({ description: "seconds that are left, from what the runs took; null: nobody knows yet" }),
  cost: z.object({
    usd: z.number(),
    forecast_usd: number.meta({ description: "what all of it will have cost; null: nobody knows yet" }),
  }),
}).meta({ id: "BatchRow" });

/** A batch as lists have it. */
export function batchRowOf(view: BatchView): z.input<typeof batchRowSchema> {
  const { id, name, status, reason, created_at, cells, runs, eta_seconds, cost } = view;
  return { batch_id: id, name, status, reason, created_at, cell_count: cells.length, runs, eta_seconds, cost };
}

/** A list of batches, or one that has been started or steered, may look like this. */
export const BATCH_EXAMPLE: z.input<typeof batchRowSchema> = {
  batch_id: "rates_20260101_120000_01",
  name: "rates",
  status: "running",
  reason: null,
  created_at: "2026-01-01T12:00:00.000Z",
  cell_count: 3,
  runs: { total: 24, completed: 6, void: 0, failed: 0, cancelled: 0, running: 5, pending: 13, reused: 0 },
  eta_seconds: 4.2,
  cost: { usd: 0, forecast_usd: 0 },
};

const excludedSchema = z.object({ void: count, failed: count, pending: count }).meta({
  id: "ExcludedRuns",
  description: "runs that say nothing: counted, and left out",
});

const params = z.record(z.string(), anyJson).meta({ description: "values of what is varied, by name" });

/** What the runs of a batch say. */
export const batchSummarySchema = z.object({
  deterministic: z.boolean().meta({ description: "whether seeds change nothing" }),
  excluded: excludedSchema,
  metrics: z.array(z.object({
    name: z.string(),
    share: z.boolean().meta({ description: "whether it is 1 for yes and 0 for no: means are shares" }),
    cells: z.array(z.object({
      cell: count,
      n: count.meta({ description: "seeds behind the numbers" }),
      runs: count,
      missing: count.meta({ description: "runs without a number for this metric" }),
      mean: number,
      sd: number,
      low: number.meta({ description: "end of the mean's 95 % interval; null below two seeds and without spread" }),
      high: number,
      median: number,
      min: number,
      max: number,
    })),
    comparisons: z.array(z.object({
      a: count,
      b: count,
      pairs: count.meta({ description: "seeds that both have; 0: they are not paired" }),
      left_out: count,
      difference: z.object({ estimate: number, low: number, high: number }).meta({
        description: "mean of a less that of b",
      }),
      p: number,
      p_adjusted: number.meta({ description: "by Holm, for all comparisons of this metric" }),
      effect: number.meta({ description: "in standard deviations" }),
      above_noise: z.boolean().nullable().meta({ description: "null: that cannot be said" }),
      sentence: z.string(),
    })),
    noise: z.object({ seed_sd: number, sample_sd: number, floor: number }).nullable(),
    sensitivity: z.array(
      z.object({ param: z.string(), rho: number, low: number, high: number, p: number, n: count }),
    ).nullable(),
  })),
  sentences: z.array(z.string()).meta({ description: "what can be concluded and what cannot, most important first" }),
}).meta({ id: "BatchSummary", description: "what the runs say that have come to their end" });

/** One batch. */
export const batchSchema = batchRowSchema.extend({
  spec: z.record(z.string(), anyJson).meta({ description: "as it was asked for" }),
  cells: z.array(z.object({ index: count, name: z.string(), arm: z.string().nullable(), params })),
  seeds: z.array(z.number().int().nullable()).meta({ description: "of every cell; null: the scenario's own" }),
  samples: count,
  summary: batchSummarySchema.nullable().meta({ description: "null: `summary` did not ask for it" }),
}).meta({ id: "Batch" });

/** A batch with its cells. */
export function batchOf(view: BatchView, summary: BatchSummary | null): Plain<z.input<typeof batchSchema>> {
  return {
    ...batchRowOf(view),
    spec: view.spec as Plain<z.input<typeof batchSchema>>["spec"],
    cells: view.cells.map(({ index, arm, params }) => ({ index, name: cellName({ arm, params }), arm, params })),
    seeds: view.seeds,
    samples: view.samples,
    summary,
  };
}

/** One run of a batch. */
export const batchResultSchema = z.object({
  n: count.meta({ description: "position in the batch" }),
  cell: count,
  arm: z.string().nullable(),
  params,
  seed: z.number().int().nullable(),
  sample: count,
  run_id: z.string().nullable().meta({ description: "null: it has not been begun, or could not be" }),
  status: z.enum([...RUN_STATUSES, "pending", "failed_to_start", "removed"]),
  validity: z.enum(["valid", "degraded", "void"]).nullable(),
  metrics: z.record(z.string(), z.number()).meta({ description: "numbers of its last turn" }),
  yes_no: z.array(z.string()).optional().meta({ description: "metrics that are 1 for yes and 0 for no" }),
  fingerprint: z.string().optional().meta({ description: "of all numbers of its last turn: the same for equal runs" }),
  cost_usd: z.number(),
  seconds: number,
  turns: count,
  reused: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
}).meta({ id: "BatchResult", description: "one run of a batch" });

/** What a batch will take. */
export const batchQuoteSchema = z.object({
  runs: count,
  pilot_runs: count.meta({ description: "runs of the pilot; the batch does not play them again" }),
  seconds_per_run: number.meta({ description: "null: no run of the pilot came to its end" }),
  minutes: number.meta({ description: "that the rest of the batch takes" }),
  usd: number,
  usd_per_run: number,
  intervals: z.array(z.object({
    metric: z.string(),
    cell: count,
    against: count.nullable().meta({ description: "the cell that it is held against; null: its own mean" }),
    sd: z.number(),
    expected_half_width: z.number(),
  })),
  sentences: z.array(z.string()),
}).meta({ id: "BatchQuote" });

const values = z.array(number).meta({ description: "by side" });

/** Runs or cells side by side. */
export const comparisonSchema = z.object({
  runs: z.array(z.object({ id: z.string(), label: z.string(), runs: count, excluded: excludedSchema, turn: count })),
  inputs: z.array(z.object({ path: z.string(), values: z.array(anyJson) })).meta({ description: "only what differs" }),
  more_inputs: count,
  metrics: z.array(z.object({
    name: z.string(),
    series: z.array(z.object({
      turns: z.array(count),
      values: values.meta({ description: "the run's, or means over seeds" }),
      low: values.nullable().meta({ description: "ends of the means' intervals; null: it is one run" }),
      high: values.nullable(),
      n: z.array(count).nullable(),
    })),
  })),
  left_out: z.array(z.string()).meta({ description: "metrics that some sides do not have" }),
  parting: z.object({
    turn: count,
    metric: z.string(),
    between: z.tuple([count, count]),
    size: z.number(),
    beyond: number.meta({ description: "how many times the noise floor; null: it has none" }),
  }).nullable().meta({ description: "where they part; null: not, or not beyond the noise floor" }),
  at_parting: z.object({
    runs: z.array(z.string()),
    events: z.array(
      z.object({ type: z.string(), agent: z.string().nullable(), what: z.string(), sides: z.array(count) }),
    ),
    decisions: z.array(z.object({ agent: z.string(), values: z.array(z.string().nullable()) })),
    more: count,
  }).nullable().meta({ description: "what differs in that turn" }),
  sentence: z.string().meta({ description: "what can be concluded, and what cannot" }),
}).meta({ id: "Comparison" });

const column = z.object({ name: z.string(), type: z.string().meta({ description: "DuckDB's name of it" }) });

/** Rows that answer a question. */
export const queryResultSchema = z.object({
  columns: z.array(column),
  rows: z.array(z.array(anyJson)).meta({ description: "one value per column" }),
  truncated: z.boolean().meta({ description: "whether there would have been more" }),
  ms: z.number(),
}).meta({ id: "QueryResult" });

/** What can be asked about. */
export const queryTablesSchema = z.object({
  tables: z.array(z.object({ name: z.string(), description: z.string(), columns: z.array(column) })),
}).meta({ id: "QueryTables" });
