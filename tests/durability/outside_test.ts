/** What reaches a run from outside while it is played, and that it is there when the run is resumed, forked, replayed. */

import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { runToEnd, withApp } from "../support/app.ts";
import type { App } from "../../runner/app.ts";
import type { PendingDecision } from "../../runner/live_inputs.ts";
import { noticed, reached, society } from "./world.ts";

const FIXTURES = { fixtures: ["society"] };
const PERSON = '  - { name: Pia, type: human, initial_location: "2,2", config: { rule: { type: wanderer } } }';
const WITH_PERSON = society({ turns: 12, pause: 0, people: PERSON });

/** Calls `answer` with every decision that is waited for. */
function answering(app: App, answer: (pending: PendingDecision) => void): () => void {
  return app.subscribe((notice) => {
    if (notice.kind === "decision") answer(notice.pending);
  });
}

async function assertIdentical(app: App, runId: string): Promise<void> {
  const { divergence, identical } = await app.replay(runId);
  assertEquals([divergence, identical], [null, true]);
}

async function rows(app: App, runId: string, log: "events" | "agents") {
  // deno-lint-ignore no-explicit-any -- a test looks into rows of any shape
  const all: any[] = [];
  for await (const row of app.rows(runId, log)) all.push(row);
  return all;
}

Deno.test("a person decides for an agent while the run is played; a replay needs no person", async () => {
  await withApp(FIXTURES, async (app) => {
    const asked: string[] = [];
    const stop = answering(app, ({ run_id, agent, turn, observation }) => {
      asked.push(`${agent} ${turn}`);
      assertTrue(Object.keys(observation.agents as object).includes("Pia"));
      app.decide(run_id, agent, turn % 2 === 0 ? { action: "earn", reasoning: "I need it" } : null);
    });
    const { run_id, status, validity } = await runToEnd(app, { text: WITH_PERSON });
    stop();
    assertEquals([status, validity.state, app.pendingDecisions()], ["completed", "valid", []]);
    assertEquals(asked, Array.from({ length: 12 }, (_, i) => `Pia ${i + 1}`));
    const wealth = (await rows(app, run_id, "agents")).filter(({ agent }) => agent === "Pia").map(({ wealth }) =>
      wealth
    );
    assertEquals(wealth, [1, 1, 11, 11, 21, 21, 31, 31, 41, 41, 51, 51, 61]);
    await assertIdentical(app, run_id);
  });
});

Deno.test("a decision that is no decision is refused, and the person is asked on", async () => {
  await withApp(FIXTURES, async (app) => {
    const refusals: string[] = [];
    const stop = answering(app, async ({ run_id, agent, turn }) => {
      if (turn === 1) {
        refusals.push((await assertRejects(() => app.decide(run_id, agent, { do: "it" }), "bad_decision")).message);
        refusals.push((await assertRejects(() => app.decide(run_id, "Ada", null), "not_asked")).message);
      }
      await app.decide(run_id, agent, null);
    });
    const { run_id } = await runToEnd(app, { text: society({ turns: 2, pause: 0, people: PERSON }) });
    stop();
    assertMatches(refusals[0]!, /part 1 of the decision has none of action, message, leave, sleep/);
    assertMatches(refusals[1]!, /does not wait for a decision of 'Ada'/);
    await assertRejects(() => app.decide(run_id, "Pia", null), "bad_transition");
  });
});

Deno.test("when the deadline has passed the fallback is taken and recorded; the replay waits for nobody", async () => {
  await withApp(FIXTURES, async (app) => {
    const person =
      '  - { name: Pia, type: human, initial_location: "2,2", config: { deadline: 0.05, fallback: { action: earn } } }';
    const { run_id, status, validity } = await runToEnd(app, {
      text: society({ turns: 3, pause: 0, people: person, more: "limits: { max_fallback_share: 1 }" }),
    });
    assertEquals([status, validity.state], ["completed", "degraded"]);
    const state = await app.state(run_id);
    assertEquals(state!.state.agents.Pia!.wealth, 31);
    await assertIdentical(app, run_id);
  });
});

Deno.test("a run that waits for a person can be parked; the decision is made meanwhile, and it is resumed", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: WITH_PERSON });
    await noticed(app, run_id, ({ kind }) => kind === "decision");
    const parked = await app.pause(run_id);
    assertEquals([parked.status, parked.turn, app.pendingDecisions()], ["paused", 0, []]);
    await app.decide(run_id, "Pia", { action: "earn" });
    await assertRejects(() => app.decide(run_id, "Pia", null), "not_asked");
    await app.handOver(run_id, "Pia", "rule");
    // The handover counts from turn 1 on, so that the decision is not even asked for.
    await app.resume(run_id);
    assertEquals((await app.wait(run_id)).status, "completed");
    await assertIdentical(app, run_id);
    const told = (await rows(app, run_id, "events")).find(({ details }) => details?.handover === "Pia");
    assertEquals([told.turn_number, told.details.to], [1, "rule"]);
  });
});

