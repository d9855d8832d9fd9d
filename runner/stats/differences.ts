/**
 * How far two samples are apart: pairs (Student), independent samples (Welch), and the size of the effect. Where nothing
 * varies there is no interval, and an exact test in place of theirs.
 */

import { mean, sd, variance } from "./description.ts";
import { studentTwoSidedP, twoSidedStudent } from "./distributions.ts";
import { assertConfidence, assertValues, badStatistic, DEFAULT_CONFIDENCE, type Estimate } from "./estimate.ts";
import { separationTest, signTest } from "./exact.ts";

/** A difference of two means, first less second, with its interval and test. */
export interface Difference extends Estimate {
  /** The difference in standard errors; null where there is no interval or no spread. */
  readonly t: number | null;
  /** Degrees of freedom of `t`; null with it. */
  readonly df: number | null;
  /**
   * Two-sided: how often chance alone would bring a difference at least as far from 0. From `t`, and without spread exact:
   * {@linkcode signTest} of pairs, {@linkcode separationTest} of independent samples. Null for too few values.
   */
  readonly p: number | null;
  /** The difference in standard deviations: Cohen's d_z of pairs, Hedges' g of independent samples; null likewise. */
  readonly effect: number | null;
}

/** A share of the values themselves below which a difference is rounding. */
const ROUNDING = 1e-12;

const NO_TEST = { t: null, df: null, p: null, effect: null } as const;

/**
 * The mean of `a[i] − b[i]` with Student's interval and test; `n` counts pairs, the effect is {@linkcode cohenDz}. Pairs that
 * all differ by the same are few equal values, no certainty: they have the p-value of their signs, and no interval.
 *
 * Source: Student (1908), "The probable error of a mean", Biometrika 6:1-25, §9.
 *
 * @returns no estimate without pairs, no interval for fewer than two
 * @throws {SimError} `bad_statistic` when there are not as many of one as of the other
 */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  confidence: number = DEFAULT_CONFIDENCE,
): Difference {
  assertConfidence(confidence);
  const differences = pairedDifferences(a, b);
  const n = differences.length;
  const estimate = n === 0 ? null : mean(differences);
  if (estimate === null || n < 2) return { estimate, low: null, high: null, n, ...NO_TEST };
  const spread = sd(differences);
  if (spread <= ROUNDING * greatest(a, b)) {
    const [above, below] = [
      differences.filter((each) => each > 0).length,
      differences.filter((each) => each < 0).length,
    ];
    return { estimate, low: null, high: null, n, ...NO_TEST, p: signTest(above, below) };
  }
  return { ...tested(estimate, spread / Math.sqrt(n), n - 1, confidence), n, effect: cohenDz(differences) };
}

/** `a[i] − b[i]`; 0 where they differ by rounding alone. @throws {SimError} `bad_statistic` */
export function pairedDifferences(a: readonly number[], b: readonly number[]): number[] {
  assertValues(a);
  assertValues(b);
  if (a.length !== b.length) {
    throw badStatistic(`there are ${a.length} values and ${b.length}`, "give as many of one as of the other, in pairs");
  }
  return a.map((value, i) => {
    const difference = value - b[i]!;
    return Math.abs(difference) <= ROUNDING * Math.max(Math.abs(value), Math.abs(b[i]!)) ? 0 : difference;
  });
}

/**
 * The mean of `a` less that of `b` with Welch's interval and test, which do not take their variances for equal; `n` counts
 * the values of both, the effect is {@linkcode hedgesG}. Samples without spread have the p-value of being apart at all, and no
 * interval.
 *
 * Source: B. L. Welch (1947), "The generalization of 'Student's' problem when several different population variances are
 * involved", Biometrika 34:28-35, with the degrees of freedom of F. E. Satterthwaite (1946), Biometrics Bulletin 2:110-114.
 *
 * @returns no estimate when either is empty, no interval when either has fewer than two values
 * @throws {SimError} `bad_statistic`
 */
export function unpairedDifference(
  a: readonly number[],
  b: readonly number[],
  confidence: number = DEFAULT_CONFIDENCE,
): Difference {
  assertConfidence(confidence);
  assertValues(a);
  assertValues(b);
  const n = a.length + b.length;
  const estimate = a.length === 0 || b.length === 0 ? null : mean(a) - mean(b);
  if (estimate === null || a.length < 2 || b.length < 2) return { estimate, low: null, high: null, n, ...NO_TEST };
  const { squared, df } = welchError(a, b);
  const error = Math.sqrt(squared);
  if (error <= ROUNDING * greatest(a, b)) {
    const isRounding = Math.abs(estimate) <= ROUNDING * greatest(a, b);
    return { estimate, low: null, high: null, n, ...NO_TEST, p: isRounding ? 1 : separationTest(a, b) };
  }
  return { ...tested(estimate, error, df, confidence), n, effect: hedgesG(a, b) };
}

/** The squared standard error of the difference of two means, and its degrees of freedom: Welch's, as above. */
export function welchError(a: readonly number[], b: readonly number[]): { squared: number; df: number } {
  const [errorA, errorB] = [variance(a) / a.length, variance(b) / b.length];
  const squared = errorA + errorB;
  // Shares in place of squares, which of small errors are 0.
  const [shareA, shareB] = [errorA / squared, errorB / squared];
  return { squared, df: 1 / (shareA ** 2 / (a.length - 1) + shareB ** 2 / (b.length - 1)) };
}

/**
 * Cohen's d_z of pairs: the mean of their differences in standard deviations of these.
 *
 * Source: J. Cohen (1988), "Statistical Power Analysis for the Behavioral Sciences", 2nd ed., §2.3.5.
 *
 * @returns null for fewer than two differences, or none that differs
 * @throws {SimError} `bad_statistic`
 */
export function cohenDz(differences: readonly number[]): number | null {
  assertValues(differences);
  const spread = differences.length < 2 ? 0 : sd(differences);
  return spread === 0 ? null : mean(differences) / spread;
}

/**
 * Hedges' g: the difference of two means in standard deviations that both are taken to share, with the correction
 * 1 − 3/(4 df − 1) for small samples.
 *
 * Source: L. V. Hedges (1981), "Distribution theory for Glass's estimator of effect size and related estimators", Journal
 * of Educational Statistics 6:107-128.
 *
 * @returns null when either has fewer than two values, or nothing varies
 * @throws {SimError} `bad_statistic`
 */
export function hedgesG(a: readonly number[], b: readonly number[]): number | null {
  assertValues(a);
  assertValues(b);
  if (a.length < 2 || b.length < 2) return null;
  const df = a.length + b.length - 2;
  const pooled = ((a.length - 1) * variance(a) + (b.length - 1) * variance(b)) / df;
  return pooled === 0 ? null : (1 - 3 / (4 * df - 1)) * (mean(a) - mean(b)) / Math.sqrt(pooled);
}

function tested(estimate: number, error: number, df: number, confidence: number) {
  const half = twoSidedStudent(confidence, df) * error;
  const t = estimate / error;
  return { estimate, low: estimate - half, high: estimate + half, t, df, p: studentTwoSidedP(t, df) };
}

function greatest(...samples: readonly (readonly number[])[]): number {
  return samples.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
