/** The rows of a long list, of which only those near what is looked at are kept. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { RunRow } from "./view.ts";

/** Rows that are asked for together. */
export const WINDOW = 50;
/** Windows kept on either side of what is looked at. */
const KEPT = 12;

/** Has rows given. @throws when they cannot be had */
export type LoadRows = (part: { offset: number; limit: number }, signal: AbortSignal) => Promise<readonly RunRow[]>;

/**
 * Law: a row is found where it was when its window was loaded, with what has been heard of it since; a window that is far
 * from what is looked at is forgotten; what is asked for and is not wanted any more is called off.
 */
export class RowWindows {
  readonly #load: LoadRows;
  readonly #version = signal(0);
  readonly #windows = new Map<number, RunRow[]>();
  readonly #asked = new Map<number, AbortController>();
  /** Runs that are gone, and still stand in their places. */
  readonly #gone = new Set<string>();
  #total = 0;

  constructor(load: LoadRows) {
    this.#load = load;
  }

  /** Counts up when a row has changed. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  /** Rows in all, as was known when the first window was loaded. */
  get total(): number {
    return this.#total;
  }

  /** Begins anew with rows. @param window that they begin with */
  begin(total: number, rows: readonly RunRow[], window = 0): void {
    this.#stop(() => true);
    this.#windows.clear();
    this.#gone.clear();
    this.#total = total;
    for (let i = 0; i * WINDOW < rows.length; i++) {
      this.#windows.set(window + i, rows.slice(i * WINDOW, (i + 1) * WINDOW));
    }
    this.#version.value++;
  }

  /** A row by its place; null: it is not known yet, or there is none. */
  row(place: number): RunRow | null {
    return this.#windows.get(Math.floor(place / WINDOW))?.[place % WINDOW] ?? null;
  }

  /** Whether a run that stands there is gone. */
  isGone(runId: string): boolean {
    return this.#gone.has(runId);
  }

  /** Whether all rows in `[first, end)` are known. */
  has(first: number, end: number): boolean {
    return this.#missing(first, end).length === 0;
  }

  /**
   * Sees to it that the rows in `[first, end)` are known, and forgets those far away.
   * @throws what loading throws
   */
  async want(first: number, end: number): Promise<void> {
    const [low, high] = [Math.floor(first / WINDOW), Math.floor((Math.max(first, end) - 1) / WINDOW)];
    for (const n of [...this.#windows.keys()]) if (n < low - KEPT || n > high + KEPT) this.#windows.delete(n);
    this.#stop((n) => n < low || n > high);
    await Promise.all(this.#missing(first, end).filter((n) => !this.#asked.has(n)).map((n) => this.#fill(n)));
  }

  /** The rows in `[first, end)`, however many, without keeping them. @throws what loading throws */
  async read(first: number, end: number): Promise<RunRow[]> {
    const found: RunRow[] = [];
    for (let offset = first; offset < end; offset += MOST_READ) {
      const limit = Math.min(MOST_READ, end - offset);
      const known = Array.from({ length: limit }, (_, i) => this.row(offset + i));
      const rows = known.includes(null)
        ? await this.#load({ offset, limit }, new AbortController().signal)
        : known as RunRow[];
      found.push(...rows);
      if (rows.length < limit) break;
    }
    return found;
  }

  /** Takes up what is heard of a run. @returns whether it is among the rows that are known */
  patch(row: RunRow): boolean {
    const place = this.placeOf(row.run_id);
    if (place === null) return false;
    const n = Math.floor(place / WINDOW);
    this.#windows.set(n, this.#windows.get(n)!.with(place % WINDOW, row));
    this.#version.value++;
    return true;
  }

  /** A run is gone: it stays where it is, to be seen so. @returns whether it is among the rows that are known */
  markGone(runId: string): boolean {
    if (this.placeOf(runId) === null) return false;
    this.#gone.add(runId);
    this.#version.value++;
    return true;
  }

  /** The place of a run among the rows that are known; null: it is not. */
  placeOf(runId: string): number | null {
    for (const [n, rows] of this.#windows) {
      const i = rows.findIndex((row) => row.run_id === runId);
      if (i >= 0) return n * WINDOW + i;
    }
    return null;
  }

  #missing(first: number, end: number): number[] {
    const missing: number[] = [];
    for (let n = Math.floor(first / WINDOW); n * WINDOW < Math.min(end, this.#total); n++) {
      const known = this.#windows.get(n)?.length ?? 0;
      // Of a window that is known in part, the part may do.
      if (known < Math.min(WINDOW, Math.min(end, this.#total) - n * WINDOW)) missing.push(n);
    }
    return missing;
  }

  async #fill(n: number): Promise<void> {
    const asked = new AbortController();
    this.#asked.set(n, asked);
    try {
      const rows = await this.#load({ offset: n * WINDOW, limit: WINDOW }, asked.signal);
      if (asked.signal.aborted) return;
      this.#windows.set(n, [...rows]);
      // Fewer than were counted: the rest is gone.
      if (rows.length < WINDOW) this.#total = Math.min(this.#total, n * WINDOW + rows.length);
      this.#version.value++;
    } catch (error) {
      if (!asked.signal.aborted) throw error;
    } finally {
      if (this.#asked.get(n) === asked) this.#asked.delete(n);
    }
  }

  #stop(isUnwanted: (n: number) => boolean): void {
    for (const [n, asked] of [...this.#asked]) {
      if (!isUnwanted(n)) continue;
      asked.abort();
      this.#asked.delete(n);
    }
  }
}

/** Rows that are read together. */
const MOST_READ = 500;
