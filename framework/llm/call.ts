/** A call of a model or of an HTTP service, as it travels from the sandbox to the host, and what comes back. */

import type { Json, JsonObject } from "../json.ts";

/** One message of a conversation with a model. */
export interface ChatMessage {
  /** Who speaks. */
  readonly role: "system" | "user" | "assistant";
  /** What is said. */
  readonly content: string;
}

/** Where a call stands in a run. No two calls of a run share it; resume, replay and fork find a call by it. */
export interface CallAddress {
  /** On whose behalf it is made; empty: the world's. */
  readonly agent: string;
  /** Turn in which it is made. */
  readonly turn: number;
  /** What it is for: `decide`, `apply`, `judge` … */
  readonly purpose: string;
  /** Ordinal of the question within agent, turn and purpose, from 1. */
  readonly n: number;
  /** Ordinal of the attempt to have the question answered well, from 1. */
  readonly attempt: number;
}

/** A call of a model. */
export interface ModelCall extends CallAddress {
  /** What kind of call this is. */
  readonly kind: "llm";
  /** Whose settings count: `agent`, `engine`, `validator`, or another key of the scenario's `llm.roles`. */
  readonly role: string;
  /** The conversation so far. */
  readonly messages: readonly ChatMessage[];
  /** JSON Schema that the answer should fit; null: free text. */
  readonly schema: JsonObject | null;
  /** Overrides the settings' temperature. */
  readonly temperature?: number;
  /** Overrides the settings' longest answer, tokens. */
  readonly max_tokens?: number;
  /** What the domain's own rule would answer; the offline provider gives it back. */
  readonly offline?: Json;
}

/** A call of an HTTP service. */
export interface HttpCall extends CallAddress {
  /** What kind of call this is. */
  readonly kind: "http";
  /** Upper case. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Sent, never recorded. */
  readonly headers: { readonly [name: string]: string };
  /** Text; null: none. */
  readonly body: string | null;
}

/** Something that the sandbox cannot do itself. */
export type Call = ModelCall | HttpCall;

/** Tokens that a call took. */
export interface Usage {
  /** Of the prompt. */
  readonly input_tokens: number;
  /** Of the answer, reasoning included. */
  readonly output_tokens: number;
}

/** What a model or a service answered. */
export interface CallResponse {
  /** The answer's text, or the body. */
  readonly content: string;
  /** Of a model: why it ended (`stop`, `length`, `content_filter` …). */
  readonly finish_reason?: string;
  /** Of a service: HTTP status. */
  readonly status?: number;
}

/** Why no answer could be had. */
export interface CallError {
  /** `timeout`, `server_error`, `bad_request`, `reply_too_large`, `refused`, `empty_reply`, `http_error` … */
  readonly code: string;
  /** For people; holds no secret. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Present when the host refused to make the call: it was never sent. */
  readonly refused?: true;
}

/** What came of a call: a response, or the error with which it was given up. */
export interface SettledCall {
  /** Name of the provider; of an HTTP call its origin. */
  readonly provider: string;
  /** The model's name; empty for HTTP. */
  readonly model: string;
  /** Present unless it was given up. */
  readonly response?: CallResponse;
  /** Present when it was given up. */
  readonly error?: CallError;
  /** Tokens; zero for HTTP and offline. */
  readonly usage: Usage;
  /** US dollars. */
  readonly cost_usd: number;
  /** From the first try to the last word, waiting in queues not counted. */
  readonly latency_ms: number;
  /** Tries that failed on the way and were made again. */
  readonly retries: number;
  /** Whether it was found on the tape of a parent run, and cost nothing. */
  readonly reused: boolean;
}
