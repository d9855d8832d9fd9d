/**
 * Batches: sets of runs with a plan, played through the manager like any others, counted, compared and exported.
 *
 * @module
 */

export { Batches, type BatchNotice, type CheckedBatch, type NewBatch } from "./controller.ts";
export { cellName } from "./plan.ts";
export type { BatchStatus } from "./record.ts";
export { type BatchCell, type BatchSpec, batchSpecSchema, readBatchFile, readBatchSpec, readSeeds } from "./spec.ts";
export { type BatchCounts, type BatchProgress, type BatchRow, type BatchView, progressOf } from "./view.ts";
