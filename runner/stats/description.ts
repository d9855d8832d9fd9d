/** Numbers that describe a sample, and Student's interval of its mean. */

import { twoSidedStudent } from "./distributions.ts";
import { assertConfidence, assertValues, badStatistic, DEFAULT_CONFIDENCE, type Estimate, sum } from "./estimate.ts";

/** A sample in a few numbers; the estimate is its mean, with Student's interval. */
export interface Description extends Estimate {
  /** Standard deviation (n − 1); null for fewer than two values. */
  readonly sd: number | null;
  /** The middle value; null, as the next two, for no values. */
  readonly median: number | null;
  /** The least value. */
  readonly min: number | null;
  /** The greatest value. */
  readonly max: number | null;
}

/** The arithmetic mean; of values that are all the same, exactly that. @throws {SimError} `bad_statistic` for no values */
export function mean(values: readonly number[]): number {
  assertValues(values, 1);
  const first = values[0]!;
  let total = 0;
  for (const value of values) total += value - first;
  return first + total / values.length;
}

/** The variance of what the values were drawn from (n − 1). @throws {SimError} `bad_statistic` for fewer than two values */
export function variance(values: readonly number[]): number {
  assertValues(values, 2);
  const centre = mean(values);
  return sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
}

/** The standard deviation (n − 1). @throws {SimError} `bad_statistic` for fewer than two values */
export function sd(values: readonly number[]): number {
  return Math.sqrt(variance(values));
}

/** The middle value, or the mean of the middle two. @throws {SimError} `bad_statistic` for no values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which a share `p` of the sample lies, with straight lines between its values.
 *
 * Source: type 7 of R. J. Hyndman, Y. Fan (1996), "Sample quantiles in statistical packages", The American Statistician
 * 50:361-365; the default of R and NumPy.
 *
 * @param p from 0 (the least value) to 1 (the greatest)
 * @throws {SimError} `bad_statistic`
 */
export function quantile(values: readonly number[], p: number): number {
  return quantiles(values, [p])[0]!;
}

/** {@linkcode quantile} for each of `shares`. @throws {SimError} `bad_statistic` */
export function quantiles(values: readonly number[], shares: readonly number[]): number[] {
  assertValues(values, 1);
  return quantilesOfSorted(values.toSorted((a, b) => a - b), shares);
}

/** {@linkcode quantiles} of values that are finite and in ascending order. @throws {SimError} `bad_statistic` */
export function quantilesOfSorted(sorted: ArrayLike<number>, shares: readonly number[]): number[] {
  return shares.map((p) => {
    if (!(p >= 0 && p <= 1)) throw badStatistic(`a share is ${p}`, "give a number from 0 to 1");
    const at = (sorted.length - 1) * p;
    const below = sorted[Math.floor(at)]!;
    return below + (at % 1) * (sorted[Math.ceil(at)]! - below);
  });
}

/**
 * The mean with Student's interval: mean ± t(n − 1) · sd / √n.
 *
 * Source: Student (1908), "The probable error of a mean", Biometrika 6:1-25.
 *
 * @returns no estimate without values, no interval for fewer than two
 * @throws {SimError} `bad_statistic`
 */
export function meanInterval(values: readonly number[], confidence: number = DEFAULT_CONFIDENCE): Estimate {
  assertConfidence(confidence);
  assertValues(values);
  const n = values.length;
  if (n === 0) return { estimate: null, low: null, high: null, n };
  const estimate = mean(values);
  if (n < 2) return { estimate, low: null, high: null, n };
  const half = twoSidedStudent(confidence, n - 1) * sd(values) / Math.sqrt(n);
  return { estimate, low: estimate - half, high: estimate + half, n };
}

/** A sample in a few numbers; null where it has not enough values for one. @throws {SimError} `bad_statistic` */
export function describe(values: readonly number[], confidence: number = DEFAULT_CONFIDENCE): Description {
  const [least = null, middle = null, greatest = null] = values.length === 0 ? [] : quantiles(values, [0, 0.5, 1]);
  return {
    ...meanInterval(values, confidence),
    sd: values.length < 2 ? null : sd(values),
    median: middle,
    min: least,
    max: greatest,
  };
}
