/** Conversations are runs: stopped, continued, forked, replayed, judged anew, labelled, and played turn by turn. */

import { openApp } from "../../runner/app.ts";
import { fromFileUrl } from "../../runner/paths.ts";
import type { ConversationRun, SimulatedTurn } from "../../runner/mod.ts";
import { SecondHost } from "../durability/second_host.ts";
import { difference } from "../durability/world.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import type { LLMRequest } from "../support/llm_server.ts";
import {
  alignments,
  assertFinished,
  ended,
  Gate,
  modelSection,
  obedient,
  partOf,
  personAsked,
  played,
  requestsOf,
  scenario,
  stepAsked,
  stepMessage,
  stepWish,
  tapeOf,
  TestAgent,
  transcriptOf,
  wellBehaved,
  withAgent,
  withModels,
} from "./world.ts";

const OFFLINE = fromFileUrl(new URL("../../scenarios/conversation/plan_refine_offline.yaml", import.meta.url));
const MODELS = scenario(modelSection());
/** Calls of a conversation of three turns: user, agent and judge in each. */
const CALLS = 9;

const set = (path: string, value: unknown) => ({ path, value: value as never, from: "test" });

Deno.test("the offline scenario needs no model and has verdicts of both kinds", async () => {
  await withApp({}, async (app) => {
    const run = await played(app, { file: OFFLINE });
    assertFinished(run);
    assertEquals(alignments(run), ["aligned", "aligned", "misaligned", "aligned", "unclear", "aligned"]);
    assertEquals([run.ended_by, run.remaining_turns, run.cost.calls, run.models], ["user_done", 0, 0, []]);
    const { aligned, misaligned, unclear, end_state, passed } = run.summary;
    assertEquals([aligned, misaligned, unclear, end_state, passed], [4, 1, 1, "differs", false]);
    assertEquals(run.turns[2]!.judge!.witness?.kind, "missing_action");
    assertEquals(run.alignment_issues.map(({ turn_index, delivered }) => [turn_index, delivered]), [[3, false]]);
    assertMatches(run.outline!, /Book the photographer/);
    assertEquals((await app.replay(run.run_id)).divergence, null);
  });
});

/** Models whose agent, in turn 2, waits at the gate. */
function gated(gate: Gate): (request: LLMRequest) => Promise<object> {
  return async (request) => {
    if (partOf(request) === "agent" && stepAsked(request) === 2) await gate.passed();
    return wellBehaved(request);
  };
}

