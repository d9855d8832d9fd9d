/** Who changed what: `output/.audit.jsonl`, one line per request that may change something or was refused. */

import type { LogFields } from "../log.ts";
import { type Log, redacted, StreamSink } from "../log.ts";
import { RateLimiter } from "../rate_limiter.ts";

/** Lines about refused requests that are kept a minute: a flood of them tells nothing new. */
const REFUSALS = 300;

/** Appends to the audit. What cannot be written is told in the log. */
export class Audit {
  readonly #path: string;
  readonly #log: Log;
  readonly #refusals = new RateLimiter(REFUSALS);
  #file: Deno.FsFile | null = null;
  #sink: StreamSink | null = null;

  /** @param folder the output folder, which need not exist */
  constructor(folder: string, log: Log) {
    this.#path = `${folder}/.audit.jsonl`;
    this.#log = log;
  }

  /** Notes a request. @param refused whether it was turned away before it could do anything */
  note(fields: LogFields, { refused }: { readonly refused: boolean }): void {
    if (refused && !this.#refusals.take("").allowed) return;
    this.#opened()?.write(redacted(JSON.stringify({ at: new Date().toISOString(), ...fields })) + "\n");
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.#sink?.flush();
    this.#file?.close();
    [this.#file, this.#sink] = [null, null];
  }

  #opened(): StreamSink | null {
    try {
      // Somebody may have removed the whole folder meanwhile.
      if (this.#file !== null && this.#file.statSync().nlink === 0) {
        this.#file.close();
        this.#file = null;
      }
      if (this.#file === null) {
        Deno.mkdirSync(this.#path.slice(0, this.#path.lastIndexOf("/")), { recursive: true });
        this.#file = Deno.openSync(this.#path, { append: true, create: true, mode: 0o600 });
        this.#sink = new StreamSink(this.#file, (error) => this.#log.failure("the audit cannot be written", error));
      }
      return this.#sink;
    } catch (error) {
      this.#log.failure("the audit cannot be written", error);
      return null;
    }
  }
}
