import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { SimError } from "../issue.ts";
import type { SpaceChange } from "./change.ts";
import { loadGraphs } from "./graphs.ts";
import { Space } from "./space.ts";
import { edges, grid, layer, network, spatial } from "./testing.ts";

await loadGraphs();

const TOWN = network("harbour market castle mill", edges("harbour market 2", "market castle"), {
  attributes: { harbour: { ships: 3, goods: ["fish"] }, mill: { grain: 8 } },
  location_attributes: { harbour: { ships: 4 }, castle: { guards: 2 } },
  additional_networks: [
    layer("river", edges("mill harbour"), { directed: true, attributes: { depth: 3 } }),
    layer("alleys", edges("castle mill", "harbour castle")),
  ],
});

function failure(body: () => unknown, code: string): SimError {
  const error = assertThrows(body, code);
  assertTrue(error instanceof SimError);
  return error;
}

Deno.test("a declared space has its locations, their attributes and its networks", () => {
  const town = Space.create(TOWN);
  assertEquals(town.topology_type, "network");
  assertEquals(town.locations(), ["harbour", "market", "castle", "mill"]);
  assertEquals([town.has("mill"), town.has("Mill")], [true, false]);
  assertEquals(town.attributes("harbour"), { ships: 4, goods: ["fish"] }, "location_attributes count more");
  assertEquals([town.attributes("castle"), town.attributes("market")], [{ guards: 2 }, {}]);
  assertEquals(town.locationsWhere(({ ships }, id) => ships !== undefined || id.startsWith("m")), [
    "harbour",
    "market",
    "mill",
  ]);
  assertEquals(town.networks(), ["default", "alleys", "river"]);
  assertEquals(town.network("river"), { directed: true, attributes: { depth: 3 } });
  assertEquals(town.edges(), [
    { from: "harbour", to: "market", attributes: { weight: 2 } },
    { from: "market", to: "castle", attributes: {} },
  ]);
  assertEquals(town.edges("river"), [{ from: "mill", to: "harbour", attributes: {} }]);
});

Deno.test("neighbours, edges and hops are those of the network that is asked for", () => {
  const town = Space.create(TOWN);
  assertEquals(town.neighbours("castle"), ["market"]);
  assertEquals(town.neighbours("castle", "alleys"), ["harbour", "mill"]);
  assertEquals(town.edge("market", "harbour"), { weight: 2 });
  assertEquals(town.edge("market", "harbour", "alleys"), undefined);
  assertEquals([town.adjacent("castle", "mill"), town.adjacent("castle", "mill", "alleys")], [false, true]);
  assertEquals(town.adjacent("mill", "mill", "alleys"), false);
  assertEquals([town.distance("harbour", "castle"), town.distance("harbour", "mill")], [2, null]);
  assertEquals(town.distance("harbour", "mill", "alleys"), 2);
  assertEquals(town.path("harbour", "mill", { network: "alleys" }), ["harbour", "castle", "mill"]);
});

Deno.test("what lies within a radius comes nearest first, and what within a cost cheapest first", () => {
  const space = Space.create(grid(4, 4)).connect("0,0", "1,0", { attributes: { weight: 5 } });
  assertEquals([...space.within("1,1", 1)], [["1,1", 0], ["1,0", 1], ["0,1", 1], ["2,1", 1], ["1,2", 1]]);
  assertEquals([...space.within("0,0", 0)], [["0,0", 0]]);
  assertEquals(space.within("0,0", Infinity).size, 16);
  assertEquals([...space.withinCost("0,0", 2)], [["0,0", 0], ["0,1", 1], ["1,1", 2], ["0,2", 2]]);
  assertEquals(space.withinCost("0,0", 3).get("1,0"), 3, "round the dear edge");
  assertEquals([...space.withinCost("0,0", 1, { weight: null }).keys()], ["0,0", "1,0", "0,1"]);
});

Deno.test("agents are found where they are and around it, in the order in which they were placed", () => {
  const space = Space.create(grid(3, 1)).move("z", "2,0").move("b", "0,0").move("a", "0,0").move("m", "1,0");
  assertEquals([space.position("z"), space.position("nobody")], ["2,0", undefined]);
  assertEquals([...space.positions()], [["z", "2,0"], ["b", "0,0"], ["a", "0,0"], ["m", "1,0"]]);
  assertEquals([space.agentsAt("0,0"), space.agentsAt("1,0")], [["b", "a"], ["m"]]);
  assertEquals(space.agentsWithin("0,0", 0), ["b", "a"]);
  assertEquals(space.agentsWithin("0,0", 1), ["b", "a", "m"]);
  assertEquals(space.agentsWithin("0,0", 9), ["z", "b", "a", "m"]);
});

