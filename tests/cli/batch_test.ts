/** `batch`, `batches` and `compare` as they are typed: what they play, print and refuse. */

import { join } from "node:path";
import { batchLines } from "../../cli/batch_view.ts";
import { specOfFile, specOfScenario } from "../../cli/batch_spec.ts";
import type { BatchCell, BatchRow } from "../../runner/mod.ts";
import { progressOf } from "../../runner/mod.ts";
import { GROWING } from "../batch/world.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../support/assert.ts";
import { cli, documentOf, runsIn, stubbornConfig, stubbornScenario, withFolder } from "./support.ts";

const RATE = "engine.interest_rate";

/** Writes a scenario of two nations; returns its path, and the options of where things are. */
async function growing(folder: string): Promise<{ file: string; at: string[]; output: string }> {
  const file = join(folder, "growing.yaml");
  await Deno.writeTextFile(file, JSON.stringify(GROWING));
  const output = join(folder, "out");
  return { file, at: ["--output", output], output };
}

Deno.test("options become the batch that a file would say", () => {
  const spec = specOfScenario("my/growth.yaml", {
    grid: ["engine.interest_rate=0.02,0.05", "agents.A.strategy=grow,decline", "engine.x=0:1:0.25"],
    arm: ["base", "tight:engine.y=3", "tight:agents.B.strategy=grow"],
    seeds: "1..4",
    samples: 2,
    set: ["simulation.max_turns=9"],
    metrics: ["output"],
    parallel: 3,
    maxCostUsd: 1.5,
    maxMinutes: 10,
    offline: true,
  });
  assertEquals(spec, {
    name: "growth",
    scenario: "my/growth.yaml",
    arms: { base: { set: {} }, tight: { set: { "engine.y": 3, "agents.B.strategy": "grow" } } },
    grid: {
      interest_rate: { path: "engine.interest_rate", values: [0.02, 0.05] },
      strategy: { path: "agents.A.strategy", values: ["grow", "decline"] },
      x: { path: "engine.x", from: 0, to: 1, step: 0.25 },
    },
    set: { "simulation.max_turns": 9 },
    seeds: "1..4",
    samples: 2,
    metrics: ["output"],
    limits: { parallel: 3, max_cost_usd: 1.5, max_minutes: 10 },
    llm_mode: "offline",
  });
  const drawn = specOfScenario("a.yaml", { random: 20, grid: ["e.x=-1e-2:.5", "e.y=a,b"], name: "n" });
  assertEquals(drawn.random, {
    n: 20,
    params: { x: { path: "e.x", uniform: [-0.01, 0.5] }, y: { path: "e.y", choice: ["a", "b"] } },
  });
  // Values are YAML: lists, maps, quoted texts.
  const { grid } = specOfScenario("a.yaml", { grid: ['a.b=[1, 2],{c: 3},"x,y",null,true'] });
  assertEquals(grid, { b: { path: "a.b", values: [[1, 2], { c: 3 }, "x,y", null, true] } });
});

Deno.test("options beside a batch file add to what it says; what it varies stays its own", () => {
  const file = { name: "f", scenario: "a.yaml", set: { x: 1, y: 1 }, seeds: "1..2", limits: { parallel: 2 } };
  assertEquals(specOfFile(file, { set: ["y=2"], seeds: "1..9", maxMinutes: 5, name: "g" }), {
    name: "g",
    scenario: "a.yaml",
    set: { x: 1, y: 2 },
    seeds: "1..9",
    limits: { parallel: 2, max_minutes: 5 },
  });
  assertThrows(() => specOfFile(file, { grid: ["a=1"] }), "usage");
});

Deno.test("a grid or an arm that says nothing sensible is refused", () => {
  const bad = (options: Parameters<typeof specOfScenario>[1], code: string) =>
    assertThrows(() => specOfScenario("a.yaml", options), code);
  for (const grid of ["a.b", "=1", "a.b=", "a.b=0:1"]) bad({ grid: [grid] }, "bad_grid");
  bad({ grid: ["a.b=1", "a.b=2"] }, "bad_grid");
  bad({ grid: ["a.b=[1"] }, "bad_setting");
  bad({ grid: ["a.b=0:1:0.1"], random: 3 }, "bad_grid");
  bad({ random: 3 }, "usage");
  for (const arm of ["", "1st:a=1", "a b:x=1"]) bad({ arm: [arm] }, "bad_arm");
  bad({ arm: ["a:x"] }, "bad_setting");
  bad({ arm: ["a:x=1", "a:x=2"] }, "bad_arm");
  bad({ arm: ["a", "a"] }, "bad_arm");
});

