/**
 * Exports of a batch: a table of its runs as CSV or Parquet, a report as HTML. Each format loads what it needs when it is
 * asked for.
 *
 * @module
 */

import type { BatchRow, BatchSummary, BatchView } from "../../batch/mod.ts";
import type { RunReader } from "./read.ts";

/** What a batch can be exported as. */
export const BATCH_FORMATS = ["csv", "parquet", "html"] as const;
/** What a batch can be exported as. */
export type BatchFormat = typeof BATCH_FORMATS[number];

/** What is exported, and where more about its runs can be read. */
export interface BatchSource {
  readonly view: BatchView;
  /** Every run, in order. */
  readonly rows: readonly BatchRow[];
  /** Asked for by the report alone. */
  readonly summary: () => Promise<BatchSummary>;
  /** Manifests and turns, for the report alone. */
  readonly runs: RunReader;
}

/** The bytes of the exported file; the same batch gives the same bytes. */
export async function exportBatch(source: BatchSource, format: BatchFormat): Promise<Uint8Array<ArrayBuffer>> {
  const { view, rows } = source;
  const encode = (text: string) => new TextEncoder().encode(text);
  if (format === "csv") return encode((await import("./csv.ts")).batchCsv(rows));
  if (format === "parquet") return (await import("./parquet.ts")).batchParquet(rows, view.id);
  const [{ readBatch }, { batchHtml }] = await Promise.all([import("./read.ts"), import("./report.ts")]);
  return encode(batchHtml(await readBatch(view, rows, await source.summary(), source.runs)));
}
