/** `.labels/turns.jsonl`: what people say of turns of conversations. Lines are only ever appended. */

import {
  type Alignment,
  ALIGNMENTS,
  EXTRA_ACTIONS,
  type MatchOptions,
  type TranscriptTurn,
  type Wish,
} from "../../framework/conversation/mod.ts";
import { z } from "zod";
import { appendLine } from "./lines.ts";

/** The file of the labels, below the output folder. */
export const LABELS_FILE = ".labels/turns.jsonl";

/** What was judged, kept so that a label outlives its run. */
export interface TurnRecord {
  readonly wish: Wish;
  readonly transcript_turn: TranscriptTurn;
  /** How rules judge it; of the catalogue, what was wished for and done. */
  readonly rules?: MatchOptions;
}

const turnRecord: z.ZodType<TurnRecord> = z.object({
  wish: z.looseObject({ index: z.number(), desired_action: z.looseObject({ name: z.string() }).nullable() }),
  transcript_turn: z.looseObject({ index: z.number(), actions: z.array(z.looseObject({ name: z.string() })) }),
  rules: z.object({
    catalogue: z.record(
      z.string(),
      z.looseObject({ mutating: z.boolean(), parameters: z.record(z.string(), z.looseObject({ type: z.string() })) }),
    ),
    extra: z.enum(EXTRA_ACTIONS),
  }).exactOptional(),
}) as never;

/** A label as it is written. */
export const labelRecordSchema = z.object({
  run_id: z.string().min(1).max(200),
  /** Number of the turn, from 1. */
  turn: z.number().int().min(1),
  /** Whether the agent did what the user wanted, to the person who looked; null: what was said of the turn is taken back. */
  alignment: z.enum(ALIGNMENTS).nullable(),
  note: z.string().max(2000).exactOptional(),
  /** Who says so. */
  by: z.string().trim().min(1).max(200),
  /** When it was said, ISO 8601. */
  at: z.iso.datetime(),
  turn_record: turnRecord.exactOptional(),
});

/** A line of the file: what a person says of one turn of a conversation, or that it is taken back. */
export type LabelLine = z.infer<typeof labelRecordSchema>;

/** What a person says of one turn of a conversation. */
export type LabelRecord = LabelLine & { readonly alignment: Alignment };

/** Labels as they count. */
export interface StoredLabels {
  /** Of several labels for one turn of one run, the last one, unless it was taken back; by run, and within it by turn. */
  readonly byRun: ReadonlyMap<string, ReadonlyMap<number, LabelRecord>>;
  /** Lines that are no label: they are passed over. */
  readonly bad_lines: number;
}

/** Where the reading of a file has come to. */
interface Reached {
  /** Which file it was, if the system tells. */
  readonly inode: number | null;
  /** When it was written last, ms. */
  readonly written: number | undefined;
  /** Bytes of whole lines. */
  readonly whole: number;
  /** All bytes. */
  readonly size: number;
}

/** The newline. */
const NEWLINE = 10;

/**
 * The labels of one output folder. They are kept in memory, so that reading them anew costs what was appended since, by
 * whomever; a file that is another one, or became shorter, is read from its beginning. A torn last line does not count yet.
 */
export class LabelFile {
  readonly #path: string;
  #reached: Reached | null = null;
  #byRun = new Map<string, Map<number, LabelRecord>>();
  #badLines = 0;

  /** @param path of the file; it need not be there */
  constructor(path: string) {
    this.#path = path;
  }

  /** Appends a label; on disk when it returns. */
  append(label: LabelLine): void {
    appendLine(this.#path, JSON.stringify(label));
  }

  /** What the file says now. */
  read(): StoredLabels {
    try {
      using file = Deno.openSync(this.#path);
      const { size, mtime, ino: inode } = file.statSync();
      const found = { inode, written: mtime?.getTime(), size };
      if (!this.#isAsBefore(found)) this.#readOn(file, found);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      this.#forget();
    }
    return { byRun: this.#byRun, bad_lines: this.#badLines };
  }

  #isAsBefore({ inode, written, size }: Omit<Reached, "whole">): boolean {
    const before = this.#reached;
    return before !== null && before.inode === inode && before.written === written && before.size === size;
  }

  #readOn(file: Deno.FsFile, found: Omit<Reached, "whole">): void {
    const before = this.#reached;
    // The byte before is read too: where no line ends there, the file has been written anew.
    const isAppended = before !== null && before.inode === found.inode && before.size < found.size &&
      (before.whole === 0 || bytesOf(file, before.whole - 1, before.whole)[0] === NEWLINE);
    if (!isAppended) this.#forget();
    const start = this.#reached?.whole ?? 0;
    const bytes = bytesOf(file, start, found.size);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    for (const line of new TextDecoder().decode(bytes.subarray(0, end)).split("\n")) this.#take(line);
    this.#reached = { ...found, whole: start + end };
  }

  #take(line: string): void {
    if (line.trim() === "") return;
    const label = labelIn(line);
    if (label === null) {
      this.#badLines++;
      return;
    }
    const { run_id, turn, alignment } = label;
    const ofRun = this.#byRun.get(run_id) ?? new Map<number, LabelRecord>();
    this.#byRun.set(run_id, ofRun);
    if (alignment === null) ofRun.delete(turn);
    else ofRun.set(turn, { ...label, alignment });
  }

  #forget(): void {
    this.#reached = null;
    this.#byRun = new Map();
    this.#badLines = 0;
  }
}

/** Null: the line is no label. */
function labelIn(line: string): LabelLine | null {
  try {
    return labelRecordSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function bytesOf(file: Deno.FsFile, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from);
  file.seekSync(from, Deno.SeekMode.Start);
  let filled = 0;
  for (let read; filled < bytes.length && (read = file.readSync(bytes.subarray(filled))) !== null;) filled += read;
  return bytes.subarray(0, filled);
}
