/** What a provider's replies mean: an answer, or what is wrong and with what. */

import { Buffer } from "node:buffer";
import type { ToolCall, Usage } from "../../framework/mod.ts";
import type { Refused } from "./answer_mode.ts";
import { bytesOfCall, type ChatBody } from "./request.ts";
import { readToolCalls } from "./tools.ts";

/** What a model said. */
export interface ModelReply {
  readonly kind: "reply";
  /** Its text; empty: it said nothing. */
  readonly content: string;
  /** The tools that it wants called; empty where none were offered. */
  readonly tool_calls: readonly ToolCall[];
  /** Why it ended; null: the provider does not say. */
  readonly finish_reason: string | null;
  /** With what words the model refused; null: it did not. */
  readonly refusal: string | null;
  /** Null: the provider does not say. */
  readonly usage: Usage | null;
}

/** Why a try has failed. */
export type FaultKind =
  | "unauthorized"
  | "unknown_model"
  | "quota_spent"
  | "rate_limited"
  | "unreachable"
  | "server_error"
  | "timeout"
  | "bad_request"
  | "reply_too_large"
  | "bad_response"
  | "cancelled";

/** A try that has failed. */
export interface Fault {
  readonly kind: "fault";
  /** What is wrong. */
  readonly fault: FaultKind;
  /** For people, at most 500 characters and what stands before them; holds no secret and no control characters. */
  readonly text: string;
  /** How long the provider wants to be left alone, ms; null: it does not say. */
  readonly retry_after_ms: number | null;
  /** Of a `bad_request`: what of it the provider does not take; null: it is about something else. */
  readonly refused: Refused | null;
}

/** What has come of one try. */
export type TryOutcome = ModelReply | Fault;

/** What of a reply's head is looked at. */
export interface ReplyHead {
  /** Of HTTP. */
  readonly status: number;
  readonly headers: Pick<Headers, "get">;
}

/** Longest words of a provider that are passed on. */
const LONGEST_WORDS = 500;

/** How much of a provider's words is looked at to see what they are about. */
const LONGEST_LOOK = 4000;

/** A fault that is told by no reply. */
export function fault(fault: FaultKind, text: string): Fault {
  return { kind: "fault", fault, text, retry_after_ms: null, refused: null };
}

/** What a whole reply means. `body` is what was asked; `key` is nowhere in what is returned. */
export function readReply(head: ReplyHead, text: string, body: ChatBody, key: string | null): TryOutcome {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (head.status >= 200 && head.status < 300) return readCompletion(head, json, text, body, key);
  return readFault(head, json, text, body, key);
}

/** What a reply with a good status means. */
export function readCompletion(
  head: ReplyHead,
  json: unknown,
  text: string,
  body: ChatBody,
  key: string | null,
): TryOutcome {
  if (!isRecord(json)) return fault("bad_response", `the reply is no JSON: ${shown(text, key)}`);
  const choice = Array.isArray(json.choices) ? json.choices[0] : undefined;
  if (!isRecord(choice) || !isRecord(choice.message)) {
    // Some pass on the fault of the server behind them in a reply that is well.
    const status = isRecord(json.error) ? Number(json.error.code) : NaN;
    if (status >= 400 && status < 600) return readFault({ status, headers: head.headers }, json, text, body, key);
    return fault("bad_response", `the reply has no choices: ${shown(messageOf(json) ?? text, key)}`);
  }
  const { message, finish_reason } = choice;
  const calls = body.tools === undefined ? [] : readToolCalls(message.tool_calls);
  if ("problem" in calls) return fault("bad_response", `the reply cannot be read: ${calls.problem}`);
  return {
    kind: "reply",
    content: hidden(contentOf(message.content), key),
    tool_calls: calls.map(({ id, name, arguments: written }) => ({
      id: hidden(id, key),
      name: hidden(name, key),
      arguments: hidden(written, key),
    })),
    finish_reason: typeof finish_reason === "string" ? shown(finish_reason, key) : null,
    refusal: typeof message.refusal === "string" && message.refusal !== "" ? shown(message.refusal, key) : null,
    usage: usageOf(json.usage),
  };
}

/** What a reply with a bad status means. `json`: its body, if it is JSON. */
export function readFault(
  { status, headers }: ReplyHead,
  json: unknown,
  text: string,
  body: ChatBody,
  key: string | null,
): Fault {
  const words = status < 400 ? redirection(headers) : messageOf(json) ?? text;
  const error = isRecord(json) && isRecord(json.error) ? json.error : {};
  const codes = [error.code, error.type].filter((code) => typeof code === "string");
  const kind = faultOf(status, codes, words.slice(0, LONGEST_LOOK));
  const told = shown(words, key);
  return {
    kind: "fault",
    fault: kind,
    text: `HTTP ${status}${told === "" ? "" : `: ${told}`}`,
    retry_after_ms: retryAfter(headers),
    refused: kind === "bad_request" && (status === 400 || status === 422)
      ? refusedBy(`${typeof error.param === "string" ? error.param : ""} ${words.slice(0, LONGEST_LOOK)}`, body)
      : null,
  };
}

