/** The provider that is no language model: it answers by the domain's own rule, or by the schema alone. */

import { type CallResponse, type Json, type JsonObject, rng } from "../../framework/mod.ts";
import { answerFromSchema } from "./schema_answer.ts";
import { readToolCalls } from "./tools.ts";
import type { GatewayCall } from "./types.ts";

/** What texts say that nobody wrote. */
export const OFFLINE_TEXT = "offline: made up by rule, not by a language model";

/** The part of a call that its answer follows from. */
type Asked = Pick<GatewayCall, "offline" | "schema" | "tools" | "key">;

/**
 * Answers `call` without any model: with `call.offline`, else with what fits the schema, else with a sentence that says
 * so. The same call has the same answer; other keys have others. No tools are called but those that `call.offline` calls.
 */
export function answerOffline(call: Asked): CallResponse {
  return (call.tools && spokenWithTools(call.offline)) ?? { content: contentOf(call), finish_reason: "stop" };
}

/** What a rule says that may call tools; undefined: it gives a text, or nothing. */
function spokenWithTools(offline: Json | undefined): CallResponse | undefined {
  if (typeof offline !== "object" || offline === null || Array.isArray(offline)) return undefined;
  const { content: said, tool_calls: written } = offline as JsonObject;
  const tool_calls = readToolCalls(written);
  if ("problem" in tool_calls) return undefined;
  const content = typeof said === "string" ? said : "";
  return {
    content,
    ...(tool_calls.length === 0 ? { finish_reason: "stop" } : { finish_reason: "tool_calls", tool_calls }),
  };
}

function contentOf({ offline, schema, key }: Asked): string {
  // Where any text will do, a text is the answer as it stands.
  if (offline !== undefined) return schema === null && typeof offline === "string" ? offline : JSON.stringify(offline);
  if (schema === null) return OFFLINE_TEXT;
  return JSON.stringify(answerFromSchema(schema, rng(0, key, "offline", 0), OFFLINE_TEXT));
}
