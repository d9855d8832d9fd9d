import { z } from "zod";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import type { JsonObject } from "../json.ts";
import type { Call, SettledCall } from "./call.ts";
import { Caller, type CallerOptions } from "./caller.ts";
import { type ChatRequest, type HttpRequest, ModelError } from "./llm.ts";
import { DEFAULT_MODEL } from "./settings.ts";
import { TurnCalls } from "./turn_calls.ts";

/** What the host says: an answer's text, or what makes more of a settled call. */
type Said = string | Partial<SettledCall>;

function settledCall(said: Said): SettledCall {
  const facts: Partial<SettledCall> = typeof said === "string" ? { response: { content: said } } : said;
  const usage = { input_tokens: 1, output_tokens: 1 };
  return { provider: "test", model: "small", usage, cost_usd: 0, latency_ms: 1, retries: 0, reused: false, ...facts };
}

/** A caller whose host says these things, one after the other. */
function asking(said: readonly Said[], options: Partial<CallerOptions> = {}) {
  const asked: Call[] = [];
  const calls = new TurnCalls();
  const caller = new Caller({
    asker: "agent",
    agent: "Ada",
    turn: 3,
    calls,
    settings: () => ({ ...DEFAULT_MODEL, provider: "test", max_retries: 2 }),
    ask: (call) => {
      asked.push(call);
      return Promise.resolve(settledCall(said[asked.length - 1]!));
    },
    ...options,
  });
  return { caller, calls, asked, kept: () => calls.take() };
}

const schema = z.strictObject({ reasoning: z.string(), coins: z.int().max(9) });
const GOOD = '{"reasoning":"because","coins":3}';

Deno.test("a question has an address, the conversation, a JSON Schema, and is kept with its answer", async () => {
  const { caller, asked, kept } = asking([GOOD]);
  const answer = await caller.chat({ system: "Be brief.", messages: "How many?", schema, max_tokens: 50 });
  assertEquals(answer, {
    value: { reasoning: "because", coins: 3 },
    text: GOOD,
    tool_calls: [],
    provider: "test",
    model: "small",
    attempts: 1,
  });
  const [call] = asked as Extract<Call, { kind: "llm" }>[];
  const { agent, turn, purpose, n, attempt, role, messages, max_tokens } = call!;
  assertEquals([agent, turn, purpose, n, attempt, role, max_tokens], ["Ada", 3, "decide", 1, 1, "agent", 50]);
  assertEquals(messages, [{ role: "system", content: "Be brief." }, { role: "user", content: "How many?" }]);
  assertEquals(call!.schema?.required, ["reasoning", "coins"]);
  assertEquals(["temperature" in call!, "offline" in call!], [false, false]);
  const [question] = kept();
  assertEquals([question!.answer, question!.failure], [{ reasoning: "because", coins: 3 }, null]);
});

Deno.test("an answer that does not fit is shown again with what is wrong, at the next attempt of the same question", async () => {
  const { caller, asked, kept } = asking([
    '{"reasoning":"much","coins":12}',
    { response: { content: '{"reasoning":"a lo', finish_reason: "length" } },
    GOOD,
  ]);
  assertEquals((await caller.chat({ messages: "How many?", schema })).attempts, 3);
  const calls = asked as Extract<Call, { kind: "llm" }>[];
  assertEquals(calls.map(({ n, attempt, messages }) => [n, attempt, messages.length]), [[1, 1, 1], [1, 2, 3], [
    1,
    3,
    5,
  ]]);
  assertEquals(calls[2]!.messages.map(({ role }) => role), ["user", "assistant", "user", "assistant", "user"]);
  assertMatches(calls[1]!.messages[2]!.content, /coins/);
  assertMatches(calls[2]!.messages[4]!.content, /^Your answer was cut off: be brief\.\n/);
  assertEquals(kept()[0]!.attempts.map(({ problem }) => problem === null), [false, false, true]);
});

