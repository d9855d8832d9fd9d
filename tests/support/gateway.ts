/** A gateway, a server, and one run's budget, for tests of the gateway. */

import type { JsonObject } from "../../framework/mod.ts";
import { assertTrue } from "./assert.ts";
import { LLMServer, type LLMServerOptions } from "./llm_server.ts";
import { Envelope } from "../../runner/gateway/envelope.ts";
import { Gateway, type GatewayOptions } from "../../runner/gateway/gateway.ts";
import type { GatewayCall, GatewayNotice, GatewayOutcome, Halt, Provider } from "../../runner/gateway/types.ts";

/** A key that must turn up nowhere. */
export const CANARY = "sk-canary-3f9a7b5c1d-do-not-show";

/** An answer that all properties of are asked for, so that it may be asked for strictly. */
export const SCHEMA: JsonObject = {
  type: "object",
  properties: { action: { type: "string" }, amount: { type: "number" } },
  required: ["action", "amount"],
  additionalProperties: false,
};

/** How a scene is set. */
export interface SceneOptions {
  readonly server?: LLMServerOptions;
  /** Base URL of another server than the test server. */
  readonly base_url?: string;
  readonly gateway?: GatewayOptions;
  readonly provider?: Partial<Provider>;
  readonly budget?: Envelope;
}

/** All that is needed to make calls. When it is left, the canary key must not have been seen. */
export class Scene implements AsyncDisposable {
  readonly notices: GatewayNotice[] = [];
  readonly outcomes: GatewayOutcome[] = [];
  readonly gateway: Gateway;
  readonly provider: Provider;
  readonly budget: Envelope;
  readonly stop = new AbortController();

  private constructor(readonly server: LLMServer, options: SceneOptions) {
    this.gateway = new Gateway({ backoff_ms: 1, ...options.gateway });
    this.provider = {
      name: "test",
      kind: "openai",
      base_url: options.base_url ?? server.url,
      key: CANARY,
      key_env: "TEST_API_KEY",
      model: null,
      max_concurrency: 1000,
      rpm: null,
      tpm: null,
      pricesOf: () => ({ input: 1, output: 2 }),
      length_parameter: "max_tokens",
      found: "a test",
      ...options.provider,
    };
    this.budget = options.budget ?? new Envelope({ name: "run 'r'", max_cost_usd: null, max_tokens: null });
    this.gateway.subscribe((notice) => this.notices.push(notice));
  }

  static async open(options: SceneOptions = {}): Promise<Scene> {
    return new Scene(await LLMServer.start({ key: CANARY, ...options.server }), options);
  }

  /** Makes a call; what comes of it is kept. */
  async call(call: Partial<GatewayCall> = {}, { budget = this.budget, signal = this.stop.signal } = {}) {
    const outcome = await this.gateway.call(
      {
        run_id: "r",
        provider: this.provider,
        model: "test-model",
        messages: [{ role: "user", content: "What do you do?" }],
        schema: SCHEMA,
        temperature: null,
        max_tokens: null,
        // Longer than any test: what hangs must be ended by what is tested.
        timeout: 1000,
        max_retries: 2,
        key: "0".repeat(64),
        ...call,
      },
      budget,
      signal,
    );
    this.outcomes.push(outcome);
    return outcome;
  }

  /** The halt with which a call ends. */
  async halt(call: Partial<GatewayCall> = {}): Promise<Halt> {
    const outcome = await this.call(call);
    assertTrue(outcome.kind === "halted", JSON.stringify(outcome));
    return outcome.halt;
  }

  /** The answer to a call. */
  async answer(call: Partial<GatewayCall> = {}): Promise<GatewayOutcome & { kind: "answered" }> {
    const outcome = await this.call(call);
    assertTrue(outcome.kind === "answered", JSON.stringify(outcome));
    return outcome;
  }

  /** How a call is given up. */
  async givenUp(call: Partial<GatewayCall> = {}): Promise<GatewayOutcome & { kind: "given_up" }> {
    const outcome = await this.call(call);
    assertTrue(outcome.kind === "given_up", JSON.stringify(outcome));
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.gateway.close(), this.server.close()]);
    const seen = JSON.stringify([this.outcomes, this.notices]);
    assertTrue(!seen.includes(CANARY), `the key is shown: ${seen}`);
  }
}

/** Serves one reply to all, for what the test server does not do. */
export function serving(
  reply: (request: Request) => Response | Promise<Response>,
): { base_url: string } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.arrayBuffer();
    return await reply(request);
  });
  return {
    base_url: `http://127.0.0.1:${server.addr.port}/v1`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A completion as a server sends it. */
export function completion(content: unknown, rest: JsonObject = {}): object {
  return {
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    ...rest,
  };
}
