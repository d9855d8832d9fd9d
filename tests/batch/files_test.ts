/** The batch files that are shipped come to what their comments say. */

import { join } from "node:path";
import type { BatchRow } from "../../runner/mod.ts";
import { ROOT } from "../cli/support.ts";
import { assertEquals, assertMatches, assertNear, assertTrue } from "../support/assert.ts";
import { withApp } from "../support/app.ts";

/** Seconds that a batch file may take on two busy cores. */
const PATIENCE = 60;

/** Plays a batch file; rows by arm. */
async function playedFile(name: string) {
  return await withApp({ offline: true }, async (app) => {
    const file = join(ROOT, "scenarios", `${name}.yaml`);
    assertMatches(await Deno.readTextFile(file), /^# [^]+What comes of it/);
    const began = performance.now();
    const { id } = await app.batches.start({ spec: await app.batches.read(file) });
    const { status, runs } = await app.batches.wait(id);
    assertEquals([status, runs.completed], ["completed", runs.total]);
    assertTrue((performance.now() - began) / 1000 < PATIENCE, "it is small");
    const rows = await app.batches.results(id);
    const arms = Object.groupBy(rows, ({ arm }) => arm!) as { [arm: string]: BatchRow[] };
    return { arms, summary: await app.batches.summary(id) };
  });
}

Deno.test("economic/sweep_policy: a fixed rate is worst on every seed; a higher target costs inflation and saves debt", async () => {
  const { arms: { taylor, fixed, easy }, summary } = await playedFile("economic/sweep_policy");
  assertEquals(taylor!.map(({ seed }) => seed), [1, 2, 3, 4, 5, 6, 7, 8]);
  for (const [i, { metrics: usual }] of taylor!.entries()) {
    const [stiff, loose] = [fixed![i]!.metrics, easy![i]!.metrics];
    assertEquals([fixed![i]!.seed, easy![i]!.seed], [taylor![i]!.seed, taylor![i]!.seed]);
    assertTrue(stiff.output! < usual.output! && usual.output! < loose.output!, `seed ${i + 1}: output`);
    assertTrue(stiff.unemployment! > usual.unemployment! && usual.unemployment! > loose.unemployment!);
    assertTrue(stiff.inflation! < usual.inflation! && usual.inflation! < loose.inflation!);
    assertTrue(stiff.debt! > usual.debt! && usual.debt! > loose.debt!);
  }
  assertEquals([summary.deterministic, summary.metrics.map(({ name }) => name)], [false, [
    "output",
    "unemployment",
    "inflation",
    "debt",
  ]]);
  const output = summary.metrics[0]!;
  assertTrue(output.comparisons.every(({ pairs, above_noise }) => pairs === 8 && above_noise === true));
  // The runs of one arm differ by far more than twins in two arms: pairs tell what means alone could not.
  const [wide] = output.cells;
  const { low, high } = output.comparisons.find(({ a, b }) => [a, b].includes(2))!.difference;
  assertTrue(wide!.high! - wide!.low! > 5 * (high! - low!));
});

Deno.test("climate/sweep_discount: the less the future is discounted, the cooler it stays; seeds change nothing", async () => {
  const { arms, summary } = await playedFile("climate/sweep_discount");
  const names = ["baseline", "at_5_percent", "at_4_percent", "at_3_percent", "at_2.5_percent"];
  assertEquals(Object.keys(arms), names);
  const warming = names.map((name) => arms[name]![0]!.metrics.temperature!);
  assertEquals(warming, warming.toSorted((a, b) => b - a));
  assertNear(warming[0]!, 4.1, 0.1);
  assertNear(warming.at(-1)!, 2.8, 0.1);
  for (const name of names) assertEquals(arms[name]![0]!.metrics, arms[name]![1]!.metrics, "the second seed");
  assertTrue(summary.deterministic);
  assertMatches(summary.sentences[0]!, /deterministic: seeds change nothing/);
});

Deno.test("conversation/agents_ab: perfect is aligned throughout, forgetful only where nothing is wanted", async () => {
  const { arms: { perfect, forgetful } } = await playedFile("conversation/agents_ab");
  for (const { metrics, params } of perfect!) {
    assertEquals([metrics.misaligned, metrics.unclear], [0, 0], String(params.case));
    assertTrue(metrics.aligned! >= 1);
  }
  for (const { metrics, params } of forgetful!) {
    assertEquals([metrics.aligned, metrics.misaligned], params.case === "thanks_are_no_request" ? [1, 0] : [0, 1]);
  }
  assertEquals(new Set(perfect!.map(({ params }) => params.case)).size, 4);
});
