/** What was read of files that are looked at again and again. */

import { CLOCK_GRAIN, fileInfo, stampOf } from "./file_stamp.ts";

/** Files that are kept at most; then the one that was read first is forgotten. */
const MOST = 50;
/** Bytes of a file that is kept at most. */
const LARGEST = 1 << 16;

/** Law: what is given is what was read of the file as it is now. Files are replaced, never written into. */
export class KeptFiles<T> {
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly stamp: string; readonly content: T }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** What the file says. @param read says it, also where there is no file; null is not kept */
  async get(path: string, read: () => Promise<T | null>): Promise<T | null> {
    const info = fileInfo(path);
    if (info === null || info.size > LARGEST) return await read();
    const stamp = stampOf(info);
    const kept = this.#kept.get(path);
    if (kept?.stamp === stamp) return kept.content;
    // A younger one may be replaced again unseen: inodes come again.
    const mayKeep = this.#now() - (info.mtime?.getTime() ?? Infinity) > CLOCK_GRAIN;
    const content = await read();
    if (content === null || !mayKeep) return content;
    this.#kept.delete(path);
    this.#kept.set(path, { stamp, content });
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value!);
    return content;
  }
}
