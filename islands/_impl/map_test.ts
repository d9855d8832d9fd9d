import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import type { Point } from "../_parts/run/map_plan.ts";
import { nearest, placed, stepFrom } from "./map_geometry.ts";
import { layOut } from "./map_layout.ts";

const GRID = Array.from({ length: 9 }, (_, i): Point => [i % 3, Math.floor(i / 3)]);

Deno.test("the nearest place is meant, if it is near enough", () => {
  assertEquals(nearest(GRID, [1.2, 0.9], 0.7), 4);
  assertEquals(nearest(GRID, [9, 9], 0.7), -1);
  assertEquals(nearest([], [0, 0], 1), -1);
});

Deno.test("a step goes to the next place in its direction, and stays where there is none", () => {
  const from = (place: number) =>
    ([[1, 0], [-1, 0], [0, 1], [0, -1]] as const).map((way) => stepFrom(GRID, place, way));
  assertEquals(from(4), [5, 3, 7, 1]);
  assertEquals(from(0), [1, 0, 3, 0]);
  assertEquals(stepFrom([[0, 0], [3, 0.4], [2, 3]], 0, [1, 0]), 1);
});

Deno.test("every place can be reached by steps", () => {
  const points = layOut(30, [{ name: "ring", directed: false, edges: ring(30) }]);
  const reached = new Set([0]);
  for (const place of reached) {
    for (const way of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) reached.add(stepFrom(points, place, way));
  }
  assertEquals(reached.size, 30);
});

function ring(size: number): [number, number][] {
  return Array.from({ length: size }, (_, i) => [i, (i + 1) % size]);
}

Deno.test("marks keep within their place and apart", () => {
  for (let count = 1; count <= 40; count++) {
    const { radius, at } = placed(count);
    assertEquals(at.length, count);
    for (const [x, y] of at) assertTrue(Math.hypot(x, y) + radius <= 1.35, `${count}`);
  }
  assertEquals(placed(0).at, []);
});

Deno.test("a network is laid out the same each time: connected places near, no two in one point", () => {
  const cliques = [0, 10].flatMap((first) =>
    Array.from({ length: 10 }, (_, i) => Array.from({ length: i }, (_, j): [number, number] => [first + i, first + j]))
  ).flat();
  const networks = [{ name: "two", directed: false, edges: [...cliques, [0, 10] as const] }];
  const points = layOut(20, networks);
  assertEquals(points, layOut(20, networks));
  const middle = (first: number): Point => {
    const some = points.slice(first, first + 10);
    return [some.reduce((sum, [x]) => sum + x, 0) / 10, some.reduce((sum, [, y]) => sum + y, 0) / 10];
  };
  const apart = Math.hypot(middle(0)[0] - middle(10)[0], middle(0)[1] - middle(10)[1]);
  const within = Math.max(...points.slice(0, 10).map(([x, y]) => Math.hypot(x - middle(0)[0], y - middle(0)[1])));
  assertTrue(apart > within, `${apart} ${within}`);
  assertTrue(points.every((point) => point.every(Number.isFinite)));
  const least = Math.min(
    ...points.flatMap(([x, y], i) => points.slice(i + 1).map(([a, b]) => Math.hypot(x - a, y - b))),
  );
  assertTrue(least > 0.05, `${least}`);
  assertEquals(layOut(0, []), []);
  assertEquals(layOut(1, []).length, 1);
});

Deno.test("three thousand places are laid out while a person waits", () => {
  const before = performance.now();
  const points = layOut(3000, [{ name: "ring", directed: false, edges: ring(3000) }]);
  assertTrue(points.length === 3000 && performance.now() - before < 8000);
});