Deno.test("batch plays a grid: a table by cell, what can be concluded, and what to do next", () =>
  withFolder(async (folder) => {
    const { file, at } = await growing(folder);
    const result = await cli(["batch", file, "--grid", `${RATE}=0.02,0.05`, "--seeds", "1..2", ...at]);
    assertEquals(result.code, 0, result.stderr);
    assertEquals(result.stderr, "");
    const lines = result.stdout.trimEnd().split("\n");
    assertMatches(lines[0]!, /^completed {2}4\/4 runs {2}✓ 4$/);
    assertMatches(lines[1]!, /^interest_rate {2}n {2}total_economic_value +total$/);
    assertMatches(lines[2]!, /^ +0\.02 {2}2 .*165\.6 ± 0$/);
    assertMatches(lines[3]!, /^ +0\.05 {2}2 .*191\.4 ± 0$/);
    assertTrue(result.stdout.includes("deterministic: seeds change nothing"));
    const next = lines.filter((line) => line.startsWith("next "));
    assertEquals(next.map((line) => line.split(" ").filter((word) => word !== "").slice(1, 5).join(" ")), [
      "deno task batches export",
      "deno task sql 'SELECT",
      "deno task batches extend",
    ]);

    const more = await cli(["batches", "extend", "last", "--more", "1", "--json", ...at]);
    assertEquals(documentOf(more).seeds, [1, 2, 3]);
    const { rows } = documentOf(await cli(["batches", "show", "growing", "--runs", "--json", ...at]));
    assertEquals(rows.map((row: BatchRow) => [row.cell, row.seed]), [[0, 1], [1, 1], [0, 2], [1, 2], [0, 3], [1, 3]]);
    const csv = await cli(["batches", "export", "last", "--format", "csv", ...at]);
    assertEquals(csv.stdout.trimEnd().split("\n").length, 7);
    const html = join(folder, "report.html");
    assertEquals((await cli(["batches", "export", "last", "--format", "html", "--out", html, ...at])).code, 0);
    assertMatches(await Deno.readTextFile(html), /^<!doctype html>/i);
    const compared = await cli(["compare", rows[0].run_id, rows[1].run_id, ...at]);
    assertEquals(compared.code, 0, compared.stderr);
    assertMatches(compared.stdout, /engine\.\S*interest_rate +0\.02 +0\.05/);
    const cells = documentOf(await cli(["compare", "batch:last/0", "batch:last/1", "--json", ...at]));
    assertEquals(cells.runs.map(({ runs }: { runs: number }) => runs), [3, 3]);

    const gone = documentOf(await cli(["batches", "delete", "last", "--json", ...at]));
    assertMatches(gone.deleted, /^growing_/);
    assertEquals(documentOf(await cli(["batches", "list", "--json", ...at])), { batches: [] });
    assertEquals(documentOf(await cli(["runs", "list", "--json", ...at])).runs.length, 6, "its runs stay");
  }));

Deno.test("batch --plan plays nothing; batches resume does, cancel ends it for good", () =>
  withFolder(async (folder) => {
    const { file, at, output } = await growing(folder);
    const batch = join(folder, "batch.yaml");
    await Deno.writeTextFile(batch, "batch:\n  name: two\n  scenario: growing.yaml\n  seeds: 1..2\n");
    const planned = await cli(["batch", batch, "--plan", ...at]);
    assertEquals(planned.code, 0, planned.stderr);
    assertMatches(planned.stdout, /^planned {2}two_\S+: 2 runs of 1 cell\nnext {5}deno task batches resume two_/);
    assertEquals(runsIn(output), []);
    const resumed = documentOf(await cli(["batches", "resume", "last", "--json", ...at]));
    assertEquals([resumed.status, resumed.runs.completed], ["completed", 2]);

    const other = documentOf(await cli(["batch", file, "--plan", "--seeds", "5", "--json", ...at]));
    assertEquals(other.status, "planned");
    assertMatches((await cli(["batches", "cancel", other.id, ...at])).stdout, /^cancelled {2}growing_/);
    const refused = await cli(["batches", "resume", other.id, "--json", ...at]);
    assertEquals([refused.code, documentOf(refused).error.code], [2, "bad_transition"]);
    assertEquals((await cli(["batches", "list", ...at])).stdout.trimEnd().split("\n").length, 3);
  }));

