/** One call of a model on its way: its tries, its waits, its account. */

import type { CallError, Usage } from "../../framework/mod.ts";
import type { AnswerModes, Asking, Refused } from "./answer_mode.ts";
import type { ChatClient } from "./client.ts";
import { type Clock, pass } from "./clock.ts";
import type { Envelope, Spending } from "./envelope.ts";
import { countBytes, type Fault, type FaultKind, type ModelReply, type TryOutcome } from "./faults.ts";
import { backoff, CANCELLED, formatWait, type Lane, type Pass, type TryReport } from "./lane.ts";
import type { Notices } from "./notices.ts";
import { type Bounds, boundsOf, chatBody } from "./request.ts";
import type { CallAccount, GatewayCall, GatewayOutcome, Halt, Prices } from "./types.ts";

/** How a gateway's calls wait. */
export interface ChatSettings {
  /** First wait before a try is made again, ms. */
  readonly backoff_ms: number;
  /** Longest time that a call waits because its provider limits the rate, ms. */
  readonly patience_ms: number;
  readonly clock: Clock;
  /** A number from 0 to below 1, by chance. */
  readonly random: () => number;
}

/** What a call is made with. */
export interface ChatParts {
  readonly settings: ChatSettings;
  readonly client: ChatClient;
  readonly modes: AnswerModes;
  /** Of the provider. */
  readonly lane: Lane;
  readonly notices: Notices;
  /** The run's and the host's. */
  readonly budgets: readonly [Envelope, Envelope];
  /** Of the model. */
  readonly prices: Prices;
  /** Calls begin in this order. */
  readonly order: number;
}

/** What follows from a try: the call has ended, or it is made again. */
type Next = GatewayOutcome | "again";

/** One call. */
export class ChatCall {
  readonly #parts: ChatParts;
  readonly #call: GatewayCall;
  /** Ends the try that is on its way. */
  readonly #signal: AbortSignal;
  /** Ends all waiting for the next try. */
  readonly #waiting: AbortSignal;
  /** Whether a budget must be able to rely on the answer's greatest length. */
  readonly #limited: boolean;
  readonly #bounds: Bounds;
  readonly #amount: Spending;
  #tries = 0;
  /** Tries that were made again because of faults, which `max_retries` bounds. */
  #retries = 0;
  #input = 0;
  #output = 0;
  /** Time in tries and between them, queues not counted, ms. */
  #latency = 0;
  /** When the rate limits began that have been met one after the other; null: the last try met none. */
  #limitedSince: number | null = null;

