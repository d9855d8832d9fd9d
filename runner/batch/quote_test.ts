import { withApp } from "../../tests/support/app.ts";
import { assertEquals, assertMatches, assertNear, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { fromFileUrl } from "../paths.ts";
import { pilotCells, quoteOf } from "./quote.ts";
import type { BatchCell } from "./spec.ts";
import type { BatchRow } from "./view.ts";

const GROWTH = fromFileUrl(new URL("../../scenarios/economic/growth.yaml", import.meta.url));

const CELLS: BatchCell[] = [0, 1].map((index) => ({
  index,
  arm: null,
  params: { rate: index },
  set: [],
  scenario: "growth.yaml",
}));

function checked(seeds: number) {
  const list = Array.from({ length: seeds }, (_, i) => i + 1);
  return {
    spec: { scenario: "growth.yaml", seeds: list },
    cells: CELLS,
    blocks: [{ seeds: list, samples: 1 }],
    runs: 2 * seeds,
  };
}

/** A run of a pilot that took two seconds and ten cents. */
function row(cell: number, seed: number, output: number, rest: Partial<BatchRow> = {}): BatchRow {
  return {
    n: 0,
    cell,
    arm: `cell_${cell}`,
    params: {},
    seed,
    sample: 0,
    run_id: `run_${cell}_${seed}`,
    status: "completed",
    validity: "valid",
    metrics: { output },
    cost_usd: 0.1,
    seconds: 2,
    turns: 8,
    reused: false,
    ...rest,
  };
}

Deno.test("quote: time, money and the width of intervals follow from the pilot", () => {
  const quote = quoteOf(checked(16), [row(0, 1, 10), row(0, 2, 20), row(1, 1, 13), row(1, 2, 25)], 4);
  assertEquals([quote.runs, quote.pilot_runs, quote.seconds_per_run], [32, 4, 2]);
  assertNear(quote.minutes!, 28 * 2 / 4 / 60, 1e-12);
  assertNear(quote.usd!, 3.2, 1e-12);
  // Differences 3 and 5: sd √2, t(15) = 2.1314, so 2.1314 · √2 / √16.
  const pair = quote.intervals.find(({ against }) => against === 0)!;
  assertEquals([pair.metric, pair.cell], ["output", 1]);
  assertNear(pair.sd, Math.SQRT2, 1e-12);
  assertNear(pair.expected_half_width, 2.13145 * Math.SQRT2 / 4, 1e-4);
  assertEquals(quote.sentences, [
    "32 runs, of which 4 are there already; the other 28 take about 14 seconds. Models cost about $3.2 in all.",
    "output: rate 1 less rate 0 will be known to about ±0.75 from 16 seeds.",
    "Widths are told from 2 seeds, and rough: the true spread may be several times as large.",
  ]);
});

Deno.test("quote: a pilot that fails, or in which seeds change nothing, says so", () => {
  const failed = {
    status: "failed",
    seconds: null,
    error: { code: "engine_failed", message: "no such market" },
  } as const;
  const none = quoteOf(checked(4), [row(0, 1, 1, failed)], 4);
  assertEquals([none.minutes, none.usd, none.intervals], [null, null, []]);
  assertEquals(none.sentences, [
    "No run of the pilot came to its end: no such market. What the batch takes is not known.",
  ]);
  const equal = quoteOf(checked(4), [row(0, 1, 5), row(0, 2, 5), row(1, 1, 6, { validity: "void" })], 4);
  assertEquals(equal.sentences.slice(1), [
    "Of the 3 runs of the pilot are 1 void: expect about as many in the batch.",
    "In the pilot seeds change nothing: if that is so, one seed a cell says as much as 4.",
  ]);
});

Deno.test("quote: of many cells the first, the last and one between are played", () => {
  const cells = Array.from({ length: 9 }, (_, index) => ({ ...CELLS[0]!, index }));
  assertEquals(pilotCells(cells).map(({ index }) => index), [0, 4, 8]);
  assertEquals(pilotCells(CELLS), CELLS);
});

Deno.test("quote: the batch finds the pilot's runs again, and nothing else stays of the pilot", async () => {
  await withApp({}, async (app) => {
    const spec = {
      name: "sweep",
      scenario: GROWTH,
      set: { "simulation.max_turns": 3 },
      grid: { sd: { path: "engine.demand_shock.sd", values: [0.1, 0.2] } },
      seeds: "5..8",
    };
    const quote = await app.batches.quote({ spec });
    assertEquals([quote.runs, quote.pilot_runs, quote.usd], [8, 4, 0]);
    assertTrue(quote.seconds_per_run! > 0 && quote.minutes! > 0);
    assertTrue(quote.intervals.some(({ metric, cell, against }) => metric === "output" && cell === 1 && against === 0));
    assertMatches(
      quote.sentences[0]!,
      /^8 runs, of which 4 are there already; the other 4 take about .*\. Models cost nothing\.$/,
    );
    assertEquals(await app.batches.list(), []);
    const { id } = await app.batches.start({ spec });
    const { runs } = await app.batches.wait(id);
    assertEquals([runs.completed, runs.reused], [8, 4]);
    assertEquals((await app.list()).runs.length, 8);
  });
});

Deno.test("quote: a pilot without seeds, and a batch that is wrong, are refused and nothing is played", async () => {
  await withApp({}, async (app) => {
    await assertRejects(() => app.batches.quote({ spec: { scenario: GROWTH }, pilot: 0 }), "bad_seeds");
    await assertRejects(
      () => app.batches.quote({ spec: { scenario: GROWTH, set: { "engine.demand": 1 }, seeds: "1..1,1" } }),
      "repeated_seed",
    );
    assertEquals((await app.list()).runs, []);
    const one = await app.batches.quote({ spec: { scenario: GROWTH, set: { "simulation.max_turns": 2 } } });
    assertEquals([one.runs, one.pilot_runs, one.intervals], [1, 1, []]);
    assertMatches(one.sentences[1]!, /^With one seed a cell there is no interval/);
  });
});