Deno.test("a change makes another space and leaves the old one as it was", () => {
  const town = Space.create(TOWN).move("ann", "mill");
  const before = JSON.stringify(town);
  const changed = town
    .move("ann", "harbour").move("bob", "castle")
    .setAttributes("mill", { grain: 5, dry: true })
    .connect("mill", "harbour", { attributes: { weight: 9 } })
    .disconnect("market", "castle")
    .createNetwork("air", { edges: [["mill", "castle", { weight: 1 }], { from: "castle", to: "harbour" }] })
    .removeNetwork("alleys");
  assertEquals([changed.position("ann"), changed.position("bob")], ["harbour", "castle"]);
  assertEquals(changed.attributes("mill"), { grain: 5, dry: true });
  assertEquals(changed.edge("harbour", "mill"), { weight: 9 });
  assertEquals([changed.adjacent("castle", "market"), changed.distance("market", "castle")], [false, null]);
  assertEquals(changed.networks(), ["default", "air", "river"]);
  assertEquals(changed.edge("castle", "mill", "air"), { weight: 1 });
  assertEquals(changed.remove("ann").position("ann"), undefined);
  assertEquals(JSON.stringify(town), before);
  assertEquals([town.position("ann"), town.neighbours("castle"), town.networks().length], ["mill", ["market"], 3]);
});

Deno.test("a change that changes nothing is the same space", () => {
  const town = Space.create(TOWN).move("ann", "mill");
  assertTrue(town.move("ann", "mill") === town);
  assertTrue(town.remove("bob") === town);
  assertTrue(town.setAttributes("mill", { grain: 8 }) === town);
  assertTrue(town.setAttributes("mill", { absent: undefined }) === town);
  assertTrue(town.connect("harbour", "market", { attributes: { weight: 2 } }) === town);
  assertTrue(town.disconnect("harbour", "mill") === town);
  assertTrue(town.apply([]) === town);
});

Deno.test("moving an agent copies no network and no list of neighbours", () => {
  const space = Space.create(grid(300, 300));
  const neighbours = space.neighbours("7,7");
  const attributes = space.attributes("7,7");
  const moved = space.move("a", "1,1").move("b", "2,2");
  assertTrue(moved.neighbours("7,7") === neighbours && moved.attributes("7,7") === attributes);
  const elsewhere = moved.connect("0,0", "299,299").setAttributes("0,0", { food: 1 });
  assertTrue(elsewhere.neighbours("7,7") === neighbours && elsewhere.attributes("7,7") === attributes);
});

Deno.test("attributes are merged; undefined takes one away", () => {
  const town = Space.create(TOWN).setAttributes("harbour", { ships: undefined, depth: 12, goods: { fish: [1, -0] } });
  assertEquals(town.attributes("harbour"), { goods: { fish: [1, 0] }, depth: 12 });
  const road = town.connect("harbour", "market", { attributes: { toll: 1 } });
  assertEquals(road.edge("market", "harbour"), { weight: 2, toll: 1 });
  assertEquals(road.connect("market", "harbour", { attributes: { weight: undefined } }).edge("harbour", "market"), {
    toll: 1,
  });
});

Deno.test("nothing that a space hands out can be written to, nor what was put in", () => {
  const goods = ["fish"];
  const town = Space.create(TOWN).setAttributes("mill", { goods });
  goods.push("salt");
  assertEquals(town.attributes("mill").goods, ["fish"]);
  assertTrue(!Object.isFrozen(goods));
  assertThrows(() => (town.attributes("mill").goods as string[]).push("salt"));
  assertThrows(() => (town.neighbours("mill", "alleys") as string[]).push("x"));
  assertThrows(() => (town.locations() as string[]).push("x"));
  assertThrows(() => Object.assign(town.edge("harbour", "market")!, { weight: 0 }));
});

Deno.test("names that are not there are errors with the nearest names", () => {
  const town = Space.create(TOWN).move("ann", "mill");
  const location = failure(() => town.move("ann", "habour"), "unknown_location");
  assertEquals(location.message, "there is no location 'habour'");
  assertMatches(location.hint!, /has\(\).*did you mean 'harbour'\? valid: harbour, market, castle, mill$/);
  const unknown: (() => unknown)[] = [
    () => town.attributes("x"),
    () => town.geometry("x"),
    () => town.neighbours("x"),
    () => town.adjacent("mill", "x"),
    () => town.distance("x", "mill"),
    () => town.path("mill", "x"),
    () => town.cost("x", "x"),
    () => town.within("x", 1),
    () => town.agentsAt("x"),
    () => town.agentsWithin("x", 1),
    () => town.setAttributes("x", {}),
    () => town.connect("mill", "x"),
    () => town.disconnect("x", "mill"),
    () => town.createNetwork("n", { edges: [["mill", "x"]] }),
  ];
  for (const ask of unknown) failure(ask, "unknown_location");
  const net = failure(() => town.neighbours("mill", "rivers"), "unknown_network");
  assertMatches(net.hint!, /createNetwork\(\).*did you mean 'river'\? valid: default, alleys, river$/);
  failure(() => town.removeNetwork("canal"), "unknown_network");
});

