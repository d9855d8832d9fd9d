/** Conversations as tools of a model, without a model: scripted users, a rule as the agent. */

import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { HeldAgent } from "../support/held_agent.ts";
import { ERAS, withMcp } from "./clients.ts";

const section = (more: Readonly<Record<string, unknown>> = {}) => ({
  plan: { title: "Party", tasks: [{ name: "Invite everybody" }, { name: "Cook" }] },
  user: {
    kind: "scripted",
    script: [
      { desired_action: { name: "create_task", parameters: { name: "Book a room" } } },
      { message: "I have lost my appetite.", desired_action: { name: "delete_task", parameters: { task_id: 2 } } },
      { message: "Thank you.", desired_action: null },
    ],
  },
  agent: { adapter: "rule" },
  stop_on_misalignment: false,
  ...more,
});

for (const era of ERAS) {
  Deno.test(`a conversation is started, advanced turn by turn, looked at (${era})`, () =>
    withMcp(era, {}, async (client) => {
      const started = await client.call("start_conversation", {
        conversation: section(),
        auto_advance: false,
        seed: 2,
      });
      const { run_id } = started.value;
      assertEquals(started.value, { run_id, status: "idle", max_turns: 5, case: null });
      assertMatches(started.text, /advance_conversation plays the next turn/);
      const first = await client.call("advance_conversation", { run_id });
      const [turn] = first.value.turns;
      assertEquals([first.value.status, first.value.turns_played, turn.index, turn.judge.alignment], [
        "idle",
        1,
        1,
        "aligned",
      ]);
      assertEquals([turn.simulated_user.desired_action.name, turn.chat_agent.actions[0].name], [
        "create_task",
        "create_task",
      ]);
      assertMatches(
        first.text,
        /is idle after 1 turn: 1 aligned[^]*turn 1 aligned: user: .*Book a room.*did create_task/,
      );
      const rest = await client.value("advance_conversation", { run_id, turns: 5 });
      assertEquals([rest.turns.map(({ index }: { index: number }) => index), rest.status, rest.ended_by], [
        [2, 3],
        "finished",
        "user_done",
      ]);
      const got = await client.call("get_conversation", { run_id, last: 2 });
      assertEquals(
        [got.value.turns.length, got.value.omitted, got.value.summary.misaligned, got.value.summary.passed],
        [
          2,
          ["turns: 1 of 3"],
          1,
          false,
        ],
      );
      assertEquals(got.links, [`simulation://${run_id}/conversation`]);
      const all = JSON.parse(await client.read(got.links[0]!));
      assertEquals([all.turns.length, all.turns[0].judge.alignment, all.seed], [3, "aligned", 2]);
      const { resources } = await client.client.listResources();
      assertTrue(resources.some(({ uri }) => uri === got.links[0]));

      assertMatches(
        await client.error("advance_conversation", { run_id }),
        /^bad_transition: .*completed[^]*\nnext: .*fork_simulation/,
      );
      const { simulations } = await client.value("list_simulations", { repo: "conversation" });
      assertEquals(simulations.map((row: { run_id: string }) => row.run_id), [run_id]);
    }));
}

Deno.test("a conversation plays to its end by itself, under a name once", () =>
  withMcp("modern", {}, async (client) => {
    const args = { repo: "conversation", config: "plan_refine_offline.yaml", idempotency_key: "monday" };
    const { run_id } = await client.value("start_conversation", args);
    assertTrue((await client.value("wait_for_simulation", { run_id })).ended);
    assertEquals((await client.value("start_conversation", args)).run_id, run_id);
    const { summary, turns, outline } = await client.value("get_conversation", { run_id });
    assertEquals([turns.length, summary.misaligned > 0, summary.aligned > 0], [6, true, true]);
    assertMatches(outline, /Book the photographer/);
  }));

Deno.test("what went wrong is told with what to do next", () =>
  withMcp("modern", {}, async (client) => {
    const refused = (args: Record<string, unknown>) => client.error("start_conversation", args);
    assertMatches(await refused({}), /^no_scenario/);
    assertMatches(await refused({ plan_id: "lunch" }), /^unknown_plan: [^]*launch[^]*\nnext: call start_conversation/);
    assertMatches(
      await refused({ conversation: section(), max_turns: 11 }),
      /^too_many_turns: [^]*\nnext: .*max_turns/,
    );
    assertMatches(await refused({ conversation: section(), case: "vague" }), /^unknown_case: .*vague/);
    assertMatches(await refused({ repo: "economic", config: "growth.yaml" }), /^no_conversation: /);
    assertMatches(await refused({ conversation: section({ judge: { kind: "ruels" } }) }), /conversation\.judge\.kind/);
    const { run_id } = await client.value("start_simulation", {
      repo: "economic",
      config: "growth.yaml",
      mode: "step",
    });
    for (const name of ["get_conversation", "advance_conversation"]) {
      assertMatches(await client.error(name, { run_id }), /^no_conversation: .*\n[^]*next: get_simulation_status/);
    }
    assertEquals(await client.read(`simulation://${run_id}/conversation`).catch(({ code }) => code), -32602);
  }));

