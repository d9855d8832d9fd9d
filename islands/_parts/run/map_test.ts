import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import type { ResolvedSpatial } from "../../../framework/mod.ts";
import { boundsOf, planOf } from "./map_plan.ts";
import {
  agentChoices,
  agentShades,
  CONTESTED,
  mapWorld,
  placeChoices,
  placeShades,
  placeText,
  scaleOf,
} from "./map_world.ts";
import type { World } from "./page_state.ts";

const spatial = (topology: ResolvedSpatial["topology"], more: Partial<ResolvedSpatial> = {}): ResolvedSpatial => ({
  topology,
  proximity_radius: null,
  location_attributes: {},
  additional_networks: [],
  ...more,
});

const world = (more: Partial<World>): World => ({
  turn: 1,
  agents: {},
  order: Object.keys(more.agents ?? {}),
  globals: {},
  populations: {},
  space: null,
  paused: [],
  ...more,
});

Deno.test("a grid is planned row by row, a hexagon with equal distances between neighbours", () => {
  const grid = planOf(
    spatial({ type: "grid", width: 3, height: 2, connectivity: 4, wrapping: false }, {
      location_attributes: { "1,1": { food: 3 } },
    }),
  );
  assertEquals(grid.ids, ["0,0", "1,0", "2,0", "0,1", "1,1", "2,1"]);
  assertEquals([grid.points![4], grid.attributes[4], grid.attributes[0]], [[1, 1], { food: 3 }, {}]);
  const hex = planOf(spatial({ type: "hex_grid", radius: 2, coord_system: "axial" }));
  assertEquals(hex.ids.length, 19);
  const [x, y] = hex.points![hex.positions.get("0,0")!]!;
  for (const id of ["1,0", "0,1", "1,-1", "-1,0", "0,-1", "-1,1"]) {
    const [nextX, nextY] = hex.points![hex.positions.get(id)!]!;
    assertEquals(Math.hypot(nextX - x, nextY - y).toFixed(9), Math.sqrt(3).toFixed(9));
  }
});

Deno.test("a network is laid out unless its places say where they are", () => {
  const locations = ["a", "__proto__", "c"].map((id, i) => ({ id, attributes: { lon: i, lat: 10 * i } }));
  const edges = [{ from: "a", to: "__proto__", attributes: {} }, { from: "c", to: "nowhere", attributes: {} }];
  const plan = planOf(spatial({ type: "network", directed: true, locations, edges }));
  assertEquals(plan.points, [[0, -0], [1, -10], [2, -20]]);
  assertEquals(plan.networks, [{ name: "default", directed: true, edges: [[0, 1]] }]);
  const bare = locations.map(({ id }) => ({ id, attributes: {} }));
  assertEquals(planOf(spatial({ type: "network", directed: true, locations: bare, edges })).points, null);
});

Deno.test("a map has its regions where they are, north above; what has no shape stands below", () => {
  const square = (x: number, y: number) => [[[x, y], [x + 2, y], [x + 2, y + 2], [x, y + 2], [x, y]]];
  const plan = planOf(spatial({
    type: "geojson",
    directed: false,
    edges: [],
    locations: [
      { id: "south", attributes: {}, geometry: { type: "Polygon", coordinates: square(10, 0) } },
      { id: "north", attributes: {}, geometry: { type: "MultiPolygon", coordinates: [square(10, 2)] } },
      { id: "port", attributes: {}, geometry: { type: "Point", coordinates: [11, 1] } },
      { id: "sky", attributes: {} },
    ],
  }));
  const at = (id: string) => plan.points![plan.positions.get(id)!]!;
  assertTrue(at("north")[1] < at("south")[1]);
  assertEquals(plan.shapes.map(({ kind }) => kind), ["region", "region", "dot", "dot"]);
  assertTrue(at("sky")[1] > at("south")[1] + 1);
  const { width, height } = boundsOf(plan.points!.slice(0, 3));
  assertTrue(width < 0.01 && height > 1.9);
});

const PLAN = planOf(spatial({ type: "grid", width: 2, height: 2, connectivity: 4, wrapping: false }));
const HERE = world({
  agents: {
    Ada: { mood: "glad", gold: 2, lands: ["0,0", "1,1"] },
    Bo: { mood: "sad", gold: 4, lands: ["1,1"] },
    Cy: { mood: "sad", gold: Infinity },
  },
  space: {
    agent_positions: { Ada: "1,0", Bo: "1,0", Cy: "9,9" },
    locations: { "0,1": { attributes: { food: 7 } } },
    networks: { roads: { directed: false, edges: [{ from: "0,0", to: "1,1" }, ["1,0", "0,1"]] } },
  },
});
const DECLARED = {
  mood: { type: "categorical", values: ["glad", "calm", "sad"] },
  gold: { type: "float", min: 0, max: 10 },
  lands: { type: "list" },
  plan: { type: "dict" },
};

Deno.test("a world on its map: who is where, what has changed, who is nowhere", () => {
  const map = mapWorld(PLAN, HERE);
  assertEquals(map.agents, [[], ["Ada", "Bo"], [], []]);
  assertEquals([map.nowhere, map.attributes[2], map.attributes[0]], [["Cy"], { food: 7 }, {}]);
  assertEquals(map.networks, [{ name: "roads", directed: false, edges: [[0, 3], [1, 2]] }]);
  assertEquals(mapWorld(PLAN, world({ order: ["x"] })).nowhere, ["x"]);
  assertEquals(
    placeText(1, PLAN, map, 3, "gold of agents there"),
    "1,0, gold of agents there 3, 2 agents: Ada, Bo",
  );
  assertEquals(placeText(0, PLAN, map, null, null), "0,0, nobody there");
});

Deno.test("places and agents have shades by what was chosen", () => {
  const map = mapWorld(PLAN, HERE);
  assertEquals(agentChoices(DECLARED).map(({ key }) => key), ["mood", "gold"]);
  assertEquals(placeChoices(PLAN, map, DECLARED).map(({ key }) => key), [
    "count",
    "attribute food",
    "agents mood",
    "agents gold",
    "held lands",
  ]);
  assertEquals([...agentShades("gold", HERE).values()], [2, 4, null]);
  const shades = (choice: string | null) => placeShades(choice, PLAN, map, HERE);
  assertEquals(shades("count"), [0, 2, 0, 0]);
  assertEquals(shades("attribute food"), [null, null, 7, null]);
  assertEquals(shades("agents gold"), [null, 3, null, null]);
  assertEquals(shades("agents mood"), [null, "glad", null, null]);
  assertEquals(shades("held lands"), ["Ada", null, null, CONTESTED]);
  assertEquals(shades(null), [null, null, null, null]);
  assertEquals(shades("nonsense of all kinds"), [null, null, null, null]);
});

Deno.test("a scale keeps what it had, so that turns can be compared", () => {
  const first = scaleOf([2, 4, null], DECLARED.gold, null);
  assertEquals(first, { low: 0, high: 10, words: [] });
  assertEquals(scaleOf([3], DECLARED.gold, first), first);
  assertTrue(scaleOf([3], DECLARED.gold, first) === first);
  assertEquals(scaleOf([30, -1], DECLARED.gold, first), { low: -1, high: 30, words: [] });
  const moods = scaleOf(["sad"], DECLARED.mood, null);
  assertEquals(moods.words, ["glad", "calm", "sad"]);
  assertEquals(scaleOf(["wild"], DECLARED.mood, moods).words, ["glad", "calm", "sad", "wild"]);
  assertEquals(scaleOf([5, 6], { type: "float", min: 0, max: 1e9 }, null), { low: 5, high: 6, words: [] });
});
