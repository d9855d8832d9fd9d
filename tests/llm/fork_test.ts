/** Forks of runs that ask models: every later call of the parent that is asked again is reused, and none is paid twice. */

import type { App } from "../../runner/app.ts";
import type { ForkSpec } from "../../runner/fork.ts";
import type { Manifest } from "../../runner/store/mod.ts";
import { firstDifference } from "../../runner/store/comparison.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import type { LLMServer } from "../support/llm_server.ts";
import { assertCompleted, heard, Hold, paid, questionsOn, talk, tapeOf, withModels } from "./world.ts";

const TURNS = 4;
const AGENTS = 3;
const TEXT = talk({ turns: TURNS });

async function parentOf(app: App, server: LLMServer, text = TEXT): Promise<string> {
  const run = await runToEnd(app, { text });
  assertCompleted(run);
  server.reset();
  return run.run_id;
}

/** Plays a fork to its end; its result tells the same costs as its manifest. */
async function forked(app: App, parent: string, spec: ForkSpec): Promise<Manifest> {
  const { run_id } = await app.fork(parent, spec);
  const run = await app.wait(run_id);
  assertCompleted(run);
  assertEquals((await app.result(run_id))?.cost, { ...run.cost } as never);
  return run;
}

/** That a replay of a run makes no call. */
async function assertReplayed(app: App, server: LLMServer, { run_id }: Manifest): Promise<void> {
  const { received } = server;
  assertEquals((await app.replay(run_id)).divergence, null);
  assertEquals(server.received, received);
}

/** What a fork made of the calls after its turn. */
function counts({ cost }: Manifest): unknown[] {
  return [cost.calls, cost.reused_calls, cost.first_new ?? null];
}

Deno.test("a fork that changes nothing makes no call at all, wherever it leaves its parent", async () => {
  await withModels({}, async (app, server) => {
    const parent = await parentOf(app, server);
    for (const turn of [0, 1, TURNS]) {
      const fork = await forked(app, parent, { turn });
      assertEquals(counts(fork), [0, (TURNS - turn) * AGENTS, null], `turn ${turn}`);
      assertEquals([fork.cost.usd, fork.cost.input_tokens, server.received], [0, 0, 0]);
      const tape = tapeOf(app.folder(fork.run_id));
      assertEquals(tape.length, TURNS * AGENTS);
      assertTrue(tape.every((entry) => entry.reused_from === parent && entry.cost_usd === 0));
      // A fork has a numbered checkpoint where it leaves its parent.
      if (turn % 2 === 0) assertEquals(await firstDifference(app.folder(parent), app.folder(fork.run_id)), null);
    }
  });
});

Deno.test("a fork with another state reuses exactly the calls that it leaves as they are", async () => {
  await withModels({}, async (app, server) => {
    const parent = await parentOf(app, server);
    const known = new Set(questionsOn(app.folder(parent)));
    const fork = await forked(app, parent, { turn: 2, state: { "agents.A_2.coins": 77 } });
    // A_2 is asked something else in both turns; nobody else sees its coins.
    assertEquals(counts(fork), [2, 4, { turn: 3, agent: "A_2" }]);
    assertEquals(server.received, 2);
    for (const question of server.receivedBy.keys()) assertEquals(known.has(question), false, question);
    assertEquals([fork.cost.usd, fork.cost.input_tokens], [Number(paid(server).toFixed(9)), server.inputTokens]);
    const made = tapeOf(app.folder(fork.run_id)).filter((entry) => entry.reused_from === undefined);
    assertEquals(made.map(({ turn, agent }) => [turn, agent]), [[3, "A_2"], [4, "A_2"]]);
    await assertReplayed(app, server, fork);
  });
});

Deno.test("a fork with other agents reuses what they ask as before", async () => {
  await withModels({}, async (app, server) => {
    const parent = await parentOf(app, server);
    const known = new Set(questionsOn(app.folder(parent)));
    const set = [{ path: "agents.A.config.questions", value: 2, from: "test" }];
    const fork = await forked(app, parent, { turn: 3, set });
    // The first question of each in turn 4 is known, the second is new.
    assertEquals(counts(fork), [AGENTS, AGENTS, { turn: 4, agent: fork.cost.first_new!.agent }]);
    assertEquals([...server.receivedBy.keys()].filter((question) => known.has(question)), []);
  });
});

Deno.test("another sample and another model ask everything anew, from the fork's turn on", async () => {
  await withModels({ models: ["test-model", "other"] }, async (app, server) => {
    const parent = await parentOf(app, server);
    const sample = await forked(app, parent, { turn: 2, sample: 1 });
    assertEquals([sample.cost.calls, sample.cost.reused_calls, server.received], [6, 0, 6]);
    server.reset();
    const set = [{ path: "llm.model", value: "other", from: "test" }];
    const model = await forked(app, parent, { turn: 2, set });
    assertEquals([model.cost.calls, model.cost.reused_calls, server.received], [6, 0, 6]);
    assertEquals(new Set(server.requests.map(({ body }) => body.model)), new Set(["other"]));
    assertEquals(tapeOf(app.folder(model.run_id)).map((entry) => entry.model).sort(), [
      ...Array(6).fill("other"),
      ...Array(6).fill("test-model"),
    ]);
    assertEquals(model.models, ["test other"]);
    await assertReplayed(app, server, model);
  });
});

Deno.test("a fork of a fork reuses what either has paid for", async () => {
  await withModels({}, async (app, server) => {
    const parent = await parentOf(app, server);
    const child = await forked(app, parent, { turn: 2, state: { "agents.A_2.coins": 77 } });
    server.reset();
    const same = await forked(app, child.run_id, { turn: 3 });
    assertEquals([...counts(same), server.received], [0, AGENTS, null, 0]);
    const origins = tapeOf(app.folder(same.run_id)).map((entry) => entry.reused_from);
    assertEquals(origins.filter((origin) => origin === child.run_id).length, 4);
    assertEquals(origins.filter((origin) => origin === parent).length, 8);
    const other = await forked(app, child.run_id, { turn: 3, state: { "agents.A_1.coins": 50 } });
    assertEquals([...counts(other), server.received], [1, 2, { turn: 4, agent: "A_1" }, 1]);
    await assertReplayed(app, server, other);
  });
});

Deno.test("a fork whose parent is gone plays on without it", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const parent = await parentOf(app, server);
    // There is room for one run at a time, and this one has it: the fork has to wait.
    hold.back(() => true);
    const blocker = await app.start({ text: talk({ agents: 1, turns: 1 }) });
    await hold.seen();
    const { run_id } = await app.fork(parent, { turn: 2 });
    await app.delete(parent);
    const told = heard(app);
    hold.release();
    const fork = await app.wait(run_id);
    assertCompleted(fork);
    await app.wait(blocker.run_id);
    assertEquals([fork.cost.calls, fork.cost.reused_calls, server.received], [6, 0, 6 + 1]);
    assertEquals(told.warnings(), []);
    assertEquals((await app.replay(run_id)).divergence, null);
  }, { maxConcurrent: 1 });
});

Deno.test("a fork that is paused and resumed has the same counts", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const parent = await parentOf(app, server);
    hold.back(() => true);
    const { run_id } = await app.fork(parent, { turn: 1, state: { "agents.A_3.coins": 77 } });
    await hold.seen();
    const pausing = app.pause(run_id);
    hold.release();
    assertEquals((await pausing).status, "paused");
    await app.resume(run_id);
    const fork = await app.wait(run_id);
    assertCompleted(fork);
    assertEquals([...counts(fork), server.received], [3, 6, { turn: 2, agent: "A_3" }, 3]);
  });
});
