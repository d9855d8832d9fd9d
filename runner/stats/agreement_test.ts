import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { cohenKappa, confusionTable } from "./agreement.ts";

Deno.test("cohenKappa: the skin condition example of SAS/STAT's FREQ procedure", () => {
  const found = cohenKappa([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]);
  assertNear(found.kappa!, 0.3449, 5e-5);
  assertNear(found.low!, 0.203, 5e-5);
  assertNear(found.high!, 0.4868, 5e-5);
  assertEquals(found.n, 88);
});

Deno.test("cohenKappa: the diagnoses of Fleiss, Levin & Paik (2003), table 18.1", () => {
  const found = cohenKappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]]);
  assertNear(found.agreement!, 0.89, 1e-12);
  assertNear(found.kappa!, 0.68, 5e-3);
  assertNear(found.low!, 0.51, 1e-2);
  assertNear(found.high!, 0.85, 5e-3);
});

Deno.test("cohenKappa: is 0 for raters who are independent, and its interval holds 0", () => {
  const found = cohenKappa([[6, 12, 18], [4, 8, 12], [10, 20, 30]]);
  assertNear(found.kappa!, 0, 1e-12);
  assertTrue(found.low! < 0 && found.high! > 0);
});

Deno.test("cohenKappa: perfect agreement is 1, and few cases of it prove less than many", () => {
  const [few, many] = [cohenKappa([[2, 0], [0, 2]]), cohenKappa([[200, 0], [0, 200]])];
  assertEquals([few.kappa, few.high, many.kappa, many.high], [1, 1, 1, 1]);
  // Wilson's limit of 4 of 4 is 0.5101, and agreement by chance one half.
  assertNear(few.low!, 2 * 0.5101 - 1, 1e-4);
  assertTrue(many.low! > 0.97);
});

Deno.test("cohenKappa: where both know one category only there is no κ", () => {
  assertEquals(cohenKappa([[7, 0], [0, 0]]), { kappa: null, low: null, high: null, agreement: 1, n: 7 });
});

Deno.test("cohenKappa: where one rater always says the same κ is 0, and no interval claims to know more", () => {
  for (const table of [[[9, 0], [1, 0]], [[9, 1], [0, 0]], [[0, 95], [0, 5]], [[44, 0, 0], [44, 0, 0], [44, 0, 0]]]) {
    const { kappa, low, high } = cohenKappa(table);
    assertNear(kappa!, 0, 1e-12);
    assertEquals([low, high], [null, null]);
  }
});

Deno.test("cohenKappa: perfect agreement on few cases of one category and many of another stays within -1 and 1", () => {
  const { kappa, low, high } = cohenKappa([[50, 0], [0, 1]], 0.99);
  assertEquals([kappa, low, high], [1, -1, 1]);
});

Deno.test("cohenKappa: one case gives no interval, none give nothing", () => {
  assertEquals(cohenKappa([[0, 1], [0, 0]]), { kappa: 0, low: null, high: null, agreement: 0, n: 1 });
  assertEquals(cohenKappa([[0, 0], [0, 0]]), { kappa: null, low: null, high: null, agreement: null, n: 0 });
});

Deno.test("cohenKappa: neither the order of the categories nor who is first matters, and the interval stays within -1 and 1", () => {
  const counts = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 9, maxLength: 9 });
  fc.assert(fc.property(counts, (cells) => {
    const table = [cells.slice(0, 3), cells.slice(3, 6), cells.slice(6)];
    const transposed = table.map((_, i) => table.map((row) => row[i]!));
    const reordered = [2, 0, 1].map((i) => [2, 0, 1].map((j) => table[i]![j]!));
    const found = cohenKappa(table);
    for (const other of [cohenKappa(transposed), cohenKappa(reordered)]) {
      assertEquals(other.kappa === null, found.kappa === null);
      if (found.kappa !== null) assertNear(other.kappa!, found.kappa, 1e-9);
      if (found.low !== null) assertNear(other.low!, found.low, 1e-6);
    }
    if (found.low === null) return;
    assertTrue(-1 <= found.low && found.low <= found.kappa! + 1e-12);
    assertTrue(found.kappa! <= found.high! + 1e-12 && found.high! <= 1);
  }));
});

Deno.test("cohenKappa: a table that is not square, or counts that are none, are refused", () => {
  assertThrows(() => cohenKappa([[1, 2], [3]]), "bad_statistic");
  assertThrows(() => cohenKappa([[1, -2], [3, 4]]), "bad_statistic");
});

Deno.test("confusionTable: rows are the first of each pair, columns the second", () => {
  assertEquals(confusionTable([["a", "b"], ["a", "b"], ["b", "b"]], ["a", "b"]), [[0, 2], [0, 1]]);
  assertThrows(() => confusionTable([["a", "c"]], ["a", "b"]), "bad_statistic");
});
