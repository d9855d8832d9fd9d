/** Values of metrics over turns: read as streams, kept for so many turns as a chart can show. */

import type { Json } from "../../framework/mod.ts";
import type { Row } from "../store/mod.ts";

/** Turns that are kept of a series, its first, its last and the one where sides part included. */
export const MOST_POINTS = 2000;

/** Numbers that are held at once, all sides and metrics together. */
const MOST_VALUES = 8_000_000;

/** Where the rows of a run come from. */
export type ReadRows = () => AsyncIterable<Row>;

/** One run of a side: which unit it belongs to, and its rows. Runs of one unit are averaged. */
export interface Source {
  readonly unit: string;
  readonly rows: ReadRows;
}

/** Which turns are kept. */
export interface Grid {
  readonly from: number;
  readonly until: number;
  readonly stride: number;
  /** Kept besides: those at which a side ends or parts. */
  readonly also: ReadonlySet<number>;
}

/** Whether a turn is kept. */
function isKept({ from, until, stride, also }: Grid, turn: number): boolean {
  return also.has(turn) || (turn >= from && turn <= until && (turn - from) % stride === 0);
}

/**
 * A grid over turns that keeps few enough of them, all if possible.
 * @param every turns from one row to the next: what is recorded must be met
 * @param values numbers that one turn takes
 */
export function gridOf(from: number, until: number, every: number, values: number, also: ReadonlySet<number>): Grid {
  const most = Math.max(2, Math.min(MOST_POINTS - also.size - 1, Math.floor(MOST_VALUES / Math.max(1, values))));
  const steps = Math.ceil((until - from) / every / most);
  return { from, until, stride: steps <= 1 ? 1 : steps * every, also };
}

/** A row's value as a number; NaN: it is none. */
export function numberOf(value: Json | undefined): number {
  return typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : NaN;
}

/**
 * Metrics of a row by the name under which they are compared, and the column that holds them: reporters by their own name,
 * or by `metric.<name>` where a variable has that name.
 */
export function columnsOf(row: Row): Map<string, string> {
  const columns = Object.keys(row).filter((key) =>
    key !== "turn" && (row[key] === null || !Number.isNaN(numberOf(row[key])))
  );
  return new Map(columns.map((column) => {
    const name = column.replace(/^metric\./, "");
    return [name === column || Object.hasOwn(row, name) ? column : name, column];
  }));
}

/** Values of one side: for every kept turn and metric one number a unit. */
export class Values {
  /** Units in the order in which they came. */
  readonly units: readonly string[];
  readonly #metrics: readonly string[];
  /** By metric, which of 0, 1 and other numbers have come. */
  readonly #kinds: Set<"no" | "yes" | "other">[];
  readonly #byTurn = new Map<number, { readonly sums: Float64Array; readonly counts: Uint32Array }>();

  /** @param metrics names of the metrics */
  constructor(metrics: readonly string[], units: readonly string[]) {
    this.#metrics = metrics;
    this.units = units;
    this.#kinds = metrics.map(() => new Set());
  }