Deno.test("kill -9 of the host in the middle of a turn: what was answered is not asked again, the transcript is the same", async () => {
  const gate = new Gate();
  await withModels({ answer: gated(gate) }, async (app, server, folder) => {
    const undisturbed = await played(app, { text: MODELS });
    assertFinished(undisturbed);
    assertEquals(server.received, CALLS);
    await server.whenIdle();
    server.reset();
    gate.close();
    const host = new SecondHost({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml`, start: [MODELS] });
    const run_id = (await host.says((line) => line.done === "start")).run_id!;
    await gate.reached();
    await host.kill();
    await server.whenAborted(1);
    gate.open();
    assertEquals(tapeOf(app, run_id).length, 4);
    await app.recover();
    assertEquals((await app.conversations.get(run_id)).status, "idle");
    await app.resume(run_id);
    const run = await ended(app, run_id);
    assertFinished(run);
    assertEquals(transcriptOf(run), transcriptOf(undisturbed));
    // Only the call that was under way is made again: it was never answered, and so never paid.
    assertEquals([server.answered, server.repeated, run.cost.calls], [CALLS, [], CALLS]);
    assertEquals(await difference(app.folder(undisturbed.run_id), app.folder(run_id)), null);
  });
});

Deno.test("interrupted in the middle of a turn, it goes on from there and pays nothing twice", async () => {
  const gate = new Gate();
  await withModels({ answer: gated(gate) }, async (app, server) => {
    const undisturbed = await played(app, { text: MODELS });
    await server.whenIdle();
    server.reset();
    gate.close();
    const { run_id } = await app.conversations.start({ text: MODELS });
    await gate.reached();
    await app.interrupt(run_id, "test");
    await server.whenAborted(1);
    gate.open();
    const idle = await app.conversations.get(run_id);
    assertEquals([idle.status, idle.turns.length, idle.remaining_turns, idle.ended_by], ["idle", 1, 2, null]);
    await app.resume(run_id);
    const run = await ended(app, run_id);
    assertFinished(run);
    assertEquals(transcriptOf(run), transcriptOf(undisturbed));
    assertEquals([server.answered, server.repeated], [CALLS, []]);
  });
});

Deno.test("paused, it completes its turn; a step plays one more; resumed, it is played to its end", async () => {
  const gate = new Gate();
  await using agent = new TestAgent(async (sent) => {
    if (sent.turn === 1) await gate.passed();
    return obedient(sent);
  });
  await withAgent(agent, async (app) => {
    gate.close();
    const { run_id } = await app.conversations.start({ text: scenario({ agent: agent.section() }) });
    await agent.whenAsked(1);
    assertEquals((await app.conversations.get(run_id)).status, "running");
    const pausing = app.pause(run_id);
    gate.open();
    await pausing;
    const paused = await app.conversations.get(run_id);
    assertEquals([paused.status, alignments(paused), paused.remaining_turns], ["idle", ["aligned"], 4]);
    await app.step(run_id);
    const stepped = await ended(app, run_id);
    assertEquals([stepped.status, alignments(stepped)], ["idle", ["aligned", "aligned"]]);
    await app.resume(run_id);
    const run = await ended(app, run_id);
    assertFinished(run);
    assertEquals([alignments(run).length, agent.bodies.length], [3, 3]);
  });
});

Deno.test("a fork at a turn has another agent from there on, and the turns before are the same", async () => {
  await using agent = new TestAgent(obedient);
  await withAgent(agent, async (app) => {
    const text = scenario({ agent: agent.section() });
    const parent = await played(app, { text });
    assertEquals(alignments(parent), ["aligned", "aligned", "aligned"]);
    const { run_id } = await app.fork(parent.run_id, {
      turn: 2,
      set: [set("conversation.agent", { adapter: "rule", behaviour: "do_nothing" })],
    });
    const fork = await ended(app, run_id);
    assertFinished(fork);
    assertEquals(alignments(fork), ["aligned", "aligned", "misaligned"]);
    assertEquals(transcriptOf(fork).slice(0, 2), transcriptOf(parent).slice(0, 2));
    assertEquals(fork.config.agent, { adapter: "rule" });
    assertEquals((await app.status(run_id)).parent?.run_id, parent.run_id);
    // The user says what it said: only the agent is another one.
    assertEquals(fork.turns[2]!.simulated_user, parent.turns[2]!.simulated_user);
    assertEquals(agent.bodies.length, 3);

    const same = await app.fork(parent.run_id, { turn: 1 });
    assertEquals(transcriptOf(await ended(app, same.run_id)), transcriptOf(parent));
    assertEquals(agent.bodies.length, 3, "what the same agent is asked again is on its parent's tape");
  });
});

Deno.test("a replay with the agent's server gone is identical and asks nobody", async () => {
  const agent = new TestAgent(obedient);
  await withAgent(agent, async (app) => {
    const run = await played(app, { text: scenario({ agent: agent.section() }) });
    assertFinished(run);
    assertEquals(tapeOf(app, run.run_id).map(({ kind, turn }) => [kind, turn]), [["http", 1], ["http", 2], [
      "http",
      3,
    ]]);
    await agent.down();
    const { identical, divergence, turns } = await app.replay(run.run_id);
    assertEquals([identical, divergence, turns, agent.bodies.length], [true, null, 3, 3]);
  });
});

Deno.test("a replay with the models' server down is identical and makes no call", async () => {
  await withModels({}, async (app, server) => {
    const run = await played(app, { text: MODELS });
    assertFinished(run);
    assertEquals([alignments(run), server.received], [["aligned", "aligned", "aligned"], CALLS]);
    await server.down();
    const { identical, divergence, turns } = await app.replay(run.run_id);
    assertEquals([identical, divergence, turns, server.received], [true, null, 3, CALLS]);
  });
});

Deno.test("judged anew, it is a run of its own in which nobody is asked but the judge", async () => {
  await withModels({}, async (app, server) => {
    const text = scenario(modelSection({ judge: { kind: "rules" } }));
    const run = await played(app, { text });
    assertEquals([alignments(run), server.received], [["unclear", "unclear", "unclear"], 6]);
    const before = await app.conversations.rejudge(run.run_id, { judge: { kind: "llm" }, labels: { why: "test" } });
    const anew = await ended(app, before.run_id);
    assertFinished(anew);
    assertEquals(alignments(anew), ["aligned", "aligned", "aligned"]);
    assertEquals(["user", "agent", "judge"].map((part) => requestsOf(server, part as "user").length), [3, 3, 3]);
    assertEquals(anew.config.judge, { kind: "llm" });
    const { parent, labels } = await app.status(anew.run_id);
    assertEquals([parent?.run_id, labels.rejudged, labels.why], [run.run_id, run.run_id, "test"]);
    const said = ({ simulated_user: { message, desired_action }, chat_agent }: SimulatedTurn) => ({
      message,
      desired_action,
      chat_agent,
    });
    assertEquals(anew.turns.map(said), run.turns.map(said));
    // What it was stays as it was.
    assertEquals(transcriptOf(await app.conversations.get(run.run_id)), transcriptOf(run));
    assertEquals((await app.replay(anew.run_id)).divergence, null);

    const again = await app.conversations.rejudge(anew.run_id, { sample: 1 });
    assertEquals(alignments(await ended(app, again.run_id)), ["aligned", "aligned", "aligned"]);
    assertEquals(requestsOf(server, "judge").length, 6);
  });
});

Deno.test("judged anew after faults, faults stay faults", async () => {
  await using agent = new TestAgent(({ turn }) =>
    turn === 2 ? new Response("oops", { status: 500 }) : { reply: "No." }
  );
  await withAgent(agent, async (app) => {
    const run = await played(app, { text: scenario({ agent: agent.section() }) });
    const anew = await ended(app, (await app.conversations.rejudge(run.run_id)).run_id);
    assertEquals(
      transcriptOf(anew).map(({ chat_agent, judge }) => ({ chat_agent, judge })),
      transcriptOf(run).map(({ chat_agent, judge }) => ({ chat_agent, judge })),
    );
    assertEquals([anew.turns[1]!.chat_agent.fault?.code, agent.bodies.length], ["server_error", 3]);
  });
});

Deno.test("a person's label changes the summary and the certificate of the judge on one's own turns", async () => {
  await withApp({}, async (app) => {
    const { conversations } = app;
    const agent = { adapter: "rule", behaviour: "do_nothing" };
    const script = [{ message: "Hello!" }, { desired_action: { ...stepWish(1) } }];
    const { run_id } = await played(app, { text: scenario({ agent, user: { kind: "scripted", script } }) });
    assertEquals((await conversations.certificate()).own, []);
    const label = { alignment: "aligned", note: "It asked back.", by: "Ada" } as const;
    const { summary, turns } = await conversations.label(run_id, 2, label);
    assertEquals([summary.aligned, summary.misaligned, turns[1]!.judge!.alignment], [2, 0, "misaligned"]);
    assertEquals([turns[1]!.label?.alignment, turns[1]!.label?.note, turns[1]!.label?.by], [
      "aligned",
      "It asked back.",
      "Ada",
    ]);
    const [own, ...others] = (await conversations.certificate()).own;
    assertEquals([own!.judge, own!.runs, own!.certificate.n, own!.certificate.agreement.estimate, others], [
      "rules",
      [run_id],
      1,
      0,
      [],
    ]);
    await conversations.label(run_id, 1, { alignment: "aligned", by: "Ada" });
    assertEquals((await conversations.certificate()).own[0]!.certificate.agreement.estimate, 0.5);
    assertEquals((await conversations.certificate()).labelled[0]!.certificate.n, 132);
    await assertRejects(() => conversations.label(run_id, 3, label), "bad_turn");
    await assertRejects(
      () => conversations.label(run_id, 1, { ...label, alignment: "good" as never }),
      "bad_turn_label",
    );
    // It outlives its run: rules can be judged by what it keeps of the turn.
    const before = (await conversations.certificate()).own;
    await app.delete(run_id);
    assertEquals((await conversations.certificate()).own, before);
  });
});

Deno.test("advance plays exactly one turn; a turn that was played is returned, one that is not the next is refused", async () => {
  await using agent = new TestAgent(obedient);
  await withAgent(agent, async (app) => {
    const { conversations } = app;
    const { run_id, status } = await conversations.start({ text: scenario({ agent: agent.section() }), manual: true });
    assertEquals([status, agent.bodies.length], ["idle", 0]);
    const first = await conversations.advance(run_id);
    assertEquals([first.turn?.index, first.run.status, first.waiting, agent.bodies.length], [1, "idle", false, 1]);
    const [again, ...others] = await Promise.all([1, 1, 1].map((turn) => conversations.advance(run_id, turn)));
    assertEquals([again!.turn, again!.run, agent.bodies.length], [first.turn, first.run, 1]);
    assertEquals(others, [again!, again!]);
    for (const wrong of [0, 3, 17, 1.5]) {
      const { message } = await assertRejects(() => conversations.advance(run_id, wrong), "bad_turn");
      assertMatches(message, /the next one is 2/);
    }
    await conversations.advance(run_id, 2);
    const last = await conversations.advance(run_id, 3);
    assertEquals([last.turn?.index, last.run.status, last.run.ended_by], [3, "finished", "user_done"]);
    assertEquals((await conversations.advance(run_id, 3)).turn, last.turn);
    await assertRejects(() => conversations.advance(run_id), "bad_transition");
    await assertRejects(() => conversations.advance("nothing"), "unknown_run");
    assertEquals(agent.bodies.length, 3);
  });
});

Deno.test("of two who advance at once one plays the turn, and the other is told that it is being played", async () => {
  const gate = new Gate();
  await using agent = new TestAgent(async (sent) => (await gate.passed(), obedient(sent)));
  await withAgent(agent, async (app) => {
    const { conversations } = app;
    const { run_id } = await conversations.start({ text: scenario({ agent: agent.section() }), manual: true });
    gate.close();
    const first = conversations.advance(run_id);
    await agent.whenAsked(1);
    for (const turn of [undefined, 1, 2]) await assertRejects(() => conversations.advance(run_id, turn), "busy");
    gate.open();
    assertEquals((await first).turn?.index, 1);
    const both = await Promise.allSettled([conversations.advance(run_id), conversations.advance(run_id)]);
    const won = both.filter((each) => each.status === "fulfilled");
    const lost = both.filter((each) => each.status === "rejected");
    assertEquals([won.map(({ value }) => value.turn?.index), lost.map(({ reason }) => reason.code)], [[2], ["busy"]]);
    assertEquals(agent.bodies.map((body) => JSON.parse(body).turn), [1, 2]);
    // One that plays by itself is not advanced.
    gate.close();
    await app.resume(run_id);
    await agent.whenAsked(3);
    await assertRejects(() => conversations.advance(run_id), "busy");
    gate.open();
    await app.wait(run_id);
  });
});

Deno.test("a cancel during a turn wins over what the turn comes to; a second one is refused", async () => {
  const gate = new Gate();
  await using agent = new TestAgent(async (sent) => (await gate.passed(), obedient(sent)));
  await withAgent(agent, async (app) => {
    const { conversations } = app;
    for (const manual of [true, false]) {
      const asked = agent.bodies.length;
      gate.close();
      const { run_id } = await conversations.start({ text: scenario({ agent: agent.section() }), manual });
      const advancing = manual ? conversations.advance(run_id) : null;
      await agent.whenAsked(asked + 1);
      const cancelled = await conversations.cancel(run_id);
      gate.open();
      assertEquals([cancelled.status, cancelled.turns, cancelled.remaining_turns], ["cancelled", [], 0]);
      const advanced = await advancing;
      if (advanced) assertEquals([advanced.turn, advanced.run.status, advanced.waiting], [null, "cancelled", false]);
      assertEquals(transcriptOf(await ended(app, run_id)), []);
      await assertRejects(() => conversations.cancel(run_id), "bad_transition");
      await assertRejects(() => conversations.advance(run_id), "bad_transition");
      await assertRejects(() => conversations.rejudge(run_id), "nothing_to_judge");
    }
  });
});

Deno.test("a person speaks as the user, and what is wished for is read, done and judged", async () => {
  await withApp({}, async (app) => {
    const { conversations } = app;
    const text = scenario({ user: { kind: "human" }, max_turns: 2 });
    const { run_id } = await conversations.start({ text, manual: true });
    const waiting = await conversations.advance(run_id);
    assertEquals([waiting.turn, waiting.waiting], [null, true]);
    const wish = { name: "delete_task", parameters: { task_id: "#2" } };
    const say = (desired_action: unknown, message = "Please delete task 2.") =>
      app.decide(run_id, "user", { action: "say", parameters: { message, desired_action } as never });
    await say(wish);
    assertEquals(alignments(await ended(app, run_id)), ["aligned"]);
    const asked = conversations.advance(run_id);
    await personAsked(app, run_id);
    await asked;
    await say({ name: "delete_tsk", parameters: { task_id: 3 } }, "Delete task 3.");
    const run = await ended(app, run_id);
    assertFinished(run);
    assertEquals([run.ended_by, alignments(run)], ["max_turns", ["aligned", "unclear"]]);
    const { fault, desired_action } = run.turns[1]!.simulated_user;
    assertEquals([fault?.code, desired_action], ["unknown_action", null]);
    assertEquals(run.turns[0]!.simulated_user.desired_action?.parameters, { task_id: 2 });
    assertEquals((await app.replay(run_id)).divergence, null);
  });
});

Deno.test("a person may say that there is nothing more to say", async () => {
  await withApp({}, async (app) => {
    const { run_id } = await app.conversations.start({ text: scenario({ user: { kind: "human" } }) });
    await personAsked(app, run_id);
    await app.decide(run_id, "user", { action: "finish" });
    const run = await ended(app, run_id);
    assertEquals([run.status, run.ended_by, run.turns, run.summary.passed], ["finished", "user_done", [], false]);
  });
});

Deno.test("a person whose word is refused has not spoken in that turn, and speaks in the next", async () => {
  await withApp({}, async (app) => {
    const { conversations } = app;
    const text = scenario({ user: { kind: "human" }, max_turns: 3 });
    const { run_id } = await conversations.start({ text, manual: true });
    const next = async (action: object, turn?: number) => {
      const advanced = await conversations.advance(run_id, turn);
      assertEquals(advanced.waiting, true);
      await app.decide(run_id, "user", action);
      return await ended(app, run_id);
    };
    const silent = await next({ action: "shout", parameters: {} });
    assertEquals([silent.status, silent.turns, silent.remaining_turns], ["idle", [], 2]);
    await assertRejects(() => conversations.advance(run_id, 1), "bad_turn");
    const spoken = await next({ action: "say", parameters: { message: "Hello!", desired_action: null } }, 2);
    assertEquals([spoken.turns.map(({ index }) => index), spoken.remaining_turns], [[2], 1]);
    assertEquals((await conversations.advance(run_id, 2)).turn?.index, 2);
    const last = await next({ action: "say", parameters: { message: "Bye!" } });
    assertEquals([last.status, last.turns.map(({ index }) => index), alignments(last)], [
      "finished",
      [2, 3],
      ["aligned", "aligned"],
    ]);
    const anew = await ended(app, (await conversations.rejudge(run_id)).run_id);
    assertEquals([anew.status, alignments(anew)], ["finished", ["aligned", "aligned"]]);
  });
});

Deno.test("judged anew, a conversation keeps its case and what the user was after", async () => {
  await withApp({}, async (app) => {
    const script = [{ desired_action: { ...stepWish(1) } }];
    const cases = [{ name: "one", user: { kind: "scripted", script, goal: "A plan" }, max_turns: 4 }];
    const run = await played(app, { text: scenario({ cases }), case: "one", goal: "All steps", sessionId: "monday" });
    assertEquals([run.turns.length, run.config.improvement_goal], [1, "All steps"]);
    const anew = await ended(app, (await app.conversations.rejudge(run.run_id)).run_id);
    assertFinished(anew);
    const { case: name, improvement_goal, session_id } = anew.config;
    assertEquals([name, improvement_goal, session_id, alignments(anew)], ["one", "All steps", "monday", ["aligned"]]);
  });
});

Deno.test("a person takes over as the user for one turn, and hands back", async () => {
  await withApp({}, async (app) => {
    const { conversations } = app;
    const { run_id } = await conversations.start({ text: scenario(), manual: true });
    assertEquals((await conversations.advance(run_id)).turn?.simulated_user.message, stepMessage(1));
    await app.handOver(run_id, "user", "human");
    assertEquals((await conversations.advance(run_id)).waiting, true);
    await app.decide(run_id, "user", {
      action: "say",
      parameters: { message: "Please delete task 3.", desired_action: { ...stepWish(9) } as never },
    });
    assertEquals(alignments(await ended(app, run_id)), ["aligned", "misaligned"]);
    await app.handOver(run_id, "user", "rule");
    const { turn, waiting } = await conversations.advance(run_id);
    assertEquals([turn?.simulated_user.message, waiting], [stepMessage(3), false]);
    const run = await ended(app, run_id);
    assertFinished(run);
    assertEquals((await app.replay(run_id)).divergence, null);
  });
});

Deno.test("a conversation that waits to be advanced may be played on by itself instead", async () => {
  await withApp({}, async (app) => {
    const held = await app.conversations.start({ text: scenario(), manual: true });
    assertEquals([held.status, held.turns, held.remaining_turns, held.summary.passed], ["idle", [], 5, null]);
    await app.resume(held.run_id);
    const run = await ended(app, held.run_id);
    assertFinished(run);
    assertEquals(transcriptOf(run), transcriptOf(await played(app, { text: scenario() })));
  });
});

Deno.test("goal, turns, session, plan and case of a start are those of the conversation", async () => {
  await withApp({}, async (app) => {
    const cases = [{ name: "lazy", agent: { adapter: "rule", behaviour: "do_nothing" } }, { name: "good" }];
    const spec = { text: scenario({ cases }), goal: "Three steps", maxTurns: 2, sessionId: "monday", planId: "launch" };
    const lazy = await played(app, { ...spec, case: "lazy" });
    const { config } = lazy;
    assertEquals([config.improvement_goal, config.max_turns, config.session_id, config.plan_id, config.case], [
      "Three steps",
      2,
      "monday",
      "launch",
      "lazy",
    ]);
    assertEquals([lazy.turns[0]!.goal, alignments(lazy), lazy.ended_by], [
      "Three steps",
      ["misaligned", "misaligned"],
      "max_turns",
    ]);
    assertEquals(alignments(await played(app, { ...spec, case: "good" })), ["aligned", "aligned"]);
    const { runs, name } = await app.conversations.plan({ text: scenario({ cases }), seeds: [1, 2], samples: 2 });
    const planned = new Set(runs.map(({ prepared }) => prepared.config.conversation?.case));
    assertEquals([name, runs.length, planned.size], ["talk", 8, 2]);
    assertEquals((await app.conversations.list()).conversations.length, 2);
  });
});

Deno.test("a conversation of more turns than the host allows is not started", async () => {
  await withApp({}, async (app) => {
    for (const spec of [{ text: scenario({ max_turns: 11 }) }, { text: scenario(), maxTurns: 11 }]) {
      const { message } = await assertRejects(() => app.conversations.start(spec), "too_many_turns");
      assertMatches(message, /11 turns; this host allows 10/);
    }
    assertEquals((await app.list()).runs, []);
    const { run_id } = await played(app, { text: scenario() });
    const longer = [set("conversation.max_turns", 11)];
    await assertRejects(() => app.fork(run_id, { turn: 1, set: longer }), "too_many_turns");
    assertEquals((await app.list()).runs.length, 1);
  });
});

Deno.test("switched off, no conversation is started, be it as one, as a run, or as a fork", async () => {
  await withApp({}, async (on, folder) => {
    const { run_id } = await played(on, { text: scenario() });
    await on.close();
    await Deno.writeTextFile(`${folder}/off.yaml`, JSON.stringify({ features: { simulatedUserMode: false } }));
    const app = await openApp({ output: `${folder}/output`, config: `${folder}/off.yaml` });
    try {
      const { conversations } = app;
      await assertRejects(() => conversations.start({ text: scenario() }), "feature_off");
      await assertRejects(() => app.start({ text: scenario() }), "feature_off");
      await assertRejects(() => conversations.plan({ text: scenario() }), "feature_off");
      await assertRejects(() => conversations.rejudge(run_id), "feature_off");
      await assertRejects(() => app.fork(run_id, { turn: 1 }), "feature_off");
      assertEquals((await app.list()).runs.length, 1);
    } finally {
      await app.close();
    }
  });
});

Deno.test("what is no conversation is none: it is not started, shown or listed as one", async () => {
  await withApp({ fixtures: ["slow_writer"] }, async (app) => {
    const text = `domain: slow_writer
simulation: { name: x, max_turns: 1 }
engine: { type: ledger }
validator: { type: always_valid }
agents: [{ name: Ada, type: writer, variables: { wealth: 10 } }]
state_variables:
  agent_vars: { wealth: { type: float, default: 0 } }
  global_vars: { total: { type: float, default: 0 }, shock: { type: float, default: 0 } }
`;
    await assertRejects(() => app.conversations.start({ text }), "no_conversation");
    const { run_id } = await app.start({ text });
    await app.wait(run_id);
    await assertRejects(() => app.conversations.get(run_id), "no_conversation");
    await assertRejects(() => app.conversations.advance(run_id), "no_conversation");
    await assertRejects(() => app.conversations.cancel(run_id), "no_conversation");
    assertEquals((await app.conversations.list()).conversations, []);
  });
});

Deno.test("a conversation whose budget is spent stands still; a fork that may spend more goes on and pays nothing twice", async () => {
  const prices = { input: 1, output: 2 };
  await withModels({ provider: { prices } }, async (app, server) => {
    const text = (limits: object) => scenario(modelSection(), { limits: limits as never, llm: { max_tokens: 200 } });
    const whole = await played(app, { text: text({}) });
    assertFinished(whole);
    await server.whenIdle();
    server.reset();
    const { run_id } = await app.conversations.start({ text: text({ max_cost_usd: whole.cost.usd * 0.6 }) });
    const idle = await ended(app, run_id);
    assertEquals([idle.status, idle.error, idle.ended_by], ["idle", null, null]);
    assertTrue(idle.turns.length < 3 && idle.cost.usd <= whole.cost.usd * 0.6, JSON.stringify(idle.cost));
    const fork = await app.fork(run_id, { turn: idle.turns.length, set: [set("limits.max_cost_usd", 1)] });
    const run = await ended(app, fork.run_id);
    assertFinished(run);
    assertEquals(transcriptOf(run), transcriptOf(whole));
    assertEquals([server.received, server.repeated], [CALLS, []]);
  });
});

Deno.test("what went wrong is told to the user when it speaks next, and nothing else is", async () => {
  const answer = (request: LLMRequest) =>
    partOf(request) === "agent" && stepAsked(request) === 1
      ? { llm_reply: { message: "I would rather not." }, actions: [] }
      : wellBehaved(request);
  await withModels({ answer }, async (app, server) => {
    const run = await played(app, { text: MODELS });
    assertEquals(alignments(run), ["misaligned", "aligned", "aligned"]);
    const told = requestsOf(server, "user").map(({ body }) => {
      const prompt = body.messages.at(-1)!.content;
      return prompt.slice(prompt.indexOf("# What went wrong"), prompt.indexOf("This is turn")).split("\n")[2];
    });
    assertEquals([told[0], told[2]], ["(nothing)", "(nothing)"]);
    assertTrue(told[1]!.startsWith("- turn 1 was not what you wanted: ") && told[1]!.includes("create_task"), told[1]);
    assertEquals(run.alignment_issues.map(({ turn_index, delivered }) => [turn_index, delivered]), [[1, true]]);
  });
});

Deno.test("conversations play side by side, each its own", async () => {
  await using agent = new TestAgent(obedient);
  await withAgent(agent, async (app) => {
    const of = async (n: number): Promise<ConversationRun> => {
      const script = [n, n + 1].map((step) => ({ desired_action: { ...stepWish(step) } }));
      return await played(app, { text: scenario({ agent: agent.section(), user: { kind: "scripted", script } }) });
    };
    const runs = await Promise.all([10, 20, 30, 40].map(of));
    for (const run of runs) assertFinished(run);
    assertEquals(
      runs.map(({ turns }) => turns.map(({ chat_agent }) => chat_agent.reply)),
      [10, 20, 30, 40].map((n) => [
        `I have added step ${n}.`,
        `I have added step ${n + 1}.`,
      ]),
    );
  });
});