  constructor(parts: ChatParts, call: GatewayCall, signal: AbortSignal, waiting: AbortSignal) {
    this.#parts = parts;
    this.#call = call;
    this.#signal = signal;
    this.#waiting = waiting;
    this.#limited = parts.budgets.some((budget) => budget.limited);
    this.#bounds = boundsOf(call, this.#limited);
    const most = { input_tokens: this.#bounds.input, output_tokens: this.#bounds.max_tokens ?? 0 };
    this.#amount = this.#spending(most);
  }

  /** Makes it; never rejects. */
  async run(): Promise<GatewayOutcome> {
    for (;;) {
      const { lane, budgets, order } = this.#parts;
      const admission = await lane.enter({
        budgets,
        amount: this.#amount,
        tokens: this.#bounds.expected,
        order,
        signal: this.#waiting,
      });
      if ("halt" in admission) return halted(admission.halt);
      const next = await this.#try(admission.pass);
      if (next !== "again") return next;
    }
  }

  async #try(pass: Pass): Promise<Next> {
    const { client, settings: { clock } } = this.#parts;
    const { provider, timeout } = this.#call;
    const asking = this.#asking();
    const body = chatBody(this.#call, asking, this.#bounds.max_tokens);
    const began = clock.now();
    this.#tries++;
    const outcome = await client.chat({ provider, body, timeout_ms: timeout * 1000, signal: this.#signal });
    this.#latency += clock.now() - began;
    const { opened } = pass.leave(this.#report(outcome));
    if (opened && outcome.kind === "fault") this.#tellOpened(outcome);
    if (outcome.kind === "reply") return await this.#read(outcome);
    if (outcome.fault !== "rate_limited") this.#limitedSince = null;
    return await this.#mend(outcome, asking);
  }

  #asking(): Asking {
    const { provider, model } = this.#call;
    const asking = this.#parts.modes.of(provider, model);
    // Without a limit to the answer there is none to what it costs: it is sent, taken or not.
    return this.#limited && asking.length === null ? { ...asking, length: provider.length_parameter } : asking;
  }

  /** What the lane is told of a try. */
  #report(outcome: TryOutcome): TryReport {
    if (outcome.kind === "reply") {
      const usage = outcome.usage ??
        { input_tokens: this.#bounds.input, output_tokens: countBytes(outcome) };
      this.#input += usage.input_tokens;
      this.#output += usage.output_tokens;
      return { health: "works", spent: this.#spending(usage) };
    }
    const { fault, text, retry_after_ms } = outcome;
    switch (fault) {
      case "timeout":
        return { health: "failed", spent: "unknown", why: text };
      case "unreachable":
      case "server_error":
        return { health: "failed", spent: NOTHING, why: text };
      case "cancelled":
      case "bad_response":
      case "reply_too_large":
        return { health: "unknown", spent: "unknown" };
      case "rate_limited":
        return { health: "works", spent: NOTHING, rate_limited: { retry_after_ms } };
      default:
        return { health: "works", spent: NOTHING };
    }
  }

  async #read({ content, tool_calls, finish_reason, refusal }: ModelReply): Promise<Next> {
    if (refusal !== null) return this.#giveUp("refused", `the model refuses: ${refusal}`);
    if (finish_reason === "content_filter") {
      return this.#giveUp("refused", "the provider's content filter has stopped the answer");
    }
    if (content.trim() === "" && tool_calls.length === 0) {
      const why = finish_reason === "length"
        ? "the answer is empty: its greatest length was used up before it began; raise llm.max_tokens"
        : "the answer is empty";
      return await this.#retry(why, 0) ?? this.#giveUp("empty_reply", why);
    }
    const response = {
      content,
      ...(finish_reason !== null && { finish_reason }),
      ...(tool_calls.length > 0 && { tool_calls }),
    };
    return { kind: "answered", response, account: this.#account() };
  }

  /** What follows from a fault. */
  async #mend(outcome: Fault, asking: Asking): Promise<Next> {
    const { fault, text, refused, retry_after_ms } = outcome;
    switch (fault) {
      case "cancelled":
        return halted(CANCELLED);
      case "unauthorized":
      case "unknown_model":
      case "quota_spent":
        return halted(this.#halt(fault, text));
      case "rate_limited":
        return this.#waitForRate(retry_after_ms);
      case "unreachable":
        return await this.#retry(text, retry_after_ms ?? 0) ?? halted(this.#halt("provider_down", text));
      case "bad_request":
        return refused !== null && this.#adapt(refused, asking) ? "again" : this.#giveUp(fault, text);
      case "reply_too_large":
        return this.#giveUp(fault, text);
      case "server_error":
      case "timeout":
      case "bad_response":
        return await this.#retry(text, retry_after_ms ?? 0) ?? this.#giveUp(fault, text);
    }
  }

  /** Waits before the next try; null: there is none. */
  async #retry(why: string, least_ms: number): Promise<Next | null> {
    const { settings: { clock, random, backoff_ms, patience_ms }, notices } = this.#parts;
    const { max_retries, provider, run_id } = this.#call;
    if (this.#retries >= max_retries) return null;
    const asked = least_ms > patience_ms ? 0 : least_ms;
    const wait = Math.max(backoff(this.#retries++, backoff_ms, random), asked);
    notices.tell("retry", run_id, "INFO", () => `${provider.name}: ${why}; trying again in ${formatWait(wait)}`);
    const began = clock.now();
    await pass(wait, clock, this.#waiting);
    this.#latency += clock.now() - began;
    return this.#waiting.aborted ? halted(CANCELLED) : "again";
  }

  /** The lane waits as long as the provider wants; a call does not wait for ever. */
  #waitForRate(retry_after_ms: number | null): Next {
    const { lane, settings: { clock, patience_ms }, notices } = this.#parts;
    const now = clock.now();
    this.#limitedSince ??= now;
    const wait = Math.max(lane.pausedFor, retry_after_ms ?? 0);
    if (now - this.#limitedSince + wait > patience_ms) return halted(lane.limitHalt(wait));
    const { run_id, provider: { name } } = this.#call;
    notices.tell("rate_limited", run_id, "WARNING", () => `rate limited by ${name}: waiting ${formatWait(wait)}`);
    return "again";
  }

  /** Asks for less from now on; false when that cannot be. */
  #adapt(refused: Refused, asking: Asking): boolean {
    const { modes, notices } = this.#parts;
    const { provider, model, run_id } = this.#call;
    const adaptation = modes.adapt(provider, model, refused, asking);
    if (adaptation === null) return false;
    if (refused === "length" && adaptation.asking.length === null && this.#limited) return false;
    const { change } = adaptation;
    if (change !== null) {
      notices.tell(`adapt ${change}`, run_id, "INFO", () => `model '${model}' of ${provider.name} ${change}`);
    }
    return true;
  }

  #halt(code: Exclude<Halt["code"], "budget_spent" | "rate_limited" | "cancelled">, text: string): Halt {
    const { provider: { name, base_url, key, key_env }, model } = this.#call;
    switch (code) {
      case "unauthorized":
        return key === null
          ? {
            code,
            message: `provider '${name}' wants a key, and ${
              key_env ? `${key_env} is not set` : "it has none"
            } (${text})`,
            hint: key_env ? `set ${key_env}` : `name the variable that holds it: providers.${name}.api_key_env`,
          }
          : {
            code,
            message: `provider '${name}' does not take the key in ${key_env ?? "its settings"} (${text})`,
            hint: `set ${key_env ?? `providers.${name}.api_key_env`} to a key that may use model '${model}'`,
          };
      case "unknown_model":
        return {
          code,
          message: `provider '${name}' has no model '${model}' (${text})`,
          hint: `set llm.model to one that it has; if it has this one, its base_url is wrong: ${placeOf(base_url)}`,
        };
      case "quota_spent":
        return {
          code,
          message: `the account at provider '${name}' is used up (${text})`,
          hint: "top it up or choose another provider, then resume",
        };
      case "provider_down":
        return {
          code,
          message: `provider '${name}' at ${placeOf(base_url)} cannot be reached: ${text}`,
          hint: "see whether it runs and the address is right, then resume",
        };
    }
  }

  #tellOpened({ text }: Fault): void {
    const { lane, notices } = this.#parts;
    notices.tell(
      "breaker",
      this.#call.run_id,
      "WARNING",
      () => `${lane.name} does not work and is left alone for a while: ${text}`,
    );
  }

  #giveUp(code: GivenUp, message: string): GatewayOutcome {
    const error: CallError = { code, message: this.#tries === 1 ? message : `${message} (${this.#tries} tries)` };
    return { kind: "given_up", error, account: this.#account() };
  }

  #account(): CallAccount {
    const usage = { input_tokens: this.#input, output_tokens: this.#output };
    return {
      usage,
      cost_usd: this.#spending(usage).usd,
      latency_ms: Math.round(this.#latency * 10) / 10,
      retries: this.#tries - 1,
    };
  }

  #spending({ input_tokens, output_tokens }: Usage): Spending {
    const { input, output } = this.#parts.prices;
    return { usd: (input_tokens * input + output_tokens * output) / 1e6, tokens: input_tokens + output_tokens };
  }
}

type GivenUp =
  | Extract<FaultKind, "server_error" | "timeout" | "bad_request" | "reply_too_large" | "bad_response">
  | "refused"
  | "empty_reply";

const NOTHING: Spending = { usd: 0, tokens: 0 };

function halted(halt: Halt): GatewayOutcome {
  return { kind: "halted", halt };
}

/** A base URL without what may be secret in it. */
function placeOf(base_url: string): string {
  return base_url.replace(/^(\w+:\/\/)[^/@]*@/, "$1").replace(/[?#].*$/, "");
}
