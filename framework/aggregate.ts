/** Aggregates of numbers: what reporters and the aggregates of state paths compute. */

import type { ReporterKind } from "./scenario/resolved.ts";

/**
 * One aggregate of `values`; null where it is not defined or not finite.
 *
 * | kind | value | of no values |
 * |---|---|---|
 * | `sum` | Σx | 0 |
 * | `count` | how many are neither 0 nor NaN | 0 |
 * | `mean`, `min`, `max` | as the name says | null |
 * | `median` | the middle one in order of size; of an even number the mean of the middle two | null |
 * | `sd` | sample standard deviation √(Σ(x − mean)² / (n − 1)); of one value 0 | null |
 * | `gini` | Σ(2i − n − 1)·xᵢ / (n·Σx), x sorted ascending, i = 1 … n | null |
 *
 * `gini` is 0 when all are equal, all zero included, and at most (n − 1)/n as long as no value is negative (Damgaard and
 * Weiner, "Describing inequality in plant size or fecundity", Ecology 81(4), 2000; not corrected for sample size). With
 * negative values it may exceed 1, and without a positive sum it is null.
 *
 * @example
 * ```ts
 * import { computeReporter } from "llm-sim";
 * if (computeReporter("gini", Float64Array.of(0, 0, 0, 8)) !== 0.75) throw new Error("one of four has it all");
 * if (computeReporter("mean", new Float64Array(0)) !== null) throw new Error("no mean without values");
 * ```
 */
export function computeReporter(kind: ReporterKind, values: Float64Array): number | null {
  return computeWith(kind, values, new Order(values, new Float64Array(values.length)));
}

/** {@linkcode computeReporter} where several aggregates are computed of the same numbers. */
export function computeWith(kind: ReporterKind, values: Float64Array, order: Order): number | null {
  if (values.length === 0) return kind === "sum" || kind === "count" ? 0 : null;
  const result = computeOfSome(kind, values, order);
  // −0 becomes 0, as everywhere in a state: equal numbers sort in any order, so the sign would depend on the way of sorting
  return Number.isFinite(result) ? result + 0 : null;
}

function computeOfSome(kind: ReporterKind, values: Float64Array, order: Order): number {
  switch (kind) {
    case "sum":
      return sum(values);
    case "mean":
      return sum(values) / values.length;
    case "min":
      return extreme(values, -1);
    case "max":
      return extreme(values, 1);
    case "count":
      return count(values);
    case "median":
      return median(order.sorted());
    case "sd":
      return standardDeviation(values);
    case "gini":
      return gini(values, order);
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

function count(values: Float64Array): number {
  let present = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // Neither 0 nor NaN.
    if (value !== 0 && value === value) present++;
  }
  return present;
}

function extreme(values: Float64Array, sign: 1 | -1): number {
  let best = values[0]!;
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) return NaN;
    if (value * sign > best * sign) best = value;
  }
  return best;
}

function median(sorted: Float64Array): number {
  // NaN sorts last and would otherwise go unnoticed
  if (Number.isNaN(sorted[sorted.length - 1]!)) return NaN;
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function standardDeviation(values: Float64Array): number {
  const mean = sum(values) / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return values.length === 1 ? squares : Math.sqrt(squares / (values.length - 1));
}

function gini(values: Float64Array, order: Order): number {
  const counts = order.counts();
  return counts !== null && isExact(counts, values.length)
    ? giniOfCounts(counts, values.length)
    : giniOfSorted(order.sorted());
}

/** Whether all sums of {@linkcode giniOfCounts} stay whole numbers that floating point holds exactly. */
function isExact({ low, times }: Counts, n: number): boolean {
  const largest = Math.max(Math.abs(low), Math.abs(low + times.length - 1));
  return n * n * times.length <= Number.MAX_SAFE_INTEGER && n * largest <= Number.MAX_SAFE_INTEGER;
}

/** The same as of the sorted numbers, term by term of equal ones: all sums being exact, their order does not matter. */
function giniOfCounts({ low, times }: Counts, n: number): number {
  let before = 0;
  let weighted = 0;
  let total = 0;
  for (let i = 0; i < times.length; i++) {
    const count = times[i]!;
    weighted += i * count * (2 * before + count - n);
    total += (low + i) * count;
    before += count;
  }
  if (!(total > 0)) return low === 0 && times.length === 1 ? 0 : NaN;
  return weighted / (n * total);
}

function giniOfSorted(sorted: Float64Array): number {
  const n = sorted.length;
  const total = sum(sorted);
  if (!(total > 0)) return sorted[0] === 0 && sorted[n - 1] === 0 ? 0 : NaN;
  // the terms of i and n + 1 - i together, so that equal values give exactly 0
  let weighted = 0;
  for (let low = 0, high = n - 1; low < high; low++, high--) weighted += (high - low) * (sorted[high]! - sorted[low]!);
  return weighted / (n * total);
}

/** What takes time to find out about numbers, found out at most once. */
export class Order {
  readonly #values: Float64Array;
  readonly #room: Float64Array;
  #counts: Counts | null | undefined;
  #sorted: Float64Array | undefined;

  /** @param room for as many numbers as `values` has */
  constructor(values: Float64Array, room: Float64Array) {
    this.#values = values;
    this.#room = room;
  }

  /** How many there are of each; null when they are not whole numbers of a range not much wider than their number. */
  counts(): Counts | null {
    return this.#counts === undefined ? this.#counts = countsOf(this.#values) : this.#counts;
  }

  /** In order of size; −0 becomes 0 where {@linkcode Order.counts} is not null. */
  sorted(): Float64Array {
    if (this.#sorted !== undefined) return this.#sorted;
    const sorted = this.#room.subarray(0, this.#values.length);
    const counts = this.counts();
    if (counts !== null) return this.#sorted = spreadOut(counts, sorted);
    sorted.set(this.#values);
    return this.#sorted = sorted.sort();
  }
}

/** How often whole numbers occur, from `low` on. */
interface Counts {
  readonly low: number;
  readonly times: Uint32Array;
}

/** Counting is several times faster than a comparing sort. */
function countsOf(values: Float64Array): Counts | null {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== Math.floor(value)) return null;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high - low <= 2 * values.length)) return null;
  const times = new Uint32Array(high - low + 1);
  for (let i = 0; i < values.length; i++) times[values[i]! - low]!++;
  return { low, times };
}

function spreadOut({ low, times }: Counts, sorted: Float64Array): Float64Array {
  let end = 0;
  for (let i = 0; i < times.length; i++) {
    const start = end;
    end += times[i]!;
    sorted.fill(low + i, start, end);
  }
  return sorted;
}
