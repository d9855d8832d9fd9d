/**
 * Who changed what: `output/.audit.jsonl`, one line per request that may change something or was refused. When it is large
 * it becomes `.audit.1.jsonl`, which has become `.audit.2.jsonl`, and so on; the oldest goes.
 */

import type { LogFields } from "../log.ts";
import { type Log, redacted, StreamSink } from "../log.ts";
import { RateLimiter } from "../rate_limiter.ts";

/** Lines about refused requests that are kept a minute: a flood of them tells nothing new. */
const REFUSALS = 300;

/** Bytes of a file. */
const FULL = 64 << 20;
/** Full files that are kept. */
const KEPT = 5;

/** Appends to the audit. What cannot be written is told in the log. */
export class Audit {
  readonly #folder: string;
  readonly #path: string;
  readonly #full: number;
  readonly #log: Log;
  readonly #refusals = new RateLimiter(REFUSALS);
  #file: Deno.FsFile | null = null;
  #sink: StreamSink | null = null;
  /** Bytes of the file, with what is still to be written. */
  #size = 0;
  /** Files that are still written to though they have another name now. */
  #leaving: Promise<void> = Promise.resolve();

  /**
   * @param folder the output folder, which need not exist
   * @param full bytes after which a file is put aside
   */
  constructor(folder: string, log: Log, full: number = FULL) {
    this.#folder = folder;
    this.#path = `${folder}/.audit.jsonl`;
    this.#log = log;
    this.#full = full;
  }

  /** Notes a request. @param refused whether it was turned away before it could do anything */
  note(fields: LogFields, { refused }: { readonly refused: boolean }): void {
    if (refused && !this.#refusals.take("").allowed) return;
    const line = redacted(JSON.stringify({ at: new Date().toISOString(), ...fields })) + "\n";
    this.#opened()?.write(line);
    this.#size += line.length;
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    this.#letGo();
    await this.#leaving;
  }

  #opened(): StreamSink | null {
    try {
      // Somebody may have removed the whole folder meanwhile.
      if (this.#file !== null && this.#file.statSync().nlink === 0) this.#letGo();
      if (this.#file !== null && this.#size >= this.#full) this.#putAside(this.#file);
      if (this.#file === null) {
        Deno.mkdirSync(this.#folder, { recursive: true });
        this.#file = Deno.openSync(this.#path, { append: true, create: true, mode: 0o600 });
        this.#size = this.#file.statSync().size;
        this.#sink = new StreamSink(this.#file, (error) => this.#log.failure("the audit cannot be written", error));
      }
      return this.#sink;
    } catch (error) {
      this.#log.failure("the audit cannot be written", error);
      return null;
    }
  }

  #putAside(file: Deno.FsFile): void {
    // Another server in this folder may have put it aside already.
    if (inodeOf(this.#path) === file.statSync().ino) {
      for (let age = KEPT - 1; age > 0; age--) renameIfThere(this.#aged(age), this.#aged(age + 1));
      Deno.renameSync(this.#path, this.#aged(1));
    }
    this.#letGo();
  }

  #aged(age: number): string {
    return `${this.#folder}/.audit.${age}.jsonl`;
  }

  /** Closes the file as soon as everything is written. */
  #letGo(): void {
    const [file, sink] = [this.#file, this.#sink];
    [this.#file, this.#sink] = [null, null];
    const closed = sink?.flush().then(() => file?.close());
    this.#leaving = Promise.all([this.#leaving, closed]).then(() => {});
  }
}

/** Undefined: there is no such file. */
function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
