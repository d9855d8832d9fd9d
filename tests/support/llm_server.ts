/**
 * A language model's server for tests and benchmarks: real HTTP on 127.0.0.1, the real protocol, answers by rule.
 *
 * ```ts
 * await using server = await LLMServer.start({ latency: 20, errorRate: 0.1 });
 * const client = new OpenAI({ baseURL: server.url, apiKey: "any" });
 * ```
 *
 * It serves `POST /v1/chat/completions` (whole, or with `stream: true` as server-sent events, with usage on demand),
 * `GET /v1/models` and Ollama's `GET /api/tags`. It has the model `test-model` unless `models` names others.
 *
 * **Answers.** `answer(request)` gives a text or a value, or undefined to leave it to the server. The server's own
 * answer fits the JSON Schema of `response_format`, else the one found in the prompt's words, and depends on nothing
 * but model, messages and schema. Tokens are counted from the texts (`countTokens`); `max_tokens` is kept to.
 *
 * **Behaviour.** `behave(request, index)` says what to do with a request (`Behaviour` in `llm_behaviour.ts`: `"hang"`,
 * `{ do: "rate_limit", retry_after: 1 }`, `{ do: "call_tool", calls: [{ name, arguments }] }` …); undefined leaves it to the rest. `failFirst: n` fails the first n
 * requests, `errorRate` a share of all, which depends on `seed`, the request's key and how often that came: the same
 * requests fail in whatever order they arrive. Both do `failWith`, by default status 500. All others are answered.
 * Whatever is done comes `latency` ms after the request. Key and model are checked before.
 *
 * **What it saw.** `received`, `answered` (completions that went out whole and as the protocol has it), `failed` (all
 * other replies), `aborted` (left by the client), `inFlight`, `peakInFlight`, `inputTokens` and `outputTokens` of what
 * was answered; `requests`, an entry for each; `receivedBy` and `answeredBy`, counts by key; `repeated`, the keys
 * answered more than once. A key is the SHA-256 of model, messages, response format and tools, or what `keyOf` says.
 * `whenReceived(n)`, `whenAnswered(n)`, `whenInFlight(n)`, `whenAborted(n)`, `whenIdle()` resolve when it is so, and
 * fail after 30 s or when the server is closed. What a client has got the end of is counted.
 *
 * **Down and up.** `down()` drops all connections and refuses new ones, `up()` takes them again on the same port.
 *
 * As a program of its own it prints its URL and serves until it is ended:
 *
 * ```sh
 * deno run -A tests/support/llm_server.ts --port 8099 --latency 200 --error-rate 0.1
 * ```
 *
 * Also `--key`, `--model` (again for more), `--seed`, `--fail-first`, `--error-status`, `--behave NAME`, `--log` (keep
 * the requests). `GET /__stats` tells what it saw in numbers, `DELETE /__stats` begins anew, `GET /__requests` lists
 * the requests that were kept. `spawnLLMServer` in `llm_server_process.ts` starts it so.
 */

import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { hash32 } from "../../framework/rng.ts";
import type { Json } from "../../framework/mod.ts";
import {
  type Asked,
  type Behaviour,
  BEHAVIOUR_NAMES,
  type BehaviourDetails,
  type BehaviourName,
  detailsOf,
  errorReply,
  type Reply,
  replyTo,
} from "./llm_behaviour.ts";
import { errorBody } from "./llm_protocol.ts";
import {
  bodyOf,
  keyOfRequest,
  type LLMRequest,
  madeUpAnswer,
  requestOf,
  type UncountedRequest,
} from "./llm_request.ts";
import { type Flight, Traffic } from "./llm_traffic.ts";
import { send, sleep, type Wire } from "./llm_wire.ts";

export type { Behaviour, BehaviourName, ScriptedToolCall } from "./llm_behaviour.ts";
export { type ChatBody, countPromptTokens, countTokens } from "./llm_protocol.ts";
export { type LLMRequest, TEST_SERVER_TEXT } from "./llm_request.ts";
export type { LLMServerStats, LoggedRequest } from "./llm_traffic.ts";

