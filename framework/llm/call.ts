/** A call of a model or of an HTTP service, as it travels from the sandbox to the host, and what comes back. */

import type { Json, JsonObject } from "../json.ts";

/** A tool that a model is offered: a function that whoever asks calls on its behalf. */
export interface ChatTool {
  /** 1 to 64 letters, digits, `_` and `-`; of the tools of one question no two have the same. */
  readonly name: string;
  /** What it does, for the model. */
  readonly description: string;
  /** JSON Schema of its arguments, an object's. */
  readonly parameters: JsonObject;
}

/** That a model wants a tool called. */
export interface ToolCall {
  /** By which the result names the call. */
  readonly id: string;
  /** Of the tool; need not be one that was offered. */
  readonly name: string;
  /** The arguments as the model wrote them: meant to be the JSON of an object, which need not be so. */
  readonly arguments: string;
}

/** One message of a conversation with a model. */
export interface ChatMessage {
  /** Who speaks; `tool`: the result of a tool that the model wanted called. */
  readonly role: "system" | "user" | "assistant" | "tool";
  /** What is said; of an `assistant` that calls tools it may be empty. */
  readonly content: string;
  /** Of an `assistant`: the tools that it wanted called. */
  readonly tool_calls?: readonly ToolCall[];
  /** Of a `tool`, which must have it: the call that this is the result of. */
  readonly tool_call_id?: string;
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
  /** Tools that it may want called; absent: none. Never together with a schema. */
  readonly tools?: readonly ChatTool[];
  /** Overrides the settings' temperature. */
  readonly temperature?: number;
  /** Overrides the settings' longest answer, tokens. */
  readonly max_tokens?: number;
  /**
   * What the domain's own rule would answer; the offline provider gives it back. With tools: a text, or
   * `{ content, tool_calls }`.
   */
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
  /** Seconds that it may take; absent: as the scenario's models have. */
  readonly timeout?: number;
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
  /** Of a model that was offered tools: those that it wants called; absent: none. */
  readonly tool_calls?: readonly ToolCall[];
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
