/** The `files/` folder of a run, file by file. Links are not followed, and nothing outside of the folder is read. */

import { SimError } from "../../framework/mod.ts";
import type { RunFile } from "./pages.ts";
import type { OpenedFile } from "./store.ts";

/** Bytes read at once. */
const PIECE = 64 << 10;

/** The files, by path, at most `most`. What is removed meanwhile is left out. */
export function listFiles(folder: string, most: number): RunFile[] {
  const found: RunFile[] = [];
  for (const path of pathsBelow(folder, "")) {
    if (found.length === most) break;
    const info = ifThere(() => Deno.lstatSync(`${folder}/${path}`));
    if (info?.isFile) {
      found.push({ path, bytes: info.size, modified: (info.mtime ?? new Date(0)).toISOString() });
    }
  }
  return found;
}

function* pathsBelow(folder: string, below: string): Generator<string> {
  for (const { name, isDirectory, isFile } of entriesOf(`${folder}/${below}`)) {
    if (isDirectory) yield* pathsBelow(folder, `${below}${name}/`);
    else if (isFile) yield `${below}${name}`;
  }
}

/**
 * One file, read while it is sent.
 *
 * Each part of the path has to be the name of something that is in its folder: `..` never is, nor is a path.
 * @throws {SimError} `unknown_file`
 */
export async function openFile(folder: string, path: string): Promise<OpenedFile> {
  const parts = path.split("/");
  let at = folder;
  for (const [i, part] of parts.entries()) {
    const entry = entriesOf(at).find(({ name }) => name === part);
    const isRight = i === parts.length - 1 ? entry?.isFile : entry?.isDirectory;
    if (!isRight) throw unknownFile(path);
    at += `/${part}`;
  }
  let file: Deno.FsFile;
  try {
    file = await Deno.open(at, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw unknownFile(path);
    throw error;
  }
  const bytes = (await file.stat()).size;
  return { bytes, content: ReadableStream.from(pieces(file, bytes)) };
}

/** As many bytes as there were when it was opened: what is appended meanwhile is not announced. */
async function* pieces(file: Deno.FsFile, bytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using _file = file;
  for (let left = bytes; left > 0;) {
    const piece = new Uint8Array(Math.min(PIECE, left));
    const read = await file.read(piece);
    if (read === null) return;
    left -= read;
    yield piece.subarray(0, read);
  }
}

function unknownFile(path: string): SimError {
  return new SimError("unknown_file", `the run has no file '${path.slice(0, 200)}'`, {
    hint: "it may have been removed meanwhile; list the files again",
  });
}

function entriesOf(folder: string): Deno.DirEntry[] {
  const found = ifThere(() => [...Deno.readDirSync(folder)]) ?? [];
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

function ifThere<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}
