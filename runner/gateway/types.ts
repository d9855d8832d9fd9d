/** What the gateway's parts say to each other. */

import type {
  CallError,
  CallResponse,
  ChatMessage,
  ChatTool,
  HttpCall,
  Json,
  JsonObject,
  Usage,
} from "../../framework/mod.ts";

/** US dollars per million tokens. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

/** Where models are, and how they may be asked. Made by `Providers`; holds a key, hence never written anywhere. */
export interface Provider {
  /** Name in messages, manifests and tapes. */
  readonly name: string;
  /** `offline`: answers by rule, is no language model. */
  readonly kind: "openai" | "offline";
  /** Base URL, without a slash at its end; empty for offline. */
  readonly base_url: string;
  /** The secret; null: none is needed. */
  readonly key: string | null;
  /** The environment variable that holds it, for messages. */
  readonly key_env: string | null;
  /** Model to ask when a scenario names none. */
  readonly model: string | null;
  /** Calls at once. */
  readonly max_concurrency: number;
  /** Requests per minute; null: no limit. */
  readonly rpm: number | null;
  /** Tokens per minute; null: no limit. */
  readonly tpm: number | null;
  /** What a model costs here; null: nobody knows. */
  readonly pricesOf: (model: string) => Prices | null;
  /** The parameter that bounds an answer's length. */
  readonly length_parameter: "max_tokens" | "max_completion_tokens";
  /** How it was found, for people: `OPENAI_API_KEY is set`, `llm-sim.yaml`, `Ollama answers on 127.0.0.1:11434`. */
  readonly found: string;
}

/** One call of a model, ready to be made. */
export interface GatewayCall {
  /** The run it is made for, to name it in messages. */
  readonly run_id: string;
  readonly provider: Provider;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly schema: JsonObject | null;
  /** Absent: none. */
  readonly tools?: readonly ChatTool[];
  readonly temperature: number | null;
  /** Longest answer, tokens; null: as the provider likes. */
  readonly max_tokens: number | null;
  /** Seconds that one try may take. */
  readonly timeout: number;
  /** How often a try that failed on the way is made again. */
  readonly max_retries: number;
  /** SHA-256 of the call: seeds what the offline provider makes up. */
  readonly key: string;
  /** What the domain's own rule would answer; only for the offline provider. */
  readonly offline?: Json;
}

/** An HTTP call, ready to be made. */
export interface GatewayHttpCall extends Pick<HttpCall, "method" | "url" | "headers" | "body"> {
  readonly run_id: string;
  /** Seconds that it may take. */
  readonly timeout: number;
}

/** What a call took, whatever came of it. */
export interface CallAccount {
  readonly usage: Usage;
  readonly cost_usd: number;
  /** From the first try to the last word, queues not counted, ms. */
  readonly latency_ms: number;
  /** Tries beyond the first. */
  readonly retries: number;
}

/** Why a run cannot go on calling, though nothing is wrong with the call itself. */
export interface Halt {
  readonly code:
    | "budget_spent"
    | "unauthorized"
    | "unknown_model"
    | "quota_spent"
    | "provider_down"
    | "rate_limited"
    | "cancelled";
  readonly message: string;
  readonly hint?: string;
  /** Of a budget: whether it is one that other runs are paid from, too. */
  readonly shared?: boolean;
}

/** What came of a call. */
export type GatewayOutcome =
  | { readonly kind: "answered"; readonly response: CallResponse; readonly account: CallAccount }
  /** Given up: the tape records it, the agent's `on_failure` says what follows. */
  | { readonly kind: "given_up"; readonly error: CallError; readonly account: CallAccount }
  /** Not to be recorded: the run stops, and makes the same call again when it is resumed. */
  | { readonly kind: "halted"; readonly halt: Halt };

/** Something the gateway wants people to know. */
export interface GatewayNotice {
  readonly run_id: string;
  readonly level: "INFO" | "WARNING";
  readonly text: string;
}
