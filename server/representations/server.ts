/** What the server says of itself, and its keys. */

import { z } from "zod";
import { SCOPES } from "../context.ts";

const amount = z.number().min(0);
const limit = amount.nullable();

/** A key, without its secret. */
export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  source: z.enum(["made", "configured", "file"]).meta({
    description: "`made`: with `keys create` or here; `configured`: in llm-sim.yaml; `file`: in LLM_SIM_KEY_FILE",
  }),
  created_at: z.string().nullable(),
  revoked_at: z.string().nullable().meta({ description: "null: it is good" }),
}).meta({ id: "Key" });

/** A key that was made a moment ago. */
export const newKeySchema = z.object({
  key: z.string().meta({ description: "the key itself, told only now" }),
  kept: keySchema,
}).meta({ id: "NewKey" });

/** What the server says of itself. */
export const serverFactsSchema = z.object({
  version: z.string(),
  deno: z.string(),
  started_at: z.string(),
  needs_key: z.boolean(),
  limits: z.object({
    requests_per_minute: limit.meta({ description: "of one key or address; null: no limit" }),
    max_cost_usd: limit.meta({ description: "that all runs together may cost, since the server was started" }),
    max_tokens: limit,
    spent_usd: amount,
    spent_tokens: amount,
    keep_days: limit.meta({ description: "runs that are older are removed; null: none are" }),
    keep_last: limit.meta({ description: "runs that are kept at most; null: all are" }),
  }),
  storage: z.object({
    folder: z.string(),
    files: amount,
    bytes: amount,
    disk: z.object({ free: amount, total: amount }).nullable(),
    counted_at: z.string(),
  }).nullable().meta({ description: "of the output folder; null: who asks may not admin" }),
}).meta({ id: "ServerFacts" });
