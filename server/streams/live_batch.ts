/** One batch as all who follow it share it: how far it has come. */

import { SimError } from "../../framework/mod.ts";
import type { BatchView } from "../../runner/mod.ts";
import type { StatusMessage } from "./live_run.ts";
import type { Opened } from "./shared.ts";
import { every, type StreamClock, type StreamSource } from "./source.ts";
import { message } from "./sse.ts";

/** Least milliseconds between two looks: four messages a second are as many as anybody can read. */
export const LOOK_INTERVAL = 250;

/** How much longer than a look took it is waited until the next: batches of many thousand runs take their time. */
const REST = 9;

/**
 * A batch that somebody follows.
 *
 * Law: after the last change somebody is told how it stands, at most once in {@linkcode LOOK_INTERVAL}; what is the same
 * as before is not told again.
 */
export class LiveBatch {
  readonly batch_id: string;
  readonly #source: Pick<StreamSource, "batches">;
  readonly #clock: StreamClock;
  readonly #followers = new Set<(message: StatusMessage) => void>();
  #said = "";
  #cancelLook: (() => void) | null = null;
  #isLooking = false;
  /** Whether something has changed since the look that is under way began. */
  #isBehind = false;
  /** Before this time there is no other look. */
  #nextLook: number;
  #isClosed = false;
  readonly #stop: () => void;

  private constructor(
    batchId: string,
    source: Pick<StreamSource, "batches">,
    clock: StreamClock,
    pollInterval: number,
  ) {
    this.batch_id = batchId;
    this.#source = source;
    this.#clock = clock;
    this.#nextLook = clock.now() + LOOK_INTERVAL;
    const unsubscribe = source.batches.subscribe(({ batch_id }) => {
      if (batch_id === batchId) this.#changed();
    });
    // Another host may play it, and of what its runs have cost so far there are no notices.
    const stopPolling = every(clock, pollInterval, () => this.#changed());
    this.#stop = () => {
      unsubscribe();
      stopPolling();
      this.#cancelLook?.();
    };
  }

  /**
   * Opens it; whoever does closes it.
   * @returns it and the promise that it is known how it stands, which throws `unknown_batch`
   */
  static open(
    batchId: string,
    source: Pick<StreamSource, "batches">,
    clock: StreamClock,
    pollInterval: number,
  ): Opened<LiveBatch> {
    const live = new LiveBatch(batchId, source, clock, pollInterval);
    return { live, ready: source.batches.get(batchId).then((view) => void (live.#said = said(view))) };
  }

  /** Bytes held for all followers together. */
  get bytes(): number {
    return this.#said.length;
  }

  /** Tells how it stands, and then whatever changes; the result stops it. */
  follow(tell: (message: StatusMessage) => void): () => void {
    this.#followers.add(tell);
    tell(this.#message());
    return () => void this.#followers.delete(tell);
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #changed(): void {
    if (this.#isLooking) this.#isBehind = true;
    else this.#cancelLook ??= this.#clock.after(Math.max(0, this.#nextLook - this.#clock.now()), () => this.#look());
  }

  async #look(): Promise<void> {
    this.#cancelLook = null;
    this.#isLooking = true;
    this.#isBehind = false;
    const began = this.#clock.now();
    const now = await this.#standing();
    const took = this.#clock.now() - began;
    this.#nextLook = began + Math.max(LOOK_INTERVAL, took * (1 + REST));
    this.#isLooking = false;
    if (this.#isClosed) return;
    if (now !== null && now !== this.#said) {
      this.#said = now;
      for (const tell of [...this.#followers]) tell(this.#message());
    }
    if (this.#isBehind) this.#changed();
  }

  /** How it stands; null: that cannot be found out now. */
  async #standing(): Promise<string | null> {
    try {
      return said(await this.#source.batches.get(this.batch_id));
    } catch (error) {
      // A disk that cannot be read now may be read the next time.
      const isGone = error instanceof SimError && error.code === "unknown_batch";
      return isGone ? JSON.stringify({ batch_id: this.batch_id, status: "removed" }) : null;
    }
  }

  #message(): StatusMessage {
    return { kind: "batch", slot: `batch ${this.batch_id}`, bytes: message("batch", this.#said) };
  }
}

/** What is told of a batch. */
function said({ id, status, reason, runs, eta_seconds, cost }: BatchView): string {
  return JSON.stringify({ batch_id: id, status, reason, runs, eta_seconds, cost });
}
