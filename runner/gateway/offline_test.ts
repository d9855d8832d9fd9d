import * as z from "zod";
import type { Json, JsonObject } from "../../framework/mod.ts";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { answerOffline, OFFLINE_TEXT } from "./offline.ts";

function schemaOf(type: z.ZodType): JsonObject {
  return z.toJSONSchema(type, { io: "input" }) as JsonObject;
}

/** What is answered, for each of so many keys. */
function answers(schema: JsonObject, keys = 50): Json[] {
  return Array.from({ length: keys }, (_, i) => JSON.parse(answerOffline({ schema, key: `key ${i}` }).content));
}

/** Fails unless answers for many keys pass `type`. */
function assertFits(type: z.ZodType, keys = 50): void {
  for (const answer of answers(schemaOf(type), keys)) {
    const { success, error } = type.safeParse(answer);
    assertTrue(success, `${JSON.stringify(answer)}\n${JSON.stringify(schemaOf(type))}\n${error}`);
  }
}

Deno.test("the domain's own rule comes first, as it is", () => {
  const offline = { action: "wait", parameters: { "é": [1, null] } };
  const schema = schemaOf(z.object({ other: z.string() }));
  assertEquals(JSON.parse(answerOffline({ offline, schema, key: "k" }).content), offline);
  assertEquals(answerOffline({ offline: null, schema, key: "k" }).content, "null");
  assertEquals(answerOffline({ offline: "Good day.", schema: null, key: "k" }).content, "Good day.");
  assertEquals(answerOffline({ offline: "Good day.", schema: schemaOf(z.string()), key: "k" }).content, '"Good day."');
});

Deno.test("without a schema, and in free texts, the answer says that it is made up", () => {
  assertEquals(answerOffline({ schema: null, key: "k" }), {
    content: "offline: made up by rule, not by a language model",
    finish_reason: "stop",
  });
  const schema = schemaOf(z.object({ reasoning: z.string(), short: z.string().max(12), long: z.string().min(120) }));
  for (const { reasoning, short, long } of answers(schema) as Record<string, string>[]) {
    assertEquals(reasoning, OFFLINE_TEXT);
    assertTrue(OFFLINE_TEXT.startsWith(short!.slice(0, -1)));
    assertTrue(long!.length >= 120 && long!.startsWith(OFFLINE_TEXT));
  }
});

Deno.test("the same key has the same answer, other keys have others", () => {
  const schema = schemaOf(z.object({ choice: z.enum(["a", "b", "c"]), amount: z.number().min(0).max(1) }));
  assertEquals(answers(schema), answers(schema));
  assertTrue(new Set(answers(schema).map((answer) => JSON.stringify(answer))).size > 40);
  const choices = new Set((answers(schema) as { choice: string }[]).map(({ choice }) => choice));
  assertEquals([...choices].sort(), ["a", "b", "c"]);
});

Deno.test("numbers keep to their bounds", () => {
  for (
    const type of [
      z.number(),
      z.int(),
      z.number().min(5).max(5),
      z.number().gt(0).lt(1e-9),
      z.number().positive(),
      z.number().negative(),
      z.number().min(-0.5),
      z.number().max(-1e8),
      z.number().min(3e15),
      z.number().gt(1).lt(2).multipleOf(0.25),
      z.number().min(0).max(1).multipleOf(0.05),
      z.number().min(1).multipleOf(1000),
      z.int().gt(0).lt(2),
      z.int().min(-3).max(-3),
      z.int().min(1).multipleOf(0.5),
      z.int().min(-7).max(7).multipleOf(7),
      z.int32(),
      z.uint32(),
      z.float32(),
      z.number().multipleOf(1e-7).min(0).max(1e-6),
    ]
  ) assertFits(type);
});

Deno.test("no number is −0, which JSON has not", () => {
  for (const answer of answers(schemaOf(z.int().min(-1).max(0)), 100)) assertTrue(!Object.is(answer, -0));
});

Deno.test("texts keep to their lengths, formats and simple patterns", () => {
  for (
    const type of [
      z.string().length(0),
      z.string().min(3).max(5),
      z.string().trim().length(9),
      z.string().min(3000).max(3001),
      z.string().regex(/^[A-Z]{3}-\d+$/),
      z.string().regex(/^[A-Z]{3}-\d+$/).min(20),
      z.string().regex(/^(red|green|blue)(?:-(?<shade>dark|light))?$/),
      z.string().regex(/^[^a-z\s]{2,4}\.\w+\x41\u0042\/$/),
      z.string().regex(/^.{1,200}$/),
      z.string().regex(/\S/),
      z.string().regex(/^\$\d+(\.\d\d)?$/),
      z.string().regex(/^[\w.-]+@[a-z]+\.com$/).max(20),
      z.string().regex(/^a*?b+?c??$/),
      z.string().startsWith("ab").endsWith("yz").includes("q"),
      z.string().startsWith("ab").min(30),
      z.string().uppercase(),
      z.email(),
      z.uuid(),
      z.uuidv4(),
      z.ulid(),
      z.nanoid(),
      z.cuid(),
      z.cuid2(),
      z.url(),
      z.hostname(),
      z.ipv4(),
      z.ipv6(),
      z.cidrv4(),
      z.emoji(),
      z.jwt(),
      z.e164(),
      z.hex(),
      z.base64(),
      z.base64url(),
      z.iso.date(),
      z.iso.time(),
      z.iso.datetime(),
      z.iso.datetime({ offset: true }),
      z.iso.datetime({ local: true }),
      z.iso.duration(),
      z.templateLiteral(["n-", z.number(), "-", z.enum(["a", "b"])]),
    ]
  ) assertFits(type, 20);
});

