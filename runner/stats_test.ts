import { assertEquals, assertNear, assertThrows, assertTrue } from "../tests/support/assert.ts";
import fc from "../tests/support/properties.ts";
import { cohenKappa, confusionTable, meanPassHatK, normalQuantile, passHatK, wilson } from "./stats.ts";

Deno.test("normalQuantile: the values that Wichura (1988) gives for checking AS 241", () => {
  assertNear(normalQuantile(0.25), -0.6744897501960817, 1e-15);
  assertNear(normalQuantile(0.001), -3.090232306167814, 1e-14);
  assertNear(normalQuantile(1e-20), -9.262340089798408, 1e-13);
});

Deno.test("normalQuantile: the quantiles that tables print", () => {
  assertEquals(normalQuantile(0.5), 0);
  for (const [p, z] of [[0.9, 1.281552], [0.95, 1.644854], [0.975, 1.959964], [0.995, 2.575829], [0.9995, 3.290527]]) {
    assertNear(normalQuantile(p!), z!, 5e-7);
  }
});

Deno.test("normalQuantile: is odd about one half and rises", () => {
  const probability = fc.double({ min: 1e-9, max: 0.5, noNaN: true });
  fc.assert(fc.property(probability, (p) => assertNear(normalQuantile(p), -normalQuantile(1 - p), 1e-6)));
  fc.assert(fc.property(probability, (p) => assertTrue(normalQuantile(p) > normalQuantile(p * 0.99))));
});

Deno.test("normalQuantile: there is none at 0, at 1 and outside", () => {
  for (const p of [0, 1, -0.1, 1.1, NaN]) assertThrows(() => normalQuantile(p), "bad_statistic");
});

Deno.test("wilson: the four examples of Newcombe (1998), table I, method 3", () => {
  for (
    const [successes, n, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const
  ) {
    const interval = wilson(successes, n);
    assertNear(interval.estimate!, successes / n, 1e-15);
    assertNear(interval.low!, low, 5e-5);
    assertNear(interval.high!, high, 5e-5);
  }
});

Deno.test("wilson: no trials give no estimate and no interval", () => {
  assertEquals(wilson(0, 0), { estimate: null, low: null, high: null, n: 0 });
});

Deno.test("wilson: mirrors when successes and failures change places, holds its estimate, stays within 0 and 1", () => {
  const trials = fc.integer({ min: 1, max: 5000 }).chain((n) =>
    fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n))
  );
  fc.assert(fc.property(trials, ([successes, n]) => {
    const [there, mirrored] = [wilson(successes, n), wilson(n - successes, n)];
    assertNear(there.low!, 1 - mirrored.high!, 1e-12);
    assertTrue(0 <= there.low! && there.low! <= there.estimate!);
    assertTrue(there.estimate! <= there.high! && there.high! <= 1);
  }));
});

Deno.test("wilson: more confidence is wider, more trials are narrower", () => {
  const width = (n: number, confidence: number) => {
    const { low, high } = wilson(0.3 * n, n, confidence);
    return high! - low!;
  };
  assertTrue(width(50, 0.99) > width(50, 0.95) && width(50, 0.95) > width(50, 0.8));
  assertTrue(width(20, 0.95) > width(200, 0.95));
});

Deno.test("wilson: what cannot be a proportion is refused", () => {
  for (const [successes, n] of [[3, 2], [-1, 2], [NaN, 2], [1, 1.5], [0, -1]]) {
    assertThrows(() => wilson(successes!, n!), "bad_statistic");
  }
  assertThrows(() => wilson(1, 2, 95), "bad_statistic");
});

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

Deno.test("passHatK: is the share of all ways to draw k trials in which every one succeeded", () => {
  for (let n = 1; n <= 6; n++) {
    for (let successes = 0; successes <= n; successes++) {
      for (let k = 1; k <= n; k++) {
        let [draws, passed] = [0, 0];
        for (let chosen = 0; chosen < 2 ** n; chosen++) {
          const trials = Array.from({ length: n }, (_, i) => i).filter((i) => chosen & (1 << i));
          if (trials.length !== k) continue;
          draws++;
          if (trials.every((i) => i < successes)) passed++;
        }
        assertNear(passHatK(successes, n, k), passed / draws, 1e-12);
      }
    }
  }
});

Deno.test("passHatK: for one trial it is the share of successes, and it never rises with k", () => {
  assertEquals(passHatK(3, 8, 1), 3 / 8);
  for (let k = 2; k <= 8; k++) assertTrue(passHatK(6, 8, k) <= passHatK(6, 8, k - 1));
  assertEquals(passHatK(8, 8, 8), 1);
  assertEquals(passHatK(7, 8, 8), 0);
});

Deno.test("passHatK: more trials than there are cannot be asked about", () => {
  const error = assertThrows(() => passHatK(2, 3, 4), "bad_statistic");
  assertEquals(error.message, "pass^4 needs 4 trials, there are 3");
  for (const [successes, n, k] of [[4, 3, 1], [1, 3, 0], [1, 3, 1.5]]) {
    assertThrows(() => passHatK(successes!, n!, k!), "bad_statistic");
  }
});

Deno.test("meanPassHatK: counts tasks, not trials", () => {
  const tasks = [{ successes: 4, n: 4 }, { successes: 2, n: 4 }, { successes: 0, n: 4 }];
  // C(4,2)/C(4,2) = 1, C(2,2)/C(4,2) = 1/6, 0
  const found = meanPassHatK(tasks, 2);
  assertNear(found.estimate!, (1 + 1 / 6) / 3, 1e-12);
  const { low, high } = wilson(7 / 6, 3);
  assertNear(found.low!, low!, 1e-12);
  assertNear(found.high!, high!, 1e-12);
  assertEquals(found.n, 3);
});

Deno.test("meanPassHatK: tasks that all pass still leave doubt, one task has no interval, none have nothing", () => {
  const all = Array.from({ length: 5 }, () => ({ successes: 3, n: 3 }));
  const found = meanPassHatK(all, 3);
  assertEquals([found.estimate, found.high], [1, 1]);
  assertNear(found.low!, 0.5655, 1e-4);
  assertEquals(meanPassHatK(all.slice(0, 1), 3), { estimate: 1, low: null, high: null, n: 1 });
  assertEquals(meanPassHatK([], 3), { estimate: null, low: null, high: null, n: 0 });
});
