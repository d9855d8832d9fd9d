/** What a chart shows, in words and as a table, for who cannot see it. */

import type { Row } from "./types.ts";
import { short } from "./number_format.tsx";

/** One line of a chart, as far as words need it. */
export interface Told {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
}

/** `unemployment: from 5.1 at turn 0 to 9.4 at turn 100, between 4.8 and 9.9`. */
export function summaryOfLines(lines: readonly Told[], xLabel: string): string {
  return lines.map(({ name, points }) => {
    const known = points.filter((point): point is readonly [number, number] => point[1] !== null);
    if (known.length === 0) return `${name}: no values yet`;
    const [first, last] = [known[0]!, known.at(-1)!];
    if (known.length === 1) return `${name}: ${short(first[1])} at ${xLabel} ${short(first[0])}`;
    let [low, high] = [Infinity, -Infinity];
    for (const [, value] of known) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const spread = low === high ? "" : `, between ${short(low)} and ${short(high)}`;
    return `${name}: from ${short(first[1])} at ${xLabel} ${short(first[0])} to ${short(last[1])} at ${xLabel} ${
      short(last[0])
    }${spread}`;
  }).join("; ");
}

/** At most `most` of the rows, evenly; the first and the last always. */
export function thinnedRows<T>(rows: readonly T[], most: number): readonly T[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, i) => rows[Math.round(i * (rows.length - 1) / (most - 1))]!);
}

/** `rows` with those of `more` that come after them, by turn. */
export function appendedRows(rows: readonly Row[], more: readonly Row[], most: number): readonly Row[] {
  const last = rows.length === 0 ? -Infinity : Number(rows.at(-1)!.turn);
  const fresh = more.filter(({ turn }) => Number(turn) > last);
  if (fresh.length === 0) return rows;
  const all = [...rows, ...fresh];
  // Every row costs a little on every frame: when there are twice as many as are wanted, every other goes.
  return all.length > 2 * most ? thinnedRows(all, most) : all;
}

/** The lines as rows: one for each horizontal value. */
export function tableOfLines(lines: readonly Told[], xLabel: string): { columns: string[]; rows: (number | null)[][] } {
  const byX = new Map<number, (number | null)[]>();
  lines.forEach(({ points }, i) => {
    for (const [x, y] of points) {
      const row = byX.get(x) ?? Array.from({ length: lines.length }, () => null);
      row[i] = y;
      byX.set(x, row);
    }
  });
  return {
    columns: [xLabel, ...lines.map(({ name }) => name)],
    rows: [...byX].sort(([a], [b]) => a - b).map(([x, values]) => [x, ...values]),
  };
}
