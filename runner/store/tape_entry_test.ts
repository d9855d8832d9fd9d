import { assertEquals } from "../../tests/support/assert.ts";
import type { HttpCall, ModelCall, SettledCall } from "../../framework/mod.ts";
import { addressIn, addressText, decodeEntry, entryOf, entryProblem, settledOf } from "./tape_entry.ts";
import { keyOf } from "./tape_test_support.ts";

const AT = "2026-01-01T00:00:00.000Z";
const ADDRESS = { agent: "Ada", turn: 3, purpose: "decide", n: 2, attempt: 1 };
const MODEL: ModelCall = {
  kind: "llm",
  role: "agent",
  ...ADDRESS,
  messages: [{ role: "user", content: "What now?" }],
  schema: null,
  temperature: 0,
  offline: { action: "rest" },
};
const HTTP: HttpCall = {
  kind: "http",
  ...ADDRESS,
  method: "POST",
  url: "http://127.0.0.1:9000/",
  headers: { authorization: "Bearer canary" },
  body: "hello",
};
const ANSWERED: SettledCall = {
  provider: "test",
  model: "small",
  response: { content: "rest", finish_reason: "stop" },
  usage: { input_tokens: 9, output_tokens: 1 },
  cost_usd: 0.5,
  latency_ms: 20,
  retries: 0,
  reused: false,
};
const { response: _response, ...rest } = ANSWERED;
const GIVEN_UP: SettledCall = { ...rest, error: { code: "timeout", message: "no answer within 60 s" } };

Deno.test("entryOf: holds what was sent and what came of it, and no header", () => {
  const model = entryOf(MODEL, keyOf("a"), ANSWERED, AT);
  assertEquals(model.request, {
    role: "agent",
    messages: MODEL.messages,
    schema: null,
    temperature: 0,
    max_tokens: null,
  });
  const http = entryOf(HTTP, keyOf("b"), { ...GIVEN_UP, model: "" }, AT);
  assertEquals(http.request, { method: "POST", url: HTTP.url, body: "hello" });
  assertEquals(JSON.stringify(http).includes("canary"), false);
  for (const entry of [model, http]) {
    assertEquals(entryProblem({ seq: 1, ...entry }), null);
    assertEquals(decodeEntry(new TextEncoder().encode(JSON.stringify({ seq: 1, ...entry }))), { seq: 1, ...entry });
  }
});

Deno.test("settledOf: gives back what was settled; what was reused cost nothing, whoever reads it", () => {
  for (const settled of [ANSWERED, GIVEN_UP]) {
    const made = { seq: 1, ...entryOf(MODEL, keyOf("a"), settled, AT) };
    assertEquals(settledOf(made, false), settled);
    assertEquals(settledOf(made, true), { ...settled, cost_usd: 0, reused: true });
    const reused = { seq: 1, ...entryOf(MODEL, keyOf("a"), settledOf(made, true), AT, "parent") };
    assertEquals([reused.cost_usd, reused.reused_from, reused.usage], [0, "parent", settled.usage]);
    assertEquals(settledOf(reused, false), { ...settled, cost_usd: 0, reused: true });
  }
});

Deno.test("addressText: two addresses have one text only when they are one", () => {
  const addresses = [
    ADDRESS,
    { ...ADDRESS, agent: "" },
    { ...ADDRESS, agent: 'Ada","decide', purpose: "" },
    { ...ADDRESS, n: 1, attempt: 2 },
    { ...ADDRESS, turn: 32 },
    { ...ADDRESS, purpose: "\ud83d" },
  ];
  assertEquals(new Set(addresses.map(addressText)).size, addresses.length);
  assertEquals(addresses.map((address) => addressIn(addressText(address))), addresses);
});

Deno.test("an entry holds the tools that were offered, the calls of them and their results, and gives them back", () => {
  const tools = [{ name: "add", description: "Adds.", parameters: { type: "object" } }];
  const tool_calls = [{ id: "c1", name: "add", arguments: "{oops" }];
  const messages: ModelCall["messages"] = [
    { role: "user", content: "Add." },
    { role: "assistant", content: "", tool_calls },
    { role: "tool", tool_call_id: "c1", content: "added" },
  ];
  const settled = { ...ANSWERED, response: { content: "", finish_reason: "tool_calls", tool_calls } };
  const entry = { seq: 1, ...entryOf({ ...MODEL, messages, tools }, keyOf("a"), settled, AT) };
  assertEquals(entryProblem(entry), null);
  const read = decodeEntry(new TextEncoder().encode(JSON.stringify(entry)))!;
  assertEquals(read, entry);
  assertEquals(read.request, { role: "agent", messages, schema: null, tools, temperature: 0, max_tokens: null });
  assertEquals(settledOf(read, false), settled);
  const torn = { ...entry, response: { content: "", tool_calls: [{ id: "c1", name: "add" }] } };
  assertEquals(decodeEntry(new TextEncoder().encode(JSON.stringify(torn))), null);
});
