/** A series of numbers as one line of text. */

const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * `values` as bars from lowest (`▁`) to highest (`█`), at most `width` characters. More values than that are averaged in
 * stretches of equal length; fewer give a shorter line. A series that never changes is a middle line (`▄`); null,
 * undefined, NaN and infinities are blanks.
 *
 * @example
 * ```ts
 * import { sparkline } from "./sparkline.ts";
 * if (sparkline([1, 2, 3, 4, 5, 6, 7, 8], 20) !== "▁▂▃▄▅▆▇█") throw new Error();
 * ```
 */
export function sparkline(values: readonly (number | null | undefined)[], width: number): string {
  const cells = resampled(values, Math.floor(width));
  let [low, high] = [Infinity, -Infinity];
  for (const cell of cells) {
    if (cell === null) continue;
    if (cell < low) low = cell;
    if (cell > high) high = cell;
  }
  // Halves, so that the span of the largest numbers does not overflow.
  let span = high / 2 - low / 2;
  // What differs in the last digits only is rounding, no movement.
  if (span <= Math.max(Math.abs(low), Math.abs(high)) * 1e-12) span = 0;
  let line = "";
  for (const cell of cells) {
    if (cell === null) line += " ";
    else if (span === 0) line += "▄";
    else line += LEVELS[Math.min(LEVELS.length - 1, Math.floor((cell / 2 - low / 2) / span * LEVELS.length))];
  }
  return line;
}

/** Means of `width` stretches of `values`, or the values themselves when there are fewer; null where there is none. */
function resampled(values: readonly (number | null | undefined)[], width: number): (number | null)[] {
  if (!(width > 0)) return [];
  const cells = Math.min(width, values.length);
  const result: (number | null)[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const start = Math.floor(cell * values.length / cells);
    const end = Math.floor((cell + 1) * values.length / cells);
    let [mean, n] = [0, 0];
    for (let i = start; i < end; i++) {
      const value = values[i];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      n++;
      mean += value / n - mean / n;
    }
    result.push(n === 0 ? null : mean);
  }
  return result;
}
