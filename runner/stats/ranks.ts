/** Rank correlation: how sensitive an output is to a parameter, whatever the shape, as long as it only rises or only falls. */

import { studentTwoSidedP, twoSidedNormal } from "./distributions.ts";
import { assertValues, badStatistic, DEFAULT_CONFIDENCE, type Estimate, sum } from "./estimate.ts";

/** Spearman's ρ with its interval and test. */
export interface RankCorrelation extends Estimate {
  /** Two-sided, of no association; null where there is no ρ or there are fewer than three pairs. */
  readonly p: number | null;
}

/** Up to here all orders are tried; beyond, Student's t is near enough. */
const ALL_ORDERS = 7;

/** A coefficient as near to ±1 as this is ±1 but for rounding. */
const PERFECT = 1 - 1e-12;

/**
 * Spearman's ρ: the correlation of the ranks of `x` and `y`, those that tie sharing the mean of their ranks.
 *
 * ρ: C. Spearman (1904), American Journal of Psychology 15:72-101. p: exact, from all orders of the ranks as they are, for
 * up to 7 pairs; beyond, t = ρ √((n − 2)/(1 − ρ²)) with n − 2 degrees of freedom (M. G. Kendall, "Rank Correlation
 * Methods", §4), and no less than that of a perfect order, 2/n!. Interval: Fisher's z with the standard error
 * √((1 + ρ²/2)/(n − 3)) of D. G. Bonett, T. A. Wright (2000), "Sample size requirements for estimating Pearson, Kendall and
 * Spearman correlations", Psychometrika 65:23-28; near nominal for n from 25 and |ρ| below 0.9, an approximation below.
 *
 * @returns no ρ when either does not vary, no interval for fewer than four pairs or a perfect order
 * @throws {SimError} `bad_statistic` when there are not as many of one as of the other
 */
export function spearman(
  x: readonly number[],
  y: readonly number[],
  confidence: number = DEFAULT_CONFIDENCE,
): RankCorrelation {
  const z = twoSidedNormal(confidence);
  assertValues(x);
  assertValues(y);
  const n = x.length;
  if (n !== y.length) {
    throw badStatistic(`there are ${n} values and ${y.length}`, "give as many of one as of the other");
  }
  const [a, b] = [centredRanks(x), centredRanks(y)];
  const scale = Math.sqrt(product(a, a) * product(b, b));
  if (scale === 0) return { estimate: null, low: null, high: null, p: null, n };
  const rho = Math.max(-1, Math.min(1, product(a, b) / scale));
  const p = n < 3 ? null : n <= ALL_ORDERS ? exactP(a, b) : approximateP(rho, n);
  if (n < 4 || Math.abs(rho) >= PERFECT) return { estimate: rho, low: null, high: null, p, n };
  const half = z * Math.sqrt((1 + rho ** 2 / 2) / (n - 3));
  return { estimate: rho, low: Math.tanh(Math.atanh(rho) - half), high: Math.tanh(Math.atanh(rho) + half), p, n };
}

/** Ranks from 1, in the order given; those that tie share the mean of their ranks. @throws {SimError} `bad_statistic` */
export function ranks(values: readonly number[]): number[] {
  assertValues(values);
  const order = values.map((_, i) => i).toSorted((i, j) => values[i]! - values[j]!);
  const ranked = values.slice();
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let i = from; i <= to; i++) ranked[order[i]!] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranked;
}

function centredRanks(values: readonly number[]): number[] {
  const centre = (values.length + 1) / 2;
  return ranks(values).map((rank) => rank - centre);
}

function product(a: readonly number[], b: readonly number[]): number {
  return sum(a.map((value, i) => value * b[i]!));
}

function approximateP(rho: number, n: number): number {
  let perfect = 2;
  for (let i = 2; i <= n; i++) perfect /= i;
  if (Math.abs(rho) >= PERFECT) return perfect;
  return Math.max(perfect, studentTwoSidedP(rho * Math.sqrt((n - 2) / (1 - rho ** 2)), n - 2));
}

/** The share of all orders of `b` that go with `a` at least as closely as this one, either way. */
function exactP(a: readonly number[], b: readonly number[]): number {
  // Ranks are halves of whole numbers, so sums of products are exact.
  const found = Math.abs(product(a, b));
  const left = b.slice();
  let [orders, asClose] = [0, 0];
  const place = (at: number, total: number): void => {
    if (at === left.length) {
      orders++;
      if (Math.abs(total) >= found) asClose++;
      return;
    }
    for (let i = at; i < left.length; i++) {
      [left[at], left[i]] = [left[i]!, left[at]!];
      place(at + 1, total + a[at]! * left[at]!);
      [left[at], left[i]] = [left[i]!, left[at]!];
    }
  };
  place(0, 0);
  return asClose / orders;
}