/** How a server is to behave. */
export interface LLMServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** The bearer key that is asked for; absent: none. */
  readonly key?: string;
  /** Models that it has. Default `test-model`; null: whichever is asked for. */
  readonly models?: readonly string[] | null;
  /** ms before a reply. Default 0. */
  readonly latency?: number;
  /** Share of requests that fail, 0 to 1. */
  readonly errorRate?: number;
  /** Says which fail. Default 1. */
  readonly seed?: number;
  /** So many requests fail, those that come first. */
  readonly failFirst?: number;
  /** How those fail. Default: status 500. */
  readonly failWith?: Behaviour;
  /** What to do with a request; undefined: as the other options say. */
  readonly behave?: (request: LLMRequest, index: number) => Behaviour | undefined;
  /** What to answer; undefined: as the server would. */
  readonly answer?: (request: LLMRequest) => string | object | undefined | Promise<string | object | undefined>;
  /** By what requests are counted. */
  readonly keyOf?: (request: UncountedRequest) => string;
  /** Whether `requests` is kept. Default true. */
  readonly log?: boolean;
}

/** The server. See the top of this file. */
export class LLMServer extends Traffic implements AsyncDisposable {
  readonly #options: LLMServerOptions;
  readonly #models: readonly string[] | null;
  // Not `Deno.serve`: it does not tell when a client leaves whose request was longer than about 500 bytes.
  readonly #server = createServer((request, response) => this.#serve(request, response));
  #port: number;
  #isDown = true;

  private constructor(options: LLMServerOptions) {
    super();
    this.#options = options;
    this.#models = options.models === undefined ? ["test-model"] : options.models;
    this.#port = options.port ?? 0;
    // An idle connection that is closed just when a client takes it up again would be a fault nobody scripted.
    this.#server.keepAliveTimeout = this.#server.headersTimeout = this.#server.requestTimeout = 0;
  }

  /** Starts a server, which takes requests when this resolves. */
  static async start(options: LLMServerOptions = {}): Promise<LLMServer> {
    const server = new LLMServer(options);
    await server.up();
    return server;
  }

  /** Base URL for clients, `http://127.0.0.1:PORT/v1`. */
  get url(): string {
    return `${this.origin}/v1`;
  }

  /** `http://127.0.0.1:PORT`. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Drops all connections; new ones are refused until `up()`. */
  async down(): Promise<void> {
    if (this.#isDown) return;
    this.#isDown = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Takes connections again, on the same port. */
  async up(): Promise<void> {
    if (!this.#isDown) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    this.#isDown = false;
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    await this.down();
    this.giveUpWaiting("the server was closed");
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    response.on("close", () => left.abort());
    const path = `${request.method} ${request.url}`;
    if (path === "POST /v1/chat/completions") await this.#chat(request, response, left.signal);
    else await send(response, this.#look(path, request), left.signal, () => {});
  }

  #look(path: string, request: IncomingMessage): Wire {
    const names = this.#models ?? ["any-model"];
    switch (path) {
      case "GET /v1/models": {
        const data = names.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "test" }));
        return this.#denied(request)?.wire ?? json({ object: "list", data });
      }
      case "GET /api/tags":
        return json({ models: names.map((name) => ({ name, model: name, size: 1, digest: "0" })) });
      case "DELETE /__stats":
        this.reset();
        return json(this.stats);
      case "GET /__stats":
        return json(this.stats);
      case "GET /__requests":
        return json(this.requests);
    }
    return errorReply(404, errorBody(`Unknown request URL: ${path}.`, "invalid_request_error", "unknown_url")).wire;
  }

  async #chat(request: IncomingMessage, response: ServerResponse, left: AbortSignal): Promise<void> {
    // What `down()` drops the client has not left.
    const flight = this.takeOff(left, () => this.#isDown);
    let reply: Reply;
    try {
      reply = await this.#replyTo(request, flight, left);
    } catch (error) {
      // A fault in the test's own hooks is to be told from one of the product.
      reply = errorReply(500, errorBody(`a hook of the test failed: ${error}`, "test_error"));
    }
    if (flight.logged && !left.aborted) flight.logged.status = reply.wire.status;
    await send(response, reply.wire, left, () => flight.land(reply.completion?.usage ?? null));
  }

