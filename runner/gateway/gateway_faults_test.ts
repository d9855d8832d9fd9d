import { gzipSync } from "node:zlib";
import net from "node:net";
import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import type { Behaviour } from "../../tests/support/llm_server.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { FetchClient, LONGEST_REPLY } from "./client.ts";
import { CANARY, completion, Scene, serving } from "../../tests/support/gateway.ts";
import { SdkClient } from "./sdk_client.ts";

/** Every fault is met through both clients, which must not differ in what they make of it. */
for (const Client of [FetchClient, SdkClient]) {
  const test = (name: string, body: () => Promise<void>) => Deno.test(`${name} (${Client.name})`, body);
  const client = () => new Client();
  /** A server that does the same with every request. */
  const always = (behaviour: Behaviour, scene = {}) =>
    Scene.open({ gateway: { client: client() }, server: { behave: () => behaviour }, ...scene });
  /** A server that fails at first and then answers. */
  const atFirst = (count: number, failWith: Behaviour) =>
    Scene.open({ gateway: { client: client() }, server: { failFirst: count, failWith } });

  test("a key that is not taken halts at once, naming the variable and not the key", async () => {
    await using scene = await Scene.open({ gateway: { client: client() }, server: { key: "another" } });
    const { code, message, hint } = await scene.halt();
    assertEquals(code, "unauthorized");
    assertEquals(
      message,
      "provider 'test' does not take the key in TEST_API_KEY (HTTP 401: Incorrect API key provided: ***.)",
    );
    assertEquals(hint, "set TEST_API_KEY to a key that may use model 'test-model'");
    assertEquals(scene.server.received, 1);
  });

  test("a key that may not be used halts at once", async () => {
    await using scene = await always({ do: "error", status: 403 });
    assertEquals((await scene.halt()).code, "unauthorized");
    assertEquals(scene.server.received, 1);
  });

  test("a key that is wanted and missing is asked for by the name of its variable", async () => {
    await using scene = await Scene.open({ gateway: { client: client() }, provider: { key: null } });
    const halt = await scene.halt();
    assertEquals([halt.code, halt.hint], ["unauthorized", "set TEST_API_KEY"]);
    assertMatches(halt.message, /^provider 'test' wants a key, and TEST_API_KEY is not set/);
  });

  test("a key that cannot be sent is not sent and not shown", async () => {
    await using scene = await Scene.open({ gateway: { client: client() }, provider: { key: `${CANARY}\n` } });
    assertEquals((await scene.halt()).code, "unauthorized");
    assertEquals(scene.server.received, 0);
  });

  test("a model that is not there halts at once, naming it and the provider", async () => {
    await using scene = await Scene.open({ gateway: { client: client() } });
    const { code, message } = await scene.halt({ model: "nobody" });
    assertEquals(code, "unknown_model");
    assertMatches(message, /^provider 'test' has no model 'nobody' \(HTTP 404: The model 'nobody' does not exist/);
    assertEquals(scene.server.received, 1);
  });

  test("an account that is used up halts at once", async () => {
    await using scene = await always("insufficient_quota");
    assertEquals((await scene.halt()).code, "quota_spent");
    assertEquals(scene.server.received, 1);
  });

  for (
    const [name, limit, wait] of [
      ["seconds", { retry_after: 3 }, 3000],
      ["milliseconds", { retry_after_ms: 1500 }, 1500],
    ] as const
  ) {
    test(`a rate limit is waited for by all, and is no retry: ${name}`, async () => {
      const clock = new ManualClock();
      await using scene = await Scene.open({
        gateway: { client: client(), clock },
        server: { failFirst: 1, failWith: { do: "rate_limit", ...limit } },
      });
      const first = scene.call({ max_retries: 0 });
      await clock.whenAlarmed();
      const second = scene.call();
      assertEquals(clock.nextAlarm, wait);
      clock.advance(wait - 1);
      assertEquals(scene.server.received, 1);
      clock.advance(1);
      const outcome = await first;
      assertEquals(outcome.kind === "answered" && outcome.account.retries, 1);
      assertEquals((await second).kind, "answered");
      assertEquals(scene.server.received, 3);
      assertMatches(scene.notices[0]!.text, /^rate limited by test: waiting [23] s$/);
    });
  }

  test("a rate limit may say until what time", async () => {
    const clock = new ManualClock();
    const until = new Date(Date.now() + 100_000);
    await using scene = await Scene.open({
      gateway: { client: client(), clock },
      server: { failFirst: 1, failWith: { do: "rate_limit", retry_after: until } },
    });
    const call = scene.call();
    await clock.whenAlarmed();
    // Dates are whole seconds, and some time has gone by.
    assertTrue(clock.nextAlarm > 50_000 && clock.nextAlarm <= 100_000, `${clock.nextAlarm}`);
    clock.advance(100_000);
    assertEquals((await call).kind, "answered");
  });

  test("a rate limit that does not say how long is waited for longer each time", async () => {
    const clock = new ManualClock();
    await using scene = await Scene.open({
      gateway: { client: client(), clock, random: () => 1, backoff_ms: 500 },
      server: { failFirst: 3, failWith: "rate_limit" },
    });
    const call = scene.call({ max_retries: 0 });
    for (const wait of [500, 1000, 2000]) {
      await clock.whenAlarmed();
      assertEquals(clock.nextAlarm, wait);
      clock.advance(wait);
    }
    const outcome = await call;
    assertEquals(outcome.kind === "answered" && outcome.account.retries, 3);
  });

  test("a rate limit of more than ten minutes halts at once", async () => {
    await using scene = await always({ do: "rate_limit", retry_after: 601 });
    const { code, message } = await scene.halt();
    assertEquals(code, "rate_limited");
    assertEquals(message, "provider 'test' limits the rate of calls: 11 min to wait, and a call waits 10 min at most");
    assertEquals(scene.server.received, 1);
  });

  test("rate limits of more than ten minutes together halt", async () => {
    const clock = new ManualClock();
    await using scene = await always({ do: "rate_limit", retry_after: 200 }, { gateway: { client: client(), clock } });
    const call = scene.call();
    for (let i = 1; i <= 3; i++) {
      await clock.whenAlarmed();
      clock.advance(200_000);
    }
    const outcome = await call;
    assertEquals(outcome.kind === "halted" && outcome.halt.code, "rate_limited");
    assertEquals(scene.server.received, 4);
  });

  test("what lies between two rate limits ends the waiting that counts together", async () => {
    const clock = new ManualClock();
    const limit = { do: "rate_limit", retry_after: 400 } as const;
    await using scene = await Scene.open({
      gateway: { client: client(), clock, random: () => 0 },
      server: { behave: ({ index }) => [limit, "error", limit, undefined][index] as Behaviour | undefined },
    });
    const call = scene.call();
    for (const wait of [400_000, 0, 400_000]) {
      await clock.whenAlarmed();
      assertEquals(clock.nextAlarm, wait);
      clock.advance(wait);
    }
    assertEquals((await call).kind, "answered");
  });

  for (const status of [502, 503, 504, 529]) {
    test(`a provider that is out (${status}) is tried again, then the run halts`, async () => {
      await using scene = await always({ do: "error", status });
      const { code, message } = await scene.halt({ max_retries: 2 });
      assertEquals(code, "provider_down");
      assertMatches(message, new RegExp(`^provider 'test' at http://127.*/v1 cannot be reached: HTTP ${status}: \\w`));
      assertEquals(scene.server.received, 3);
    });
  }

  test("a provider that is out for a moment is not noticed but for the time", async () => {
    await using scene = await atFirst(2, { do: "error", status: 503 });
    assertEquals((await scene.answer()).account.retries, 2);
    assertMatches(scene.notices[0]!.text, /^test: HTTP 503: .*; trying again in 1 s$/);
  });

  test("a provider that is down halts after its tries, and answers when it is up again", async () => {
    await using scene = await Scene.open({ gateway: { client: client() } });
    await scene.server.down();
    const { code, message } = await scene.halt();
    assertEquals(code, "provider_down");
    assertMatches(message, /cannot be reached: .*refused/i);
    scene.server.up();
    await scene.answer();
  });

  test("a name that does not exist is a provider that is down", async () => {
    await using scene = await Scene.open({
      gateway: { client: client() },
      base_url: "http://u:secret@nowhere.invalid/v1",
    });
    const { code, message } = await scene.halt({ max_retries: 0 });
    assertEquals(code, "provider_down");
    assertMatches(message, /^provider 'test' at http:\/\/nowhere\.invalid\/v1 cannot be reached: dns error/);
  });

  test("a connection that is reset before a reply is a provider that is down", async () => {
    await using server = await resetting();
    await using scene = await Scene.open({ gateway: { client: client() }, base_url: server.base_url });
    assertEquals((await scene.halt({ max_retries: 2 })).code, "provider_down");
    assertEquals(server.connections, 3);
  });

  test("a server's own fault is tried again, then the call is given up", async () => {
    await using scene = await always({ do: "error", status: 500 });
    const { error, account } = await scene.givenUp({ max_retries: 2 });
    assertEquals(error.code, "server_error");
    assertMatches(error.message, /^HTTP 500: The server had an error .* \(3 tries\)$/);
    assertEquals([account.retries, account.cost_usd, scene.server.received], [2, 0, 3]);
    assertEquals(scene.budget.unconfirmed.tokens, 0);
  });

  test("a try that takes too long is cut off, tried again, then the call is given up", async () => {
    await using scene = await always("hang", { budget: undefined });
    const { error, account } = await scene.givenUp({ max_retries: 1, timeout: 0.2 });
    assertEquals(error, { code: "timeout", message: "no reply within 0.2 s (2 tries)" });
    assertTrue(account.latency_ms >= 400, `${account.latency_ms}`);
    // On a busy machine a try may be cut off before the server has seen it.
    assertTrue(scene.server.received > 0);
    await scene.server.whenAborted(scene.server.received);
    assertTrue(scene.budget.unconfirmed.tokens > 0, "what was asked may be billed");
  });

  test("a reply that trickles for too long is cut off", async () => {
    await using scene = await always({ do: "drip", every: 20 });
    assertEquals((await scene.givenUp({ max_retries: 0, timeout: 0.1 })).error.code, "timeout");
    await scene.server.whenAborted(1);
  });

  test("after eight failures in a row nobody asks for half a minute, then one does", async () => {
    const clock = new ManualClock();
    let down = true;
    await using scene = await Scene.open({
      gateway: { client: client(), clock },
      server: { behave: () => down ? { do: "error", status: 500 } : undefined },
    });
    for (let i = 0; i < 8; i++) await scene.givenUp({ max_retries: 0 });
    assertMatches(scene.notices.at(-1)!.text, /^test does not work and is left alone for a while: HTTP 500/);
    const { code, hint } = await scene.halt();
    assertEquals([code, hint], ["provider_down", "resume when it works again; it is asked again in 30 s"]);
    assertEquals(scene.server.received, 8);
    clock.advance(30_000);
    await scene.givenUp({ max_retries: 0 });
    assertEquals((await scene.halt()).code, "provider_down");
    assertEquals(scene.server.received, 9);
    clock.advance(30_000);
    down = false;
    await Promise.all([scene.answer(), scene.answer()]);
  });

  test("a provider that takes no schema is asked in JSON mode, then by the prompt; later calls begin there", async () => {
    await using scene = await always({ do: "schema_refused", types: ["json_schema", "json_object"] });
    const messages = [{ role: "system", content: "You are a farmer." }, { role: "user", content: "Now?" }] as const;
    assertEquals((await scene.answer({ messages, max_retries: 0 })).account.retries, 2);
    await scene.answer({ messages, max_retries: 0 });
    const bodies = scene.server.requests.map(({ body }) => body);
    assertEquals(bodies.map((body) => body.response_format?.type), [
      "json_schema",
      "json_object",
      undefined,
      undefined,
    ]);
    const system = bodies[3]!.messages[0]!.content;
    assertMatches(
      system,
      /^You are a farmer\.\n\nAnswer with JSON that fits this JSON Schema.*"additionalProperties"/s,
    );
    assertEquals(scene.notices.map(({ text }) => text), [
      "model 'test-model' of test takes no JSON Schema; it is asked in JSON mode",
      "model 'test-model' of test has no JSON mode; it is asked by the prompt alone",
    ]);
  });

  test("calls side by side that meet the same refusal all go on", async () => {
    await using scene = await always({ do: "schema_refused", types: ["json_schema"] });
    await Promise.all(Array.from({ length: 20 }, () => scene.answer({ max_retries: 0 })));
    await scene.answer();
    assertEquals(scene.server.requests.at(-1)!.body.response_format?.type, "json_object");
  });

  test("a model that takes no temperature is asked without one from then on", async () => {
    await using scene = await always("temperature_refused");
    assertEquals((await scene.answer({ temperature: 0.5, max_retries: 0 })).account.retries, 1);
    assertEquals((await scene.answer({ temperature: 0.5, max_retries: 0 })).account.retries, 0);
    assertEquals(scene.server.requests.map(({ body }) => body.temperature), [0.5, undefined, undefined]);
  });

  test("a model that calls the longest answer otherwise is told it by that name from then on", async () => {
    await using scene = await always("max_tokens_refused");
    await scene.answer({ max_tokens: 77, max_retries: 0 });
    await scene.answer({ max_tokens: 77, max_retries: 0 });
    assertEquals(
      scene.server.requests.map(({ body }) => [body.max_tokens, body.max_completion_tokens]),
      [[77, undefined], [undefined, 77], [undefined, 77]],
    );
  });

  test("a value that is out of range is the scenario's fault, not the parameter's", async () => {
    const message = "Invalid 'temperature': expected a value at most 2, but got 3.";
    await using scene = await always({ do: "error", status: 400, message });
    assertEquals((await scene.givenUp({ temperature: 3 })).error, {
      code: "bad_request",
      message: `HTTP 400: ${message}`,
    });
    assertEquals(scene.server.received, 1);
  });

  for (const status of [400, 413, 422]) {
    test(`a request that is refused (${status}) is given up with the provider's words`, async () => {
      const message = `Your key ${CANARY} \u001b[31m\r\nis fine. ${"x".repeat(1000)}`;
      await using scene = await always({ do: "error", status, message });
      const { error } = await scene.givenUp();
      assertEquals(error.code, "bad_request");
      assertMatches(error.message, new RegExp(`^HTTP ${status}: Your key \\*\\*\\* \\[31m is fine\\. x{400,480}$`));
      assertEquals(scene.server.received, 1);
    });
  }

  test("a reply that is too large is cut off and given up", async () => {
    await using scene = await always("huge");
    const { error } = await scene.givenUp();
    assertEquals(error, { code: "reply_too_large", message: "the reply is longer than 2 MiB" });
    await scene.server.whenAborted(1);
    assertEquals(scene.server.received, 1);
  });

  test("a reply that says that it is too large is not read", async () => {
    await using server = serving(() => new Response("x".repeat(LONGEST_REPLY + 1)));
    await using scene = await Scene.open({ gateway: { client: client() }, base_url: server.base_url });
    assertEquals((await scene.givenUp()).error.code, "reply_too_large");
  });

  test("a small reply that unpacks to a large one is cut off", async () => {
    const bomb = new Uint8Array(gzipSync("x".repeat(10 * LONGEST_REPLY)));
    assertTrue(bomb.length < 100_000);
    await using server = serving(() => new Response(bomb, { headers: { "content-encoding": "gzip" } }));
    await using scene = await Scene.open({ gateway: { client: client() }, base_url: server.base_url });
    assertEquals((await scene.givenUp()).error.code, "reply_too_large");
  });

  test("an error page that is too large is cut off as well", async () => {
    await using server = serving(() => new Response("x".repeat(LONGEST_REPLY + 1), { status: 500 }));
    await using scene = await Scene.open({ gateway: { client: client() }, base_url: server.base_url });
    assertEquals((await scene.givenUp()).error.code, "reply_too_large");
  });

  for (const behaviour of ["not_json", "no_choices", "disconnect", "truncated_json"] as const) {
    test(`a reply that is none (${behaviour}) is tried again, then the call is given up`, async () => {
      await using scene = await always(behaviour);
      const { error, account } = await scene.givenUp({ max_retries: 1 });
      assertEquals([error.code, account.retries, scene.server.received], ["bad_response", 1, 2]);
    });

    test(`a reply that is none (${behaviour}) once does no harm`, async () => {
      await using scene = await atFirst(1, behaviour);
      assertEquals((await scene.answer()).account.retries, 1);
    });
  }

  test("a fault that comes with a good status is taken for what it says", async () => {
    await using server = serving(() => Response.json({ error: { code: 401, message: "No auth" } }));
    await using scene = await Scene.open({ gateway: { client: client() }, base_url: server.base_url });
    assertEquals((await scene.halt()).code, "unauthorized");
  });

  test("redirects are not followed: the key stays where it was sent", async () => {
    let others = 0;
    await using elsewhere = serving(() => (others++, Response.json(completion("got you"))));
    await using server = serving(() => new Response(null, { status: 307, headers: { location: elsewhere.base_url } }));
    await using scene = await Scene.open({ gateway: { client: client() }, base_url: server.base_url });
    const { error } = await scene.givenUp();
    assertEquals([error.code, others], ["bad_request", 0]);
    assertEquals(error.message, `HTTP 307: it redirects to ${elsewhere.base_url}; base_url must be where it leads`);
  });

  test("an empty answer is asked for again, then given up, and all of it is paid", async () => {
    await using scene = await always("empty");
    const { error, account } = await scene.givenUp({ max_retries: 2 });
    assertEquals(error, { code: "empty_reply", message: "the answer is empty (3 tries)" });
    const { inputTokens, received } = scene.server;
    assertEquals([account.usage.input_tokens, account.retries, received], [inputTokens, 2, 3]);
    assertEquals(scene.budget.spent.tokens, inputTokens);
  });

  test("an answer that was used up before it began says what to raise", async () => {
    const choices = [{ message: { content: "" }, finish_reason: "length" }];
    await using server = serving(() => Response.json(completion("", { choices })));
    await using scene = await Scene.open({ gateway: { client: client() }, base_url: server.base_url });
    assertMatches((await scene.givenUp({ max_retries: 0 })).error.message, /raise llm\.max_tokens$/);
  });

  for (const behaviour of ["content_filter", "refusal"] as const) {
    test(`a model that refuses (${behaviour}) is not asked again`, async () => {
      await using scene = await always(behaviour);
      const { error, account } = await scene.givenUp();
      assertEquals([error.code, scene.server.received], ["refused", 1]);
      assertTrue(account.cost_usd > 0);
    });
  }
}

/** Accepts connections, reads a request, and resets. */
async function resetting(): Promise<{ base_url: string; connections: number } & AsyncDisposable> {
  const server = net.createServer((socket) => {
    scene.connections++;
    socket.on("error", () => {});
    socket.once("data", () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const scene = {
    base_url: `http://127.0.0.1:${port}/v1`,
    connections: 0,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
  return scene;
}
