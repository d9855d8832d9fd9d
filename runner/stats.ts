/**
 * Statistics of what is measured on few samples. Small and honest: an interval beside every estimate, and none where the
 * data carry none.
 */

export * from "./stats/agreement.ts";
export * from "./stats/bootstrap.ts";
export * from "./stats/corrections.ts";
export * from "./stats/description.ts";
export * from "./stats/differences.ts";
export { normalCdf, normalQuantile, studentQuantile, studentTwoSidedP } from "./stats/distributions.ts";
export { DEFAULT_CONFIDENCE, type Estimate } from "./stats/estimate.ts";
export * from "./stats/exact.ts";
export * from "./stats/noise.ts";
export * from "./stats/proportions.ts";
export * from "./stats/ranks.ts";
export * from "./stats/verdict.ts";
