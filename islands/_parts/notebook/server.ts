/** The server's verbs for one notebook, over REST. */

import { api, ApiError } from "../api.ts";
import { type InputValue, notebookUrl } from "./address.ts";
import { type Mixed, Refused, type Saved, type SyncServer } from "./sync.ts";
import type { NotebookView } from "./types.ts";

/** What is run, and how. */
export interface RunRequest {
  readonly cells: readonly string[] | "stale";
  readonly ancestors?: boolean;
  readonly sampleAgain?: boolean;
  /** `step`: runs and conversations stand still after their first turn. Forks play. */
  readonly mode?: "auto" | "step";
}

/** A notebook's verbs. Those of {@linkcode SyncServer} throw {@linkcode Refused}, the others {@linkcode ApiError}. */
export class NotebookServer implements SyncServer {
  readonly #url: string;
  readonly #set: () => Readonly<Record<string, InputValue>>;

  /** @param set values of the page's inputs as they stand when asked */
  constructor(path: string, set: () => Readonly<Record<string, InputValue>>) {
    this.#url = notebookUrl(path, "/api/notebooks");
    this.#set = set;
  }

  view(text: string | null, signal: AbortSignal): Promise<NotebookView> {
    return this.#orRefused(this.#act({ action: "view", ...(text !== null && { text }) }, signal));
  }

  async read(): Promise<Saved | null> {
    try {
      const { text, hash } = await api<{ text: string; hash: string }>(this.#url);
      return { text, hash };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw refused(error, "notebook");
    }
  }

  write(text: string, { text: base, hash }: Saved): Promise<{ text: string; hash: string; merged: boolean }> {
    return this.#orRefused(
      api(this.#url, {
        method: "PUT",
        body: { text, ...(hash !== null && { base }) },
        headers: hash === null ? { "if-none-match": "*" } : { "if-match": `"${hash}"` },
      }),
    );
  }

  async mix(base: string, mine: string, disk: string): Promise<Mixed> {
    const { mix } = await import("../../_impl/merge.ts");
    return mix(base, mine, disk);
  }

  run(text: string, { cells, ancestors, sampleAgain, mode }: RunRequest): Promise<NotebookView> {
    return this.#act({
      action: "run",
      text,
      cells,
      ...(ancestors && { ancestors }),
      ...(sampleAgain && { sample_again: true }),
      ...(mode && { mode }),
    });
  }

  cancel(text: string, cells?: readonly string[]): Promise<NotebookView> {
    return this.#act({ action: "cancel", text, ...(cells && { cells }) });
  }

  #act(body: { readonly [key: string]: unknown }, signal?: AbortSignal): Promise<NotebookView> {
    return api(this.#url, { body: { ...body, set: this.#set() }, ...(signal && { signal }) });
  }

  async #orRefused<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw refused(error, "notebook");
    }
  }
}

/** Statuses of proxies before a server that is not there, and of one that is just going. */
const AWAY = new Set([0, 502, 503, 504, 429]);

/** What a request about a file's text has run into, for a {@linkcode SyncServer} to throw. */
export function refused(error: unknown, what: "notebook" | "scenario"): unknown {
  if (!(error instanceof ApiError)) return error;
  if (AWAY.has(error.status)) return new Refused({ type: "away" });
  if (error.code === `${what}_conflict` || error.code === `${what}_changed`) {
    const { disk, hash } = error.problem;
    if (typeof disk === "string" && typeof hash === "string") {
      return new Refused({ type: "conflict", disk: { text: disk, hash } });
    }
    return new Refused({ type: "gone" });
  }
  if (error.code === `unknown_${what}`) return new Refused({ type: "gone" });
  return new Refused({ type: "refused", message: [error.message, error.hint].filter(Boolean).join(": ") });
}
