/** Waiting for a run to stand still. */

import { type App, isLive, type Manifest, type PendingDecision } from "../../runner/mod.ts";

/** How a wait ended. */
export interface Stood {
  readonly manifest: Manifest;
  /** Whether it ended because of time. */
  readonly timed_out: boolean;
  /** Decisions of people that the run waits for. */
  readonly waiting: readonly PendingDecision[];
}

/** What a wait is bounded by, and whom it tells. */
export interface WaitOptions {
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Told of every turn that is completed meanwhile. */
  readonly onTurn?: (turn: number) => void;
}

/** Milliseconds between looks at runs that other processes play. */
const POLL = 1000;

/** Decisions of people that this run waits for. */
export function waitingFor(app: App, runId: string): PendingDecision[] {
  return app.pendingDecisions().filter(({ run_id }) => run_id === runId);
}

/**
 * Waits until the run stands still or asks a person, until the time is over, or until nobody listens any more.
 * @throws {SimError} `unknown_run`
 */
export async function untilStanding(app: App, runId: string, options: WaitOptions): Promise<Stood> {
  const { timeoutSeconds, signal, onTurn } = options;
  const first = await app.status(runId);
  const asked = waitingFor(app, runId);
  if (!isLive(first.status) || asked.length > 0 || signal.aborted) {
    return { manifest: first, timed_out: false, waiting: asked };
  }
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const look = () => app.status(runId).then((manifest) => isLive(manifest.status) || resolve(false), reject);
  const stop = app.subscribe((notice) => {
    if (notice.run_id !== runId) return;
    if (notice.kind === "progress") onTurn?.(notice.turn);
    else if (notice.kind === "decision") resolve(false);
    else if (notice.kind === "status" && !isLive(notice.manifest.status)) resolve(false);
  });
  const onAbort = () => resolve(false);
  signal.addEventListener("abort", onAbort);
  const timeout = setTimeout(() => resolve(true), timeoutSeconds * 1000);
  const poll = setInterval(look, POLL);
  try {
    // It may have come to stand between the first look and the subscription.
    look();
    const timed_out = await promise;
    return { manifest: await app.status(runId), timed_out, waiting: waitingFor(app, runId) };
  } finally {
    clearTimeout(timeout);
    clearInterval(poll);
    signal.removeEventListener("abort", onAbort);
    stop();
  }
}

/** The value, or undefined when it takes longer; whatever it comes to then is nobody's concern. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
  promise.catch(() => {/* told by the run's own status */});
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
