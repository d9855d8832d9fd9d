import { rng } from "../../framework/mod.ts";
import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { meanInterval } from "./description.ts";
import { pairedDifference, pairedDifferences, unpairedDifference } from "./differences.ts";
import { expectedHalfWidth, noiseFloor, varianceSplit } from "./noise.ts";

/** Calcium in four determinations of each of four turnip leaves, in %: Snedecor & Cochran, Statistical Methods, ch. 13. */
const LEAVES = [[3.28, 3.09, 3.03, 3.03], [3.52, 3.48, 3.38, 3.38], [2.88, 2.8, 2.81, 2.76], [3.34, 3.38, 3.23, 3.26]];

/** Yield of dyestuff in five preparations of each of six batches, in grams: Davies (1947); `Dyestuff` of R's lme4. */
const DYESTUFF = [
  [1545, 1440, 1440, 1520, 1580],
  [1540, 1555, 1490, 1560, 1495],
  [1595, 1550, 1605, 1510, 1560],
  [1445, 1440, 1595, 1465, 1545],
  [1595, 1630, 1515, 1635, 1625],
  [1520, 1455, 1450, 1480, 1445],
];

/** The same made up so that the batches' part is below 0: Box & Tiao (1973), table 5.1.4; `Dyestuff2` of lme4. */
const DYESTUFF_2 = [
  [7.298, 3.846, 2.434, 9.566, 7.99],
  [5.22, 6.556, 0.608, 11.788, -0.892],
  [0.11, 10.386, 13.434, 5.51, 8.166],
  [2.212, 4.852, 7.092, 9.288, 4.98],
  [0.282, 9.014, 4.458, 9.446, 7.198],
  [1.722, 4.782, 8.106, 0.758, 3.758],
];

/** Runs whose world has a standard deviation of 3 and whose models have 1. */
function worlds(seeds: number, samples: number): number[][] {
  return Array.from({ length: seeds }, (_, seed) => {
    const world = rng(seed, "world", "", 0).normal(0, 3);
    const models = rng(seed, "models", "", 0);
    return Array.from({ length: samples }, () => world + models.normal());
  });
}

Deno.test("varianceSplit: the turnip leaves of Snedecor & Cochran: 0.0724 between leaves, 0.0066 within", () => {
  const { seed, sample, seeds, samples, n } = varianceSplit(LEAVES);
  assertNear(seed!, 0.0724, 5e-5);
  assertNear(sample!, 0.0066, 5e-5);
  assertEquals([n, seeds, samples], [16, 4, 4]);
});

Deno.test("varianceSplit: the dyestuff of Davies (1947): 1764 between batches, 2451 within", () => {
  const { seed, sample, total, negative } = varianceSplit(DYESTUFF);
  assertNear(seed!, 1764.05, 5e-3);
  assertNear(sample!, 2451.25, 5e-3);
  assertNear(total!, 4215.3, 5e-3);
  assertEquals(negative, false);
});

Deno.test("varianceSplit: a part below 0, as in Box & Tiao (1973), reads 0 and says so", () => {
  const { seed, sample, total, negative } = varianceSplit(DYESTUFF_2);
  assertEquals([seed, negative], [0, true]);
  assertNear(sample!, 14.946, 5e-4);
  assertEquals(total, sample);
});

Deno.test("varianceSplit: finds both parts again, with as many samples for each seed or not", () => {
  const even = varianceSplit(worlds(400, 3));
  const uneven = varianceSplit(worlds(400, 4).map((group, i) => group.slice(0, 1 + i % 4)));
  for (const { seed, sample } of [even, uneven]) {
    assertNear(seed!, 9, 2);
    assertNear(sample!, 1, 0.15);
  }
  assertTrue(uneven.samples > 2 && uneven.samples < 3);
});

