/**
 * Reporters: one number about one variable of all agents and members, such as its mean or its Gini coefficient.
 *
 * Numbers are added up plainly, named agents first and then members, in their order (for `gini` in order of size), so that
 * the same state gives the same bits everywhere.
 */

import { isNumbered } from "./agent_name.ts";
import { computeWith, Order } from "./aggregate.ts";
import { countMembers, memberNumbers } from "./member_numbers.ts";
import type { Members, PopulationMap } from "./members.ts";
import type { ReporterKind, ResolvedAgent, ResolvedScenario } from "./scenario/resolved.ts";
import type { AgentState, SimulationState } from "./state.ts";

export { computeReporter } from "./aggregate.ts";

/** Values of reporters by name; null where there is no value, as the mean of no agents. */
export type Metrics = { readonly [name: string]: number | null };

/** Reporters over the same numbers. */
interface Group {
  readonly variable: string;
  /** The entry of `agents:` that they are about; undefined: all. */
  readonly of: string | undefined;
  readonly reporters: { readonly position: number; readonly kind: ReporterKind }[];
}

/**
 * The reporters of a scenario (`metrics.reporters`), computed over all named agents and members of a state, or over those
 * of one entry (`of`).
 *
 * An agent or member takes part in a reporter when its variable is a number or a boolean (false 0, true 1); others are
 * left out. `count` looks at all of them: it is the number of those for which {@linkcode isPresent} holds; `count: name`
 * counts them all.
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
  readonly #groups: readonly Group[];
  /** Entries that stand for several agents. */
  readonly #counted: ReadonlySet<string>;
  #values = new Float64Array(0);
  #sorted = new Float64Array(0);

  /**
   * Reporters by name, as in the resolved scenario.
   * @param entries of `agents:`; those with `count` are looked up here when a reporter says `of`
   */
  constructor(
    reporters: ResolvedScenario["metrics"]["reporters"],
    entries: readonly Pick<ResolvedAgent, "name" | "count">[] = [],
  ) {
    this.#names = Object.keys(reporters);
    this.#counted = new Set(entries.flatMap(({ name, count }) => count === null ? [] : [name]));
    const groups = new Map<string, Group>();
    for (const [position, { kind, variable, of }] of Object.values(reporters).entries()) {
      const key = JSON.stringify([variable, of]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { variable, of, reporters: [{ position, kind }] });
      else group.reporters.push({ position, kind });
    }
    this.#groups = [...groups.values()];
  }

  /** The value of every reporter, in the order in which they were declared. */
  compute(state: SimulationState): Metrics {
    const results = new Array<number | null>(this.#names.length);
    for (const { variable, of, reporters } of this.#groups) {
      const records = this.#recordsOf(state, of);
      const populations = populationsOf(state, of);
      const values = this.#numbers(records, populations, variable);
      const order = new Order(values, this.#sorted);
      for (const { position, kind } of reporters) {
        results[position] = kind === "count"
          ? countPresent(records, populations, variable)
          : computeWith(kind, values, order);
      }
    }
    return Object.fromEntries(this.#names.map((name, position) => [name, results[position]!]));
  }

  #recordsOf(state: SimulationState, of: string | undefined): readonly AgentState[] {
    if (of === undefined) return state.agents.records;
    if (state.populations.has(of)) return [];
    if (!this.#counted.has(of)) return [state.agents.get(of) ?? []].flat();
    // Those born later under the entry's name have numbers behind it too.
    return state.agents.records.filter(({ name }) => name === of || isNumbered(name, of));
  }

  #numbers(records: readonly AgentState[], populations: readonly Members[], variable: string): Float64Array {
    const columns = populations.map((members) => memberNumbers(members, variable)).filter((column) => column !== null);
    const [only, ...others] = columns;
    const isColumn = records.length === 0 && only instanceof Float64Array && others.length === 0;
    this.#makeRoom(columns.reduce((sum, column) => sum + column.length, records.length), isColumn);
    // The usual case at a hundred thousand members: nothing is copied.
    if (isColumn) return only;
    let length = readNumbers(records, variable, this.#values);
    for (const column of columns) {
      this.#values.set(column, length);
      length += column.length;
    }
    return this.#values.subarray(0, length);
  }

  #makeRoom(length: number, isColumn: boolean): void {
    if (this.#sorted.length < length) this.#sorted = new Float64Array(length);
    if (!isColumn && this.#values.length < length) this.#values = new Float64Array(length);
  }
}

function populationsOf({ populations }: { readonly populations: PopulationMap }, of: string | undefined): Members[] {
  return populations.size === 0 ? [] : [...populations].filter(({ name }) => of === undefined || name === of);
}

function readNumbers(records: readonly AgentState[], variable: string, values: Float64Array): number {
  let length = 0;
  for (let i = 0; i < records.length; i++) {
    const number = numericValue(records[i]![variable]);
    if (number !== undefined) values[length++] = number;
  }
  return length;
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

function countPresent(records: readonly AgentState[], populations: readonly Members[], variable: string): number {
  let count = 0;
  for (let i = 0; i < records.length; i++) {
    if (isPresent(records[i]![variable])) count++;
  }
  return populations.reduce((sum, members) => sum + countMembers(members, variable), count);
}