function faultOf(status: number, codes: readonly string[], words: string): FaultKind {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404 || (status < 500 && codes.includes("model_not_found"))) return "unknown_model";
  if (status === 402 || (status === 429 && codes.includes("insufficient_quota"))) return "quota_spent";
  if (status === 429) return "rate_limited";
  if (status === 408) return "timeout";
  if ([502, 503, 504, 529].includes(status)) return "unreachable";
  if (status >= 500) return "server_error";
  // Some say so with status 400.
  if (/api[ _]key (is )?(not valid|invalid)|(invalid|incorrect) api[ _]key/i.test(words)) return "unauthorized";
  if (/not a valid model/i.test(words)) return "unknown_model";
  return "bad_request";
}

/** That a value is wrong, not that there is one. */
const ABOUT_A_VALUE =
  /too (large|long|small|high|low|many)|above|below|exceed|at (most|least)|(less|greater|more) than|between|maximum|minimum|out of range/i;

/** What of `body` the provider's words say it does not take. */
function refusedBy(words: string, body: ChatBody): Refused | null {
  if (body.response_format && /response.?format|json.?(schema|object|mode)|schema|grammar|structured/i.test(words)) {
    return "response_format";
  }
  if (ABOUT_A_VALUE.test(words)) return null;
  if (body.temperature !== undefined && /temperature/i.test(words)) return "temperature";
  const sent = body.max_tokens ?? body.max_completion_tokens;
  return sent !== undefined && /max_(completion_)?tokens/i.test(words) ? "length" : null;
}

/** Redirects are not followed: a key belongs to one place. */
function redirection(headers: Pick<Headers, "get">): string {
  return `it redirects to ${headers.get("location") ?? "another place"}; base_url must be where it leads`;
}

/** How long to wait, ms: `retry-after-ms`, else `retry-after` in seconds or as a date. */
export function retryAfter(headers: Pick<Headers, "get">): number | null {
  const ms = headers.get("retry-after-ms");
  if (ms !== null && isAmount(Number.parseFloat(ms))) return Number.parseFloat(ms);
  const given = headers.get("retry-after")?.trim();
  if (!given) return null;
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given) * 1000;
  const until = Date.parse(given);
  return Number.isNaN(until) ? null : Math.max(0, until - Date.now());
}

/** Why no reply came, in the words of the network. */
export function networkWords(error: unknown, key: string | null): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const words = inner instanceof Error ? inner.message : String(inner);
  // What stands before it names the URL, which may hold a password.
  return shown(words.replace(/^error sending request.*?: client error \(\w+\): /s, ""), key);
}

/** The provider's own words, as it put them in an error; null: they are not found. */
function messageOf(json: unknown): string | null {
  if (!isRecord(json)) return null;
  const error = json.error ?? json.message ?? json.detail;
  if (isRecord(error) && typeof error.message === "string") return error.message;
  if (typeof error === "string") return error;
  return error === undefined || error === null ? null : JSON.stringify(error);
}

/** Words as people may see them: without the key, without what could lead a terminal astray, not too many. */
function shown(words: string, key: string | null): string {
  // The key first: what is cut off must not leave a part of it.
  const harmless = key ? words.replaceAll(key, "***") : words;
  // deno-lint-ignore no-control-regex
  return harmless.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim().slice(0, LONGEST_WORDS);
}

/** Keys shorter than this are words like `none` or `ollama`, which an answer may well contain. */
const SHORTEST_SECRET = 12;

/** What a model said without the key, should a provider put it there. */
function hidden(content: string, key: string | null): string {
  return key !== null && key.length >= SHORTEST_SECRET ? content.replaceAll(key, "***") : content;
}

/** The text of an answer; some give it in parts. */
function contentOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => isRecord(part) && typeof part.text === "string" ? part.text : "").join("");
}

function usageOf(usage: unknown): Usage | null {
  if (!isRecord(usage)) return null;
  const { prompt_tokens, completion_tokens, total_tokens } = usage;
  if (!isAmount(prompt_tokens) || !isAmount(completion_tokens)) return null;
  // Some count what a model thinks in the total only.
  const rest = isAmount(total_tokens) ? total_tokens - prompt_tokens : 0;
  return { input_tokens: prompt_tokens, output_tokens: Math.max(completion_tokens, rest) };
}

/** Tokens of an answer whose provider does not count them: no token is shorter than a byte. */
export function countBytes({ content, tool_calls }: Pick<ModelReply, "content" | "tool_calls">): number {
  return tool_calls.reduce((sum, call) => sum + bytesOfCall(call), Buffer.byteLength(content));
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
