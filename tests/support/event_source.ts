/** A client of server-sent events that reads them as browsers do. */

/** One message. */
export interface SseMessage {
  /** The last `id:` up to here; empty: there was none. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
  /** Whether it has an `id:` of its own. */
  readonly isNumbered: boolean;
}

/** Reads the messages of a body; comments are kept apart. */
export class SseReader {
  readonly comments: string[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #decoder = new TextDecoder();
  #text = "";
  #id = "";

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = body.getReader();
  }

  /** Asks a server. @throws {Error} when it answers with something else than a stream */
  static async open(url: string, options: { lastEventId?: string; signal?: AbortSignal } = {}): Promise<SseReader> {
    const { lastEventId, signal } = options;
    const response = await fetch(url, {
      headers: { accept: "text/event-stream", ...(lastEventId !== undefined && { "last-event-id": lastEventId }) },
      ...(signal && { signal }),
    });
    if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
      throw new Error(`${response.status}: ${await response.text()}`);
    }
    return new SseReader(response.body!);
  }

  /** The last id that was read. */
  get lastEventId(): string {
    return this.#id;
  }

  /** The next message; null: the stream has ended. */
  async next(): Promise<SseMessage | null> {
    while (true) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const message = this.#parse(block);
        if (message !== null) return message;
        continue;
      }
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** Reads up to the first message that `condition` accepts, and returns all up to it. */
  async until(condition: (message: SseMessage) => boolean): Promise<SseMessage[]> {
    const messages: SseMessage[] = [];
    for (let message; (message = await this.next()) !== null;) {
      messages.push(message);
      if (condition(message)) return messages;
    }
    throw new Error(`the stream ended after ${JSON.stringify(messages.at(-1))}`);
  }

  /** Reads to the end. */
  async rest(): Promise<SseMessage[]> {
    const messages: SseMessage[] = [];
    for (let message; (message = await this.next()) !== null;) messages.push(message);
    return messages;
  }

  /** Goes away. */
  async close(): Promise<void> {
    await this.#reader.cancel();
  }

  #parse(block: string): SseMessage | null {
    let [event, data, isNumbered] = ["message", null as string | null, false];
    for (const line of block.split("\n")) {
      const [, field = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
      if (field === "") this.comments.push(value);
      else if (field === "id") [this.#id, isNumbered] = [value, true];
      else if (field === "event") event = value;
      else if (field === "data") data = data === null ? value : `${data}\n${value}`;
    }
    return data === null ? null : { id: this.#id, event, data, isNumbered };
  }
}

/** The numbers of the messages that have one. */
export function numbersOf(messages: readonly SseMessage[]): number[] {
  return messages.filter(({ event }) => event === "event").map(({ id }) => Number(id));
}
