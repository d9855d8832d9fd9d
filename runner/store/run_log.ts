/**
 * `log.jsonl`: what the simulation, its models and its host had to say while a run was played. It is for people who look
 * for what went wrong: it takes no part in resume, replay or comparison, and no run fails for it.
 */

import { mendedEnd } from "./numbered_log.ts";
import type { LogLine } from "./pages.ts";
import type { RunLog } from "./store.ts";

/** Name of the file in a run's folder. */
export const LOG_LINES_FILE = "log.jsonl";

/** Bytes that are kept of one run. */
export const MAX_LOG_BYTES = 10_000_000;

/** Characters that are kept of a line's text, and of its fields. */
const LONGEST_TEXT = 10_000;

/** Milliseconds until a line is written. */
const DELAY = 200;

/** Characters that wait to be written. */
const MAX_WAITING = 64 << 10;

/** Appends to the log of one run; the file is made by the first line. */
export class LogLines implements RunLog {
  readonly #path: string;
  readonly #most: number;
  #waiting = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Number of the last line and the bytes there are; unknown until the first line. */
  #at: { last: number; bytes: number } | undefined;
  #dropped = 0;

  /** @param most bytes that are kept */
  constructor(path: string, most: number = MAX_LOG_BYTES) {
    this.#path = path;
    this.#most = most;
  }

  write(line: Omit<LogLine, "seq" | "at">): void {
    const at = this.#end();
    const text = at && encoded(at.last + 1, line);
    const bytes = text ? new TextEncoder().encode(text).length : 0;
    if (!at || !text || at.bytes + bytes > this.#most) {
      this.#dropped++;
      return;
    }
    this.#at = { last: at.last + 1, bytes: at.bytes + bytes };
    this.#waiting += text;
    if (this.#waiting.length > MAX_WAITING) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), DELAY);
  }

  close(): void {
    const at = this.#dropped === 0 ? undefined : this.#end();
    if (at) {
      const text = `${this.#dropped} more lines were not kept: ${LOG_LINES_FILE} holds ${this.#most / 1e6} MB`;
      this.#waiting += encoded(at.last + 1, { level: "WARNING", text });
    }
    this.#flush();
  }

  #end(): { last: number; bytes: number } | undefined {
    try {
      return this.#at ??= mendedEnd(this.#path, "seq");
    } catch {
      // What cannot be read cannot be written either: its lines are counted.
      return undefined;
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === "") return;
    const text = this.#waiting;
    this.#waiting = "";
    try {
      Deno.writeTextFileSync(this.#path, text, { append: true });
    } catch {
      // The disk is full, or the folder is gone. Half a line may be there: the end is looked at again.
      this.#dropped += text.split("\n").length - 1;
      this.#at = undefined;
    }
  }
}

function encoded(seq: number, { level, text, fields }: Omit<LogLine, "seq" | "at">): string {
  const given = fields === undefined ? undefined : JSON.stringify(fields);
  const kept = given === undefined || given.length <= LONGEST_TEXT ? fields : { cut: `${given.length} characters` };
  const line: LogLine = {
    seq,
    at: new Date().toISOString(),
    level,
    text: text.slice(0, LONGEST_TEXT),
    ...(kept && { fields: kept }),
  };
  return JSON.stringify(line) + "\n";
}
