/** The server's log: one JSON object per line on stderr. */

/** Levels by weight. */
export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const;
/** How much a line matters. */
export type LogLevel = typeof LOG_LEVELS[number];

/** What a line says besides time, level and message. */
export type LogFields = { readonly [name: string]: string | number | boolean | null | undefined };

/** Where lines go. */
export interface LogSink {
  write(line: string): void;
  /** Resolves when everything is written. */
  flush(): Promise<void>;
}

/** Secrets that somebody may have put where they do not belong, above all into a URL. */
const SECRETS = /llmsim_([a-z0-9]+)_[A-Za-z0-9]+|\b(Bearer )[^\s"\\]+/gi;

/** `text` without keys. */
export function redacted(text: string): string {
  return text.replace(SECRETS, (_, id, bearer) => id !== undefined ? `llmsim_${id}_***` : `${bearer}***`);
}

/** A log; its lines carry its fields. */
export class Log {
  readonly #sink: LogSink;
  readonly #least: number;
  readonly #fields: LogFields;

  constructor(sink: LogSink, level: LogLevel, fields: LogFields = {}) {
    this.#sink = sink;
    this.#least = LOG_LEVELS.indexOf(level);
    this.#fields = fields;
  }

  /** A log that writes to the same place, with further fields on its lines. */
  with(fields: LogFields): Log {
    return new Log(this.#sink, LOG_LEVELS[this.#least]!, { ...this.#fields, ...fields });
  }

  /** Writes a line, if it matters enough. */
  write(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (LOG_LEVELS.indexOf(level) < this.#least) return;
    const line = { at: new Date().toISOString(), level, message, ...this.#fields, ...fields };
    this.#sink.write(redacted(JSON.stringify(line)) + "\n");
  }

  debug(message: string, fields?: LogFields): void {
    this.write("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.write("info", message, fields);
  }

  warning(message: string, fields?: LogFields): void {
    this.write("warning", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write("error", message, fields);
  }

  /** Logs an error nobody foresaw, with its stack. */
  failure(message: string, error: unknown, fields: LogFields = {}): void {
    const { name, message: text, stack } = error instanceof Error ? error : new Error(String(error));
    this.error(message, { ...fields, error: `${name}: ${text}`, stack: stack ?? null });
  }

  /** Resolves when everything is written. */
  flush(): Promise<void> {
    return this.#sink.flush();
  }
}

/** Characters that wait at most to be written; a reader that is slower loses lines, and is told how many. */
const MOST_WAITING = 4 << 20;

/** Milliseconds for which lines are gathered. */
const GATHERED = 50;

/** Writes lines one after the other without holding up whoever logs. */
export class StreamSink implements LogSink {
  readonly #stream: { write(bytes: Uint8Array): Promise<number> };
  readonly #onError: (error: unknown) => void;
  #waiting: string[] = [];
  #length = 0;
  #lost = 0;
  #writing: Promise<void> | null = null;

  /** @param onError told when lines could not be written; by default nobody is: logging stops no server */
  constructor(
    stream: { write(bytes: Uint8Array): Promise<number> } = Deno.stderr,
    onError: (error: unknown) => void = () => {},
  ) {
    this.#stream = stream;
    this.#onError = onError;
  }

  write(line: string): void {
    if (this.#length + line.length > MOST_WAITING) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#length += line.length;
    this.#writing ??= this.#drain();
  }

  async flush(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    const encoder = new TextEncoder();
    // What is logged within that time goes out together: a write costs as much as answering a request.
    await new Promise((resolve) => setTimeout(resolve, GATHERED));
    while (this.#waiting.length > 0) {
      if (this.#lost > 0) {
        this.#waiting.push(JSON.stringify({ level: "warning", message: "log lines lost", lines: this.#lost }) + "\n");
        this.#lost = 0;
      }
      const bytes = encoder.encode(this.#waiting.join(""));
      this.#waiting = [];
      this.#length = 0;
      try {
        for (let written = 0; written < bytes.length;) written += await this.#stream.write(bytes.subarray(written));
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#writing = null;
  }
}
