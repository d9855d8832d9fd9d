/** The `files/` folder of a run as an archive. Links are not followed, and nothing outside of the folder is read. */

import { type ZipFile, zipped } from "./zip.ts";

/** Bytes read at once. */
const PIECE = 64 << 10;

/** The archive; files are opened one after the other, while it is read. What is removed meanwhile is not in it. */
export function filesZip(folder: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(zipped(filesOf(folder, "")));
}

async function* filesOf(folder: string, below: string): AsyncGenerator<ZipFile> {
  const names = listed(`${folder}/${below}`).toSorted((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isFile } of names) {
    const path = `${below}${name}`;
    if (isDirectory) yield* filesOf(folder, `${path}/`);
    if (!isFile) continue;
    const file = await opened(`${folder}/${path}`);
    if (!file) continue;
    using _file = file;
    const { size, mtime } = await file.stat();
    yield {
      // Some who unpack it would take a backslash for a way out of the folder.
      name: path.replaceAll("\\", "_"),
      modified: mtime ?? new Date(0),
      size,
      content: () => pieces(file),
    };
  }
}

async function* pieces(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(PIECE);
  for (let read; (read = await file.read(buffer)) !== null;) yield buffer.subarray(0, read);
}

async function opened(path: string): Promise<Deno.FsFile | null> {
  try {
    return await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function listed(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
