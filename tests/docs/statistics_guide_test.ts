import { play } from "../../domains/economic/tests/harness.ts";
import {
  benjaminiHochberg,
  bootstrapDifference,
  compareArms,
  compareShares,
  describe,
  expectedHalfWidth,
  holmBonferroni,
  noiseFloor,
  pairedDifference,
  unpairedDifference,
  varianceSplit,
  verdict,
  wilson,
} from "../../runner/stats.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { withEntry } from "../support/playing.ts";
import { page } from "./guide.ts";

const guide = await page("guide/statistics.md");
/** The page as one line, for sentences that go over two. */
const text = guide.replace(/\s+/g, " ");

/** The numbers in the rows of the table below the header that begins with `header`. */
function table(header: string): number[][] {
  const lines = guide.slice(guide.search(new RegExp(`^\\| *${header}`, "m"))).split("\n").slice(2);
  return lines.slice(0, lines.findIndex((line) => !line.startsWith("|"))).map((line) =>
    line.match(/[\d.]+/g)!.map(Number)
  );
}

const worlds = table("seed \\| as it is");
const [before, after] = [worlds.map((row) => row[1]!), worlds.map((row) => row[2]!)];
const samples = table("seed \\| samples").map((row) => row.slice(1));

/** An arm with the seeds of the table, or with others. */
function arm(name: string, values: readonly number[], from = 1) {
  return { name, replicates: values.map((value, i) => ({ seed: from + i, value })) };
}

/** That the page says so. */
function says(...sentences: string[]): void {
  for (const sentence of sentences) assertTrue(text.includes(sentence), `the page does not say '${sentence}'`);
}

Deno.test("the outcomes in 'What the numbers of a comparison mean' are those of the scenario", async () => {
  for (const [seed, asItIs, invests] of worlds) {
    const output = async (share: number) =>
      (await play("growth", { seed, turns: 8, change: withEntry("Dunmark", { investment_share: share }) }))
        .last.global_state.total_economic_value;
    assertEquals([await output(0.24), await output(0.3)].map(Math.round), [asItIs!, invests!]);
  }
  assertEquals(worlds.map(([seed]) => seed), [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("the sentences in 'What the numbers of a comparison mean' are what the outcomes say", () => {
  says(
    `> ${verdict(compareArms(arm("invests", after), arm("as it is", before)))} `,
    `> ${verdict(compareArms(arm("invests", after), arm("as it is", before, 101)))} `,
    verdict(compareArms({ ...arm("A", [3, 3]), varies: false }, { ...arm("B", [0, 0]), varies: false })),
    verdict(compareArms(arm("A", [4, 5, 6, 7, 8, 9, 3, 3]), arm("B", [1, 2, 3, 4, 5, 6, 0, 0]))),
    verdict(compareArms(arm("A", [1, 1, 1]), arm("B", [0, 0, 0]))),
    verdict(compareShares(arm("A", [1, 1, 1, 1, 1, 1, 1, 0]), arm("B", [0, 0, 0, 0, 0, 0, 0, 0]))),
    verdict(compareArms(arm("A", [1]), arm("B", [2]))),
    verdict(compareArms(arm("A", after), arm("B", after))),
  );
});

Deno.test("the numbers in 'What the numbers of a comparison mean' are those of its tables", () => {
  const { estimate, low, high, sd, median } = describe(before);
  const [paired, apart] = [pairedDifference(after, before), unpairedDifference(after, before)];
  const resampled = bootstrapDifference(after, before);
  const whole = (value: number | null) => value!.toFixed(0).replace("-", "−");
  says(
    `mean ${estimate!.toFixed(1)} and the standard deviation ${sd!.toFixed(1)}`,
    `median, ${median!.toFixed(1)},`,
    `${low!.toFixed(1)} to ${high!.toFixed(1)}`,
    `${paired.p!.toPrecision(2)} by pairs, ${apart.p!.toFixed(2)} with seeds of their own`,
    `by pairs, is ${paired.effect!.toFixed(1)}; Hedges' g, of the outcomes themselves, ${apart.effect!.toFixed(2)}`,
    `it is ${whole(resampled.low)} to ${whole(resampled.high)}, where Welch's is ${whole(apart.low)} to ${
      whole(apart.high)
    }`,
    `now ±${expectedHalfWidth(before, 0)!.toFixed(1)}, would be about ±${
      expectedHalfWidth(before, 8)!.toFixed(1)
    } with 8`,
    `±${expectedHalfWidth(before, 24)!.toFixed(1)} with 24 more`,
    `up to ${wilson(0, 8).high!.toFixed(2)}`,
  );
  const adjusted = [holmBonferroni, benjaminiHochberg].map((correct) =>
    correct([0.012, 0.03, 0.2, 0.6]).map((p) => Number(p.toPrecision(2)))
  );
  for (const [a, b, c, d] of adjusted) says(`${a}, ${b}, ${c} and ${d} by `);
});

Deno.test("the noise floors in 'What the numbers of a comparison mean' are those of its samples", () => {
  const split = varianceSplit(samples);
  says(
    `variance within seeds, ${split.sample!.toFixed(1)},`,
    `beyond that, ${split.seed!.toFixed(1)}, is the world's: ${(100 * split.seed! / split.total!).toFixed(0)} % `,
  );
  for (const [seeds, each, runs, floor] of table("seeds × samples")) {
    assertEquals(runs, seeds! * each!);
    const found = noiseFloor({ seeds: seeds!, samples: each!, paired: false, split })!;
    assertEquals(Number(found.toFixed(1)), floor);
  }
});
