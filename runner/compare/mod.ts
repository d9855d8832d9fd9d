/**
 * Runs and cells of batches side by side.
 *
 * @module
 */

export { type AtParting, compare, type ComparedRun, type Comparison, type Parting, type Series } from "./compare.ts";
export type { DecisionDifference, EventDifference, TurnDifference } from "./events.ts";
export { type InputDifference, settledDifferences } from "./inputs.ts";
export { type Plot, plot, type PlottedLine } from "./plot.ts";