Deno.test("of very many locations twelve are named", () => {
  const { hint } = failure(() => Space.create(grid(200, 100)).move("a", "200,0"), "unknown_location");
  assertMatches(hint!, /valid: 0,0, 1,0, .*11,0, … \(20000 in all\)$/);
});

Deno.test("changes that cannot be are errors that say how they can", () => {
  const town = Space.create(TOWN);
  const cases: [body: () => unknown, code: string, hint: RegExp][] = [
    [() => town.connect("mill", "mill"), "self_loop", /two different/],
    [() => town.createNetwork("n", { edges: [["mill", "mill"]] }), "self_loop", /two different/],
    [() => town.createNetwork("river"), "duplicate_network", /another name, or removeNetwork\('river'\)/],
    [() => town.createNetwork("default"), "duplicate_network", /another name/],
    [() => town.createNetwork(""), "bad_network_name", /createNetwork\(name/],
    [() => town.removeNetwork("default"), "protected_network", /disconnect\(\)/],
    [() => town.move("", "mill"), "bad_agent", /move\(agent, location\)/],
    [() => town.setAttributes("mill", { grain: NaN }), "bad_attributes", /finite/],
    [() => town.setAttributes("mill", { grain: new Map() as never }), "bad_attributes", /plain objects/],
    [() => town.setAttributes("mill", [1] as never), "bad_attributes", /names and JSON values/],
    [() => town.connect("mill", "castle", { attributes: { x: (() => 1) as never } }), "bad_attributes", /finite/],
    [() => town.within("mill", -1), "bad_radius", /Infinity/],
    [() => town.withinCost("mill", NaN), "bad_radius", /Infinity/],
    [() => town.visibleFrom("ann", -1), "bad_radius", /Infinity/],
    [() => town.apply([{ kind: "mvoe" } as never]), "bad_change", /did you mean 'move'/],
  ];
  for (const [body, code, hint] of cases) assertMatches(failure(body, code).hint ?? "", hint);
});

Deno.test("apply makes all changes or none, and says which one cannot be made", () => {
  const town = Space.create(TOWN).move("ann", "mill");
  const changes: SpaceChange[] = [
    { kind: "move", agent: "ann", to: "castle" },
    { kind: "move", agent: "bob", to: "castle" },
    { kind: "remove", agent: "bob" },
    { kind: "set_attributes", location: "castle", attributes: { guards: undefined, walls: 4 } },
    { kind: "create_network", name: "air", edges: [["mill", "castle"]], directed: true },
    { kind: "connect", from: "castle", to: "mill", network: "air", attributes: { weight: 3 } },
    { kind: "disconnect", from: "harbour", to: "market" },
    { kind: "remove_network", name: "river" },
  ];
  const changed = town.apply(changes);
  assertEquals([...changed.positions()], [["ann", "castle"]]);
  assertEquals(changed.attributes("castle"), { walls: 4 });
  assertEquals(changed.edges("air").map(({ from, to }) => [from, to]), [["castle", "mill"], ["mill", "castle"]]);
  assertEquals([changed.neighbours("harbour"), changed.networks()], [[], ["default", "air", "alleys"]]);
  const before = JSON.stringify(town);
  const error = failure(() => town.apply([...changes, { kind: "move", agent: "bob", to: "mil" }]), "unknown_location");
  assertEquals(error.message, "changes[8]: there is no location 'mil'");
  assertMatches(error.hint!, /did you mean 'mill'/);
  assertEquals(JSON.stringify(town), before);
});

Deno.test("a map's locations keep their shapes", () => {
  const geometry = { type: "Point", coordinates: [1, 2] };
  const map = Space.create(spatial({
    type: "geojson",
    directed: false,
    locations: [{ id: "north", attributes: {}, geometry }, { id: "south", attributes: {} }],
    edges: edges("north south"),
  }));
  assertEquals(map.topology_type, "regions");
  assertEquals([map.geometry("north"), map.geometry("south")], [geometry, null]);
  assertEquals(map.network("default").attributes, { source: "geojson" });
  assertEquals(map.move("a", "south").visibleFrom("a", 1).geometry("north"), geometry);
});

Deno.test("ten thousand agents can move one by one", () => {
  let space = Space.create(grid(100, 100));
  const places = space.locations();
  for (let i = 0; i < 10_000; i++) space = space.move(`agent_${i}`, places[i]!);
  // Were all positions copied for each move, this would take half a minute.
  for (let i = 0; i < 10_000; i++) space = space.move(`agent_${i}`, places[(i * 7919) % 10_000]!);
  assertEquals(space.agentsAt(places[7919]!), ["agent_1"]);
});
