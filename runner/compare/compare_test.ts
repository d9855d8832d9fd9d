import { runToEnd, withApp } from "../../tests/support/app.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import type { Json } from "../../framework/mod.ts";
import { fromFileUrl } from "../paths.ts";
import type { App } from "../app.ts";
import type { Manifest } from "../store/mod.ts";

const scenario = (name: string) => fromFileUrl(new URL(`../../scenarios/${name}.yaml`, import.meta.url));
const GROWTH = scenario("economic/growth");

type Settings = { readonly [path: string]: Json };

/** Growth, eight turns of it. */
function play(app: App, set: Settings = {}): Promise<Manifest> {
  return runToEnd(app, { file: GROWTH, set: settingsOf({ "simulation.max_turns": 8, ...set }) });
}

function settingsOf(set: Settings) {
  return Object.entries(set).map(([path, value]) => ({ path, value, from: "test" }));
}

async function playBatch(app: App, spec: { readonly [key: string]: Json }): Promise<string> {
  const { id } = await app.batches.start({ spec: { scenario: GROWTH, ...spec } });
  const { status } = await app.batches.wait(id);
  assertEquals(status, "completed");
  return id;
}

Deno.test("compare: of two single runs it tells what differs and where, and that this says nothing", async () => {
  await withApp({}, async (app) => {
    const a = await play(app);
    const b = await play(app, { "agents.Dunmark.strategy": "grow", "engine.demand_shock.sd": 0.3 });
    const found = await app.compare([a.run_id, b.run_id]);
    assertEquals(found.runs.map(({ id, label, runs, turn }) => [id, label, runs, turn]), [
      [a.run_id, a.run_id, 1, 8],
      [b.run_id, b.run_id, 1, 8],
    ]);
    assertEquals(found.inputs, [
      { path: "engine.demand_shock.sd", values: [0.2, 0.3] },
      { path: "agents.Dunmark.strategy", values: ["maintain", "grow"] },
    ]);
    assertEquals([found.parting?.turn, found.parting?.beyond, found.parting?.between], [1, null, [0, 1]]);
    assertEquals(found.at_parting?.decisions.map(({ agent }) => agent), ["Dunmark"]);
    const output = found.metrics.find(({ name }) => name === "output")!;
    assertEquals(output.series.map(({ turns }) => turns.length), [9, 9]);
    assertEquals([output.series[0]!.values[0], output.series[0]!.low, output.series[0]!.n], [4000, null, null]);
    assertMatches(found.sentence, /part in turn 1: .*the first difference at all, for one run has no noise floor\. /);
    assertMatches(found.sentence, /One run each: that they differ says nothing about their scenarios\./);
  });
});

Deno.test("compare: runs that differ in their seed alone differ by chance; equal ones by nothing", async () => {
  await withApp({}, async (app) => {
    const [a, same, other] = [await play(app), await play(app), await play(app, { "simulation.seed": 2 })];
    const chance = await app.compare([a.run_id, other.run_id]);
    assertEquals(chance.inputs, [{ path: "simulation.seed", values: [1, 2] }]);
    assertEquals(chance.runs.map(({ label }) => label), ["growth (seed 1)", "growth (seed 2)"]);
    assertMatches(chance.sentence, /They differ in simulation\.seed alone: the difference is chance\.$/);
    const equal = await app.compare([a.run_id, same.run_id]);
    assertEquals([equal.inputs, equal.parting, equal.at_parting], [[], null, null]);
    assertEquals(
      equal.sentence,
      "In every metric that all have and every turn that all have played they are the same. Nothing that goes into them differs.",
    );
  });
});