Deno.test("advancing tells its progress, is bounded in time, and is refused while a turn is played", async () => {
  await using agent = new HeldAgent();
  await withMcp("modern", { config: { http_allow: [agent.origin] } }, async (client, { app }) => {
    const conversation = section({ agent: { adapter: "http", url: agent.url } });
    const { run_id } = await client.value("start_conversation", { conversation, auto_advance: false });
    const told: { progress: number; message: string | undefined }[] = [];
    const { value } = await client.call("advance_conversation", { run_id, turns: 2 }, {
      onprogress: ({ progress, message }) => void told.push({ progress, message }),
    });
    assertEquals([value.turns_played, value.timed_out], [2, false]);
    assertEquals(told.map(({ progress }) => progress), [0, 0.5, 1, 1.5, 2]);
    assertMatches(told[2]!.message!, /^turn 1 misaligned/);

    agent.hold();
    const late = await client.call("advance_conversation", { run_id, timeout_seconds: 1 });
    assertEquals([late.value.timed_out, late.value.turns, late.value.status], [true, [], "running"]);
    assertMatches(late.text, /still being played[^]*wait_for_simulation/);
    assertMatches(await client.error("advance_conversation", { run_id }), /^busy: [^]*\nnext: wait_for_simulation/);
    const waiting = client.call("wait_for_simulation", { run_id });
    agent.release();
    assertEquals((await waiting).value.ended, true);
    assertEquals((await app.conversations.get(run_id)).turns.length, 3);
  });
});

Deno.test("a person who is to speak is shown, and speaks by decide", () =>
  withMcp("modern", {}, async (client) => {
    const conversation = section({ user: { kind: "human" }, max_turns: 1 });
    const { run_id } = await client.value("start_conversation", { conversation, auto_advance: false });
    const asked = await client.call("advance_conversation", { run_id });
    assertEquals([asked.value.waiting, asked.value.turns], [true, []]);
    assertMatches(asked.text, /decide for agent 'user' with \{"action": "say"/);
    assertEquals((await client.value("get_conversation", { run_id })).waiting, true);
    const decision = { action: "say", parameters: { message: "Hello.", desired_action: null } };
    await client.value("decide", { run_id, agent: "user", decision });
    await client.value("wait_for_simulation", { run_id });
    const { turns, ended_by } = await client.value("get_conversation", { run_id });
    assertEquals([turns.length, turns[0].simulated_user.message, ended_by], [1, "Hello.", "max_turns"]);
  }));

Deno.test("a long conversation stays below 50 kB: its last turns are shown, the rest is linked to", () =>
  withMcp("modern", {}, async (client) => {
    const script = Array.from({ length: 10 }, (_, i) => ({
      message: `${i}: ${'Ä quote " and a line.\n'.repeat(300)}`,
      desired_action: { name: "create_task", parameters: { name: `T${i}`, instruction: "x".repeat(3000) } },
    }));
    const conversation = section({ user: { kind: "scripted", script }, max_turns: 10 });
    const { run_id } = await client.value("start_conversation", { conversation });
    await client.value("wait_for_simulation", { run_id });
    const { value, bytes, links } = await client.call("get_conversation", { run_id, last: 100 });
    assertTrue(bytes < 50_000 && bytes > 20_000, `${bytes}`);
    assertEquals(value.turns.at(-1).index, 10);
    assertMatches(value.omitted.join(), /turn \d+\.simulated_user/);
    assertEquals(links, [`simulation://${run_id}/conversation`]);
    assertEquals(JSON.parse(await client.read(links[0]!)).turns[3].simulated_user.message, script[3]!.message.trim());
  }));

Deno.test("switched off, there are neither tools nor resources of conversations", () =>
  withMcp("modern", { config: { features: { simulatedUserMode: false } } }, async ({ client }) => {
    const names = (await client.listTools()).tools.map(({ name }) => name);
    assertTrue(names.includes("start_simulation") && names.every((name) => !name.includes("conversation")), `${names}`);
    const { resourceTemplates } = await client.listResourceTemplates();
    assertTrue(resourceTemplates.every(({ uriTemplate }) => !uriTemplate.includes("conversation")));
  }));
