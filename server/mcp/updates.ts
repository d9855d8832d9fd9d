/** Tells clients which resources have changed: soon, and not more often than they can use. */

import type { McpServer } from "@modelcontextprotocol/server";
import type { App } from "../../runner/mod.ts";
import { notebookUri } from "./tools/notebooks.ts";

/** Milliseconds for which changes are gathered. */
const GATHERED = 250;
/** Resources that one client may watch. */
const MOST_WATCHED = 1000;

/** Who hears of changes. */
export interface UpdateListener {
  /** The resource of this URI reads otherwise now. */
  updated(uri: string): void;
  /** There are other resources now. */
  listChanged(): void;
}

/** Follows an app's runs. */
export class Updates {
  readonly #listeners = new Set<UpdateListener>();
  readonly #changed = new Set<string>();
  /** Notebooks that have been told of: of another one it may be that it is new. */
  readonly #notebooks = new Set<string>();
  readonly #app: App;
  readonly #unsubscribe: () => void;
  /** Folders are watched only while somebody listens. */
  #stopNotebooks: (() => void) | null = null;
  #listChanged = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.#app = app;
    this.#unsubscribe = app.subscribe((notice) => {
      const part = (name: string) => this.#note(`simulation://${notice.run_id}/${name}`);
      switch (notice.kind) {
        case "progress":
          part("events");
          part("checkpoints");
          part("conversation");
          break;
        case "status":
          for (const name of ["events", "checkpoints", "results", "conversation"]) part(name);
          this.#noteList();
          break;
        case "changed":
        case "removed":
          this.#noteList();
      }
    });
  }

  /** Tells `listener` from now on; the result stops it. */
  listen(listener: UpdateListener): () => void {
    this.#listeners.add(listener);
    this.#stopNotebooks ??= this.#app.notebooks.subscribe(({ path, hash }) => {
      this.#note(notebookUri(path));
      if (hash === null || !this.#notebooks.has(path)) this.#noteList();
      if (hash === null) this.#notebooks.delete(path);
      else this.#notebooks.add(path);
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#forgetNotebooks();
    };
  }

  /** A scenario was written. */
  scenarioWritten(uri: string): void {
    this.#note(uri);
    this.#noteList();
  }

  #forgetNotebooks(): void {
    this.#stopNotebooks?.();
    this.#stopNotebooks = null;
    this.#notebooks.clear();
  }

  close(): void {
    this.#unsubscribe();
    this.#forgetNotebooks();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
  }

  #note(uri: string): void {
    if (this.#listeners.size === 0) return;
    this.#changed.add(uri);
    this.#timer ??= setTimeout(() => this.#tell(), GATHERED);
  }

  #noteList(): void {
    if (this.#listeners.size === 0) return;
    this.#listChanged = true;
    this.#timer ??= setTimeout(() => this.#tell(), GATHERED);
  }

  #tell(): void {
    this.#timer = undefined;
    const [uris, listChanged] = [[...this.#changed], this.#listChanged];
    this.#changed.clear();
    this.#listChanged = false;
    for (const listener of this.#listeners) {
      if (listChanged) listener.listChanged();
      for (const uri of uris) listener.updated(uri);
    }
  }
}

/**
 * Has a server of one connection tell its client of changes, until the result is called. In the present revision the
 * SDK keeps who has asked for what; in the former one the server does.
 */
export function tellOf(updates: Updates, { server }: McpServer, era: "modern" | "legacy"): () => void {
  const watched = new Set<string>();
  // A client that is gone cannot be told; its connection's end says so.
  const gone = () => {};
  if (era === "legacy") {
    server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
      if (watched.size < MOST_WATCHED) watched.add(uri);
      return {};
    });
    server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
      watched.delete(uri);
      return {};
    });
  }
  return updates.listen({
    updated(uri) {
      if (era === "modern" || watched.has(uri)) server.sendResourceUpdated({ uri }).catch(gone);
    },
    listChanged() {
      server.sendResourceListChanged().catch(gone);
    },
  });
}