Deno.test("varianceSplit: one sample a seed cannot tell the parts apart, one seed knows the models' alone", () => {
  const once = varianceSplit([[1], [2], [6]]);
  assertEquals([once.seed, once.sample, once.total], [null, null, 7]);
  const world = varianceSplit([[1, 2, 6]]);
  assertEquals([world.seed, world.sample, world.total], [null, 7, null]);
  const nothing = varianceSplit([]);
  assertEquals([nothing.n, nothing.seed, nothing.sample, nothing.total], [0, null, null, null]);
  assertThrows(() => varianceSplit([[1], []]), "bad_statistic");
});

Deno.test("noiseFloor: a difference of means of 2 arms × 4 leaves × 4 determinations, by Snedecor & Cochran's variance of a mean", () => {
  // Their variance of the mean of n leaves with m determinations: 0.0724/n + 0.0066/(n m); t(6) = 2.447.
  const floor = noiseFloor({ seeds: 4, samples: 4, paired: false, split: varianceSplit(LEAVES) })!;
  assertNear(floor, 2.447 * Math.sqrt(2 * (0.0724 / 4 + 0.0066 / 16)), 2e-4);
});

Deno.test("noiseFloor: Fisher's least significant difference of Darwin's maize, 2.145 × 9.746", () => {
  const differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
  const split = varianceSplit(differences.map((difference) => [difference]));
  assertNear(noiseFloor({ seeds: 15, paired: true, split })!, 2.145 * 9.746, 0.02);
});

Deno.test("noiseFloor: is half the width of the interval that the same runs give", () => {
  const [a, b] = [worlds(8, 1).flat(), worlds(16, 1).slice(8).flat()];
  const paired = pairedDifference(a, b);
  const split = varianceSplit(pairedDifferences(a, b).map((difference) => [difference]));
  assertNear(noiseFloor({ seeds: 8, paired: true, split })!, (paired.high! - paired.low!) / 2, 1e-9);
  const moved = a.map((value) => value + 4);
  const { low, high } = unpairedDifference(a, moved);
  const arm = varianceSplit(a.map((value) => [value]));
  assertNear(noiseFloor({ seeds: 8, paired: false, split: arm })!, (high! - low!) / 2, 1e-6);
});

Deno.test("noiseFloor: falls with more seeds; with more samples only by the models' part", () => {
  const split = varianceSplit(DYESTUFF);
  const floor = (seeds: number, samples: number) => noiseFloor({ seeds, samples, paired: false, split })!;
  assertTrue(floor(16, 1) < floor(8, 1) && floor(8, 2) < floor(8, 1));
  assertNear((floor(8, 1e9) / floor(8, 1)) ** 2, 1764.05 / 4215.3, 1e-6);
});

Deno.test("noiseFloor: there is none for one seed; more samples than the runs can tell of are refused", () => {
  const once = varianceSplit([[1], [2], [6]]);
  assertEquals(noiseFloor({ seeds: 1, paired: true, split: once }), null);
  assertEquals(noiseFloor({ seeds: 8, paired: true, split: varianceSplit([[1, 2]]) }), null);
  const error = assertThrows(() => noiseFloor({ seeds: 8, samples: 3, paired: true, split: once }), "bad_statistic");
  assertEquals(error.message, "3 samples a seed are planned, and the runs so far have 1");
  assertThrows(() => noiseFloor({ seeds: 2.5, paired: true, split: once }), "bad_statistic");
});

Deno.test("expectedHalfWidth: with no more values it is what the interval has, with 195 of NIST's heat flow 0.0032185", () => {
  const sample = [4, 7, 1, 9, 5];
  const { low, high } = meanInterval(sample);
  assertNear(expectedHalfWidth(sample, 0)!, (high! - low!) / 2, 1e-12);
  // Two values whose standard deviation is the 0.022789 of e-Handbook 1.3.5.2.
  assertNear(expectedHalfWidth([0, 0.022789 * Math.SQRT2], 193)!, (9.264679 - 9.258242) / 2, 1e-6);
});

Deno.test("expectedHalfWidth: one value tells nothing of the spread; counts that are none are refused", () => {
  assertEquals(expectedHalfWidth([4], 8), null);
  assertThrows(() => expectedHalfWidth([4, 5], -1), "bad_statistic");
});
