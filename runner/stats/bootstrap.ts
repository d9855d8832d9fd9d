/** Intervals by resampling, for statistics without a formula and for data that are not normal. */

import { rng } from "../../framework/mod.ts";
import { mean, quantilesOfSorted, variance } from "./description.ts";
import { welchError } from "./differences.ts";
import { normalCdf, twoSidedStudent } from "./distributions.ts";
import { assertConfidence, assertCount, assertValues, DEFAULT_CONFIDENCE, type Estimate } from "./estimate.ts";

/** How to resample. */
export interface BootstrapOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** How many resamples (B); default 5000. */
  readonly resamples?: number;
  /** The same seed gives the same interval; default 1. */
  readonly seed?: number;
  /** What is estimated, from at least one value; default the mean. */
  readonly statistic?: (values: readonly number[]) => number;
  /** Whether to make up for resamples varying too little in small samples; default true. */
  readonly expand?: boolean;
}

/** An estimate whose interval comes from resampling. */
export interface BootstrapEstimate extends Estimate {
  /** How many resamples are behind the interval. */
  readonly resamples: number;
  /** Their seed. */
  readonly seed: number;
}

const DEFAULT_RESAMPLES = 5000;
const DEFAULT_SEED = 1;

/**
 * A statistic with its percentile interval.
 *
 * Percentiles: B. Efron, R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13. They are too narrow for few
 * values, so they are expanded: T. C. Hesterberg (2015), "What teachers should know about the bootstrap", The American
 * Statistician 69:371-386, takes α′/2 = Φ(−√(n/(n − 1)) · t(n − 1)) in place of α/2, which gives back Student's interval
 * where the resamples' means are normal. The interval never leaves what the resamples reach, so for fewer than about five
 * values it is narrower than Student's.
 *
 * @returns no estimate without values, no interval for fewer than two
 * @throws {SimError} `bad_statistic`
 */
export function bootstrapInterval(values: readonly number[], options: BootstrapOptions = {}): BootstrapEstimate {
  const { confidence, resamples, seed, statistic, expand } = settled(options);
  assertValues(values);
  const n = values.length;
  const estimate = n === 0 ? null : statistic(values);
  if (n < 2) return { estimate, low: null, high: null, n, resamples, seed };
  const draw = resampler(values, seed, "bootstrap");
  const replicates = Float64Array.from({ length: resamples }, () => statistic(draw()));
  const tail = expand ? expandedTail(confidence, n - 1, n / (n - 1)) : (1 - confidence) / 2;
  return { estimate, ...limits(replicates, tail), n, resamples, seed };
}

/**
 * The statistic of `a` less that of `b`, with its percentile interval; both are resampled on their own. For pairs, give
 * their differences to {@linkcode bootstrapInterval}.
 *
 * Expanded as above, with Welch's degrees of freedom and with the ratio of Welch's squared error to the resamples', so
 * that it gives back Welch's interval where the resamples' differences are normal.
 *
 * @returns no estimate when either has no values, no interval when either has fewer than two
 * @throws {SimError} `bad_statistic`
 */
export function bootstrapDifference(
  a: readonly number[],
  b: readonly number[],
  options: BootstrapOptions = {},
): BootstrapEstimate {
  const { confidence, resamples, seed, statistic, expand } = settled(options);
  assertValues(a);
  assertValues(b);
  const n = a.length + b.length;
  const estimate = a.length === 0 || b.length === 0 ? null : statistic(a) - statistic(b);
  if (a.length < 2 || b.length < 2) return { estimate, low: null, high: null, n, resamples, seed };
  const [drawA, drawB] = [resampler(a, seed, "bootstrap a"), resampler(b, seed, "bootstrap b")];
  const replicates = Float64Array.from({ length: resamples }, () => statistic(drawA()) - statistic(drawB()));
  const { squared, df } = welchError(a, b);
  const tail = expand && squared > 0
    ? expandedTail(confidence, df, squared / resampledError(a, b))
    : (1 - confidence) / 2;
  return { estimate, ...limits(replicates, tail), n, resamples, seed };
}

/** The squared error of a difference of means as resamples have it: variances with n in place of n − 1. */
function resampledError(...samples: readonly (readonly number[])[]): number {
  return samples.reduce((total, values) => total + variance(values) * (values.length - 1) / values.length ** 2, 0);
}

function expandedTail(confidence: number, df: number, ratio: number): number {
  return normalCdf(-Math.sqrt(ratio) * twoSidedStudent(confidence, df));
}

function limits(replicates: Float64Array, tail: number): { low: number; high: number } {
  const [low, high] = quantilesOfSorted(replicates.sort(), [tail, 1 - tail]);
  return { low: low!, high: high! };
}

/** Draws resamples, each into the same array. */
function resampler(values: readonly number[], seed: number, purpose: string): () => readonly number[] {
  const stream = rng(seed, purpose, "", 0);
  const drawn = values.slice();
  return () => {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[Math.floor(stream.next() * values.length)]!;
    return drawn;
  };
}

function settled(options: BootstrapOptions): Required<BootstrapOptions> {
  const chosen = {
    confidence: DEFAULT_CONFIDENCE,
    resamples: DEFAULT_RESAMPLES,
    seed: DEFAULT_SEED,
    statistic: mean,
    expand: true,
    ...options,
  };
  assertConfidence(chosen.confidence);
  assertCount("resamples", chosen.resamples, 1);
  return chosen;
}
