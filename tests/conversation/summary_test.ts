/** What is said of a conversation as a whole: its seals, goals, issues, whether it passed, and what no skill comes to. */

import { canonicalJson, sha256 } from "../../framework/mod.ts";
import type { JsonObject } from "../../framework/mod.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { cli } from "../cli/support.ts";
import { exportConversation } from "../../runner/mod.ts";
import { act, alignments, ended, modelSection, played, reworded, scenario, stepWish, withModels } from "./world.ts";

const TALK = { message: "Good morning!" };

/** A user that says these things. */
function says(...script: JsonObject[]): JsonObject {
  return { kind: "scripted", script };
}

/** An agent that takes these actions, turn by turn. */
function does(...turns: JsonObject[][]): JsonObject {
  return { adapter: "recorded", turns: turns.map((actions) => ({ reply: "Done.", actions })) };
}

Deno.test("what is exported to JSON is enough to check every seal", async () => {
  await withApp({}, async (app) => {
    const run = await played(app, { text: scenario({ user: says(TALK, { desired_action: { ...stepWish(1) } }) }) });
    const { turns } = JSON.parse(exportConversation(run, "json").text);
    assertEquals(turns.length, 2);
    for (const { simulated_user: { desired_action, message, salt, seal } } of turns) {
      assertMatches(salt, /^[0-9a-f]{32}$/);
      assertEquals(sha256(canonicalJson({ desired_action, message, salt })), seal);
      assertTrue(sha256(canonicalJson({ desired_action: null, message: `${message}!`, salt })) !== seal);
    }
  });
});

Deno.test("turns that a fork inherits keep the goal that they were had with, through a fork of the fork", async () => {
  await withApp({}, async (app) => {
    const goal = (value: string) => [{ path: "conversation.user.goal", value, from: "test" }];
    const first = await played(app, { text: scenario(), goal: "A" });
    const second = await ended(app, (await app.fork(first.run_id, { turn: 1, set: goal("B") })).run_id);
    const third = await ended(app, (await app.fork(second.run_id, { turn: 2, set: goal("C") })).run_id);
    const goals = [first, second, third].map(({ turns }) => turns.map((turn) => turn.goal).join(""));
    assertEquals(goals, ["AAA", "ABB", "ABC"]);
    assertEquals(third.config.improvement_goal, "C");
  });
});

Deno.test("issues are the turns that are misaligned by what counts of them", async () => {
  await withApp({}, async (app) => {
    const script = [stepWish(1), stepWish(2)].map((wish) => ({ desired_action: { ...wish } }));
    const text = scenario({ user: says(...script, TALK), agent: { adapter: "rule", behaviour: "do_nothing" } });
    const run = await played(app, { text });
    const { conversations } = app;
    const issues = async (turn: number, alignment: "aligned" | "misaligned", note?: string) =>
      (await conversations.label(run.run_id, turn, { alignment, by: "Ada", ...(note !== undefined && { note }) }))
        .alignment_issues;
    assertEquals(run.alignment_issues.map(({ turn_index }) => turn_index), [1, 2]);
    assertTrue(run.alignment_issues.every(({ delivered }) => !delivered), "a script listens to nobody");
    assertEquals((await issues(1, "aligned")).map(({ turn_index }) => turn_index), [2]);
    assertEquals((await issues(2, "misaligned"))[0]!.reason, run.alignment_issues[1]!.reason);
    assertEquals((await issues(2, "misaligned", "nothing came of it"))[0]!.reason, "nothing came of it");
    assertEquals((await issues(3, "misaligned"))[1], {
      turn_index: 3,
      reason: "Ada calls it misaligned",
      delivered: false,
    });
  });
});

Deno.test("an issue is delivered to a user that is a model, once it has spoken again; a person's label is not", async () => {
  await withModels({}, async (app) => {
    const text = scenario(modelSection({ agent: { adapter: "rule", behaviour: "do_nothing" }, max_turns: 2 }));
    const run = await played(app, { text });
    const delivered = ({ alignment_issues }: typeof run) =>
      alignment_issues.map(({ turn_index, delivered }) => [turn_index, delivered]);
    assertEquals([alignments(run), delivered(run)], [["misaligned", "misaligned"], [[1, true], [2, false]]]);
    const aligned = await played(app, { text: scenario(modelSection({ max_turns: 2 })) });
    assertEquals(delivered(aligned), []);
    const label = { alignment: "misaligned", by: "Ada" } as const;
    assertEquals(delivered(await app.conversations.label(aligned.run_id, 1, label)), [[1, false]]);
  });
});

