/** Tells of changes of notebooks' files, whoever makes them, as long as somebody listens. */

import type { NotebookFiles } from "./files.ts";
import type { NotebookNotice } from "./view.ts";

/** Milliseconds of quiet after which what has changed is looked at: editors write in several steps. */
const QUIET = 200;

/** Milliseconds between two looks at whether the folder is the one that is watched; one that cannot be watched is looked through. */
const LOOK = 800;

/** Watches one folder. */
export class NotebookWatch {
  readonly #files: NotebookFiles;
  readonly #listeners = new Set<(notice: NotebookNotice) => void>();
  #known = new Map<string, string>();
  #watcher: Deno.FsWatcher | null = null;
  /** Which folder that watches, whatever it is called by now. */
  #watched = "";
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor(files: NotebookFiles) {
    this.#files = files;
  }

  /** Calls `listener` with every change; the result stops it. */
  subscribe(listener: (notice: NotebookNotice) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Tells nobody any more. */
  close(): void {
    this.#listeners.clear();
    clearTimeout(this.#quiet);
    clearInterval(this.#looking);
    this.#watcher?.close();
    this.#watcher = null;
  }

  #begin(): void {
    this.#known = this.#files.hashes();
    this.#watch();
    // A watcher stays with its folder when that is moved away and another one is put in its place.
    this.#looking = setInterval(() => {
      if (this.#watcher === null) this.#watch();
      else if (this.#watched === identityOf(this.#files.root)) return;
      else {
        // The next one is made the next time: made at once, Deno takes it for this one, which hears of nothing.
        this.#watcher.close();
        this.#watcher = null;
      }
      this.#compare();
    }, LOOK);
  }

  #watch(): void {
    let watcher: Deno.FsWatcher;
    this.#watched = identityOf(this.#files.root);
    try {
      watcher = Deno.watchFs(this.#files.root, { recursive: true });
    } catch {
      // Not there yet, or not to be watched: it is looked at from time to time.
      return;
    }
    this.#watcher = watcher;
    const listen = async () => {
      for await (const { kind } of watcher) {
        if (kind === "access") continue;
        clearTimeout(this.#quiet);
        this.#quiet = setTimeout(() => this.#compare(), QUIET);
      }
    };
    listen().catch(() => {}).finally(() => {
      if (this.#watcher === watcher) this.#watcher = null;
    });
  }

  /** What has changed is what has another text: writing the same once more is no change, a rename is two. */
  #compare(): void {
    const now = this.#files.hashes();
    const before = this.#known;
    this.#known = now;
    for (const [path, hash] of now) if (before.get(path) !== hash) this.#tell({ path, hash });
    for (const path of before.keys()) if (!now.has(path)) this.#tell({ path, hash: null });
  }

  #tell(notice: NotebookNotice): void {
    for (const listener of [...this.#listeners]) listener(notice);
  }
}

/** Tells a folder apart from all others; empty: there is none. */
function identityOf(folder: string): string {
  try {
    const { dev, ino } = Deno.statSync(folder);
    return `${dev}:${ino}`;
  } catch {
    // Not there, or not for this user.
    return "";
  }
}
