/**
 * The `files/` folder of a run, which belongs to the simulation, as checkpoints see it: what was in it at a turn can be
 * brought back, so that a resumed run appends to and reads what an undisturbed one would have found.
 *
 * Files up to {@linkcode KEEP_BYTES} are kept beside the checkpoints under their hash. Of larger ones only size and hash
 * are noted: they come back when they were only appended to; otherwise the run resumes from an earlier checkpoint.
 */

import { sha256, SimError } from "../../framework/mod.ts";
import { syncFolder, writeDurably } from "./durable.ts";

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
  readonly #blobs: string;
  /** Hashes of files as last seen, so that unchanged ones are not read again. */
  readonly #seen = new Map<string, Seen>();
  #last: ReadonlySet<string> = new Set();
  readonly #numbered = new Set<string>();
  /** Bytes of each copy. */
  readonly #copies = new Map<string, number>();

  /** @param blobs folder for the copies, `<sha256>.bin` */
  constructor(folder: string, blobs: string) {
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

  /** Bytes of the copies. */
  copiesSize(): number {
    return this.#copies.values().reduce((sum, bytes) => sum + bytes, 0);
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
        this.#keep(seen.sha256, content);
      }
      this.#seen.set(path, seen);
      snapshot[path] = { sha256: seen.sha256, bytes: seen.bytes };
    }
    return snapshot;
  }

  /** Tells that a checkpoint with this snapshot is on disk; copies that no checkpoint needs any more are removed. */
  saved(snapshot: FilesSnapshot, numbered: boolean): void {
    const before = this.#last;
    this.#last = new Set(Object.values(snapshot).map((file) => file.sha256));
    if (numbered) { for (const hash of this.#last) this.#numbered.add(hash); }
    for (const hash of before) {
      if (!this.#last.has(hash) && !this.#numbered.has(hash)) this.#forget(hash);
    }
  }

  /** Tells which copies the checkpoints on disk need; all others are removed. */
  retain(snapshots: { last: FilesSnapshot; numbered: readonly FilesSnapshot[] }): void {
    this.#last = new Set(Object.values(snapshots.last).map((file) => file.sha256));
    this.#numbered.clear();
    for (const snapshot of snapshots.numbered) {
      for (const file of Object.values(snapshot)) this.#numbered.add(file.sha256);
    }
    for (const entry of Deno.readDirSync(this.#blobs)) {
      const hash = /^([0-9a-f]{64})\.bin$/.exec(entry.name)?.[1];
      if (hash === undefined) continue;
      if (!this.#last.has(hash) && !this.#numbered.has(hash)) this.#forget(hash);
      else this.#copies.set(hash, Deno.statSync(`${this.#blobs}/${entry.name}`).size);
    }
  }

  /** Whether {@linkcode FilesFolder.restore} would succeed. */
  canRestore(snapshot: FilesSnapshot): boolean {
    return Object.entries(snapshot).every(([path, file]) =>
      path.endsWith("/") || this.#hasCopy(file.sha256) || this.#isPrefix(path, file)
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
      else Deno.writeFileSync(`${this.#folder}/${path}`, Deno.readFileSync(`${this.#blobs}/${file.sha256}.bin`));
    }
  }

  #keep(hash: string, content: Uint8Array): void {
    if (content.length > KEEP_BYTES || this.#hasCopy(hash)) return;
    writeDurably(`${this.#blobs}/${hash}.bin`, content);
    syncFolder(this.#blobs);
    this.#copies.set(hash, content.length);
  }

  #forget(hash: string): void {
    this.#copies.delete(hash);
    if (this.#hasCopy(hash)) Deno.removeSync(`${this.#blobs}/${hash}.bin`);
  }

  #hasCopy(hash: string): boolean {
    try {
      return Deno.statSync(`${this.#blobs}/${hash}.bin`).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
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
