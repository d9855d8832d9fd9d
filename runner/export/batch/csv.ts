/** A batch as comma-separated values. */

import type { BatchRow } from "../../batch/mod.ts";
import { toCsv } from "../csv.ts";
import { batchColumns } from "./table.ts";

/** A line a run, as {@linkcode toCsv} writes them: RFC 4180, and no text that a spreadsheet would run as a formula. */
export function batchCsv(rows: readonly BatchRow[]): string {
  const columns = batchColumns(rows);
  return toCsv(rows.map((_, i) => Object.fromEntries(columns.map(({ name, values }) => [name, values[i]!]))));
}
