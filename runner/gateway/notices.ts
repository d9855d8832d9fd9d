/** What the gateway tells people while it waits. */

import type { Clock } from "./clock.ts";
import type { GatewayNotice } from "./types.ts";

/** Least time between two notices of one kind about one run, ms. */
const INTERVAL = 1000;

/** Tells listeners; of each kind at most one notice a second about a run, so that a thousand calls make no flood. */
export class Notices {
  readonly #clock: Clock;
  readonly #listeners = new Set<(notice: GatewayNotice) => void>();
  /** When the last one was told, by kind and run. */
  readonly #last = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tells `listener` from now on; returns how to end that. */
  subscribe(listener: (notice: GatewayNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells what `text` says, unless that was told just now. */
  tell(kind: string, run_id: string, level: GatewayNotice["level"], text: () => string): void {
    if (this.#listeners.size === 0) return;
    const key = `${kind}\n${run_id}`;
    const now = this.#clock.now();
    if (now - (this.#last.get(key) ?? -INTERVAL) < INTERVAL) return;
    if (this.#last.size >= 1000) this.#forget(now);
    this.#last.set(key, now);
    const notice = { run_id, level, text: text() };
    for (const listener of this.#listeners) listener(notice);
  }

  #forget(now: number): void {
    for (const [key, at] of this.#last) if (now - at >= INTERVAL) this.#last.delete(key);
  }
}
