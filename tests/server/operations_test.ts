/** Health, readiness and metrics over real connections. */

import { kill, sandboxOf } from "../durability/kills.ts";
import { noticed, reached, world } from "../durability/world.ts";
import { given, PRICES, talk } from "../llm/world.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { SseReader } from "../support/event_source.ts";
import { LLMServer } from "../support/llm_server.ts";
import { scraped } from "../support/metrics.ts";
import { posted, statusOf, withServer } from "../support/server.ts";
import { KeyStore } from "../../server/mod.ts";

const WRITERS = { fixtures: ["slow_writer"] };

Deno.test("five simulations at once, and what waits behind them, are seen in /metrics", async () => {
  await withServer(WRITERS, async (server) => {
    const start = async () => {
      const answer = await server.fetch("/api/simulations", posted({ scenario: world({ turns: 100_000, pause: 2 }) }));
      return (await answer.json()).run_id as string;
    };
    const ids = await Promise.all(Array.from({ length: 7 }, start));
    await Promise.all(ids.slice(0, 5).map((id) => reached(server.app, id, 2)));
    const during = await scraped(server);
    assertEquals(during['llm_sim_runs{status="running"}'], 5);
    assertEquals(during['llm_sim_runs{status="queued"}'], 2);
    assertEquals(during['llm_sim_runs{status="completed"}'], 0);
    assertEquals([during.llm_sim_runs_playing, during.llm_sim_queue_depth, during.llm_sim_max_concurrent], [5, 2, 5]);
    assertTrue(during.llm_sim_turns_total! >= 10, `${during.llm_sim_turns_total} turns`);

    for (const id of ids.toReversed()) {
      assertEquals(await statusOf(server.fetch(`/api/simulations/${id}`, { method: "DELETE" })), 200);
    }
    const after = await scraped(server);
    assertEquals(after['llm_sim_runs{status="cancelled"}'], 7);
    assertEquals(after['llm_sim_runs{status="running"}'], 0);
    assertEquals(after['llm_sim_runs_settled_total{status="cancelled"}'], 7);
    assertEquals([after.llm_sim_runs_playing, after.llm_sim_queue_depth], [0, 0]);
    const played = await Promise.all(ids.map(async (id) => (await server.app.status(id)).turn));
    assertEquals(after.llm_sim_turns_total, played.reduce((sum, turn) => sum + turn, 0));
  });
});

Deno.test("requests are counted by the pattern of their route, never by their path", async () => {
  await withServer(WRITERS, async (server) => {
    for (
      const path of [
        "/api/simulations/a",
        "/api/simulations/b?turn=2",
        "/nowhere/1",
        "/nowhere/2",
        "/static/tokens.css",
      ]
    ) {
      await statusOf(server.fetch(path));
    }
    await statusOf(server.fetch("/api/simulations/a", { method: "PROPFIND" }));
    await statusOf(server.fetch("/health"));
    const values = await scraped(server);
    const counted = Object.entries(values).filter(([name]) => name.startsWith("llm_sim_http_requests_total"));
    assertEquals(Object.fromEntries(counted), {
      'llm_sim_http_requests_total{method="GET",route="/api/simulations/{id}",status="404"}': 2,
      'llm_sim_http_requests_total{method="GET",route="none",status="404"}': 2,
      'llm_sim_http_requests_total{method="GET",route="/static/tokens.css",status="200"}': 1,
      'llm_sim_http_requests_total{method="other",route="/api/simulations/{id}",status="405"}': 1,
      'llm_sim_http_requests_total{method="GET",route="/health",status="200"}': 1,
    });
    assertEquals(values['llm_sim_http_request_duration_seconds_count{route="/api/simulations/{id}"}'], 3);
    assertEquals(values['llm_sim_http_request_duration_seconds_bucket{route="none",le="+Inf"}'], 2);
    assertTrue(values.process_resident_memory_bytes! > 1e7 && values.process_cpu_seconds_total! > 0);
    assertTrue(Math.abs(values.process_start_time_seconds! - Date.now() / 1000) < 3600);
  });
});

Deno.test("calls of models are counted with tokens, dollars and retries, as the manifests have them", async () => {
  let failures = 0;
  await using models = await LLMServer.start({
    answer: given,
    behave: () => failures++ < 2 ? "error" : undefined,
  });
  const provider = { base_url: models.url, model: "test-model", prices: PRICES };
  await withServer({ fixtures: ["talkers"], config: { providers: { test: provider } } }, async (server) => {
    const [asked, offline] = await Promise.all([
      server.app.start({ text: talk() }),
      server.app.start({ text: talk(), offline: true }),
    ]);
    const { cost } = await server.app.wait(asked.run_id);
    await server.app.wait(offline.run_id);
    const values = await scraped(server);
    assertEquals(values['llm_sim_llm_calls_total{provider="test",outcome="answered"}'], 9);
    assertEquals(values['llm_sim_llm_calls_total{provider="offline",outcome="answered"}'], 9);
    assertEquals(values['llm_sim_llm_retries_total{provider="test"}'], 2);
    assertEquals(values['llm_sim_llm_tokens_total{provider="test",direction="input"}'], cost.input_tokens);
    assertEquals(values['llm_sim_llm_tokens_total{provider="test",direction="output"}'], cost.output_tokens);
    assertEquals(values['llm_sim_llm_cost_usd_total{provider="test"}']!.toFixed(9), cost.usd.toFixed(9));
    assertEquals([cost.calls, cost.retries], [9, 2]);
    // A fork is answered from its parent's tape: nothing is spent.
    const fork = await server.app.fork(asked.run_id, { turn: 1 });
    await server.app.wait(fork.run_id);
    const after = await scraped(server);
    assertEquals(after['llm_sim_llm_calls_total{provider="test",outcome="reused"}'], 6);
    assertEquals(
      after['llm_sim_llm_cost_usd_total{provider="test"}'],
      values['llm_sim_llm_cost_usd_total{provider="test"}'],
    );
  });
});

