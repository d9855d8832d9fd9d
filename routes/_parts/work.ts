/** What goes on when a page is made: what the strip at its bottom begins with. */

import type { App, RunRow } from "../../runner/mod.ts";
import type { WorkBatch } from "../../islands/_parts/shell/work.ts";

/** Batches that are looked at, and runs of each. */
const [MOST_BATCHES, MOST_RUNS] = [10, 500];

/** Running work, beside the runs themselves. */
export interface WorkNow {
  /** Those that are played. */
  readonly batches: readonly WorkBatch[];
  /** Runs that go on and belong to one of them. */
  readonly inBatches: readonly string[];
}

/** The batches that are played. Looks for none while no run goes on. */
export async function batchesNow(app: App, runs: readonly RunRow[]): Promise<WorkNow> {
  if (!runs.some(({ status }) => status === "running" || status === "queued")) return { batches: [], inBatches: [] };
  const batches = (await app.batches.list({ limit: MOST_BATCHES })).filter(({ status }) => status === "running");
  const members = await Promise.all(
    batches.map(({ id: batch }) => app.listRows({ batch, status: ["running", "queued"], limit: MOST_RUNS })),
  );
  return {
    batches: batches.map(({ id, name, status, runs, eta_seconds, cost }) => ({
      batch_id: id,
      ...{ name, status, runs, eta_seconds, cost },
    })),
    inBatches: members.flatMap(({ rows }) => rows.map((row) => (JSON.parse(row) as RunRow).run_id)),
  };
}
