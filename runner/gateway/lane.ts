/** The way to one provider: how many calls at once, how many a minute, when to wait, when to leave it alone. */

import { Breaker, type BreakerOptions, type Health } from "./breaker.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { Envelope, type Reservation, type Spending } from "./envelope.ts";
import { TokenBucket } from "./token_bucket.ts";
import type { Halt, Provider } from "./types.ts";

/** How a lane is set. */
export interface LaneOptions extends Pick<Provider, "name" | "max_concurrency" | "rpm" | "tpm"> {
  /** Default: this machine's. */
  readonly clock?: Clock;
  /** When the provider is left alone. */
  readonly breaker?: BreakerOptions;
  /** Longest time that a call waits because the provider says so, ms. Default: 10 minutes. */
  readonly patience_ms?: number;
  /** A number from 0 to below 1, by chance. Default: `Math.random`. */
  readonly random?: () => number;
  /** First wait, ms, after a rate limit that says not how long. Default: 500. */
  readonly backoff_ms?: number;
}

/** A try that wants to begin. */
export interface Entry {
  /** What it must be paid from, the run's first; all of them, or it does not begin. */
  readonly budgets: readonly [Envelope, ...Envelope[]];
  /** What it spends at most. */
  readonly amount: Spending;
  /** Tokens that it will probably take, for the limit per minute. */
  readonly tokens: number;
  /** Calls begin in this order; a call that is tried again has not lost its place. */
  readonly order: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** What has become of a try. */
export interface TryReport {
  /** What it tells about the provider. */
  readonly health: Health;
  /** What it took; `unknown`: nobody says, but it may be billed. */
  readonly spent: Spending | "unknown";
  /** The provider asks to wait, so many ms; null: it does not say how long. */
  readonly rate_limited?: { readonly retry_after_ms: number | null };
  /** What went wrong, for people; for `failed`. */
  readonly why?: string;
}

/** The right to make one try. */
export interface Pass {
  /** Must be called once, when the try has ended. */
  leave(report: TryReport): Left;
}

/** What the end of a try has brought about. */
export interface Left {
  /** The provider is left alone from now on. */
  readonly opened: boolean;
}

/** Whether a try may begin. */
export type Admission = { readonly pass: Pass } | { readonly halt: Halt };

/** What calls are told that nobody waits for any more. */
export const CANCELLED: Halt = { code: "cancelled", message: "the call was cancelled" };

/** Longest time that a call waits because a provider says so. */
export const PATIENCE_MS = 600_000;

/** Longest wait between two tries, ms. */
export const LONGEST_BACKOFF_MS = 20_000;

/** First wait between two tries, ms. */
export const BACKOFF_MS = 500;

/** A time by chance, up to `base`, twice that the next time, and so on: exponential back-off with full jitter. */
export function backoff(nth: number, base: number, random: () => number): number {
  return random() * Math.min(LONGEST_BACKOFF_MS, base * 2 ** Math.min(nth, 30));
}

/**
 * One provider's lane. Tries begin in the order of their calls, as soon as all of this allows: calls at once, requests and
 * tokens per minute, no wait that the provider asked for, the breaker, the budgets.
 *
 * Laws: there are never more than `max_concurrency` tries on their way. A call whose budget is taken up by calls on their
 * way waits for them without holding up calls of other runs; it is halted only when none is on its way. Every admission
 * is answered.
 */
export class Lane {
  /** The provider's name. */
  readonly name: string;
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #backoff: number;
  readonly #patience: number;
  readonly #breaker: Breaker;
  readonly #requests: TokenBucket | null;
  readonly #tokens: TokenBucket | null;
  /** By the run's envelope. */
  readonly #queues = new Map<Envelope, Queue>();
  #inFlight = 0;
  #pausedUntil = 0;
  /** Counts the pauses: a rate limit met by a try that began before the last one says nothing new. */
  #pauses = 0;
  /** Rate limits in a row that did not say how long to wait. */
  #limited = 0;
  #lastFailure = "";
  #pumping = false;
  #again = false;
  #alarm: (() => void) | null = null;

