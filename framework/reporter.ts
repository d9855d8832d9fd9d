/**
 * Reporters: one number about one variable of all agents, such as its mean or its Gini coefficient.
 *
 * Numbers are added up plainly, in agent order (for `gini` in order of size), so that the same state gives the same bits
 * everywhere.
 */

import type { ReporterKind, ResolvedScenario } from "./scenario/resolved.ts";
import type { SimulationState } from "./state.ts";

/** Values of reporters by name; null where there is no value, as the mean of no agents. */
export type Metrics = { readonly [name: string]: number | null };

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
  return compute(kind, values, () => values.slice().sort());
}

interface Reporter {
  readonly position: number;
  readonly kind: ReporterKind;
}

/**
 * The reporters of a scenario (`metrics.reporters`), computed over all agents of a state.
 *
 * An agent takes part in a reporter when its variable is a number or a boolean (false 0, true 1); other agents are left
 * out. `count` looks at every agent: it is the number of agents for which {@linkcode isPresent} holds.
 *
 * @example
 * ```ts
 * import { AgentMap, ReporterSet, SimulationState } from "llm-sim";
 * const reporters = new ReporterSet({ total: { kind: "sum", variable: "wealth" }, rich: { kind: "max", variable: "wealth" } });
 * const agents = AgentMap.of([{ name: "A", wealth: 1 }, { name: "B", wealth: 3 }]);
 * const metrics = reporters.compute(new SimulationState({ turn: 0, agents, global_state: {} }));
 * if (metrics.total !== 4 || metrics.rich !== 3) throw new Error("4 in all, at most 3");
 * ```
 */
export class ReporterSet {
  readonly #names: readonly string[];
  readonly #byVariable: ReadonlyMap<string, readonly Reporter[]>;
  #values = new Float64Array(0);
  #sorted = new Float64Array(0);

  /** Reporters by name, as in the resolved scenario. */
  constructor(reporters: ResolvedScenario["metrics"]["reporters"]) {
    this.#names = Object.keys(reporters);
    const byVariable = new Map<string, Reporter[]>();
    for (const [position, { kind, variable }] of Object.values(reporters).entries()) {
      const present = byVariable.get(variable);
      if (present === undefined) byVariable.set(variable, [{ position, kind }]);
      else present.push({ position, kind });
    }
    this.#byVariable = byVariable;
  }

  /** The value of every reporter, in the order in which they were declared. */
  compute(state: SimulationState): Metrics {
    const results = new Array<number | null>(this.#names.length);
    this.#makeRoom(state.agents.size);
    for (const [variable, reporters] of this.#byVariable) {
      const length = this.#readNumbers(state, variable);
      const values = this.#values.subarray(0, length);
      let sorted: Float64Array | undefined;
      const sortOnce = () => sorted ??= this.#sort(values);
      for (const { position, kind } of reporters) {
        results[position] = kind === "count" ? countPresent(state, variable) : compute(kind, values, sortOnce);
      }
    }
    return Object.fromEntries(this.#names.map((name, position) => [name, results[position]!]));
  }

  #makeRoom(agents: number): void {
    if (this.#values.length >= agents) return;
    this.#values = new Float64Array(agents);
    this.#sorted = new Float64Array(agents);
  }

  #readNumbers(state: SimulationState, variable: string): number {
    const values = this.#values;
    const records = state.agents.records;
    let length = 0;
    for (let i = 0; i < records.length; i++) {
      const number = numericValue(records[i]![variable]);
      if (number !== undefined) values[length++] = number;
    }
    return length;
  }

  #sort(values: Float64Array): Float64Array {
    const sorted = this.#sorted.subarray(0, values.length);
    if (sortByCounting(values, sorted)) return sorted;
    sorted.set(values);
    return sorted.sort();
  }
}

/**
 * Puts whole numbers of a range not much wider than their number in order, several times faster than a comparing sort;
 * false when `values` are others. −0 becomes 0.
 */
function sortByCounting(values: Float64Array, sorted: Float64Array): boolean {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== Math.floor(value)) return false;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high - low <= 2 * values.length)) return false;
  const counts = new Uint32Array(high - low + 1);
  for (let i = 0; i < values.length; i++) counts[values[i]! - low]!++;
  let end = 0;
  for (let i = 0; i < counts.length; i++) {
    const start = end;
    end += counts[i]!;
    sorted.fill(low + i, start, end);
  }
  return true;
}

/** The number that a variable contributes to a reporter: itself, 0 for false, 1 for true; other values contribute none. */
export function numericValue(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return undefined;
}

/** What `count` counts: true, a number other than 0, a non-empty string, list or dictionary. */
export function isPresent(value: unknown): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "number":
      return value !== 0 && value === value;
    case "string":
      return value.length > 0;
    case "object":
      return value !== null && (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0);
    default:
      return false;
  }
}

function countPresent(state: SimulationState, variable: string): number {
  const records = state.agents.records;
  let count = 0;
  for (let i = 0; i < records.length; i++) {
    if (isPresent(records[i]![variable])) count++;
  }
  return count;
}

function compute(kind: ReporterKind, values: Float64Array, sorted: () => Float64Array): number | null {
  if (values.length === 0) return kind === "sum" || kind === "count" ? 0 : null;
  const result = computeOfSome(kind, values, sorted);
  // −0 becomes 0, as everywhere in a state: equal numbers sort in any order, so the sign would depend on the way of sorting
  return Number.isFinite(result) ? result + 0 : null;
}

function computeOfSome(kind: ReporterKind, values: Float64Array, sorted: () => Float64Array): number {
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
      return median(sorted());
    case "sd":
      return standardDeviation(values);
    case "gini":
      return gini(sorted());
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
    if (isPresent(values[i])) present++;
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

function gini(sorted: Float64Array): number {
  const n = sorted.length;
  const total = sum(sorted);
  if (!(total > 0)) return sorted[0] === 0 && sorted[n - 1] === 0 ? 0 : NaN;
  // the terms of i and n + 1 - i together, so that equal values give exactly 0
  let weighted = 0;
  for (let low = 0, high = n - 1; low < high; low++, high--) weighted += (high - low) * (sorted[high]! - sorted[low]!);
  return weighted / (n * total);
}
