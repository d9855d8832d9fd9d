/** Time as the gateway sees it, so that tests can turn the hands themselves. */

/** A clock that never goes back, and an alarm. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls `ring` after `ms` milliseconds unless the function it returns has been called before. */
  after(ms: number, ring: () => void): () => void;
}

/** Longest time that a timer can be set to, ms; who is woken looks whether the time has come. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** The clock of this machine. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after: (ms, ring) => {
    const timer = setTimeout(ring, Math.min(Math.max(0, Math.ceil(ms)), LONGEST_TIMEOUT));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function pass(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      signal.removeEventListener("abort", over);
      silence();
      resolve();
    };
    const silence = clock.after(ms, over);
    signal.addEventListener("abort", over);
  });
}
