import { rng } from "../../framework/mod.ts";
import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { describe, mean, meanInterval, median, quantile, quantiles, sd, variance } from "./description.ts";

/** Miles per gallon of 32 cars, Motor Trend 1974: `mtcars$mpg` of R. */
// deno-fmt-ignore
const MPG = [
  21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5,
  15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4,
];

/** Darwin's maize: height of the crossed plant less that of the self-fertilised one, in eighths of an inch. */
const MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 30 });

Deno.test("mean, sd, median, quantiles: what R prints of mtcars$mpg (summary, sd, quantile)", () => {
  assertNear(mean(MPG), 20.09062, 5e-6);
  assertNear(sd(MPG), 6.026948, 5e-7);
  assertNear(variance(MPG), 36.3241, 5e-5);
  assertNear(median(MPG), 19.2, 1e-12);
  const printed = [10.4, 15.425, 19.2, 22.8, 33.9];
  quantiles(MPG, [0, 0.25, 0.5, 0.75, 1]).forEach((found, i) => assertNear(found, printed[i]!, 1e-12));
});

Deno.test("quantile: type 7 of Hyndman & Fan puts value k at the share (k − 1)/(n − 1), and lines between", () => {
  const five = [50, 10, 40, 20, 30];
  assertEquals([0, 1, 2, 3, 4].map((k) => quantile(five, k / 4)), [10, 20, 30, 40, 50]);
  assertNear(quantile(five, 0.1), 14, 1e-12);
  assertEquals(quantile([7], 0.3), 7);
  assertEquals(five, [50, 10, 40, 20, 30], "the argument is left as it is");
});

Deno.test("mean and sd: of values that are all the same are exact, whatever the value", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 2, max: 20 }), (v, n) => {
      const same = Array<number>(n).fill(v);
      assertTrue(mean(same) === v && sd(same) === 0);
    }),
  );
});

Deno.test("mean and sd: move and stretch with the values", () => {
  fc.assert(fc.property(values, (sample) => {
    const moved = sample.map((value) => 3 * value + 5);
    assertNear(mean(moved), 3 * mean(sample) + 5, 1e-6);
    assertNear(sd(moved), 3 * sd(sample), 1e-6);
  }));
});

Deno.test("meanInterval: Darwin's maize as Fisher (1935), The Design of Experiments §17, tests it", () => {
  const found = meanInterval(MAIZE);
  assertNear(found.estimate!, 20.933, 5e-4);
  // Fisher: the standard error is 9.746 and t = 2.148, just beyond 2.145, so that the interval just leaves 0 out.
  const half = found.high! - found.estimate!;
  assertNear(half / 2.145, 9.746, 5e-3);
  assertTrue(found.low! > 0 && found.low! < 0.05);
  assertEquals(found.n, 15);
});

Deno.test("meanInterval: NIST's heat flow meter (e-Handbook 1.3.5.2): 9.258242 to 9.264679", () => {
  // Values with the mean, standard deviation and number that NIST prints; the interval needs no more of them.
  const sample = [9.26146, ...Array.from({ length: 194 }, (_, i) => 9.26146 + (i % 2 === 0 ? 0.022789 : -0.022789))];
  assertNear(sd(sample), 0.022789, 1e-9);
  const { low, high } = meanInterval(sample);
  assertNear(low!, 9.258242, 2e-6);
  assertNear(high!, 9.264679, 2e-6);
});

Deno.test("meanInterval: covers the mean of normal values about as often as it says", () => {
  const covered = Array.from({ length: 2000 }, (_, i) => {
    const stream = rng(i, "sample", "", 0);
    const { low, high } = meanInterval(Array.from({ length: 5 }, () => stream.normal(3, 2)), 0.9);
    return low! <= 3 && 3 <= high!;
  }).filter(Boolean).length;
  // Four standard errors of a share of 0.9.
  assertNear(covered / 2000, 0.9, 4 * Math.sqrt(0.9 * 0.1 / 2000));
});

Deno.test("meanInterval: one value gives no interval, none give nothing", () => {
  assertEquals(meanInterval([4]), { estimate: 4, low: null, high: null, n: 1 });
  assertEquals(meanInterval([]), { estimate: null, low: null, high: null, n: 0 });
  assertEquals(meanInterval([4, 4]), { estimate: 4, low: 4, high: 4, n: 2 });
});

Deno.test("describe: the mean with its interval, spread and middle; null for what the values do not give", () => {
  const { sd: spread, median: middle, min, max, ...rest } = describe(MAIZE);
  assertEquals(rest, meanInterval(MAIZE));
  assertNear(spread!, 37.744, 5e-4);
  assertEquals([min, middle, max], [-67, 24, 75]);
  assertEquals(describe([4]), { estimate: 4, low: null, high: null, n: 1, sd: null, median: 4, min: 4, max: 4 });
  const nothing = { estimate: null, low: null, high: null, n: 0, sd: null, median: null, min: null, max: null };
  assertEquals(describe([]), nothing);
});

Deno.test("statistics of a sample: refuse what is no number, too few values, and impossible levels", () => {
  for (const statistic of [mean, median, sd, variance, meanInterval, describe]) {
    const error = assertThrows(() => statistic([1, NaN, 3]), "bad_statistic");
    assertEquals(error.message, "value 1 is NaN");
  }
  for (const statistic of [mean, median]) assertThrows(() => statistic([]), "bad_statistic");
  for (const statistic of [sd, variance]) assertThrows(() => statistic([1]), "bad_statistic");
  assertThrows(() => quantile([1, 2], 1.5), "bad_statistic");
  for (const confidence of [0, 1, 95, NaN]) assertThrows(() => meanInterval([1, 2], confidence), "bad_statistic");
});
