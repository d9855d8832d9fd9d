/** Comparisons that pages show, kept as long as what they compare stays as it is. */

import type { App } from "../app.ts";
import type { Comparison } from "../compare/mod.ts";

/** Comparisons kept at most. */
const MOST_KEPT = 50;

/** Comparisons of pages. */
export class Comparisons {
  readonly #app: App;
  readonly #kept = new Map<string, Promise<Comparison>>();

  constructor(app: App) {
    this.#app = app;
  }

  /**
   * @param labels what the page calls them
   * @param stamp changes whenever one of them does
   * @throws {SimError} as {@linkcode App.compare}
   */
  of(ids: readonly string[], labels: readonly string[], stamp: string): Promise<Comparison> {
    const key = JSON.stringify([ids, labels, stamp]);
    const before = this.#kept.get(key);
    if (before) return before;
    const comparison = this.#app.compare(ids, labels);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(key, comparison);
    comparison.catch(() => this.#kept.delete(key));
    return comparison;
  }
}
