/**
 * Batches: sets of runs with a plan, played through the manager like any others, counted, compared and exported.
 *
 * @module
 */

export {
  Batches,
  type BatchNotice,
  type CheckedBatch,
  type NewBatch,
  type PlannedBatch,
  type RaisedLimits,
} from "./controller.ts";
export { cellName, columnNames } from "./plan.ts";
export type { BatchQuote, ExpectedInterval } from "./quote.ts";
export { BATCH_STATUSES, type BatchStatus } from "./record.ts";
export {
  type BatchCell,
  batchSchemaOf,
  type BatchSpec,
  batchSpecSchema,
  readBatchFile,
  readBatchSpec,
  readSeeds,
} from "./spec.ts";
export { type BatchCounts, type BatchProgress, type BatchRow, type BatchView, progressOf } from "./view.ts";
export {
  type BatchSummary,
  type CellComparison,
  type CellSummary,
  type Excluded,
  excludedOf,
  excludedText,
  type MetricSummary,
  type NoiseSummary,
  type Sensitivity,
  summaryOf,
  type SummaryOptions,
} from "./summary.ts";
