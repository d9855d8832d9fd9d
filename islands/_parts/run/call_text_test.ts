import fc from "../../../tests/support/properties.ts";
import { assertEquals } from "../../../tests/support/assert.ts";
import { messagesOf, outcomeOf, readable, reasoningOf, type RunCall, servedBy, toolsOf } from "./call_text.ts";

Deno.test("who answered a call", () => {
  assertEquals(servedBy({ seq: 1, provider: "openai" }).word, "asked");
  assertEquals(servedBy({ seq: 1, provider: "openai", reused_from: "r" }).word, "tape");
  assertEquals(servedBy({ seq: 1, provider: "offline" }).word, "rule");
  assertEquals(servedBy({ seq: 1, provider: "openai", error: { code: "timeout" } }).word, "failed");
});

Deno.test("why a model answered as it did is found in answers and in arguments of tools", () => {
  assertEquals(reasoningOf({ seq: 1, response: { content: '{"action":"x","reasoning":"because"}' } }), "because");
  assertEquals(
    reasoningOf({ seq: 1, response: { content: "", tool_calls: [{ arguments: '{"rationale":"so"}' }] } }),
    "so",
  );
  for (const content of ["plain", "{ torn", "null", "{}", '{"reasoning":3}', "[1]"]) {
    assertEquals(reasoningOf({ seq: 1, response: { content } }), null);
  }
  assertEquals(reasoningOf({ seq: 1 }), null);
});

Deno.test("what came of a call is one line", () => {
  assertEquals(outcomeOf({ seq: 1, response: { content: "a\n b" } }), "a b");
  assertEquals(outcomeOf({ seq: 1, response: { content: "", tool_calls: [{ name: "f", arguments: "{}" }] } }), "f({})");
  assertEquals(outcomeOf({ seq: 1, response: { content: "gone", status: 404 } }), "404 gone");
  assertEquals(outcomeOf({ seq: 1, error: { code: "timeout", message: "60 s" } }), "timeout: 60 s");
  assertEquals(outcomeOf({ seq: 1 }), "");
});

Deno.test("JSON is set below one another, other texts stay", () => {
  assertEquals(readable('{"a":1}'), '{\n  "a": 1\n}');
  assertEquals(readable("{ no"), "{ no");
  assertEquals(readable("words"), "words");
  assertEquals(messagesOf({ seq: 1, request: { messages: [null, { role: "user" }, 3] } }), [{ role: "user" }]);
  assertEquals(messagesOf({ seq: 1, request: { messages: "x" } }), []);
});

Deno.test("property: whatever JSON a line has, it is told", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    for (
      const odd of [
        { seq: 1, response: a, error: b, request: a },
        { seq: 1, response: { content: a, tool_calls: b }, request: { messages: b }, reused_from: a },
        { seq: 1, response: { tool_calls: [a, { name: b, arguments: a }], status: b }, error: null, provider: a },
      ] as unknown as RunCall[]
    ) {
      assertEquals(typeof outcomeOf(odd) + typeof servedBy(odd).word, "stringstring");
      const reason = reasoningOf(odd);
      assertEquals(reason === null || typeof reason === "string", true);
      assertEquals([messagesOf(odd), toolsOf(a)].every(Array.isArray), true);
    }
  }));
});
