/** The one way to models and services outside: transports, meters, waits, tries again, and knows when to stop. */

import type { AnswerMemory } from "../store/mod.ts";
import { AnswerModes } from "./answer_mode.ts";
import type { BreakerOptions } from "./breaker.ts";
import { ChatCall, type ChatParts, type ChatSettings } from "./chat_call.ts";
import { type ChatClient, FetchClient } from "./client.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { Envelope } from "./envelope.ts";
import { allowedUrl, callHttp } from "./http_call.ts";
import { BACKOFF_MS, CANCELLED, Lane, PATIENCE_MS } from "./lane.ts";
import { Notices } from "./notices.ts";
import { answerOffline } from "./offline.ts";
import type { GatewayCall, GatewayHttpCall, GatewayNotice, GatewayOutcome, Halt, Provider } from "./types.ts";

/** How a gateway is set. */
export interface GatewayOptions {
  /** What all runs of this host together may spend. Default: no limit. */
  readonly budget?: Envelope;
  /** Origins that components may call. Default: none. */
  readonly http_allow?: readonly string[];
  /** Where it is kept how models want to be asked. Default: nowhere. */
  readonly memory?: AnswerMemory;
  /** What makes single tries; closed with the gateway. Default: a {@linkcode FetchClient}. */
  readonly client?: ChatClient;
  /** First wait before a try is made again, ms. Default 500. */
  readonly backoff_ms?: number;
  /** Longest time that a call waits because its provider limits the rate, ms. Default: 10 minutes. */
  readonly patience_ms?: number;
  /** When a provider is left alone for a while. */
  readonly breaker?: BreakerOptions;
  /** For tests. Default: this machine's. */
  readonly clock?: Clock;
  /** A number from 0 to below 1, by chance. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * The gateway. One for all runs of a host.
 *
 * A call ends as {@linkcode GatewayOutcome} says; no method rejects because of what a provider does. No key is in an
 * outcome or a notice. A provider that does not say how many tokens a call took is taken to have counted bytes, which are
 * never fewer.
 */
export class Gateway {
  readonly #settings: ChatSettings;
  readonly #options: GatewayOptions;
  readonly #client: ChatClient;
  readonly #modes: AnswerModes;
  readonly #notices: Notices;
  /** Of all calls together. */
  readonly budget: Envelope;
  /** By base URL and key. */
  readonly #lanes = new Map<string, Lane>();
  readonly #closing = new AbortController();
  /** A run's signal, joined with that of the gateway's end. */
  readonly #signals = new WeakMap<AbortSignal, AbortSignal>();
  readonly #live = new Set<Promise<unknown>>();
  /** Runs and models of which it was told that their prices are not known. */
  readonly #unpriced = new Set<string>();
  #order = 0;

  constructor(options: GatewayOptions = {}) {
    this.#options = options;
    this.#settings = {
      backoff_ms: options.backoff_ms ?? BACKOFF_MS,
      patience_ms: options.patience_ms ?? PATIENCE_MS,
      clock: options.clock ?? SYSTEM_CLOCK,
      random: options.random ?? Math.random,
    };
    this.#client = options.client ?? new FetchClient();
    this.#modes = new AnswerModes(options.memory);
    this.#notices = new Notices(this.#settings.clock);
    this.budget = options.budget ?? new Envelope({ name: "this host", max_cost_usd: null, max_tokens: null });
  }

  /**
   * Makes a call of a model, paid from `budget` and from that of the host.
   * @param signal ends the try that is on its way
   * @param waiting ends what waits for its next try; whatever ends a try has ended this. Default: `signal`
   */
  call(
    call: GatewayCall,
    budget: Envelope,
    signal: AbortSignal,
    waiting: AbortSignal = signal,
  ): Promise<GatewayOutcome> {
    if (waiting.aborted || this.#closing.signal.aborted) return Promise.resolve(halted(CANCELLED));
    if (call.provider.kind === "offline") return Promise.resolve(offline(call));
    const parts = this.#parts(call, budget);
    return this.#while(new ChatCall(parts, call, this.#joined(signal), this.#joined(waiting)).run());
  }

  /** That a service may be called. @throws {SimError} `http_not_allowed` */
  assertAllowed(url: string): void {
    allowedUrl(url, this.#options.http_allow ?? []);
  }

  /** Makes a call of a service. @throws {SimError} `http_not_allowed` */
  async http(call: GatewayHttpCall, signal: AbortSignal): Promise<GatewayOutcome> {
    if (signal.aborted || this.#closing.signal.aborted) return halted(CANCELLED);
    return await this.#while(callHttp(call, this.#options.http_allow ?? [], this.#joined(signal)));
  }

  /** Tells `listener` what people should know; returns how to end that. */
  subscribe(listener: (notice: GatewayNotice) => void): () => void {
    return this.#notices.subscribe(listener);
  }

  /** Cancels all calls; resolves when none is on its way and no connection is open. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#live);
    this.#client.close();
  }

  #while<T>(work: Promise<T>): Promise<T> {
    this.#live.add(work);
    const over = () => this.#live.delete(work);
    work.then(over, over);
    return work;
  }

  #joined(signal: AbortSignal): AbortSignal {
    let joined = this.#signals.get(signal);
    if (joined === undefined) {
      this.#signals.set(signal, joined = AbortSignal.any([signal, this.#closing.signal]));
    }
    return joined;
  }

  #parts(call: GatewayCall, budget: Envelope): ChatParts {
    const prices = call.provider.pricesOf(call.model);
    if (prices === null) this.#tellUnpriced(call, budget);
    return {
      settings: this.#settings,
      client: this.#client,
      modes: this.#modes,
      lane: this.#lane(call.provider),
      notices: this.#notices,
      budgets: [budget, this.budget],
      prices: prices ?? { input: 0, output: 0 },
      order: this.#order++,
    };
  }

  #lane(provider: Provider): Lane {
    const place = `${provider.base_url}\n${provider.key}`;
    let lane = this.#lanes.get(place);
    if (lane === undefined) {
      lane = new Lane({
        ...this.#settings,
        ...this.#options.breaker && { breaker: this.#options.breaker },
        ...provider,
      });
      this.#lanes.set(place, lane);
    }
    return lane;
  }

  #tellUnpriced({ run_id, model, provider }: GatewayCall, budget: Envelope): void {
    if (budget.max_cost_usd === null && this.budget.max_cost_usd === null) return;
    const key = `${run_id}\n${model}`;
    if (this.#unpriced.has(key)) return;
    this.#unpriced.add(key);
    this.#notices.tell(
      `unpriced ${model}`,
      run_id,
      "WARNING",
      () =>
        `nobody knows what model '${model}' of provider '${provider.name}' costs: it is counted as free, so that ` +
        `max_cost_usd does not bound it; set providers.${provider.name}.prices, or limit tokens`,
    );
  }
}

function offline(call: GatewayCall): GatewayOutcome {
  const began = performance.now();
  const response = answerOffline(call);
  const latency_ms = Math.round((performance.now() - began) * 10) / 10;
  const usage = { input_tokens: 0, output_tokens: 0 };
  return { kind: "answered", response, account: { usage, cost_usd: 0, latency_ms, retries: 0 } };
}

function halted(halt: Halt): GatewayOutcome {
  return { kind: "halted", halt };
}