Deno.test("after max_retries there is no answer, unless a lenient type takes the last one", async () => {
  const bad = '{"coins":12}';
  const strict = asking([bad, bad, bad]);
  const error = await assertRejects(() => strict.caller.chat({ messages: "?", schema }), "invalid_answer");
  assertTrue(error instanceof ModelError);
  assertMatches(error.message, /^test small was asked 3 times and never answered as asked: .*coins/s);
  assertEquals(strict.kept()[0]!.failure?.code, "invalid_answer");
  const lenient = asking([bad, bad, bad]);
  const any = z.looseObject({}) as unknown as typeof schema;
  const answer = await lenient.caller.chat({ messages: "?", schema, lenient: any });
  assertEquals([answer.value, answer.attempts], [{ coins: 12 } as unknown as typeof answer.value, 3]);
});

Deno.test("a call that was given up is not asked again", async () => {
  const { caller, asked, kept } = asking([{ error: { code: "timeout", message: "no reply within 60 s" } }]);
  const error = await assertRejects(() => caller.chat({ messages: "?", schema }), "timeout");
  assertTrue(error instanceof ModelError);
  assertMatches(error.message, /^no answer from test small: no reply within 60 s/);
  assertEquals([asked.length, kept()[0]!.failure?.code], [1, "timeout"]);
});

Deno.test("what the domain's rule would say is asked only where no model answers", async () => {
  let times = 0;
  const offline = () => ({ coins: ++times, left: undefined });
  const online = asking(["yes"]);
  await online.caller.chat({ messages: "?", offline });
  assertEquals([times, online.caller.isOffline(), "offline" in online.asked[0]!], [0, false, false]);
  const alone = asking(["yes"], { settings: () => ({ ...DEFAULT_MODEL, provider: "offline" }) });
  await alone.caller.chat({ messages: "?", offline });
  assertEquals([times, alone.caller.isOffline()], [1, true]);
  assertEquals((alone.asked[0] as { offline?: unknown }).offline, { coins: 1 });
});

Deno.test("a question is kept also when the domain's own code fails in it", async () => {
  const { caller, calls, kept } = asking([], { settings: () => ({ ...DEFAULT_MODEL, provider: "offline" }) });
  const offline = () => {
    throw new RangeError("my rule fails");
  };
  await assertRejects(() => caller.chat({ messages: "?", offline }));
  await calls.settled();
  assertEquals(kept().map(({ failure }) => failure), [{ code: "call_error", message: "my rule fails" }]);
});

Deno.test("without a model there is nothing to ask, and it is said what is missing", async () => {
  const { caller, calls } = asking([], { settings: () => null });
  const error = await assertRejects(() => caller.chat({ messages: "?" }), "no_llm");
  assertMatches(String((error as { hint?: string }).hint), /static override readonly llm = true/);
  assertEquals([calls.isIdle, caller.isOffline(), caller.onFailure()], [true, false, "fail"]);
});

