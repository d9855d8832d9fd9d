/** Vertical and horizontal axes of charts: round numbers and how they are written. */

import { magnitude, minus } from "../report/markup.ts";

/** Domain, ticks and number format of a vertical axis. */
export interface ValueAxis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** A share of a number that does not count. */
const ROUNDING = 1e-12;

/** The vertical axis for values between `low` and `high`. */
export function valueAxis([low, high]: readonly [number, number], count: number): ValueAxis {
  let [from, to] = [low, high];
  // What differs by no more than sums of such numbers are rounded by does not move.
  if (to - from <= Math.max(Math.abs(from), Math.abs(to)) * ROUNDING) {
    const margin = from === 0 ? 1 : Math.abs(from) * 0.1;
    [from, to] = [from - margin, to + margin];
  }
  // Near zero the zero line is worth showing; far from it, it would flatten the lines.
  if (from > 0 && from < to * 0.35) from = 0;
  if (to < 0 && to > from * 0.35) to = 0;
  const ticks = niceTicks(from, to, count, false);
  const step = ticks[1]! - ticks[0]!;
  const size = Math.max(Math.abs(ticks[0]!), Math.abs(ticks.at(-1)!));
  const { divisor, suffix } = magnitude(size);
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / divisor) - 1e-9));
  const format = (value: number) => {
    if (value === 0) return "0";
    if (decimals > 5 || size >= 1e15) return minus(value.toExponential(2));
    return minus((value / divisor).toLocaleString("en-US", { maximumFractionDigits: decimals })) + suffix;
  };
  return { domain: [ticks[0]!, ticks.at(-1)!], ticks, format };
}

/** About `count` round numbers that enclose `low` to `high`, at least two. */
export function niceTicks(low: number, high: number, count: number, integers: boolean): number[] {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((f) => f * power >= raw * 0.999) ?? 10;
  const step = integers ? Math.max(1, Math.round(factor * power)) : factor * power;
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const decimals = Math.min(100, Math.max(0, -Math.floor(Math.log10(step))));
  return Array.from(
    { length: Math.max(2, last - first + 1) },
    (_, i) => step < 1 ? Number(((first + i) * step).toFixed(decimals)) : (first + i) * step,
  );
}

/** Lowest and highest of `values`; 0 and 1 when there are none. */
export function extent(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
