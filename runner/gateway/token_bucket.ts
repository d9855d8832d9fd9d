/** A limit per minute. */

/**
 * A token bucket: it holds what one minute allows, is full at first and is refilled continuously.
 *
 * What is wanted may turn out to be more or less than what was taken ({@linkcode TokenBucket.correct}); then the level may
 * fall below zero, and the next taker waits longer.
 */
export class TokenBucket {
  readonly #perMinute: number;
  #level: number;
  #at: number;

  /** @param now of the clock by which it is asked later, ms */
  constructor(perMinute: number, now: number) {
    this.#perMinute = perMinute;
    this.#level = perMinute;
    this.#at = now;
  }

  /** Milliseconds until `amount` can be taken; 0: now. More than the bucket holds can be taken when it is full. */
  wait(amount: number, now: number): number {
    this.#refill(now);
    const missing = Math.min(amount, this.#perMinute) - this.#level;
    return missing <= DUST ? 0 : missing / this.#perMinute * MINUTE;
  }

  /** Takes `amount`, after {@linkcode TokenBucket.wait} has allowed it. */
  take(amount: number, now: number): void {
    this.#refill(now);
    this.#level -= amount;
  }

  /** Says that `more` than was taken has been needed; negative: less. */
  correct(more: number, now: number): void {
    this.#refill(now);
    this.#level = Math.min(this.#perMinute, this.#level - more);
  }

  #refill(now: number): void {
    this.#level = Math.min(this.#perMinute, this.#level + (now - this.#at) / MINUTE * this.#perMinute);
    this.#at = now;
  }
}

const MINUTE = 60_000;

/** What floating point may leave missing when the time has come. */
const DUST = 1e-6;
