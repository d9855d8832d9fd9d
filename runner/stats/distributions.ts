/** Quantiles and tails of the normal distribution and of Student's, from jStat: the one place that knows of it. */

import jstat from "jstat";
import { assertConfidence, badStatistic } from "./estimate.ts";

/** What is used of jStat, which comes without types. */
interface JStat {
  readonly normal: Readonly<Record<"inv" | "cdf", (x: number, mean: number, sd: number) => number>>;
  readonly studentt: Readonly<Record<"inv" | "cdf", (x: number, df: number) => number>>;
}

const { normal, studentt }: JStat = jstat;

/**
 * The value that a standard normal variable stays below with probability `p`; to 10 digits for p from 1e-8 to 1 − 1e-8.
 *
 * @throws {SimError} `bad_statistic` unless 0 < p < 1
 */
export function normalQuantile(p: number): number {
  assertProbability(p);
  return p === 0.5 ? 0 : normal.inv(p, 0, 1);
}

/** The probability that a standard normal variable is at most `z`; to 10 digits for z from −5. */
export function normalCdf(z: number): number {
  return normal.cdf(z, 0, 1);
}

/**
 * The value that Student's t stays below with probability `p`, to about 7 digits.
 *
 * @param df degrees of freedom, above 0; need not be whole
 * @throws {SimError} `bad_statistic`
 */
export function studentQuantile(p: number, df: number): number {
  assertProbability(p);
  assertDegrees(df);
  return studentt.inv(p, df);
}

/**
 * The probability that Student's t is at least as far from 0 as `t`, to about 6 digits.
 *
 * @param df degrees of freedom, above 0; need not be whole
 * @throws {SimError} `bad_statistic`
 */
export function studentTwoSidedP(t: number, df: number): number {
  assertDegrees(df);
  return Math.min(1, 2 * studentt.cdf(-Math.abs(t), df));
}

/** How many standard errors a two-sided interval reaches to either side. @throws {SimError} `bad_statistic` */
export function twoSidedNormal(confidence: number): number {
  assertConfidence(confidence);
  return normalQuantile((1 + confidence) / 2);
}

/** The same with a standard error that is itself estimated, with `df` degrees of freedom. @throws {SimError} `bad_statistic` */
export function twoSidedStudent(confidence: number, df: number): number {
  assertConfidence(confidence);
  return studentQuantile((1 + confidence) / 2, df);
}

function assertProbability(p: number): void {
  if (!(p > 0 && p < 1)) throw badStatistic(`a probability is ${p}`, "give a number between 0 and 1, neither included");
}

function assertDegrees(df: number): void {
  if (!(df > 0)) throw badStatistic(`degrees of freedom are ${df}`, "give a number above 0");
}
