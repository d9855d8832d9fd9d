/** What `batch.json` says. */

import { SimError } from "../../framework/mod.ts";
import { z } from "zod";
import { type BatchBlock, type BatchCell, batchSpecSchema } from "./spec.ts";

/** Where a batch is in its life. What is `running` on a host that is gone can be resumed. */
export const BATCH_STATUSES = ["planned", "running", "paused", "completed", "cancelled"] as const;
/** Where a batch is in its life. */
export type BatchStatus = typeof BATCH_STATUSES[number];

const json = z.json();

const recordSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  created_at: z.string(),
  spec: batchSpecSchema,
  cells: z.array(z.object({
    index: z.int(),
    arm: z.string().nullable(),
    params: z.record(z.string(), json),
    set: z.array(z.object({ path: z.string(), value: json })),
    scenario: z.union([z.string(), z.record(z.string(), json)]),
  })) as z.ZodType<readonly BatchCell[]>,
  blocks: z.array(
    z.object({ seeds: z.array(z.int().nullable()), samples: z.int() }),
  ) as z.ZodType<readonly BatchBlock[]>,
  status: z.enum(BATCH_STATUSES),
  reason: z.string().optional(),
  history: z.array(z.object({ at: z.string(), status: z.enum(BATCH_STATUSES), reason: z.string().optional() })),
  /** The host that plays it. */
  host: z.string().optional(),
  /** The cell of a notebook that it was made for. */
  notebook: z.object({ path: z.string(), cell: z.string() }).optional(),
  /** Minutes that it has been played. */
  minutes: z.number(),
});

/** A batch as it is kept. */
export type BatchRecord = z.output<typeof recordSchema>;

/** The record in `batch.json`. @throws {SimError} `bad_batch` */
export function decodeRecord(value: unknown, id: string): BatchRecord {
  const read = recordSchema.safeParse(value);
  if (read.success) return read.data;
  throw new SimError("bad_batch", `batch.json of '${id}' is no batch: ${z.prettifyError(read.error)}`);
}

/** The record with another status. */
export function withStatus(record: BatchRecord, status: BatchStatus, reason?: string): BatchRecord {
  const { reason: _before, host: _host, ...rest } = record;
  const said = reason === undefined ? {} : { reason };
  return { ...rest, status, ...said, history: [...record.history, { at: new Date().toISOString(), status, ...said }] };
}
