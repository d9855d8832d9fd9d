/** What the test server may do with a request, and how that looks on the wire. */

import type { Json, JsonObject } from "../../framework/mod.ts";
import {
  type ChatBody,
  type Completion,
  completionBody,
  completionEvents,
  countPromptTokens,
  countTokens,
  countToolTokens,
  errorBody,
  event,
} from "./llm_protocol.ts";
import { rng } from "../../framework/rng.ts";
import { answerFromSchema } from "../../runner/gateway/schema_answer.ts";
import type { WireToolCall } from "../../runner/gateway/tools.ts";
import { TEST_SERVER_TEXT } from "./llm_request.ts";
import { sleep, type Wire } from "./llm_wire.ts";

/** A behaviour by its name alone. */
export type BehaviourName = BehaviourDetails["do"];

/** All names. */
export const BEHAVIOUR_NAMES = Object.keys(
  {
    answer: 0,
    error: 0,
    rate_limit: 0,
    insufficient_quota: 0,
    hang: 0,
    truncated_json: 0,
    truncated_answer: 0,
    huge: 0,
    not_json: 0,
    no_choices: 0,
    wrong_shape: 0,
    empty: 0,
    content_filter: 0,
    refusal: 0,
    drip: 0,
    disconnect: 0,
    reset: 0,
    schema_refused: 0,
    temperature_refused: 0,
    max_tokens_refused: 0,
    control_characters: 0,
    prose: 0,
    fences: 0,
    think: 0,
    call_tool: 0,
  } satisfies Record<BehaviourName, 0>,
);

/** What is done with a request: a name, or a name with its details. `latency`: ms before it is done. */
export type Behaviour = BehaviourName | (BehaviourDetails & { readonly latency?: number });

/** What can be done. All but those that say otherwise have status 200. */
export type BehaviourDetails =
  /** Answers well; `content` in place of the answer that the server would give. */
  | { readonly do: "answer"; readonly content?: string | object }
  /** An HTTP error. Default: 500, with the usual words of the status. */
  | {
    readonly do: "error";
    readonly status?: number;
    readonly message?: string;
    readonly code?: string;
    readonly headers?: { readonly [name: string]: string };
  }
  /** 429: `retry_after` in seconds or as a date, `retry_after_ms` in ms, or no word of when. */
  | { readonly do: "rate_limit"; readonly retry_after?: number | Date; readonly retry_after_ms?: number }
  /** 429 with the code `insufficient_quota`. */
  | { readonly do: "insufficient_quota" }
  /** Nothing comes until the client leaves or the server stops. */
  | { readonly do: "hang" }
  /** A body that ends in the middle of its JSON, or of its events. */
  | { readonly do: "truncated_json" }
  /** The model's answer ends in the middle, with `finish_reason: length`. */
  | { readonly do: "truncated_answer" }
  /** A well-formed reply of so many bytes, default 10 MB, sent piece by piece. */
  | { readonly do: "huge"; readonly bytes?: number }
  /** A page of HTML. */
  | { readonly do: "not_json" }
  /** JSON with no `choices`. */
  | { readonly do: "no_choices" }
  /** The model's answer is JSON that misses the schema. */
  | { readonly do: "wrong_shape" }
  /** The model says nothing. */
  | { readonly do: "empty" }
  /** The model says nothing, `finish_reason: content_filter`. */
  | { readonly do: "content_filter" }
  /** The model refuses, in the field for refusals. */
  | { readonly do: "refusal" }
  /** The reply trickles: a piece of it every `every` ms, default 50. */
  | { readonly do: "drip"; readonly every?: number }
  /** The connection is broken off in the middle of the body. */
  | { readonly do: "disconnect" }
  /** The connection is broken off before any reply. */
  | { readonly do: "reset" }
  /** 400 to a `response_format` of these types, default `json_schema`; else an answer. */
  | { readonly do: "schema_refused"; readonly types?: readonly ("json_schema" | "json_object")[] }
  /** 400 to any `temperature`; else an answer. */
  | { readonly do: "temperature_refused" }
  /** 400 to `max_tokens`, asking for `max_completion_tokens`; else an answer. */
  | { readonly do: "max_tokens_refused" }
  /** Raw control characters in the model's answer, around it and in its free texts. */
  | { readonly do: "control_characters" }
  /** Words before and after the model's answer. */
  | { readonly do: "prose" }
  /** The model's answer in a Markdown fence. */
  | { readonly do: "fences" }
  /** Thoughts before the model's answer; the tag that opens or closes them may be missing. Default: `think`, both there. */
  | { readonly do: "think"; readonly tag?: "think" | "thinking"; readonly open?: boolean; readonly close?: boolean }
  /**
   * The model wants tools called and says `content`, by default nothing. Default: the first tool of the request, with
   * arguments that fit it; where the request offers none, an answer.
   */
  | { readonly do: "call_tool"; readonly calls?: readonly ScriptedToolCall[]; readonly content?: string };

