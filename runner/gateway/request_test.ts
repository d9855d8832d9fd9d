import { z } from "zod";
import type { ChatMessage, JsonObject } from "../../framework/mod.ts";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { countPromptTokens } from "../../tests/support/llm_server.ts";
import fc from "../../tests/support/properties.ts";
import { AnswerModes, type Asking } from "./answer_mode.ts";
import { SCHEMA } from "../../tests/support/gateway.ts";
import { boundsOf, chatBody, isStrict } from "./request.ts";
import type { GatewayCall } from "./types.ts";

const ASKING: Asking = { mode: "json_schema", temperature: true, length: "max_tokens" };

function callOf(messages: readonly ChatMessage[], schema: JsonObject | null, max_tokens: number | null = null) {
  return { model: "m", messages, schema, temperature: null, max_tokens } as unknown as GatewayCall;
}

function schemaOf(type: z.ZodType): JsonObject {
  return z.toJSONSchema(type, { io: "input" }) as JsonObject;
}

Deno.test("a schema is strict when every object in it names all it has and forbids the rest", () => {
  const strict = z.strictObject({
    action: z.enum(["a", "b"]),
    amounts: z.array(z.strictObject({ n: z.number() })),
    note: z.string().nullable(),
    either: z.union([z.strictObject({ x: z.string() }), z.strictObject({ y: z.string() })]),
  });
  assertTrue(isStrict(schemaOf(strict)));
  const loose: Record<string, z.ZodType> = {
    optional: z.strictObject({ a: z.string().optional() }),
    open: z.object({ a: z.string() }),
    "optional deep inside": z.strictObject({ a: z.array(z.strictObject({ b: z.string().optional() })) }),
    record: z.strictObject({ a: z.record(z.string(), z.number()) }),
    tuple: z.strictObject({ a: z.tuple([z.string(), z.number()]) }),
    anything: z.strictObject({ a: z.unknown() }),
    default: z.strictObject({ a: z.string().default("x") }),
  };
  for (const [name, type] of Object.entries(loose)) assertEquals(isStrict(schemaOf(type)), false, name);
});

Deno.test("a schema is sent where it is an object's; others are asked for by words", () => {
  const messages = [{ role: "user", content: "?" }] as const;
  const body = (schema: JsonObject, asking = ASKING) => chatBody(callOf(messages, schema), asking, null);
  assertEquals(body(SCHEMA).response_format?.type, "json_schema");
  assertEquals(body(SCHEMA).messages, messages);
  assertEquals(body({ type: "array", items: SCHEMA }).response_format, undefined);
  assertEquals(body({ type: "array", items: SCHEMA }).messages[0]!.role, "system");
  assertEquals(body({ anyOf: [SCHEMA, SCHEMA] }).response_format, { type: "json_object" });
  assertEquals(body({ anyOf: [SCHEMA, { type: "string" }] }).response_format, undefined);
  assertEquals(body({ anyOf: [SCHEMA, SCHEMA] }, { ...ASKING, mode: "prompt" }).response_format, undefined);
});

Deno.test("property: a prompt never has more tokens than were reserved for it, however it is asked", () => {
  const message = fc.record({
    role: fc.constantFrom("system" as const, "user" as const, "assistant" as const),
    content: fc.string({ unit: "binary", maxLength: 200 }),
  });
  const asking = fc.record({
    mode: fc.constantFrom("json_schema" as const, "json_object" as const, "prompt" as const),
    temperature: fc.boolean(),
    length: fc.constantFrom(null, "max_tokens" as const),
  });
  fc.assert(fc.property(
    fc.array(message, { minLength: 1, maxLength: 6 }),
    fc.constantFrom(null, SCHEMA, { type: "array", items: SCHEMA }),
    asking,
    (messages, schema, asking) => {
      const { input } = boundsOf(callOf(messages, schema), true);
      const body = chatBody(callOf(messages, schema), asking, 100);
      const bytes = new TextEncoder().encode(body.messages.map(({ content }) => content).join("")).length;
      const format = body.response_format?.type === "json_schema" ? JSON.stringify(SCHEMA).length : 0;
      assertTrue(bytes + format + 16 * body.messages.length <= input, "a token for each byte");
      assertTrue(countPromptTokens({ ...body, messages: [...body.messages] } as never) <= input);
    },
  ));
});

Deno.test("an answer is bounded where somebody must rely on it", () => {
  const messages = [{ role: "user", content: "x".repeat(400) }] as const;
  assertEquals(boundsOf(callOf(messages, null), true), { max_tokens: 2048, input: 432, expected: 2148 });
  assertEquals(boundsOf(callOf(messages, null), false), { max_tokens: null, input: 432, expected: 600 });
  assertEquals(boundsOf(callOf(messages, null, 50), true), { max_tokens: 50, input: 432, expected: 150 });
});

Deno.test("what a model does not take is left out", () => {
  const call = { ...callOf([{ role: "user", content: "?" }], SCHEMA), temperature: 0.5 };
  const asking = new AnswerModes().of({ base_url: "", length_parameter: "max_completion_tokens" }, "m");
  assertEquals(chatBody(call, asking, 9).max_completion_tokens, 9);
  const body = chatBody(call, { mode: "prompt", temperature: false, length: null }, 9);
  assertEquals(Object.keys(body), ["model", "messages"]);
});
