/** The provider that is no language model: it answers by the domain's own rule, or by the schema alone. */

import { type CallResponse, rng } from "../../framework/mod.ts";
import { answerFromSchema } from "./schema_answer.ts";
import type { GatewayCall } from "./types.ts";

/** What texts say that nobody wrote. */
export const OFFLINE_TEXT = "offline: made up by rule, not by a language model";

/**
 * Answers `call` without any model: with `call.offline`, else with what fits the schema, else with a sentence that says
 * so. The same call has the same answer; other keys have others.
 */
export function answerOffline({ offline, schema, key }: Pick<GatewayCall, "offline" | "schema" | "key">): CallResponse {
  return { content: contentOf({ offline, schema, key }), finish_reason: "stop" };
}

function contentOf({ offline, schema, key }: Pick<GatewayCall, "schema" | "key"> & { offline: unknown }): string {
  // Where any text will do, a text is the answer as it stands.
  if (offline !== undefined) return schema === null && typeof offline === "string" ? offline : JSON.stringify(offline);
  if (schema === null) return OFFLINE_TEXT;
  return JSON.stringify(answerFromSchema(schema, rng(0, key, "offline", 0), OFFLINE_TEXT));
}
