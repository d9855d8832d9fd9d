/** The store: where runs are kept. */

export * from "./manifest.ts";
export * from "./pages.ts";
export * from "./run_id.ts";
export * from "./store.ts";
export * from "./tape.ts";
export * from "./tape_entry.ts";
export { callKey } from "./call_key.ts";
export { type Divergence, type Extent, firstDifference, resultDifference } from "./comparison.ts";
export { asDiskError, asOutputError } from "./disk_error.ts";
export { BatchFiles, type CellLine, type MemberLine } from "./batches.ts";
export { type LabelLine, type LabelRecord, labelRecordSchema, type StoredLabels, type TurnRecord } from "./labels.ts";
export { LocalStore } from "./local.ts";
export { NotebookMemory } from "./notebooks.ts";
export { runRow } from "./run_row.ts";
