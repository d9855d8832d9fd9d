/**
 * Conversations under test: a simulated user with a sealed wish, an agent that answers, a judge that compares what was
 * wanted with what was done. Pure: the same on the host and in the sandbox.
 *
 * @module
 */

export * from "./types.ts";
export * from "./catalogue.ts";
export * from "./environment.ts";
export * from "./state.ts";
export { argumentOf, compareArgument, type Fit } from "./argument.ts";
export * from "./assignment.ts";
export * from "./matcher.ts";
export * from "./effects.ts";
export * from "./verdict.ts";
export { PLAN_LIMITS } from "./plan_limits.ts";
export type { PlanTask } from "./read_plan.ts";
export * from "./plan_tree.ts";
export { planDifferences } from "./plan_differences.ts";
export * from "./plan_outline.ts";
export * from "./plan_catalogue.ts";
export * from "./plan_environment.ts";
export * from "./listed_environment.ts";
export * from "./read_environment.ts";
export * from "./normalise.ts";
export * from "./catalogue_text.ts";
export * from "./phrase.ts";
