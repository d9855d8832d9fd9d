/** Limits on money and tokens: never exceeded by what the server counts, and a run that meets one stands still whole. */

import type { App } from "../../runner/app.ts";
import { openApp } from "../../runner/app.ts";
import type { Manifest } from "../../runner/store/mod.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertMatches, assertNear, assertTrue } from "../support/assert.ts";
import type { LLMServer } from "../support/llm_server.ts";
import { assertCompleted, paid, questionsOn, talk, tapeOf, withModels } from "./world.ts";

const AGENTS = 3;
/** Answers are bounded, so that what a call may take is not much more than what it takes. */
const LLM = "{ provider: test, max_tokens: 20 }";

function limited(limits: string, turns = 6): string {
  return talk({ turns, agents: AGENTS, llm: LLM, more: `limits: ${limits}` });
}

/** That a run stands at the start of a turn, has told all it paid, and that all of it is on its tape. */
async function assertStandsWhole(app: App, server: LLMServer, run: Manifest): Promise<void> {
  const folder = app.folder(run.run_id);
  assertEquals([server.received, server.answered, server.repeated], [run.cost.calls, run.cost.calls, []]);
  assertEquals(run.cost.input_tokens + run.cost.output_tokens, server.inputTokens + server.outputTokens);
  assertNear(run.cost.usd, paid(server), 1e-9);
  assertEquals(tapeOf(folder).length, server.answered);
  const saved = await app.state(run.run_id);
  assertEquals(saved?.turn, run.turn);
  // Of the turn that was abandoned some calls are on the tape; nothing of it is in the world.
  const turns = tapeOf(folder).map(({ turn }) => turn);
  assertTrue(turns.length >= run.turn * AGENTS && turns.every((turn) => turn <= run.turn + 1));
  assertEquals((await app.replay(run.run_id)).divergence, null);
}

Deno.test("max_cost_usd: the run is paused before it is exceeded; a fork that may spend more goes on and pays nothing twice", async () => {
  await withModels({}, async (app, server) => {
    const reference = await runToEnd(app, { text: limited("{}") });
    assertCompleted(reference);
    const whole = reference.cost.usd;
    server.reset();
    const limit = 0.00145;
    const run = await runToEnd(app, { text: limited(`{ max_cost_usd: ${limit} }`) });
    assertEquals(run.status, "paused");
    assertMatches(
      run.status_reason!,
      /^the budget of this run is spent: \$0\.00\d+ of \$0\.0014\d*, .*; go on with more in a fork .* --set limits\.max_cost_usd=/,
    );
    assertTrue(paid(server) <= limit && paid(server) > limit / 2, `${paid(server)}`);
    assertTrue(run.turn > 1 && run.turn < 6 && run.cost.calls % AGENTS !== 0, JSON.stringify(run.cost));
    await assertStandsWhole(app, server, run);

    // As it is, it has no more to spend.
    const { received } = server;
    await app.resume(run.run_id);
    const again = await app.wait(run.run_id);
    assertEquals([again.status, again.turn, again.cost, server.received], ["paused", run.turn, run.cost, received]);

    const set = [{ path: "limits.max_cost_usd", value: 1, from: "test" }];
    const { run_id } = await app.fork(run.run_id, { turn: run.turn, set });
    const fork = await app.wait(run_id);
    assertCompleted(fork);
    assertEquals([server.received, server.repeated], [6 * AGENTS, []]);
    assertEquals(fork.cost.reused_calls, run.cost.calls - run.turn * AGENTS);
    assertNear(fork.cost.usd + run.cost.usd, whole, 1e-9);
    assertEquals(questionsOn(app.folder(run_id)).sort(), questionsOn(app.folder(reference.run_id)).sort());
    const globals = (id: string) => Deno.readTextFileSync(`${app.folder(id)}/global.jsonl`);
    assertEquals(globals(run_id), globals(reference.run_id));
  });
});

Deno.test("max_tokens: the run is paused before it is exceeded", async () => {
  await withModels({}, async (app, server) => {
    const limit = 1200;
    const run = await runToEnd(app, { text: limited(`{ max_tokens: ${limit} }`) });
    assertEquals(run.status, "paused");
    assertMatches(run.status_reason!, /^the budget of this run is spent: \d+ tokens of 1200 tokens/);
    const tokens = server.inputTokens + server.outputTokens;
    assertTrue(tokens <= limit && tokens > limit / 2, `${tokens}`);
    await assertStandsWhole(app, server, run);
  });
});

