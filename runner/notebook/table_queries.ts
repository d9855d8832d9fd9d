/** Answers to the SQL of pages, kept as long as what they were read from stays as it is: each costs a process. */

import { canonicalJson, type Json, sha256 } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { QueryResult, SqlSource } from "../sql/mod.ts";
import { MOST_ROWS } from "./view.ts";

/** Answers kept at most, and queries that are asked at once. */
const MOST_KEPT = 200;
const AT_ONCE = 2;

/** Milliseconds for which an answer over all runs is kept: other hosts may change them, and say nothing. */
const LONGEST_OVER_ALL = 10_000;

/** A question. */
export interface TableQuestion {
  readonly sql: string;
  readonly params: { readonly [name: string]: Json };
  readonly tables: { readonly [id: string]: { readonly source: SqlSource; readonly stamp: string } };
}

interface Kept {
  readonly at: number;
  readonly changes: number;
  readonly answer: Promise<QueryResult>;
  /** Whether it reads tables over all runs; null: not known yet. */
  overAll: boolean | null;
}

/** Queries of pages. */
export class TableQueries {
  readonly #app: App;
  readonly #kept = new Map<string, Kept>();
  readonly #waiting: (() => void)[] = [];
  #asked = 0;
  /** Changes of runs of this host so far. */
  #changes = 0;
  readonly #unheard: () => void;

  constructor(app: App) {
    this.#app = app;
    this.#unheard = app.subscribe(({ kind }) => {
      if (["status", "progress", "changed", "removed"].includes(kind)) this.#changes++;
    });
  }

  /** What a question is told apart by. */
  keyOf({ sql, params, tables }: TableQuestion): string {
    const stamps = Object.fromEntries(Object.entries(tables).map(([id, { stamp }]) => [id, stamp]));
    return sha256(canonicalJson([sql, params, stamps]));
  }

  /** @throws {SimError} as {@linkcode App.query} */
  async ask(question: TableQuestion): Promise<QueryResult> {
    const key = this.keyOf(question);
    const before = this.#kept.get(key);
    if (before && this.#holds(before)) return await before.answer;
    const answer = this.#inTurn(() =>
      this.#app.query(question.sql, {
        params: question.params,
        tables: Object.fromEntries(Object.entries(question.tables).map(([id, { source }]) => [id, source])),
        limit: MOST_ROWS,
      })
    );
    const kept: Kept = { at: performance.now(), changes: this.#changes, answer, overAll: null };
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(key, kept);
    try {
      const result = await answer;
      kept.overAll = (result.reads ?? []).length > 0;
      return result;
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
      throw error;
    }
  }

  /** Hears of no further changes. */
  close(): void {
    this.#unheard();
  }

  #holds({ at, changes, overAll }: Kept): boolean {
    // What is on its way was asked about what was there a moment ago.
    if (overAll === false) return true;
    return changes === this.#changes && performance.now() - at < LONGEST_OVER_ALL;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#asked >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#asked++;
    try {
      return await work();
    } finally {
      this.#asked--;
      this.#waiting.shift()?.();
    }
  }
}
