/** `deno task serve` as a process with the task's own permissions. */

import { spawnCli } from "../cli/support.ts";

/** A server that is a process of its own; it is killed at the end if it was not stopped. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly process: Deno.ChildProcess;
  /** Ends it with this signal; its exit code and what it has logged. */
  stop(signal?: Deno.Signal): Promise<{ code: number; log: Record<string, unknown>[] }>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

/** Starts a server on a free port, and waits until it has printed its address. */
export async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const process = spawnCli(["serve", "--port", "0", ...args], { env });
  const reader = process.stdout.getReader();
  const logged = new Response(process.stderr).text();
  let said = "";
  while (!/\bhttp\S+/.test(said) || !said.endsWith("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`it ended: ${said}${await logged}`);
    said += new TextDecoder().decode(value);
  }
  let over = false;
  process.status.then(() => over = true);
  const served: Served = {
    url: /http:\/\/[^\s"]+/.exec(said)![0].replace(/\/$/, ""),
    process,
    async stop(signal = "SIGTERM") {
      try {
        process.kill(signal);
      } catch (error) {
        // It has ended already.
        if (!(error instanceof TypeError)) throw error;
      }
      const { code } = await process.status;
      await reader.cancel();
      const log = (await logged).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
      return { code, log };
    },
    async kill() {
      process.kill("SIGKILL");
      await Promise.all([process.status, reader.cancel(), logged]);
    },
    async [Symbol.asyncDispose]() {
      if (!over) await served.kill();
    },
  };
  return served;
}
