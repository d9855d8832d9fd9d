/** What is checked before a batch is begun, and what it begins with. */

import { join } from "node:path";
import type { App, BatchSpec } from "../../runner/mod.ts";
import type { SimError } from "../../framework/mod.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { withApp } from "../support/app.ts";
import { GROWING, played } from "./world.ts";

const RATE = "engine.interest_rate";

const REFUSED: readonly {
  readonly what: string;
  readonly spec: Partial<BatchSpec>;
  readonly code: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}[] = [
  {
    what: "an unknown path in a grid",
    spec: { grid: { turns: { path: "simulation.max_turn", values: [5] } } },
    code: "unknown_path",
    message: /simulation\.max_turn/,
    hint: /did you mean 'max_turns'/,
  },
  {
    what: "a setting that the engine does not have",
    spec: { grid: { rate: { path: "engine.intrest_rate", values: [0.1] } } },
    code: "unknown_key",
    message: /no setting 'intrest_rate'/,
    hint: /did you mean 'interest_rate'/,
  },
  {
    what: "an unknown path in an arm",
    spec: { arms: { base: {}, other: { set: { "agents.C.strategy": "grow" } } } },
    code: "unknown_path",
    message: /agents\.C\.strategy/,
    hint: /A/,
  },
  {
    what: "a value that the domain does not take, the last of many",
    spec: { grid: { rate: { path: RATE, values: [0.1, 0.2, 0.3, 5] } } },
    code: "bad_setting",
    message: /interest_rate.*5/,
  },
  {
    what: "a metric that there is not",
    spec: { metrics: ["total", "totl"] },
    code: "unknown_metric",
    message: /'totl'/,
    hint: /did you mean 'total'/,
  },
  {
    what: "a metric that is no number",
    spec: {
      scenario: {
        ...GROWING,
        state_variables: {
          ...GROWING.state_variables,
          global_vars: { mood: { type: "categorical", values: ["calm", "wild"], default: "calm" } },
        },
      },
      metrics: ["total", "global.mood"],
    },
    code: "unknown_metric",
    message: /'global\.mood' is no number, but of type categorical/,
  },
  {
    what: "10^9 combinations",
    spec: {
      grid: Object.fromEntries(
        ["a", "b", "c"].map((name) => [name, { path: `x.${name}`, from: 1, to: 1000, step: 1 }]),
      ),
    },
    code: "too_many_runs",
    message: /1,000,000,000 combinations/,
    hint: /draw some of them/,
  },
  {
    what: "more runs than a batch may have",
    spec: { seeds: "1..100000", samples: 2 },
    code: "too_many_runs",
    message: /200,000 runs/,
  },
  {
    what: "more seeds than a batch may have, in a short text",
    spec: { seeds: "0..99999,200000..99999999" },
    code: "too_many_runs",
    message: /99,900,000 seeds/,
  },
  { what: "an empty grid", spec: { grid: {} }, code: "empty_grid", message: /varies nothing/ },
  {
    what: "overlapping arms",
    spec: { arms: { a: {}, b: { set: {} } } },
    code: "same_arms",
    message: /a and b are the same/,
  },
  { what: "repeated seeds", spec: { seeds: [1, 2, 1] }, code: "repeated_seed", message: /seed 1/, hint: /samples: 2/ },
  { what: "seeds that are none", spec: { seeds: "eight" }, code: "bad_seeds", message: /'eight'/, hint: /1\.\.8/ },
  { what: "a file that is not there", spec: { scenario: "gone.yaml" }, code: "missing_file", message: /gone\.yaml/ },
];

async function written(app: App): Promise<number> {
  return app.batches.ids().length + (await app.list()).runs.length;
}

Deno.test("a batch that cannot be played is refused with its reason, and nothing is written", () =>
  withApp({}, async (app) => {
    for (const { what, spec, code, message, hint } of REFUSED) {
      const began = performance.now();
      const error = await assertRejects(() => app.batches.start({ spec: { scenario: GROWING, ...spec } })) as SimError;
      const [issue] = error.issues;
      assertEquals(issue!.code, code, `${what}: ${error.message}`);
      assertMatches(issue!.message, message);
      if (hint) assertMatches(issue!.hint ?? "", hint);
      if (code === "too_many_runs") assertTrue(performance.now() - began < 500, `${what}: at once`);
    }
    assertEquals(await written(app), 0);
  }));

Deno.test("a plan is written whole before anything is played, and played when it is resumed", () =>
  withApp({}, async (app) => {
    const spec = { scenario: GROWING, grid: { rate: { path: RATE, values: [0.1, 0.2] } }, seeds: "1..3" };
    const view = await app.batches.start({ spec, planOnly: true });
    assertEquals([view.status, view.runs.total, view.runs.pending], ["planned", 6, 6]);
    assertEquals((await app.list()).runs, []);
    const planned = await app.batches.results(view.id);
    assertEquals(planned.map(({ cell, seed }) => [cell, seed]), [[0, 1], [1, 1], [0, 2], [1, 2], [0, 3], [1, 3]]);
    await app.batches.resume(view.id);
    const done = await app.batches.wait(view.id);
    assertEquals([done.status, done.runs.completed, done.eta_seconds], ["completed", 6, 0]);
    const rows = await app.batches.results(view.id);
    for (const [i, { cell, seed, params, metrics }] of rows.entries()) {
      assertEquals([cell, seed], [planned[i]!.cell, planned[i]!.seed]);
      const expected = 150 * (1 + Number(params.rate)) ** 5;
      assertTrue(Math.abs(metrics.total! - expected) < 1e-9 * expected);
    }
    await assertRejects(() => app.batches.resume(view.id), "bad_transition");
  }));

