/** How far two raters agree. */

import { twoSidedNormal } from "./distributions.ts";
import { assertCount, badStatistic, DEFAULT_CONFIDENCE, sum } from "./estimate.ts";
import { wilson } from "./proportions.ts";

/** How far two raters agree beyond chance. */
export interface Kappa {
  /** Cohen's κ, −1 to 1; null where chance alone would agree always. */
  readonly kappa: number | null;
  /** Lower end of its interval, −1 to 1; null: there is none. */
  readonly low: number | null;
  /** Upper end of its interval, −1 to 1; null: there is none. */
  readonly high: number | null;
  /** Share on which both agree, 0 to 1; null: there is nothing to agree on. */
  readonly agreement: number | null;
  /** How many cases both have rated. */
  readonly n: number;
}

/** Below this a variance is 0 but for rounding. */
const NO_VARIANCE = 1e-12;

/**
 * Cohen's κ of two raters with its interval.
 *
 * κ: J. Cohen (1960), Educational and Psychological Measurement 20:37-46. Its large-sample standard error, not assuming
 * κ = 0: J. L. Fleiss, J. Cohen, B. S. Everitt (1969), "Large sample standard errors of kappa and weighted kappa",
 * Psychological Bulletin 72:323-327. That error is 0 when the raters agree on everything, however few cases there are; the
 * interval is then Wilson's of the agreement, carried over to κ at the same agreement by chance, within −1 and 1.
 *
 * @param table how often the first rater chose the row's category and the second the column's; square
 * @returns no κ where agreement by chance is 1 (both know one category only), no interval for fewer than two cases or
 *   where one rater always says the same: κ is 0 then, whatever the other says
 * @throws {SimError} `bad_statistic`
 */
export function cohenKappa(table: readonly (readonly number[])[], confidence: number = DEFAULT_CONFIDENCE): Kappa {
  const z = twoSidedNormal(confidence);
  for (const row of table) {
    if (row.length !== table.length) {
      throw badStatistic("the table is not square", "give a row and a column a category");
    }
    for (const count of row) assertCount("a count", count);
  }
  const n = sum(table.flat());
  if (n === 0) return { kappa: null, low: null, high: null, agreement: null, n };
  const shares = table.map((row) => row.map((count) => count / n));
  const rows = shares.map(sum);
  const columns = shares.map((_, j) => sum(shares.map((row) => row[j]!)));
  const hits = sum(table.map((row, i) => row[i]!));
  const agreement = hits / n;
  const chance = sum(rows.map((row, i) => row * columns[i]!));
  if (1 - chance < NO_VARIANCE) return { kappa: null, low: null, high: null, agreement, n };
  const beyondChance = (share: number) => (share - chance) / (1 - chance);
  const kappa = beyondChance(agreement);
  if (n < 2 || isConstant(rows) || isConstant(columns)) return { kappa, low: null, high: null, agreement, n };

  const diagonal = sum(shares.map((row, i) => row[i]! * (1 - (rows[i]! + columns[i]!) * (1 - kappa)) ** 2));
  const others = sum(
    shares.flatMap((row, i) => row.map((share, j) => i === j ? 0 : share * (columns[i]! + rows[j]!) ** 2)),
  );
  const variance = (diagonal + (1 - kappa) ** 2 * others - (kappa - chance * (1 - kappa)) ** 2) /
    ((1 - chance) ** 2 * n);
  if (variance < NO_VARIANCE) {
    const { low, high } = wilson(hits, n, confidence);
    return { kappa, low: within(beyondChance(low!)), high: within(beyondChance(high!)), agreement, n };
  }
  const half = z * Math.sqrt(variance);
  return { kappa, low: within(kappa - half), high: within(kappa + half), agreement, n };
}

/** Whether a rater, by the shares of its categories, knows only one. */
function isConstant(shares: readonly number[]): boolean {
  return shares.filter((share) => share > 0).length === 1;
}

function within(kappa: number): number {
  return Math.min(1, Math.max(-1, kappa));
}

/** How often the first of a pair was each category (rows) while the second was each (columns). */
export function confusionTable<T>(pairs: Iterable<readonly [T, T]>, categories: readonly T[]): number[][] {
  const table = categories.map(() => categories.map(() => 0));
  for (const [first, second] of pairs) {
    const [i, j] = [categories.indexOf(first), categories.indexOf(second)];
    if (i < 0 || j < 0) {
      throw badStatistic(
        `there is no category '${i < 0 ? first : second}'`,
        `categories are: ${categories.join(", ")}`,
      );
    }
    table[i]![j]!++;
  }
  return table;
}
