import { assertEquals } from "../../tests/support/assert.ts";
import { sparkline } from "./sparkline.ts";

Deno.test("sparkline: lowest and highest values get the lowest and highest bars", () => {
  assertEquals(sparkline([0, 7, 3.5], 10), "▁█▅");
  assertEquals(sparkline([-8, -7, -6, -5, -4, -3, -2, -1], 8), "▁▂▃▄▅▆▇█");
});

Deno.test("sparkline: a constant series is a middle line, also a single value", () => {
  assertEquals(sparkline([5, 5, 5], 10), "▄▄▄");
  assertEquals(sparkline([0], 10), "▄");
});

Deno.test("sparkline: missing and non-finite values are blanks and do not set the scale", () => {
  assertEquals(sparkline([0, null, 1, undefined, NaN, Infinity], 10), "▁ █   ");
  assertEquals(sparkline([null, null], 10), "  ");
});

Deno.test("sparkline: more values than columns are averaged in equal stretches", () => {
  assertEquals(sparkline([0, 0, 10, 10, 0, 0], 3), "▁█▁");
  assertEquals(sparkline([0, null, 10, 10], 2), "▁█");
  assertEquals([...sparkline(Array.from({ length: 10_007 }, (_, i) => i), 40)].length, 40);
});

Deno.test("sparkline: no values or no room is the empty text", () => {
  assertEquals(sparkline([], 10), "");
  assertEquals(sparkline([1, 2], 0), "");
  assertEquals(sparkline([1, 2], -3), "");
  assertEquals(sparkline([1, 2], NaN), "");
});

Deno.test("sparkline: the largest numbers do not overflow", () => {
  assertEquals(sparkline([-Number.MAX_VALUE, Number.MAX_VALUE], 5), "▁█");
});