Deno.test("lists, objects, records, unions and intersections fit", () => {
  for (
    const type of [
      z.null(),
      z.any(),
      z.unknown(),
      z.literal([1, "two", null, false]),
      z.enum({ A: 1, B: "b" }),
      z.array(z.int()).length(4),
      z.array(z.string()).min(2),
      z.array(z.boolean()).max(1),
      z.array(z.never()),
      z.tuple([z.string(), z.number()]),
      z.tuple([z.string(), z.number().optional()]),
      z.tuple([z.string()], z.int()),
      z.record(z.string(), z.number()),
      z.record(z.enum(["x", "y"]), z.number()),
      z.partialRecord(z.enum(["x", "y"]), z.number()),
      z.object({ a: z.string().optional(), b: z.never().optional() }),
      z.strictObject({ a: z.number().nullable(), b: z.number().nullish() }),
      z.looseObject({ a: z.number() }),
      z.object({}).catchall(z.number()),
      z.object({ a: z.number().default(3), b: z.number().prefault(4), c: z.number().catch(5) }),
      z.object({ ["__proto__"]: z.string(), constructor: z.number(), toString: z.int() }),
      z.union([z.string(), z.number(), z.object({ a: z.string() })]),
      z.xor([z.string(), z.number()]),
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("sell"), amount: z.number().positive() }),
        z.object({ kind: z.literal("wait") }),
      ]),
      z.intersection(z.object({ x: z.number().min(3) }), z.object({ x: z.number().max(4), y: z.string() })),
      z.intersection(z.union([z.string(), z.int()]), z.union([z.number(), z.boolean()])),
      z.object({ a: z.string() }).and(z.union([z.object({ b: z.int() }), z.object({ c: z.int() })])),
      z.string().min(2).and(z.string().max(4)),
    ]
  ) assertFits(type);
});

Deno.test("recursive schemas end", () => {
  const Tree: z.ZodType = z.lazy(() => z.object({ name: z.string(), children: z.array(Tree), next: Tree.nullable() }));
  const Formula: z.ZodType = z.lazy(() =>
    z.union([
      z.object({ left: Formula, right: Formula }),
      z.object({ not: Formula }),
      z.object({ least: z.array(Formula).min(3) }),
      z.object({ value: z.number() }),
    ])
  );
  assertFits(Tree, 200);
  assertFits(Formula, 200);
  for (const answer of answers(schemaOf(z.object({ Tree, Formula })), 200)) {
    assertTrue(JSON.stringify(answer).length < 1_000_000);
  }
});

/** Types as a domain may write them, their bounds such that something fits. */
const { type: anyType } = fc.letrec<{ type: z.ZodType; leaf: z.ZodType }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(z.string(), z.boolean(), z.null(), z.int(), z.number(), z.any(), z.email(), z.iso.date()),
    fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }))
      .map(([low, width]) => z.number().min(low).max(low + width)),
    fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat(1e6)).map(([low, width]) => z.int().min(low).max(low + width)),
    fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(0.01, 0.05, 0.25, 1, 3, 10))
      .map(([low, step]) => z.number().min(low).max(low + step).multipleOf(step)),
    fc.tuple(fc.nat(60), fc.nat(60)).map(([least, more]) => z.string().min(least).max(least + more)),
    fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 5 }).map((values) => z.enum(values)),
    fc.oneof(fc.string(), fc.integer(), fc.boolean()).map((value) => z.literal(value)),
  ),
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "c"), fc.string({ minLength: 1 })), tie("type"), { maxKeys: 5 })
      .map((shape) => z.strictObject(shape)),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("type"), { maxKeys: 3 }).map((shape) =>
      z.object(shape).partial()
    ),
    fc.tuple(tie("type"), fc.nat(3), fc.nat(3)).map(([item, least, more]) =>
      z.array(item).min(least).max(least + more)
    ),
    fc.array(tie("type"), { minLength: 1, maxLength: 3 }).map((items) => z.tuple(items as [z.ZodType])),
    fc.array(tie("type"), { minLength: 1, maxLength: 4 }).map((options) => z.union(options)),
    tie("type").map((inner) => inner.nullable()),
    tie("type").map((inner) => z.record(z.enum(["p", "q"]), inner)),
    fc.tuple(tie("type"), tie("type")).map(([a, b]) =>
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("a"), value: a }),
        z.object({ kind: z.literal("b"), value: b }),
      ])
    ),
  ),
}));

