/**
 * What agents remember: entries of their own, apart from the state of the world, seen by nobody else. Memories are part
 * of checkpoints; the oldest are forgotten when the scenario's limits (`memory:`) are reached.
 */

import { frozenJson, type Json, notJson } from "./json.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";

/** One thing remembered. */
export interface MemoryEntry {
  /** Turn in which it was remembered. */
  readonly turn: number;
  /** What sort of memory it is, if the agent said so. */
  readonly kind?: string;
  /** What is remembered. */
  readonly content: Json;
}

/** Which entries are meant. */
export interface MemoryQuery {
  /** Only entries of this kind. */
  readonly kind?: string;
  /** Only entries of this turn and later ones. */
  readonly since?: number;
  /** Only the newest so many. */
  readonly last?: number;
}

/** How much is kept. */
export type MemoryLimits = ResolvedScenario["memory"];

/**
 * One agent's memory in one turn. What is written counts once the agent has decided: a decision that fails and is asked
 * for again starts from the memory before it.
 *
 * @example
 * ```ts
 * import { AgentMemory } from "llm-sim";
 * const memory = new AgentMemory([], 7, { max_entries: 2, max_turns: null, max_bytes: 1000 });
 * for (const price of [10, 11, 12]) memory.add({ price }, { kind: "offer" });
 * if (memory.recall({ kind: "offer" }).length !== 2) throw new Error("the oldest is forgotten");
 * ```
 */
export class AgentMemory {
  readonly #turn: number;
  readonly #limits: MemoryLimits;
  #entries: readonly MemoryEntry[];
  #changed = false;

  /** The memory of an agent that remembers `entries` in turn `turn`. */
  constructor(entries: readonly MemoryEntry[], turn: number, limits: MemoryLimits) {
    this.#turn = turn;
    this.#limits = limits;
    const oldest = limits.max_turns === null ? -Infinity : turn - limits.max_turns;
    this.#entries = entries.length > 0 && entries[0]!.turn < oldest
      ? entries.filter((entry) => entry.turn >= oldest)
      : entries;
  }

  /** All entries, the oldest first. */
  get entries(): readonly MemoryEntry[] {
    return this.#entries;
  }

  /** Whether it differs from what it was at the start of the turn. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Remembers something. @throws {RangeError} when it is not JSON or larger than all that may be remembered */
  add(content: Json, { kind }: { readonly kind?: string } = {}): void {
    const problem = notJson(content);
    if (problem !== null) throw new RangeError(`what is remembered ${problem}`);
    const entry = frozenJson<MemoryEntry>({ turn: this.#turn, ...(kind !== undefined && { kind }), content });
    const size = bytesOf(entry);
    if (size > this.#limits.max_bytes) {
      throw new RangeError(`a memory of ${size} bytes is larger than memory.max_bytes: ${this.#limits.max_bytes}`);
    }
    this.#set(withinLimits([...this.#entries, entry], this.#limits));
  }

  /** The entries that match, the oldest first. */
  recall({ kind, since, last }: MemoryQuery = {}): readonly MemoryEntry[] {
    const found = this.#entries.filter((entry) =>
      (kind === undefined || entry.kind === kind) && (since === undefined || entry.turn >= since)
    );
    return last === undefined ? found : last <= 0 ? [] : found.slice(-last);
  }

  /** Forgets the entries of `kind`, those from before turn `before`, or all. Returns how many there were. */
  forget({ kind, before }: { readonly kind?: string; readonly before?: number } = {}): number {
    const kept = this.#entries.filter((entry) =>
      (kind !== undefined && entry.kind !== kind) || (before !== undefined && entry.turn >= before)
    );
    const forgotten = this.#entries.length - kept.length;
    if (forgotten > 0) this.#set(kept);
    return forgotten;
  }

  #set(entries: readonly MemoryEntry[]): void {
    this.#entries = entries;
    this.#changed = true;
  }
}

function withinLimits(entries: readonly MemoryEntry[], limits: MemoryLimits): readonly MemoryEntry[] {
  let first = Math.max(0, entries.length - limits.max_entries);
  let bytes = 0;
  for (let i = entries.length - 1; i >= first; i--) {
    bytes += bytesOf(entries[i]!);
    if (bytes > limits.max_bytes) first = i + 1;
  }
  return first === 0 ? entries : entries.slice(first);
}

/** Sizes of entries, which are asked for again with every new one. */
const sizes = new WeakMap<MemoryEntry, number>();

function bytesOf(entry: MemoryEntry): number {
  let size = sizes.get(entry);
  if (size === undefined) {
    size = new TextEncoder().encode(JSON.stringify(entry)).length;
    sizes.set(entry, size);
  }
  return size;
}
