/**
 * Statistics of what is measured on few samples. Small and honest: an interval beside every estimate, and none where the
 * data carry none.
 */

import { SimError } from "../framework/mod.ts";

/** An estimate with its confidence interval; null: the data do not give it. */
export interface Estimate {
  /** The estimate itself. */
  readonly estimate: number | null;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Upper end of the interval. */
  readonly high: number | null;
  /** How many observations are behind it. */
  readonly n: number;
}

/** How far two raters agree beyond chance. */
export interface Kappa {
  /** Cohen's κ, −1 to 1; null where chance alone would agree always. */
  readonly kappa: number | null;
  /** Lower end of its interval; null: there is none. */
  readonly low: number | null;
  /** Upper end of its interval; null: there is none. */
  readonly high: number | null;
  /** Share on which both agree, 0 to 1; null: there is nothing to agree on. */
  readonly agreement: number | null;
  /** How many cases both have rated. */
  readonly n: number;
}

/** How often one task succeeded in how many trials. */
export interface Trials {
  /** Trials that succeeded. */
  readonly successes: number;
  /** All trials. */
  readonly n: number;
}

const DEFAULT_CONFIDENCE = 0.95;

/** Below this a variance is 0 but for rounding. */
const NO_VARIANCE = 1e-12;

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
  const z = twoSided(confidence);
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
 * Cohen's κ of two raters with its interval.
 *
 * κ: J. Cohen (1960), Educational and Psychological Measurement 20:37-46. Its large-sample standard error, not assuming
 * κ = 0: J. L. Fleiss, J. Cohen, B. S. Everitt (1969), "Large sample standard errors of kappa and weighted kappa",
 * Psychological Bulletin 72:323-327. That error is 0 when the raters agree on everything, or one of them always says the
 * same, however few cases there are; the interval is then Wilson's of the agreement, carried over to κ at the same
 * agreement by chance.
 *
 * @param table how often the first rater chose the row's category and the second the column's; square
 * @returns no κ where agreement by chance is 1 (both know one category only), no interval for fewer than two cases
 * @throws {SimError} `bad_statistic`
 */
export function cohenKappa(table: readonly (readonly number[])[], confidence: number = DEFAULT_CONFIDENCE): Kappa {
  const z = twoSided(confidence);
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
  if (n < 2) return { kappa, low: null, high: null, agreement, n };

  const diagonal = sum(shares.map((row, i) => row[i]! * (1 - (rows[i]! + columns[i]!) * (1 - kappa)) ** 2));
  const others = sum(
    shares.flatMap((row, i) => row.map((share, j) => i === j ? 0 : share * (columns[i]! + rows[j]!) ** 2)),
  );
  const variance = (diagonal + (1 - kappa) ** 2 * others - (kappa - chance * (1 - kappa)) ** 2) /
    ((1 - chance) ** 2 * n);
  if (variance < NO_VARIANCE) {
    const { low, high } = wilson(hits, n, confidence);
    return { kappa, low: beyondChance(low!), high: beyondChance(high!), agreement, n };
  }
  const half = z * Math.sqrt(variance);
  return { kappa, low: Math.max(-1, kappa - half), high: Math.min(1, kappa + half), agreement, n };
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

/**
 * The value that a standard normal variable stays below with probability `p`, to about 16 digits.
 *
 * Source: M. J. Wichura (1988), "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics
 * 37:477-484, routine PPND16.
 *
 * @throws {SimError} `bad_statistic` unless 0 < p < 1
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw badStatistic(`a probability is ${p}`, "give a number between 0 and 1, neither included");
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRAL, 0.180625 - q ** 2);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  return Math.sign(q) * (r <= 5 ? ratio(MIDDLE, r - 1.6) : ratio(TAIL, r - 5));
}

/** Numerator and denominator of a rational function, highest power first. */
type Rational = readonly [readonly number[], readonly number[]];

// deno-fmt-ignore
const CENTRAL: Rational = [
  [2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608],
  [5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1],
];
// deno-fmt-ignore
const MIDDLE: Rational = [
  [7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734],
  [1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1],
];
// deno-fmt-ignore
const TAIL: Rational = [
  [2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772],
  [2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1],
];

function ratio([above, below]: Rational, x: number): number {
  return horner(above, x) / horner(below, x);
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient, 0);
}

/** How many standard errors a two-sided interval reaches to either side. */
function twoSided(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) {
    throw badStatistic(`a confidence is ${confidence}`, "give a number between 0 and 1, such as 0.95");
  }
  return normalQuantile((1 + confidence) / 2);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function assertCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw badStatistic(`${name} is ${value}`, "give a whole number from 0");
  }
}

function badStatistic(message: string, hint: string): SimError {
  return new SimError("bad_statistic", message, { hint });
}
