import { assertEquals, assertMatches, assertRejects } from "../../tests/support/assert.ts";
import { withApp } from "../../tests/support/app.ts";

const SCRIPT = [
  { desired_action: { name: "create_task", parameters: { name: "Book a room" } } },
  { message: "I have lost my appetite.", desired_action: { name: "delete_task", parameters: { task_id: 2 } } },
  { desired_action: { name: "delete_task", parameters: { task_id: 1 } } },
];

const scenario = (simulation: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    simulation: { name: "party", ...simulation },
    conversation: {
      plan: { title: "Party", tasks: [{ name: "Invite everybody" }, { name: "Cook" }] },
      user: { kind: "scripted", script: SCRIPT },
      agent: { adapter: "rule" },
      judge: { kind: "rules" },
      stop_on_misalignment: false,
      ...more,
    },
  });

Deno.test("the outline after any turn has the tasks of then, what was done with them, and what is still wanted", async () => {
  await withApp({}, async (app) => {
    const { run_id } = await app.conversations.start({ text: scenario(), manual: true });
    const { tasks, open, title, turn } = await app.conversations.outline(run_id);
    assertEquals([turn, title, tasks?.map(({ name }) => name), open], [0, "Party", ["Invite everybody", "Cook"], []]);
    await app.resume(run_id);
    await app.wait(run_id);
    const second = await app.conversations.outline(run_id, 2);
    assertEquals(second.tasks?.map(({ id, touches }) => [id, touches]), [
      [1, []],
      [2, [{ turn: 2, action: "delete_task", as: "wanted" }]],
      [3, [{ turn: 1, action: "create_task", as: "done" }]],
    ]);
    assertEquals(second.open.map(({ name, parameters }) => [name, parameters]), [["delete_task", { task_id: 2 }]]);
    assertMatches(second.text, /Book a room/);
    const last = await app.conversations.outline(run_id);
    assertEquals([last.turn, last.tasks?.map(({ id }) => id)], [3, [2, 3]]);
    assertEquals(last.removed, [{ id: 1, name: "Invite everybody", turn: 3 }]);
    assertEquals((await app.conversations.outline(run_id, 0)).tasks?.length, 2);
    await assertRejects(() => app.conversations.outline(run_id, 4), "bad_turn");
  });
});

Deno.test("the outline of a turn that was not saved is that of the turn before with what was done since", async () => {
  await withApp({}, async (app) => {
    const outlines = await Promise.all([1, 3].map(async (checkpoint_interval) => {
      const { run_id } = await app.conversations.start({ text: scenario({ checkpoint_interval }) });
      await app.wait(run_id);
      return (await app.conversations.outline(run_id, 1)).tasks;
    }));
    assertEquals(outlines[1], outlines[0]!);
  });
});

Deno.test("where every turn begins with the plan as given, the outline tells of the turn alone", async () => {
  await withApp({}, async (app) => {
    for (const interval of [undefined, 3]) {
      const text = scenario(interval === undefined ? {} : { checkpoint_interval: interval }, { reset_each_turn: true });
      const { run_id } = await app.conversations.start({ text });
      await app.wait(run_id);
      const second = await app.conversations.outline(run_id, 2);
      assertEquals(second.tasks?.map(({ id, touches }) => [id, touches.map(({ turn }) => turn)]), [[1, []], [2, [2]]]);
      assertEquals((await app.conversations.outline(run_id)).removed, [{ id: 1, name: "Invite everybody", turn: 3 }]);
    }
  });
});

Deno.test("where actions take effect elsewhere the outline is a text", async () => {
  await withApp({}, async (app) => {
    const environment = { title: "Desk", outline: "Economy only.", actions: { book: { parameters: {} } } };
    const script = [{ desired_action: { name: "book", parameters: {} } }];
    const { run_id } = await app.conversations.start({
      text: scenario({}, { plan: undefined, environment, user: { kind: "scripted", script } }),
    });
    await app.wait(run_id);
    const { tasks, text } = await app.conversations.outline(run_id);
    assertEquals(tasks, null);
    assertMatches(text, /Economy only/);
  });
});

Deno.test("a quote says who would speak, whether it costs anything, and starts nothing", async () => {
  await withApp({ offline: true }, async (app) => {
    const quote = await app.conversations.quote({ text: scenario({}, { max_turns: 4 }), goal: "Have a party" });
    assertEquals([quote.name, quote.goal, quote.max_turns, quote.price.free, quote.models], [
      "party",
      "Have a party",
      4,
      true,
      [],
    ]);
    assertEquals([quote.user.kind, quote.agent.adapter, quote.judge.kind], ["scripted", "rule", "rules"]);
    const model = await app.conversations.quote({ text: scenario({}, { user: { kind: "llm", persona: "Ada" } }) });
    assertEquals([model.user.persona, model.models.map(({ offline }) => offline)], ["Ada", [true]]);
    await assertRejects(() => app.conversations.quote({ text: scenario({}, { max_turns: 11 }) }), "too_many_turns");
    assertEquals((await app.conversations.list()).conversations, []);
  });
});
