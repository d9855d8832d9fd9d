/**
 * Members of populations: a column per variable, an entry per member.
 *
 * Invariants: member ids ascend and none is given twice; every entry of a column is one that its variable allows; a
 * version that was handed out is not written to before the turn after the next begins.
 */

import { didYouMean, SimError } from "./issue.ts";
import type { Json, JsonObject } from "./json.ts";
import { type Column, type ColumnShape, MemberLayout, valueOf } from "./member_columns.ts";
import { SCENARIO_LIMITS } from "./scenario/limits.ts";

/** A column to be read. In memory it is a typed array; read it in a plain loop. */
export interface ReadonlyColumn extends ArrayLike<number>, Iterable<number> {
  /** A copy, to be written. */
  slice(start?: number, end?: number): Column;
}

/** Member ids to be read. */
export interface ReadonlyIds extends ArrayLike<number>, Iterable<number> {
  /** A copy. */
  slice(start?: number, end?: number): Uint32Array<ArrayBuffer>;
}

/** What a {@linkcode Members} looks at. */
interface Version {
  readonly pool: ColumnPool;
  /** Arrays with room for `size` entries or more. */
  readonly columns: Column[];
  ids: Uint32Array<ArrayBuffer>;
  size: number;
  next_id: number;
  /** The pool's when its columns were last known to be untouched. */
  generation: number;
}

// What the classes of this file keep to themselves, for the functions of this file.
let versionOf: (members: Members) => Version;
let isWhole: (members: Members) => boolean;
let newMembers: (name: string, version: Version) => Members;
/** The members after `change`, checked; `before` itself where nothing was asked for to be written. */
let changed: (before: Members, change: (next: MutableMembers) => void) => Members;

/**
 * The members of one population in one state, in order of their ids. Immutable: read, never write into a column.
 *
 * They can be read until the turn after the one that made them is complete; two sets of arrays take turns, and members
 * that were kept longer throw when they are read. Copy what must stay: `column("wealth").slice()`.
 *
 * @example
 * ```ts
 * import type { Members } from "llm-sim";
 * function richest(members: Members): number {
 *   const wealth = members.column("wealth");
 *   let best = 0;
 *   for (let i = 1; i < members.size; i++) if (wealth[i]! > wealth[best]!) best = i;
 *   return members.ids[best]!;
 * }
 * console.assert(richest.length === 1);
 * ```
 */
export class Members {
  /** Name of the population: of its entry under `agents:`. */
  readonly name: string;
  readonly #version: Version;
  /** Names of the columns to be seen; null: all. */
  readonly #visible: readonly string[] | null;

  static {
    versionOf = (members) => members.#version;
    isWhole = (members) => members.#visible === null;
    newMembers = (name, version) => new Members(name, version, null);
  }

  /** Populations are made by the framework. */
  protected constructor(name: string, version: Version, visible: readonly string[] | null) {
    this.name = name;
    this.#version = version;
    this.#visible = visible;
  }

  /** Number of members. */
  get size(): number {
    return this.#version.size;
  }

  /** The members' ids, ascending: from 0 on as they were made, and never given twice. */
  get ids(): ReadonlyIds {
    const { ids, size } = this.#version;
    return ids.length === size ? ids : ids.subarray(0, size);
  }

  /** Id of the next member to be made. */
  get next_id(): number {
    return this.#version.next_id;
  }

  /** What the columns hold, in the order of `state_variables`. */
  get columns(): readonly ColumnShape[] {
    const { columns } = this.#version.pool.layout;
    return this.#visible === null ? columns : columns.filter(({ name }) => this.#visible!.includes(name));
  }

  /** Whether there is a column of this name. */
  has(name: string): boolean {
    return this.#version.pool.layout.indexOf(name) >= 0 && (this.#visible?.includes(name) ?? true);
  }

