/** How often somebody may do something: a bucket of tokens each, refilled all the time. */

/** What one attempt was told. */
export interface Taken {
  readonly allowed: boolean;
  /** Whole tokens left. */
  readonly remaining: number;
  /** Seconds until the next token, at least 1. */
  readonly retryAfter: number;
}

/** Buckets kept at most; then the one unused for longest is forgotten, which fills it. */
const MOST_BUCKETS = 10_000;

/** What sums of fractions may be off by. */
const ROUNDING = 1e-9;

/** Lets each name do something so many times a minute, all at once at most. */
export class RateLimiter {
  /** Times a minute. */
  readonly perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.perMinute = perMinute;
    this.#now = now;
  }

  /** Takes a token of `name`'s, if there is one. */
  take(name: string): Taken {
    const now = this.#now();
    const full = Math.max(1, this.perMinute);
    const before = this.#buckets.get(name) ?? { tokens: full, at: now };
    const tokens = Math.min(full, before.tokens + (now - before.at) / 60_000 * this.perMinute);
    const allowed = tokens >= 1 - ROUNDING;
    const left = allowed ? Math.max(0, tokens - 1) : tokens;
    // The newest are last.
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: left, at: now });
    if (this.#buckets.size > MOST_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value!);
    const retryAfter = Math.max(1, Math.ceil((1 - left) / this.perMinute * 60 - ROUNDING));
    return { allowed, remaining: Math.floor(left + ROUNDING), retryAfter };
  }
}
