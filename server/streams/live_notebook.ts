/** One notebook file as all whose page shows it share it: whether it has changed on disk. */

import { SimError } from "../../framework/mod.ts";
import type { NotebookNotice } from "../../runner/mod.ts";
import type { StatusMessage } from "./live_run.ts";
import type { Opened } from "./shared.ts";
import type { StreamSource } from "./source.ts";
import { message } from "./sse.ts";

/**
 * A notebook that somebody has open.
 *
 * Law: who follows it is told what the file is, and of every change from then on the newest.
 */
export class LiveNotebook {
  readonly path: string;
  readonly #followers = new Set<(message: StatusMessage) => void>();
  #newest: NotebookNotice | null = null;
  #unsubscribe: () => void = () => {};

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens it; whoever does closes it.
   * @returns it and the promise that it is known what the file is, which throws what a path that is none throws
   */
  static open(path: string, { notebooks }: Pick<StreamSource, "notebooks">): Opened<LiveNotebook> {
    const live = new LiveNotebook(path);
    // First of all: what changes while the file is read is newer.
    live.#unsubscribe = notebooks.subscribe((notice) => notice.path === path && live.#notice(notice));
    const ready = notebooks.read(path).then(
      ({ hash }) => void (live.#newest ??= { path, hash }),
      (error) => {
        if (!(error instanceof SimError && error.code === "unknown_notebook")) throw error;
        live.#newest ??= { path, hash: null };
      },
    );
    return { live, ready };
  }

  /** Bytes held for all followers together. */
  get bytes(): number {
    return 0;
  }

  /** Tells what the file is, and then whatever it becomes; the result stops it. */
  follow(tell: (message: StatusMessage) => void): () => void {
    this.#followers.add(tell);
    if (this.#newest !== null) tell(messageOf(this.#newest));
    return () => void this.#followers.delete(tell);
  }

  close(): void {
    this.#unsubscribe();
  }

  #notice(notice: NotebookNotice): void {
    if (notice.hash === this.#newest?.hash) return;
    this.#newest = notice;
    for (const tell of [...this.#followers]) tell(messageOf(notice));
  }
}

function messageOf({ path, hash }: NotebookNotice): StatusMessage {
  return { kind: "notebook", slot: "notebook", bytes: message("notebook", JSON.stringify({ path, hash })) };
}
