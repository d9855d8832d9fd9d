/** Which columns of a run are drawn. */

import type { Row } from "./types.ts";

/** Columns that are drawn where nobody has said which. */
const MOST_CHOSEN = 4;

/** Columns with numbers, in their order; `turn` is the axis. */
export function numberColumns(columns: readonly string[], rows: readonly Row[]): readonly string[] {
  const [first, last] = [rows[0], rows.at(-1)];
  const isNumber = (name: string) =>
    [first?.[name], last?.[name]].some((value) => typeof value === "number" || typeof value === "boolean");
  return columns.filter((name) => name !== "turn" && (rows.length === 0 || isNumber(name)));
}

/** Columns to draw: those that are watched, or else the first few that change. */
export function chosenColumns(
  watch: readonly string[],
  columns: readonly string[],
  rows: readonly Row[],
): readonly string[] {
  // A metric may be watched by its bare name.
  const named = watch.map((name) =>
    columns.includes(name) ? name : columns.find((each) => each === `metric.${name}`) ?? name
  );
  if (named.length > 0) return named;
  const numbers = numberColumns(columns, rows);
  const changing = numbers.filter((name) => rows.some((row) => row[name] !== rows[0]![name]));
  return (changing.length > 0 ? changing : numbers).slice(0, MOST_CHOSEN);
}

/** The row of a turn, or the last one before it. */
export function rowAt(rows: readonly Row[], turn: number): Row | null {
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Number(rows[middle]!.turn) <= turn) low = middle;
    else high = middle - 1;
  }
  return rows[low] ?? null;
}

/** The turn up to which the axis of a run that plays reaches: what is played fills half of it at least, and it seldom moves. */
export function horizonOf(turn: number, maxTurns: number): number {
  return Math.min(maxTurns, 2 ** Math.ceil(Math.log2(Math.max(16, turn))));
}
