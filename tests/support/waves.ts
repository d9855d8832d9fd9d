/** Waves in series of numbers: how often they go up and down, and which of two series follows the other. */

/** Mean of each value and the `width` − 1 before it; what comes before that is left out. */
export function smoothed(series: readonly number[], width: number): number[] {
  return series.slice(width - 1).map((_, i) => mean(series.slice(i, i + width)));
}

/** How often a series crosses its own mean. */
export function crossings(series: readonly number[]): number {
  const middle = mean(series);
  return series.filter((value, i) => i > 0 && (value > middle) !== (series[i - 1]! > middle)).length;
}

/** Pearson's correlation of two series of the same length; 0 when one of them is constant. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ownA, ownB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    ownA += x * x;
    ownB += y * y;
  }
  return ownA * ownB > 0 ? both / Math.sqrt(ownA * ownB) : 0;
}

/** By how many turns `second` follows `first`: the lag from −`most` to `most` at which they correlate best. */
export function lagOf(first: readonly number[], second: readonly number[], most: number): number {
  const at = (lag: number) =>
    lag >= 0
      ? correlation(first.slice(0, first.length - lag), second.slice(lag))
      : correlation(first.slice(-lag), second.slice(0, lag));
  const lags = Array.from({ length: 2 * most + 1 }, (_, i) => i - most);
  return lags.reduce((best, lag) => at(lag) > at(best) ? lag : best);
}

/** Arithmetic mean. */
export function mean(series: readonly number[]): number {
  return series.reduce((sum, value) => sum + value, 0) / series.length;
}
