/** What is sent to a model, and how much it may take at most. */

import { Buffer } from "node:buffer";
import type { ChatMessage, Json, JsonObject, ToolCall } from "../../framework/mod.ts";
import type { AnswerMode, Asking } from "./answer_mode.ts";
import { type WireMessage, wireMessage, type WireTool, wireTool } from "./tools.ts";
import type { GatewayCall } from "./types.ts";

/** Body of a request for a completion. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly WireMessage[];
  /** Tools that may be called; absent: none. */
  readonly tools?: readonly WireTool[];
  /** Absent: free text, or the shape is in the prompt. */
  readonly response_format?: ResponseFormat;
  readonly temperature?: number;
  /** Longest answer, tokens. */
  readonly max_tokens?: number;
  /** The same by its other name. */
  readonly max_completion_tokens?: number;
}

/** How the answer's shape is asked for. */
export type ResponseFormat =
  | { readonly type: "json_object" }
  | {
    readonly type: "json_schema";
    readonly json_schema: { readonly name: string; readonly strict: boolean; readonly schema: JsonObject };
  };

/** Longest answer, tokens, where a budget must bound it and nobody else does. */
export const BOUNDED_ANSWER = 2048;

/** Tokens by which a prompt is longer than its texts, per message. */
const TOKENS_PER_MESSAGE = 16;

/** Tokens of what providers tell a model of tools in general, before they name them. */
const TOKENS_FOR_TOOLS = 512;

/** Tokens that an answer of a length that nobody bounds is taken to have, for the limit per minute. */
const USUAL_ANSWER = 500;

/** What a call may take. */
export interface Bounds {
  /** Longest answer that is asked for, tokens; null: as the provider likes. */
  readonly max_tokens: number | null;
  /** Tokens that the prompt has at most. */
  readonly input: number;
  /** Tokens that prompt and answer will probably have. */
  readonly expected: number;
}

/**
 * Bounds of `call`. No token is shorter than a byte, so a prompt has no more tokens than its messages, its schema and its
 * tools have bytes, and what the protocol puts around each message and each tool.
 *
 * @param limited whether a budget must be able to rely on it
 */
export function boundsOf({ messages, schema, tools = [], max_tokens }: GatewayCall, limited: boolean): Bounds {
  let bytes = 0;
  let parts = messages.length;
  for (const { content, tool_calls = [], tool_call_id = "" } of messages) {
    bytes += Buffer.byteLength(content) + Buffer.byteLength(tool_call_id);
    for (const call of tool_calls) bytes += bytesOfCall(call);
    parts += tool_calls.length;
  }
  for (const tool of tools) bytes += Buffer.byteLength(JSON.stringify(wireTool(tool)));
  if (schema !== null) bytes += Buffer.byteLength(JSON.stringify(schema)) + INSTRUCTION.length;
  const longest = max_tokens ?? (limited ? BOUNDED_ANSWER : null);
  return {
    max_tokens: longest,
    input: bytes + TOKENS_PER_MESSAGE * (parts + tools.length + 1) + (tools.length === 0 ? 0 : TOKENS_FOR_TOOLS),
    expected: Math.ceil(bytes / 4) + (longest ?? USUAL_ANSWER),
  };
}

/** Bytes of what a model wrote to have a tool called. */
export function bytesOfCall({ id, name, arguments: written }: ToolCall): number {
  return Buffer.byteLength(id) + Buffer.byteLength(name) + Buffer.byteLength(written);
}

/** The body of `call`, for a model that is asked so. */
export function chatBody(
  { model, messages, schema, tools, temperature }: GatewayCall,
  asking: Asking,
  max_tokens: number | null,
): ChatBody {
  const mode = schema === null ? "prompt" : modeFor(schema, asking.mode);
  const format = schema === null ? null : formatOf(schema, mode);
  const said = schema === null || mode === "json_schema" ? messages : instructed(messages, schema);
  return {
    model,
    messages: said.map(wireMessage),
    ...(tools && { tools: tools.map(wireTool) }),
    ...(format !== null && { response_format: format }),
    ...(temperature !== null && asking.temperature && { temperature }),
    ...(max_tokens !== null && asking.length !== null && { [asking.length]: max_tokens }),
  };
}

/** A schema is sent when its root is an object, as providers want it; JSON mode is for objects of any kind. */
function modeFor(schema: JsonObject, mode: AnswerMode): AnswerMode {
  if (schema.type === "object" || mode === "prompt") return mode;
  const kinds = schema.anyOf ?? schema.oneOf;
  const objects = Array.isArray(kinds) && kinds.every((kind) => isObject(kind) && kind.type === "object");
  return objects ? "json_object" : "prompt";
}

function formatOf(schema: JsonObject, mode: AnswerMode): ResponseFormat | null {
  switch (mode) {
    case "json_schema":
      return { type: "json_schema", json_schema: { name: "answer", strict: isStrict(schema), schema } };
    case "json_object":
      return { type: "json_object" };
    case "prompt":
      return null;
  }
}

const INSTRUCTION = "Answer with JSON that fits this JSON Schema, and with nothing else:\n\n";

/** With the schema in words, as part of how the model is to behave. */
function instructed(messages: readonly ChatMessage[], schema: JsonObject): ChatMessage[] {
  const words = INSTRUCTION + JSON.stringify(schema);
  const [first, ...rest] = messages;
  return first?.role === "system"
    ? [{ role: "system", content: `${first.content}\n\n${words}` }, ...rest]
    : [{ role: "system", content: words }, ...messages];
}

/** Words of JSON Schema that strict mode does not know. */
const NOT_STRICT = ["oneOf", "allOf", "not", "if", "patternProperties", "propertyNames", "prefixItems", "default"];

/**
 * Whether a provider may be asked to keep to `schema` strictly: every object names all its properties as required and
 * forbids others, everything says of what type it is.
 */
export function isStrict(schema: Json | undefined): boolean {
  if (!isObject(schema) || NOT_STRICT.some((word) => word in schema)) return false;
  if (isObject(schema.$defs) && !Object.values(schema.$defs).every(isStrict)) return false;
  if (Array.isArray(schema.anyOf)) return schema.anyOf.every(isStrict);
  if (schema.type === "object") {
    if (schema.additionalProperties !== false || !isObject(schema.properties)) return false;
    const { properties, required } = schema;
    const names = Object.keys(properties);
    return Array.isArray(required) && names.every((name) => required.includes(name)) &&
      Object.values(properties).every(isStrict);
  }
  if (schema.type === "array") return isStrict(schema.items);
  return schema.type !== undefined || schema.enum !== undefined || schema.const !== undefined ||
    schema.$ref !== undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
