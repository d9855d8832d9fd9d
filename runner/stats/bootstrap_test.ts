import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { bootstrapDifference, bootstrapInterval } from "./bootstrap.ts";
import { mean, meanInterval, median } from "./description.ts";
import { unpairedDifference, welchError } from "./differences.ts";
import { rng } from "../../framework/mod.ts";

/** Scores of 26 neurologically impaired children: test A of Efron & Tibshirani (1993), table 14.1. */
// deno-fmt-ignore
const SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41];

/** Survival of mice in days: Efron & Tibshirani (1993), table 2.1. */
const TREATED = [94, 197, 16, 38, 99, 141, 23];
const CONTROL = [52, 104, 146, 10, 51, 30, 40, 27, 46];

function plugInVariance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

function normalSample(seed: number, n: number): number[] {
  const stream = rng(seed, "sample", "", 0);
  return Array.from({ length: n }, () => stream.normal(10, 2));
}

Deno.test("bootstrapInterval: the percentile interval of Efron & Tibshirani (1993), table 14.2: 171.5 [100.8, 233.9]", () => {
  const options = { statistic: plugInVariance, confidence: 0.9, resamples: 20_000, expand: false };
  const { estimate, low, high } = bootstrapInterval(SPATIAL, options);
  assertNear(estimate!, 171.5, 0.05);
  // Their 2,000 resamples leave a standard error of about 2 on either end.
  assertNear(low!, 100.8, 4);
  assertNear(high!, 233.9, 4);
});

Deno.test("bootstrapDifference: the mice of Efron & Tibshirani (1993), table 2.1: 30.63, with a standard error of 28.93", () => {
  const { estimate, low, high, n } = bootstrapDifference(TREATED, CONTROL, { resamples: 20_000, expand: false });
  assertNear(estimate!, 30.63, 5e-3);
  assertEquals(n, 16);
  assertNear(Math.sqrt(welchError(TREATED, CONTROL).squared), 28.93, 1e-2);
  // Of the errors of both means, 25.24 and 14.14, resamples have what n in place of n − 1 leaves.
  assertNear((high! - low!) / 2, 1.96 * Math.sqrt(25.24 ** 2 * 6 / 7 + 14.14 ** 2 * 8 / 9), 2.5);
});

Deno.test("bootstrap: expanded, it gives back Student's and Welch's interval where the resamples are near normal", () => {
  for (const seed of [1, 2, 3]) {
    const [a, b] = [normalSample(seed, 12), normalSample(seed + 100, 8)];
    const options = { resamples: 40_000, seed };
    for (
      const [resampled, formula] of [
        [bootstrapInterval(a, options), meanInterval(a)],
        [bootstrapDifference(a, b, options), unpairedDifference(a, b)],
      ] as const
    ) {
      const width = formula.high! - formula.low!;
      assertNear(resampled.estimate!, formula.estimate!, 1e-12);
      assertNear((resampled.high! - resampled.low!) / width, 1, 0.08, `seed ${seed}`);
    }
  }
});

Deno.test("bootstrap: the same seed gives the same interval, another one nearly the same, and it says which", () => {
  const [first, again, other] = [1, 1, 2].map((seed) => bootstrapInterval(SPATIAL, { seed }));
  assertEquals(again, first);
  assertTrue(other!.low !== first!.low);
  assertNear(other!.low!, first!.low!, 0.5);
  assertEquals([first!.resamples, first!.seed], [5000, 1]);
});

Deno.test("bootstrap: takes any statistic, and its limits are ones that the statistic can have", () => {
  const { estimate, low, high } = bootstrapInterval(SPATIAL, { statistic: median });
  assertEquals(estimate, 31);
  assertTrue(0 <= low! && low! < 31 && 31 < high! && high! <= 48);
});

Deno.test("bootstrap: covers the mean of few normal values about as often as it says, which it does not unless expanded", () => {
  const covers = (expand: boolean) =>
    Array.from({ length: 600 }, (_, i) => {
      const { low, high } = bootstrapInterval(normalSample(i, 8), { resamples: 1000, expand });
      return low! <= 10 && 10 <= high!;
    }).filter(Boolean).length / 600;
  // Four standard errors of a share of 0.95.
  assertNear(covers(true), 0.95, 4 * Math.sqrt(0.95 * 0.05 / 600));
  assertTrue(covers(false) < 0.93);
});

Deno.test("bootstrap: one value gives no interval, none no estimate, values that are the same no width", () => {
  const made = { resamples: 5000, seed: 1 };
  assertEquals(bootstrapInterval([4]), { estimate: 4, low: null, high: null, n: 1, ...made });
  assertEquals(bootstrapInterval([]), { estimate: null, low: null, high: null, n: 0, ...made });
  assertEquals(bootstrapDifference([4, 5], [1]), { estimate: 3.5, low: null, high: null, n: 3, ...made });
  assertEquals(bootstrapDifference([], [1, 2]), { estimate: null, low: null, high: null, n: 2, ...made });
  assertEquals(bootstrapDifference([4, 4], [1, 1]), { estimate: 3, low: 3, high: 3, n: 4, ...made });
});

Deno.test("bootstrap: no resamples, impossible levels and what is no number are refused", () => {
  assertThrows(() => bootstrapInterval([1, 2], { resamples: 0 }), "bad_statistic");
  assertThrows(() => bootstrapInterval([1, 2], { confidence: 95 }), "bad_statistic");
  assertThrows(() => bootstrapDifference([1, 2], [1, NaN]), "bad_statistic");
});
