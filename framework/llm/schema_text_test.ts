import { z } from "zod";
import { assertEquals } from "../../tests/support/assert.ts";
import type { JsonObject } from "../json.ts";
import { schemaText } from "./schema_text.ts";

const text = (schema: z.ZodType) => schemaText(z.toJSONSchema(schema, { io: "input" }) as JsonObject);

Deno.test("schemaText: numbers have their range, and no bounds that zod alone cares about", () => {
  assertEquals(text(z.number()), "number");
  assertEquals(text(z.int()), "whole number");
  assertEquals(text(z.int().min(1)), "whole number at least 1");
  assertEquals(text(z.number().min(0).max(1)), "number from 0 to 1");
  assertEquals(text(z.number().gt(0).max(5)), "number above 0 and at most 5");
  assertEquals(text(z.number().lt(0)), "number below 0");
});

Deno.test("schemaText: texts, choices, lists and objects are told with what is in them", () => {
  assertEquals(text(z.string().max(80)), "text of at most 80 characters");
  assertEquals(text(z.string().min(2).max(3)), "text of 2 to 3 characters");
  assertEquals(text(z.boolean()), "true or false");
  assertEquals(text(z.enum(["a", "b"])), 'one of "a", "b"');
  assertEquals(text(z.literal("x")), '"x"');
  assertEquals(text(z.string().nullable()), "text or null");
  assertEquals(text(z.array(z.number()).max(3)), "list of at most 3 items of: number");
  assertEquals(text(z.tuple([z.number(), z.string()])), "list of exactly: number, text");
  assertEquals(text(z.strictObject({ a: z.int(), b: z.string() })), "object { a: whole number, b: text }");
  assertEquals(text(z.record(z.string(), z.number().min(0))), "object whose values are: number at least 0");
  assertEquals(text(z.unknown()), "value");
});

Deno.test("schemaText: default and meaning come last", () => {
  assertEquals(text(z.number().default(0.5).describe("share of output")), "number, default 0.5; share of output");
});