Deno.test("compare: a fork parts after its turn; with the same seed it is a controlled what-if, with another it is not", async () => {
  await withApp({}, async (app) => {
    const a = await play(app);
    const fork = async (spec: Partial<Parameters<App["fork"]>[1]>) => {
      const { run_id } = await app.fork(a.run_id, { turn: 4, ...spec });
      return (await app.wait(run_id)).run_id;
    };
    const whatIf = await app.compare([
      a.run_id,
      await fork({ set: settingsOf({ "agents.Dunmark.strategy": "grow" }) }),
    ]);
    assertEquals(whatIf.parting?.turn, 5);
    assertEquals(whatIf.inputs.map(({ path }) => path), ["agents.Dunmark.strategy", "fork"]);
    assertMatches(
      whatIf.sentence,
      /share the past up to turn 4, and seed and sample: a controlled what-if\. In this one world what differs after turn 4 comes of agents\.Dunmark\.strategy;/,
    );
    const luck = await app.compare([a.run_id, await fork({ seed: 9 })]);
    assertEquals([luck.parting?.turn, luck.runs[1]!.label], [5, "growth (seed 9, forked after turn 4)"]);
    assertMatches(luck.sentence, /go on with another seed or sample: what differs then may be chance/);
    // Siblings share what both have of their parent.
    const [early, late] = [await fork({ turn: 2, state: { "agents.Dunmark.debt": 1 } }), await fork({})];
    const siblings = await app.compare([early, late]);
    assertEquals(siblings.parting?.turn, 3);
    assertMatches(siblings.sentence, /share the past up to turn 2, and seed and sample: a controlled what-if/);
    assertTrue(siblings.inputs.some(({ path }) => path === "outside.3.intervention"));
  });
});

Deno.test("compare: arms of a batch part beyond the noise floor of their seeds, with bands", async () => {
  await withApp({}, async (app) => {
    const id = await playBatch(app, {
      name: "arms",
      set: { "simulation.max_turns": 8 },
      seeds: "1..5",
      arms: {
        base: {},
        grow: { set: { "agents.Dunmark.strategy": "grow" } },
        wild: { set: { "engine.demand_shock.sd": 0.4 } },
      },
    });
    const found = await app.compare([`batch:${id}/base`, `batch:${id}/grow`]);
    assertEquals(found.runs.map(({ label, runs }) => [label, runs]), [["base", 5], ["grow", 5]]);
    assertEquals(found.inputs, [{ path: "agents.Dunmark.strategy", values: ["maintain", "grow"] }]);
    const [{ series: [base] }] = found.metrics.filter(({ name }) => name === "capital") as [
      typeof found.metrics[number],
    ];
    assertEquals([base!.turns.length, base!.n?.every((n) => n === 5)], [9, true]);
    assertTrue(base!.low![8]! < base!.values[8]! && base!.values[8]! < base!.high![8]!);
    assertEquals(found.parting?.turn, 1);
    assertEquals(found.at_parting?.decisions.map(({ agent }) => agent), ["Dunmark"]);
    assertMatches(
      found.sentence,
      /^base and grow part in turn 1: .* of grow is .* 5 paired seeds \(corrected for \d+ looks\)\. They differ in agents\.Dunmark\.strategy alone\.$/,
    );
    // More luck is no direction: nothing can be told of five seeds.
    const wild = await app.compare([`batch:${id}/0`, `batch:${id}/wild`]);
    assertEquals(wild.parting, null);
    assertMatches(
      wild.sentence,
      /^No difference can be told in any turn: all are within the noise of 5 paired seeds .* That does not show that there is none\.$/,
    );
    // One run of it is one run.
    const [run] = await app.batches.results(id);
    const mixed = await app.compare([
      `batch:${id}/base`,
      await play(app, { "simulation.seed": 77 }).then(({ run_id }) => run_id),
    ]);
    assertEquals([mixed.parting, run!.seed], [null, 1]);
    assertMatches(mixed.sentence, /^growth \(seed 77\) has one seed: nothing can be concluded about others\.$/);
  });
});

Deno.test("compare: where seeds change nothing it says so, and the difference is what it is", async () => {
  await withApp({}, async (app) => {
    const id = await playBatch(app, {
      set: { "simulation.max_turns": 5, "engine.demand_shock.sd": 0, "engine.productivity_shock.sd": 0 },
      seeds: "1..3",
      grid: { share: { path: "agents.Caldera.config.investment_share", values: [0.3, 0.4] } },
    });
    const { sentence, inputs } = await app.compare([`batch:${id}/0`, `batch:${id}/1`]);
    assertEquals(inputs.map(({ values }) => values), [[0.3, 0.4]]);
    assertMatches(sentence, /^Deterministic: seeds change nothing; share 0\.3 and share 0\.4 part in turn 1: /);
    const summary = await app.batches.summary(id, { metrics: ["output"] });
    assertEquals(summary.deterministic, true);
    assertMatches(
      summary.sentences[1]!,
      /^output: deterministic: seeds change nothing; share 0\.4 is above share 0\.3 by /,
    );
  });
});

