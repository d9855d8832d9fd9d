/** Starts `host.ts` as a process of its own and reads what it says. */

import { fromFileUrl } from "../../runner/paths.ts";

const HOST = fromFileUrl(new URL("./host.ts", import.meta.url));

/** What `host.ts` says. */
export interface HostLine {
  readonly open?: number;
  readonly progress?: string;
  readonly turn?: number;
  readonly status?: string;
  readonly run_id?: string;
  readonly done?: string;
  readonly refused?: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly idle?: boolean;
}

/** A host in another process. */
export class SecondHost {
  readonly pid: number;
  readonly said: HostLine[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #listeners = new Set<() => void>();
  readonly #reading: Promise<void>;
  #ended = false;

  /** @param fileBlocks largest file, in blocks of 512 bytes, that it and its children can write; then writing fails */
  constructor(task: Record<string, unknown>, fileBlocks?: number) {
    const deno = [Deno.execPath(), "run", "-A", "--no-check", "--quiet", HOST, JSON.stringify(task)];
    const limited = `trap "" XFSZ; ulimit -f ${fileBlocks}; exec "$@"`;
    const [program, ...args] = fileBlocks === undefined ? deno : ["sh", "-c", limited, "sh", ...deno];
    this.#process = new Deno.Command(program!, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.pid = this.#process.pid;
    this.#reading = this.#read();
  }

  /** The first line, past or coming, that `condition` accepts; within a minute. */
  async says(condition: (line: HostLine) => boolean): Promise<HostLine> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, 60_000);
    try {
      for (let i = 0;; i++) {
        while (i >= this.said.length) {
          if (this.#ended || late) {
            throw new Error(
              `the host ${late ? "says nothing more" : "ended"} after ${JSON.stringify(this.said.at(-1))}`,
            );
          }
          await new Promise<void>((resolve) => this.#listeners.add(resolve));
        }
        if (condition(this.said[i]!)) return this.said[i]!;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Kills it without warning. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#gone();
  }

  /** Lets it finish and waits for it. */
  async close(): Promise<void> {
    await this.#gone();
  }

  async #gone(): Promise<void> {
    await this.#process.stdin.close().catch(() => {});
    await this.#process.status;
    await this.#reading;
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.said.push(JSON.parse(line));
      this.#wake();
    }
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
