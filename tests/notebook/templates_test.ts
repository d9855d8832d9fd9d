/** New notebooks: whatever they are made from, they read, compute, and show what there is without playing anything. */

import type { Json } from "../../framework/mod.ts";
import type { Setting } from "../../framework/scenario/mod.ts";
import { type App, computeNotebook, type NotebookView, STARTERS, type TemplateSource } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { runToEnd } from "../support/app.ts";
import { cellOf, GROWING, PAGE, statuses, withNotebooks, writePage } from "./world.ts";

const GROWTH = "scenarios/economic/growth.yaml";
const QUICK = set({ "simulation.max_turns": 6 });
const OFFLINE = "scenarios/conversation/plan_refine_offline.yaml";

/** Settings of a start. */
function set(values: { readonly [path: string]: Json }): Setting[] {
  return Object.entries(values).map(([path, value]) => ({ path, value, from: "test" }));
}

/** The page that a template makes, and its text. */
async function pageFrom(app: App, source: TemplateSource): Promise<{ text: string; view: NotebookView }> {
  const before = (await app.list()).runs.length;
  const text = await app.notebooks.template(source);
  const view = await app.notebooks.view(PAGE, { text });
  assertEquals(wrongIn(view), [], text);
  assertEquals((await app.list()).runs.length, before, "nothing was started");
  return { text, view };
}

/** All that is wrong with a page, and references that stand for nothing. */
function wrongIn(view: NotebookView): string[] {
  const ofCells = view.pieces.flatMap((piece) =>
    piece.kind === "cell"
      ? [
        ...piece.issues.filter(({ severity }) => severity === "error").map(({ code }) => `${piece.name}: ${code}`),
        ...(["error", "failed"].includes(piece.status) ? [`${piece.name} is ${piece.status}: ${piece.reason}`] : []),
      ]
      : []
  );
  return [...view.issues.map(({ code, message }) => `${code}: ${message}`), ...ofCells];
}

/** References that the prose of a page still shows as such. */
function openReferences(view: NotebookView): string[] {
  return view.pieces.flatMap((piece) => piece.kind === "prose" ? piece.html.match(/\$\{[^}]*\}/g) ?? [] : [])
    .filter((reference) => !view.pieces.some(({ source }) => source.includes(`$${reference}`)));
}

/** The page of a run: its cell shows it at once. */
async function foundFrom(app: App, run_id: string): Promise<{ text: string; view: NotebookView }> {
  const { text, view } = await pageFrom(app, { run_id });
  const cell = cellOf(view, "run");
  assertEquals([cell.status, cell.provenance?.run_id], ["cached", run_id], text);
  assertEquals(view.stale, [], text);
  assertEquals(openReferences(view), [], text);
  return { text, view };
}

