import { z } from "zod";
import fc from "../../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { feedback, shortened } from "./feedback.ts";

const CLOSING = "Answer again with one JSON object that fits the schema, and nothing else.";

/** What a model is told that answers `value`, without the first and the last line. */
function told(schema: z.ZodType, value: unknown): string[] {
  const lines = feedback(schema.safeParse(value).error!).split("\n");
  assertEquals(lines[0], "Your answer does not fit the schema:");
  assertEquals(lines.at(-1), CLOSING);
  return lines.slice(1, -1);
}

Deno.test("feedback() names each place and what was expected there", () => {
  const schema = z.strictObject({
    reasoning: z.string(),
    action: z.enum(["buy", "sell"]),
    parameters: z.object({ amount: z.number().max(10), ids: z.array(z.int()) }),
    target: z.union([z.string(), z.object({ x: z.number() })]),
    order: z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]),
    shares: z.record(z.string().regex(/^[a-z]+$/), z.number()),
    confidence: z.number().refine((share) => share <= 1, "is a share from 0 to 1"),
  });
  const answer = {
    action: "hold",
    parameters: { amount: 20, ids: [1, "b"] },
    target: 5,
    order: { kind: "c" },
    shares: { "two words": 1, ok: "1" },
    confidence: 95,
    "what\nelse": 1,
  };
  assertEquals(told(schema, answer), [
    "- reasoning: is missing, expected string",
    '- action: Invalid option: expected one of "buy"|"sell"',
    "- parameters.amount: Too big: expected number to be <=10",
    "- parameters.ids[1]: expected number, received string",
    "- target: fits none of 2 alternatives (expected string, received number | expected object, received number)",
    "- order.kind: Invalid discriminator value. Expected 'a' | 'b'",
    '- shares["two words"]: Invalid key in record: Invalid string: must match pattern /^[a-z]+$/',
    "- shares.ok: expected number, received string",
    "- confidence: is a share from 0 to 1",
    '- Unrecognized key: "what else"',
  ]);
  assertEquals(told(schema, []), ["- expected object, received array"]);
});

Deno.test("feedback() names the first ten of many complaints, as far as there is room, and counts the rest", () => {
  const many = z.object(Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`v${i}`, z.number()])));
  const lines = told(many, {});
  assertEquals(lines.length, 11);
  assertEquals(lines.at(-1), "- and 4 more");
  const wordy = z.object({ a: z.array(z.literal("x".repeat(1000))) });
  const few = told(wordy, { a: Array.from({ length: 7 }, () => "y") });
  assertMatches(few.at(-1)!, /^- and [3-5] more$/);
  assertTrue(few.every((line) => line.length <= 302));
});

Deno.test("feedback() has at most 1,500 characters and the same last line, whatever was answered", () => {
  const schema = z.strictObject({
    list: z.array(z.union([z.literal("a"), z.object({ b: z.string() })])),
    byName: z.record(z.string().max(3), z.object({ n: z.number() })),
  });
  const text = fc.string({ unit: "binary", maxLength: 200 });
  const answer = fc.record({
    list: fc.array(fc.oneof(text, fc.record({ b: fc.integer() })), { maxLength: 30 }),
    byName: fc.dictionary(text, fc.record({ n: text }), { maxKeys: 30 }),
    more: fc.integer(),
  });
  fc.assert(fc.property(answer, (answer) => {
    const written = feedback(schema.safeParse(answer).error!);
    assertTrue(written.length <= 1500 && written.isWellFormed() && written.endsWith(`\n${CLOSING}`), written);
  }));
});

Deno.test("feedback() makes a sentence of a problem", () => {
  assertEquals(feedback("your answer is empty"), `Your answer is empty.\n${CLOSING}`);
  assertEquals(feedback("was that all?"), `Was that all?\n${CLOSING}`);
  const long = feedback("x".repeat(10_000));
  assertTrue(long.length > 1490 && long.length <= 1500);
  assertMatches(long, /^Xxx.+ … \(\d+ characters left out\) … x+\.\n/);
});

Deno.test("shortened() cuts out the middle and says how much", () => {
  assertEquals(shortened("short", 5), "short");
  assertEquals(shortened("0123456789".repeat(10), 40), "01234 … (91 characters left out) … 6789");
  assertEquals(shortened("0123456789", 3), "012");
  assertEquals(shortened("\u{1f600}".repeat(3), 3), "\u{1f600}");
  assertEquals(shortened("x", 0), "");
  for (const max of [-1, 1.5, NaN, Infinity]) assertThrows(() => shortened("x", max));
});

Deno.test("shortened() keeps to its length, cuts no character in two, and loses nothing that it does not count", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\u{1f600}", "é", " "), maxLength: 300, size: "max" });
  fc.assert(fc.property(text, fc.nat(150), (text, max) => {
    const short = shortened(text, max);
    assertTrue(short.length <= max && short.isWellFormed());
    const mark = / … \((\d+) characters left out\) … /.exec(short);
    if (mark === null) return assertTrue(text.startsWith(short) && (text === short || max < 45));
    const [head, tail] = [short.slice(0, mark.index), short.slice(mark.index + mark[0].length)];
    assertTrue(text.startsWith(head) && text.endsWith(tail));
    assertEquals(head.length + tail.length + Number(mark[1]), text.length);
  }));
});
