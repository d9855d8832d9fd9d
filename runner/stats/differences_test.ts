import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import {
  cohenDz,
  hedgesG,
  pairedDifference,
  pairedDifferences,
  unpairedDifference,
  welchError,
} from "./differences.ts";

/** Extra hours of sleep after two drugs, Student (1908): `sleep` of R, group 1 and 2. */
const DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

/** Ten viewers' marks for two films: D. Lakens (2013), Frontiers in Psychology 4:863, table 1. */
const FILM_1 = [9, 7, 8, 9, 8, 9, 9, 10, 9, 9];
const FILM_2 = [9, 6, 7, 8, 7, 9, 8, 8, 8, 7];

const NO_TEST = { t: null, df: null, p: null, effect: null };
const sample = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 12 });

/** `n` values with exactly this mean and standard deviation; `n` is even. */
function valuesWith(mean: number, sd: number, n: number): number[] {
  const half = sd * Math.sqrt((n - 1) / n);
  return Array.from({ length: n }, (_, i) => i % 2 === 0 ? mean + half : mean - half);
}

Deno.test("pairedDifference: Student's sleep data as R prints t.test(paired = TRUE)", () => {
  const found = pairedDifference(DRUG_1, DRUG_2);
  assertNear(found.estimate!, -1.58, 1e-12);
  assertNear(found.t!, -4.0621, 5e-5);
  assertEquals([found.df, found.n], [9, 10]);
  assertNear(found.p!, 0.002833, 5e-7);
  assertNear(found.low!, -2.4598858, 5e-7);
  assertNear(found.high!, -0.7001142, 5e-7);
});

Deno.test("unpairedDifference: Student's sleep data as R prints t.test()", () => {
  const found = unpairedDifference(DRUG_1, DRUG_2);
  assertNear(found.t!, -1.8608, 5e-5);
  assertNear(found.df!, 17.776, 5e-4);
  assertNear(found.p!, 0.07939, 5e-6);
  assertNear(found.low!, -3.3654832, 5e-7);
  assertNear(found.high!, 0.2054832, 5e-7);
  assertEquals(found.n, 20);
});

Deno.test("effect: Cohen's d_z is 1.50 and Hedges' g 1.08 for the films of Lakens (2013)", () => {
  assertNear(cohenDz(pairedDifferences(FILM_1, FILM_2))!, 1.5, 5e-3);
  assertNear(hedgesG(FILM_1, FILM_2)!, 1.08, 5e-3);
  assertEquals(pairedDifference(FILM_1, FILM_2).effect, cohenDz(pairedDifferences(FILM_1, FILM_2)));
  assertEquals(unpairedDifference(FILM_1, FILM_2).effect, hedgesG(FILM_1, FILM_2));
});

Deno.test("hedgesG: 0.5924 in the example of Borenstein et al. (2009), Introduction to Meta-Analysis, ch. 4", () => {
  assertNear(hedgesG(valuesWith(103, 5.5, 50), valuesWith(100, 4.5, 50))!, 0.5924, 5e-5);
});

Deno.test("differences: change their sign when the samples change places", () => {
  fc.assert(fc.property(sample, sample, (a, b) => {
    const [there, back] = [unpairedDifference(a, b), unpairedDifference(b, a)];
    assertNear(there.estimate!, -back.estimate!, 1e-9);
    assertNear(there.low!, -back.high!, 1e-6);
    assertTrue(there.p === back.p);
    const [d, e] = [pairedDifference(a, a.toReversed()), pairedDifference(a.toReversed(), a)];
    assertNear(d.low!, -e.high!, 1e-6);
  }));
});

Deno.test("differences: the interval leaves 0 out just when p is below the level", () => {
  fc.assert(fc.property(sample, sample, (a, b) => {
    const { low, high, p } = unpairedDifference(a, b);
    if (p !== null && Math.abs(p - 0.05) > 1e-5) assertEquals(low! > 0 || high! < 0, p < 0.05);
  }));
});

Deno.test("welchError: of samples of one size and spread has the degrees of freedom of both", () => {
  const a = valuesWith(0, 1, 8);
  const { squared, df } = welchError(a, a.map((value) => value + 5));
  assertNear(squared, 2 / 8, 1e-12);
  assertNear(df, 14, 1e-9);
});

Deno.test("differences: too few values give no interval, none no estimate", () => {
  assertEquals(pairedDifference([3], [1]), { estimate: 2, low: null, high: null, n: 1, ...NO_TEST });
  assertEquals(pairedDifference([], []), { estimate: null, low: null, high: null, n: 0, ...NO_TEST });
  assertEquals(unpairedDifference([3, 4], [1]), { estimate: 2.5, low: null, high: null, n: 3, ...NO_TEST });
  assertEquals(unpairedDifference([3, 4], []), { estimate: null, low: null, high: null, n: 2, ...NO_TEST });
  assertEquals([cohenDz([1]), hedgesG([1], [2, 3])], [null, null]);
});

Deno.test("differences: without spread there is no interval but an exact p, and rounding is no spread", () => {
  const bare = { low: null, high: null, ...NO_TEST };
  assertEquals(pairedDifference([4, 4], [1, 1]), { ...bare, estimate: 3, n: 2, p: 0.5 });
  assertEquals(pairedDifference([4, 7, 9], [4, 7, 9]), { ...bare, estimate: 0, n: 3, p: 1 });
  assertNear(pairedDifference([2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 5, 6, 7, 8]).p!, 2 / 256, 1e-12);
  const { p, ...apart } = unpairedDifference([4, 4], [1, 1, 1]);
  assertEquals({ ...apart, p: null }, { ...bare, estimate: 3, n: 5 });
  assertNear(p!, 2 / 10, 1e-12);
  assertEquals(unpairedDifference([4, 4], [4, 4]).p, 1);
  const shifted = [0.1, 0.2, 0.7];
  assertNear(pairedDifference(shifted.map((value) => value + 0.3), shifted).p!, 2 / 8, 1e-12);
  assertEquals(pairedDifferences([0.1 + 0.2, 1], [0.3, 2]), [0, -1]);
  assertEquals([cohenDz([2, 2]), hedgesG([1, 1], [2, 2])], [null, null]);
});

Deno.test("differences: values whose squares are too small for numbers are answered", () => {
  const [a, b] = [[1e-162, 2e-162, 3e-162], [2e-162, 3e-162, 4e-162]];
  for (const scale of [1, 10, 1e4]) {
    const found = unpairedDifference(a.map((value) => value * scale), b.map((value) => value * scale));
    assertTrue(found.p! > 0.05 && found.p! <= 1, `p is ${found.p}`);
  }
  assertEquals(unpairedDifference(a, b).low, null);
  // Small, but far from that: as if they were large.
  const scaled = (values: readonly number[]) => values.map((value) => value * 1e-90);
  assertNear(unpairedDifference(scaled(DRUG_1), scaled(DRUG_2)).df!, 17.776, 5e-4);
});

Deno.test("differences: pairs that are none and values that are no numbers are refused", () => {
  assertThrows(() => pairedDifference([1, 2], [1]), "bad_statistic");
  assertThrows(() => unpairedDifference([1, Infinity], [1, 2]), "bad_statistic");
  assertThrows(() => unpairedDifference([1, 2], [1, 2], 2), "bad_statistic");
});
