/**
 * Notebooks: Markdown files whose typed fences are inputs, scenarios, runs, batches, conversations, comparisons, tables and
 * charts.
 *
 * @module
 */

export { batchOutput, batchProvenance } from "./batch_output.ts";
export {
  Notebooks,
  type RunOptions as NotebookRunOptions,
  type Starter,
  STARTERS,
  type TemplateSource,
  type ViewOptions as NotebookViewOptions,
} from "./controller.ts";
export { type ConflictRegion, NotebookConflict } from "./errors.ts";
export type { NotebookText, WriteCondition, Written } from "./files.ts";
export { assertInputs } from "./given_inputs.ts";
export { cellSeconds, headlineOf } from "./headline.ts";
export { notebookHtml } from "./html/mod.ts";
export { type Shortcoming, shortcomingsOf } from "./shortcomings.ts";
export { computeNotebook, type HeadlessOptions } from "./headless.ts";
export * from "./view.ts";
export { thinned } from "./results.ts";
