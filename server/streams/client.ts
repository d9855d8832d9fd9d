/** One client of a stream of server-sent events: takes from its feed as fast as the client takes from it. */

import type { Principal } from "../context.ts";
import type { StreamClock } from "./source.ts";
import { HEARTBEAT, joined, message, OPENING, refusalMessage } from "./sse.ts";

/** What is to be sent next. */
export interface Piece {
  /** Whole messages; none: nothing is to be said now. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  /** Whether nothing comes after it. */
  readonly isLast: boolean;
}

/** Where a client's messages come from. */
export interface Feed {
  /** Bytes that it holds for its client. */
  readonly bytes: number;
  /** What is to be sent now. @param isFirst whether it is asked for the first time */
  next(isFirst: boolean): Piece | Promise<Piece>;
  /** Has `wake` called when there may be something new. */
  onWake(wake: () => void): void;
  close(): void;
}

/** Milliseconds of silence after which a heartbeat is sent. */
export const HEARTBEAT_INTERVAL = 15_000;
/** Milliseconds after which a client that takes nothing is given up. */
export const STUCK_TIME = 60_000;

/** Puts pieces together. Clients that are in step get the same bytes. */
export class Joiner {
  #parts: readonly Uint8Array<ArrayBuffer>[] = [];
  #whole: Uint8Array<ArrayBuffer> = new Uint8Array();

  join(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
    if (parts.length === 1) return parts[0]!;
    const isSame = parts.length === this.#parts.length && parts.every((part, i) => part === this.#parts[i]);
    if (isSame) return this.#whole;
    this.#parts = parts;
    return this.#whole = joined(parts);
  }

  /** Forgets what was put together last. */
  clear(): void {
    this.#parts = [];
    this.#whole = new Uint8Array();
  }
}

/** What clients share. */
export interface ClientParts {
  readonly clock: StreamClock;
  readonly joiner: Joiner;
  /** Told when a client is gone, for whatever reason. */
  readonly onGone: (client: StreamClient) => void;
  /** Told of what made a feed fail. */
  readonly onError: (error: unknown) => void;
}

/**
 * A client.
 *
 * Laws: one piece is on its way to it, not more; the next is made when the client has taken that one. That it is gone shows
 * in the stream being cancelled, for requests are never told. One whose principal may not have the stream any more is told
 * so and let go within {@linkcode HEARTBEAT_INTERVAL}, whether anything happens or not.
 */
export class StreamClient {
  /** The body of the answer. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #feed: Feed;
  readonly #principal: Pick<Principal, "refusal">;
  readonly #parts: ClientParts;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #isFirst = true;
  #isGone = false;
  /** Whether something has happened since the feed was last asked. */
  #isAwake = true;
  #resume: (() => void) | null = null;
  #beat = false;
  #lastWord: Uint8Array<ArrayBuffer> | null = null;
  /** Bytes on their way. */
  #sent = 0;
  /** When a piece was handed over that has not been taken yet; null: the client waits for us. */
  #busySince: number | null;
  #lastSent: number;
  #cancelAlarm: () => void = () => {};

  constructor(feed: Feed, principal: Pick<Principal, "refusal">, parts: ClientParts) {
    this.#feed = feed;
    this.#principal = principal;
    this.#parts = parts;
    // An answer that nobody ever reads is stuck from the beginning.
    this.#busySince = this.#lastSent = parts.clock.now();
    feed.onWake(() => this.#wake());
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: () => this.#leave(),
    }, { highWaterMark: 0 });
    this.#arm(HEARTBEAT_INTERVAL);
  }

  /** Bytes held for it. */
  get bytes(): number {
    return this.#sent + this.#feed.bytes;
  }

  /** Gives it a last word when it next takes something. */
  end(reason: string): void {
    this.#lastWord = message("closing", JSON.stringify({ reason }));
    this.#wake();
  }

  /** Ends it without waiting. What is on its way may still arrive; a browser comes back for the rest. */
  drop(): void {
    if (this.#isGone) return;
    this.#controller.close();
    this.#leave();
  }

  async #pull(): Promise<void> {
    this.#busySince = null;
    this.#sent = 0;
    try {
      while (!this.#isGone) {
        this.#isAwake = false;
        const { parts, isLast } = await this.#next();
        if (this.#isGone) return;
        if (parts.length > 0) this.#send(this.#parts.joiner.join(parts));
        if (isLast) return this.drop();
        if (parts.length > 0) return;
        if (!this.#isAwake) await new Promise<void>((resolve) => this.#resume = resolve);
      }
    } catch (error) {
      this.#parts.onError(error);
      this.drop();
    }
  }

  async #next(): Promise<Piece> {
    if (this.#lastWord !== null) return { parts: [this.#lastWord], isLast: true };
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const piece = await this.#feed.next(isFirst);
    if (isFirst) return { ...piece, parts: [OPENING, ...piece.parts] };
    const { parts, isLast } = piece;
    if (parts.length > 0 || !this.#beat) return piece;
    return { parts: [HEARTBEAT], isLast };
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#beat = false;
    this.#sent = bytes.length;
    this.#busySince = this.#lastSent = this.#parts.clock.now();
    this.#controller.enqueue(bytes);
  }

  #wake(): void {
    this.#isAwake = true;
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }

  #arm(ms: number): void {
    this.#cancelAlarm = this.#parts.clock.after(ms, () => this.#alarm());
  }

  #alarm(): void {
    const refusal = this.#principal.refusal();
    if (refusal !== null) return this.#refuse(refusal);
    const now = this.#parts.clock.now();
    if (this.#busySince === null) {
      const left = HEARTBEAT_INTERVAL - (now - this.#lastSent);
      if (left > 0) return this.#arm(left);
      this.#beat = true;
      this.#wake();
    } else if (now - this.#busySince >= STUCK_TIME) return this.drop();
    this.#arm(HEARTBEAT_INTERVAL);
  }

  /** What is on its way was allowed; the last word follows it without waiting for the client. */
  #refuse(detail: string): void {
    this.#controller.enqueue(refusalMessage(detail));
    this.drop();
  }

  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#sent = 0;
    this.#cancelAlarm();
    this.#feed.close();
    this.#wake();
    this.#parts.onGone(this);
  }
}