/** That a tool is to be called. */
export interface ScriptedToolCall {
  readonly name: string;
  /** A text is sent as it is. */
  readonly arguments: string | JsonObject;
  /** Default: made up from the request's ordinal and the call's position. */
  readonly id?: string;
}

/** A request, as far as behaviours look into it. */
export interface Asked {
  /** Ordinal of its arrival. */
  readonly index: number;
  /** Its body. */
  readonly body: ChatBody;
  /** What a well-behaved model answers. */
  readonly answer: () => Promise<Json>;
  /** Aborted when the client leaves or the server stops. */
  readonly signal: AbortSignal;
}

/** A reply, and the completion that it delivers; null when it delivers none, or not as the protocol has it. */
export interface Reply {
  /** For {@linkcode send}. */
  readonly wire: Wire;
  /** What was said and what it took. */
  readonly completion: Completion | null;
}

/** The details of a behaviour that may be given by name. */
export function detailsOf(behaviour: Behaviour): BehaviourDetails & { readonly latency?: number } {
  return typeof behaviour === "string" ? { do: behaviour } : behaviour;
}

/** What `details` makes of a request. */
export async function replyTo(asked: Asked, details: BehaviourDetails): Promise<Reply> {
  return await failureOf(asked, details) ?? delivered(details, asked, await completionOf(details, asked));
}

/** An error in OpenAI's form. */
export function errorReply(status: number, body: JsonObject, headers: Wire["headers"] = {}): Reply {
  return unusable({ status, headers, type: "application/json", pieces: [JSON.stringify(body)] });
}

/** The reply, when it is one without a completion. */
async function failureOf(asked: Asked, details: BehaviourDetails): Promise<Reply | null> {
  switch (details.do) {
    case "error": {
      const { status = 500, message = STATUS_WORDS[status] ?? "The server failed.", code = null } = details;
      const type = status < 500 ? "invalid_request_error" : "server_error";
      return errorReply(status, errorBody(message, type, code), details.headers);
    }
    case "rate_limit":
      return errorReply(429, errorBody("Rate limit reached.", "requests", "rate_limit_exceeded"), waits(details));
    case "insufficient_quota":
      return errorReply(429, errorBody("You exceeded your quota.", "insufficient_quota", "insufficient_quota"));
    case "hang":
      await sleep(Infinity, asked.signal);
      return errorReply(503, errorBody("The server is going down.", "server_error"));
    case "reset":
      return unusable({ status: 200, type: "text/plain", pieces: [], broken: "before" });
    case "not_json":
      return unusable({ status: 200, type: "text/html", pieces: ["<!doctype html><title>502</title>Bad gateway"] });
    case "no_choices": {
      const body = { object: "chat.completion", model: asked.body.model };
      return unusable({ status: 200, type: "application/json", pieces: [JSON.stringify(body)] });
    }
    case "huge":
      return unusable(huge(asked, details.bytes ?? 10_000_000));
    default:
      return refusalOf(asked.body, details);
  }
}

