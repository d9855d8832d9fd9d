/** What judges are worth: model judges by what their models decided, and what people said, whatever became of the runs. */

import type { JsonObject } from "../../framework/mod.ts";
import type { App } from "../../runner/app.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import type { LLMRequest } from "../support/llm_server.ts";
import { promptOf } from "../support/prompts.ts";
import { cli, documentOf, ROOT } from "../cli/support.ts";
import {
  alignments,
  modelSection,
  partOf,
  played,
  reworded,
  scenario,
  stepWish,
  wellBehaved,
  withModels,
} from "./world.ts";

/** Has a judge certified. */
async function certified(app: App, judge: JsonObject = {}): Promise<void> {
  const runs = await app.conversations.certify(judge);
  const ended = await Promise.all(runs.map(({ run_id }) => app.wait(run_id)));
  assertEquals(ended.map(({ status }) => status), ["completed", "completed", "completed"]);
}

Deno.test("judges of one model with another rubric or prompt are certified side by side, each by its own settings", async () => {
  const rubric = { completeness: 3, faithfulness: 3, restraint: 3 };
  const answer = (request: LLMRequest) => {
    const alignment = promptOf(request).includes("`completeness`") ? "misaligned" : "aligned";
    return { reason: "Fine.", alignment, rubric };
  };
  await withModels({ answer }, async (app) => {
    await certified(app);
    await certified(app, { rubric: `${ROOT}/domains/conversation/rubrics/actions.md` });
    const [rules, withRubric, plain, ...others] = (await app.conversations.certificate()).labelled;
    assertEquals([rules!.judge, plain!.judge, others], ["rules", "default test-model", []]);
    assertMatches(withRubric!.judge, /^default test-model, rubric actions\.md [0-9a-f]{8}$/);
    // What the model decided is told by itself: it says one thing of all that rules leave open.
    for (const { certificate } of [withRubric!, plain!]) {
      const { by_model, failed_answers, n, agreement } = certificate;
      assertEquals([n, failed_answers], [132, 0]);
      assertTrue(by_model.n > 20 && by_model.n < 60, `${by_model.n}`);
      assertEquals([by_model.retest_stability.estimate, by_model.swap_stability.n], [1, by_model.n]);
      assertTrue(by_model.agreement.estimate! < agreement.estimate!);
    }
    assertEquals(plain!.certificate.by_model.false_aligned.estimate, 1);
    assertEquals(withRubric!.certificate.by_model.false_aligned.estimate, 0);

    await certified(app, { prompt: `${ROOT}/domains/conversation/prompts/judge.md` });
    const [, own, ...before] = (await app.conversations.certificate()).labelled;
    assertMatches(own!.judge, /^default test-model, prompt judge\.md [0-9a-f]{8}$/);
    assertEquals(before, [withRubric!, plain!]);
  });
});

Deno.test("a judge whose model gives no valid answer is counted as one that fails, and is not certified", async () => {
  await withModels({ answer: () => ({ verdict: "fine" }) }, async (app) => {
    await certified(app);
    const [rules, model] = (await app.conversations.certificate()).labelled;
    const { by_model, failed_answers, certified: may, agreement } = model!.certificate;
    assertEquals([by_model.n, may], [0, false]);
    assertTrue(failed_answers > 20, `${failed_answers}`);
    // All that it has is what rules say.
    assertEquals(agreement, rules!.certificate.agreement);
  });
});

Deno.test("on one's own turns rules and the model are told apart, and what an idle agent would be told is known", async () => {
  await withModels({}, async (app) => {
    const { conversations } = app;
    const { run_id, turns } = await played(app, { text: scenario(modelSection()) });
    assertTrue(turns.every(({ judge }) => judge!.by === "llm"));
    for (const { index } of turns) await conversations.label(run_id, index, { alignment: "aligned", by: "Ada" });
    const [rules, model, ...others] = (await conversations.certificate()).own;
    assertEquals([rules!.judge, model!.judge, others], ["rules", "default test-model", []]);
    assertEquals([rules!.certificate.agreement.estimate, rules!.certificate.unclear_share.estimate], [0, 1]);
    assertEquals([model!.certificate.agreement.estimate, model!.certificate.by_model.n], [1, 3]);
    for (const { certificate } of [rules!, model!]) {
      assertEquals([certificate.baselines.do_nothing.aligned.estimate, certificate.baselines.do_nothing.aligned.n], [
        0,
        3,
      ]);
    }
    // Without the run nobody knows what the model said, but what was done is still to be judged.
    await app.delete(run_id);
    assertEquals((await conversations.certificate()).own, [rules!]);
  });
});

