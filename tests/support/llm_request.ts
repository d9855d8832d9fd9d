/** Requests as the test server reads them, and the answers that it makes up for them. */

import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../../framework/mod.ts";
import { rng } from "../../framework/rng.ts";
import { answerFromSchema } from "../../runner/gateway/schema_answer.ts";
import { type ChatBody, schemaInTexts } from "./llm_protocol.ts";

/** What the server's free texts say. */
export const TEST_SERVER_TEXT = "test server: made up by rule, not by a language model";

/** A request of a completion. */
export interface LLMRequest {
  /** Ordinal of its arrival, from 0. */
  readonly index: number;
  /** By which it is counted. */
  readonly key: string;
  /** How many of the same key came before. */
  readonly nth: number;
  /** The model that is asked. */
  readonly model: string;
  /** The conversation. */
  readonly messages: ChatBody["messages"];
  /** Of `response_format`, else in the words of the prompt, else null; with tools null. */
  readonly schema: JsonObject | null;
  /** Type of `response_format`. */
  readonly mode: "json_schema" | "json_object" | "text";
  /** All that was sent. */
  readonly body: ChatBody;
}

/** A request that has not been counted yet. */
export type UncountedRequest = Omit<LLMRequest, "key" | "nth">;

/** The body of a request, or null when it is none of the protocol. */
export function bodyOf(text: string): ChatBody | null {
  try {
    const body = JSON.parse(text);
    return typeof body?.model === "string" && Array.isArray(body.messages) ? body : null;
  } catch {
    return null;
  }
}

/** The request with this body. */
export function requestOf(body: ChatBody, index: number): UncountedRequest {
  const { model, messages, response_format: format } = body;
  const schema = format?.json_schema?.schema ??
    (body.tools ? null : schemaInTexts(messages.map(({ content }) => content)));
  const mode = format?.type === "json_schema" || format?.type === "json_object" ? format.type : "text";
  return { index, model, messages, schema, mode, body };
}

/** SHA-256 of model, messages, response format and tools. */
export function keyOfRequest({ body: { model, messages, response_format, tools } }: UncountedRequest): string {
  const asked = [model, messages, response_format ?? null, ...(tools ? [tools] : [])];
  return createHash("sha256").update(JSON.stringify(asked)).digest("hex");
}

/** An answer that fits the schema, and is the same for the same model, messages and schema. */
export function madeUpAnswer({ model, messages, schema, mode }: LLMRequest): Json {
  const random = rng(1, JSON.stringify([model, messages, schema]), "", 0);
  if (schema !== null) return answerFromSchema(schema, random, TEST_SERVER_TEXT);
  return mode === "text" ? TEST_SERVER_TEXT : { answer: TEST_SERVER_TEXT };
}
