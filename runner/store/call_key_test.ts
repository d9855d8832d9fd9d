import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { canonicalJson, type HttpCall, type JsonObject, type ModelCall, sha256 } from "../../framework/mod.ts";
import { callKey } from "./call_key.ts";

const CALL: ModelCall = {
  kind: "llm",
  role: "agent",
  agent: "Ada",
  turn: 3,
  purpose: "decide",
  n: 1,
  attempt: 1,
  messages: [{ role: "system", content: 'Be "brief".\u2028' }, { role: "user", content: "What now, Zoë?" }],
  schema: { type: "object", properties: { z: { type: "number", minimum: -0 }, a: { enum: ["é", 1e21] } } },
  temperature: 0.7,
};
const HTTP: HttpCall = {
  kind: "http",
  agent: "Ada",
  turn: 3,
  purpose: "http",
  n: 1,
  attempt: 1,
  method: "POST",
  url: "http://127.0.0.1:9000/x",
  headers: { authorization: "Bearer secret" },
  body: "hello",
};

Deno.test("callKey: is SHA-256 over the canonical JSON of what was asked", () => {
  const { kind, messages, schema, temperature } = CALL;
  const asked = { kind, max_tokens: null, messages, model: "m", sample: 2, schema, temperature };
  assertEquals(callKey(CALL, "m", 2), sha256(canonicalJson(asked)));
  const offline = { b: [1, null], a: "x" };
  assertEquals(
    callKey({ ...CALL, offline, max_tokens: 5 }, "m", 2),
    sha256(canonicalJson({ ...asked, offline, max_tokens: 5 })),
  );
  const { method, url, body } = HTTP;
  assertEquals(callKey(HTTP, "", 2), sha256(canonicalJson({ kind: "http", method, url, body })));
});

Deno.test("callKey: everything an answer depends on changes it, and nothing else does", () => {
  const schemaWith = (facts: JsonObject) => ({ ...CALL.schema, ...facts });
  const different: ModelCall[] = [
    CALL,
    { ...CALL, messages: CALL.messages.toReversed() },
    { ...CALL, messages: CALL.messages.slice(1) },
    { ...CALL, messages: [{ role: "user", content: CALL.messages[0]!.content }, CALL.messages[1]!] },
    { ...CALL, schema: null },
    { ...CALL, schema: schemaWith({ description: "an action" }) },
    { ...CALL, schema: schemaWith({ type: "array" }) },
    { ...CALL, temperature: 0 },
    { ...CALL, max_tokens: 100 },
    { ...CALL, offline: null },
    { ...CALL, offline: { action: "rest" } },
    { ...CALL, messages: [{ role: "user", content: "\ud83d" }] },
    { ...CALL, messages: [{ role: "user", content: "\ud83e" }] },
    { ...CALL, messages: [{ role: "user", content: "\\ud83e" }] },
    { ...CALL, offline: "\ud83d" },
    { ...CALL, schema: { enum: ["\ud83d"] } },
  ];
  const { temperature: _temperature, ...unset } = CALL;
  const keys = [
    ...[...different, unset].map((call) => callKey(call, "m", 0)),
    callKey(CALL, "n", 0),
    callKey(CALL, "m", 1),
    ...[HTTP, { ...HTTP, method: "PUT" }, { ...HTTP, url: "http://127.0.0.1:9000/y" }, { ...HTTP, body: null }]
      .map((call) => callKey(call, "m", 0)),
  ];
  assertEquals(new Set(keys).size, keys.length);
  assertTrue(keys.every((key) => /^[0-9a-f]{64}$/.test(key)));
  const { type, properties } = CALL.schema as { type: string; properties: JsonObject };
  for (
    const same of [
      { ...CALL, agent: "Bob", turn: 9, purpose: "judge", n: 2, attempt: 3, role: "engine" },
      { ...CALL, schema: { properties, type } },
      { ...CALL, messages: CALL.messages.map(({ role, content }) => ({ content, role })) },
    ]
  ) {
    assertEquals(callKey(same, "m", 0), keys[0]!);
  }
  assertEquals(callKey({ ...HTTP, headers: {}, agent: "Bob" }, "other", 7), callKey(HTTP, "m", 0));
});

Deno.test("callKey: more schemas than are kept, and longer ones, are told apart as well", () => {
  const schemas = Array.from({ length: 200 }, (_, i) => ({ b: i, a: "x".repeat(i % 10 === 0 ? 20_000 : 10) }));
  const keys = () => schemas.map((schema) => callKey({ ...CALL, schema }, "m", 0));
  const first = keys();
  assertEquals(new Set(first).size, schemas.length);
  assertEquals(keys(), first);
  assertEquals(schemas.map(({ a, b }) => callKey({ ...CALL, schema: { a, b } }, "m", 0)), first);
});

Deno.test("callKey: tools, calls of them and their results are part of what was asked; without any the key is as ever", () => {
  const tools = [{ name: "add", description: "Adds.", parameters: { type: "object", properties: {} } }];
  const calls = [{ name: "add", id: "c1", arguments: "{}" }];
  const messages: ModelCall["messages"] = [
    { role: "user", content: "Add." },
    { role: "assistant", content: "", tool_calls: calls },
    { role: "tool", tool_call_id: "c1", content: "added" },
  ];
  const call: ModelCall = { ...CALL, schema: null, messages, tools };
  const { kind, temperature } = CALL;
  const asked = { kind, max_tokens: null, messages, model: "m", sample: 0, schema: null, temperature };
  assertEquals(callKey(call, "m", 0), sha256(canonicalJson({ ...asked, tools })));
  const [user, assistant, result] = messages;
  const { tools: _tools, ...without } = call;
  const different: ModelCall[] = [
    call,
    without,
    { ...call, tools: [...tools, { ...tools[0]!, name: "take" }] },
    { ...call, tools: [{ ...tools[0]!, description: "Takes." }] },
    { ...call, tools: [{ ...tools[0]!, parameters: { type: "object" } }] },
    { ...call, messages: [user!, { role: "assistant", content: "" }, result!] },
    { ...call, messages: [user!, { ...assistant!, tool_calls: [{ ...calls[0]!, arguments: "{ }" }] }, result!] },
    { ...call, messages: [user!, assistant!, { ...result!, tool_call_id: "c2" }] },
  ];
  assertEquals(new Set(different.map((each) => callKey(each, "m", 0))).size, different.length);
  // What keys of earlier versions were, in full.
  assertEquals(
    callKey({ ...CALL, schema: null, messages: [{ role: "user", content: "Hi" }] }, "m", 0),
    sha256(
      '{"kind":"llm","max_tokens":null,"messages":[{"content":"Hi","role":"user"}],"model":"m","sample":0,' +
        '"schema":null,"temperature":0.7}',
    ),
  );
});
