import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { ranks, spearman } from "./ranks.ts";

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
  minLength: 4,
  maxLength: 30,
});

Deno.test("spearman: up to seven pairs p is exact, as in the tables of Kendall's Rank Correlation Methods", () => {
  // One-sided .024 (Σd² = 12 of 7), .029 (6 of 6), .042 (2 of 5).
  assertNear(spearman([1, 2, 3, 4, 5, 6, 7], [3, 1, 2, 5, 4, 7, 6]).estimate!, 1 - 60 / 336, 1e-12);
  assertNear(spearman([1, 2, 3, 4, 5, 6, 7], [2, 3, 1, 4, 5, 7, 6]).p!, 0.0238, 5e-5);
  assertNear(spearman([1, 2, 3, 4, 5, 6], [3, 1, 2, 4, 5, 6]).p!, 0.0583, 5e-5);
  assertNear(spearman([1, 2, 3, 4, 5], [2, 1, 3, 4, 5]).p!, 10 / 120, 1e-12);
});

Deno.test("spearman: Hollander & Wolfe (1973), lightness and score of tuna: 0.6, p = 0.0876 by Student's t", () => {
  const lightness = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1];
  const score = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8];
  const found = spearman(lightness, score);
  assertNear(found.estimate!, 0.6, 1e-12);
  assertNear(found.p!, 0.0876, 5e-5);
});

Deno.test("spearman: IQ and hours of television in Wikipedia's article: −29/165, p = 0.627188 by Student's t", () => {
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  const found = spearman(iq, hours);
  assertNear(found.estimate!, -29 / 165, 1e-12);
  assertNear(found.p!, 0.627188, 1e-6);
});

Deno.test("spearman: ties, and the interval, in the example of Bonett's statpsych, ci.spear", () => {
  const y = [21, 4, 9, 12, 35, 18, 10, 22, 24, 1, 6, 8, 13, 16, 19];
  const x = [67, 28, 30, 28, 52, 40, 25, 37, 44, 10, 14, 20, 28, 40, 51];
  const found = spearman(x, y);
  assertNear(found.estimate!, 0.8699639, 5e-8);
  assertNear(found.low!, 0.5840951, 5e-8);
  assertNear(found.high!, 0.9638297, 5e-8);
});

Deno.test("ranks: those that tie share the mean of theirs", () => {
  assertEquals(ranks([30, 10, 20, 20, 5]), [5, 2, 3.5, 3.5, 1]);
  assertEquals(ranks([7, 7, 7]), [2, 2, 2]);
});

Deno.test("spearman: only order counts, and turning one of both round turns the sign", () => {
  fc.assert(fc.property(pairs, (given) => {
    const [x, y] = [given.map(([a]) => a), given.map(([, b]) => b)];
    const found = spearman(x, y);
    assertEquals(spearman(x.map((value) => Math.exp(value) - 7), y), found);
    if (found.estimate === null) return;
    const turned = spearman(x.map((value) => -value), y);
    assertNear(turned.estimate!, -found.estimate, 1e-12);
    assertNear(turned.p!, found.p!, 1e-9);
    assertNear(spearman(y, x).p!, found.p!, 1e-9);
    if (found.low !== null) assertTrue(-1 <= found.low && found.low <= found.estimate && found.estimate <= found.high!);
  }));
});

Deno.test("spearman: a perfect order has the chance of one in all orders, two-sided, and no interval", () => {
  for (const n of [4, 5, 9, 10, 12]) {
    const x = Array.from({ length: n }, (_, i) => i);
    const orders = x.reduce((product, i) => product * (i + 1), 1);
    const { estimate, low, p } = spearman(x, x.map((value) => -(value ** 3)));
    assertEquals([estimate, low], [-1, null]);
    assertNear(p! * orders, 2, 1e-6);
  }
});

Deno.test("spearman: what does not vary has no ρ; few pairs have no p, then no interval", () => {
  assertEquals(spearman([1, 2, 3], [5, 5, 5]), { estimate: null, low: null, high: null, p: null, n: 3 });
  assertEquals(spearman([], []), { estimate: null, low: null, high: null, p: null, n: 0 });
  assertEquals(spearman([1, 2], [1, 2]).p, null);
  assertEquals(spearman([1, 2, 3], [1, 3, 2]).low, null);
});

Deno.test("spearman: values without a partner, and what is no number, are refused", () => {
  assertThrows(() => spearman([1, 2], [1]), "bad_statistic");
  assertThrows(() => spearman([1, NaN], [1, 2]), "bad_statistic");
});
