/** What JSON is made of, as the API describes it. */

import { z } from "zod";
import type { Json, JsonObject } from "../../framework/mod.ts";

/**
 * Any JSON. The description of the API says no more than that: what is in it follows from the domain.
 */
export const anyJson: z.ZodType<Json> = z.json().meta({
  id: "Json",
  type: ["object", "array", "string", "number", "boolean", "null"],
  description: "any JSON",
}) as never;

/** A JSON object. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), anyJson) as never;

/** A time. */
export const time: z.ZodString = z.string().meta({
  description: "ISO-8601, UTC",
  examples: ["2026-01-01T12:00:00.000Z"],
});

/** A number from 0. */
export const count: z.ZodNumber = z.number().int().min(0);
