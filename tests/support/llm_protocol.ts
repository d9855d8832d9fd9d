/** The wire format that OpenAI's API and the servers modelled on it speak, as far as the test server needs it. */

import type { Json, JsonObject } from "../../framework/mod.ts";
import type { WireTool, WireToolCall } from "../../runner/gateway/tools.ts";

/** Body of `POST /v1/chat/completions`; other parameters are kept in it as they came. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly {
    readonly role: string;
    readonly content: string;
    readonly tool_calls?: readonly WireToolCall[];
    readonly tool_call_id?: string;
  }[];
  readonly tools?: readonly WireTool[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly name?: string; readonly schema?: JsonObject; readonly strict?: boolean };
  };
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly [parameter: string]: unknown;
}

/** Tokens of one completion. */
export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** What a model said, before it is wrapped for the wire. */
export interface Completion {
  readonly id: string;
  readonly model: string;
  /** Null with a refusal. */
  readonly content: string | null;
  readonly refusal: string | null;
  /** Absent: no tool is called. */
  readonly tool_calls?: readonly WireToolCall[];
  readonly finish_reason: string;
  readonly usage: WireUsage;
}

/** Tokens of a text: a quarter of its UTF-8 bytes, rounded up. The real share differs by model; this one is exact. */
export function countTokens(text: string): number {
  return Math.ceil(byteLength(text) / 4);
}

/** Tokens of a prompt: those of its texts, its schema, its tools and calls of tools, and four for each message. */
export function countPromptTokens(body: ChatBody): number {
  const schema = body.response_format?.json_schema?.schema;
  const texts = body.messages.reduce(
    (sum, { content, tool_calls }) => sum + countTokens(content) + countToolTokens(tool_calls) + 4,
    0,
  );
  const tools = body.tools === undefined ? 0 : countTokens(JSON.stringify(body.tools));
  return texts + tools + (schema === undefined ? 0 : countTokens(JSON.stringify(schema)));
}

/** Tokens of calls of tools: those of their names and arguments. */
export function countToolTokens(calls: readonly WireToolCall[] = []): number {
  return calls.reduce((sum, { function: called }) => sum + countTokens(called.name + called.arguments), 0);
}

/** `{"error": {…}}` as OpenAI has it. */
export function errorBody(
  message: string,
  type: string,
  code: string | null = null,
  param: string | null = null,
): JsonObject {
  return { error: { message, type, param, code } };
}

/** A whole answer. */
export function completionBody(completion: Completion): JsonObject {
  const { id, model, content, refusal, tool_calls, finish_reason, usage } = completion;
  const message: JsonObject = {
    role: "assistant",
    content,
    ...(refusal !== null && { refusal }),
    ...(tool_calls && { tool_calls: tool_calls.map(asJson) }),
  };
  return {
    id,
    object: "chat.completion",
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage: { ...usage },
  };
}

function asJson({ id, type, function: called }: WireToolCall): JsonObject {
  return { id, type, function: { ...called } };
}

/** An answer in pieces, each an event of a server-sent stream. `size`: characters in a piece. */
export function completionEvents(completion: Completion, withUsage: boolean, size = 24): string[] {
  const { id, model, content, refusal, tool_calls = [], finish_reason, usage } = completion;
  const chunk = (choices: Json, rest: JsonObject = {}) =>
    event(JSON.stringify({ id, object: "chat.completion.chunk", created: 1_700_000_000, model, choices, ...rest }));
  const delta = (delta: JsonObject, reason: string | null = null) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: reason }]);
  const said = content ?? "";
  const events = [delta({ role: "assistant", content: content === null ? null : "" })];
  for (let at = 0; at < said.length; at += size) events.push(delta({ content: said.slice(at, at + size) }));
  for (const [index, call] of tool_calls.entries()) events.push(delta({ tool_calls: [{ index, ...asJson(call) }] }));
  if (refusal !== null) events.push(delta({ refusal }));
  events.push(delta({}, finish_reason));
  if (withUsage) events.push(chunk([], { usage: { ...usage } }));
  events.push(event("[DONE]"));
  return events;
}

/** One event of a server-sent stream. */
export function event(data: string): string {
  return `data: ${data}\n\n`;
}

/** The JSON Schema that a prompt holds in words, as it does for servers that take none; null when there is none. */
export function schemaInTexts(texts: readonly string[]): JsonObject | null {
  for (const text of texts) {
    for (const { index } of [...text.matchAll(/\{\s*"/g)].slice(0, 100)) {
      const schema = objectAt(text, index);
      if (schema === null) continue;
      const { type, properties, anyOf, oneOf } = schema;
      const isObject = type === "object" && typeof properties === "object";
      if (isObject || Array.isArray(anyOf) || Array.isArray(oneOf)) return schema;
    }
  }
  return null;
}

/** The JSON object that begins at `start`, or null. */
function objectAt(text: string, start: number): JsonObject | null {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character === "\\") i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) {
      try {
        return JSON.parse(text.slice(start, i + 1));
      } catch {
        return null;
      }
    }
  }
  return null;
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  // Most texts are ASCII by far; `encode` makes an array only to be measured.
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return encoder.encode(text).length;
  return text.length;
}
