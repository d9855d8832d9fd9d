/** The noise floor: how much comes of the seed (the world) and how much of the sample (the models), and what it hides. */

import { mean, variance } from "./description.ts";
import { twoSidedStudent } from "./distributions.ts";
import { assertConfidence, assertCount, assertValues, badStatistic, DEFAULT_CONFIDENCE, sum } from "./estimate.ts";

/** Where the variance of an output comes from; variances are in squared units of it. */
export interface VarianceSplit {
  /** How many values there are. */
  readonly n: number;
  /** How many seeds. */
  readonly seeds: number;
  /** How many samples to a seed; where that differs, Searle's mean of it. */
  readonly samples: number;
  /** Between seeds: the world's part. Null for fewer than two seeds, or no seed with two samples to tell it from the other. */
  readonly seed: number | null;
  /** Between samples of the same seed: the models' part. Null: no seed has two samples. */
  readonly sample: number | null;
  /** Of one run with a new seed: both parts together, known even where they cannot be told apart; null for one seed. */
  readonly total: number | null;
  /** The part of the seed came out below 0, by chance, and reads 0. */
  readonly negative: boolean;
}

/** A comparison of two arms as it is planned. */
export interface Design {
  /** Seeds of each arm. */
  readonly seeds: number;
  /** Samples of each seed; default 1. */
  readonly samples?: number;
  /** Both arms have the same seeds. */
  readonly paired: boolean;
  /** Of the differences between the arms, seed by seed, where they are paired; else of one arm. */
  readonly split: VarianceSplit;
}

/**
 * Splits the variance of an output over seeds, each with one or more samples. Samples have nothing in common across seeds:
 * they are nested in them.
 *
 * Method: one-way random effects by analysis of variance, S. R. Searle, G. Casella, C. E. McCulloch (1992), "Variance
 * Components", §3.6: sample = MS within, seed = (MS between − MS within)/n₀ with n₀ = (N − Σnᵢ²/N)/(seeds − 1). A seed's
 * part below 0 is reported as 0.
 *
 * @param groups the values of each seed
 * @throws {SimError} `bad_statistic` when a seed has no value
 */
export function varianceSplit(groups: readonly (readonly number[])[]): VarianceSplit {
  for (const group of groups) assertValues(group, 1);
  const seeds = groups.length;
  const n = sum(groups.map(({ length }) => length));
  const within = sum(groups.map((group) => group.length < 2 ? 0 : (group.length - 1) * variance(group)));
  const sample = n > seeds ? within / (n - seeds) : null;
  if (seeds < 2) return { n, seeds, samples: n, seed: null, sample, total: null, negative: false };

  const samples = (n - sum(groups.map(({ length }) => length ** 2)) / n) / (seeds - 1);
  const centre = mean(groups.flat());
  const between = sum(groups.map((group) => group.length * (mean(group) - centre) ** 2)) / (seeds - 1);
  if (sample === null) return { n, seeds, samples, seed: null, sample, total: between, negative: false };
  const component = (between - sample) / samples;
  const seed = Math.max(0, component);
  return { n, seeds, samples, seed, sample, total: seed + sample, negative: component < 0 };
}

/**
 * The smallest difference of means that a comparison can tell: half the width of the difference's interval, with the
 * variances as they are estimated. What is smaller is below the noise floor.
 *
 * t · √(k (seed/n + sample/(n m))) for n seeds with m samples; paired k = 1 and n − 1 degrees of freedom, else k = 2 and
 * 2 (n − 1). Variance of such a mean: G. W. Snedecor, W. G. Cochran (1989), "Statistical Methods", 8th ed., ch. 13; the
 * smallest difference is R. A. Fisher's least significant one (1935, "The Design of Experiments").
 *
 * @returns null for fewer than two seeds, or a split from fewer
 * @throws {SimError} `bad_statistic` when more samples are planned than the split can tell of
 */
export function noiseFloor(design: Design, confidence: number = DEFAULT_CONFIDENCE): number | null {
  const { seeds, samples = 1, paired, split } = design;
  assertConfidence(confidence);
  assertCount("seeds", seeds);
  assertCount("samples", samples, 1);
  if (split.total === null || seeds < 2) return null;
  const perSeed = varianceOfSeedMean(split, samples);
  const [arms, df] = paired ? [1, seeds - 1] : [2, 2 * (seeds - 1)];
  return twoSidedStudent(confidence, df) * Math.sqrt(arms * perSeed / seeds);
}

/**
 * Half the width that Student's interval of a mean will have once there are `more` values beside these, if they vary as
 * these do: t(n − 1) · sd / √n. Give the differences for that of paired arms.
 *
 * @returns null for fewer than two values, whose spread is not known
 * @throws {SimError} `bad_statistic`
 */
export function expectedHalfWidth(
  values: readonly number[],
  more: number,
  confidence: number = DEFAULT_CONFIDENCE,
): number | null {
  assertConfidence(confidence);
  assertValues(values);
  assertCount("more", more);
  if (values.length < 2) return null;
  const n = values.length + more;
  return twoSidedStudent(confidence, n - 1) * Math.sqrt(variance(values) / n);
}

function varianceOfSeedMean({ seed, sample, samples: known, total }: VarianceSplit, samples: number): number {
  if (seed !== null && sample !== null) return seed + sample / samples;
  if (samples !== 1) {
    throw badStatistic(
      `${samples} samples a seed are planned, and the runs so far have ${known}`,
      "play two samples of some seeds first: they tell what samples do",
    );
  }
  return total!;
}
