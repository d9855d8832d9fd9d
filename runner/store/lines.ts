/** Files of JSON lines: a line counts from the moment its newline is on disk. */

import type { Row } from "./store.ts";

/** Appends a line and syncs it; a line before it that was torn is cut off first. */
export function appendLine(path: string, line: string): void {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  try {
    const { size } = file.statSync();
    const whole = endsWithLine(file, size) ? size : Deno.readFileSync(path).lastIndexOf(10) + 1;
    if (whole < size) file.truncateSync(whole);
    file.seekSync(whole, Deno.SeekMode.Start);
    const bytes = new TextEncoder().encode(line + "\n");
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    file.syncSync();
  } finally {
    file.close();
  }
}

function endsWithLine(file: Deno.FsFile, size: number): boolean {
  if (size === 0) return true;
  const last = new Uint8Array(1);
  file.seekSync(size - 1, Deno.SeekMode.Start);
  file.readSync(last);
  return last[0] === 10;
}

/** The rows of a file, in order; a torn last line is left out. A missing file has none. */
export async function* readRows(path: string): AsyncIterable<Row> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  let rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (line !== "") yield JSON.parse(line);
    }
  }
}

/** A line in a file. */
export interface LineBytes {
  /** Where it begins. */
  readonly offset: number;
  /** Bytes, without the newline. */
  readonly length: number;
  /** What is in it, until the next line is asked for; null when it is longer than {@linkcode LONGEST_LINE}. */
  readonly bytes: Uint8Array | null;
}

/** Longest line that is read, bytes: several times what a sandbox can say at once. */
export const LONGEST_LINE = 256 << 20;

/** Bytes read at once, to begin with. */
const CHUNK = 256 << 10;

/**
 * The lines of a file as bytes, in order, holding no more than one of them; a torn last line is left out. A missing file
 * has none.
 */
export async function* scanLines(path: string, longest = LONGEST_LINE): AsyncGenerator<LineBytes, void> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  using _file = file;
  let buffer = new Uint8Array(Math.min(CHUNK, longest + 1));
  let filled = 0;
  /** Where the line under way begins, and how much of it was too much to keep. */
  let offset = 0;
  let dropped = 0;
  for (let read; (read = await file.read(buffer.subarray(filled))) !== null;) {
    let start = 0;
    for (let from = filled, end; (end = newlineIn(buffer, from, filled + read)) >= 0; from = start) {
      const length = dropped + end - start;
      yield { offset, length, bytes: dropped === 0 ? buffer.subarray(start, end) : null };
      offset += length + 1;
      dropped = 0;
      start = end + 1;
    }
    buffer.copyWithin(0, start, filled + read);
    filled += read - start;
    if (filled > longest) {
      dropped += filled;
      filled = 0;
    } else if (filled === buffer.length) {
      const larger = new Uint8Array(Math.min(2 * filled, longest + 1));
      larger.set(buffer);
      buffer = larger;
    }
  }
}

function newlineIn(buffer: Uint8Array, from: number, to: number): number {
  const at = buffer.subarray(from, to).indexOf(10);
  return at < 0 ? -1 : from + at;
}
