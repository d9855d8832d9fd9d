/** What is shown of a batch, in a cell and on its own page. */

import type { BatchRow, BatchSummary, BatchView } from "../batch/mod.ts";
import { type BatchOutput, MOST_ROWS, type Provenance } from "./view.ts";

/** The batch with its runs, and what they say. */
export function batchOutput(
  batch: BatchView,
  rows: readonly BatchRow[],
  summary: BatchSummary | null,
): BatchOutput {
  return { type: "batch", batch, counts: batch.runs, rows: rows.slice(0, MOST_ROWS), summary };
}

/** Where its numbers come from. */
export function batchProvenance(batch: BatchView, rows: readonly BatchRow[]): Provenance {
  const count = (state: string) => rows.filter(({ validity }) => validity === state).length;
  const [degraded, empty] = [count("degraded"), count("void")];
  return {
    batch_id: batch.id,
    models: [],
    cost_usd: batch.cost.usd,
    validity: degraded + empty === 0 ? "valid" : "degraded",
    reasons: [
      ...(empty > 0 ? [`${empty} runs are void and left out`] : []),
      ...(degraded > 0 ? [`${degraded} runs are degraded`] : []),
    ],
    at: batch.created_at,
  };
}
