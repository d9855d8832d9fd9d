import { assertEquals } from "../../tests/support/assert.ts";
import { loadGraphs } from "./graphs.ts";
import { Space } from "./space.ts";
import { hex } from "./testing.ts";

await loadGraphs();

Deno.test("a hexagon has 3r² + 3r + 1 locations and the edges between them", () => {
  const edges = [0, 12, 42, 90, 156, 240];
  for (const [radius, expected] of edges.entries()) {
    const space = Space.create(hex(radius));
    assertEquals(space.locations().length, 3 * radius ** 2 + 3 * radius + 1);
    assertEquals(space.edges().length, expected);
  }
});

Deno.test("the locations of a hexagon are axial, by q and then by r, and so are neighbours", () => {
  const space = Space.create(hex(1));
  assertEquals(space.topology_type, "hex_grid");
  assertEquals(space.locations(), ["-1,0", "-1,1", "0,-1", "0,0", "0,1", "1,-1", "1,0"]);
  assertEquals(space.neighbours("0,0"), ["-1,0", "-1,1", "0,-1", "0,1", "1,-1", "1,0"]);
  assertEquals(space.neighbours("1,0"), ["0,0", "0,1", "1,-1"]);
});

Deno.test("distances in a hexagon are the hops of the paths", () => {
  const space = Space.create(hex(3));
  for (const from of space.locations()) {
    const hops = space.within(from, Infinity);
    for (const to of space.locations()) assertEquals(space.distance(from, to), hops.get(to)!, `${from} ${to}`);
  }
});