  /**
   * The entries of a variable in the order of `ids`: float a `Float64Array`, int an `Int32Array`, bool a `Uint8Array` of 0
   * and 1, categorical a `Uint8Array` of positions in {@linkcode Members.values}.
   *
   * @throws {RangeError} when there is no such column, or these are the members of an earlier turn
   */
  column(name: string): ReadonlyColumn {
    return viewOf(this.#version, this.position(name));
  }

  /** The texts that the entries of a categorical column stand for. @throws {RangeError} when it is not one */
  values(name: string): readonly string[] {
    const { values } = this.#version.pool.layout.columns[this.position(name)]!;
    if (values === undefined) throw new RangeError(`column '${name}' of population '${this.name}' is not categorical`);
    return values;
  }

  /** Position of a member's entries, or -1 when no member has this id. */
  indexOf(id: number): number {
    const { ids, size } = this.#version;
    let [low, high] = [0, size - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (ids[middle]! < id) low = middle + 1;
      else if (ids[middle]! > id) high = middle - 1;
      else return middle;
    }
    return -1;
  }

  /** The member at `index` as a record, as rows show it: `{name: "traders_18", wealth: 3}`, its id plus 1 in the name. */
  record(index: number): { readonly name: string; readonly [variable: string]: Json } {
    const entries = this.columns.map((shape) => [shape.name, valueOf(shape, this.column(shape.name)[index]!)] as const);
    return { name: `${this.name}_${this.ids[index]! + 1}`, ...Object.fromEntries(entries) };
  }

  /**
   * What an observer sees of the members: only these columns, some of them with other entries than they have.
   * @throws {RangeError} when a column `instead` of one has not an entry per member
   */
  restrictedTo(columns: readonly string[], instead: ReadonlyMap<string, Column> = new Map()): Members {
    const version = { ...this.#version, columns: this.#version.columns.slice() };
    for (const [name, column] of instead) {
      if (column.length !== this.size) {
        throw new RangeError(`column '${name}' has ${column.length} entries for ${this.size} members`);
      }
      version.columns[this.position(name)] = column;
    }
    return new Members(this.name, version, columns.filter((name) => this.has(name)));
  }

  /** Position of a column that can be read. */
  protected position(name: string): number {
    const { pool, generation } = this.#version;
    if (!this.has(name)) {
      const hint = didYouMean(name, this.columns.map((shape) => shape.name));
      throw new RangeError(`population '${this.name}' has no column '${name}': ${hint}`);
    }
    if (generation !== pool.generation) {
      throw new RangeError(
        `these members of population '${this.name}' are of an earlier turn, and their columns have been used again`,
      );
    }
    return pool.layout.indexOf(name);
  }
}

function viewOf({ columns, size }: Version, index: number): Column {
  const column = columns[index]!;
  return column.length === size ? column : column.subarray(0, size);
}

/**
 * Members being changed: columns may be written in place, members removed and added. A column is copied when it is first
 * asked for, so ask {@linkcode Members} for what is only read.
 */
export class MutableMembers extends Members {
  readonly #version: Version;
  /** Columns that are this version's own. */
  readonly #own: boolean[];
  #resized = false;
  #sealed = false;

  static {
    changed = (before, change) => {
      const next = new MutableMembers(before);
      const result: unknown = change(next);
      next.#sealed = true;
      if (result instanceof Promise) {
        throw new SimError("bad_population", `population '${before.name}' was changed by an asynchronous function`, {
          hint: "change it synchronously; await before",
        });
      }
      if (!next.#resized && !next.#own.includes(true)) return before;
      next.#check();
      return newMembers(next.name, next.#version);
    };
  }

  private constructor(before: Members) {
    const { pool, columns, ids, size, next_id } = versionOf(before);
    const version = { pool, columns: columns.slice(), ids, size, next_id, generation: pool.generation };
    super(before.name, version, null);
    this.#version = version;
    this.#own = columns.map(() => false);
  }

  /**
   * The entries of a variable, to be written. After {@linkcode MutableMembers.keep} and {@linkcode MutableMembers.append}
   * ask for it again.
   *
   * @throws {RangeError} when there is no such column, or the change is over
   */
  override column(name: string): Column {
    const index = this.position(name);
    this.#refuseLate();
    if (!this.#own[index]) {
      const { columns, size, pool } = this.#version;
      const copy = pool.take(index, size);
      copy.set(viewOf(this.#version, index));
      columns[index] = copy;
      this.#own[index] = true;
    }
    return viewOf(this.#version, index);
  }

  /**
   * Keeps the members whose entry in `mask` is not 0; the ids of the others are never given again.
   * @throws {RangeError} unless `mask` has an entry per member
   */
  keep(mask: ArrayLike<number>): void {
    this.#refuseLate();
    const version = this.#version;
    const { columns, size, pool, ids } = version;
    if (mask.length !== size) throw new RangeError(`keep(): the mask has ${mask.length} entries for ${size} members`);
    const kept = positions(mask);
    if (kept.length === size) return;
    for (let index = 0; index < columns.length; index++) {
      // In place where it is this version's own: entries only move forward.
      const target = this.#own[index] ? columns[index]! : pool.take(index, kept.length);
      gather(columns[index]!, kept, target);
      columns[index] = target;
      this.#own[index] = true;
    }
    version.ids = new Uint32Array(kept.length);
    for (let i = 0; i < kept.length; i++) version.ids[i] = ids[kept[i]!]!;
    version.size = kept.length;
    this.#resized = true;
  }

  /**
   * Adds `count` members behind the present ones and returns the position of the first. They start as the members of the
   * first state did, but for the values in `fill`.
   *
   * @throws {RangeError} unless `count` is a whole number from 0
   * @throws {SimError} `bad_column` when `fill` does not fit, `population_too_large`
   */
  append(count: number, fill: JsonObject = {}): number {
    this.#refuseLate();
    const version = this.#version;
    const { columns, size: first, pool, next_id } = version;
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(`append(${count}): needs a whole number from 0`);
    }
    const size = first + count;
    const limit = SCENARIO_LIMITS.count;
    if (size > limit || next_id + count > 2 ** 32) {
      const message = `population '${this.name}' would grow to ${size} members, number ${next_id + count} included`;
      throw new SimError("population_too_large", message, { hint: `at most ${limit} at a time and 2^32 ever` });
    }
    for (const name of Object.keys(fill)) this.position(name);
    if (count === 0) return first;
    for (let index = 0; index < columns.length; index++) {
      const { name } = pool.layout.columns[index]!;
      const given = fill[name];
      const entry = given === undefined ? pool.layout.initial(index) : pool.layout.entry(index, given);
      const before = columns[index]!;
      if (!this.#own[index] || before.length < size) {
        const grown = pool.take(index, size);
        grown.set(before.subarray(0, first));
        columns[index] = grown;
        this.#own[index] = true;
      }
      columns[index]!.fill(entry, first, size);
    }
    const ids = new Uint32Array(size);
    ids.set(version.ids.subarray(0, first));
    for (let i = 0; i < count; i++) ids[first + i] = next_id + i;
    Object.assign(version, { ids, size, next_id: next_id + count });
    this.#resized = true;
    return first;
  }

  /** Checks the columns that were written. @throws {SimError} `bad_state` */
  #check(): void {
    const { layout } = this.#version.pool;
    for (let index = 0; index < this.#own.length; index++) {
      if (!this.#own[index]) continue;
      const column = viewOf(this.#version, index);
      const bad = layout.firstBad(index, column);
      if (bad < 0) continue;
      const problem = badEntry(layout, index, this.ids[bad]!, column[bad]!);
      throw new SimError("bad_state", `populations.${this.name}: ${problem}`, {
        hint: "every entry must be within what state_variables declares",
      });
    }
  }

  #refuseLate(): void {
    if (this.#sealed) throw new RangeError(`the change of population '${this.name}' is over`);
  }
}

/** That a member has an entry which its variable does not allow. */
export function badEntry(layout: MemberLayout, index: number, id: number, entry: number): string {
  return `member ${id}: ${layout.columns[index]!.name}: ${layout.whyBad(index, entry)}`;
}

function positions(mask: ArrayLike<number>): Int32Array {
  const kept = new Int32Array(mask.length);
  let length = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== 0) kept[length++] = i;
  }
  return kept.subarray(0, length);
}

function gather(source: Column, kept: Int32Array, target: Column): void {
  for (let i = 0; i < kept.length; i++) target[i] = source[kept[i]!]!;
}

/** Arrays kept for use again, per column. */
const SPARE = 2;
/** Arrays of one turn that are remembered, per column: an engine that makes more leaves them to the garbage collector. */
const REMEMBERED = 4;

/** The arrays of one population. */
class ColumnPool {
  readonly layout: MemberLayout;
  /** Counts the turns; a version of another generation may have been written over. */
  generation = 0;
  #committed: Version | undefined;
  /** By column. */
  readonly #spare: Column[][];
  readonly #made: Column[][];

  constructor(layout: MemberLayout) {
    this.layout = layout;
    this.#spare = layout.columns.map(() => []);
    this.#made = layout.columns.map(() => []);
  }

  /** An array of column `index` with room for `length` entries, whatever is in it. */
  take(index: number, length: number): Column {
    const spare = this.#spare[index]!.pop();
    if (spare !== undefined && spare.length >= length) return this.#remember(index, spare);
    // A population that grows does so turn by turn.
    const grows = this.#committed !== undefined && length > this.#committed.size;
    return this.#remember(index, this.layout.create(index, grows ? Math.ceil(length * 1.25) : length));
  }

  /** From now on `version` is the present one; what is neither in it nor given out since may be written again. */
  commit(version: Version): void {
    const before = this.#committed;
    for (let index = 0; index < this.#made.length; index++) {
      const present = version.columns[index]!;
      const free = new Set([...this.#made[index]!, ...(before ? [before.columns[index]!] : [])]);
      free.delete(present);
      this.#spare[index]!.push(...free);
      this.#spare[index]!.splice(0, this.#spare[index]!.length - SPARE);
      this.#made[index]!.length = 0;
    }
    this.#committed = version;
    version.generation = ++this.generation;
  }

  #remember(index: number, column: Column): Column {
    if (this.#made[index]!.length < REMEMBERED) this.#made[index]!.push(column);
    return column;
  }
}

/** What a population is made from when its columns are there already; they are taken as they are, unchecked. */
export interface MemberParts {
  readonly columns: readonly Column[];
  /** Ascending; null: 0 to size − 1. */
  readonly ids: Uint32Array<ArrayBuffer> | null;
  readonly size: number;
  readonly next_id: number;
}

/** A population of these parts. */
export function membersOf(name: string, layout: MemberLayout, parts: MemberParts): Members {
  const pool = new ColumnPool(layout);
  const { columns, size, next_id } = parts;
  const ids = parts.ids ?? Uint32Array.from({ length: size }, (_, i) => i);
  const version: Version = { pool, columns: [...columns], ids, size, next_id, generation: 0 };
  pool.commit(version);
  return newMembers(name, version);
}

/** A population of `size` members, all alike. */
export function createMembers(name: string, layout: MemberLayout, size: number): Members {
  const columns = layout.columns.map((_, i) => layout.create(i, size).fill(layout.initial(i)));
  return membersOf(name, layout, { columns, ids: null, size, next_id: size });
}

/**
 * Ends a turn: `populations` are the present ones from now on. Columns of the turn before, and those that were made
 * meanwhile and are not among the present ones, will be written over.
 */
export function commitPopulations(populations: PopulationMap): void {
  for (const members of populations) {
    const version = versionOf(members);
    version.pool.commit(version);
  }
}

/** Why `value` cannot follow `before` in a state, or null: the same populations, whole, of the present turn. */
export function populationsProblem(value: unknown, before: PopulationMap): string | null {
  if (value === before) return null;
  if (!(value instanceof PopulationMap)) return "has populations that are no PopulationMap";
  const [expected, found] = [before.names().join(", ") || "none", value.names().join(", ") || "none"];
  if (expected !== found) return `has the populations ${found} instead of ${expected}`;
  for (const members of value) {
    const { pool, generation } = versionOf(members);
    const known = versionOf(before.get(members.name)!).pool;
    if (pool !== known || generation !== pool.generation || !isWhole(members)) {
      return `has a population '${members.name}' that was not made by populations.update() in this turn`;
    }
  }
  return null;
}

/**
 * All populations of a state, in the order of the scenario.
 *
 * @example
 * ```ts
 * import type { SimulationState } from "llm-sim";
 * function taxed(state: SimulationState, rate: number): SimulationState {
 *   const populations = state.populations.update("traders", (next) => {
 *     const wealth = next.column("wealth");
 *     for (let i = 0; i < next.size; i++) wealth[i]! *= 1 - rate;
 *   });
 *   return state.with({ populations });
 * }
 * console.assert(taxed.length === 2);
 * ```
 */
export class PopulationMap implements Iterable<Members> {
  readonly #populations: ReadonlyMap<string, Members>;

  private constructor(populations: ReadonlyMap<string, Members>) {
    this.#populations = populations;
  }

  /** A map of these populations, in this order. */
  static of(populations: readonly Members[]): PopulationMap {
    return new PopulationMap(new Map(populations.map((members) => [members.name, members])));
  }

  /** Number of populations. */
  get size(): number {
    return this.#populations.size;
  }

  /** The members of a population, or `undefined`. */
  get(name: string): Members | undefined {
    return this.#populations.get(name);
  }

  /** Whether there is a population of this name. */
  has(name: string): boolean {
    return this.#populations.has(name);
  }

  /** Names in the order of the scenario. */
  names(): string[] {
    return [...this.#populations.keys()];
  }

  /** The populations in the order of the scenario. */
  [Symbol.iterator](): Iterator<Members> {
    return this.#populations.values();
  }

  /**
   * A new map with one population changed; this one stays as it is. `change` writes into columns, removes and adds members,
   * and must not be asynchronous. Change all there is to change at once: each call copies the columns it writes.
   *
   * @throws {RangeError} when there is no such population
   * @throws {SimError} `bad_state` when an entry is not what its variable allows, `bad_population`
   */
  update(name: string, change: (next: MutableMembers) => void): PopulationMap {
    const before = this.#populations.get(name);
    if (before === undefined) {
      throw new RangeError(`there is no population '${name}': ${didYouMean(name, this.names())}`);
    }
    if (!isWhole(before)) {
      throw new SimError("bad_population", `what is seen of population '${name}' cannot be changed`);
    }
    const after = changed(before, change);
    return after === before ? this : new PopulationMap(new Map(this.#populations).set(name, after));
  }

  /** Only the populations that `seen` names, each as `seen` shows it. */
  restrictedTo(seen: (members: Members) => Members | null): PopulationMap {
    return PopulationMap.of([...this].map(seen).filter((members) => members !== null));
  }
}

/** The map of a state without populations. */
export const NO_POPULATIONS: PopulationMap = PopulationMap.of([]);