Deno.test("a sandbox that is killed is counted by why, and its turns once", async () => {
  await withServer(WRITERS, async (server) => {
    const { run_id } = await server.app.start({ text: world({ turns: 40, pause: 2 }) });
    await reached(server.app, run_id, 5);
    await kill(await sandboxOf(server.app.folder(run_id)));
    assertEquals((await server.app.wait(run_id)).status, "completed");
    const values = await scraped(server);
    assertEquals(values['llm_sim_sandbox_kills_total{reason="process_died"}'], 1);
    assertEquals(values.llm_sim_turns_total, 40);
    assertEquals(values['llm_sim_runs_settled_total{status="completed"}'], 1);
  });
});

Deno.test("streams that are open are counted, until they are closed", async () => {
  await withServer(WRITERS, async (server) => {
    const { run_id } = await server.app.start({ text: world({ turns: 100_000, pause: 2 }) });
    await noticed(server.app, run_id, ({ kind }) => kind === "progress");
    const readers = await Promise.all(
      Array.from({ length: 3 }, () => SseReader.open(`${server.url}/api/simulations/${run_id}/events/stream`)),
    );
    assertEquals((await scraped(server)).llm_sim_stream_clients, 3);
    await server.app.cancel(run_id);
    await Promise.all(readers.map((reader) => reader.rest()));
    assertEquals((await scraped(server)).llm_sim_stream_clients, 0);
  });
});

Deno.test("health says that the server lives; readiness whether a run could be started", async () => {
  await withServer(WRITERS, async (server) => {
    assertEquals(await (await server.fetch("/health")).json(), { status: "ok" });
    assertEquals(await (await server.fetch("/health/ready")).json(), { status: "ready" });
    assertEquals(await server.app.obstacles(), []);
    assertEquals([...Deno.readDirSync(`${server.folder}/output/.hosts`)].filter(({ name }) => /probe/.test(name)), []);
  });
});

Deno.test("a server whose output folder cannot be written is not ready and says why, but lives", async () => {
  await withServer({
    ...WRITERS,
    // In place of a folder there is a file: that stops root too.
    before: async (_, folder) => {
      await Deno.mkdir(`${folder}/output`, { recursive: true });
      await Deno.writeTextFile(`${folder}/output/.hosts`, "");
    },
  }, async (server) => {
    const answer = await server.fetch("/health/ready");
    const { status, reasons } = await answer.json();
    assertEquals([answer.status, status, answer.headers.get("retry-after")], [503, "not_ready", "5"]);
    assertEquals(reasons.map(({ code }: { code: string }) => code), ["output_not_writable"]);
    assertMatches(reasons[0].message, /output.* cannot be written/);
    assertEquals(await statusOf(server.fetch("/health")), 200);
  });
});

Deno.test("an app that is being closed is not ready", async () => {
  await withServer(WRITERS, async (server) => {
    await server.app.close();
    assertEquals((await server.app.obstacles()).map(({ code }) => code), ["closing"]);
    const { reasons } = await (await server.fetch("/health/ready")).json();
    assertEquals(reasons, [{ code: "closing", message: "this host is closing and starts nothing new" }]);
  });
});

Deno.test("where keys are needed, health is for everybody, reasons in words and metrics are for those who may read", async () => {
  let bearer: Record<string, string> = {};
  await withServer({
    ...WRITERS,
    before: (_, folder) => {
      bearer = { authorization: `Bearer ${new KeyStore(`${folder}/output`).create("prometheus", ["read"]).key}` };
    },
  }, async (server) => {
    assertEquals(await statusOf(server.fetch("/health")), 200);
    assertEquals(await statusOf(server.fetch("/health/ready")), 200);
    assertEquals(await statusOf(server.fetch("/metrics")), 401);
    await scraped({ fetch: (path) => server.fetch(path, { headers: bearer }) });
    await server.app.close();
    // An answer about readiness holds for a second.
    while (await statusOf(server.fetch("/health/ready")) === 200) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const reasonsFor = async (headers: Record<string, string>) =>
      (await (await server.fetch("/health/ready", { headers })).json()).reasons;
    assertEquals(await reasonsFor({}), [{ code: "closing" }]);
    assertEquals(await reasonsFor(bearer), [{
      code: "closing",
      message: "this host is closing and starts nothing new",
    }]);
  });
});