  constructor(options: LaneOptions) {
    this.name = options.name;
    this.#limit = options.max_concurrency;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#random = options.random ?? Math.random;
    this.#backoff = options.backoff_ms ?? BACKOFF_MS;
    this.#patience = options.patience_ms ?? PATIENCE_MS;
    this.#breaker = new Breaker(options.breaker);
    const now = this.#clock.now();
    this.#requests = options.rpm === null ? null : new TokenBucket(options.rpm, now);
    this.#tokens = options.tpm === null ? null : new TokenBucket(options.tpm, now);
  }

  /** Tries on their way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Calls that wait. */
  get waiting(): number {
    let count = 0;
    for (const queue of this.#queues.values()) count += queue.size;
    return count;
  }

  /** Milliseconds for which the provider wants no calls. */
  get pausedFor(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.now());
  }

  /** Waits until a try may begin. Never rejects. */
  enter(entry: Entry): Promise<Admission> {
    if (entry.signal.aborted) return Promise.resolve({ halt: CANCELLED });
    const halt = this.#refusal();
    if (halt !== null) return Promise.resolve({ halt });
    return new Promise((resolve) => {
      const waiter: Waiter = {
        entry,
        settle: (admission) => {
          waiter.gone = true;
          entry.signal.removeEventListener("abort", waiter.cancel);
          resolve(admission);
        },
        cancel: () => {
          this.#queues.get(entry.budgets[0])?.leave(waiter);
          waiter.settle({ halt: CANCELLED });
          this.#pump();
        },
        gone: false,
      };
      this.#queue(entry).join(waiter);
      this.#pump();
      if (!waiter.gone) entry.signal.addEventListener("abort", waiter.cancel);
    });
  }

  #queue({ budgets: [budget] }: Entry): Queue {
    let queue = this.#queues.get(budget);
    if (queue === undefined) this.#queues.set(budget, queue = new Queue());
    return queue;
  }

  /** Why no call can be made for some time, or null. */
  #refusal(): Halt | null {
    const open = this.#breaker.openFor(this.#clock.now());
    if (open > 0) {
      return {
        code: "provider_down",
        message:
          `provider '${this.name}' does not work: ${this.#breaker.failed} tries in a row have failed, the last ` +
          `one with: ${this.#lastFailure}`,
        hint: `resume when it works again; it is asked again in ${formatWait(open)}`,
      };
    }
    return this.pausedFor > this.#patience ? this.limitHalt(this.pausedFor) : null;
  }

  /** That the provider wants to be left alone for longer than a call waits. */
  limitHalt(ms: number): Halt {
    return {
      code: "rate_limited",
      message: `provider '${this.name}' limits the rate of calls: ${formatWait(ms)} to wait, and a call waits ` +
        `${formatWait(this.#patience)} at most`,
      hint: `resume later, or set lower limits: rpm, tpm, max_concurrency under providers.${this.name}`,
    };
  }

  /** Lets begin what may. */
  #pump(): void {
    // A settled reservation may call from within.
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#again) {
      this.#again = false;
      this.#alarm?.();
      this.#alarm = null;
      while (this.#inFlight < this.#limit && this.#beginNext());
    }
    this.#pumping = false;
  }

  /** Lets one try begin or halts it; false when none can for now. */
  #beginNext(): boolean {
    const queue = this.#nextQueue();
    if (queue === null) return false;
    const now = this.#clock.now();
    if (!this.#breaker.admits(now)) return false;
    const { entry } = queue.first!;
    const wait = Math.max(
      this.#pausedUntil - now,
      this.#requests?.wait(1, now) ?? 0,
      this.#tokens?.wait(entry.tokens, now) ?? 0,
    );
    if (wait > 0) {
      this.#alarm = this.#clock.after(wait, () => this.#pump());
      return false;
    }
    const reservation = Envelope.reserve(entry.budgets, entry.amount);
    if (!("refused" in reservation)) {
      queue.shift().settle({ pass: this.#begin(entry, reservation, now) });
    } else if (reservation.refused.outstanding.calls > 0) {
      queue.blocked = true;
      reservation.refused.nextSettlement(() => {
        queue.blocked = false;
        this.#pump();
      });
    } else queue.shift().settle({ halt: budgetHalt(reservation.refused, entry) });
    return true;
  }

  /** The queue of the call that is first by order, of those that are not held up by their budgets. */
  #nextQueue(): Queue | null {
    let next: Queue | null = null;
    for (const [envelope, queue] of this.#queues) {
      if (queue.first === null) this.#queues.delete(envelope);
      else if (!queue.blocked && (next === null || queue.first.entry.order < next.first!.entry.order)) next = queue;
    }
    return next;
  }

  #begin({ tokens }: Entry, reservation: Reservation, now: number): Pass {
    this.#inFlight++;
    this.#requests?.take(1, now);
    this.#tokens?.take(tokens, now);
    const probe = this.#breaker.begin();
    const pauses = this.#pauses;
    return { leave: (report) => this.#end(report, reservation, { tokens, probe, pauses }) };
  }

  #end(report: TryReport, reservation: Reservation, begun: Begun): Left {
    const { health, spent, rate_limited, why } = report;
    const now = this.#clock.now();
    this.#inFlight--;
    if (spent !== "unknown") this.#tokens?.correct(spent.tokens - begun.tokens, now);
    if (rate_limited) this.#pause(rate_limited.retry_after_ms, begun.pauses, now);
    else if (health === "works") this.#limited = 0;
    if (why !== undefined) this.#lastFailure = why;
    const opened = this.#breaker.end(health, begun.probe, now);
    const halt = this.#refusal();
    if (halt !== null) this.#haltAll(halt);
    reservation.settle(spent);
    this.#pump();
    return { opened };
  }

  #pause(askedFor: number | null, begunAt: number, now: number): void {
    // Asked to come back at once, it is still the rate that is too high.
    if (askedFor !== null && askedFor > 0) {
      this.#pausedUntil = Math.max(this.#pausedUntil, now + askedFor);
    } else if (begunAt === this.#pauses) {
      this.#pausedUntil = Math.max(this.#pausedUntil, now + backoff(this.#limited++, this.#backoff, this.#random));
    }
    if (begunAt === this.#pauses) this.#pauses++;
  }

  #haltAll(halt: Halt): void {
    for (const queue of this.#queues.values()) while (queue.first !== null) queue.shift().settle({ halt });
  }
}

