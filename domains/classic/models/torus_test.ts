import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { cellOf, shortestWay, wrapped } from "./torus.ts";

Deno.test("wrapped: the result lies in the world, a whole number of worlds away", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 500 }), (value, size) => {
      const result = wrapped(value, size);
      assertTrue(result >= 0 && result < size, `${result}`);
      const worlds = (value - result) / size;
      assertNear(worlds, Math.round(worlds), 1e-6);
    }),
    { examples: [[-1e-17, 51], [51, 51], [-51, 51], [0, 1]] },
  );
});

Deno.test("shortestWay: at most half a world long, and it leads there", () => {
  const coordinate = fc.double({ min: 0, max: 50.999, noNaN: true });
  fc.assert(fc.property(coordinate, coordinate, (from, to) => {
    const way = shortestWay(from, to, 51);
    assertTrue(Math.abs(way) <= 25.5);
    assertNear(Math.abs(shortestWay(wrapped(from + way, 51), to, 51)), 0, 1e-9);
  }));
});

Deno.test("cellOf: cells are counted row by row", () => {
  const world = { width: 5, height: 3 };
  assertEquals([cellOf(0, 0, world), cellOf(4.9, 0.9, world), cellOf(0.5, 1, world), cellOf(4.5, 2.5, world)], [
    0,
    4,
    5,
    14,
  ]);
});
