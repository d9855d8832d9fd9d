/** A batch as a page follows it: what the stream tells, its runs, and what they say. */

import { type Signal, signal } from "@preact/signals";
import { type ApiBatch, batches } from "./api.ts";
import { live, type LiveData, type LiveStream } from "./live.ts";
import { BROWSER_CLOCK, type Clock, PacedRead } from "./paced_read.ts";
import type { Batch, BatchOutput, BatchRow, BatchSummary } from "./types.ts";

/** A batch as it stands. */
export interface BatchState {
  readonly status: string;
  readonly reason: string | null;
  readonly runs: Batch["runs"];
  readonly eta_seconds: number | null;
  readonly cost: Batch["cost"];
  readonly rows: readonly BatchRow[];
  readonly summary: BatchSummary | null;
}

/** What a follower needs of the page. */
export interface BatchFollowerEnv extends Clock {
  stream(): LiveStream;
  results(batchId: string): Promise<readonly BatchRow[]>;
  get(batchId: string, summary: boolean): Promise<Pick<ApiBatch, "summary">>;
}

const BROWSER: BatchFollowerEnv = {
  stream: live,
  results: batches.results,
  get: batches.get,
  ...BROWSER_CLOCK,
};

/** Milliseconds between two requests for what its runs say. */
export const READ_INTERVAL = 1000;

/** Whether a batch plays no more by itself. */
export function isOver(status: string): boolean {
  return status === "completed" || status === "cancelled" || status === "removed";
}

/** Follows one batch. Law: its runs are read at most once a second, and once more when it stands still. */
export class BatchFollower {
  readonly state: Signal<BatchState>;
  readonly #id: string;
  readonly #env: BatchFollowerEnv;
  readonly #onEnd: () => void;
  readonly #reading: PacedRead;
  #unfollow: (() => void) | null = null;

  /** @param onEnd called when the batch comes to its end while it is followed */
  constructor(output: BatchOutput, onEnd: () => void, env: BatchFollowerEnv = BROWSER) {
    this.#id = output.batch.id;
    this.#env = env;
    this.#onEnd = onEnd;
    this.#reading = new PacedRead(() => this.#readRuns(), READ_INTERVAL, env);
    this.state = signal(stateOf(output));
  }

  /** Takes what the server says anew. */
  adopt(output: BatchOutput): void {
    this.state.value = stateOf(output);
  }

  start(): void {
    this.#unfollow ??= this.#env.stream().follow("batch", this.#id, (_event, data) => this.#hear(data));
  }

  stop(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#reading.stop();
  }

  again(): void {
    this.stop();
    this.start();
    this.#reading.ask();
  }

  #hear(data: LiveData): void {
    const before = this.state.peek();
    const { runs = before.runs, cost = before.cost } = data as Partial<BatchState>;
    const status = String(data.status ?? before.status);
    this.#set({
      status,
      reason: typeof data.reason === "string" ? data.reason : null,
      runs,
      cost,
      eta_seconds: typeof data.eta_seconds === "number" ? data.eta_seconds : null,
    });
    if (JSON.stringify(runs) !== JSON.stringify(before.runs) || status !== before.status) this.#reading.ask();
    if (isOver(status) && !isOver(before.status)) this.#onEnd();
  }

  async #readRuns(): Promise<void> {
    const [rows, { summary }] = await Promise.all([this.#env.results(this.#id), this.#env.get(this.#id, true)]);
    this.#set({ rows, summary });
  }

  #set(change: Partial<BatchState>): void {
    this.state.value = { ...this.state.peek(), ...change };
  }
}

function stateOf({ batch, counts, rows, summary }: BatchOutput): BatchState {
  const { status, reason, eta_seconds, cost } = batch;
  return { status, reason, eta_seconds, cost, runs: counts, rows, summary };
}
