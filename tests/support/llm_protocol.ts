/** The wire format that OpenAI's API and the servers modelled on it speak, as far as the test server needs it. */

import type { Json, JsonObject } from "../../framework/mod.ts";

/** Body of `POST /v1/chat/completions`; other parameters are kept in it as they came. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
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
  readonly finish_reason: string;
  readonly usage: WireUsage;
}

/** Tokens of a text: a quarter of its UTF-8 bytes, rounded up. The real share differs by model; this one is exact. */
export function countTokens(text: string): number {
  return Math.ceil(byteLength(text) / 4);
}

/** Tokens of a prompt: those of its texts and its schema, and four for each message. */
export function countPromptTokens(body: ChatBody): number {
  const schema = body.response_format?.json_schema?.schema;
  const texts = body.messages.reduce((sum, { content }) => sum + countTokens(content) + 4, 0);
  return texts + (schema === undefined ? 0 : countTokens(JSON.stringify(schema)));
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
  const { id, model, content, refusal, finish_reason, usage } = completion;
  const message: JsonObject = { role: "assistant", content, ...(refusal !== null && { refusal }) };
  return {
    id,
    object: "chat.completion",
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage: { ...usage },
  };
}

/** An answer in pieces, each an event of a server-sent stream. `size`: characters in a piece. */
export function completionEvents(completion: Completion, withUsage: boolean, size = 24): string[] {
  const { id, model, content, refusal, finish_reason, usage } = completion;
  const chunk = (choices: Json, rest: JsonObject = {}) =>
    event(JSON.stringify({ id, object: "chat.completion.chunk", created: 1_700_000_000, model, choices, ...rest }));
  const delta = (delta: JsonObject, reason: string | null = null) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: reason }]);
  const said = content ?? "";
  const events = [delta({ role: "assistant", content: content === null ? null : "" })];
  for (let at = 0; at < said.length; at += size) events.push(delta({ content: said.slice(at, at + size) }));
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
