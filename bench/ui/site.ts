/** Servers of the pages' benchmarks, each a process of its own: `serve` as users start it, and a bare one. */

import { fromFileUrl, ROOT } from "../../runner/paths.ts";

/** A server. */
export class Site implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  /** Without a slash at the end. */
  readonly url: string;

  private constructor(process: Deno.ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** `serve`, with these notebooks in a folder of its own. */
  static async ours(folder: string, notebooks: Readonly<Record<string, string>>): Promise<Site> {
    const config = `${folder}/llm-sim.yaml`;
    const repos = [{ name: "paced", path: `${ROOT}/bench/ui/paced` }];
    Deno.writeTextFileSync(config, JSON.stringify({ simulation_repos: repos }));
    Deno.mkdirSync(`${folder}/notebooks`, { recursive: true });
    for (const [name, text] of Object.entries(notebooks)) Deno.writeTextFileSync(`${folder}/notebooks/${name}`, text);
    return await Site.#of(["main.ts", "serve", "--port", "0", "--config", config, "--output", `${folder}/output`]);
  }

  /** Of the files of a folder, see `bare.ts`. */
  static async bare(folder: string): Promise<Site> {
    return await Site.#of([fromFileUrl(new URL("./bare.ts", import.meta.url)), folder]);
  }

  static async #of(args: readonly string[]): Promise<Site> {
    const stderr = Deno.env.get("BENCH_LOG") ? "inherit" : "null";
    const command = ["run", "-A", "--no-check", ...args];
    const process = new Deno.Command(Deno.execPath(), { args: command, cwd: ROOT, stdout: "piped", stderr }).spawn();
    let told = "";
    for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string>)) {
      told += chunk;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(told)?.[0];
      if (url !== undefined) return new Site(process, url);
      if (/^\d+\n/.test(told)) return new Site(process, `http://127.0.0.1:${told.trim()}`);
    }
    throw new Error(`a server did not start: ${told}`);
  }

  /** Asks for an action of a notebook. @returns its view */
  // deno-lint-ignore no-explicit-any -- of which the benchmarks read a few members
  async act(notebook: string, body: unknown): Promise<any> {
    const answer = await fetch(`${this.url}/api/notebooks/${notebook}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${notebook}: ${await answer.text()}`);
    return await answer.json();
  }

  /** Plays what is stale on a notebook until `enough` says so of its view. */
  async play(notebook: string, enough: (view: { readonly pieces: readonly Piece[] }) => boolean): Promise<void> {
    let view = await this.act(notebook, { action: "run", cells: "stale", ancestors: true });
    while (!enough(view)) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      view = await this.act(notebook, { action: "view" });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
  }
}

/** A piece of a notebook, as far as the benchmarks read it. */
export interface Piece {
  readonly kind: string;
  readonly cell?: string;
  readonly status?: string;
  readonly issues?: readonly { readonly message: string }[];
  readonly output?: { readonly turn?: number; readonly status?: string } | null;
}

/** Whether no cell waits or plays. @throws {Error} when one is wrong then */
export function isSettled({ pieces }: { readonly pieces: readonly Piece[] }): boolean {
  if (pieces.some(({ status }) => WAITING.includes(status ?? ""))) return false;
  for (const { status, issues } of pieces) {
    if (status === "error" || status === "failed") throw new Error(`a cell is ${status}: ${JSON.stringify(issues)}`);
  }
  return true;
}

const WAITING = ["queued", "running", "paused", "blocked", "stale"];
