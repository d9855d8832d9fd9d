/**
 * The same tries through the `openai` package: benchmarks and tests hold it beside `client.ts`, which costs a third of
 * its time. Nothing that a run needs imports this file.
 */

import { APIError, OpenAI } from "openai";
import { type ChatClient, type ChatTry, exchange, keyFault, TryLimit } from "./client.ts";
import { fault, networkWords, readCompletion, readFault, type TryOutcome } from "./faults.ts";
import type { Provider } from "./types.ts";

/** Asks through the SDK. */
export class SdkClient implements ChatClient {
  readonly #clients = new Map<string, OpenAI>();
  #http: Deno.HttpClient | null = null;

  async chat({ provider, body, timeout_ms, signal }: ChatTry): Promise<TryOutcome> {
    const { key } = provider;
    const unusable = keyFault(key);
    if (unusable !== null) return unusable;
    const limit = new TryLimit(timeout_ms, signal);
    try {
      const params = body as OpenAI.ChatCompletionCreateParamsNonStreaming;
      const completion = await this.#client(provider).chat.completions.create(params, {
        signal: limit.signal,
        // A little later than ours, which says what has happened.
        timeout: timeout_ms + 1000,
      });
      return readCompletion(GOOD, completion, String(completion), body, key);
    } catch (error) {
      if (error instanceof APIError && error.status !== undefined) {
        const head = { status: error.status as number, headers: error.headers as Headers };
        return readFault(head, { error: error.error }, error.message, body, key);
      }
      if (error instanceof SyntaxError) {
        return fault("bad_response", `the reply is no JSON: ${networkWords(error, key)}`);
      }
      return limit.faultOf(error, key);
    } finally {
      limit.end();
    }
  }

  close(): void {
    this.#http?.close();
    this.#http = null;
  }

  #client({ base_url, key }: Pick<Provider, "base_url" | "key">): OpenAI {
    const name = `${base_url}\n${key}`;
    let client = this.#clients.get(name);
    if (client === undefined) {
      const http = this.#http ??= Deno.createHttpClient({});
      client = new OpenAI({
        apiKey: key ?? "none",
        ...(key === null && { defaultHeaders: { authorization: null } }),
        baseURL: base_url,
        maxRetries: 0,
        logLevel: "off",
        fetch: async (url, init) => {
          const { head, text } = await exchange(String(url), {
            ...init as RequestInit,
            redirect: "manual",
            client: http,
          });
          return new Response(text === "" ? null : text, { status: head.status, headers: head.headers });
        },
      });
      this.#clients.set(name, client);
    }
    return client;
  }
}

const GOOD = { status: 200, headers: new Headers() };
