import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { loadGraphs } from "./graphs.ts";
import { Space } from "./space.ts";
import { edges, grid, network, spatial } from "./testing.ts";

Deno.test("a space before loadGraphs() is an error that says what to call", async () => {
  const error = assertThrows(() => Space.create(grid(2, 2)), "graphs_not_loaded") as Error & { hint: string };
  assertMatches(error.hint, /await loadGraphs\(\)/);
  assertThrows(() => Space.fromJSON({}, grid(2, 2)), "graphs_not_loaded");
  await Promise.all([loadGraphs(), loadGraphs()]);
  await loadGraphs();
  assertEquals(Space.create(grid(2, 2)).locations().length, 4);
});

Deno.test("loading leaves Math as it was", async () => {
  await loadGraphs();
  assertTrue(Math.random() < 1 && Object.getPrototypeOf(Math) === Object.prototype);
});

Deno.test("it loads where chance is refused, as in the sandbox, and chance stays refused", async () => {
  const code = `
    const refuse = () => { throw new Error("refused"); };
    Object.defineProperty(Math, "random", { value: refuse, writable: false, configurable: false });
    const { loadGraphs, Space } = await import(${JSON.stringify(new URL("mod.ts", import.meta.url).href)});
    await loadGraphs();
    const space = Space.create(${JSON.stringify(ROADS)});
    postMessage({ path: space.path("a", "b"), refused: Math.random === refuse });
  `;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
  try {
    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    assertEquals(answer, { path: ["a", "c", "b"], refused: true });
  } finally {
    worker.terminate();
  }
});

const ROADS = network("a b c d e", edges("a b 5", "a c 1", "c b 1.5", "b d 1"));

Deno.test("the cheapest path is taken, not the one with the fewest hops", async () => {
  await loadGraphs();
  const space = Space.create(ROADS);
  assertEquals(space.path("a", "b"), ["a", "c", "b"]);
  assertEquals(space.cost("a", "d"), 3.5);
  assertEquals(space.path("a", "b", { weight: null }), ["a", "b"]);
  assertEquals(space.cost("a", "d", { weight: null }), 2);
  assertEquals(space.distance("a", "b"), 1);
});

Deno.test("a weight is the attribute that is named; edges without it count 1", async () => {
  await loadGraphs();
  const space = Space.create(ROADS).connect("a", "b", { attributes: { toll: 7 } });
  assertEquals(space.path("a", "b", { weight: "toll" }), ["a", "c", "b"]);
  assertEquals(space.cost("a", "b", { weight: "toll" }), 2);
  assertEquals(space.cost("a", "b", { weight: "constructor" }), 1);
  assertEquals(space.cost("a", "b"), 2.5);
});

Deno.test("what cannot be reached has no path, no cost, no distance", async () => {
  await loadGraphs();
  const space = Space.create(ROADS);
  assertEquals([space.path("a", "e"), space.cost("a", "e"), space.distance("a", "e")], [null, null, null]);
  assertEquals([space.path("e", "e"), space.cost("e", "e"), space.distance("e", "e")], [["e"], 0, 0]);
  assertEquals([...space.withinCost("e", Infinity)], [["e", 0]]);
});

Deno.test("directed edges lead one way", async () => {
  await loadGraphs();
  const space = Space.create(network("a b c", edges("a b 2", "b c 2", "c a 9"), { directed: true }));
  assertEquals(space.path("a", "c"), ["a", "b", "c"]);
  assertEquals(space.path("c", "b"), ["c", "a", "b"]);
  assertEquals([space.cost("a", "c"), space.cost("c", "b"), space.distance("b", "a")], [4, 11, 2]);
  assertEquals([space.adjacent("a", "b"), space.adjacent("b", "a")], [true, false]);
  assertEquals([space.neighbours("a"), space.neighbours("b")], [["b"], ["c"]]);
});

Deno.test("a weight below zero or of another kind is named with its edge", async () => {
  await loadGraphs();
  for (const weight of [-1, "far", true]) {
    const space = Space.create(ROADS).connect("b", "d", { attributes: { weight } });
    const error = assertThrows(() => space.cost("a", "d"), "bad_weight");
    assertMatches(error.message, /^the edge 'b' – 'd' of network 'default' has weight: /);
    assertThrows(() => space.withinCost("b", 5), "bad_weight");
  }
});

Deno.test("locations may be called like what every object has", async () => {
  await loadGraphs();
  const names = ["constructor", "toString", "hasOwnProperty", "__proto__", "0", "valueOf"];
  const space = Space.create(spatial({
    type: "network",
    directed: false,
    locations: names.map((id) => ({ id, attributes: {} })),
    edges: names.slice(1).map((to, i) => ({ from: names[i]!, to, attributes: { weight: 2 } })),
  }));
  assertEquals(space.path("constructor", "valueOf"), names);
  assertEquals(space.cost("constructor", "valueOf"), 10);
  assertEquals(space.withinCost("__proto__", 2).get("0"), 2);
  assertEquals(Object.keys(space.setAttributes("__proto__", { a: 1 }).toJSON().locations), ["__proto__"]);
});

Deno.test("property: costs of paths are those of the search by cost", async () => {
  await loadGraphs();
  const nodes = 8;
  const edge = fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1), fc.integer({ min: 0, max: 6 }));
  fc.assert(fc.property(fc.array(edge, { maxLength: 20 }), fc.boolean(), (found, directed) => {
    const ids = Array.from({ length: nodes }, (_, i) => `n${i}`);
    const listed = found.filter(([a, b]) => a !== b).map(([a, b, weight]) => `n${a} n${b} ${weight}`);
    const space = Space.create(network(ids.join(" "), edges(...listed), { directed }));
    for (const from of ids) {
      const costs = space.withinCost(from, Infinity);
      for (const to of ids) {
        const path = space.path(from, to);
        assertEquals(space.cost(from, to), costs.get(to) ?? null);
        assertEquals(path === null, !costs.has(to));
        path?.slice(1).forEach((id, i) => assertTrue(space.adjacent(path[i]!, id)));
      }
      const sorted = [...costs.values()];
      assertEquals(sorted, sorted.toSorted((a, b) => a - b));
      const near = [...costs].filter(([, cost]) => cost <= 4);
      assertEquals([...space.withinCost(from, 4)], near);
    }
  }));
});
