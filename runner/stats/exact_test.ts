import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { fisherExact, pairedSharesTest, separationTest, signTest, unpairedSharesTest } from "./exact.ts";

Deno.test("signTest: approval of the prime minister in Agresti (1990), p. 350: 3.716e-5 as exact2x2 has it", () => {
  assertNear(signTest(150, 86), 3.716e-5, 5e-9);
});

Deno.test("signTest: n pairs that go the same way have 2 · 2^(−n): five cannot be told from chance at 5 %, six can", () => {
  assertEquals([1, 2, 3].map((n) => Number(signTest(n, 0).toFixed(12))), [1, 0.5, 0.25]);
  assertTrue(signTest(0, 5) > 0.05 && signTest(6, 0) < 0.05);
  assertEquals([signTest(0, 0), signTest(4, 4)], [1, 1]);
  assertTrue(signTest(2000, 2100) > 0.1 && signTest(5000, 0) === 0);
});

Deno.test("signTest: is at most α with a chance of at most α, whatever n and α", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.001, max: 0.5, noNaN: true }), (n, alpha) => {
      let [chance, called] = [2 ** -n, 0];
      for (let k = 0; k <= n; k++) {
        if (signTest(k, n - k) <= alpha) called += chance;
        chance *= (n - k) / (k + 1);
      }
      assertTrue(called <= alpha * (1 + 1e-9));
    }),
  );
});

Deno.test("separationTest: samples apart altogether have two of all C(n, m) deals, others prove nothing", () => {
  assertNear(separationTest([4, 4], [1, 1]), 1 / 3, 1e-12);
  assertNear(separationTest([1, 2, 3, 4], [5, 6, 7, 8]), 2 / 70, 1e-12);
  assertEquals([separationTest([4, 1], [1, 1]), separationTest([5], [1])], [1, 1]);
});

Deno.test("fisherExact: convictions of twins, Fisher (1962), 0.0005367 as R prints fisher.test(); the tea, 0.4857", () => {
  assertNear(fisherExact([2, 17], [10, 13]), 0.0005367, 5e-8);
  assertNear(fisherExact([3, 4], [1, 4]), 0.4857, 5e-5);
  assertNear(fisherExact([0, 3], [0, 9]), 1, 1e-12);
});

Deno.test("pairedSharesTest, unpairedSharesTest: of yes and no they are McNemar's and Fisher's; halves make none bolder", () => {
  const flips = fc.array(fc.tuple(fc.constantFrom(0, 0.5, 1), fc.constantFrom(0, 0.5, 1)), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(fc.property(flips, (pairs) => {
    const [a, b]: [number[], number[]] = [pairs.map(([x]) => x), pairs.map(([, x]) => x)];
    const [yes, others] = [a, b].map((values) => values.reduce((x, y) => x + y, 0)) as [number, number];
    const [above, below] = [a.filter((x, i) => x > b[i]!).length, a.filter((x, i) => x < b[i]!).length];
    if (Number.isInteger(yes) && Number.isInteger(others)) {
      assertNear(
        unpairedSharesTest(a, b),
        yes === others ? 1 : fisherExact([yes, a.length], [others, b.length]),
        1e-12,
      );
    }
    assertNear(unpairedSharesTest(a, b), unpairedSharesTest(b, a), 1e-9);
    assertEquals(
      pairedSharesTest(a, b),
      Math.sign(above - below) === Math.sign(yes - others) ? signTest(above, below) : 1,
    );
  }));
  assertEquals(unpairedSharesTest([1, 0.5], [0.5, 1]), 1);
});

Deno.test("exact tests: counts that are none are refused", () => {
  assertThrows(() => signTest(-1, 2), "bad_statistic");
  assertThrows(() => fisherExact([3, 2], [0, 1]), "bad_statistic");
  assertThrows(() => separationTest([], [1]), "bad_statistic");
  assertThrows(() => pairedSharesTest([1], [0, 1]), "bad_statistic");
  assertThrows(() => unpairedSharesTest([2], [0]), "bad_statistic");
});
