/** What all statistics share: the shape of an answer, and what is refused. */

import { SimError } from "../../framework/mod.ts";

/** An estimate with its confidence interval; null: the data do not give it. */
export interface Estimate {
  /** The estimate itself. */
  readonly estimate: number | null;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Upper end of the interval. */
  readonly high: number | null;
  /** How many observations are behind it. */
  readonly n: number;
}

/** Of intervals, where nothing else is said. */
export const DEFAULT_CONFIDENCE = 0.95;

/** The sum; 0 of none. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @throws {SimError} `bad_statistic` unless `value` is a whole number from `least` */
export function assertCount(name: string, value: number, least = 0): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw badStatistic(`${name} is ${value}`, `give a whole number from ${least}`);
  }
}

/** @throws {SimError} `bad_statistic` when a value is not a finite number, or there are fewer than `least` */
export function assertValues(values: readonly number[], least = 0): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw badStatistic(`value ${at} is ${values[at]}`, "leave out what is not a finite number, and count it");
  }
  if (values.length < least) {
    throw badStatistic(`there are ${values.length} values, and ${least} are needed`, "play more runs");
  }
}

/** @throws {SimError} `bad_statistic` unless 0 < `confidence` < 1 */
export function assertConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw badStatistic(`a confidence is ${confidence}`, "give a number between 0 and 1, such as 0.95");
  }
}

/** The error of every statistic that is asked for what cannot be. */
export function badStatistic(message: string, hint: string): SimError {
  return new SimError("bad_statistic", message, { hint });
}