function waits({ retry_after, retry_after_ms }: BehaviourDetails & { do: "rate_limit" }): Record<string, string> {
  const headers: Record<string, string> = {};
  if (typeof retry_after === "number") headers["retry-after"] = String(retry_after);
  else if (retry_after !== undefined) headers["retry-after"] = retry_after.toUTCString();
  if (retry_after_ms !== undefined) headers["retry-after-ms"] = String(retry_after_ms);
  return headers;
}

/** The refusal of a parameter, when the request has it. */
function refusalOf({ response_format, temperature, max_tokens }: ChatBody, details: BehaviourDetails): Reply | null {
  switch (details.do) {
    case "schema_refused": {
      const type = response_format?.type ?? "text";
      if (!(details.types ?? ["json_schema"]).some((refused) => refused === type)) return null;
      return refused(`Invalid parameter: 'response_format' of type '${type}' is not supported.`, "response_format");
    }
    case "temperature_refused":
      if (temperature === undefined) return null;
      return refused(
        `Unsupported value: 'temperature' does not support ${temperature} with this model.`,
        "temperature",
      );
    case "max_tokens_refused":
      if (max_tokens === undefined) return null;
      return refused("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens");
    default:
      return null;
  }
}

function refused(message: string, param: string): Reply {
  return errorReply(400, errorBody(message, "invalid_request_error", "unsupported_parameter", param));
}

const STATUS_WORDS: { readonly [status: number]: string } = {
  400: "The request is not valid.",
  401: "The API key is not valid.",
  403: "You are not allowed to use this.",
  413: "The request is too large.",
  422: "The request cannot be processed.",
  500: "The server had an error while processing your request.",
  502: "Bad gateway.",
  503: "The engine is currently overloaded.",
  504: "The gateway timed out.",
  529: "Overloaded.",
};

async function completionOf(details: BehaviourDetails, asked: Asked): Promise<Completion> {
  const { index, body, answer } = asked;
  const tool_calls = details.do === "call_tool" ? toolCalls(details.calls ?? [firstTool(body)], index) : [];
  const value = details.do === "answer" && details.content !== undefined ? details.content as Json : await answer();
  const said = tool_calls.length === 0 ? spoken(details, value) : toolsCalled(details);
  const limit = body.max_completion_tokens ?? body.max_tokens ?? Infinity;
  const content = said.content === null ? null : cutTo(said.content, limit);
  const prompt_tokens = countPromptTokens(body);
  const completion_tokens = countTokens(content ?? said.refusal ?? "") + countToolTokens(tool_calls);
  return {
    id: `chatcmpl-${index}`,
    model: body.model,
    content,
    refusal: said.refusal ?? null,
    ...(tool_calls.length > 0 && { tool_calls }),
    finish_reason: said.finish_reason ?? (content === said.content ? "stop" : "length"),
    usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
  };
}

/** The tool that is called when nobody says which, with the same arguments for the same request. */
function firstTool({ tools = [], messages }: ChatBody): ScriptedToolCall | undefined {
  const [tool] = tools;
  if (tool === undefined) return undefined;
  const { name, parameters } = tool.function;
  const random = rng(1, JSON.stringify([name, messages]), "", 0);
  return { name, arguments: JSON.stringify(answerFromSchema(parameters, random, TEST_SERVER_TEXT)) };
}

function toolCalls(calls: readonly (ScriptedToolCall | undefined)[], index: number): WireToolCall[] {
  return calls.filter((call) => call !== undefined).map(({ name, arguments: written, id }, i) => ({
    id: id ?? `call_${index}_${i}`,
    type: "function",
    function: { name, arguments: typeof written === "string" ? written : JSON.stringify(written) },
  }));
}

function toolsCalled(details: BehaviourDetails): Said {
  const content = details.do === "call_tool" && details.content !== undefined ? details.content : null;
  return { content, finish_reason: "tool_calls" };
}