Deno.test("batch --quote says beforehand what it takes, and plays on only when it is told to", () =>
  withFolder(async (folder) => {
    const { file, at } = await growing(folder);
    const args = ["batch", file, "--grid", `${RATE}=0.02,0.05`, "--seeds", "1..4", "--quote", ...at];
    const quoted = await cli(args);
    assertEquals(quoted.code, 0, quoted.stderr);
    assertMatches(quoted.stdout, /8 runs/);
    assertTrue(!quoted.stdout.includes("completed"));
    const played = await cli([...args, "--yes"]);
    assertEquals(played.code, 0, played.stderr);
    assertMatches(played.stdout, /completed {2}8\/8 runs/);
  }));

Deno.test("a batch with runs that fail is completed, exits 1, and says which failed and why", () =>
  withFolder(async (folder) => {
    const config = await stubbornConfig(folder);
    const file = await stubbornScenario(folder, "idle");
    const at = ["--config", config, "--output", join(folder, "out")];
    const result = await cli(["batch", file, "--grid", "engine.fail_at=3,2,100", "--seeds", "1..2", ...at]);
    assertEquals(result.code, 1, result.stderr);
    assertMatches(result.stdout, /^completed {2}6\/6 runs {2}✓ 2 {2}✗ 4\n/);
    assertMatches(result.stdout, /✗ 2 runs \(fail_at 3\): \[\w+\] .*the dam broke.*, for example idle_/);
    const quiet = await cli(["batches", "resume", "last", "--quiet", ...at]);
    assertEquals(quiet.code, 2, "what has failed is not played again");
  }));

const REFUSED: readonly (readonly [args: readonly string[], code: string, says: RegExp])[] = [
  [["--grid", "engine.intrest_rate=0.1"], "unknown_key", /did you mean 'interest_rate'/],
  [["--grid", "simulation.max_turn=1,2"], "unknown_path", /did you mean 'max_turns'/],
  [["--grid", "engine.interest_rate="], "bad_grid", /path=values/],
  [["--grid", "a=1:1000:1", "--grid", "b=1:1000:1", "--grid", "c=1:1000:1"], "too_many_runs", /1,000,000,000/],
  [["--arm", "a:engine.interest_rate=0.1", "--arm", "b:engine.interest_rate=0.1"], "same_arms", /a and b/],
  [["--seeds", "1..3,2"], "repeated_seed", /seed 2 is named twice/],
  [["--seeds", "3..1"], "bad_seeds", /1\.\.8/],
  [["--metrics", "totl"], "unknown_metric", /did you mean 'total'/],
  [["--samples", "0"], "usage", /above 0/],
  [["--sedes", "1"], "usage", /did you mean --seeds/],
];

Deno.test("a batch that cannot be played exits 2 with its reason, and leaves nothing", () =>
  withFolder(async (folder) => {
    const { file, at, output } = await growing(folder);
    const results = await Promise.all(REFUSED.map(([args]) => cli(["batch", file, ...args, "--json", ...at])));
    for (const [i, result] of results.entries()) {
      const [args, code, says] = REFUSED[i]!;
      assertEquals(result.code, 2, `${args}: ${result.stderr}`);
      assertEquals(documentOf(result).error.code === code || result.stderr.includes(`[${code}]`), true, result.stderr);
      assertMatches(result.stderr, says);
    }
    assertEquals(runsIn(output), []);
    assertEquals(documentOf(await cli(["batches", "list", "--json", ...at])), { batches: [] });
    const missing = await cli(["batches", "show", "last", "--json", ...at]);
    assertEquals([missing.code, documentOf(missing).error.code], [2, "unknown_batch"]);
    const alone = await cli(["compare", "last", "--json", ...at]);
    assertEquals(alone.code, 2);
  }));

