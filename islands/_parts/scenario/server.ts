/** The server's verbs for one scenario file, over REST. */

import type { Json } from "../../../framework/mod.ts";
import { api, ApiError, send } from "../api.ts";
import { refused } from "../notebook/server.ts";
import type { Mixed, Saved, SyncServer } from "../notebook/sync.ts";
import type { Schema } from "./schema.ts";
import type { Path, ScenarioDraft, ScenarioLook } from "./types.ts";

/** A scenario file as it is on disk. */
interface ScenarioText {
  readonly text: string;
  readonly hash: string;
}

/** Address of a scenario file in the API. */
export function scenarioApi(repo: string, config: string): string {
  return `/api/scenarios/${[repo, ...config.split("/")].map(encodeURIComponent).join("/")}`;
}

/** The verbs. Those of {@linkcode SyncServer} throw `Refused`, the others {@linkcode ApiError}. */
export class ScenarioServer implements SyncServer<ScenarioLook> {
  readonly repo: string;
  readonly config: string;
  readonly #url: string;
  /** Settles when what was looked at last has been: a server that looks at a long text is not asked for the next meanwhile. */
  #looking: Promise<unknown> = Promise.resolve();

  constructor(repo: string, config: string) {
    this.repo = repo;
    this.config = config;
    this.#url = scenarioApi(repo, config);
  }

  async view(text: string | null, signal: AbortSignal): Promise<ScenarioLook> {
    const { repo, config } = this;
    const looked = text ?? (await this.read())?.text ?? "";
    const looking = this.#looking.then(() => {
      signal.throwIfAborted();
      return api<ScenarioDraft>("/api/scenarios/draft", { body: { repo, config, text: looked } });
    });
    this.#looking = looking.catch(() => {});
    try {
      return { text: looked, draft: await looking, trouble: null };
    } catch (error) {
      // A domain that is broken keeps nobody from editing the text.
      if (!(error instanceof ApiError) || isAway(error)) throw refused(error, "scenario");
      const { message, hint } = error;
      return { text: looked, draft: null, trouble: { message, hint } };
    }
  }

  async read(): Promise<Saved | null> {
    try {
      const { text, hash } = await api<ScenarioText>(this.#url);
      return { text, hash };
    } catch (error) {
      if (error instanceof ApiError && error.code === "unknown_scenario") return null;
      throw refused(error, "scenario");
    }
  }

  /** The hash of what is on disk now; null: there is no such file; undefined: the server does not say. */
  async hash(known: string | null): Promise<string | null | undefined> {
    const answer = await send(this.#url, { headers: known === null ? {} : { "if-none-match": `"${known}"` } })
      .catch(() => null);
    if (answer === null) return undefined;
    if (answer.status === 304) return known;
    const said = await answer.json().catch(() => null) as { readonly hash?: string; readonly code?: string } | null;
    if (answer.status === 404 && said?.code === "unknown_scenario") return null;
    return answer.ok ? said?.hash : undefined;
  }

  async write(text: string, { text: base, hash }: Saved) {
    try {
      return await api<{ text: string; hash: string; merged: boolean }>(this.#url, {
        method: "PUT",
        body: { text, ...(hash !== null && { base }) },
        headers: hash === null ? { "if-none-match": "*" } : { "if-match": `"${hash}"` },
      });
    } catch (error) {
      throw refused(error, "scenario");
    }
  }

  async mix(base: string, mine: string, disk: string): Promise<Mixed> {
    const { mix } = await import("../../_impl/merge.ts");
    return mix(base, mine, disk);
  }

  /** Writes the text as a new file of the same domain. @throws {ApiError} `scenario_changed`: the name is taken */
  async copy(config: string, text: string): Promise<void> {
    await api(scenarioApi(this.repo, config), { method: "PUT", body: { text }, headers: { "if-none-match": "*" } });
  }

  async remove(hash: string): Promise<void> {
    await api(this.#url, { method: "DELETE", headers: { "if-match": `"${hash}"` } });
  }

  /** The text with one value set, or without what stands at its place. */
  async edit(text: string, path: Path, value: Json | undefined): Promise<string> {
    return (await api<{ text: string }>("/api/scenarios/edit", { body: { text, path, value } })).text;
  }

  schema(): Promise<Schema> {
    return api(`/api/repos/${encodeURIComponent(this.repo)}/schema`);
  }

  /** Starts a run of the file. */
  async run(): Promise<string> {
    const { repo, config } = this;
    return (await api<{ run_id: string }>("/api/simulations", { body: { repo, config } })).run_id;
  }

  /** Starts the batch that the file is, or one of the scenario with so many seeds. */
  async batch(seeds: number | null): Promise<string> {
    const { repo, config } = this;
    const body = { repo, config, ...(seeds !== null && { seeds: `1..${seeds}` }) };
    return (await api<{ batch_id: string }>("/api/batches", { body })).batch_id;
  }
}

/** Whether nobody has answered, or somebody before the server. */
function isAway({ status }: ApiError): boolean {
  return [0, 429, 502, 503, 504].includes(status);
}