Deno.test("answers of the judge's model that are none are counted on one's own turns too", async () => {
  const answer = (request: LLMRequest) => partOf(request) === "judge" ? { verdict: "fine" } : wellBehaved(request);
  await withModels({ answer }, async (app) => {
    const { run_id } = await played(app, { text: scenario(modelSection({ max_turns: 2 })) });
    for (const turn of [1, 2]) await app.conversations.label(run_id, turn, { alignment: "aligned", by: "Ada" });
    const { own } = await app.conversations.certificate();
    assertEquals(own.map(({ judge, certificate }) => [judge, certificate.failed_answers]), [
      ["rules", 0],
      ["default test-model", 2],
    ]);
  });
});

Deno.test("a label keeps what rules need of an environment that is listed, whatever the scenario's other actions", async () => {
  await withApp({}, async (app) => {
    const parameters = { order: { type: "id", required: true }, note: { type: "text" } };
    const environment = { title: "Shop", actions: { cancel: { parameters }, refund: { parameters } } };
    const wish = { name: "cancel", parameters: { order: 3, note: "Too late." } };
    const text = JSON.stringify({
      simulation: { name: "shop" },
      conversation: {
        environment,
        user: { kind: "scripted", script: [{ message: "Cancel order 3.", desired_action: wish }] },
        agent: {
          adapter: "recorded",
          turns: [{
            reply: "Ok.",
            actions: [{ name: "cancel", parameters: { order: "#3", note: "It is too late." } }],
          }],
        },
        judge: { kind: "rules" },
      },
    });
    const { run_id } = await played(app, { text });
    await app.conversations.label(run_id, 1, { alignment: "unclear", by: "Ada" });
    await app.delete(run_id);
    const [own] = (await app.conversations.certificate()).own;
    assertEquals([own!.judge, own!.certificate.agreement.estimate], ["rules", 1]);
  });
});

Deno.test("a bad line among the labels keeps no conversation from being shown, and the certificate tells of it", async () => {
  await withApp({}, async (app, folder) => {
    const { conversations } = app;
    const { run_id } = await played(app, { text: scenario() });
    await conversations.label(run_id, 1, { alignment: "unclear", by: "Ada" });
    const file = `${folder}/output/.labels/turns.jsonl`;
    Deno.writeTextFileSync(file, `{"run_id":"x"}\nnonsense\n`, { append: true });
    assertEquals((await conversations.get(run_id)).turns[0]!.label?.by, "Ada");
    assertEquals((await conversations.list()).conversations.length, 1);
    const { summary } = await conversations.label(run_id, 2, { alignment: "unclear", by: "Ada" });
    assertEquals([summary.aligned, summary.unclear], [1, 2]);
    assertEquals((await conversations.certificate()).bad_labels, 2);
    const result = await cli(["conversations", "certificate", "--output", `${folder}/output`, "--json"]);
    assertEquals([result.code, documentOf(result).bad_labels], [0, 2]);
    assertMatches(result.stderr, /warning: 2 lines of \.labels\/turns\.jsonl .* are no labels/);
  });
});

Deno.test("models are told when one has been asked, not before", async () => {
  await withModels({}, async (app) => {
    const text = scenario(modelSection({ max_turns: 1 }));
    const { run_id, models } = await app.conversations.start({ text, manual: true });
    assertEquals(models, []);
    await app.conversations.advance(run_id);
    assertEquals((await app.conversations.get(run_id)).models, ["default test-model"]);
    // A model that judges only what is unclear is not asked of what is clear.
    const judged = await played(app, { text: scenario({ judge: { kind: "llm" } }) });
    assertEquals([alignments(judged), judged.models], [["aligned", "aligned", "aligned"], []]);
    const unclear = scenario({
      judge: { kind: "llm" },
      user: { kind: "scripted", script: [{ message: "Step 1, please.", desired_action: { ...stepWish(1) } }] },
      agent: { adapter: "recorded", turns: [{ reply: "Done.", actions: [{ ...reworded(1) }] }] },
    });
    assertEquals((await played(app, { text: unclear })).models, ["default test-model"]);
  });
});
