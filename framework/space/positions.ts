/** Where agents are. */

import { PersistentArray } from "./persistent_array.ts";

/** One agent in its place. */
interface Placed {
  readonly agent: string;
  /** Number of its location. */
  readonly location: number;
  /** Its place in the order of agents; moving keeps it. */
  readonly rank: number;
}

/**
 * Immutable positions. Agents are in the order in which they were placed, but those whose names are whole numbers come
 * first, ascending: the order of keys in JSON, so that a space that was read back lists them as before.
 */
export class Positions {
  /** Number of agents that have a position. */
  readonly size: number;
  readonly #slots: Slots;
  readonly #placed: PersistentArray<Placed | undefined>;
  readonly #at: PersistentArray<readonly Placed[]>;
  readonly #nextRank: number;

  private constructor(
    size: number,
    slots: Slots,
    placed: PersistentArray<Placed | undefined>,
    at: PersistentArray<readonly Placed[]>,
    nextRank: number,
  ) {
    this.size = size;
    this.#slots = slots;
    this.#placed = placed;
    this.#at = at;
    this.#nextRank = nextRank;
  }

  /** No agent anywhere. */
  static none(): Positions {
    return new Positions(0, new Slots(), PersistentArray.of([]), PersistentArray.of([]), 0);
  }

  /** The number of an agent's location, or undefined. */
  of(agent: string): number | undefined {
    return this.#entry(agent)?.location;
  }

  /** Names of the agents at a location. */
  at(location: number): string[] {
    return (this.#at.get(location) ?? []).map(({ agent }) => agent);
  }

  /** Names of the agents at any of some locations. */
  atAll(locations: Iterable<number>): string[] {
    return this.#placedAt(locations).map(({ agent }) => agent);
  }

  /** All agents with the numbers of their locations. */
  entries(): [agent: string, location: number][] {
    return this.#all().map(({ agent, location }) => [agent, location]);
  }

  /** An agent put or moved to a location. */
  place(agent: string, location: number): Positions {
    const before = this.#entry(agent);
    if (before?.location === location) return this;
    if (before === undefined && this.#slots.size > 2 * this.size + 64) return this.#compacted().place(agent, location);
    const entry = { agent, location, rank: before?.rank ?? rankOf(agent, this.#nextRank) };
    const left = before === undefined ? this.#at : this.#without(before);
    return new Positions(
      before === undefined ? this.size + 1 : this.size,
      this.#slots,
      this.#placed.with(this.#slots.allot(agent), entry),
      left.with(location, inserted(left.get(location) ?? [], entry)),
      before === undefined ? this.#nextRank + 1 : this.#nextRank,
    );
  }

  /** Without an agent's position. */
  remove(agent: string): Positions {
    const before = this.#entry(agent);
    if (before === undefined) return this;
    const placed = this.#placed.with(this.#slots.find(agent)!, undefined);
    return new Positions(this.size - 1, this.#slots, placed, this.#without(before), this.#nextRank);
  }

  /** Only some agents; nothing of the others is kept. */
  only(keep: (agent: string) => boolean): Positions {
    return Positions.#from(this.#all().filter(({ agent }) => keep(agent)));
  }

  /** Only the agents at some locations, which `numbers` lists and which are renumbered in that order. */
  within(numbers: readonly number[]): Positions {
    const renumbered = new Map(numbers.map((number, i) => [number, i]));
    const seen = this.#placedAt(numbers);
    return Positions.#from(seen.map((placed) => ({ ...placed, location: renumbered.get(placed.location)! })));
  }

  static #from(sorted: readonly Placed[]): Positions {
    return sorted.reduce((positions, { agent, location }) => positions.place(agent, location), Positions.none());
  }

  #entry(agent: string): Placed | undefined {
    const slot = this.#slots.find(agent);
    return slot === undefined ? undefined : this.#placed.get(slot);
  }

  #all(): Placed[] {
    const all: Placed[] = [];
    for (let slot = 0; slot < this.#slots.size; slot++) {
      const placed = this.#placed.get(slot);
      if (placed !== undefined) all.push(placed);
    }
    return all.sort(byRank);
  }

  #placedAt(locations: Iterable<number>): Placed[] {
    const found: Placed[] = [];
    for (const location of locations) found.push(...this.#at.get(location) ?? []);
    return found.sort(byRank);
  }

  #without(placed: Placed): PersistentArray<readonly Placed[]> {
    const others = this.#at.get(placed.location)!.filter((other) => other !== placed);
    return this.#at.with(placed.location, others);
  }

  /** The same in slots of its own: those of agents that have gone would otherwise gather. */
  #compacted(): Positions {
    return Positions.#from(this.#all());
  }
}

/** Slots of agents by name. All versions of positions share them: a slot is given once and never means another agent. */
class Slots {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  find(agent: string): number | undefined {
    return this.#numbers.get(agent);
  }

  allot(agent: string): number {
    const known = this.#numbers.get(agent);
    if (known !== undefined) return known;
    this.#numbers.set(agent, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** Largest key that a JSON object lists among its whole numbers, plus one. */
const INDEX_KEYS = 2 ** 32 - 1;

function rankOf(agent: string, next: number): number {
  const index = /^(0|[1-9][0-9]{0,9})$/.test(agent) ? Number(agent) : INDEX_KEYS;
  return index < INDEX_KEYS ? index : INDEX_KEYS + next;
}

function byRank(a: Placed, b: Placed): number {
  return a.rank - b.rank;
}

function inserted(placed: readonly Placed[], entry: Placed): Placed[] {
  const at = placed.findLastIndex((other) => other.rank < entry.rank) + 1;
  return placed.toSpliced(at, 0, entry);
}