interface Said {
  readonly content: string | null;
  readonly refusal?: string;
  readonly finish_reason?: string;
}

function spoken(details: BehaviourDetails, value: Json): Said {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  switch (details.do) {
    case "truncated_answer":
      return { content: text.slice(0, Math.ceil(text.length / 2)), finish_reason: "length" };
    case "wrong_shape":
      return { content: JSON.stringify(misshapen(value)) };
    case "empty":
      return { content: "" };
    case "content_filter":
      return { content: "", finish_reason: "content_filter" };
    case "refusal":
      return { content: null, refusal: "I'm sorry, but I can't help with that." };
    case "control_characters":
      // Between words only: names and choices of a schema stay as they are.
      return { content: `\u0000${text.replace(/(?<=[A-Za-z,.]) (?=[A-Za-z])/g, " \u0007\u001b[31m\n\t")}\u0007` };
    case "prose":
      return { content: `Sure! Here is what you asked for:\n\n${text}\n\nIs there anything else you'd like to know?` };
    case "fences":
      return { content: `\`\`\`json\n${text}\n\`\`\`` };
    case "think": {
      const { tag = "think", open = true, close = true } = details;
      const thought = 'They want JSON, something like {"a": 1}. Let me weigh this.';
      return { content: `${open ? `<${tag}>\n` : ""}${thought}\n${close ? `</${tag}>\n\n` : ""}${text}` };
    }
    default:
      return { content: text };
  }
}

/** Every member of an object becomes a list in a list, which schemas of scalars and objects refuse. */
function misshapen(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { unexpected: [[true]] };
  return Object.fromEntries(Object.keys(value).map((name) => [name, [[true]]]));
}

/** As much of a text as so many tokens hold. */
function cutTo(text: string, tokens: number): string {
  if (countTokens(text) <= tokens) return text;
  const bytes = new TextEncoder().encode(text).subarray(0, tokens * 4);
  return new TextDecoder().decode(bytes).replace(/\ufffd+$/, "");
}

function delivered(details: BehaviourDetails, { body }: Asked, completion: Completion): Reply {
  const pieces = body.stream
    ? completionEvents(completion, body.stream_options?.include_usage === true)
    : [JSON.stringify(completionBody(completion))];
  const wire = { status: 200, type: body.stream ? "text/event-stream" : "application/json" };
  const whole = () => pieces.join("");
  const half = () => [whole().slice(0, Math.ceil(whole().length / 2))];
  switch (details.do) {
    case "truncated_json":
      return unusable({ ...wire, pieces: half() });
    case "disconnect":
      return unusable({ ...wire, pieces: half(), broken: "after" });
    case "drip": {
      const slow = body.stream ? pieces : whole().match(/[\s\S]{1,32}/g)!;
      return { wire: { ...wire, pieces: slow, every: details.every ?? 50 }, completion };
    }
    default:
      return { wire: { ...wire, pieces }, completion };
  }
}

/** A completion whose text is so long that the body has `bytes` bytes or somewhat more. */
function huge({ index, body: { model, stream } }: Asked, bytes: number): Wire {
  const filler = "x".repeat(65_536);
  const completion: Completion = {
    id: `chatcmpl-${index}`,
    model,
    content: stream ? filler : "@",
    refusal: null,
    finish_reason: "stop",
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
  // One string many times over: ten megabytes of it take none.
  const repeated = (piece: string) => Array<string>(Math.ceil(bytes / filler.length)).fill(piece);
  if (stream) {
    const [, chunk] = completionEvents(completion, false, filler.length);
    return { status: 200, type: "text/event-stream", pieces: [...repeated(chunk!), event("[DONE]")] };
  }
  const [head, tail] = JSON.stringify(completionBody(completion)).split('"@"') as [string, string];
  return { status: 200, type: "application/json", pieces: [`${head}"`, ...repeated(filler), `"${tail}`] };
}

function unusable(wire: Wire): Reply {
  return { wire, completion: null };
}