Deno.test("interventions reach a run that is played, in the turn that is recorded; resume, fork and replay have them", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: society({ turns: 60, pause: 20 }) });
    await reached(app, run_id, 3);
    const gift = await app.intervene(run_id, { add: { "agents.Cyd.wealth": 1000 }, note: "a gift" });
    const later = await app.intervene(run_id, { remove_agent: "Cyd" }, { turn: gift.turn + 5 });
    assertTrue(gift.turn > 3 && later.turn >= gift.turn + 5, `turns ${gift.turn}, ${later.turn}`);
    const error = await assertRejects(() => app.intervene(run_id, { set: { "agents.Cyd.welth": 1 } }));
    assertMatches(error.message, /welth/);
    assertEquals((await app.wait(run_id)).status, "completed");
    const events = await rows(app, run_id, "events");
    const told = events.filter(({ event_type, details }) => event_type === "INTERVENTION" && details.seq !== undefined);
    assertEquals(told.map(({ turn_number, details }) => [turn_number, details.seq]), [[gift.turn, 1], [later.turn, 2]]);
    await assertIdentical(app, run_id);
    const fork = await app.fork(run_id, { turn: gift.turn + 2 });
    await app.wait(fork.run_id);
    const inFork = (await rows(app, fork.run_id, "agents")).filter(({ agent }) => agent === "Cyd");
    // The fork leaves its parent before the removal, which is the parent's future.
    assertEquals(inFork.at(-1)!.turn, 60);
    assertTrue(inFork.find(({ turn }) => turn === gift.turn)!.wealth > 900);
    await assertIdentical(app, fork.run_id);
  });
});

Deno.test("a run interrupted after an intervention ends as one that was not", async () => {
  await withApp(FIXTURES, async (app) => {
    const text = society({ turns: 40, pause: 20 });
    const { run_id } = await app.start({ text });
    await reached(app, run_id, 2);
    await app.interrupt(run_id, "for the test");
    const { turn } = await app.status(run_id);
    await app.intervene(run_id, { multiply: { "agents.Ada.wealth": 2 } });
    await app.resume(run_id);
    await reached(app, run_id, turn + 5);
    await app.interrupt(run_id, "once more");
    await app.resume(run_id);
    assertEquals((await app.wait(run_id)).status, "completed");
    await assertIdentical(app, run_id);
  });
});

Deno.test("a fork may see farther than its parent, but not change where agents are", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: society({ turns: 8, pause: 0 }) });
    const set = (path: string, value: number) => [{ path, value, from: "test" }];
    const fork = await app.fork(run_id, { turn: 4, set: set("spatial.proximity_radius", 1) });
    assertEquals((await app.wait(fork.run_id)).status, "completed");
    await assertIdentical(app, fork.run_id);
    await assertRejects(() => app.fork(run_id, { turn: 4, set: set("spatial.topology.width", 9) }), "changes_the_past");
  });
});

Deno.test("a run that is parked while somebody decides slowly asks no person any more", async () => {
  await withApp(FIXTURES, async (app) => {
    const text = society({ turns: 5, pause: 4000, people: PERSON }).replace(
      "seed: 5 }",
      "seed: 5, schedule: sequential }",
    );
    const { run_id } = await app.start({ text });
    let asked = 0;
    const stop = answering(app, () => asked++);
    // Ada takes her time; Pia would be asked after her, in the same turn.
    await noticed(app, run_id, (notice) => notice.kind === "waiting" && notice.agents.includes("Ada"));
    const { status, turn } = await app.pause(run_id);
    stop();
    assertEquals([status, turn, asked, app.pendingDecisions()], ["paused", 0, 0, []]);
  });
});

Deno.test("what is done to a fork at rest does not change what it inherits", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const parent = await runToEnd(app, { text: society({ turns: 14, pause: 0 }) });
    const blocker = await app.start({ text: society({ turns: 500, pause: 20, name: "blocker" }) });
    // Queued behind the other one, and its base is an earlier checkpoint than its turn.
    const fork = await app.fork(parent.run_id, { turn: 12 });
    await app.pause(fork.run_id);
    const gift = await app.intervene(fork.run_id, { add: { "agents.Ada.wealth": 1000 } });
    assertEquals(gift.turn, 13);
    await app.cancel(blocker.run_id);
    await app.resume(fork.run_id);
    assertEquals((await app.wait(fork.run_id)).status, "completed");
    const wealthOf = async (id: string) =>
      (await rows(app, id, "agents")).filter(({ agent, turn }) => agent === "Ada" && turn <= 12).map(({ wealth }) =>
        wealth
      );
    assertEquals(await wealthOf(fork.run_id), await wealthOf(parent.run_id));
    await assertIdentical(app, fork.run_id);
  });
});

Deno.test("what cannot count is refused while the run stands still", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: WITH_PERSON });
    await noticed(app, run_id, ({ kind }) => kind === "decision");
    await app.pause(run_id);
    for (const turn of [2.5, 0, -3, NaN, 1e9]) {
      await assertRejects(() => app.intervene(run_id, { add: { "agents.Ada.wealth": 1 } }, { turn }), "bad_turn");
    }
    await assertRejects(() => app.intervene(run_id, { add: { "agents.Nobody.wealth": 1 } }), "unknown_path");
    await assertRejects(() => app.decide(run_id, "Nobody", null), "unknown_agent");
    await assertRejects(() => app.decide(run_id, "Ada", null), "not_asked");
    await app.handOver(run_id, "Ada", "human");
    assertEquals((await app.decide(run_id, "Ada", null)).turn, 1);
  });
});

Deno.test("an endless loop is stopped although a person is asked in the same turn", async () => {
  const loopy = `import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
class LoopAgent extends BaseAgent { decideAction() { while (true) { /* for ever */ } } }
class IdleEngine extends BaseEngine { applyActions(state) { return state; } }
class YesValidator extends BaseValidator { validateAction() { return true; } }
export default defineDomain({
  name: "loopy", description: "x", agents: [LoopAgent], engines: [IdleEngine], validators: [YesValidator],
});`;
  await withApp({ sources: { loopy } }, async (app) => {
    const { status, error } = await runToEnd(app, {
      text: `domain: loopy
simulation: { name: loop, max_turns: 3, turn_timeout: 1 }
engine: { type: idle }
validator: { type: yes }
agents: [{ name: P, type: human }, { name: L, type: loop }]
state_variables: { agent_vars: {}, global_vars: {} }
`,
    });
    assertEquals([status, error?.code], ["failed", "turn_timeout"]);
  });
});
