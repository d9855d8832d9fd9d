/** The pipes of this process as a transport: what was asked before stdin ended is answered before it closes. */

import process from "node:process";
import { PassThrough } from "node:stream";
import { isJSONRPCRequest, type JSONRPCMessage, type RequestId, type Transport } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";

/** Milliseconds that answers are given when nobody asks any more. */
const LAST_ANSWERS = 5000;
/** A request that is answered by what follows, without end. */
const ENDLESS = "subscriptions/listen";

/** Reads messages from stdin and writes them to stdout, one a line. */
export class Pipes implements Transport {
  /** Resolves when whoever started this process has nothing more to say, and has been answered, or is gone. */
  readonly ended: Promise<void>;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #input = new PassThrough();
  readonly #inner = new StdioServerTransport(this.#input);
  readonly #asked = new Set<RequestId>();
  readonly #end: () => void;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    [this.ended, this.#end] = [promise, resolve];
  }

  async start(): Promise<void> {
    this.#inner.onmessage = (message) => {
      if (isJSONRPCRequest(message) && message.method !== ENDLESS) this.#asked.add(message.id);
      this.onmessage?.(message);
    };
    this.#inner.onerror = (error) => this.onerror?.(error);
    this.#inner.onclose = () => {
      this.#end();
      this.onclose?.();
    };
    await this.#inner.start();
    const over = () => {
      if (this.#isOver) return;
      this.#isOver = true;
      this.#timer = setTimeout(this.#end, LAST_ANSWERS);
      // What has been written to the stream is read in a later turn of the event loop.
      setTimeout(() => this.#endIfAnswered(), 0);
    };
    process.stdin.on("data", (chunk) => this.#input.write(chunk));
    for (const event of ["end", "close", "error"]) process.stdin.once(event, over);
    process.stdout.once("error", this.#end);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await this.#inner.send(message);
    if ("method" in message || message.id === undefined) return;
    this.#asked.delete(message.id);
    this.#endIfAnswered();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    process.stdin.pause();
    await this.#inner.close();
  }

  /** A request that is answered no more. */
  forget(id: RequestId): void {
    this.#asked.delete(id);
    this.#endIfAnswered();
  }

  #endIfAnswered(): void {
    if (this.#isOver && this.#asked.size === 0) this.#end();
  }
}