Deno.test("template: of every scenario of the project, and of every batch file, a page that can be run", () =>
  withNotebooks(async (app) => {
    const files = (await app.scenarios()).filter(({ issues }) => !issues.some(({ severity }) => severity === "error"))
      .map(({ path }) => path);
    assertTrue(files.length > 30, `${files.length} scenarios`);
    const batches = ["economic/sweep_policy", "climate/sweep_discount", "conversation/agents_ab"];
    for (const scenario of [...files, ...batches.map((name) => `scenarios/${name}.yaml`)]) {
      const { text, view } = await pageFrom(app, { scenario });
      assertTrue(view.stale.length > 0, text);
      assertTrue(Object.values(statuses(view)).every((status) => ["fresh", "stale", "blocked"].includes(status)), text);
      assertMatches(text, /^---\nnotebook: 1\ntitle: ".+"\n---\n\n# \S/);
    }
  }));

Deno.test("template: of a scenario's page, played, every reference stands for something", () =>
  withNotebooks(async (app, folder) => {
    const { text } = await pageFrom(app, { scenario: `${folder}/notebooks/growing.yaml` });
    const view = await computeNotebook(app, PAGE, { text });
    assertEquals([...new Set(Object.values(statuses(view)))], ["fresh"]);
    assertEquals([wrongIn(view), openReferences(view)], [[], []]);
    assertEquals(statuses(await app.notebooks.view(PAGE, { text, set: { seed: "9" } })).base, "stale");
    await assertRejects(() => app.notebooks.template({ scenario: "nothing.yaml" }), "missing_file");
    await Deno.writeTextFile(`${folder}/elsewhere.yaml`, GROWING);
    await assertRejects(() => app.notebooks.template({ scenario: `${folder}/elsewhere.yaml` }), "file_outside");
    await Deno.writeTextFile(`${folder}/notebooks/wrong.yaml`, GROWING.replace("max_turns: 6", "max_turns: many"));
    const wrong = await app.notebooks.template({ scenario: `${folder}/notebooks/wrong.yaml` });
    assertEquals(statuses(await app.notebooks.view(PAGE, { text: wrong })).world, "error");
  }));

Deno.test("template: starters read, compute to the end at no cost, and say something", () =>
  withNotebooks(async (app) => {
    for (const starter of STARTERS) {
      const { text } = await pageFrom(app, { starter });
      const view = await computeNotebook(app, PAGE, { text });
      assertEquals([wrongIn(view), openReferences(view), view.stale], [[], [], []], starter);
      const odd = Object.entries(statuses(view)).filter(([, status]) => status !== "fresh" && status !== "cached");
      assertEquals(odd, [], starter);
    }
  }));

Deno.test("template: a run's page finds the run by what it was made of: settings, seed, sample, texts, models that are rules", () =>
  withNotebooks(async (app, folder) => {
    const settings = set({ "agents.Caldera.config.investment_share": 0.3, "simulation.seed": 7 });
    const plain = await runToEnd(app, { file: GROWTH, set: [...QUICK, ...settings] });
    const { text } = await foundFrom(app, plain.run_id);
    assertMatches(text, /yaml scenario #world extends=scenarios\/economic\/growth\.yaml\n/);
    assertMatches(text, /agents\.Caldera\.config\.investment_share: 0\.3\n/);
    assertMatches(text, /```yaml run #run\nscenario: world\nseed: 7\nwatch: \[output, gini, capital\]\n```/);
    assertTrue(!text.includes(folder), text);

    const beside = await runToEnd(app, { file: `${folder}/notebooks/growing.yaml` });
    await foundFrom(app, beside.run_id);
    // Not from a file: the page has all of it.
    const odd = GROWING.replace("name: growing", 'name: growing, description: "Costs ${money} & `ticks`, <b>bold</b>"');
    const written = await runToEnd(app, { text: `${odd}# \`\`\`\n` });
    const whole = await foundFrom(app, written.run_id);
    assertMatches(whole.text, /````yaml scenario #world fold\n/);
    const heading = whole.view.pieces.find((piece) => piece.kind === "prose");
    assertMatches(heading?.kind === "prose" ? heading.html : "", /Costs \$\{money\} &amp; `ticks`, &lt;b&gt;bold/);

    const talk = await runToEnd(app, { file: OFFLINE, set: set({ "conversation.max_turns": 2 }) });
    assertMatches(
      (await foundFrom(app, talk.run_id)).text,
      /yaml conversation #run\nscenario: scenarios\/conversation\//,
    );
    const models = "scenarios/climate/llm_negotiation.yaml";
    const ruled = await runToEnd(app, {
      file: models,
      offline: true,
      set: set({ "simulation.max_turns": 2 }),
    });
    assertMatches((await foundFrom(app, ruled.run_id)).text, /llm_mode: offline\n/);
  }));

Deno.test("template: a fork's page has its origin as well, and forks of forks theirs", () =>
  withNotebooks(async (app) => {
    const base = await runToEnd(app, { file: GROWTH, set: QUICK });
    const fork = async (parent: string, turn: number, rest: Partial<Parameters<App["fork"]>[1]>) => {
      const { run_id } = await app.fork(parent, { turn, ...rest });
      return await app.wait(run_id);
    };
    const settings = set({ "agents.Caldera.config.investment_share": 0.5 });
    const one = await fork(base.run_id, 2, { set: settings, seed: 4 });
    const { text, view } = await foundFrom(app, one.run_id);
    assertMatches(
      text,
      /from: \{ run: base, turn: 2 \}\nseed: 4\nset:\n {2}agents\.Caldera\.config\.investment_share: 0\.5\n/,
    );
    assertEquals([statuses(view).base, statuses(view).effect], ["cached", "fresh"]);
    const two = await fork(one.run_id, 4, { state: { "global.gdp_growth": 1.5 } });
    const deep = await foundFrom(app, two.run_id);
    assertMatches(deep.text, /run: base, turn: 2[^]*#run\nfrom: \{ run: fork_1, turn: 4 \}\nstate:/);

    const talk = await runToEnd(app, { file: OFFLINE, set: set({ "conversation.max_turns": 3 }) });
    const forgetful = set({ "conversation.agent": { adapter: "rule", behaviour: "forgetful" } });
    const other = await fork(talk.run_id, 1, { set: forgetful });
    assertMatches((await foundFrom(app, other.run_id)).text, /from: \{ conversation: base, turn: 1 \}/);

    // Without its parent the fork cannot be made again: what it has recorded is still there.
    await app.delete(base.run_id);
    const orphan = await pageFrom(app, { run_id: one.run_id });
    assertEquals([statuses(orphan.view).recorded, statuses(orphan.view)["chart 1"]], ["fresh", "fresh"]);
  }));

Deno.test("template: a run that is no more what it was made of, was steered, or came to no good end is shown as it was", () =>
  withNotebooks(async (app, folder) => {
    const file = `${folder}/notebooks/growing.yaml`;
    const steered = await app.start({ file, mode: "step" });
    await app.wait(steered.run_id);
    await app.intervene(steered.run_id, { set: { "global.total_economic_value": 1 } });
    await app.resume(steered.run_id);
    await app.wait(steered.run_id);
    const page = await pageFrom(app, { run_id: steered.run_id });
    assertMatches(page.text, /was steered while it played/);
    assertEquals(statuses(page.view), {
      recorded: "fresh",
      "chart 1": "fresh",
      world: "fresh",
      run: "stale",
    });

    const cancelled = await app.start({ file, mode: "hold" });
    await app.cancel(cancelled.run_id);
    assertMatches((await pageFrom(app, { run_id: cancelled.run_id })).text, /come to no good end/);

    // What waits for its first turn is found while it waits, and shown as it goes.
    const held = await app.start({ file, mode: "hold", set: set({ "simulation.seed": 3 }) });
    const waiting = await app.notebooks.template({ run_id: held.run_id });
    const view = await app.notebooks.view(PAGE, { text: waiting });
    assertEquals([statuses(view).run, cellOf(view, "run").provenance?.run_id], ["paused", held.run_id]);

    await Deno.writeTextFile(file, GROWING.replace("interest_rate: 0.05", "interest_rate: 0.06"));
    const done = await runToEnd(app, { file });
    await foundFrom(app, done.run_id);
    await Deno.remove(file);
    // The file is gone, its text was kept with the run.
    assertMatches((await foundFrom(app, done.run_id)).text, /interest_rate: 0\.06/);
    await assertRejects(() => app.notebooks.template({ run_id: "nobody" }), "unknown_run");
  }));

Deno.test("template: a batch's page finds the batch, whoever made it", () =>
  withNotebooks(async (app, folder) => {
    const file = `${folder}/notebooks/growing.yaml`;
    const rate = { path: "engine.interest_rate", values: [0.1, 0.2] };
    const specs = {
      seeds: { scenario: file, seeds: "1..3" },
      grid: { scenario: file, grid: { rate }, seeds: [1, 2], metrics: ["total"] },
      arms: {
        scenario: file,
        set: { "simulation.max_turns": 4 },
        arms: { low: {}, high: { set: { "engine.interest_rate": 0.3 } } },
        grid: { strength: { path: "agents.A.initial_economic_strength", values: [10, 20] } },
        seeds: "1..2",
        metrics: ["global.total_economic_value", "total"],
        limits: { parallel: 2, max_cost_usd: 1 },
      },
      // Of what it records by itself, some is yes or no.
      talks: {
        scenario: OFFLINE,
        set: { "conversation.max_turns": 1 },
        list: [{ "conversation.agent.behaviour": "forgetful" }, { "conversation.agent.behaviour": "do_nothing" }],
      },
    };
    const ids: string[] = [];
    for (const [name, spec] of Object.entries(specs)) {
      const { id } = await app.batches.start({ spec: { name, ...spec } });
      ids.push(id);
      await app.batches.wait(id);
      const { text, view } = await pageFrom(app, { batch_id: id });
      const cell = cellOf(view, "batch");
      assertEquals([cell.status, cell.provenance?.batch_id], ["cached", id], text);
      assertEquals(view.stale, [], text);
      assertTrue(Object.values(statuses(view)).every((status) => ["fresh", "cached"].includes(status)), text);
      assertEquals(openReferences(view), []);
    }
    await writePage(folder, await app.notebooks.template({ batch_id: ids[1]! }));
    assertEquals(statuses(await app.notebooks.run(PAGE, { cells: ["batch"] })).batch, "cached");
    assertEquals(app.batches.ids().length, 4, "nothing is planned twice");
    await app.batches.extend(ids[1]!, [3]);
    await app.batches.wait(ids[1]!);
    assertEquals(cellOf((await pageFrom(app, { batch_id: ids[1]! })).view, "batch").provenance?.batch_id, ids[1]);

    // Its scenario is another one now: its runs are asked for by its name.
    await Deno.writeTextFile(file, GROWING.replace("interest_rate: 0.05", "interest_rate: 0.07"));
    const changed = await pageFrom(app, { batch_id: ids[0]! });
    assertMatches(changed.text, new RegExp(`FROM ${ids[0]}`));
    assertEquals(changed.view.stale, []);
    await assertRejects(() => app.notebooks.template({ batch_id: "nobody" }), "unknown_batch");
  }));