/** Changes the lines of a file of a run. */
async function rewrite(app: App, runId: string, file: string, change: (text: string) => string): Promise<void> {
  const path = `${app.folder(runId)}/${file}`;
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
}

Deno.test("compare: that seeds change nothing is not said where they change what only one side has", async () => {
  await withApp({}, async (app) => {
    const id = await playBatch(app, {
      set: { "simulation.max_turns": 5, "engine.demand_shock.sd": 0, "engine.productivity_shock.sd": 0 },
      seeds: "1..2",
      grid: { share: { path: "agents.Caldera.config.investment_share", values: [0.3, 0.4] } },
    });
    for (const { run_id, cell, seed } of await app.batches.results(id)) {
      if (cell !== 1) continue;
      await rewrite(app, run_id!, "global.jsonl", (text) => text.replaceAll(/^\{/gm, `{"luck":${seed},`));
    }
    const { sentence, left_out, parting } = await app.compare([`batch:${id}/0`, `batch:${id}/1`]);
    assertEquals([left_out, parting], [["luck"], null]);
    assertMatches(sentence, /^No difference can be told in any turn: all are within the noise of 2 paired seeds /);
  });
});

Deno.test("compare: yes and no have Wilson's bands, and part by an exact test", async () => {
  await withApp({}, async (app) => {
    const id = await playBatch(app, {
      set: { "simulation.max_turns": 1 },
      seeds: "1..12",
      arms: { base: {}, other: { set: { "simulation.description": "the same" } } },
    });
    for (const { run_id, arm, seed } of await app.batches.results(id)) {
      const won = (turn: string) => arm === "other" && turn === "1";
      await rewrite(
        app,
        run_id!,
        "global.jsonl",
        (text) =>
          text.replaceAll(/^.*"turn":(\d+).*$/gm, (_, turn) => `{"turn":${turn},"won":${won(turn)},"luck":${seed}}`),
      );
    }
    const { metrics: [won], parting, sentence } = await app.compare([`batch:${id}/base`, `batch:${id}/other`]);
    assertEquals([won!.name, won!.series[0]!.low![1], parting?.turn, parting?.beyond], ["won", 0, 1, null]);
    // 0 of 12 by Wilson: z² / (12 + z²).
    assertTrue(Math.abs(won!.series[0]!.high![1]! - 0.2425) < 5e-5);
    assertMatches(sentence, /1 above that of base, more than chance makes by an exact test of 12 paired seeds/);
  });
});

Deno.test("compare: runs of one side that are not made of the same are told, with what they differ in", async () => {
  await withApp({}, async (app) => {
    const id = await playBatch(app, {
      set: { "simulation.max_turns": 3 },
      seeds: "1..3",
      arms: { base: {}, grow: { set: { "agents.Dunmark.strategy": "grow" } } },
    });
    const compared = () => app.compare([`batch:${id}/base`, `batch:${id}/grow`]);
    assertTrue(!(await compared()).sentence.includes("not all of the same"));
    const { run_id } = (await app.batches.results(id)).find(({ arm, seed }) => arm === "grow" && seed === 3)!;
    await rewrite(app, run_id!, "config.json", (text) => text.replace(/"max_turns":\s*3/, '"max_turns": 4'));
    assertMatches(
      (await compared()).sentence,
      / Runs of grow are not all of the same: they differ in simulation\.max_turns, and what is said of its inputs is of the first one\./,
    );
  });
});

Deno.test("compare: runs that end at different turns are compared as far as all have come, and it says so", async () => {
  await withApp({}, async (app) => {
    const [long, short] = [await play(app), await play(app, { "simulation.max_turns": 3 })];
    const { parting, sentence, metrics, inputs } = await app.compare([long.run_id, short.run_id]);
    assertEquals([parting, inputs], [null, [{ path: "simulation.max_turns", values: [8, 3] }]]);
    assertEquals(metrics[0]!.series.map(({ turns }) => turns.at(-1)), [8, 3]);
    assertMatches(sentence, /They have come to different turns: .* 8, .* 3\./);
  });
});

Deno.test("compare: of conversations it tells how the verdicts went, and settings as the section has them", async () => {
  await withApp({}, async (app) => {
    const file = scenario("conversation/plan_refine_offline");
    const perfect = await runToEnd(app, { file });
    const forgetful = await runToEnd(app, { file, set: settingsOf({ "conversation.agent.behaviour": "forgetful" }) });
    const { inputs, metrics, parting, at_parting } = await app.compare([perfect.run_id, forgetful.run_id]);
    assertEquals(inputs, [{ path: "conversation.agent.behaviour", values: ["perfect", "forgetful"] }]);
    const aligned = metrics.find(({ name }) => name === "aligned")!;
    assertEquals(aligned.series.map(({ values }) => values.at(-1)), [4, 1]);
    assertEquals([parting?.turn, at_parting?.decisions.map(({ agent }) => agent)], [1, ["agent", "judge"]]);
  });
});

Deno.test("compare: runs of different domains share what has the same name, or nothing", async () => {
  await withApp({}, async (app) => {
    const growth = await play(app);
    const traders = await runToEnd(app, {
      file: scenario("classic/boltzmann"),
      set: settingsOf({ "simulation.max_turns": 3, "agents.traders.count": 20 }),
    });
    const found = await app.compare([growth.run_id, traders.run_id]);
    assertEquals(found.metrics.map(({ name }) => name), ["gini"]);
    assertTrue(found.left_out.includes("owners") && found.left_out.includes("output"));
    assertEquals(found.inputs.find(({ path }) => path === "domain")?.values, ["economic", "classic"]);
    const city = await runToEnd(app, {
      file: scenario("classic/schelling"),
      set: settingsOf({ "simulation.max_turns": 1 }),
    });
    const error = await assertRejects(() => app.compare([growth.run_id, city.run_id]), "nothing_in_common");
    assertMatches((error as { hint?: string }).hint!, /metrics\.reporters.*growth.*output.*schelling.*similar/);
  });
});

Deno.test("compare: what cannot be compared is refused with what can", async () => {
  await withApp({}, async (app) => {
    const { run_id } = await app.start({ file: GROWTH, mode: "hold" });
    const { id } = await app.batches.start({
      spec: {
        scenario: GROWTH,
        seeds: "1..2",
        grid: { rate: { path: "simulation.max_turns", values: [1, 2] } },
        arms: { a: {}, b: { set: { "engine.demand_shock.sd": 1 } } },
      },
      planOnly: true,
    });
    const refused = async (ids: string[], code: string, pattern: RegExp) => {
      const error = await assertRejects(() => app.compare(ids), code);
      assertMatches(`${error.message} ${(error as { hint?: string }).hint}`, pattern);
    };
    await refused([run_id], "bad_comparison", /one run is named.*2 to 20/);
    await refused(Array.from({ length: 21 }, () => run_id), "bad_comparison", /21 runs/);
    await refused([run_id, run_id], "bad_comparison", /named twice/);
    await refused([run_id, "nobody"], "unknown_run", /nobody/);
    await refused([run_id, (await play(app)).run_id], "nothing_to_compare", /has recorded nothing yet/);
    await refused([run_id, "batch:nobody/1"], "unknown_batch", /nobody/);
    await refused([run_id, `batch:${id}/c`], "unknown_arm", /no cell or arm 'c'.*batch:.*\/0 \(a, rate 1\)/);
    await refused([run_id, `batch:${id}/a`], "unknown_arm", /has 2 cells: which one/);
    await refused(
      [run_id, `batch:${id}/0`],
      "nothing_to_compare",
      /no run that is completed and not void: 2 not at their end/,
    );
  });
});
