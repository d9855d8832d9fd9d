/** Things that are done to many runs: to which of them, and what came of it. */

import { ApiError } from "../api.ts";
import type { RunRow } from "./view.ts";

/** What can be done to many. */
export type BulkVerb = "cancel" | "delete" | "label";

/** To whom it can be done, and to whom not, by why. */
export interface BulkPlan {
  readonly verb: BulkVerb;
  readonly rows: readonly RunRow[];
  /** `3 are running`, in words for people. */
  readonly leftOut: readonly { readonly count: number; readonly why: string }[];
}

const ENDED = ["completed", "failed", "cancelled"];

/** What a run's status says against it; null: it can be done. */
export function objection(verb: BulkVerb, { status }: Pick<RunRow, "status">): string | null {
  const isEnded = ENDED.includes(status);
  if (verb === "cancel") return isEnded ? `${status} already` : null;
  // Whoever deletes what goes on, or can go on, cancels it first.
  if (verb === "delete") return isEnded ? null : status;
  return null;
}

/** To whom something will be done. */
export function planOf(verb: BulkVerb, rows: readonly RunRow[]): BulkPlan {
  const against = Map.groupBy(rows, (row) => objection(verb, row));
  return {
    verb,
    rows: against.get(null) ?? [],
    leftOut: [...against].filter(([why]) => why !== null)
      .map(([why, some]) => ({ count: some.length, why: why! }))
      .sort((a, b) => b.count - a.count),
  };
}

/** What came of it. */
export interface BulkOutcome {
  readonly done: readonly RunRow[];
  readonly failed: readonly { readonly row: RunRow; readonly message: string }[];
  /** Those that were not come to, for it was stopped. */
  readonly left: number;
}

/** How it is done. */
export interface BulkOptions {
  /** Told after each run. */
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal;
  /** At once. Default 4. */
  readonly parallel?: number;
  /** Waits so many milliseconds, as a server asks that has been asked too often. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Times that a run is tried where the server is busy; and milliseconds between. */
const [TRIES, BUSY] = [5, 1000];

/** Does something to each run; what goes wrong with one keeps no other from it. */
export async function doToAll(
  rows: readonly RunRow[],
  work: (row: RunRow) => Promise<unknown>,
  { onProgress, signal, parallel = 4, wait = pause }: BulkOptions,
): Promise<BulkOutcome> {
  const done: RunRow[] = [];
  const failed: { row: RunRow; message: string }[] = [];
  const queue = rows.values();
  const worker = async () => {
    for (const row of queue) {
      try {
        await patiently(() => work(row), wait);
        done.push(row);
      } catch (error) {
        failed.push({ row, message: error instanceof Error ? error.message : String(error) });
      }
      onProgress(done.length + failed.length);
      if (signal?.aborted) return;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { done, failed, left: rows.length - done.length - failed.length };
}

async function patiently(work: () => Promise<unknown>, wait: (ms: number) => Promise<void>): Promise<void> {
  for (let i = 1;; i++) {
    try {
      return void await work();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 429 || i === TRIES) throw error;
      await wait(BUSY * i);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The labels that give back what a run had under these keys. */
export function labelsBack({ labels }: RunRow, keys: readonly string[]): { readonly [key: string]: string | null } {
  return Object.fromEntries(keys.map((key) => [key, Object.hasOwn(labels, key) ? labels[key]! : null]));
}
