/** A long series of numbers, kept small enough to be drawn many times a second. */

import type { Row } from "../runner/mod.ts";

/** Values that a trace keeps at most. */
const LIMIT = 1024;

/** A value per turn; null where it is unknown. */
export type TraceValue = number | null;

/**
 * The course of one number. Memory is bounded: beyond {@linkcode LIMIT} values each kept one is the mean of a stretch of
 * turns, all stretches of the same length. First and last value are exact.
 */
export class Trace {
  #means: TraceValue[] = [];
  /** Turns per mean. */
  #stretch = 1;
  #open = { sum: 0, numbers: 0, turns: 0 };
  #first: TraceValue = null;
  #last: TraceValue = null;
  #empty = true;
  #varies = false;

  add(value: TraceValue): void {
    if (this.#empty) [this.#first, this.#empty] = [value, false];
    else if (value !== this.#last) this.#varies = true;
    this.#last = value;
    this.#open.turns++;
    if (value !== null) {
      this.#open.sum += value;
      this.#open.numbers++;
    }
    if (this.#open.turns < this.#stretch) return;
    this.#means.push(this.#open.numbers === 0 ? null : this.#open.sum / this.#open.numbers);
    this.#open = { sum: 0, numbers: 0, turns: 0 };
    if (this.#means.length === LIMIT) this.#halve();
  }

  get first(): TraceValue {
    return this.#first;
  }

  get last(): TraceValue {
    return this.#last;
  }

  /** Whether there were two different values in it. */
  get varies(): boolean {
    return this.#varies;
  }

  /** What to draw: means of stretches, then the last value. */
  values(): readonly TraceValue[] {
    return this.#stretch === 1 ? this.#means : [...this.#means, this.#last];
  }

  #halve(): void {
    this.#means = Array.from({ length: LIMIT / 2 }, (_, i) => mean(this.#means[2 * i]!, this.#means[2 * i + 1]!));
    this.#stretch *= 2;
  }
}

function mean(a: TraceValue, b: TraceValue): TraceValue {
  if (a === null || b === null) return a ?? b;
  return a / 2 + b / 2;
}

/** Traces of the numeric columns of `global.jsonl`. */
export class Traces {
  readonly #byColumn = new Map<string, Trace>();

  add(row: Row): void {
    for (const [column, value] of Object.entries(row)) {
      if (column === "turn") continue;
      if (typeof value !== "number" && !(value === null && column.startsWith(METRIC))) continue;
      let trace = this.#byColumn.get(column);
      if (trace === undefined) this.#byColumn.set(column, trace = new Trace());
      trace.add(value);
    }
  }

  /** At most `count` that are worth a line, by the name to show: the reporters, else the world's changing variables. */
  chosen(count: number): [name: string, trace: Trace][] {
    const all = [...this.#byColumn];
    const reporters = all.filter(([column]) => column.startsWith(METRIC));
    const shown = reporters.length > 0 ? reporters : all.filter(([, trace]) => trace.varies);
    return shown.slice(0, count).map(([column, trace]) => [column.replace(/^metric\./, ""), trace]);
  }
}

const METRIC = "metric.";
