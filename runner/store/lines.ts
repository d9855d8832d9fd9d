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