  /** Turns that have values, ascending. */
  get turns(): number[] {
    return [...this.#byTurn.keys()].sort((a, b) => a - b);
  }

  /** Takes the values of a run at a turn. */
  add(turn: number, unit: number, values: readonly number[]): void {
    const width = this.#metrics.length * this.units.length;
    let slot = this.#byTurn.get(turn);
    if (!slot) this.#byTurn.set(turn, slot = { sums: new Float64Array(width), counts: new Uint32Array(width) });
    values.forEach((value, metric) => {
      if (Number.isNaN(value)) return;
      this.#kinds[metric]!.add(value === 0 ? "no" : value === 1 ? "yes" : "other");
      const at = metric * this.units.length + unit;
      slot.sums[at]! += value;
      slot.counts[at]!++;
    });
  }

  /** Which of 0, 1 and other numbers runs have come to in a metric. */
  kinds(metric: number): ReadonlySet<"no" | "yes" | "other"> {
    return this.#kinds[metric]!;
  }

  /** By unit, the mean of its runs; NaN where it has none. */
  at(turn: number, metric: number): number[] {
    const slot = this.#byTurn.get(turn);
    return this.units.map((_, unit) => {
      const at = metric * this.units.length + unit;
      return slot === undefined || slot.counts[at] === 0 ? NaN : slot.sums[at]! / slot.counts[at]!;
    });
  }

  /** Takes over the values of a turn that another reading has kept. */
  take(other: Values, turn: number): void {
    const slot = other.#byTurn.get(turn);
    if (slot) this.#byTurn.set(turn, slot);
  }
}

/** Whether a metric is yes and no: 1 in some runs and 0 in others, and nothing else on any side. */
export function isShare(sides: readonly Values[], metric: number): boolean {
  const kinds = new Set(sides.flatMap((side) => [...side.kinds(metric)]));
  return kinds.size === 2 && !kinds.has("other");
}

/** The values of a side at the turns of a grid. */
export async function readValues(
  sources: readonly Source[],
  columns: ReadonlyMap<string, string>,
  grid: Grid,
): Promise<Values> {
  const units = [...new Set(sources.map(({ unit }) => unit))];
  const values = new Values([...columns.keys()], units);
  const keys = [...columns.values()];
  const last = Math.max(grid.until, ...grid.also);
  for (const { unit, rows } of sources) {
    const index = units.indexOf(unit);
    for await (const row of rows()) {
      const turn = Number(row.turn);
      if (turn > last) break;
      if (isKept(grid, turn)) values.add(turn, index, keys.map((key) => numberOf(row[key])));
    }
  }
  return values;
}

/** Where two runs are not the same for the first time. */
export interface FirstDifference {
  readonly turn: number;
  /** Position of the metric that differs most for its size. */
  readonly metric: number;
  /** Position of the side that differs from the first one. */
  readonly side: number;
  /** That side's value less the first one's. */
  readonly size: number;
}

/** The first turn that all have a row of and in which a metric is not the same in all; null: there is none. */
export async function firstDifference(
  sides: readonly { readonly rows: ReadRows; readonly columns: readonly string[] }[],
): Promise<FirstDifference | null> {
  const readers = sides.map(({ rows }) => rows()[Symbol.asyncIterator]());
  try {
    let heads = await Promise.all(readers.map((reader) => reader.next()));
    while (heads.every(({ done }) => !done)) {
      const turns = heads.map(({ value }) => Number(value.turn));
      const turn = Math.max(...turns);
      if (turns.every((each) => each === turn)) {
        const found = mostDifferent(heads.map(({ value }, i) => sides[i]!.columns.map((key) => numberOf(value[key]))));
        if (found) return { turn, ...found };
      }
      const behind = turns.every((each) => each === turn) ? () => true : (i: number) => turns[i]! < turn;
      heads = await Promise.all(heads.map((head, i) => behind(i) ? readers[i]!.next() : head));
    }
    return null;
  } finally {
    await Promise.all(readers.map((reader) => reader.return?.()));
  }
}

/** @param values by side and metric */
function mostDifferent(values: readonly (readonly number[])[]): Omit<FirstDifference, "turn"> | null {
  let most: (Omit<FirstDifference, "turn"> & { readonly share: number }) | null = null;
  values.forEach((own, side) =>
    own.forEach((value, metric) => {
      const other = values[0]![metric]!;
      const size = value - other;
      if (!(Math.abs(size) > 0)) return;
      const share = Math.abs(size) / Math.max(Math.abs(value), Math.abs(other));
      if (most === null || share > most.share) most = { metric, side, size, share };
    })
  );
  if (most === null) return null;
  const { share: _share, ...found } = most as FirstDifference & { share: number };
  return found;
}
