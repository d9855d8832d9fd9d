/** Agents that ask a service in place of a model: only where the host allows it, on the tape like any other call. */

import { runToEnd } from "../support/app.ts";
import { assertEquals, assertMatches } from "../support/assert.ts";
import { assertCompleted, eventsOf, questionsOn, talk, tapeOf, withModels } from "./world.ts";

/** A service of the test's own, which counts what it is asked. */
class Service implements AsyncDisposable {
  readonly requests: { readonly path: string; readonly body: string }[] = [];
  readonly origin: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(answer: (request: { readonly turn: number; readonly agent: string }) => Response | Promise<Response>) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const body = await request.text();
      this.requests.push({ path: new URL(request.url).pathname, body });
      return await answer(body === "" ? {} : JSON.parse(body));
    });
    this.origin = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function asking(url: string, { turns = 2, more = "" } = {}): string {
  return talk({ turns, config: `url: "${url}"`, more });
}

Deno.test("a service that the host allows is asked once per call, and not at all by a replay, be it down", async () => {
  const service = new Service(({ turn }) => Response.json({ coins: turn * 2 }));
  await withModels({}, async (app, server) => {
    const run = await runToEnd(app, { text: asking(`${service.origin}/ask`) });
    assertCompleted(run);
    assertEquals([run.validity.state, service.requests.length, server.received], ["valid", 6, 0]);
    const [entry] = tapeOf(app.folder(run.run_id));
    assertEquals([entry!.kind, entry!.provider, entry!.model, entry!.cost_usd], ["http", service.origin, "", 0]);
    assertEquals(entry!.response, { content: '{"coins":2}', status: 200 });
    assertEquals((await app.state(run.run_id))!.state.global_state, { pot: 18 });
    const events = eventsOf(app.folder(run.run_id), "LLM");
    assertEquals([events.length, events[0]!.details.kind, events[0]!.details.status], [6, "http", 200]);

    const fork = await app.fork(run.run_id, { turn: 1 });
    const forked = await app.wait(fork.run_id);
    assertEquals([forked.status, forked.cost.reused_calls, service.requests.length], ["completed", 3, 6]);

    await service[Symbol.asyncDispose]();
    assertEquals((await app.replay(run.run_id)).divergence, null);
    assertEquals((await app.replay(fork.run_id)).divergence, null);
  }, { config: { http_allow: [service.origin] } });
});

Deno.test("a service that the host does not allow is never asked: the run fails and says how to allow it", async () => {
  await using service = new Service(() => Response.json({ coins: 1 }));
  for (const http_allow of [[], ["http://127.0.0.1:1"]]) {
    await withModels({}, async (app) => {
      const run = await runToEnd(app, { text: asking(`${service.origin}/ask`) });
      assertEquals([run.status, run.error?.code, run.turn], ["failed", "agent_error", 0]);
      assertMatches(run.error!.message, new RegExp(`components may not call ${service.origin}`));
      assertMatches(run.error!.hint!, new RegExp(`http_allow: \\["${service.origin}"\\]`));
      assertEquals((await app.replay(run.run_id)).divergence, null);
    }, { config: { http_allow } });
  }
  assertEquals(service.requests.length, 0);
});

Deno.test("a service's failures are answers or are given up: the rule decides, the run is degraded, a replay agrees", async () => {
  await using elsewhere = new Service(() => Response.json({ coins: 9 }));
  await using service = new Service(({ agent }) =>
    agent === "A_1"
      ? Response.redirect(`${elsewhere.origin}/`, 302)
      : agent === "A_2"
      ? new Response("x".repeat(2 << 20))
      : Response.json({ coins: 1 })
  );
  await withModels({}, async (app) => {
    const more = "limits: { max_fallback_share: 0.5 }";
    const run = await runToEnd(app, { text: asking(`${service.origin}/ask`, { turns: 1, more }) });
    assertCompleted(run);
    assertEquals([run.validity.state, elsewhere.requests.length], ["degraded", 0]);
    const tape = new Map(tapeOf(app.folder(run.run_id)).map((entry) => [entry.agent, entry]));
    assertEquals(tape.get("A_1")!.response?.status, 302);
    assertEquals(tape.get("A_2")!.error?.code, "reply_too_large");
    assertEquals((await app.state(run.run_id))!.state.global_state, { pot: 1 });
    assertEquals((await app.replay(run.run_id)).divergence, null);
  }, { config: { http_allow: [service.origin, elsewhere.origin] } });
});

Deno.test("a run that is interrupted while services are asked asks only what was not answered", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
  await using service = new Service(async ({ turn, agent }) => {
    if (turn === 2 && agent === "A_2") {
      isAsked();
      await promise;
    }
    return Response.json({ coins: 1 });
  });
  await withModels({}, async (app) => {
    const { run_id } = await app.start({ text: asking(`${service.origin}/ask`) });
    await asked;
    await app.interrupt(run_id, "test");
    resolve();
    const kept = tapeOf(app.folder(run_id)).map(({ agent, turn }) => `${turn} ${agent}`);
    await app.resume(run_id);
    assertCompleted(await app.wait(run_id));
    const times = new Map<string, number>();
    for (const { body } of service.requests) {
      const { turn, agent } = JSON.parse(body);
      times.set(`${turn} ${agent}`, (times.get(`${turn} ${agent}`) ?? 0) + 1);
    }
    for (const call of kept) assertEquals(times.get(call), 1, call);
    assertEquals([kept.includes("2 A_2"), times.get("2 A_2")], [false, 2]);
    assertEquals(questionsOn(app.folder(run_id)).length, 6);
  }, { config: { http_allow: [service.origin] } });
});
