/** A numbered log of a run as a list: as long as the log, or as what matches, while only what is looked at is read. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { LogNumbers } from "../../../runner/mod.ts";
import type { Trouble } from "../actions.tsx";
import { api, readAnswer, send } from "../api.ts";

/** Which log, and how its lines are numbered. */
export interface LogSource {
  readonly log: "events" | "llm" | "logs";
  /** Member of a line that has its number. */
  readonly key: "id" | "seq";
}

/** What is wanted of a log, as the API's query has it. */
export type LogFilters = { readonly [name: string]: string };

/** A line that cannot be read. */
export interface DamagedLine {
  readonly damaged: number;
}

/** Whether a line is one that cannot be read. */
export function isDamaged(line: object): line is DamagedLine {
  return "damaged" in line;
}

/** Lines that were read together. */
export interface LogPage<T> {
  readonly lines: readonly T[];
  /** There may be more after this number; null: this is the end. */
  readonly next: number | null;
}

/** What a list needs of the server. */
export interface LogEnv<T> {
  numbers(query: { readonly after: number; readonly filters: LogFilters; readonly turn?: number }): Promise<LogNumbers>;
  lines(
    query: { readonly after: number; readonly limit: number; readonly filters: LogFilters },
    signal?: AbortSignal,
  ): Promise<LogPage<T>>;
}

/** Lines that are asked for together. */
export const WINDOW = 50;
/** Windows that are kept on either side of what is looked at. */
const KEPT = 10;
/** Lines that are counted of those that match. */
export const MOST_MATCHES = 250_000;
/** Requests for one window: a page is short where its lines are long. */
const MOST_PAGES = 20;

/**
 * The list.
 *
 * Law: lines keep their places while a log grows; what is far from what is looked at is forgotten; of what was asked before
 * the filters changed nothing is shown.
 */
export class LogStore<T extends object> {
  readonly #source: LogSource;
  readonly #env: LogEnv<T>;
  readonly #failed: (error: unknown) => Trouble;
  readonly #state = signal<"loading" | "ready" | Trouble>("loading");
  readonly #total = signal(0);
  readonly #isCounted = signal(false);
  readonly #damaged = signal(0);
  readonly #version = signal(0);
  #filters: LogFilters = {};
  /** Numbers of what matches; null: all, from 1 to {@linkcode LogStore.#last}. */
  #numbers: number[] | null = null;
  #last = 0;
  /** The number up to which lines were counted. */
  #seen = 0;
  #generation = 0;
  #isGrowing = false;
  readonly #windows = new Map<number, readonly (T | DamagedLine)[]>();
  readonly #asked = new Map<number, AbortController>();

  /** @param failed says what an error is in words */
  constructor(source: LogSource, env: LogEnv<T>, failed: (error: unknown) => Trouble = asTrouble) {
    this.#source = source;
    this.#env = env;
    this.#failed = failed;
  }

  /** Which log it is. */
  get log(): LogSource["log"] {
    return this.#source.log;
  }

  /** Whether the list can be looked at. */
  get state(): ReadonlySignal<"loading" | "ready" | Trouble> {
    return this.#state;
  }

  /** Lines of the list, as far as they were counted. */
  get total(): ReadonlySignal<number> {
    return this.#total;
  }

  /** Whether all that match were counted. */
  get isCounted(): ReadonlySignal<boolean> {
    return this.#isCounted;
  }

  /** Lines that match nothing because they cannot be read. */
  get damaged(): ReadonlySignal<number> {
    return this.#damaged;
  }

