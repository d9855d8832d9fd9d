/** One try of a call over HTTP, against what speaks OpenAI's protocol. */

import { type Fault, fault, networkWords, readReply, type TryOutcome } from "./faults.ts";
import type { ChatBody } from "./request.ts";
import type { Provider } from "./types.ts";

/** One try. */
export interface ChatTry {
  /** Who is asked. */
  readonly provider: Pick<Provider, "base_url" | "key">;
  /** What is sent. */
  readonly body: ChatBody;
  /** How long it may take, ms. */
  readonly timeout_ms: number;
  /** Ends it; then its connection is closed. */
  readonly signal: AbortSignal;
}

/** Makes single tries. */
export interface ChatClient {
  /** Asks once; never rejects. The provider's key is in nothing that it returns. */
  chat(one: ChatTry): Promise<TryOutcome>;
  /** Closes connections that are kept open. */
  close(): void;
}

/** Longest body of a reply, bytes. */
export const LONGEST_REPLY = 2 * 1024 * 1024;

/** What is in an HTTP header as it stands. */
const HEADER_VALUE = /^[\x21-\x7e]+$/;

/** Asks by `fetch` alone. */
export class FetchClient implements ChatClient {
  #http: Deno.HttpClient | null = null;

  async chat({ provider: { base_url, key }, body, timeout_ms, signal }: ChatTry): Promise<TryOutcome> {
    const unusable = keyFault(key);
    if (unusable !== null) return unusable;
    const limit = new TryLimit(timeout_ms, signal);
    let reply;
    try {
      reply = await exchange(`${base_url}/chat/completions`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(key !== null && { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify(body),
        signal: limit.signal,
        redirect: "manual",
        client: this.#http ??= Deno.createHttpClient({}),
      });
    } catch (error) {
      return limit.faultOf(error, key);
    } finally {
      limit.end();
    }
    return readReply(reply.head, reply.text, body, key);
  }

  close(): void {
    this.#http?.close();
    this.#http = null;
  }
}

/** Why a key cannot be sent, or null. It is not shown. */
export function keyFault(key: string | null): Fault | null {
  if (key === null || HEADER_VALUE.test(key)) return null;
  return fault("unauthorized", "the key is empty or holds characters that no HTTP header may hold");
}

/** Why there is no whole reply. */
class BrokenReply extends Error {
  readonly fault: "reply_too_large" | "bad_response";

  constructor(fault: "reply_too_large" | "bad_response", message: string) {
    super(message);
    this.fault = fault;
  }
}

/** Ends a try when its time is over or it is cancelled, and says which it was. */
export class TryLimit {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #timeout: number;
  #timedOut = false;

  constructor(timeout_ms: number, outer: AbortSignal) {
    this.#outer = outer;
    this.#timeout = Math.min(timeout_ms, 2 ** 31 - 1);
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort();
    }, this.#timeout);
    if (outer.aborted) this.#controller.abort();
    else outer.addEventListener("abort", this.#cancel);
  }

  /** Aborted when the try must end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What an error means that the try has ended with. */
  faultOf(error: unknown, key: string | null): Fault {
    if (this.#outer.aborted) return fault("cancelled", "the call was cancelled");
    if (this.#timedOut) return fault("timeout", `no reply within ${this.#timeout / 1000} s`);
    for (let inner = error; inner instanceof Error; inner = inner.cause) {
      if (inner instanceof BrokenReply) return fault(inner.fault, inner.message);
    }
    return fault("unreachable", networkWords(error, key));
  }

  /** The try has ended. */
  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#cancel);
  }

  readonly #cancel = () => this.#controller.abort();
}

/** A whole reply of at most {@linkcode LONGEST_REPLY} bytes; one that is longer is cut off and rejected. */
export async function exchange(
  url: string,
  init: RequestInit & { client: Deno.HttpClient },
): Promise<{ head: Response; text: string }> {
  const response = await fetch(url, init);
  try {
    return { head: response, text: await boundedText(response) };
  } catch (error) {
    if (error instanceof BrokenReply || init.signal?.aborted) throw error;
    throw new BrokenReply("bad_response", "the connection was closed in the middle of the reply, or it cannot be read");
  }
}

async function boundedText(response: Response): Promise<string> {
  if (response.body === null) return "";
  const length = response.headers.get("content-length");
  if (length !== null && Number(length) > LONGEST_REPLY) {
    await response.body.cancel();
    throw tooLarge();
  }
  // Of what is compressed the length says little.
  if (length !== null && !response.headers.has("content-encoding")) return await response.text();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > LONGEST_REPLY) {
      await reader.cancel();
      throw tooLarge();
    }
    text += decoder.decode(value, { stream: true });
  }
}

function tooLarge(): BrokenReply {
  return new BrokenReply("reply_too_large", `the reply is longer than ${LONGEST_REPLY / 1024 / 1024} MiB`);
}
