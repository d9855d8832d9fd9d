/**
 * Contents kept beside the checkpoints, each once and under its hash: `<sha256>.bin`. Copies of files in `files/`, and the
 * columns of populations.
 *
 * Invariants: a file of that name is whole, or damaged by others; what a checkpoint on disk needs stays.
 */

import { sha256 } from "../../framework/keeping.ts";
import { removeIfThere, syncFolder, writeDurably } from "./durable.ts";

/** The contents of one folder. */
export class Blobs {
  readonly #folder: string;
  /** What the last state needs, and what numbered checkpoints need. */
  #last: ReadonlySet<string> = new Set();
  readonly #numbered = new Set<string>();
  /** Bytes of each that is known of. */
  readonly #sizes = new Map<string, number>();

  /** @param folder that of the checkpoints */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Bytes in all. */
  size(): number {
    return this.#sizes.values().reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The content with this hash; null when it is missing, short or damaged. */
  read(hash: string): Uint8Array<ArrayBuffer> | null {
    try {
      const content = Deno.readFileSync(this.#path(hash));
      return sha256(content) === hash ? content : null;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  /** Keeps a content; it is on disk when this returns. What is there already is not written again. */
  keep(hash: string, content: Uint8Array): void {
    if (this.#lengthOf(hash) !== content.length) {
      writeDurably(this.#path(hash), content);
      syncFolder(this.#folder);
    }
    this.#sizes.set(hash, content.length);
  }

  /** Tells that a checkpoint which needs these is on disk; what no checkpoint needs any more is removed. */
  saved(needed: Iterable<string>, numbered: boolean): void {
    const before = this.#last;
    this.#last = new Set(needed);
    if (numbered) { for (const hash of this.#last) this.#numbered.add(hash); }
    for (const hash of before) {
      if (!this.#last.has(hash) && !this.#numbered.has(hash)) this.#remove(hash);
    }
  }

  /** Tells what the checkpoints on disk need; all else is removed. */
  retain({ last, numbered }: { last: Iterable<string>; numbered: Iterable<string> }): void {
    this.#last = new Set(last);
    this.#numbered.clear();
    for (const hash of numbered) this.#numbered.add(hash);
    for (const { name } of [...Deno.readDirSync(this.#folder)]) {
      const hash = /^([0-9a-f]{64})\.bin$/.exec(name)?.[1];
      if (hash === undefined) continue;
      if (!this.#last.has(hash) && !this.#numbered.has(hash)) this.#remove(hash);
      else this.#sizes.set(hash, Deno.statSync(this.#path(hash)).size);
    }
  }

  #remove(hash: string): void {
    this.#sizes.delete(hash);
    removeIfThere(this.#path(hash));
  }

  #lengthOf(hash: string): number | null {
    try {
      const { isFile, size } = Deno.statSync(this.#path(hash));
      return isFile ? size : null;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  #path(hash: string): string {
    return `${this.#folder}/${hash}.bin`;
  }
}
