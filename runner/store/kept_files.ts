/** What was read of files that are looked at again and again. */

import { fileInfo, stampOf } from "./file_stamp.ts";

/** Files that are kept at most; then the one that was read first is forgotten. */
const MOST = 50;
/** Bytes of a file that is kept at most. */
const LARGEST = 1 << 16;

/** Law: what is given is what the file says now. Files are replaced, never written into. */
export class KeptFiles<T extends object | string> {
  readonly #kept = new Map<string, { readonly stamp: string; readonly content: T }>();

  /** What the file says. @param read says it, also where there is no file */
  async get(path: string, read: () => Promise<T>): Promise<T> {
    const { content, stamp } = this.#look(path);
    return content ?? this.#keep(path, stamp, await read());
  }

  /** The same, at once. */
  getSync(path: string, read: () => T): T {
    const { content, stamp } = this.#look(path);
    return content ?? this.#keep(path, stamp, read());
  }

  /** What is kept, and what the file is known again by; null: it is not to be kept. */
  #look(path: string): { readonly content: T | undefined; readonly stamp: string | null } {
    const info = fileInfo(path);
    if (info === null || info.size > LARGEST) return { content: undefined, stamp: null };
    const stamp = stampOf(info);
    const kept = this.#kept.get(path);
    return { content: kept?.stamp === stamp ? kept.content : undefined, stamp };
  }

  #keep(path: string, stamp: string | null, content: T): T {
    if (stamp === null) return content;
    this.#kept.delete(path);
    this.#kept.set(path, { stamp, content });
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value!);
    return content;
  }
}