Deno.test("metrics are looked at in the order in which they are asked for; prefixes tell variables from reporters", () =>
  withApp({}, async (app) => {
    const scenario = {
      ...GROWING,
      metrics: {
        reporters: { total: { sum: "economic_strength" }, total_economic_value: { max: "economic_strength" } },
      },
    };
    const of = async (metrics?: string[]) => {
      const { rows } = await played(app, { scenario, ...(metrics && { metrics }) });
      return Object.keys(rows[0]!.metrics);
    };
    assertEquals(await of(), ["total_economic_value", "total", "metric.total_economic_value"]);
    assertEquals(await of(["total", "total_economic_value"]), ["total", "total_economic_value"]);
    assertEquals(await of(["metric.total_economic_value", "metric.total"]), ["metric.total_economic_value", "total"]);
    assertEquals(await of(["global.total_economic_value"]), ["total_economic_value"]);
    const flag = { ...GROWING.state_variables.global_vars, crisis: { type: "bool", default: true } };
    const flagged = { ...GROWING, state_variables: { ...GROWING.state_variables, global_vars: flag } };
    const { rows } = await played(app, { scenario: flagged, metrics: ["crisis"] });
    assertEquals(rows[0]!.metrics, { crisis: 1 }, "true is 1");
  }));

Deno.test("what has been played of just the same is found again, also by another batch", () =>
  withApp({}, async (app) => {
    const spec: BatchSpec = { scenario: GROWING, grid: { rate: { path: RATE, values: [0.1, 0.2] } }, seeds: "1..2" };
    const first = await played(app, spec);
    const second = await played(app, { ...spec, seeds: "1..3" });
    assertEquals(second.rows.map(({ reused }) => reused), [true, true, true, true, false, false]);
    assertEquals(second.rows.slice(0, 4).map(({ run_id }) => run_id), first.rows.map(({ run_id }) => run_id));
    assertEquals((await app.list()).runs.length, 6);
  }));

Deno.test("an extended batch keeps its runs and gains the next seeds in every cell; played seeds are refused", () =>
  withApp({}, async (app) => {
    const { id, rows } = await played(app, {
      scenario: GROWING,
      grid: { rate: { path: RATE, values: [0.1, 0.2] } },
      seeds: "3..4",
    });
    await app.batches.extend(id, 2);
    await app.batches.wait(id);
    const more = await app.batches.results(id);
    assertEquals(more.slice(0, 4), rows);
    assertEquals(more.slice(4).map(({ cell, seed, status }) => [cell, seed, status]), [
      [0, 5, "completed"],
      [1, 5, "completed"],
      [0, 6, "completed"],
      [1, 6, "completed"],
    ]);
    await assertRejects(() => app.batches.extend(id, "6..7"), "repeated_seed");
    await assertRejects(() => app.batches.extend(id, 0), "bad_seeds");
    assertEquals((await app.batches.get(id)).runs.total, 8);
  }));

Deno.test("a batch file's scenarios lie beside it or in scenarios/, and nowhere else", () =>
  withApp({}, async (app, folder) => {
    await Deno.mkdir(join(folder, "my"));
    await Deno.writeTextFile(join(folder, "my", "growing.yaml"), JSON.stringify(GROWING));
    await Deno.writeTextFile(join(folder, "outside.yaml"), JSON.stringify(GROWING));
    await Deno.symlink(join(folder, "outside.yaml"), join(folder, "my", "link.yaml"));
    const file = join(folder, "my", "batch.yaml");
    const read = async (scenario: string) => {
      await Deno.writeTextFile(file, JSON.stringify({ batch: { scenario, seeds: "1..2" } }));
      return await app.batches.read(file);
    };
    const spec = await read("growing.yaml");
    assertEquals(spec!.scenario, join(folder, "my", "growing.yaml"));
    assertEquals((await app.batches.check(spec)).runs, 2);
    assertMatches(String((await read("economic/growth.yaml"))!.scenario), /scenarios[/\\]economic[/\\]growth\.yaml$/);
    for (const scenario of ["../outside.yaml", "link.yaml", join(folder, "outside.yaml")]) {
      const error = await assertRejects(() => read(scenario)) as SimError;
      assertEquals([error.issues[0]!.code, error.issues[0]!.file, error.issues[0]!.line], ["file_outside", file, 1]);
    }
    assertEquals(await app.batches.read(join(folder, "my", "growing.yaml")), null, "a scenario is no batch");
  }));