Deno.test("run says of a batch file to use batch; validate checks it and says how many runs it is", () =>
  withFolder(async (folder) => {
    const { at } = await growing(folder);
    const batch = join(folder, "batch.yaml");
    const write = (rate: string) =>
      Deno.writeTextFile(
        batch,
        `batch:\n  scenario: growing.yaml\n  grid:\n    rate: { path: ${rate}, values: [0.1, 0.2] }\n  seeds: 1..3\n`,
      );
    await write(RATE);
    const refused = await cli(["run", batch, "--json", ...at]);
    assertEquals([refused.code, documentOf(refused).error.issues[0].code], [2, "use_batch"]);
    const valid = await cli(["validate", batch, ...at]);
    assertEquals(valid.stdout, `valid  ${batch}: a batch: 6 runs of 2 cells\n`);
    await write("engine.rate");
    const wrong = await cli(["validate", batch, "--json", ...at]);
    assertEquals(wrong.code, 2);
    assertEquals(documentOf(wrong).scenarios[0].valid, false);
    assertMatches(wrong.stderr, /error\[unknown_key\].*'rate'/);
    await Deno.writeTextFile(batch, "batch:\n  scenario: growing.yaml\n  sedes: 1..3\n");
    assertMatches((await cli(["validate", batch, ...at])).stderr, new RegExp(`${batch}:1.*sedes`));
  }));

/** A batch of `cells` cells and `seeds` seeds, of which the first runs stand as `statuses` say. */
function drawing(cells: number, seeds: number, statuses: readonly Partial<BatchRow>[]) {
  const all = Array.from({ length: cells }, (_, index): BatchCell => ({
    index,
    arm: null,
    params: { rate: index },
    set: [],
    scenario: "a.yaml",
  }));
  const rows = Array.from({ length: cells * seeds }, (_, n): BatchRow => ({
    n,
    cell: n % cells,
    arm: null,
    params: {},
    seed: 1 + Math.floor(n / cells),
    sample: 0,
    run_id: null,
    status: "pending",
    validity: null,
    metrics: {},
    cost_usd: 0,
    seconds: null,
    turns: 0,
    reused: false,
    ...statuses[n],
  }));
  return { status: "running", cells: all, rows, progress: progressOf(rows, 2) };
}

const texts = (lines: ReturnType<typeof batchLines>) => lines.map((parts) => parts.map(([text]) => text).join(""));

Deno.test("the live view is a character a run, with counts, time and cost", () => {
  const done = { status: "completed", validity: "valid", seconds: 4, cost_usd: 0.5 } as const;
  const batch = drawing(3, 4, [
    done,
    { status: "failed", seconds: 4 },
    { ...done, validity: "void" },
    { ...done, reused: true },
    { status: "running" },
    { status: "removed" },
  ]);
  assertEquals(texts(batchLines(batch, 80, 20)), [
    "running  5/12 runs  ✓ 1  ✗ 2  ∅ 1  ↺ 1  14.0 s left  $1.00 of about $3.33",
    "rate 0  ✓↺··",
    "rate 1  ✗▸··",
    "rate 2  ∅✗··",
  ]);
});

Deno.test("the live view becomes bars where seeds do not fit, and one bar where cells do not", () => {
  const done = { status: "completed", validity: "valid" } as const;
  const half = Array.from({ length: 100 }, () => done);
  const bars = texts(batchLines(drawing(2, 100, half), 40, 20));
  assertEquals(bars.length, 3);
  for (const line of bars.slice(1)) assertMatches(line, /^rate [01] {2}█+░+ {2}50 %$/);
  for (const [room, height] of [[40, 10], [12, 60]] as const) {
    const [, bar, ...rest] = texts(batchLines(drawing(50, 4, half), room, height));
    assertEquals(rest, []);
    assertMatches(bar!, /^█+░+ {2}50 %$/);
    assertTrue(bar!.length <= room);
  }
});
