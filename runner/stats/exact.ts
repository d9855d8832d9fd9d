/** Tests that suppose nothing of how values vary: their p-values are counted out. All are two-sided. */

import { assertCount, assertValues, badStatistic, sum } from "./estimate.ts";

/**
 * The sign test: how often `above + below` fair coins fall at least as unevenly. Of n pairs that all differ the same way it
 * is 2 · 2^(−n), so fewer than six cannot be told from chance at 5 %. Of pairs of yes and no it is McNemar's exact test.
 *
 * Source: W. J. Conover (1999), "Practical Nonparametric Statistics", 3rd ed., §3.4; Q. McNemar (1947), Psychometrika
 * 12:153-157.
 *
 * @param above pairs whose first is greater; those that are equal are in neither count
 * @throws {SimError} `bad_statistic`
 */
export function signTest(above: number, below: number): number {
  assertCount("above", above);
  assertCount("below", below);
  const n = above + below;
  let log = -n * Math.LN2;
  let tail = 2 ** -n;
  for (let i = 1; i <= Math.min(above, below); i++) {
    log += Math.log((n - i + 1) / i);
    tail += Math.exp(log);
  }
  return Math.min(1, 2 * tail);
}

/**
 * How often two samples from one source would have all values of one beyond all of the other, either way: 2 / C(n, m); 1
 * where they are not apart like that.
 *
 * Source: the least p-value of F. Wilcoxon's rank-sum test (1945), Biometrics Bulletin 1:80-83.
 *
 * @throws {SimError} `bad_statistic` for no values
 */
export function separationTest(a: readonly number[], b: readonly number[]): number {
  assertValues(a, 1);
  assertValues(b, 1);
  const isBeyond = (upper: readonly number[], lower: readonly number[]) => {
    const most = lower.reduce((x, y) => Math.max(x, y));
    return upper.every((value) => value > most);
  };
  return isBeyond(a, b) || isBeyond(b, a) ? Math.min(1, 2 * Math.exp(-logChoose(a.length + b.length, a.length))) : 1;
}

/**
 * Fisher's exact test of two shares: of all ways to deal the successes to two groups of these sizes, the chance of those
 * that are no likelier than what was found.
 *
 * Source: R. A. Fisher (1935), "The logic of inductive inference", Journal of the Royal Statistical Society 98:39-54.
 *
 * @param first successes and trials of one group, in whole numbers
 * @throws {SimError} `bad_statistic`
 */
export function fisherExact(
  [successes, n]: readonly [successes: number, n: number],
  [others, m]: readonly [successes: number, n: number],
): number {
  for (const [name, count] of Object.entries({ successes, others, failures: n - successes, left: m - others })) {
    assertCount(name, count);
  }
  const all = successes + others;
  const dealt = (own: number) => Math.exp(logChoose(n, own) + logChoose(m, all - own) - logChoose(n + m, all));
  const from = Math.max(0, all - m);
  const chances = Array.from({ length: Math.min(n, all) - from + 1 }, (_, i) => dealt(from + i));
  const found = chances[successes - from]!;
  // As likely as what was found, but for rounding.
  return Math.min(1, sum(chances.filter((chance) => chance <= found * (1 + 1e-7))));
}

/**
 * McNemar's exact test of pairs of yes (1) and no (0): {@linkcode signTest} of those that differ. Of pairs in part, which are
 * means of samples, only the direction counts; where that of most is not that of the shares nothing is shown.
 *
 * @throws {SimError} `bad_statistic` when there are not as many of one as of the other
 */
export function pairedSharesTest(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) {
    throw badStatistic(`there are ${a.length} values and ${b.length}`, "give as many of one as of the other, in pairs");
  }
  const above = a.filter((value, i) => value > b[i]!).length;
  const below = a.filter((value, i) => value < b[i]!).length;
  return (above - below) * (sum(a) - sum(b)) <= 0 ? 1 : signTest(above, below);
}

/**
 * {@linkcode fisherExact} of two groups of yes (1) and no (0). Values in part, which are means of samples, vary less than
 * such; their sums are rounded towards each other, so that they show no more than they have.
 *
 * @throws {SimError} `bad_statistic` for no values, or some that are not from 0 to 1
 */
export function unpairedSharesTest(a: readonly number[], b: readonly number[]): number {
  assertValues(a, 1);
  assertValues(b, 1);
  const difference = sum(a) / a.length - sum(b) / b.length;
  const [down, up] = [Math.floor, Math.ceil];
  const [yes, others] = difference > 0 ? [down(sum(a)), up(sum(b))] : [up(sum(a)), down(sum(b))];
  // Rounding may turn a small difference round: then there is none to tell.
  if ((yes / a.length - others / b.length) * difference <= 0) return 1;
  return fisherExact([yes, a.length], [others, b.length]);
}

/** The logarithm of how many ways there are to choose `k` of `n`. */
function logChoose(n: number, k: number): number {
  let log = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) log += Math.log((n - i + 1) / i);
  return log;
}
