import { z } from "zod";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { canonicalJson } from "../canonical_json.ts";
import { answerSchema } from "./answer_schema.ts";

Deno.test("answerSchema() is the JSON Schema of what goes in, with descriptions", () => {
  const schema = z.strictObject({
    reasoning: z.string().describe("why, in two sentences"),
    action: z.enum(["buy", "sell"]),
    parameters: z.object({ amount: z.number().min(0).max(10).default(1) }),
    to: z.union([z.string(), z.null()]),
    when: z.string().transform((text) => new Date(text)),
  }).describe("a decision");
  assertEquals(answerSchema(schema), {
    description: "a decision",
    type: "object",
    properties: {
      reasoning: { description: "why, in two sentences", type: "string" },
      action: { type: "string", enum: ["buy", "sell"] },
      parameters: {
        type: "object",
        properties: { amount: { default: 1, type: "number", minimum: 0, maximum: 10 } },
      },
      to: { type: ["string", "null"] },
      when: { type: "string" },
    },
    required: ["reasoning", "action", "parameters", "to", "when"],
    additionalProperties: false,
  });
});

Deno.test("answerSchema() leaves out zod's bounds of whole numbers, and nothing that only looks like them", () => {
  const { MAX_SAFE_INTEGER: most, MIN_SAFE_INTEGER: least } = Number;
  const schema = z.object({
    plain: z.int(),
    positive: z.int().positive(),
    small: z.int32(),
    list: z.array(z.int()),
    pair: z.tuple([z.int(), z.string()]),
    either: z.union([z.int(), z.boolean()]),
    byName: z.record(z.string(), z.int()),
    minimum: z.int(),
    properties: z.object({ $schema: z.string(), maximum: z.int() }),
    given: z.object({ maximum: z.number() }).default({ maximum: most }),
    only: z.literal(least),
    default: z.int(),
  });
  const { $schema, properties } = answerSchema(schema) as { $schema?: string; properties: Record<string, unknown> };
  assertEquals($schema, undefined);
  assertEquals(properties, {
    plain: { type: "integer" },
    positive: { type: "integer", exclusiveMinimum: 0 },
    small: { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
    list: { type: "array", items: { type: "integer" } },
    pair: {
      type: "array",
      prefixItems: [{ type: "integer" }, { type: "string" }],
      items: false,
      minItems: 2,
      maxItems: 2,
    },
    either: { anyOf: [{ type: "integer" }, { type: "boolean" }] },
    byName: { type: "object", propertyNames: { type: "string" }, additionalProperties: { type: "integer" } },
    minimum: { type: "integer" },
    properties: {
      type: "object",
      properties: { $schema: { type: "string" }, maximum: { type: "integer" } },
      required: ["$schema", "maximum"],
    },
    given: {
      default: { maximum: most },
      type: "object",
      properties: { maximum: { type: "number" } },
      required: ["maximum"],
    },
    only: { type: "number", const: least },
    default: { type: "integer" },
  });
});

Deno.test("answerSchema() of the same schema is the same frozen object, and has canonical JSON", () => {
  const schema = z.object({ a: z.array(z.int()).optional() });
  assertTrue(answerSchema(schema) === answerSchema(schema));
  assertTrue(Object.isFrozen(answerSchema(schema).properties));
  const expected = '{"properties":{"a":{"items":{"type":"integer"},"type":"array"}},"type":"object"}';
  assertEquals(canonicalJson(answerSchema(schema)), expected);
});

Deno.test("answerSchema() accepts whatever is an object at its root", () => {
  const object = z.object({ a: z.string() });
  const tree: z.ZodType = z.object({ a: z.string(), children: z.array(z.lazy(() => tree)) });
  const chain: z.ZodType = z.object({
    get next() {
      return chain.optional();
    },
  });
  const schemas = [
    object.refine(({ a }) => a !== "x"),
    object.transform(({ a }) => a),
    object.readonly(),
    object.catchall(z.number()),
    object.meta({ id: "answer_schema_test" }),
    z.record(z.string(), z.number()),
    z.preprocess((value) => value, object),
    tree,
    chain,
    z.lazy(() => tree),
  ];
  for (const schema of schemas) assertEquals(answerSchema(schema).type, "object");
});

Deno.test("answerSchema() shows the object at the root of schemas that have an id or hold themselves", () => {
  const parameters = z.object({ amount: z.number() }).meta({ id: "answer_schema_test_parameters" });
  const named = z.object({ parameters, others: z.array(parameters) }).meta({ id: "answer_schema_test_decision" });
  const $ref = "#/$defs/answer_schema_test_parameters";
  assertEquals(answerSchema(named), {
    type: "object",
    properties: { parameters: { $ref }, others: { type: "array", items: { $ref } } },
    required: ["parameters", "others"],
    $defs: {
      answer_schema_test_parameters: {
        type: "object",
        properties: { amount: { type: "number" } },
        required: ["amount"],
      },
    },
  });
  const tree: z.ZodType = z.object({ children: z.array(z.lazy(() => tree)) });
  const items = { $ref: "#/$defs/__schema0" };
  const object = { type: "object", properties: { children: { type: "array", items } }, required: ["children"] };
  assertEquals(answerSchema(z.lazy(() => tree)), { ...object, $defs: { __schema0: object } });
});

Deno.test("answerSchema() refuses what is no object or has no JSON Schema, and says what to do", () => {
  const object = z.object({ a: z.string() });
  const cases: [schema: z.ZodType, message: RegExp, hint: RegExp][] = [
    [z.string(), /^the schema of an answer is of type "string", and must be an object$/, /z\.object/],
    [z.array(object), /of type "array"/, /z\.object/],
    [object.nullable(), /a choice of several/, /z\.object/],
    [z.union([object, z.object({ b: z.string() })]), /a choice of several/, /z\.object/],
    [z.any(), /is anything/, /z\.object/],
    [z.object({ at: z.date() }), /Date cannot be represented/, /transform/],
    [z.object({ count: z.bigint() }), /BigInt cannot be represented/, /transform/],
    [z.map(z.string(), z.string()), /Map cannot be represented/, /transform/],
  ];
  for (const [schema, message, hint] of cases) {
    const error = assertThrows(() => answerSchema(schema), "bad_answer_schema") as Error & { hint?: string };
    assertMatches(error.message, message);
    assertMatches(error.hint!, hint);
  }
});
