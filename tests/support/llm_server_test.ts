import OpenAI from "openai";
import * as z from "zod";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "./assert.ts";
import { type Behaviour, countPromptTokens, countTokens, LLMServer, TEST_SERVER_TEXT } from "./llm_server.ts";
import { spawnLLMServer } from "./llm_server_process.ts";

const MESSAGES = [{ role: "user" as const, content: "What do you do?" }];
const Decision = z.strictObject({
  reasoning: z.string(),
  action: z.enum(["wait", "trade"]),
  confidence: z.number().min(0).max(1),
});
const FORMAT = {
  type: "json_schema" as const,
  json_schema: { name: "decision", schema: z.toJSONSchema(Decision, { io: "input" }) as Record<string, unknown> },
};
const QUESTION = { model: "test-model", messages: MESSAGES, response_format: FORMAT };

function clientOf(server: { readonly url: string }, options: { readonly timeout?: number } = {}): OpenAI {
  return new OpenAI({ apiKey: "any", baseURL: server.url, maxRetries: 0, ...options });
}

/** A server that does the same with every request, and a client of it. */
async function behaving(behaviour: Behaviour): Promise<{ server: LLMServer; client: OpenAI } & AsyncDisposable> {
  const server = await LLMServer.start({ behave: () => behaviour });
  return { server, client: clientOf(server), [Symbol.asyncDispose]: () => server.close() };
}