/** What was known of a try when it began. */
interface Begun {
  readonly tokens: number;
  readonly probe: boolean;
  readonly pauses: number;
}

interface Waiter {
  readonly entry: Entry;
  readonly settle: (admission: Admission) => void;
  readonly cancel: () => void;
  gone: boolean;
}

/** The calls of one run that wait, by order. */
class Queue {
  /** Whether the first waits for its budget. */
  blocked = false;
  #waiters: Waiter[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Waiter | null {
    while (this.#waiters[this.#head]?.gone) this.#head++;
    return this.#waiters[this.#head] ?? null;
  }

  /** New calls come last; one that is tried again goes before those that came after it. */
  join(waiter: Waiter): void {
    const { order } = waiter.entry;
    this.#size++;
    if (this.#head === this.#waiters.length || this.#waiters.at(-1)!.entry.order < order) {
      this.#waiters.push(waiter);
      return;
    }
    let at = this.#head;
    while (this.#waiters[at]!.entry.order < order) at++;
    if (at === this.#head && at > 0) this.#waiters[--this.#head] = waiter;
    else this.#waiters.splice(at, 0, waiter);
  }

  /** Takes the first. */
  shift(): Waiter {
    const first = this.first!;
    this.#size--;
    // What has gone is forgotten from time to time, not each time: that would move all others.
    if (++this.#head >= 64 && this.#head * 2 >= this.#waiters.length) {
      this.#waiters = this.#waiters.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** `waiter` waits no more; its place is skipped. */
  leave(waiter: Waiter): void {
    waiter.gone = true;
    this.#size--;
  }
}

/** That a budget does not allow a call. */
function budgetHalt(envelope: Envelope, { amount, budgets }: Entry): Halt {
  return {
    code: "budget_spent",
    message: envelope.refusal(amount),
    hint: `${envelope.remedy}, or lower llm.max_tokens so that a call may take less`,
    ...(envelope !== budgets[0] && { shared: true }),
  };
}

/** `3 s`, `10 min`. */
export function formatWait(ms: number): string {
  const s = Math.ceil(ms / 1000);
  return s < 120 ? `${s} s` : `${Math.ceil(s / 60)} min`;
}
