/** When a provider is left alone for a while. */

/** What a try told about the provider: it works, it does not, or nothing. */
export type Health = "works" | "failed" | "unknown";

/** How a breaker is set. */
export interface BreakerOptions {
  /** Tries that must fail in a row. */
  readonly failures: number;
  /** For how long it stays open, ms. */
  readonly open_ms: number;
}

/** How breakers are set. */
export const BREAKER: BreakerOptions = { failures: 8, open_ms: 30_000 };

/**
 * A circuit breaker. Closed, it lets all tries through; when so many have failed in a row, with none that worked between,
 * it opens and lets none through; after a while it lets one through, by which it closes or opens again.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failed = 0;
  #openUntil: number | null = null;
  #probing = false;

  constructor(options: BreakerOptions = BREAKER) {
    this.#options = options;
  }

  /** Tries that have failed in a row. */
  get failed(): number {
    return this.#failed;
  }

  /** Milliseconds for which it is still open; 0: it is not. */
  openFor(now: number): number {
    return this.#openUntil === null ? 0 : Math.max(0, this.#openUntil - now);
  }

  /** Whether a try may begin. */
  admits(now: number): boolean {
    return this.#openUntil === null || (this.openFor(now) === 0 && !this.#probing);
  }

  /** A try begins. Returns whether it is the one by which an open breaker is tested. */
  begin(): boolean {
    if (this.#openUntil === null) return false;
    return this.#probing = true;
  }

  /** A try has ended; `probe`: what `begin` said. Returns whether the breaker has opened by that. */
  end(health: Health, probe: boolean, now: number): boolean {
    if (probe) this.#probing = false;
    if (health === "works") {
      this.#failed = 0;
      this.#openUntil = null;
      return false;
    }
    if (health === "unknown") return false;
    this.#failed++;
    // Open already: tries that had begun before tell nothing new.
    const opens = this.#openUntil === null ? this.#failed >= this.#options.failures : probe;
    if (opens) this.#openUntil = now + this.#options.open_ms;
    return opens;
  }
}
