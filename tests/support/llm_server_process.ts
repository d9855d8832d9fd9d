/** The test server of language models in a process of its own, so that it takes no time from what is measured. */

import type { LLMServerStats, LoggedRequest } from "./llm_server.ts";

/** A server in another process. */
export interface LLMServerProcess extends AsyncDisposable {
  /** Base URL for clients, `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  /** What it saw, in numbers. */
  stats(): Promise<LLMServerStats>;
  /** The requests, when it was started with `--log`. */
  requests(): Promise<LoggedRequest[]>;
  /** Forgets what it saw. */
  reset(): Promise<void>;
  /** Ends it. */
  close(): Promise<void>;
}

/** Starts one; `args` are those of the command line, e.g. `["--latency", "200"]`. */
export async function spawnLLMServer(args: readonly string[] = []): Promise<LLMServerProcess> {
  const script = new URL("./llm_server.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const url = await firstLine(child.stdout);
  if (url === "") throw new Error(`the test server did not start: exit code ${(await child.status).code}`);
  const origin = new URL(url).origin;
  const close = async () => {
    try {
      child.kill();
    } catch {
      // It has ended already.
    }
    await child.status;
  };
  return {
    url,
    stats: async () => await (await fetch(`${origin}/__stats`)).json(),
    requests: async () => await (await fetch(`${origin}/__requests`)).json(),
    reset: async () => void await (await fetch(`${origin}/__stats`, { method: "DELETE" })).body?.cancel(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0]!;
}
