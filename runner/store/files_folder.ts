/**
 * The `files/` folder of a run, which belongs to the simulation, as checkpoints see it: what was in it at a turn can be
 * brought back, so that a resumed run appends to and reads what an undisturbed one would have found.
 *
 * Files up to {@linkcode KEEP_BYTES} are kept beside the checkpoints under their hash. Of larger ones only size and hash
 * are noted: they come back when they were only appended to; otherwise the run resumes from an earlier checkpoint.
 */

import { sha256, SimError } from "../../framework/keeping.ts";
import type { Blobs } from "./blobs.ts";

/** Largest file of which a checkpoint keeps a copy. */
export const KEEP_BYTES = 4 << 20;

/** What was in `files/`: path → content; a folder's path ends with `/`, and it has no bytes. */
export interface FilesSnapshot {
  readonly [path: string]: { readonly sha256: string; readonly bytes: number };
}

interface Seen {
  readonly mtime: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Snapshots and restores one `files/` folder. */
export class FilesFolder {
  readonly #folder: string;
  readonly #blobs: Blobs;
  /** Hashes of files as last seen, so that unchanged ones are not read again. */
  readonly #seen = new Map<string, Seen>();

  /** @param blobs where copies are kept */
  constructor(folder: string, blobs: Blobs) {
    this.#folder = folder;
    this.#blobs = blobs;
    Deno.mkdirSync(folder, { recursive: true });
  }

  /** Bytes in the folder. */
  size(): number {
    let bytes = 0;
    for (const { info } of this.#entries()) bytes += info.isFile ? info.size : 0;
    return bytes;
  }

  /** Notes what is in the folder and keeps copies. */
  snapshot(): FilesSnapshot {
    const snapshot: Record<string, { sha256: string; bytes: number }> = {};
    const before = new Map(this.#seen);
    this.#seen.clear();
    for (const { path, info } of [...this.#entries()].sort((a, b) => a.path < b.path ? -1 : 1)) {
      if (path === "__proto__") {
        throw new SimError(
          "bad_file_name",
          "a file in files/ cannot be named '__proto__': checkpoints could not hold it",
        );
      }
      if (info.isDirectory) {
        snapshot[`${path}/`] = { sha256: "", bytes: 0 };
        continue;
      }
      const mtime = info.mtime?.getTime() ?? 0;
      let seen = before.get(path);
      // A write within the clock's grain leaves the time as it was: what was just written is always read again.
      if (!seen || seen.mtime !== mtime || seen.bytes !== info.size || Date.now() - mtime < 2000) {
        const content = Deno.readFileSync(`${this.#folder}/${path}`);
        seen = { mtime, bytes: content.length, sha256: sha256(content) };
        if (content.length <= KEEP_BYTES) this.#blobs.keep(seen.sha256, content);
      }
      this.#seen.set(path, seen);
      snapshot[path] = { sha256: seen.sha256, bytes: seen.bytes };
    }
    return snapshot;
  }

  /** Whether {@linkcode FilesFolder.restore} would succeed. */
  canRestore(snapshot: FilesSnapshot): boolean {
    return Object.entries(snapshot).every(([path, file]) =>
      path.endsWith("/") || this.#isPrefix(path, file) || this.#blobs.read(file.sha256) !== null
    );
  }

  /** Brings the folder back to `snapshot`. */
  restore(snapshot: FilesSnapshot): void {
    this.#seen.clear();
    const found = [...this.#entries({ removeLinks: true })];
    // Deepest first, so that a folder is empty when its turn comes.
    for (const { path, info } of found.reverse()) {
      if (!Object.hasOwn(snapshot, info.isDirectory ? `${path}/` : path)) Deno.removeSync(`${this.#folder}/${path}`);
    }
    for (const path of Object.keys(snapshot)) {
      if (path.endsWith("/")) Deno.mkdirSync(`${this.#folder}/${path}`, { recursive: true });
    }
    for (const [path, file] of Object.entries(snapshot)) {
      if (path.endsWith("/")) continue;
      if (this.#isPrefix(path, file)) Deno.truncateSync(`${this.#folder}/${path}`, file.bytes);
      else Deno.writeFileSync(`${this.#folder}/${path}`, this.#copyOf(path, file.sha256));
    }
  }

  #copyOf(path: string, hash: string): Uint8Array {
    const copy = this.#blobs.read(hash);
    if (copy === null) throw new SimError("missing_file_in_run", `the copy of files/${path} is missing or damaged`);
    return copy;
  }

  /** Whether the file on disk starts with the bytes noted. */
  #isPrefix(path: string, file: { sha256: string; bytes: number }): boolean {
    try {
      if (!Deno.lstatSync(`${this.#folder}/${path}`).isFile) return false;
      const content = Deno.readFileSync(`${this.#folder}/${path}`);
      return content.length >= file.bytes && sha256(content.subarray(0, file.bytes)) === file.sha256;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** Files and folders, a folder before what is in it. Links are never followed; the sandbox cannot make any. */
  *#entries(options: { removeLinks?: boolean } = {}, below = ""): Generator<{ path: string; info: Deno.FileInfo }> {
    for (const entry of listed(below === "" ? this.#folder : `${this.#folder}/${below}`)) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory || entry.isFile) {
        const info = ifThere(() => Deno.lstatSync(`${this.#folder}/${path}`));
        if (info) yield { path, info };
      } else if (options.removeLinks) Deno.removeSync(`${this.#folder}/${path}`);
      if (entry.isDirectory) yield* this.#entries(options, path);
    }
  }
}

function listed(folder: string): Deno.DirEntry[] {
  return ifThere(() => [...Deno.readDirSync(folder)]) ?? [];
}

/** What the simulation removes while its size is being taken is not there. */
function ifThere<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