Deno.test("with a limit of 0 no call is made, and the run stands at its start or fails", async () => {
  await withModels({}, async (app, server) => {
    const run = await runToEnd(app, { text: limited("{ max_cost_usd: 0 }") });
    assertEquals([run.status, run.turn, server.received, run.cost.calls], ["paused", 0, 0, 0]);
    assertMatches(run.status_reason!, /^the budget of this run is spent: \$0 of \$0/);
    const failing = await runToEnd(app, { text: limited("{ max_tokens: 0, on_limit: fail }") });
    assertEquals([failing.status, failing.error?.code, server.received], ["failed", "budget_spent", 0]);
    assertMatches(failing.error!.message, /^the budget of this run is spent: 0 tokens of 0 tokens/);
    assertMatches(failing.error!.hint!, /^go on with more in a fork of its last turn: deno task fork /);
    assertEquals((await app.result(failing.run_id))?.termination_reason, `failed: ${failing.error!.message}`);
  });
});

Deno.test("on_limit: fail interrupts a run that has paid for something: nothing of it is lost", async () => {
  await withModels({}, async (app, server) => {
    const run = await runToEnd(app, { text: limited("{ max_tokens: 900, on_limit: fail }") });
    assertEquals([run.status, run.error?.code], ["interrupted", "budget_spent"]);
    assertTrue(server.inputTokens + server.outputTokens <= 900 && run.turn >= 1);
    await assertStandsWhole(app, server, run);
    const set = [{ path: "limits.max_tokens", value: 100_000, from: "test" }];
    const { run_id } = await app.fork(run.run_id, { turn: run.turn, set });
    assertCompleted(await app.wait(run_id));
    assertEquals([server.received, server.repeated], [6 * AGENTS, []]);
  });
});

Deno.test("the host's budget holds for all its runs together, and a host with a larger one goes on with them", async () => {
  const limit = 0.0025;
  // Neither could be played to its end for that alone.
  const turns = 12;
  await withModels({}, async (app, server, folder) => {
    // The second differs in what is asked, or the server would see the same questions.
    const texts = ["A", "B"].map((name) => limited("{}", turns).replaceAll("name: A,", `name: ${name},`));
    const started = await Promise.all(texts.map((text) => app.start({ text })));
    const runs = await Promise.all(started.map(({ run_id }) => app.wait(run_id)));
    assertEquals(runs.map(({ status }) => status), ["paused", "paused"]);
    for (const { status_reason } of runs) assertMatches(status_reason!, /^the budget of this host is spent: \$0\.002/);
    assertTrue(paid(server) <= limit && paid(server) > limit / 2, `${paid(server)}`);
    assertNear(runs[0]!.cost.usd + runs[1]!.cost.usd, paid(server), 1e-9);
    assertEquals([server.answered, server.repeated], [runs[0]!.cost.calls + runs[1]!.cost.calls, []]);
    await app.close();
    await Deno.writeTextFile(
      `${folder}/richer.yaml`,
      JSON.stringify({ ...JSON.parse(Deno.readTextFileSync(`${folder}/llm-sim.yaml`)), budget: { max_cost_usd: 1 } }),
    );
    const richer = await openApp({ output: `${folder}/output`, config: `${folder}/richer.yaml` });
    try {
      for (const { run_id } of runs) {
        await richer.resume(run_id);
        assertCompleted(await richer.wait(run_id));
      }
      assertEquals([server.received, server.repeated], [2 * turns * AGENTS, []]);
    } finally {
      await richer.close();
    }
  }, { config: { budget: { max_cost_usd: limit } } });
});

Deno.test("the host's limit on tokens holds as well", async () => {
  await withModels({}, async (app, server) => {
    const run = await runToEnd(app, { text: limited("{}") });
    assertEquals(run.status, "paused");
    assertMatches(
      run.status_reason!,
      /^the budget of this host is spent: \d+ tokens of 1200 .*raise budget in llm-sim\.yaml/,
    );
    assertTrue(server.inputTokens + server.outputTokens <= 1200);
    await assertStandsWhole(app, server, run);
  }, { config: { budget: { max_tokens: 1200 } } });
});
