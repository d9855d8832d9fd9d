import fc from "../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../tests/support/assert.ts";
import { Trace, Traces } from "./trace.ts";

function traceOf(values: readonly (number | null)[]): Trace {
  const trace = new Trace();
  for (const value of values) trace.add(value);
  return trace;
}

Deno.test("a short series is kept as it is", () => {
  const values = [3, null, 3.5, -1];
  const trace = traceOf(values);
  assertEquals([...trace.values()], values);
  assertEquals([trace.first, trace.last, trace.varies], [3, -1, true]);
});

Deno.test("a long series is kept in bounds: its ends are exact, each value between them is the mean of its stretch", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20_000 }), fc.double({ min: 0.1, max: 9, noNaN: true }), (n, slope) => {
      const trace = traceOf(Array.from({ length: n }, (_, turn) => turn * slope));
      const kept = trace.values();
      assertTrue(kept.length <= 1024);
      assertEquals([trace.first, trace.last, kept.at(-1)], [0, (n - 1) * slope, (n - 1) * slope]);
      // The mean of a straight line over a stretch is its value in the middle.
      const stretch = 2 ** Math.max(0, Math.ceil(Math.log2((n + 1) / 1024)));
      for (const [i, value] of kept.slice(0, -1).entries()) {
        assertNear(value!, (i * stretch + (stretch - 1) / 2) * slope, 1e-6 * n * slope);
      }
    }),
  );
});

Deno.test("halves of a long series keep their order: a step stays a step", () => {
  const trace = traceOf(Array.from({ length: 10_000 }, (_, turn) => turn < 5000 ? 0 : 8));
  const kept = trace.values();
  assertTrue(kept.length > 500);
  assertTrue(kept.slice(0, Math.floor(kept.length / 2) - 2).every((value) => value === 0));
  assertTrue(kept.slice(Math.ceil(kept.length / 2) + 2).every((value) => value === 8));
});

Deno.test("turns without a value do not count in means, and stretches of them stay empty", () => {
  const gaps = traceOf(Array.from({ length: 5000 }, (_, turn) => turn % 2 === 0 ? 6 : null));
  assertTrue(gaps.values().slice(0, -1).every((value) => value === 6));
  const none = traceOf(Array.from({ length: 5000 }, () => null));
  assertTrue(none.values().every((value) => value === null));
  assertEquals(none.varies, false);
});

Deno.test("reporters are chosen and named without the prefix of their columns; without any, what changes is", () => {
  const withReporters = new Traces();
  for (const turn of [0, 1]) {
    withReporters.add({ turn, a: turn, "metric.total": null, "metric.gini": 2, name: "x" });
  }
  assertEquals(withReporters.chosen(8).map(([name]) => name), ["total", "gini"]);
  assertEquals(withReporters.chosen(1).map(([name]) => name), ["total"]);
  const without = new Traces();
  for (const turn of [0, 1]) without.add({ turn, still: 5, moving: turn, flag: true });
  assertEquals(without.chosen(8).map(([name]) => name), ["moving"]);
});
