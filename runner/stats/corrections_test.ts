import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { benjaminiHochberg, holmBonferroni } from "./corrections.ts";

/** Treatments of myocardial infarction: Benjamini & Hochberg (1995), §3.1. */
// deno-fmt-ignore
const INFARCTION = [
  0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
];

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

Deno.test("benjaminiHochberg: calls the four hypotheses of Benjamini & Hochberg (1995), §3.1, and Holm three", () => {
  const called = (adjusted: number[]) => adjusted.filter((p) => p <= 0.05).length;
  assertEquals(called(benjaminiHochberg(INFARCTION)), 4);
  assertEquals(called(holmBonferroni(INFARCTION)), 3);
  // 15/4 × 0.0095
  assertNear(benjaminiHochberg(INFARCTION)[3]!, 0.035625, 1e-12);
});

Deno.test("holmBonferroni: the worked example of Wikipedia's 'Holm–Bonferroni method': 0.01, 0.04, 0.03, 0.005", () => {
  holmBonferroni([0.01, 0.04, 0.03, 0.005]).forEach((p, i) => assertNear(p, [0.03, 0.06, 0.06, 0.02][i]!, 1e-12));
});

Deno.test("corrections: follow the p-values about when these change places", () => {
  fc.assert(fc.property(pValues, (given) => {
    for (const correct of [holmBonferroni, benjaminiHochberg]) {
      assertEquals(correct(given.toReversed()), correct(given).toReversed());
    }
  }));
});

Deno.test("corrections: never go below the p-value, keep its order, and Holm is never below Benjamini and Hochberg", () => {
  fc.assert(fc.property(pValues, (given) => {
    const [holm, stepUp] = [holmBonferroni(given), benjaminiHochberg(given)];
    given.forEach((p, i) => {
      assertTrue(p <= stepUp[i]! + 1e-15 && stepUp[i]! <= holm[i]! + 1e-15 && holm[i]! <= 1);
      given.forEach((other, j) => assertTrue(p > other || (holm[i]! <= holm[j]! && stepUp[i]! <= stepUp[j]!)));
    });
  }));
});

Deno.test("corrections: one p-value stays as it is, none stay none, what is none is refused", () => {
  for (const correct of [holmBonferroni, benjaminiHochberg]) {
    assertEquals([correct([0.03]), correct([])], [[0.03], []]);
    for (const p of [-0.1, 1.1, NaN]) assertThrows(() => correct([0.5, p]), "bad_statistic");
  }
});
