/** Providers that do not do their part: no key, the wrong one, no such model, down, failing now and then. */

import { type App, openApp } from "../../runner/app.ts";
import type { Manifest } from "../../runner/store/mod.ts";
import { difference } from "../durability/world.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import type { Behaviour } from "../support/llm_server.ts";
import {
  asks,
  assertCompleted,
  eventsOf,
  heard,
  Hold,
  KEY_ENV,
  questionsOn,
  talk,
  tapeOf,
  withModels,
} from "./world.ts";

/** What another host does on the same folder, which reads the environment as it is now. */
async function elsewhere<T>(folder: string, body: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
  try {
    return await body(app);
  } finally {
    await app.close();
  }
}

Deno.test("without its key a run neither starts nor goes on: the variable is named, nothing is asked or written", async () => {
  await withModels({}, async (app, server, folder) => {
    const { run_id } = await runToEnd(app, { text: talk(), mode: "step" });
    server.reset();
    for (const set of [() => Deno.env.delete(KEY_ENV), () => Deno.env.set(KEY_ENV, "")]) {
      set();
      await elsewhere(folder, async (other) => {
        const refused = await assertRejects(() => other.start({ text: talk() }), "no_key") as Error & { hint?: string };
        assertMatches(`${refused.message} ${refused.hint}`, new RegExp(KEY_ENV));
        assertMatches((await assertRejects(() => other.resume(run_id), "no_key")).message, new RegExp(KEY_ENV));
        assertEquals([(await other.list()).runs.length, (await other.status(run_id)).status], [1, "paused"]);
      });
    }
    assertEquals(server.received, 0);
    assertEquals([...Deno.readDirSync(`${folder}/output`)].filter(({ name }) => name.startsWith("talk")).length, 1);
    await app.resume(run_id);
    assertCompleted(await app.wait(run_id));
  });
});

const WRONG = "sk-wrong-0123456789abcdef";

Deno.test("a wrong key fails the run at its first call, naming the variable and not the key", async () => {
  await withModels({}, async (_, server, folder) => {
    Deno.env.set(KEY_ENV, WRONG);
    await elsewhere(folder, async (app) => {
      const run = await runToEnd(app, { text: talk({ agents: 1 }) });
      assertEquals([run.status, run.error?.code, server.received, server.answered], ["failed", "unauthorized", 1, 0]);
      assertMatches(run.error!.message, new RegExp(`^provider 'test' does not take the key in ${KEY_ENV} \\(HTTP 401`));
      assertMatches(run.error!.message, /Incorrect API key provided: \*\*\*/);
      const result = await app.result(run.run_id);
      assertEquals(result?.termination_reason, `failed: ${run.error!.message}`);
      assertEquals(JSON.stringify([run, result]).includes(WRONG), false);
      assertEquals([run.cost.calls, questionsOn(app.folder(run.run_id))], [0, []]);
      // Of many agents only those ask for whom there is a place by then.
      server.reset();
      assertEquals((await runToEnd(app, { text: talk({ agents: 40 }) })).error?.code, "unauthorized");
      assertTrue(server.received <= 4, `${server.received}`);
    });
  }, { provider: { max_concurrency: 2 } });
});

Deno.test("a key that is taken back in the middle interrupts the run; with a new one it goes on", async () => {
  await withModels({}, async (app, server, folder) => {
    const reference = app.folder((await runToEnd(app, { text: talk() })).run_id);
    server.reset();
    const { run_id } = await runToEnd(app, { text: talk(), mode: "step" });
    Deno.env.set(KEY_ENV, WRONG);
    await elsewhere(folder, async (other) => {
      await other.resume(run_id);
      const stopped = await other.wait(run_id);
      assertEquals([stopped.status, stopped.error?.code, stopped.turn], ["interrupted", "unauthorized", 1]);
    });
    await app.resume(run_id);
    const run = await app.wait(run_id);
    assertCompleted(run);
    assertEquals([run.error, server.answered, server.repeated], [undefined, 9, []]);
    assertEquals(await difference(reference, app.folder(run_id)), null);
  });
});

Deno.test("an unknown model fails the run at its first call, naming model and provider", async () => {
  await withModels({}, async (app, server) => {
    const run = await runToEnd(app, { text: talk({ agents: 1, llm: "{ provider: test, model: nonesuch }" }) });
    assertEquals([run.status, run.error?.code, server.received], ["failed", "unknown_model", 1]);
    assertMatches(run.error!.message, /^provider 'test' has no model 'nonesuch' \(HTTP 404/);
    assertMatches(run.error!.hint!, /llm\.model/);
  });
});

Deno.test("a provider without a name that anybody knows is refused before anything starts", async () => {
  await withModels({}, async (app) => {
    const refused = await assertRejects(
      () => app.start({ text: talk({ llm: "{ provider: nonesuch }" }) }),
      "unknown_provider",
    );
    assertMatches(refused.message, /nonesuch/);
    assertEquals((await app.list()).runs.length, 0);
  });
});

const NO_RETRY = talk({ questions: 2, llm: "{ provider: test, max_retries: 0 }" });

Deno.test("a provider that is down at the start pauses the run, which goes on when it is up", async () => {
  await withModels({}, async (app, server) => {
    await server.down();
    const paused = await runToEnd(app, { text: NO_RETRY });
    assertEquals([paused.status, paused.turn, paused.cost.calls], ["paused", 0, 0]);
    assertMatches(
      paused.status_reason!,
      /^provider 'test' at http:\/\/127\.0\.0\.1:\d+\/v1 cannot be reached: .*resume$/,
    );
    assertEquals(paused.error, undefined);
    await server.up();
    await app.resume(paused.run_id);
    const run = await app.wait(paused.run_id);
    assertCompleted(run);
    assertEquals([run.validity.state, server.received, server.repeated], ["valid", 18, []]);
  });
});

Deno.test("a provider that goes down in the middle pauses the run; up again, it is asked nothing twice", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const reference = app.folder((await runToEnd(app, { text: NO_RETRY })).run_id);
    server.reset();
    hold.back((request) => asks(request, { turn: 2 }) && !asks(request, { agent: "A_1", question: 1 }));
    const { run_id } = await app.start({ text: NO_RETRY });
    await hold.seen(3);
    await server.down();
    const paused = await app.wait(run_id);
    assertEquals([paused.status, paused.turn, paused.cost.calls], ["paused", 1, 7]);
    assertMatches(paused.status_reason!, /cannot be reached/);
    hold.release();
    await server.up();
    await app.resume(run_id);
    const run = await app.wait(run_id);
    assertCompleted(run);
    assertEquals([server.answered, server.repeated, server.received], [18, [], 18 + 3]);
    assertEquals(run.validity, { state: "valid", reasons: [] });
    assertEquals(await difference(reference, app.folder(run_id)), null);
  });
});