function post(server: LLMServer, body: object | string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}/chat/completions`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });
}

async function apiError(promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await assertRejects(() => promise);
  assertTrue(error instanceof OpenAI.APIError, `${error.name}: ${error.message}`);
  return error;
}

Deno.test("the openai client gets a text, usage and a finish reason", async () => {
  await using server = await LLMServer.start();
  const { choices, usage } = await clientOf(server).chat.completions.create({
    model: "test-model",
    messages: MESSAGES,
  });
  assertEquals(choices[0]!.message.content, TEST_SERVER_TEXT);
  assertEquals(choices[0]!.finish_reason, "stop");
  const input = countPromptTokens({ model: "test-model", messages: MESSAGES });
  const output = countTokens(TEST_SERVER_TEXT);
  assertEquals(usage, { prompt_tokens: input, completion_tokens: output, total_tokens: input + output });
  assertEquals([server.received, server.answered, server.inFlight], [1, 1, 0]);
  assertEquals([server.inputTokens, server.outputTokens], [input, output]);
});

Deno.test("a schema in response_format, or in the prompt's words, is kept to", async () => {
  await using server = await LLMServer.start();
  const { completions } = clientOf(server).chat;
  const bySchema = await completions.create(QUESTION);
  Decision.parse(JSON.parse(bySchema.choices[0]!.message.content!));
  const content = `Decide. Answer with JSON of this schema:\n${
    JSON.stringify(FORMAT.json_schema.schema)
  }\nNothing else.`;
  const messages = [{ role: "user" as const, content }];
  const byWords = await completions.create({ model: "test-model", messages, response_format: { type: "json_object" } });
  Decision.parse(JSON.parse(byWords.choices[0]!.message.content!));
  const free = await completions.create({ ...QUESTION, response_format: { type: "json_object" } });
  assertEquals(JSON.parse(free.choices[0]!.message.content!), { answer: TEST_SERVER_TEXT });
});

Deno.test("the same question has the same answer, another one another", async () => {
  await using server = await LLMServer.start();
  const answers = new Set<string>();
  for (const content of ["a", "b", "c", "a", "b", "c"]) {
    const asked = { ...QUESTION, messages: [{ role: "user" as const, content }] };
    answers.add((await clientOf(server).chat.completions.create(asked)).choices[0]!.message.content!);
  }
  assertEquals(answers.size, 3);
});

Deno.test("answers can be scripted as texts and as values", async () => {
  await using server = await LLMServer.start({
    answer: ({ messages }) => messages.length === 1 ? "by word" : { by: "value" },
  });
  const { completions } = clientOf(server).chat;
  assertEquals((await completions.create(QUESTION)).choices[0]!.message.content, "by word");
  const longer = { ...QUESTION, messages: [...MESSAGES, ...MESSAGES] };
  assertEquals((await completions.create(longer)).choices[0]!.message.content, '{"by":"value"}');
});

Deno.test("a hook that throws is told from a fault of the client's", async () => {
  await using server = await LLMServer.start({
    answer: () => {
      throw new Error("broken hook");
    },
  });
  assertMatches((await apiError(clientOf(server).chat.completions.create(QUESTION))).message, /broken hook/);
});

Deno.test("max_tokens and max_completion_tokens cut the answer", async () => {
  await using server = await LLMServer.start({ answer: () => "é".repeat(100) });
  for (const limit of [{ max_tokens: 5 }, { max_completion_tokens: 5 }]) {
    const { choices, usage } = await clientOf(server).chat.completions.create({ ...QUESTION, ...limit });
    assertEquals(choices[0]!.finish_reason, "length");
    assertEquals(choices[0]!.message.content, "é".repeat(10));
    assertEquals(usage!.completion_tokens, 5);
  }
});

Deno.test("a stream says the same as the whole, with usage when asked for", async () => {
  await using server = await LLMServer.start();
  const { completions } = clientOf(server).chat;
  const whole = await completions.create(QUESTION);
  let said = "";
  let usage: unknown;
  let reason: string | null = null;
  const stream = await completions.create({ ...QUESTION, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) {
    said += chunk.choices[0]?.delta.content ?? "";
    reason = chunk.choices[0]?.finish_reason ?? reason;
    usage = chunk.usage ?? usage;
  }
  assertEquals(said, whole.choices[0]!.message.content);
  assertEquals(reason, "stop");
  assertEquals(usage, whole.usage);
  assertEquals([server.answered, server.aborted, server.repeated.length], [2, 0, 1]);
});

Deno.test("models are listed as OpenAI and as Ollama do", async () => {
  await using server = await LLMServer.start({ models: ["a", "b"] });
  const found: string[] = [];
  for await (const { id } of clientOf(server).models.list()) found.push(id);
  assertEquals(found, ["a", "b"]);
  const { models } = await (await fetch(`${server.origin}/api/tags`)).json();
  assertEquals(models.map(({ name }: { name: string }) => name), ["a", "b"]);
});

Deno.test("a key that is asked for is checked, and never kept", async () => {
  await using server = await LLMServer.start({ key: "right-key" });
  const wrong = new OpenAI({ apiKey: "wrong-key", baseURL: server.url, maxRetries: 0 });
  const error = await apiError(wrong.chat.completions.create(QUESTION));
  assertEquals([error.status, error.code], [401, "invalid_api_key"]);
  assertMatches(error.message, /wrong-key/);
  assertEquals((await apiError(wrong.models.list() as unknown as Promise<unknown>)).status, 401);
  const right = new OpenAI({ apiKey: "right-key", baseURL: server.url, maxRetries: 0 });
  await right.chat.completions.create(QUESTION);
  assertEquals(server.requests.map(({ authorization, status }) => [authorization, status]), [[true, 401], [true, 200]]);
  const without = await post(server, QUESTION);
  assertEquals(without.status, 401);
  await without.body!.cancel();
  assertEquals(server.requests[2]!.authorization, false);
  assertTrue(!JSON.stringify(server.requests).includes("right-key"));
});

Deno.test("an unknown model is 404, an unknown path too, a body of another form 400", async () => {
  await using server = await LLMServer.start();
  const error = await apiError(clientOf(server).chat.completions.create({ ...QUESTION, model: "gpt-0" }));
  assertEquals([error.status, error.code, error.type], [404, "model_not_found", "invalid_request_error"]);
  for (const [body, status] of [["{", 400], ['{"model": "test-model"}', 400]] as const) {
    const response = await post(server, body);
    assertEquals(response.status, status);
    assertTrue("message" in (await response.json()).error);
  }
  const elsewhere = await fetch(`${server.url}/completions`);
  assertEquals([elsewhere.status, (await elsewhere.json()).error.code], [404, "unknown_url"]);
  await using any = await LLMServer.start({ models: null });
  await clientOf(any).chat.completions.create({ ...QUESTION, model: "gpt-0" });
  assertEquals([server.failed, any.answered], [3, 1]);
});

for (const status of [400, 403, 422, 500, 502, 503, 504, 529]) {
  Deno.test(`behaviour error ${status}`, async () => {
    await using set = await behaving({ do: "error", status, headers: { "x-trace": "7" } });
    const error = await apiError(set.client.chat.completions.create(QUESTION));
    assertEquals([error.status, error.headers?.get("x-trace")], [status, "7"]);
    assertEquals([set.server.failed, set.server.answered, set.server.requests[0]!.did], [1, 0, "error"]);
  });
}

Deno.test("behaviour rate_limit says when: in seconds, as a date, in ms, or not", async () => {
  const date = new Date("2030-01-02T03:04:05Z");
  const cases: [Behaviour, string, string | null][] = [
    [{ do: "rate_limit", retry_after: 2 }, "retry-after", "2"],
    [{ do: "rate_limit", retry_after: date }, "retry-after", "Wed, 02 Jan 2030 03:04:05 GMT"],
    [{ do: "rate_limit", retry_after_ms: 150 }, "retry-after-ms", "150"],
    ["rate_limit", "retry-after", null],
  ];
  for (const [behaviour, header, value] of cases) {
    await using set = await behaving(behaviour);
    const error = await apiError(set.client.chat.completions.create(QUESTION));
    assertEquals([error.status, error.code], [429, "rate_limit_exceeded"]);
    assertEquals(error.headers!.get(header), value);
  }
});

Deno.test("behaviour insufficient_quota", async () => {
  await using set = await behaving("insufficient_quota");
  const error = await apiError(set.client.chat.completions.create(QUESTION));
  assertEquals([error.status, error.code], [429, "insufficient_quota"]);
});

Deno.test("behaviour hang: a client that gives up is seen to leave", async () => {
  await using set = await behaving("hang");
  const error = await assertRejects(() => set.client.chat.completions.create(QUESTION, { timeout: 50 }));
  assertTrue(error instanceof OpenAI.APIConnectionTimeoutError);
  await set.server.whenAborted(1);
  const { answered, failed, inFlight, requests } = set.server;
  assertEquals([answered, failed, inFlight, requests[0]!.aborted, requests[0]!.status], [0, 0, 0, true, null]);
});

Deno.test("closing the server ends what hangs", async () => {
  const server = await LLMServer.start({ behave: () => "hang" });
  const asked = assertRejects(() => clientOf(server).chat.completions.create(QUESTION));
  await server.whenInFlight(1);
  const waiting = assertRejects(() => server.whenAnswered(1));
  await server.close();
  assertTrue(await asked instanceof OpenAI.APIConnectionError);
  assertMatches((await waiting).message, /waited for 1 answered, but the server was closed: \{"received":1/);
  assertEquals([server.aborted, server.inFlight], [0, 0]);
});

Deno.test("behaviours truncated_json, not_json, no_choices: no client can read the body", async () => {
  for (const name of ["truncated_json", "not_json"] as const) {
    await using set = await behaving(name);
    const response = await post(set.server, QUESTION);
    const text = await response.text();
    assertEquals(response.status, 200);
    assertTrue((await assertRejects(() => Promise.resolve().then(() => JSON.parse(text)))) instanceof SyntaxError);
    assertEquals([set.server.answered, set.server.failed], [0, 1]);
  }
  await using set = await behaving("no_choices");
  assertTrue(!("choices" in await (await post(set.server, QUESTION)).json()));
});

Deno.test("behaviour huge: ten megabytes, whole or as a stream, that a client may break off", async () => {
  await using set = await behaving("huge");
  const whole = await (await post(set.server, QUESTION)).text();
  assertTrue(whole.length >= 10_000_000 && whole.length < 10_500_000, `${whole.length} bytes`);
  assertTrue(JSON.parse(whole).choices[0].message.content.length > 9_900_000);
  const streamed = await (await post(set.server, { ...QUESTION, stream: true })).text();
  assertTrue(streamed.length >= 10_000_000 && streamed.endsWith("data: [DONE]\n\n"));
  const reader = (await post(set.server, QUESTION)).body!.getReader();
  await reader.read();
  await reader.cancel();
  await set.server.whenAborted(1);
  assertEquals([set.server.answered, set.server.failed, set.server.inFlight], [0, 2, 0]);
});

Deno.test("behaviour wrong_shape: JSON that misses the schema", async () => {
  await using set = await behaving("wrong_shape");
  const { choices } = await set.client.chat.completions.create(QUESTION);
  assertTrue(!Decision.safeParse(JSON.parse(choices[0]!.message.content!)).success);
  assertEquals(set.server.answered, 1);
});

Deno.test("behaviours empty, content_filter, refusal, truncated_answer", async () => {
  const cases = [
    ["empty", "", "stop", undefined],
    ["content_filter", "", "content_filter", undefined],
    ["refusal", null, "stop", "I'm sorry, but I can't help with that."],
  ] as const;
  for (const [name, content, reason, refusal] of cases) {
    await using set = await behaving(name);
    const [choice] = (await set.client.chat.completions.create(QUESTION)).choices;
    assertEquals(choice!.message.content, content);
    assertEquals(choice!.finish_reason, reason);
    assertEquals(choice!.message.refusal as string | undefined, refusal);
  }
  await using set = await behaving("truncated_answer");
  const [choice] = (await set.client.chat.completions.create(QUESTION)).choices;
  assertEquals(choice!.finish_reason, "length");
  await assertRejects(() => Promise.resolve().then(() => JSON.parse(choice!.message.content!)));
});

Deno.test("behaviour drip: piece by piece, and a client that leaves in between is seen", async () => {
  await using set = await behaving({ do: "drip", every: 5 });
  const began = performance.now();
  const { choices } = await set.client.chat.completions.create(QUESTION);
  Decision.parse(JSON.parse(choices[0]!.message.content!));
  // About 500 bytes in pieces of 32.
  assertTrue(performance.now() - began >= 50);
  const stream = await set.client.chat.completions.create({ ...QUESTION, stream: true });
  for await (const _ of stream) break;
  await set.server.whenAborted(1);
  assertEquals([set.server.answered, set.server.inFlight], [1, 0]);
});

Deno.test("behaviour disconnect: the connection breaks in the middle of the body", async () => {
  await using set = await behaving("disconnect");
  const response = await post(set.server, QUESTION);
  assertEquals(response.status, 200);
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  assertMatches(new TextDecoder().decode(value), /^\{"id"/);
  assertTrue(await assertRejects(() => reader.read()) instanceof TypeError);
  const asked = set.client.chat.completions.create({ ...QUESTION, stream: true });
  await assertRejects(async () => {
    for await (const _ of await asked);
  });
  assertEquals([set.server.answered, set.server.failed], [0, 2]);
});

Deno.test("behaviour reset: the connection breaks before any reply", async () => {
  await using set = await behaving("reset");
  const error = await assertRejects(() => set.client.chat.completions.create(QUESTION));
  assertTrue(error instanceof OpenAI.APIConnectionError, String(error));
  assertEquals([set.server.received, set.server.failed, set.server.aborted], [1, 1, 0]);
});

Deno.test("behaviours that refuse a parameter answer without it", async () => {
  const cases = [
    ["schema_refused", QUESTION, { ...QUESTION, response_format: { type: "json_object" as const } }, /response_format/],
    [
      { do: "schema_refused", types: ["json_schema", "json_object"] },
      { ...QUESTION, response_format: { type: "json_object" as const } },
      { model: "test-model", messages: MESSAGES },
      /response_format/,
    ],
    ["temperature_refused", { ...QUESTION, temperature: 0 }, QUESTION, /'temperature' does not support 0/],
    ["max_tokens_refused", { ...QUESTION, max_tokens: 9 }, { ...QUESTION, max_completion_tokens: 9 }, /max_completion/],
  ] as const;
  for (const [behaviour, refused, taken, message] of cases) {
    await using set = await behaving(behaviour);
    const error = await apiError(set.client.chat.completions.create(refused));
    assertEquals(error.status, 400);
    assertMatches(error.message, message);
    await set.client.chat.completions.create(taken);
    assertEquals([set.server.failed, set.server.answered], [1, 1]);
  }
});

Deno.test("behaviours that wrap the answer keep it inside", async () => {
  const answer = { action: "wait", reasoning: "It is late, said the king" };
  const text = JSON.stringify(answer);
  const cases: [Behaviour, RegExp][] = [
    ["prose", /^Sure![^{]*\{.*\}[^}]*\?$/s],
    ["fences", /^```json\n\{.*\}\n```$/s],
    ["think", /^<think>\n.*<\/think>\n\n\{"action/s],
    [{ do: "think", tag: "thinking", close: false }, /^<thinking>\n[^/]*"reasoning/s],
    [{ do: "think", open: false }, /^They want.*<\/think>/s],
  ];
  for (const [behaviour, form] of cases) {
    await using server = await LLMServer.start({ behave: () => behaviour, answer: () => answer });
    const { choices } = await clientOf(server).chat.completions.create(QUESTION);
    assertMatches(choices[0]!.message.content!, form);
    assertTrue(choices[0]!.message.content!.includes(text));
  }
  await using server = await LLMServer.start({ behave: () => "control_characters", answer: () => answer });
  const { choices } = await clientOf(server).chat.completions.create(QUESTION);
  const content = choices[0]!.message.content!;
  assertTrue(content.startsWith("\u0000{") && content.includes("It \u0007\u001b[31m\n\tis"));
  assertTrue(content.includes('"action":"wait"'));
});

Deno.test("behaviour call_tool: the tools that a test says, or the first one with arguments that fit, whole or as a stream", async () => {
  const parameters = {
    type: "object",
    properties: { n: { type: "integer", minimum: 3, maximum: 5 } },
    required: ["n"],
  };
  const tools = [{ type: "function" as const, function: { name: "take", description: "Takes.", parameters } }];
  const question = { model: "test-model", messages: MESSAGES, tools };
  const calls = [{ name: "take", arguments: { n: 3 } }, { name: "other", arguments: "{oops", id: "mine" }];
  await using scripted = await behaving({ do: "call_tool", calls, content: "I take." });
  const { choices, usage } = await scripted.client.chat.completions.create(question);
  const { message, finish_reason } = choices[0]!;
  assertEquals([message.content, finish_reason], ["I take.", "tool_calls"]);
  const expected = [
    { id: "call_0_0", type: "function", function: { name: "take", arguments: '{"n":3}' } },
    { id: "mine", type: "function", function: { name: "other", arguments: "{oops" } },
  ];
  assertEquals(message.tool_calls as unknown, expected);
  assertEquals(
    usage!.completion_tokens,
    countTokens("I take.") + countTokens('take{"n":3}') + countTokens("other{oops"),
  );
  const streamed: unknown[] = [];
  const stream = await scripted.client.chat.completions.create({ ...question, stream: true });
  for await (const { choices: [choice] } of stream) streamed.push(...choice?.delta.tool_calls ?? []);
  assertEquals(streamed, expected.map((call, index) => ({ index, ...call, id: index === 0 ? "call_1_0" : "mine" })));

  await using always = await behaving("call_tool");
  for (let i = 0; i < 2; i++) {
    const [choice] = (await always.client.chat.completions.create(question)).choices;
    const [call] = choice!.message.tool_calls as { function: { name: string; arguments: string } }[];
    assertEquals([choice!.message.content, call!.function.name], [null, "take"]);
    assertTrue([3, 4, 5].includes(JSON.parse(call!.function.arguments).n));
  }
  const plain = await always.client.chat.completions.create({ model: "test-model", messages: MESSAGES });
  assertEquals(plain.choices[0]!.message.content, TEST_SERVER_TEXT);
  assertEquals(always.server.receivedBy.size, 2);
});

Deno.test("behave sees the request, its ordinal, and how often the same came", async () => {
  await using server = await LLMServer.start({
    behave: ({ nth }, index) => nth === 0 && index < 2 ? "error" : undefined,
  });
  const { completions } = clientOf(server).chat;
  const other = { ...QUESTION, messages: [...MESSAGES, ...MESSAGES] };
  await apiError(completions.create(QUESTION));
  await completions.create(QUESTION);
  await completions.create(other);
  assertEquals(server.requests.map(({ did }) => did), ["error", "answer", "answer"]);
  assertEquals([...server.receivedBy.values()], [2, 1]);
  assertEquals([...server.answeredBy.values()], [1, 1]);
  assertEquals(server.repeated, []);
});

Deno.test("failFirst fails those that come first, as failWith says", async () => {
  await using server = await LLMServer.start({ failFirst: 2, failWith: { do: "error", status: 503 } });
  for (const status of [503, 503]) {
    assertEquals((await apiError(clientOf(server).chat.completions.create(QUESTION))).status, status);
  }
  await clientOf(server).chat.completions.create(QUESTION);
});

Deno.test("errorRate fails the same requests in any order, about as many as it says", async () => {
  const failures = async (order: readonly number[], seed: number) => {
    await using server = await LLMServer.start({ errorRate: 0.2, seed });
    const failed = await Promise.all(order.map(async (n) => {
      const response = await post(server, { model: "test-model", messages: [{ role: "user", content: `${n}` }] });
      await response.body!.cancel();
      return response.status === 500 ? n : null;
    }));
    return failed.filter((n) => n !== null).sort((a, b) => a - b);
  };
  const order = Array.from({ length: 200 }, (_, n) => n);
  const failed = await failures(order, 1);
  assertTrue(failed.length > 20 && failed.length < 60, `${failed.length} of 200`);
  assertEquals(await failures(order.toReversed(), 1), failed);
  assertTrue(JSON.stringify(await failures(order, 2)) !== JSON.stringify(failed));
});

Deno.test("requests are counted by the key that a test chooses", async () => {
  await using server = await LLMServer.start({ keyOf: ({ messages }) => messages.at(-1)!.content });
  await clientOf(server).chat.completions.create(QUESTION);
  await clientOf(server).chat.completions.create({ ...QUESTION, temperature: 1 });
  assertEquals([...server.answeredBy], [["What do you do?", 2]]);
  assertEquals(server.repeated, ["What do you do?"]);
  server.reset();
  assertEquals([server.received, server.requests.length, server.repeated.length], [0, 0, 0]);
});

Deno.test("what is in flight is seen, and what clients leave", async () => {
  await using server = await LLMServer.start({ latency: 60_000 });
  const cancel = new AbortController();
  const asked = Array.from({ length: 20 }, () => assertRejects(() => post(server, QUESTION, cancel.signal)));
  await server.whenInFlight(20);
  assertEquals([server.peakInFlight, server.received], [20, 20]);
  cancel.abort();
  await server.whenAborted(20);
  await server.whenIdle();
  await Promise.all(asked);
  assertEquals([server.answered, server.failed, server.peakInFlight], [0, 0, 20]);
});

Deno.test("latency is kept to, a behaviour's own before the server's", async () => {
  await using server = await LLMServer.start({
    latency: 60_000,
    behave: (_, index) => ({ do: "answer", latency: index === 0 ? 30 : 0 }),
  });
  const began = performance.now();
  await clientOf(server).chat.completions.create(QUESTION);
  assertTrue(performance.now() - began >= 29);
  await clientOf(server).chat.completions.create(QUESTION);
});

Deno.test("down drops what is in flight and refuses, up takes requests on the same port", async () => {
  await using server = await LLMServer.start({ behave: (_, index) => index === 1 ? "hang" : undefined });
  const client = clientOf(server);
  await client.chat.completions.create(QUESTION);
  const dropped = assertRejects(() => client.chat.completions.create(QUESTION));
  await server.whenInFlight(1);
  await server.down();
  assertTrue(await dropped instanceof OpenAI.APIConnectionError);
  assertTrue(await assertRejects(() => client.chat.completions.create(QUESTION)) instanceof OpenAI.APIConnectionError);
  await server.up();
  await client.chat.completions.create(QUESTION);
  assertEquals([server.received, server.answered, server.aborted, server.inFlight], [3, 2, 0, 0]);
});

Deno.test("as a program it serves as told, and tells what it saw", async () => {
  await using server = await spawnLLMServer([
    "--fail-first",
    "1",
    "--key",
    "k",
    "--model",
    "m",
    "--latency",
    "1",
    "--log",
  ]);
  const client = new OpenAI({ apiKey: "k", baseURL: server.url, maxRetries: 0 });
  assertEquals((await apiError(client.chat.completions.create({ ...QUESTION, model: "m" }))).status, 500);
  await client.chat.completions.create({ ...QUESTION, model: "m" });
  const { received, answered, failed, keys, repeated } = await server.stats();
  assertEquals({ received, answered, failed, keys, repeated }, {
    received: 2,
    answered: 1,
    failed: 1,
    keys: 1,
    repeated: 0,
  });
  assertEquals((await server.requests()).map(({ did }) => did), ["error", "answer"]);
  await server.reset();
  assertEquals((await server.stats()).received, 0);
});
