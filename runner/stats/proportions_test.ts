import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { meanPassHatK, passHatK, wilson } from "./proportions.ts";

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
