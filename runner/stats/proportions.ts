/** Proportions of trials, and how often all of k trials succeed. */

import { twoSidedNormal } from "./distributions.ts";
import { assertCount, badStatistic, DEFAULT_CONFIDENCE, type Estimate, sum } from "./estimate.ts";

/** How often one task succeeded in how many trials. */
export interface Trials {
  /** Trials that succeeded. */
  readonly successes: number;
  /** All trials. */
  readonly n: number;
}

/**
 * A proportion with Wilson's score interval, without correction for continuity.
 *
 * Source: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22:209-212;
 * as method 3 in R. G. Newcombe (1998), Statistics in Medicine 17:857-872.
 *
 * @param successes 0 to `n`; need not be whole, where trials succeed in part
 * @param n trials; with none there is neither estimate nor interval
 * @param confidence of the two-sided interval, between 0 and 1
 * @throws {SimError} `bad_statistic`
 */
export function wilson(successes: number, n: number, confidence: number = DEFAULT_CONFIDENCE): Estimate {
  assertCount("n", n);
  if (!(successes >= 0 && successes <= n)) {
    throw badStatistic(`successes are ${successes} of ${n}`, "give a number from 0 to n");
  }
  const z = twoSidedNormal(confidence);
  if (n === 0) return { estimate: null, low: null, high: null, n };
  const p = successes / n;
  const scale = 1 / (1 + z ** 2 / n);
  const centre = (p + z ** 2 / (2 * n)) * scale;
  const half = z * Math.sqrt(p * (1 - p) / n + z ** 2 / (4 * n ** 2)) * scale;
  // At the ends the limits are 0 and 1 exactly, which rounding would miss.
  const low = successes === 0 ? 0 : centre - half;
  const high = successes === n ? 1 : centre + half;
  return { estimate: p, low, high, n };
}

/**
 * pass^k of one task: the chance that `k` trials all succeed, estimated without bias from `n` trials of which some
 * succeeded, as C(successes, k) / C(n, k).
 *
 * Source: S. Yao et al. (2024), "τ-bench", arXiv 2406.12045, §3.
 *
 * @throws {SimError} `bad_statistic` when there are fewer than `k` trials
 */
export function passHatK(successes: number, n: number, k: number): number {
  assertCount("n", n);
  assertCount("successes", successes);
  if (successes > n) throw badStatistic(`successes are ${successes} of ${n}`, "give a number from 0 to n");
  if (!Number.isSafeInteger(k) || k < 1) throw badStatistic(`k is ${k}`, "give a whole number from 1");
  if (k > n) {
    throw badStatistic(`pass^${k} needs ${k} trials, there are ${n}`, "play more samples, or ask for a lower k");
  }
  let chance = 1;
  for (let i = 0; i < k; i++) chance *= Math.max(0, successes - i) / (n - i);
  return chance;
}

/**
 * The mean of pass^k over tasks, with an interval for tasks like these.
 *
 * The tasks are what was sampled, so they count, not the trials. The interval is Wilson's with the sum of the tasks'
 * values as successes: values between 0 and 1 vary at most as much as ones that are 0 or 1, so it is never too narrow on
 * that account. A bootstrap over tasks would have no width at all when every task passed, which is where it matters.
 *
 * @returns no estimate without tasks, no interval for fewer than two
 * @throws {SimError} `bad_statistic` when a task has fewer than `k` trials
 */
export function meanPassHatK(tasks: readonly Trials[], k: number, confidence: number = DEFAULT_CONFIDENCE): Estimate {
  const total = sum(tasks.map(({ successes, n }) => passHatK(successes, n, k)));
  // A sum of ones that is not quite whole would be more than all tasks.
  const mean = wilson(Math.min(total, tasks.length), tasks.length, confidence);
  return tasks.length < 2 ? { ...mean, low: null, high: null } : mean;
}