  /** Counts up when lines have come. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  /** Begins anew with what is wanted. */
  async begin(filters: LogFilters): Promise<void> {
    const generation = ++this.#generation;
    this.#filters = filters;
    this.#stop(() => true);
    this.#windows.clear();
    [this.#numbers, this.#last, this.#seen] = [null, 0, 0];
    this.#state.value = "loading";
    this.#isCounted.value = false;
    this.#damaged.value = 0;
    await this.#count(generation);
  }

  /** Looks whether there is more by now. One look at a time. */
  async grow(): Promise<void> {
    if (this.#isGrowing || this.#state.peek() === "loading") return;
    this.#isGrowing = true;
    try {
      await this.#count(this.#generation);
    } finally {
      this.#isGrowing = false;
    }
  }

  async #count(generation: number): Promise<void> {
    try {
      for (;;) {
        const found = await this.#env.numbers({ after: this.#seen, filters: this.#filters });
        if (generation !== this.#generation) return;
        // A run that was resumed has gone back.
        if (found.last < this.#last) return await this.begin(this.#filters);
        this.#take(found);
        if (found.next_after === null || (this.#numbers?.length ?? 0) >= MOST_MATCHES) break;
      }
      this.#isCounted.value = true;
    } catch (error) {
      if (generation === this.#generation) this.#state.value = this.#failed(error);
    }
  }

  #take({ last, numbers, damaged, next_after }: LogNumbers): void {
    this.#last = last;
    if (numbers === null) this.#numbers = null;
    else {
      (this.#numbers ??= []).push(...numbers);
      this.#seen = next_after ?? last;
      this.#damaged.value += damaged.length;
    }
    this.#total.value = this.#numbers?.length ?? last;
    this.#state.value = "ready";
    this.#version.value++;
  }

  /** The number of the line in a place. */
  numberAt(place: number): number {
    return this.#numbers?.[place] ?? place + 1;
  }

  /** The place of a line, or of the first one after it where it is not in the list. */
  placeOf(number: number): number {
    if (this.#numbers === null) return Math.max(0, Math.min(this.#last, number - 1));
    let [low, high] = [0, this.#numbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#numbers[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether the list has a line. */
  has(number: number): boolean {
    const place = this.placeOf(number);
    return place < this.#total.peek() && this.numberAt(place) === number;
  }

  /** The place at which a turn begins. @throws what asking throws */
  async placeOfTurn(turn: number): Promise<number> {
    const { before_turn } = await this.#env.numbers({ after: 0, filters: {}, turn });
    return this.placeOf((before_turn ?? 0) + 1);
  }

  /** The line in a place; null: it is not known yet, or there is none. */
  line(place: number): T | DamagedLine | null {
    return this.#windows.get(Math.floor(place / WINDOW))?.[place % WINDOW] ?? null;
  }

  /** A line by its number, whatever the filters. @throws what asking throws */
  async read(number: number): Promise<T | DamagedLine> {
    const known = this.has(number) ? this.line(this.placeOf(number)) : null;
    if (known !== null) return known;
    const { lines: [line] } = await this.#env.lines({ after: number - 1, limit: 1, filters: {} });
    return line !== undefined && this.#numberOf(line) === number ? line : { damaged: number };
  }

  /** Whether all lines in `[first, end)` are known. */
  isKnown(first: number, end: number): boolean {
    return this.#missing(first, end).length === 0;
  }

  /** Sees to it that they are, and forgets those far away. What goes wrong is the list's state. */
  async want(first: number, end: number): Promise<void> {
    const [low, high] = [Math.floor(first / WINDOW), Math.floor((Math.max(first + 1, end) - 1) / WINDOW)];
    for (const n of [...this.#windows.keys()]) if (n < low - KEPT || n > high + KEPT) this.#windows.delete(n);
    this.#stop((n) => n < low || n > high);
    await Promise.all(this.#missing(first, end).filter((n) => !this.#asked.has(n)).map((n) => this.#fill(n)));
  }

  /** Tries again what went wrong. */
  retry(): Promise<void> {
    return this.begin(this.#filters);
  }

  #missing(first: number, end: number): number[] {
    const missing: number[] = [];
    const last = Math.min(end, this.#total.peek());
    for (let n = Math.floor(first / WINDOW); n * WINDOW < last; n++) {
      // One that was the last and not full stays to be looked at until the rest of it has come.
      if ((this.#windows.get(n)?.length ?? 0) < Math.min(WINDOW, last - n * WINDOW)) missing.push(n);
    }
    return missing;
  }

  async #fill(n: number): Promise<void> {
    const [generation, asked] = [this.#generation, new AbortController()];
    this.#asked.set(n, asked);
    try {
      const first = n * WINDOW;
      const size = Math.min(WINDOW, this.#total.peek() - first);
      const numbers = Array.from({ length: size }, (_, i) => this.numberAt(first + i));
      const found = await this.#readAll(numbers, asked.signal);
      if (generation !== this.#generation || asked.signal.aborted) return;
      this.#windows.set(n, numbers.map((number) => found.get(number) ?? { damaged: number }));
      this.#version.value++;
    } catch (error) {
      if (!asked.signal.aborted && generation === this.#generation) this.#state.value = this.#failed(error);
    } finally {
      if (this.#asked.get(n) === asked) this.#asked.delete(n);
    }
  }

  async #readAll(numbers: readonly number[], signal: AbortSignal): Promise<Map<number, T>> {
    const found = new Map<number, T>();
    const last = numbers.at(-1) ?? 0;
    let after = (numbers[0] ?? 1) - 1;
    for (let i = 0; i < MOST_PAGES && after < last; i++) {
      const { lines, next } = await this.#env.lines({ after, limit: numbers.length, filters: this.#filters }, signal);
      for (const line of lines) found.set(this.#numberOf(line), line);
      if (next === null) break;
      after = next;
    }
    return found;
  }

  #numberOf(line: T): number {
    return Number((line as { readonly [key: string]: unknown })[this.#source.key]);
  }

  #stop(isUnwanted: (n: number) => boolean): void {
    for (const [n, asked] of [...this.#asked]) {
      if (!isUnwanted(n)) continue;
      asked.abort();
      this.#asked.delete(n);
    }
  }
}

function asTrouble(error: unknown): Trouble {
  const { message, hint } = error as Trouble;
  return { message: message || String(error), hint };
}

/** The server of the page. */
export function serverLog<T>(runId: string, { log }: LogSource): LogEnv<T> {
  const run = `/api/simulations/${encodeURIComponent(runId)}`;
  return {
    numbers: ({ after, filters, turn }) => {
      const query = new URLSearchParams({ log, after: String(after), ...filters });
      if (turn !== undefined) query.set("turn", String(turn));
      return api(`${run}/numbers?${query}`);
    },
    lines: async ({ after, limit, filters }, signal) => {
      const query = new URLSearchParams({ after: String(after), limit: String(limit), ...filters });
      const answer = await send(`${run}/${log}?${query}`, signal === undefined ? {} : { signal });
      const lines = await readAnswer(answer) as readonly T[];
      const next = answer.headers.get("x-next-cursor");
      return { lines, next: next === null ? null : Number(next) };
    },
  };
}
