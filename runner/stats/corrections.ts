/** Many comparisons at once: p-values that may be held against the level as if there were one. */

import { badStatistic } from "./estimate.ts";

/**
 * Holm's step-down of Bonferroni: adjusted p-values in the order given. Those at most α are called with a chance of at most
 * α that any of them is wrong.
 *
 * Source: S. Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
 * 6:65-70.
 *
 * @throws {SimError} `bad_statistic` unless all are from 0 to 1
 */
export function holmBonferroni(pValues: readonly number[]): number[] {
  const adjusted = pValues.slice();
  let most = 0;
  ascending(pValues).forEach((index, rank) => {
    most = Math.max(most, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = most;
  });
  return adjusted;
}

/**
 * Benjamini and Hochberg's step-up: adjusted p-values in the order given. Of those at most α, a share of at most α is
 * wrong, in the mean, when the tests are independent or positively dependent.
 *
 * Source: Y. Benjamini, Y. Hochberg (1995), "Controlling the false discovery rate", Journal of the Royal Statistical
 * Society B 57:289-300.
 *
 * @throws {SimError} `bad_statistic` unless all are from 0 to 1
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const adjusted = pValues.slice();
  let least = 1;
  ascending(pValues).forEach((_, i, order) => {
    const rank = order.length - i;
    const index = order[rank - 1]!;
    least = Math.min(least, pValues[index]! * order.length / rank);
    adjusted[index] = least;
  });
  return adjusted;
}

/** The indices of the p-values, least first. */
function ascending(pValues: readonly number[]): number[] {
  for (const p of pValues) if (!(p >= 0 && p <= 1)) throw badStatistic(`a p-value is ${p}`, "give numbers from 0 to 1");
  return pValues.map((_, i) => i).toSorted((i, j) => pValues[i]! - pValues[j]!);
}
