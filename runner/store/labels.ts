/** `.labels/turns.jsonl`: what people say of turns of conversations. Lines are only ever appended. */

import { ALIGNMENTS, type TranscriptTurn, type Wish } from "../../framework/conversation/mod.ts";
import { SimError } from "../../framework/mod.ts";
import { z } from "zod";
import { appendLine, readRows } from "./lines.ts";

/** The file of the labels, below the output folder. */
export const LABELS_FILE = ".labels/turns.jsonl";

/** What was judged, kept so that a label outlives its run. */
const turnRecord: z.ZodType<{ readonly wish: Wish; readonly transcript_turn: TranscriptTurn }> = z.object({
  wish: z.looseObject({ index: z.number() }),
  transcript_turn: z.looseObject({ index: z.number() }),
}) as never;

/** A label as it is written. */
export const labelRecordSchema = z.object({
  run_id: z.string().min(1).max(200),
  /** Number of the turn, from 1. */
  turn: z.number().int().min(1),
  /** Whether the agent did what the user wanted, to the person who looked. */
  alignment: z.enum(ALIGNMENTS),
  note: z.string().max(2000).exactOptional(),
  /** Who says so. */
  by: z.string().trim().min(1).max(200),
  /** When it was said, ISO 8601. */
  at: z.iso.datetime(),
  turn_record: turnRecord.exactOptional(),
});

/** What a person says of one turn of a conversation. */
export type LabelRecord = z.infer<typeof labelRecordSchema>;

/** Appends a label; on disk when it returns. */
export function appendLabel(file: string, label: LabelRecord): void {
  appendLine(file, JSON.stringify(label));
}

/** All labels in the order in which they were given; a torn last line is left out. @throws {SimError} `bad_labels` */
export async function* readLabels(file: string): AsyncIterable<LabelRecord> {
  let line = 0;
  const wrong = (problem: string, cause: unknown) =>
    new SimError("bad_labels", `${file}, after ${line} good lines: ${problem}`, {
      hint: "mend or remove that line",
      cause,
    });
  try {
    for await (const row of readRows(file)) {
      const read = labelRecordSchema.safeParse(row);
      if (!read.success) throw wrong(`that is no label: ${z.prettifyError(read.error)}`, read.error);
      yield read.data;
      line++;
    }
  } catch (error) {
    throw error instanceof SyntaxError ? wrong(`that is not JSON: ${error.message}`, error) : error;
  }
}
