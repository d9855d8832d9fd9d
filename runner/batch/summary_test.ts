import { assertEquals, assertMatches, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { BatchCell } from "./spec.ts";
import { summaryOf } from "./summary.ts";
import type { BatchRow } from "./view.ts";

/** Cells of two arms, or of the values of one parameter. */
function cellsOf(by: { arms?: readonly string[]; rates?: readonly number[] }): BatchCell[] {
  const arms = by.arms ?? [null];
  const rates = by.rates ?? [null];
  return arms.flatMap((arm) => rates.map((rate) => ({ arm, rate }))).map(({ arm, rate }, index) => ({
    index,
    arm,
    params: rate === null ? {} : { rate },
    set: [],
    scenario: "growth.yaml",
  }));
}

/** A completed run; what a test is about it overrides. */
function row(cell: BatchCell, seed: number, metrics: Record<string, number>, rest: Partial<BatchRow> = {}): BatchRow {
  return {
    n: 0,
    cell: cell.index,
    arm: cell.arm,
    params: cell.params,
    seed,
    sample: 0,
    run_id: `run_${cell.index}_${seed}`,
    status: "completed",
    validity: "valid",
    metrics,
    cost_usd: 0,
    seconds: 1,
    turns: 10,
    reused: false,
    ...rest,
  };
}

/** Rows of a metric `output`: by cell, its values for seeds 1, 2 … */
function rowsOf(cells: readonly BatchCell[], values: readonly (readonly number[])[]): BatchRow[] {
  return cells.flatMap((cell, i) => values[i]!.map((output, seed) => row(cell, seed + 1, { output })));
}

const ARMS = cellsOf({ arms: ["loose", "tight"] });

Deno.test("summary: arms are paired by seed, and one is above the other only beyond the noise floor", () => {
  // Differences 2, 3, 2, 3: mean 2.5, sd 0.577, t(3) = 3.182, so ± 0.919.
  const summary = summaryOf(ARMS, rowsOf(ARMS, [[10, 20, 30, 40], [12, 23, 32, 43]]));
  const [{ cells, comparisons: [comparison], noise }] = summary.metrics as [typeof summary.metrics[number]];
  assertEquals([comparison!.a, comparison!.b, comparison!.pairs, comparison!.left_out], [1, 0, 4, 0]);
  assertNear(comparison!.difference.estimate!, 2.5, 1e-12);
  assertNear(comparison!.difference.low!, 2.5 - 0.9187, 1e-3);
  assertNear(comparison!.effect!, 2.5 / Math.sqrt(1 / 3), 1e-9);
  assertEquals(comparison!.above_noise, true);
  assertEquals(comparison!.sentence, "tight is above loose by 2.50 [1.58, 3.42] (4 paired seeds)");
  assertEquals(summary.sentences, [`output: ${comparison!.sentence}`]);
  assertEquals([cells[0]!.n, cells[0]!.runs, cells[0]!.mean, cells[0]!.median], [4, 4, 25, 25]);
  assertNear(noise!.floor!, 0.9187, 1e-3);
  assertEquals(noise!.sample_sd, null);
});

Deno.test("summary: within the noise floor nothing is said to be above", () => {
  const summary = summaryOf(ARMS, rowsOf(ARMS, [[10, 20, 30, 40], [13, 18, 31, 39]]));
  const [comparison] = summary.metrics[0]!.comparisons;
  assertEquals(comparison!.above_noise, false);
  assertMatches(
    comparison!.sentence,
    /^no difference can be told: tight − loose is .* \(4 paired seeds\), below the noise floor of /,
  );
  assertEquals(summary.sentences, [
    "In 1 of 1 comparisons no difference can be told; that does not show that there is none.",
  ]);
});

Deno.test("summary: of one run a cell there is no interval and no conclusion", () => {
  const summary = summaryOf(ARMS, rowsOf(ARMS, [[10], [20]]));
  const [{ cells, comparisons, noise }] = summary.metrics as [typeof summary.metrics[number]];
  assertEquals([cells[0]!.mean, cells[0]!.sd, cells[0]!.low, cells[0]!.high], [10, null, null, null]);
  assertEquals([comparisons[0]!.difference, comparisons[0]!.above_noise, noise], [
    { estimate: 10, low: null, high: null },
    null,
    null,
  ]);
  assertEquals(comparisons[0]!.sentence, "one run each: nothing can be concluded");
  assertMatches(summary.sentences[0]!, /^One run a cell: without a second seed there is no interval/);
  assertEquals(summary.deterministic, false);
});

Deno.test("summary: void, failed and pending runs are left out, counted and said, with the seeds that lose their pair", () => {
  const rows = [
    ...rowsOf(ARMS, [[10, 20, 30, 40], [12, 23, 32, 43]]),
    row(ARMS[0]!, 5, { output: 1e9 }, { validity: "void" }),
    row(ARMS[1]!, 5, { output: 52 }),
    row(ARMS[0]!, 6, {}, { status: "failed" }),
    row(ARMS[1]!, 6, { output: 61 }),
    row(ARMS[0]!, 7, {}, { status: "pending", validity: null, run_id: null }),
    row(ARMS[1]!, 7, {}, { status: "failed_to_start", validity: null, run_id: null }),
  ];
  const summary = summaryOf(ARMS, rows);
  assertEquals(summary.excluded, { void: 1, failed: 2, pending: 1 });
  const [{ cells, comparisons: [comparison] }] = summary.metrics as [typeof summary.metrics[number]];
  assertEquals([cells[0]!.runs, cells[1]!.runs, comparison!.pairs, comparison!.left_out], [4, 6, 4, 2]);
  assertNear(comparison!.difference.estimate!, 2.5, 1e-12);
  assertEquals(summary.sentences.slice(1), [
    "Up to 2 seeds a comparison without counterpart, because a run failed or is void, and left out.",
    "Left out: 1 void, 2 failed, 1 not at their end.",
    "If runs fail because of how their world went, those that are left are no fair picture of it.",
  ]);
});

Deno.test("summary: where all numbers of every cell's runs are equal, it says that seeds change nothing", () => {
  const rows = rowsOf(ARMS, [[10, 10, 10], [12, 12, 12]]).map((each) => ({ ...each, fingerprint: `${each.cell}` }));
  const summary = summaryOf(ARMS, rows);
  assertEquals(summary.deterministic, true);
  const [{ cells: [cell], comparisons: [comparison] }] = summary.metrics as [typeof summary.metrics[number]];
  assertEquals([comparison!.above_noise, comparison!.p, comparison!.difference.low], [true, null, 2]);
  assertEquals([cell!.low, cell!.high], [10, 10]);
  assertEquals(summary.sentences, [
    "deterministic: seeds change nothing. One run a cell says all there is.",
    "output: deterministic: seeds change nothing; tight is above loose by 2",
  ]);
});

Deno.test("summary: that seeds change nothing is said of no batch in which it was not tried, or something did vary", () => {
  const equal = rowsOf(ARMS, [[10, 10, 10], [12, 12, 12]]);
  const marked = (of: (row: BatchRow) => string | undefined) =>
    equal.map((each) => {
      const fingerprint = of(each);
      return fingerprint === undefined ? each : { ...each, fingerprint };
    });
  const said = [
    "No spread in output in 3 seeds: that may be chance, and gives no interval.",
    "In 1 of 1 comparisons no difference can be told; that does not show that there is none.",
  ];
  // Not known, or varying in what is not looked at, be it of one run.
  for (
    const rows of [
      equal,
      marked(({ run_id }) => run_id!),
      marked(({ n, seed, cell }) => `${n}${cell}${seed === 3}`),
    ]
  ) {
    const summary = summaryOf(ARMS, rows, { metrics: ["output"] });
    assertEquals([summary.deterministic, summary.sentences], [false, said]);
    const [{ cells, comparisons }] = summary.metrics as [typeof summary.metrics[number]];
    assertEquals(cells.map(({ low, high }) => [low, high]), [[null, null], [null, null]]);
    assertEquals(comparisons.map(({ difference, p, above_noise }) => [difference.low, p, above_noise]), [
      [null, 0.25, false],
    ]);
  }
  const samples = [0, 1, 2].map((sample) => row(ARMS[0]!, 1, { output: 5 }, { sample, fingerprint: "same" }));
  const oneSeed = summaryOf(ARMS, samples);
  assertEquals(oneSeed.deterministic, false);
  assertMatches(oneSeed.sentences[0]!, /^All runs have one seed: .* say nothing about other seeds\.$/);
});

Deno.test("summary: a difference that is the same on each seed is corrected as others are", () => {
  const cells = cellsOf({ rates: Array.from({ length: 21 }, (_, i) => i) });
  const seeds = [3, 6, 4, 9, 5, 7, 8, 2];
  const summary = summaryOf(cells, rowsOf(cells, cells.map((_, i) => seeds.map((value) => value + (i === 1 ? 1 : 0)))));
  const [first, ...others] = summary.metrics[0]!.comparisons;
  assertEquals([first!.p, first!.p_adjusted, first!.above_noise], [2 / 256, 20 * 2 / 256, false]);
  assertEquals(others.map(({ above_noise }) => above_noise), others.map(() => false));
  assertMatches(others[0]!.sentence, /^no difference: rate 2 and rate 0 are equal on each seed/);
});

Deno.test("summary: of yes and no it tells shares, by Wilson and McNemar", () => {
  const won = [[0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 0]];
  const [{ share, cells, comparisons }] = summaryOf(ARMS, rowsOf(ARMS, won)).metrics as [
    ReturnType<typeof summaryOf>["metrics"][number],
  ];
  assertEquals([share, cells[0]!.mean, cells[0]!.low], [true, 0, 0]);
  assertNear(cells[0]!.high!, 0.3244, 5e-5);
  assertNear(cells[1]!.low!, 0.5291, 5e-5);
  assertNear(comparisons[0]!.p!, 2 / 128, 1e-12);
  assertEquals([comparisons[0]!.difference.low, comparisons[0]!.above_noise], [null, true]);
  assertEquals(
    comparisons[0]!.sentence,
    "tight is above loose: 88 % [53, 98] against 0 % [0, 32] (8 paired seeds), exact p = 0.016",
  );
  assertEquals(summaryOf(ARMS, rowsOf(ARMS, [[0, 1], [1, 2]])).metrics[0]!.share, false);
  // Nothing but 0 may be a number or a no: the run knows.
  const never = rowsOf(ARMS, [[0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]]);
  const [number] = summaryOf(ARMS, never).metrics;
  assertEquals([number!.share, number!.cells[0]!.high], [false, null]);
  const [no] = summaryOf(ARMS, never.map((each) => ({ ...each, yes_no: ["output"] }))).metrics;
  assertEquals(no!.share, true);
  assertNear(no!.cells[0]!.high!, 0.3244, 5e-5);
});

Deno.test("summary: a metric that is known is there without values, too; one that is not is refused", () => {
  const rows = rowsOf(ARMS, [[1, 3], [2, 5]]);
  const known = ["output", "metric.crises"];
  const summary = summaryOf(ARMS, rows, { known, metrics: ["crises"] });
  const [{ name, cells, comparisons }] = summary.metrics as [typeof summary.metrics[number]];
  assertEquals([name, cells.map(({ n, missing, mean }) => [n, missing, mean])], ["crises", [[0, 2, null], [
    0,
    2,
    null,
  ]]]);
  assertEquals(comparisons[0]!.sentence, "tight has no run that counts: nothing can be concluded");
  assertEquals(summaryOf(ARMS, rows, { known }).metrics.map(({ name }) => name), ["output", "crises"]);
  assertThrows(() => summaryOf(ARMS, rows, { known, metrics: ["crisis"] }), "unknown_metric");
});

Deno.test("summary: two samples of a seed count as one seed, and tell the models' noise from the world's", () => {
  const cells = cellsOf({});
  // Within seeds ± 1 (variance 2); seed means 10, 20, 30 (variance 100).
  const rows = [10, 20, 30].flatMap((mean, seed) =>
    [-1, 1].map((off, sample) => row(cells[0]!, seed + 1, { output: mean + off }, { sample }))
  );
  const { cells: [cell], noise } = summaryOf(cells, rows).metrics[0]!;
  assertEquals([cell!.n, cell!.runs, cell!.mean], [3, 6, 20]);
  assertNear(cell!.sd!, 10, 1e-12);
  assertNear(noise!.sample_sd!, Math.SQRT2, 1e-12);
  assertNear(noise!.seed_sd!, Math.sqrt(100 - 1), 1e-12);
});

Deno.test("summary: samples of one seed say nothing of other seeds", () => {
  const rows = ARMS.flatMap((cell, i) =>
    [1, 2, 3].map((output, sample) => row(cell, 1, { output: output + 100 * i }, { sample }))
  );
  const summary = summaryOf(ARMS, rows);
  const [comparison] = summary.metrics[0]!.comparisons;
  assertEquals([comparison!.above_noise, comparison!.sentence], [
    null,
    "tight has one seed: nothing can be concluded about others",
  ]);
  assertMatches(summary.sentences[0]!, /^All runs have one seed/);
});

Deno.test("summary: comparisons of one metric are corrected together", () => {
  const cells = cellsOf({ rates: [0, 1, 2, 3] });
  const summary = summaryOf(cells, rowsOf(cells, [[10, 20, 30], [10.5, 21.5, 31], [10, 21, 29], [12, 20, 33]]));
  const { comparisons } = summary.metrics[0]!;
  assertEquals(comparisons.map(({ a, b }) => [a, b]), [[1, 0], [2, 0], [3, 0]]);
  const least = Math.min(...comparisons.map(({ p }) => p!));
  assertNear(Math.min(...comparisons.map(({ p_adjusted }) => p_adjusted!)), 3 * least, 1e-12);
  assertTrue(comparisons.every(({ p, p_adjusted }) => p_adjusted! >= p!));
});

Deno.test("summary: with several arms each is held against the first arm at the same parameters", () => {
  const cells = cellsOf({ arms: ["loose", "tight"], rates: [1, 2] });
  const summary = summaryOf(cells, rowsOf(cells, [[1, 2], [3, 4], [5, 6], [7, 9]]));
  assertEquals(summary.metrics[0]!.comparisons.map(({ a, b }) => [a, b]), [[2, 0], [3, 1]]);
});

Deno.test("summary: how a metric goes with a parameter is told over the means of cells", () => {
  const cells = cellsOf({ rates: [1, 2, 3, 4, 5, 6] });
  const summary = summaryOf(cells, rowsOf(cells, [[1, 2], [3, 2], [4, 9], [3, 3], [20, 21], [30, 30]]));
  const [{ param, rho, low, high, n }] = summary.metrics[0]!.sensitivity as [
    NonNullable<typeof summary.metrics[number]["sensitivity"]>[number],
  ];
  assertEquals([param, n], ["rate", 6]);
  // Means 1.5, 2.5, 6.5, 3, 20.5, 30: ranks 1 2 4 3 5 6, so 1 − 6·2/(6·35).
  assertNear(rho!, 1 - 12 / 210, 1e-12);
  assertTrue(low! < rho! && rho! < high! && high! <= 1);
  assertEquals(summaryOf(ARMS, rowsOf(ARMS, [[1, 2], [1, 2]])).metrics[0]!.sensitivity, null);
});

Deno.test("summary: of many cells none is held against another one by one", () => {
  const cells = cellsOf({ rates: Array.from({ length: 101 }, (_, i) => i) });
  const summary = summaryOf(cells, rowsOf(cells, cells.map((_, i) => [i, i + 1])));
  assertEquals(summary.metrics[0]!.comparisons, []);
  assertMatches(summary.sentences[0]!, /^101 cells are not held against each other one by one/);
});

Deno.test("summary: without any run nothing can be concluded, and an unknown metric is named", () => {
  assertEquals(summaryOf(ARMS, [], { metrics: ["output"] }).sentences, [
    "No run is complete and counts: nothing can be concluded.",
  ]);
  const error = assertThrows(
    () => summaryOf(ARMS, rowsOf(ARMS, [[1], [2]]), { metrics: ["outputs"] }),
    "unknown_metric",
  );
  assertMatches(`${error.message} ${(error as { hint?: string }).hint}`, /'outputs'.*output/);
});

Deno.test("summary: the order of the rows changes nothing, and no cell has an interval below two seeds or without spread", () => {
  const value = fc.integer({ min: -50, max: 50 }).filter((value) => value !== 0 && value !== 1);
  const runs = fc.array(
    fc.record({
      cell: fc.constantFrom(0, 1),
      seed: fc.integer({ min: 1, max: 4 }),
      output: value,
      isVoid: fc.boolean(),
    }),
    { maxLength: 16 },
  );
  fc.assert(fc.property(runs, (runs) => {
    const rows = runs.map(({ cell, seed, output, isVoid }) =>
      row(ARMS[cell]!, seed, { output }, { validity: isVoid ? "void" : "valid" })
    );
    const summary = summaryOf(ARMS, rows);
    assertEquals(summary.excluded.void, rows.filter(({ validity }) => validity === "void").length);
    for (const { cells, comparisons } of summary.metrics) {
      for (const { n, sd, low } of cells) assertEquals(low === null, n < 2 || sd === 0);
      for (const { above_noise, difference: { low, high } } of comparisons) {
        if (above_noise === true && low !== null) assertTrue(low > 0 || high! < 0);
      }
    }
    const backward = summaryOf(ARMS, rows.toReversed());
    assertEquals(
      backward.metrics.map(({ comparisons }) => comparisons[0]!.above_noise),
      summary.metrics.map(({ comparisons }) => comparisons[0]!.above_noise),
    );
  }));
});