/** What halts a run between turns, and how it then stands: mended by time it is paused, by people interrupted. */
const HALTS: readonly [Behaviour, Manifest["status"], string | undefined, RegExp][] = [
  ["insufficient_quota", "interrupted", "quota_spent", /^the account at provider 'test' is used up/],
  [{ do: "error", status: 403 }, "interrupted", "unauthorized", /does not take the key in TEST_LLM_KEY \(HTTP 403/],
  [{ do: "error", status: 503 }, "paused", undefined, /cannot be reached: HTTP 503/],
  [{ do: "rate_limit", retry_after: 3600 }, "paused", undefined, /^provider 'test' limits the rate of calls: 60 min/],
];

Deno.test("whatever halts a run leaves nothing on the tape and no agent to blame; it goes on as if nothing had been", async () => {
  let halt: Behaviour | undefined;
  await withModels({ behave: () => halt }, async (app, server, folder) => {
    for (const [behaviour, status, code, reason] of HALTS) {
      server.reset();
      const { run_id } = await runToEnd(app, { text: NO_RETRY, mode: "step" });
      halt = behaviour;
      await app.resume(run_id);
      const halted = await app.wait(run_id);
      assertEquals([halted.status, halted.error?.code, halted.turn], [status, code, 1], halted.status_reason!);
      assertMatches(halted.status_reason!, reason);
      assertEquals([tapeOf(app.folder(run_id)).length, halted.validity.state], [6, "valid"]);
      halt = undefined;
      const goesOn = async (host: App) => {
        await host.resume(run_id);
        const run = await host.wait(run_id);
        assertCompleted(run);
        assertEquals([run.validity.state, run.error, server.answered, server.repeated], ["valid", undefined, 18, []]);
      };
      // Who was told to wait for an hour does wait.
      if (typeof behaviour === "object" && behaviour.do === "rate_limit") await elsewhere(folder, goesOn);
      else await goesOn(app);
    }
  });
});

Deno.test("a tenth of all requests failing leaves a valid run that tells how often it had to try again", async () => {
  await withModels({ errorRate: 0.1, seed: 5 }, async (app, server) => {
    const run = await runToEnd(app, { text: talk({ turns: 4, agents: 5, llm: "{ provider: test, max_retries: 5 }" }) });
    assertCompleted(run);
    assertTrue(server.failed > 0);
    assertEquals([server.answered, run.cost.calls, run.cost.retries], [20, 20, server.failed]);
    assertEquals((await app.result(run.run_id))?.cost, { ...run.cost } as never);
    assertEquals(tapeOf(app.folder(run.run_id)).reduce((sum, { retries = 0 }) => sum + retries, 0), server.failed);
    assertEquals([run.validity.state, eventsOf(app.folder(run.run_id), "VALIDITY").length], ["valid", 0]);
    assertEquals((await app.replay(run.run_id)).divergence, null);
  });
});

Deno.test("a tenth of all requests failing for good leaves a degraded run that counts what was replaced", async () => {
  await withModels({ errorRate: 0.1, seed: 5 }, async (app, server) => {
    const told = heard(app);
    const run = await runToEnd(app, { text: talk({ turns: 4, agents: 5, llm: "{ provider: test, max_retries: 0 }" }) });
    assertCompleted(run);
    const { failed } = server;
    assertTrue(failed > 0 && failed <= 4);
    assertEquals(run.validity, {
      state: "degraded",
      reasons: [`${failed} of 20 decisions failed and were skipped or replaced (${(failed * 5).toFixed(1)} %)`],
    });
    assertEquals((await app.result(run.run_id))?.validity, run.validity as never);
    const entries = tapeOf(app.folder(run.run_id));
    assertEquals(entries.filter(({ error }) => error?.code === "server_error").length, failed);
    const events = eventsOf(app.folder(run.run_id), "VALIDITY").map(({ details }) => details.kind);
    assertEquals(events.filter((kind) => kind === "question_failed").length, failed);
    assertEquals(events.filter((kind) => kind === "decision_failed").length, failed);
    assertTrue(
      told.warnings().some((text) => /agent 'A_\d' failed in turn \d: no answer from test test-model/.test(text)),
    );
    assertEquals((await app.replay(run.run_id)).divergence, null);
  });
});
