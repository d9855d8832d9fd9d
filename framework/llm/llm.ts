/** What components get as `context.llm` and `context.http`. */

import type { Schema } from "../domain.ts";
import { SimError } from "../issue.ts";
import type { OnFailure } from "../scenario/resolved.ts";
import type { ChatMessage, ChatTool, ToolCall } from "./call.ts";

/** A zod schema whose output is `T`. */
export type AnswerSchema<T> = Schema & { readonly _zod: { readonly output: T } };

/** A question to a model. */
export interface ChatRequest<T = string> {
  /**
   * What it is for; part of the address under which the answer is kept. Default: `decide`, `apply` or `judge`. Questions
   * of one component in one turn that are asked side by side need different purposes: the order in which they are
   * answered must not tell which is which.
   */
  readonly purpose?: string;
  /** Whose settings count, a key of the scenario's `llm.roles`. Default: `agent`, `engine` or `validator`. */
  readonly role?: string;
  /** How the model is to behave. */
  readonly system?: string;
  /** What is asked: one message of the user, or a conversation. */
  readonly messages: string | readonly ChatMessage[];
  /** What the answer must fit. Absent: any text will do. */
  readonly schema?: AnswerSchema<T>;
  /**
   * Tools that the model may want called; at most 128. Calling them, and asking on with what they said, is up to
   * who asks. Not together with a schema.
   */
  readonly tools?: readonly ChatTool[];
  /**
   * What is made of an answer that does not fit `schema` when it cannot be asked for again: a type that reads the same
   * JSON and is content with less. Absent, or not content either: there is no answer.
   */
  readonly lenient?: AnswerSchema<T>;
  /** Overrides the scenario's. */
  readonly temperature?: number;
  /** Longest answer in tokens; overrides the scenario's. */
  readonly max_tokens?: number;
  /**
   * What the domain's own rule would answer; with tools a text, or `{ content, tool_calls }`. Asked only when the offline
   * provider answers in a model's place.
   */
  readonly offline?: () => unknown;
  /** As of an {@linkcode HttpRequest}; an answer that is invalid or empty is such a failure too. */
  readonly tolerant?: boolean;
}

/** A model's answer, checked. */
export interface ChatAnswer<T> {
  /** The answer as the schema reads it; without a schema its text. */
  readonly value: T;
  /** The answer as it came; may be empty when tools are to be called. */
  readonly text: string;
  /** The tools that the model wants called, in its order; empty: none. */
  readonly tool_calls: readonly ToolCall[];
  /** Name of the provider. */
  readonly provider: string;
  /** Name of the model. */
  readonly model: string;
  /** How often it was asked. */
  readonly attempts: number;
}

/** The door to models. Calls are budgeted, recorded and never paid twice; keys stay with the host. */
export interface LLM {
  /**
   * Asks a model. An answer that does not fit the schema is told what is wrong with it and asked for again, up to
   * `max_retries` times.
   *
   * @throws {ModelError} when no answer could be had; then the component's `on_failure` says what follows
   * @throws {SimError} `no_llm` when the scenario has no model for this role, `bad_call` when nothing could be asked so
   */
  chat<T = string>(request: ChatRequest<T>): Promise<ChatAnswer<T>>;
  /** Whether the offline provider, which is no language model, answers in this role. */
  isOffline(role?: string): boolean;
  /** What the scenario wants done in this role when no good answer could be had. */
  onFailure(role?: string): OnFailure;
}

/** A request to a service outside. */
export interface HttpRequest {
  /** Default `GET`, with a body `POST`. */
  readonly method?: string;
  /** Absolute; its origin must be in the host's `http_allow`. */
  readonly url: string;
  /** Sent and never recorded. */
  readonly headers?: { readonly [name: string]: string };
  /** Text, or JSON when it is not a text. */
  readonly body?: unknown;
  /** As of a {@linkcode ChatRequest}. Default `http`. */
  readonly purpose?: string;
  /** Seconds that it may take, at most 600. Default: `timeout` of the role `agent`, else 60. */
  readonly timeout?: number;
  /**
   * Whether a failure says something of the one that is asked, as of an agent under test, and not of the simulation:
   * then the {@linkcode ModelError} is thrown all the same, but the question does not count as failed, and the run stays
   * valid as long as the decision is made nevertheless. Default: false.
   */
  readonly tolerant?: boolean;
}

/** What the service said. */
export interface HttpResponse {
  /** HTTP status. */
  readonly status: number;
  /** The body as text, at most 1 MiB. */
  readonly body: string;
}

/** The door to services outside: agents under test. */
export interface Http {
  /**
   * Asks a service, once. Whatever its status, a response is one: also 500.
   * @throws {ModelError} when no response could be had: `timeout`; `reply_too_large`; `http_error` when there is no
   *   connection, or it was broken off
   * @throws {SimError} `http_not_allowed` when the host forbids the origin; `bad_call`, `bad_http_request` when it is no
   *   request that could be sent
   */
  request(request: HttpRequest): Promise<HttpResponse>;
}

/** That no answer, or none that fits, could be had from a model. */
export class ModelError extends SimError {}