Deno.test("whatever the zod type, the answer passes it", () => {
  fc.assert(fc.property(anyType, fc.string(), (type, key) => {
    const { content } = answerOffline({ schema: schemaOf(type), key });
    assertEquals(answerOffline({ schema: schemaOf(type), key }).content, content);
    const { success, error } = type.safeParse(JSON.parse(content));
    assertTrue(success, `${content}\n${JSON.stringify(schemaOf(type))}\n${error}`);
  }));
});

Deno.test("a schema that nothing fits, or that is out of all measure, is answered nonetheless, and soon", () => {
  const wide = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`p${i}`, { type: "string" }]));
  const doubling = Object.fromEntries(
    Array.from(
      { length: 40 },
      (_, i) => [`d${i}`, { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] }],
    ),
  );
  const branching = Object.fromEntries(
    Array.from(
      { length: 40 },
      (_, i) => [`d${i}`, { anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] }],
    ),
  );
  const manifold = (depth: number): JsonObject =>
    depth === 0 ? { type: "integer" } : { type: "array", minItems: 1e9, items: manifold(depth - 1) };
  const hostile: JsonObject[] = [
    { not: {} },
    { type: "object", properties: { a: { not: {} } }, required: ["a"] },
    { $ref: "#" },
    { allOf: [{ $ref: "#" }, { $ref: "#" }] },
    { $ref: "#/$defs/missing" },
    { $ref: "https://example.org/schema.json" },
    { $ref: "#/$defs/%zz" },
    { type: "object", properties: { self: { $ref: "#" } }, required: ["self"] },
    { type: "array", items: { $ref: "#" }, minItems: 2 },
    { type: "number", minimum: 5, maximum: 3 },
    { type: "integer", minimum: 0.2, maximum: 0.8 },
    { type: "number", multipleOf: 1e-300, minimum: 0, maximum: 1 },
    { type: "string", minLength: 1e12 },
    { type: "string", minLength: 9, maxLength: 3 },
    { type: "string", pattern: "(a+)+(?=b)" },
    { type: "string", pattern: "([a-z]{1000}){1000}" },
    { type: "string", pattern: "((((((a{99}){99}){99}){99}){99}){99})" },
    { type: "string", pattern: "(".repeat(5_000) },
    { type: "string", pattern: "(".repeat(900) + ")".repeat(900) },
    { type: "string", pattern: "[b-a" },
    { type: "string", pattern: "*" },
    { type: "string", pattern: "[]" },
    { type: "nonsense" },
    { type: [] },
    { enum: [] },
    { anyOf: [] },
    { anyOf: [false, { not: true }] },
    { type: "object", required: ["a", 7, "__proto__"] },
    { type: "object", properties: wide, required: Object.keys(wide) },
    { anyOf: Array.from({ length: 30_000 }, (_, i) => ({ const: i })) },
    { ...doubling.d0, $defs: doubling },
    { ...branching.d0, $defs: branching },
    manifold(20),
    { type: "array", minItems: 1e9, items: { type: "string", minLength: 1e9 } },
    { type: "array", minItems: 1e9, items: { enum: ["x".repeat(1_000_000)] } },
  ];
  const began = performance.now();
  for (const schema of hostile) {
    const { content } = answerOffline({ schema, key: "k" });
    JSON.parse(content);
    assertTrue(content.length <= 2_100_000, `${content.length} characters: ${JSON.stringify(schema).slice(0, 100)}`);
  }
  const took = performance.now() - began;
  assertTrue(took < 5_000, `${took} ms`);
});

Deno.test("with tools the rule's answer calls them, or says what it says; nothing else calls any", () => {
  const asked = { schema: null, tools: [{ name: "add", description: "", parameters: { type: "object" } }], key: "k" };
  assertEquals(answerOffline(asked), { content: OFFLINE_TEXT, finish_reason: "stop" });
  assertEquals(answerOffline({ ...asked, offline: "Done." }), { content: "Done.", finish_reason: "stop" });
  assertEquals(answerOffline({ ...asked, offline: { content: "Done." } }), { content: "Done.", finish_reason: "stop" });
  const tool_calls = [{ name: "add", arguments: { a: 1 } }, { id: "mine", name: "add", arguments: "{}" }];
  assertEquals(answerOffline({ ...asked, offline: { tool_calls } }), {
    content: "",
    finish_reason: "tool_calls",
    tool_calls: [{ id: "call_1", name: "add", arguments: '{"a":1}' }, { id: "mine", name: "add", arguments: "{}" }],
  });
  assertEquals(answerOffline({ schema: null, key: "k", offline: { tool_calls } }).tool_calls, undefined);
});