  async #replyTo(raw: IncomingMessage, flight: Flight, left: AbortSignal): Promise<Reply> {
    const arrived = performance.now();
    const body = bodyOf(await textOf(raw));
    if (body === null) {
      return errorReply(400, errorBody("We could not parse the JSON body of your request.", "invalid_request_error"));
    }
    const request = this.#keyed(requestOf(body, flight.index));
    flight.key = request.key;
    if (this.#options.log ?? true) this.keep(flight, raw.headers, body);
    const turnedAway = this.#denied(raw) ?? this.#unknownModel(body.model);
    if (turnedAway !== null) return turnedAway;
    const details = this.#behaviour(request);
    if (flight.logged) flight.logged.did = details.do;
    const asked: Asked = {
      index: flight.index,
      body,
      answer: async () => await this.#options.answer?.(request) as Json | undefined ?? madeUpAnswer(request),
      signal: left,
    };
    const reply = await replyTo(asked, details);
    // The reply is made first: of many that are due at once none waits for the work on the others.
    const due = arrived + (details.latency ?? this.#options.latency ?? 0);
    if (due > performance.now()) await sleep(Math.ceil(due - performance.now()), left);
    return reply;
  }

  #keyed(request: UncountedRequest): LLMRequest {
    const key = (this.#options.keyOf ?? keyOfRequest)(request);
    return { ...request, key, nth: this.countKey(key) };
  }

  #denied(raw: IncomingMessage): Reply | null {
    const { key } = this.#options;
    const sent = raw.headers.authorization;
    if (key === undefined || sent === `Bearer ${key}`) return null;
    // Servers do tell the key that they were given; clients must keep it out of what they say.
    const message = `Incorrect API key provided: ${sent?.replace(/^Bearer /, "") ?? ""}.`;
    return errorReply(401, errorBody(message, "invalid_request_error", "invalid_api_key"));
  }

  #unknownModel(model: string): Reply | null {
    if (this.#models === null || this.#models.includes(model)) return null;
    const message = `The model '${model}' does not exist or you do not have access to it.`;
    return errorReply(404, errorBody(message, "invalid_request_error", "model_not_found", "model"));
  }

  #behaviour(request: LLMRequest): BehaviourDetails & { readonly latency?: number } {
    const { behave, failFirst = 0, errorRate = 0, failWith = "error", seed = 1 } = this.#options;
    const fails = () =>
      request.index < failFirst || hash32(`${request.key} ${request.nth}`, seed) < errorRate * 2 ** 32;
    return detailsOf(behave?.(request, request.index) ?? (fails() ? failWith : "answer"));
  }
}

function json(body: object): Wire {
  return { status: 200, type: "application/json", pieces: [JSON.stringify(body)] };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** The options of the command line. */
function fromArguments(): LLMServerOptions {
  const number = { type: "string", default: "0" } as const;
  const { values } = parseArgs({
    options: {
      port: number,
      key: { type: "string" },
      model: { type: "string", multiple: true },
      latency: number,
      "error-rate": number,
      "error-status": { type: "string", default: "500" },
      seed: { type: "string", default: "1" },
      "fail-first": number,
      behave: { type: "string" },
      log: { type: "boolean", default: false },
    },
  });
  if (values.behave !== undefined && !BEHAVIOUR_NAMES.includes(values.behave)) {
    throw new Error(`--behave ${values.behave}: valid are ${BEHAVIOUR_NAMES.join(", ")}`);
  }
  return {
    port: Number(values.port),
    ...(values.key !== undefined && { key: values.key }),
    ...(values.model !== undefined && { models: values.model }),
    latency: Number(values.latency),
    errorRate: Number(values["error-rate"]),
    failWith: { do: "error", status: Number(values["error-status"]) },
    seed: Number(values.seed),
    failFirst: Number(values["fail-first"]),
    ...(values.behave !== undefined && { behave: () => values.behave as BehaviourName }),
    log: values.log,
  };
}

if (import.meta.main) {
  const { url } = await LLMServer.start(fromArguments());
  // deno-lint-ignore no-console
  console.log(url);
}
