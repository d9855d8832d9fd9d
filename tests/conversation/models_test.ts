/** Conversations whose sides are models: which model each is, what each is asked, and what a judge's certificate says. */

import type { JsonObject } from "../../framework/mod.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import type { LLMRequest } from "../support/llm_server.ts";
import { promptOf } from "../support/prompts.ts";
import { cli, documentOf } from "../cli/support.ts";
import {
  alignments,
  assertFinished,
  modelSection,
  type Part,
  partOf,
  played,
  requestsOf,
  scenario,
  stepWish,
  tapeOf,
  wellBehaved,
  withModels,
} from "./world.ts";

const PARTS: readonly Part[] = ["user", "agent", "judge"];

Deno.test("three models talk: each is asked once a turn, in its role, and the run says who answered and what it took", async () => {
  await withModels({}, async (app, server) => {
    const run = await played(app, { text: scenario(modelSection()) });
    assertFinished(run);
    assertEquals(server.requests.map(({ body }) => partOf(body)), [...PARTS, ...PARTS, ...PARTS]);
    assertEquals(
      tapeOf(app, run.run_id).map((entry) => entry.kind === "llm" && [entry.turn, entry.request.role]),
      [1, 2, 3].flatMap((turn) => ["simulated_user", "agent", "judge"].map((role) => [turn, role])),
    );
    assertEquals([run.models, run.cost.calls, run.ended_by], [["default test-model"], 9, "max_turns"]);
    assertEquals(run.turns.map(({ simulated_user }) => simulated_user.desired_action), [1, 2, 3].map(stepWish));
    assertTrue(run.turns.every(({ judge }) => judge!.by === "llm"));
  });
});

Deno.test("a user's model that has said its last word ends the conversation when the turn has been judged", async () => {
  const answer = (request: LLMRequest) =>
    partOf(request) === "user" ? { ...wellBehaved(request), done: true } : wellBehaved(request);
  await withModels({ answer }, async (app, server) => {
    const run = await played(app, { text: scenario(modelSection()) });
    assertFinished(run);
    assertEquals([run.ended_by, alignments(run), server.received], ["user_done", ["aligned"], 3]);
  });
});

Deno.test("each side may have a model of its own in the scenario", async () => {
  const models = ["test-model", "user-model", "agent-model", "judge-model"];
  await withModels({ models }, async (app, server) => {
    const section = modelSection({
      user: { kind: "llm", model: "user-model", temperature: 0.9 },
      agent: { adapter: "builtin", model: "agent-model" },
      judge: { kind: "llm", model: "judge-model", temperature: 0 },
      max_turns: 1,
    });
    const run = await played(app, { text: scenario(section) });
    assertFinished(run);
    assertEquals(server.requests.map(({ body }) => [body.model, body.temperature]), [
      ["user-model", 0.9],
      ["agent-model", undefined],
      ["judge-model", 0],
    ]);
    const { run_id } = run;
    await app.conversations.label(run_id, 1, { alignment: "aligned", by: "Ada" });
    const { own } = await app.conversations.certificate();
    assertEquals(own.map(({ judge }) => judge), ["rules", "default judge-model"], "not the models of the others");
  });
});

Deno.test("SIM_USER_MODEL and SIM_JUDGE_MODEL name the models of user and judge; what the scenario says stands above", async () => {
  const models = ["test-model", "user-model", "judge-model", "own-model"];
  await withModels({ models }, async (_app, server, folder) => {
    const env = { SIM_USER_MODEL: "user-model", SIM_JUDGE_MODEL: "judge-model" };
    const converse = async (section: JsonObject) => {
      await server.whenIdle();
      server.reset();
      const file = `${folder}/talk.yaml`;
      await Deno.writeTextFile(file, scenario(section));
      const args = ["converse", file, "--config", `${folder}/llm-sim.yaml`, "--output", `${folder}/out`, "--json"];
      const result = await cli(args, { env });
      assertEquals(result.code, 0, result.stderr);
      return { models: server.requests.map(({ body }) => body.model), said: documentOf(result) };
    };
    const { models: asked, said } = await converse(modelSection({ max_turns: 1 }));
    assertEquals(asked, ["user-model", "test-model", "judge-model"]);
    assertEquals([said.passed, said.total], [1, 1]);
    const own = modelSection({ max_turns: 1, judge: { kind: "llm", model: "own-model" } });
    assertEquals((await converse(own)).models, ["user-model", "test-model", "own-model"]);
  });
});

Deno.test("swapped, the judge is shown what was done first; nothing else differs", async () => {
  await withModels({}, async (app, server) => {
    for (const swap of [false, true]) {
      const run = await played(app, { text: scenario(modelSection({ judge: { kind: "llm", swap }, max_turns: 1 })) });
      assertEquals(alignments(run), ["aligned"]);
    }
    const [straight, swapped] = requestsOf(server, "judge").map(({ body }) => promptOf(body));
    const places = (prompt: string) =>
      ["# What was wanted", "# What the assistant did"].map((title) => prompt.indexOf(title));
    const [[wanted, did], [wantedAfter, didAfter]] = [places(straight!), places(swapped!)] as [number[], number[]];
    assertTrue(0 < wanted! && wanted! < did! && 0 < didAfter! && didAfter! < wantedAfter!);
    assertEquals([...swapped!].toSorted().join(""), [...straight!].toSorted().join(""));
  });
});

