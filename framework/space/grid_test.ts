import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { loadGraphs } from "./graphs.ts";
import { Space } from "./space.ts";
import { grid } from "./testing.ts";

await loadGraphs();

Deno.test("a grid has the edges that its size, its connectivity and its wrapping make", () => {
  const counts: [width: number, height: number, connectivity: 4 | 8, wrapping: boolean, edges: number][] = [
    [3, 3, 4, false, 12],
    [3, 3, 8, false, 20],
    [3, 3, 4, true, 18],
    [3, 3, 8, true, 36],
    [10, 10, 4, false, 180],
    [10, 10, 8, false, 342],
    [10, 10, 4, true, 200],
    [1, 1, 8, true, 0],
    [2, 2, 4, true, 4],
    [2, 2, 8, true, 6],
    [1, 5, 4, true, 5],
    [1, 5, 8, true, 5],
    [5, 1, 8, false, 4],
  ];
  for (const [width, height, connectivity, wrapping, edges] of counts) {
    const space = Space.create(grid(width, height, { connectivity, wrapping }));
    assertEquals(space.edges().length, edges, `${width}×${height}, ${connectivity}, ${wrapping}`);
    assertTrue(space.edges().every(({ from, to }) => from !== to), "no location is its own neighbour");
  }
});

Deno.test("the locations of a grid are listed row by row, and so are neighbours", () => {
  const space = Space.create(grid(3, 2));
  assertEquals(space.topology_type, "grid");
  assertEquals(space.locations(), ["0,0", "1,0", "2,0", "0,1", "1,1", "2,1"]);
  assertEquals(space.neighbours("1,0"), ["0,0", "2,0", "1,1"]);
  assertEquals(Space.create(grid(3, 3, { connectivity: 8 })).neighbours("1,1"), [
    "0,0",
    "1,0",
    "2,0",
    "0,1",
    "2,1",
    "0,2",
    "1,2",
    "2,2",
  ]);
  assertEquals(Space.create(grid(4, 3, { wrapping: true })).neighbours("0,0"), ["1,0", "3,0", "0,1", "0,2"]);
});

Deno.test("the network of a grid knows what it was made of", () => {
  assertEquals(Space.create(grid(2, 2, { connectivity: 8, wrapping: true })).network("default"), {
    directed: false,
    attributes: { connectivity: 8, wrapping: true },
  });
});

Deno.test("distances in a grid are the hops of the paths", () => {
  for (const connectivity of [4, 8] as const) {
    for (const wrapping of [false, true]) {
      for (const [width, height] of [[5, 4], [1, 6], [2, 3]] as const) {
        const space = Space.create(grid(width, height, { connectivity, wrapping }));
        for (const from of space.locations()) {
          const hops = space.within(from, Infinity);
          for (const to of space.locations()) assertEquals(space.distance(from, to), hops.get(to)!, `${from} ${to}`);
        }
      }
    }
  }
});

Deno.test("a grid that lacks an edge has no short cut through it", () => {
  const space = Space.create(grid(2, 2)).disconnect("0,0", "1,0");
  assertEquals(space.distance("0,0", "1,0"), 3);
  assertEquals(space.path("0,0", "1,0"), ["0,0", "0,1", "1,1", "1,0"]);
});
