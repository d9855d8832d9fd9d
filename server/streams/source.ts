/** What streams are made of, and by what clock. */

import type { App, Batches, Notebooks } from "../../runner/mod.ts";

/** The verbs that streams need. */
export interface StreamSource extends
  Pick<
    App,
    "status" | "state" | "readEvents" | "lastEventId" | "listRows" | "pendingDecisions" | "subscribe"
  > {
  readonly batches: Pick<Batches, "get" | "subscribe">;
  readonly notebooks: {
    /** Only the hash is of interest. */
    read(path: string): Promise<Pick<Awaited<ReturnType<Notebooks["read"]>>, "hash">>;
    subscribe: Notebooks["subscribe"];
  };
}

/** A clock that never goes back, and an alarm. */
export interface StreamClock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls `ring` after `ms` milliseconds unless the function it returns has been called before. */
  after(ms: number, ring: () => void): () => void;
}

/** The clock of this machine. */
export const SYSTEM_CLOCK: StreamClock = {
  now: () => performance.now(),
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

/** Calls `act` every `ms` milliseconds, counted from the end of the last time, until the result is called. */
export function every(clock: StreamClock, ms: number, act: () => void | Promise<void>): () => void {
  let stopped = false;
  let cancel = () => {};
  const arm = () => {
    cancel = clock.after(ms, async () => {
      await act();
      if (!stopped) arm();
    });
  };
  arm();
  return () => {
    stopped = true;
    cancel();
  };
}
