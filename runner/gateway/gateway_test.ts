import process from "node:process";
import { assertEquals, assertMatches, assertNear, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { removeFolder } from "../../tests/support/folders.ts";
import { LLMServer } from "../../tests/support/llm_server.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { LocalStore } from "../store/mod.ts";
import { FetchClient } from "./client.ts";
import { Envelope } from "./envelope.ts";
import { completion, Scene, SCHEMA, serving } from "../../tests/support/gateway.ts";
import { SdkClient } from "./sdk_client.ts";
import type { GatewayOutcome } from "./types.ts";

for (const Client of [FetchClient, SdkClient]) {
  Deno.test(`a call is asked as it was put, and its answer and account come back (${Client.name})`, async () => {
    await using scene = await Scene.open({
      gateway: { client: new Client() },
      server: { answer: () => ({ action: "sow" }) },
    });
    const messages = [
      { role: "system", content: "You are a farmer." },
      { role: "user", content: "What do you do?" },
    ] as const;
    const { response, account } = await scene.answer({ messages, temperature: 0.5, max_tokens: 100 });
    assertEquals(response, { content: '{"action":"sow"}', finish_reason: "stop" });
    const { inputTokens, outputTokens, requests } = scene.server;
    assertEquals(account.usage, { input_tokens: inputTokens, output_tokens: outputTokens });
    assertNear(account.cost_usd, (inputTokens + 2 * outputTokens) / 1e6, 1e-12);
    assertEquals(account.retries, 0);
    assertTrue(account.latency_ms > 0);
    assertEquals(scene.budget.spent.tokens, inputTokens + outputTokens);
    assertEquals(requests[0]!.authorization, true);
    assertEquals(
      requests[0]!.body,
      {
        model: "test-model",
        messages: [...messages],
        response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: SCHEMA } },
        temperature: 0.5,
        max_tokens: 100,
      } as unknown as (typeof requests)[0]["body"],
    );
  });
}

Deno.test("free text is asked for without a format, and without limits no length is sent", async () => {
  await using scene = await Scene.open();
  await scene.answer({ schema: null });
  assertEquals(Object.keys(scene.server.requests[0]!.body), ["model", "messages"]);
});

Deno.test("a provider without a key gets none", async () => {
  await using server = serving((request) => Response.json(completion(String(request.headers.get("authorization")))));
  for (const Client of [FetchClient, SdkClient]) {
    await using scene = await Scene.open({
      base_url: server.base_url,
      provider: { key: null },
      gateway: { client: new Client() },
    });
    assertEquals((await scene.answer({ schema: null })).response.content, "null");
  }
});

Deno.test("a key in an answer is not passed on", async () => {
  await using server = serving((request) =>
    Response.json(completion(`you are ${request.headers.get("authorization")}`))
  );
  await using scene = await Scene.open({ base_url: server.base_url });
  assertEquals((await scene.answer()).response.content, "you are Bearer ***");
});

Deno.test("a provider that counts no tokens, or counts nonsense, is taken to count bytes", async () => {
  for (
    const usage of [null, { prompt_tokens: -5, completion_tokens: 1 }, { prompt_tokens: "1e9", completion_tokens: 2 }]
  ) {
    await using server = serving(() => Response.json(completion("zwölf", { usage })));
    await using scene = await Scene.open({ base_url: server.base_url });
    const { account } = await scene.answer({ schema: null, messages: [{ role: "user", content: "x".repeat(100) }] });
    assertEquals(account.usage, { input_tokens: 132, output_tokens: 6 });
    assertEquals(scene.budget.spent.tokens, 138);
  }
});

Deno.test("an answer in parts is put together, and what a model thinks is counted where only the total has it", async () => {
  const parts = [{ type: "text", text: "one " }, { type: "text", text: "two" }];
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 40 };
  await using server = serving(() => Response.json(completion(parts, { usage })));
  await using scene = await Scene.open({ base_url: server.base_url });
  const { response, account } = await scene.answer({ schema: null });
  assertEquals(response.content, "one two");
  assertEquals(account.usage, { input_tokens: 10, output_tokens: 30 });
});

Deno.test("no more calls are on their way than the provider may have, whatever runs they are of", async () => {
  await using scene = await Scene.open({ server: { latency: 3 }, provider: { max_concurrency: 7 } });
  const other = new Envelope({ name: "run 's'", max_cost_usd: null, max_tokens: null });
  await Promise.all(
    Array.from(
      { length: 60 },
      (_, i) =>
        scene.call({ model: "test-model", run_id: i % 2 ? "r" : "s" }, { budget: i % 2 ? scene.budget : other }),
    ),
  );
  assertEquals(scene.server.peakInFlight, 7);
  assertEquals(scene.server.answered, 60);
});