Deno.test("with a rubric the judge gives points, which the verdict has; a rubric without criteria is refused before the start", async () => {
  const rubric = { completeness: 4, restraint: 5 };
  const answer = (request: LLMRequest) =>
    partOf(request) === "judge" ? { ...wellBehaved(request), rubric } : wellBehaved(request);
  await withModels({ answer }, async (app, server, folder) => {
    await Deno.writeTextFile(
      `${folder}/rubric.md`,
      "- completeness: 1: nothing was done; 5: all.\n- restraint: 1: much was added; 5: nothing.\n",
    );
    await Deno.writeTextFile(`${folder}/empty.md`, "Be fair.\n");
    const spec = (file: string) => ({
      text: scenario(modelSection({ judge: { kind: "llm", rubric: file }, max_turns: 1 })),
      file: `${folder}/talk.yaml`,
    });
    await Deno.writeTextFile(`${folder}/talk.yaml`, spec("rubric.md").text);
    const run = await played(app, spec("rubric.md"));
    assertFinished(run);
    assertEquals(run.turns[0]!.judge!.rubric, rubric);
    assertMatches(promptOf(requestsOf(server, "judge")[0]!.body), /- `restraint`: 1: much was added; 5: nothing\./);
    await assertRejects(() => app.conversations.start(spec("empty.md")));
    assertEquals((await app.list()).runs.length, 1);
  });
});

Deno.test("without a model the offline provider answers by rule, says so, and never judges", async () => {
  await withApp({ offline: true }, async (app) => {
    const run = await played(app, { text: scenario(modelSection()) });
    assertEquals([run.status, run.turns.length, run.cost.calls], ["finished", 3, run.cost.calls]);
    assertTrue(run.turns.every(({ judge }) => judge!.by === "rules"));
    assertEquals((await app.replay(run.run_id)).divergence, null);
  });
});

Deno.test("a model is certified in three runs: agreement with people, stability when asked again and when swapped", async () => {
  // Calls what was done aligned, unless it is shown first: then it cannot tell.
  const answer = (request: LLMRequest) => {
    const prompt = promptOf(request);
    const isSwapped = prompt.indexOf("# What the assistant did") < prompt.indexOf("# What was wanted");
    return isSwapped ? { reason: "No telling.", alignment: "unclear" } : { reason: "Fine.", alignment: "aligned" };
  };
  await withModels({ answer }, async (app, server) => {
    const { conversations } = app;
    const before = await conversations.certificate();
    assertEquals(before.labelled.map(({ judge, runs }) => [judge, runs]), [["rules", []]]);
    const runs = await conversations.certify();
    assertEquals(runs.map(({ config }) => [config.user.kind, config.agent.adapter, config.judge.kind]), [
      ["recorded", "recorded", "llm"],
      ["recorded", "recorded", "llm"],
      ["recorded", "recorded", "llm"],
    ]);
    const ended = await Promise.all(runs.map(({ run_id }) => app.wait(run_id)));
    assertEquals(ended.map(({ status }) => status), ["completed", "completed", "completed"]);
    const { labelled } = await conversations.certificate();
    const [rules, model, ...others] = labelled;
    assertEquals([rules!.judge, model!.judge, others], ["rules", "default test-model", []]);
    assertEquals(new Set(model!.runs), new Set(runs.map(({ run_id }) => run_id)));
    const { n, agreement, retest_stability, swap_stability, unclear_share, kappa, certified } = model!.certificate;
    assertEquals([n, retest_stability.estimate, certified], [132, 1, false]);
    assertTrue(swap_stability.estimate! < 1 && swap_stability.estimate! > 0.5, `${swap_stability.estimate}`);
    assertTrue(agreement.low! < agreement.estimate! && agreement.estimate! < agreement.high!);
    assertTrue(Number.isFinite(kappa.kappa));
    // It is asked of what rules leave open, three times over; of which it decides what they abstain from.
    const asked = requestsOf(server, "judge").length;
    assertEquals([asked, server.received], [server.received, asked]);
    assertTrue(asked > 0 && asked % 3 === 0 && asked / 3 < 132, `${asked}`);
    assertTrue(unclear_share.estimate! < rules!.certificate.unclear_share.estimate!);

    // Certified once more, the later certification counts.
    const again = await conversations.certify();
    await Promise.all(again.map(({ run_id }) => app.wait(run_id)));
    const later = (await conversations.certificate()).labelled;
    assertEquals(later.map(({ judge }) => judge), ["rules", "default test-model"]);
    assertEquals(new Set(later[1]!.runs), new Set(again.map(({ run_id }) => run_id)));
  });
});

Deno.test("the offline provider, which judges nothing, is not certified", async () => {
  await withApp({ offline: true }, async (app) => {
    const { message } = await assertRejects(() => app.conversations.certify(), "no_provider");
    assertMatches(message, /no language model/);
    assertEquals((await app.list()).runs, []);
  });
});
