/**
 * Notebooks: Markdown files whose typed fences are inputs, scenarios, runs, batches, conversations, comparisons, tables and
 * charts.
 *
 * @module
 */

export {
  Notebooks,
  type NotebookText,
  type RunOptions as NotebookRunOptions,
  type Starter,
  STARTERS,
  type TemplateSource,
  type ViewOptions as NotebookViewOptions,
  type WriteCondition,
  type Written,
} from "./controller.ts";
export { type ConflictRegion, NotebookConflict } from "./errors.ts";
export { headlineOf, secondsOf } from "./headline.ts";
export { notebookHtml } from "./html/mod.ts";
export { type Shortcoming, shortcomingsOf } from "./shortcomings.ts";
export * from "./view.ts";