Deno.test("where a person has labelled a turn, and all are aligned, other words in the end keep nothing from passing", async () => {
  await withApp({}, async (app) => {
    const { conversations } = app;
    const text = scenario({
      user: says({ message: "Step 1!", desired_action: { ...stepWish(1) } }, TALK),
      agent: does([{ ...reworded(1) }], []),
    });
    const run = await played(app, { text });
    const { aligned, end_state, passed } = run.summary;
    assertEquals([alignments(run), aligned, end_state, passed], [["unclear", "aligned"], 1, "differs", false]);
    const other = await conversations.label(run.run_id, 2, { alignment: "aligned", by: "Ada" });
    assertEquals(other.summary.passed, false, "turn 1 is still unclear");
    const all = await conversations.label(run.run_id, 1, { alignment: "aligned", by: "Ada" });
    assertEquals([all.summary.end_state, all.summary.passed], ["differs", true]);
    const none = await conversations.label(run.run_id, 2, { alignment: "misaligned", by: "Ada" });
    assertEquals(none.summary.passed, false);
  });
});

Deno.test("an end state that is another one keeps a conversation from passing that no person has looked at", async () => {
  await withApp({}, async (app) => {
    const run = await played(app, { text: scenario({ user: says(TALK), expected_plan: { title: "Other" } }) });
    assertEquals([alignments(run), run.summary.end_state, run.summary.passed], [["aligned"], "differs", false]);
  });
});

Deno.test("an agent that does nothing: known of conversations that were played out, by turns and by the expected plan", async () => {
  await withApp({}, async (app) => {
    const idle = async (changes: JsonObject) =>
      await app.conversations.doNothing((await played(app, { text: scenario(changes) })).run_id);
    assertEquals(await idle({ user: says(TALK) }), true);
    assertEquals(await idle({ user: says(TALK, TALK, TALK), max_turns: 2 }), true);
    assertEquals(await idle({}), false);
    assertEquals(await idle({ user: says(TALK), expected_plan: { title: "Other" } }), false);
    const wish = { message: "Add step 1.", desired_action: { ...stepWish(1) } };
    // What the first turn says of the rest is not known: a wish might have come.
    const cut = {
      user: says(TALK, wish),
      agent: does([{ ...act("delete_task", { task_id: 3 }) }]),
      extra_actions: "fail",
    };
    assertEquals(await idle({ ...cut, stop_on_misalignment: true }), null);
    assertEquals(await idle({ ...cut, stop_on_misalignment: false }), false);
    assertEquals(await idle({ user: says(TALK, wish), stop_on_alignment: true }), null);
    // A wish that other calls have fulfilled is none that no call fulfils.
    const twice = [act("update_task", { task_id: 3, name: "A" }), act("update_task", { task_id: 3, name: "B" })];
    const met = { desired_action: { ...act("update_task", { task_id: 3, name: "B" }) } };
    assertEquals(await idle({ user: says(met), agent: does(twice.map((each) => ({ ...each }))) }), false);
    const { run_id } = await app.conversations.start({ text: scenario({ user: says(TALK) }), manual: true });
    assertEquals(await app.conversations.doNothing(run_id), null);
  });
});

Deno.test("a JUnit report that cannot be written in the end is refused before anything is played", async () => {
  await withApp({}, async (_app, folder) => {
    await Deno.writeTextFile(`${folder}/talk.yaml`, scenario({ user: says(TALK) }));
    const converse = (junit: string) =>
      cli(["converse", `${folder}/talk.yaml`, "--output", `${folder}/out`, "--junit", junit]);
    for (const [junit, problem] of [["none/report.xml", /no folder '.*none'/], ["", /is a folder/]] as const) {
      const { code, stdout, stderr } = await converse(`${folder}/${junit}`);
      assertEquals([code, stdout], [2, ""]);
      assertMatches(stderr, /error\[usage\]/);
      assertMatches(stderr, problem);
    }
    assertEquals([...Deno.readDirSync(folder)].some(({ name }) => name === "out"), false);
    const { code, stdout } = await converse(`${folder}/report.xml`);
    assertEquals(code, 0);
    assertMatches(stdout, /^baselines: an agent that does nothing 1 of 1 · a judge that passes everything 1 of 1$/m);
    assertMatches(Deno.readTextFileSync(`${folder}/report.xml`), /<testsuites /);
  });
});