Deno.test("cancelling a run reaches all sockets", async () => {
  await using scene = await Scene.open({ server: { behave: () => "hang" }, provider: { max_concurrency: 100 } });
  const calls = Array.from({ length: 150 }, () => scene.call());
  await scene.server.whenInFlight(100);
  const [before, began] = [process.cpuUsage(), performance.now()];
  scene.stop.abort();
  await scene.server.whenAborted(100);
  const { user, system } = process.cpuUsage(before);
  // 200 ms of the processor's time, whatever else the machine does meanwhile.
  assertTrue(user + system < 200_000, `${(user + system) / 1000} ms`);
  assertTrue(performance.now() - began < 2000);
  const outcomes = await Promise.all(calls);
  assertEquals(outcomes.map(code), Array(150).fill("cancelled"));
  assertEquals(scene.server.received, 100, "those that waited have not been sent");
  assertEquals(scene.budget.outstanding.calls, 0);
});

Deno.test("one run's cancellation leaves the others alone", async () => {
  await using scene = await Scene.open({ server: { behave: ({ index }) => index === 0 ? "hang" : undefined } });
  const stop = new AbortController();
  const first = scene.call({}, { signal: stop.signal });
  await scene.server.whenInFlight(1);
  const second = scene.call();
  stop.abort();
  assertEquals([code(await first), code(await second)], ["cancelled", "answered"]);
});

Deno.test("a call that waits to be tried again can be cancelled", async () => {
  const clock = new ManualClock();
  await using scene = await Scene.open({ server: { failFirst: 1 }, gateway: { clock, random: () => 0.5 } });
  const call = scene.call();
  await clock.whenAlarmed();
  scene.stop.abort();
  assertEquals(code(await call), "cancelled");
  assertEquals(clock.alarms, 0);
});

Deno.test("closing cancels what is on its way and takes nothing more", async () => {
  await using scene = await Scene.open({ server: { behave: () => "hang" } });
  const calls = [scene.call(), scene.call()];
  await scene.server.whenInFlight(2);
  await scene.gateway.close();
  await scene.server.whenAborted(2);
  for (const call of [...calls, scene.call()]) assertEquals(code(await call), "cancelled");
  assertEquals(scene.server.received, 2);
});

Deno.test("a service may be called where the host allows it, and nowhere else", async () => {
  await using server = serving(() => new Response("hello"));
  const { origin } = new URL(server.base_url);
  await using scene = await Scene.open({ gateway: { http_allow: [origin] } });
  const call = { run_id: "r", method: "POST", url: `${origin}/turn`, headers: {}, body: "{}", timeout: 10 };
  const outcome = await scene.gateway.http(call, scene.stop.signal);
  assertEquals(outcome.kind === "answered" && outcome.response, { content: "hello", status: 200 });
  await assertRejects(
    () => scene.gateway.http({ ...call, url: "http://127.0.0.1:9/" }, scene.stop.signal),
    "http_not_allowed",
  );
  scene.stop.abort();
  assertEquals(code(await scene.gateway.http(call, scene.stop.signal)), "cancelled");
});

Deno.test("the offline provider answers without a server and costs nothing", async () => {
  const budget = new Envelope({ name: "run 'r'", max_cost_usd: 0, max_tokens: 0 });
  await using scene = await Scene.open({ budget, provider: { kind: "offline", base_url: "", key: null } });
  const { response, account } = await scene.answer({ offline: { action: "rest", amount: 1 } });
  assertEquals(JSON.parse(response.content), { action: "rest", amount: 1 });
  assertEquals([account.cost_usd, account.retries, scene.server.received], [0, 0, 0]);
});

Deno.test("how a model wants to be asked is known to the next process", async () => {
  const folder = await Deno.makeTempDir();
  await using server = await LLMServer.start({ behave: () => "schema_refused" });
  for (const formats of [["json_schema", "json_object"], ["json_object"]]) {
    const memory = new LocalStore(folder);
    try {
      await using scene = await Scene.open({ gateway: { memory }, base_url: server.url });
      server.reset();
      await scene.answer();
      assertEquals(server.requests.map(({ body }) => body.response_format?.type), formats);
    } finally {
      memory.close();
    }
  }
  await removeFolder(folder);
});

Deno.test("people are told what is waited for, once a second and not for every call", async () => {
  const clock = new ManualClock();
  const behave = () => ({ do: "rate_limit", retry_after: 3 }) as const;
  await using scene = await Scene.open({ server: { behave }, gateway: { clock } });
  const calls = Array.from({ length: 50 }, () => scene.call());
  await scene.server.whenReceived(50);
  await scene.server.whenIdle();
  await clock.whenAlarmed();
  scene.stop.abort();
  await Promise.all(calls);
  assertEquals(scene.notices, [{ run_id: "r", level: "WARNING", text: "rate limited by test: waiting 3 s" }]);
});

Deno.test("a model that nobody knows the price of is named once when money is limited", async () => {
  const budget = new Envelope({ name: "run 'r'", max_cost_usd: 1, max_tokens: null });
  await using scene = await Scene.open({ budget, provider: { pricesOf: () => null } });
  for (let i = 0; i < 3; i++) assertEquals((await scene.answer()).account.cost_usd, 0);
  assertEquals(scene.notices.length, 1);
  assertMatches(scene.notices[0]!.text, /what model 'test-model' of provider 'test' costs/);
});

/** How a call ended, in one word. */
function code(outcome: GatewayOutcome): string {
  return outcome.kind === "halted" ? outcome.halt.code : outcome.kind;
}
