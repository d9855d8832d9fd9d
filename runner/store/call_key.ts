/** The key of a call: what was asked, whoever asked it, and when. */

import { type Call, canonicalJson, type ChatMessage, type Json, sha256, SimError } from "../../framework/mod.ts";

/**
 * SHA-256 over what an answer depends on, as canonical JSON: of a model's call the model, the messages, the whole JSON
 * Schema, the tools, temperature, longest answer, the rule's answer where one was handed over, and the sample; of an HTTP call
 * method, URL and body. The provider's name is not part of it, nor is the address.
 *
 * @param call a model's, with the temperature and the longest answer that are asked for, wherever they come from
 * @param model name of the model; of no account for HTTP
 * @param sample which of several answers to the same question
 */
export function callKey(call: Call, model: string, sample: number): string {
  if (call.kind === "http") {
    const { body, method, url } = call;
    return sha256(JSON.stringify({ body, kind: "http", method, url }));
  }
  // Members stand in the canonical order, so that most of it need not be sorted.
  const messages = JSON.stringify(call.messages.map(inOrder));
  const tools = call.tools?.map(({ name, description, parameters }) => ({ name, description, parameters }));
  return sha256(
    `{"kind":"llm","max_tokens":${call.max_tokens ?? null},"messages":${messages},"model":${JSON.stringify(model)},` +
      (call.offline === undefined ? "" : `"offline":${canonical(call.offline)},`) +
      `"sample":${sample},"schema":${schemaText(call.schema)},"temperature":${call.temperature ?? null}` +
      (tools === undefined ? "}" : `,"tools":${schemaText(tools)}}`),
  );
}

function inOrder({ content, role, tool_call_id, tool_calls }: ChatMessage): ChatMessage {
  return {
    content,
    role,
    ...(tool_call_id !== undefined && { tool_call_id }),
    ...(tool_calls &&
      { tool_calls: tool_calls.map((call) => ({ arguments: call.arguments, id: call.id, name: call.name })) }),
  };
}

/** Schemas whose canonical text is kept, and how long the longest of them is, characters. */
const KEPT_SCHEMAS = 64;
const LONGEST_KEPT = 16_384;
/** Canonical texts by text as it came, the one used last at the end. */
const kept = new Map<string, string>();

/** Few schemas, and lists of tools, are asked for again and again. */
function schemaText(schema: Json): string {
  const text = JSON.stringify(schema);
  const known = kept.get(text);
  const found = known ?? canonical(schema);
  if (text.length > LONGEST_KEPT) return found;
  kept.delete(text);
  kept.set(text, found);
  if (kept.size > KEPT_SCHEMAS) kept.delete(kept.keys().next().value!);
  return found;
}

/** A text that was cut in the middle of a character has no canonical form; its escaped form tells it apart as well. */
function canonical(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof SimError && error.code === "not_json") return JSON.stringify(value);
    throw error;
  }
}
