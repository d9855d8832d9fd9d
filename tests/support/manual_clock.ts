/** A clock whose hands a test turns, so that nothing waits and nothing is a matter of luck. */

import type { Clock } from "../../runner/gateway/clock.ts";

/** Time stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<{ readonly at: number; readonly ring: () => void }>();
  #waiting: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, ring: () => void): () => void {
    const alarm = { at: this.#now + ms, ring };
    this.#alarms.add(alarm);
    for (const resolve of this.#waiting.splice(0)) resolve();
    return () => this.#alarms.delete(alarm);
  }

  /** Alarms that have not rung. */
  get alarms(): number {
    return this.#alarms.size;
  }

  /** Milliseconds until the next alarm; Infinity: there is none. */
  get nextAlarm(): number {
    return Math.min(...[...this.#alarms].map(({ at }) => at)) - this.#now;
  }

  /** Resolves when somebody waits by this clock, at once when somebody does; fails when nobody does within 30 s. */
  whenAlarmed(): Promise<void> {
    if (this.#alarms.size > 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("nobody waits by this clock")), 30_000);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** `ms` go by; alarms ring in their order, each at its time. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#alarms].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#alarms.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.ring();
    }
    this.#now = until;
  }
}
