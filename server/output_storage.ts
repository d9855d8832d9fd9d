/** What the output folder takes of its disk. */

import { statfs } from "node:fs/promises";
import { resolve } from "node:path";
import type { StorageUse } from "./context.ts";

/** Milliseconds for which a count holds. */
const FRESH = 60_000;
/** Milliseconds that are counted at one go: meanwhile nobody is answered. */
const SLICE = 8;

/** Counts what is in a folder, for whoever asks within a minute once. */
export class OutputStorage {
  readonly #folder: string;
  #last: { readonly at: number; readonly use: Promise<StorageUse> } | null = null;

  /** @param folder which need not exist */
  constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  use(): Promise<StorageUse> {
    const now = performance.now();
    if (this.#last === null || now - this.#last.at > FRESH) {
      const use = this.#count();
      this.#last = { at: now, use };
      use.catch(() => this.#last = null);
    }
    return this.#last.use;
  }

  async #count(): Promise<StorageUse> {
    const [{ files, bytes }, disk] = await Promise.all([contents(this.#folder), diskOf(this.#folder)]);
    return { folder: this.#folder, files, bytes, disk, counted_at: new Date().toISOString() };
  }
}

/** All files below a folder. What goes meanwhile counts or does not. */
async function contents(folder: string): Promise<{ files: number; bytes: number }> {
  const found = { files: 0, bytes: 0 };
  const folders = [folder];
  let until = performance.now() + SLICE;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const { name, isDirectory, isFile } of entriesOf(next)) {
      if (isDirectory) folders.push(`${next}/${name}`);
      else if (isFile) {
        found.files++;
        found.bytes += sizeOf(`${next}/${name}`);
      }
      if (performance.now() < until) continue;
      await new Promise((resume) => setTimeout(resume, 0));
      until = performance.now() + SLICE;
    }
  }
  return found;
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    // Gone, or not for this user: nothing of it is known.
    return [];
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.lstatSync(path).size;
  } catch {
    return 0;
  }
}

async function diskOf(folder: string): Promise<StorageUse["disk"]> {
  try {
    const { bsize, bavail, blocks } = await statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch {
    // Not every file system tells it, and the folder may not be there yet.
    return null;
  }
}