Deno.test("what could not be sent is told to who asks it, and the host does not hear of it", async () => {
  const wrong: [Partial<ChatRequest>, RegExp][] = [
    [{ purpose: "" }, /its purpose is ""$/],
    [{ purpose: "p".repeat(301) }, /its purpose is "p+… \(303 characters\)$/],
    [{ role: "r".repeat(101) }, /its role is/],
    [{ messages: [] }, /it has no messages$/],
    [{ messages: [{ role: "user", content: undefined as unknown as string }] }, /message 1 is \{ role: "user"/],
    [{ messages: [{ role: "tool" as "user", content: "x" }] }, /message 1 is \{ role: "tool"/],
    [{ temperature: NaN }, /its temperature is NaN$/],
    [{ temperature: -1 }, /its temperature is -1$/],
    [{ max_tokens: 0 }, /its max_tokens is 0$/],
    [{ max_tokens: 1.5 }, /its max_tokens is 1.5$/],
  ];
  for (const [part, message] of wrong) {
    const { caller, asked, kept } = asking([]);
    const error = await assertRejects(() => caller.chat({ messages: "?", ...part }), "bad_call");
    assertMatches(error.message, message);
    assertEquals([error instanceof ModelError, asked.length, kept()[0]!.failure?.code], [false, 0, "bad_call"]);
  }
  const requests: [HttpRequest, RegExp][] = [
    [{ url: "somewhere" }, /its URL is not an absolute one$/],
    [{ url: "file:///etc/passwd" }, /its URL is not an absolute one$/],
    [{ url: `http://a.test/${"x".repeat(9000)}` }, /its URL is not an absolute one$/],
    [{ url: "http://ada:secret@a.test/" }, /its URL, of http:\/\/a.test, holds a user name or a password$/],
    [{ url: "http://a.test/", method: "P OST" }, /its method is "P OST"$/],
    [{ url: "http://a.test/", headers: { "x-n": 1 as unknown as string } }, /its header 'x-n' is no text$/],
    [{ url: "http://a.test/", body: () => {} }, /its body is not JSON$/],
  ];
  for (const [request, message] of requests) {
    const { caller, asked } = asking([]);
    assertMatches((await assertRejects(() => caller.request(request), "bad_call")).message, message);
    assertEquals(asked.length, 0);
  }
});

Deno.test("a service is asked once, with JSON for what is no text", async () => {
  const { caller, asked } = asking([{ response: { content: "[]", status: 404 } }, {
    response: { content: "", status: 200 },
  }]);
  assertEquals(await caller.request({ url: "http://a.test/x", body: { turn: 3 } }), { status: 404, body: "[]" });
  await caller.request({ url: "http://a.test/x", method: "put", body: "as it is" });
  const [first, second] = asked as Extract<Call, { kind: "http" }>[];
  assertEquals([first!.method, first!.body, first!.headers, first!.n], [
    "POST",
    '{"turn":3}',
    { "content-type": "application/json" },
    1,
  ]);
  assertEquals([second!.method, second!.body, second!.headers, second!.n], ["PUT", "as it is", {}, 2]);
});

Deno.test("a service that gave no reply is a model's failure, one that may not be asked is not", async () => {
  const request = { url: "http://a.test/" };
  const silent = asking([{ error: { code: "timeout", message: "no reply" } }]);
  assertTrue(await assertRejects(() => silent.caller.request(request), "timeout") instanceof ModelError);
  const error = { code: "http_not_allowed", message: "no", hint: "allow it", refused: true } as const;
  const forbidden = asking([{ error }]);
  const refusal = await assertRejects(() => forbidden.caller.request(request), "http_not_allowed");
  assertEquals([refusal instanceof ModelError, (refusal as { hint?: string }).hint], [false, "allow it"]);
});

const TOOLS = [{ name: "add", description: "Adds.", parameters: { type: "object" } }];
const ADD = { id: "c1", name: "add", arguments: '{"a":1' };

Deno.test("with tools the answer is its text, which may be empty, and the tools that are to be called", async () => {
  const { caller, asked, kept } = asking([{ response: { content: "", tool_calls: [ADD] } }, "Done."]);
  const first = await caller.chat({ messages: "Add one.", tools: TOOLS });
  assertEquals([first.value, first.text, first.tool_calls, first.attempts], ["", "", [ADD], 1]);
  const messages = [
    { role: "user", content: "Add one." },
    { role: "assistant", content: first.text, tool_calls: first.tool_calls },
    { role: "tool", tool_call_id: "c1", content: "added" },
  ] as const;
  const second = await caller.chat({ messages, tools: TOOLS });
  assertEquals([second.value, second.tool_calls], ["Done.", []]);
  const calls = asked as Extract<Call, { kind: "llm" }>[];
  assertEquals(calls.map(({ n, tools, schema }) => [n, tools, schema]), [[1, TOOLS, null], [2, TOOLS, null]]);
  assertEquals(calls[1]!.messages, messages);
  assertEquals(kept().map(({ failure }) => failure), [null, null]);
});

Deno.test("tools, their calls and what a rule says of them are looked at before they are sent", async () => {
  const [tool] = TOOLS;
  const offline = { settings: () => ({ ...DEFAULT_MODEL, provider: "offline" }) };
  const wrong: [Partial<ChatRequest<unknown>>, RegExp][] = [
    [{ tools: TOOLS, schema }, /it has tools and a schema$/],
    [{ tools: [] }, /its tools are \[\]$/],
    [{ tools: Array.from({ length: 129 }, (_, i) => ({ ...tool!, name: `t${i}` })) }, /its tools are \[/],
    [{ tools: [{ ...tool!, name: "not a name" }] }, /tool 1 is \{ name: "not a name"/],
    [{ tools: [{ ...tool!, parameters: null as unknown as JsonObject }] }, /tool 1 is \{ name: "add"/],
    [{ tools: [tool!, tool!] }, /two of its tools are called 'add'$/],
    [{ messages: [{ role: "tool", content: "x" }] }, /message 1 is \{ role: "tool"/],
    [{ messages: [{ role: "user", content: "x", tool_call_id: "c1" }] }, /message 1 is \{ role: "user"/],
    [{ messages: [{ role: "user", content: "x", tool_calls: [ADD] }] }, /message 1 is \{/],
    [{ messages: [{ role: "assistant", content: "x", tool_calls: [{ ...ADD, id: "" }] }] }, /message 1 is \{/],
    [{ tools: TOOLS, offline: () => 7 }, /its rule answers 7$/],
    [{ tools: TOOLS, offline: () => ({ tool_calls: [{ arguments: {} }] }) }, /its rule answers \{/],
  ];
  for (const [part, message] of wrong) {
    const { caller, asked } = asking([], offline);
    const request = { messages: "?", ...part } as ChatRequest;
    assertMatches((await assertRejects(() => caller.chat(request), "bad_call")).message, message);
    assertEquals(asked.length, 0);
  }
  const right = asking(["yes"], offline);
  const said = { content: "I add.", tool_calls: [{ name: "add", arguments: { a: 1 } }] };
  await right.caller.chat({ messages: "?", tools: TOOLS, offline: () => said });
  assertEquals((right.asked[0] as { offline?: unknown }).offline, said);
});

Deno.test("a service may be given its own time, up to ten minutes", async () => {
  const { caller, asked } = asking([{ response: { content: "", status: 500 } }]);
  assertEquals((await caller.request({ url: "http://a.test/", timeout: 600 })).status, 500);
  assertEquals((asked[0] as { timeout?: number }).timeout, 600);
  for (const timeout of [0, -1, 601, NaN, "9" as unknown as number]) {
    const error = await assertRejects(() => asking([]).caller.request({ url: "http://a.test/", timeout }), "bad_call");
    assertMatches(error.message, /its timeout is/);
  }
});

Deno.test("what is tolerated is thrown all the same, and marked; what could not be asked is never tolerated", async () => {
  const timeout = { error: { code: "timeout", message: "no reply" } } as const;
  const refused = { error: { code: "http_not_allowed", message: "no", refused: true } } as const;
  const url = "http://a.test/";
  const cases: [readonly Said[], (caller: Caller) => Promise<unknown>, string, true | undefined][] = [
    [[timeout], (caller) => caller.request({ url, tolerant: true }), "timeout", true],
    [[timeout], (caller) => caller.request({ url, tolerant: false }), "timeout", undefined],
    [[refused], (caller) => caller.request({ url, tolerant: true }), "http_not_allowed", undefined],
    [[], (caller) => caller.request({ url: "?", tolerant: true }), "bad_call", undefined],
    [[timeout], (caller) => caller.chat({ messages: "?", tolerant: true }), "timeout", true],
    [["a", "b", "c"], (caller) => caller.chat({ messages: "?", schema, tolerant: true }), "invalid_answer", true],
    [["a", "b", "c"], (caller) => caller.chat({ messages: "?", schema }), "invalid_answer", undefined],
  ];
  for (const [said, ask, code, tolerated] of cases) {
    const { caller, kept } = asking(said);
    const error = await assertRejects(() => ask(caller), code);
    const [question] = kept();
    assertEquals([question!.failure?.code, question!.failure?.tolerated], [code, tolerated]);
    if (tolerated) assertTrue(error instanceof ModelError);
  }
});
