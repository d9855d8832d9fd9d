import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { Json } from "../json.ts";
import type { SpaceChange } from "./change.ts";
import { loadGraphs } from "./graphs.ts";
import { Space } from "./space.ts";
import { edges, grid, hex, layer, network } from "./testing.ts";
import type { ResolvedSpatial } from "./topology.ts";

await loadGraphs();

const TOWN = network("harbour market castle", edges("harbour market 2", "market castle"), {
  attributes: { harbour: { ships: 3 } },
  additional_networks: [
    layer("river", edges("castle harbour"), { directed: true, attributes: { depth: 3 } }),
    layer("alleys", edges("castle market")),
  ],
});

const reread = (space: Space, spatial: ResolvedSpatial) => Space.fromJSON(JSON.parse(JSON.stringify(space)), spatial);

Deno.test("JSON holds positions, and of the rest only what the scenario does not say", () => {
  const town = Space.create(TOWN);
  const nothing = { locations: {}, networks: {}, removed_networks: [] };
  assertEquals(JSON.parse(JSON.stringify(town)), { topology_type: "network", agent_positions: {}, ...nothing });
  const changed = town.move("zoe", "castle").move("ann", "market")
    .setAttributes("market", { stalls: 4 })
    .setAttributes("harbour", { ships: 2 })
    .connect("harbour", "castle")
    .createNetwork("air", { directed: true, edges: [["market", "harbour", { weight: 1 }]], attributes: { height: 9 } })
    .removeNetwork("river");
  assertEquals(JSON.parse(JSON.stringify(changed)), {
    topology_type: "network",
    agent_positions: { zoe: "castle", ann: "market" },
    locations: { harbour: { attributes: { ships: 2 } }, market: { attributes: { stalls: 4 } } },
    networks: {
      default: { directed: false, attributes: {}, edges: edges("harbour market 2", "harbour castle", "market castle") },
      air: { directed: true, attributes: { height: 9 }, edges: edges("market harbour 1") },
    },
    removed_networks: ["river"],
  });
});

Deno.test("what is again as the scenario says is not listed", () => {
  const town = Space.create(TOWN).setAttributes("harbour", { ships: 1, fog: true });
  assertEquals(town.setAttributes("harbour", { fog: undefined, ships: 3 }).toJSON().locations, {});
});

Deno.test("a network that was removed and made again is listed as changed, not as removed", () => {
  const town = Space.create(TOWN).removeNetwork("river").createNetwork("river", { edges: [["castle", "market"]] });
  assertEquals([Object.keys(town.toJSON().networks), town.toJSON().removed_networks], [["river"], []]);
  assertEquals(reread(town, TOWN).edges("river"), edges("market castle"));
});

Deno.test("connections of a grid, whose names hold commas, are read back", () => {
  const declared = grid(3, 3);
  const space = Space.create(declared).connect("0,0", "2,2", { attributes: { kind: "bridge" } }).move("a", "2,2");
  const again = reread(space, declared);
  assertEquals(again.edge("2,2", "0,0"), { kind: "bridge" });
  assertEquals([again.distance("0,0", "2,2"), again.position("a")], [1, "2,2"]);
});

const AGENTS = ["ann", "bob", "7", "12", "0"];
const NETWORKS = ["default", "river", "air", "3"];

/** A change that may or may not be possible. */
function changeOf(locations: readonly string[]): fc.Arbitrary<SpaceChange> {
  const location = fc.constantFrom(...locations);
  const name = fc.constantFrom(...NETWORKS);
  const agent = fc.constantFrom(...AGENTS);
  const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json>, fc.constant(undefined));
  const attributes = fc.dictionary(fc.constantFrom("a", "1", "weight", "b c"), value, { maxKeys: 2 });
  const edge = fc.record({ from: location, to: location });
  return fc.oneof(
    fc.record({ kind: fc.constant("move" as const), agent, to: location }),
    fc.record({ kind: fc.constant("remove" as const), agent }),
    fc.record({ kind: fc.constant("set_attributes" as const), location, attributes }),
    fc.record({ kind: fc.constant("connect" as const), from: location, to: location, network: name, attributes }),
    fc.record({ kind: fc.constant("disconnect" as const), from: location, to: location, network: name }),
    fc.record({ kind: fc.constant("create_network" as const), name, directed: fc.boolean(), edges: fc.array(edge) }),
    fc.record({ kind: fc.constant("remove_network" as const), name }),
  );
}

/** Everything that queries say. */
function described(space: Space): unknown {
  const locations = space.locations();
  return {
    type: space.topology_type,
    locations,
    attributes: locations.map((id) => space.attributes(id)),
    positions: [...space.positions()],
    agents: locations.map((id) => space.agentsAt(id)),
    networks: space.networks().map((name) => ({
      name,
      ...space.network(name),
      edges: space.edges(name),
      neighbours: locations.map((id) => space.neighbours(id, name)),
      hops: locations.map((id) => [...space.within(id, 2, name)]),
      far: locations.map((id) => space.path(locations[0]!, id, { network: name, weight: null })),
    })),
  };
}

for (const [kind, declared] of Object.entries({ grid: grid(3, 2), hexagon: hex(1), network: TOWN })) {
  Deno.test(`property: fromJSON(JSON.parse(JSON.stringify(space))) is the same space: ${kind}`, () => {
    const change = changeOf(Space.create(declared).locations());
    fc.assert(fc.property(fc.array(change, { maxLength: 25 }), fc.array(change, { maxLength: 5 }), (changes, later) => {
      const made = (space: Space, changes: readonly SpaceChange[]) =>
        changes.reduce((space, change) => {
          try {
            return space.apply([change]);
          } catch {
            return space;
          }
        }, space);
      const space = made(Space.create(declared), changes);
      const again = reread(space, declared);
      assertEquals(described(again), described(space));
      assertEquals(JSON.stringify(again), JSON.stringify(space));
      // What happens afterwards must not show which of the two it happened to.
      assertEquals(JSON.stringify(made(again, later)), JSON.stringify(made(space, later)));
    }));
  });
}

/** A grid of 3 × 2 as llm-sim wrote it. */
const LEGACY = {
  topology_type: "grid",
  agent_positions: { ann: "0,0", bob: "2,1" },
  locations: Object.fromEntries(
    ["0,0", "0,1", "1,0", "1,1", "2,0", "2,1"].map((id) => [id, { id, attributes: {}, metadata: {} }]),
  ),
  connections: {},
  networks: {
    default: {
      name: "default",
      edges: [["0,0", "0,1"], ["0,0", "1,0"], ["0,1", "1,1"], ["1,0", "1,1"], ["1,0", "2,0"], ["1,1", "2,1"], [
        "2,0",
        "2,1",
      ]],
      attributes: { connectivity: 4, wrapping: false },
    },
  },
};

Deno.test("the space that llm-sim wrote is read, and what is as declared is not listed as changed", () => {
  const space = Space.fromJSON(LEGACY, grid(3, 2));
  assertEquals([...space.positions()], [["ann", "0,0"], ["bob", "2,1"]]);
  assertEquals([space.toJSON().locations, space.toJSON().networks], [{}, {}]);
});

Deno.test("attributes, networks and connections of llm-sim's spaces are kept", () => {
  const space = Space.fromJSON({
    ...LEGACY,
    locations: { ...LEGACY.locations, "1,1": { id: "1,1", attributes: { food: 2 }, metadata: {} } },
    networks: {
      default: { ...LEGACY.networks.default, edges: [...LEGACY.networks.default.edges, ["0,0", "2,1"]] },
      rail: { name: "rail", edges: [["0,0", "2,0"]], attributes: { gauge: 1435 } },
    },
    connections: {
      "0,0,2,1": { type: "bridge", attributes: { weight: 2 }, bidirectional: true },
      "2,0,0,0": { type: "", attributes: { speed: 90 }, bidirectional: true },
    },
  }, grid(3, 2));
  assertEquals(space.attributes("1,1"), { food: 2 });
  assertEquals(space.edge("2,1", "0,0"), { type: "bridge", weight: 2 });
  assertEquals([space.network("rail").attributes, space.edge("0,0", "2,0", "rail")], [{ gauge: 1435 }, { speed: 90 }]);
  assertEquals(reread(space, grid(3, 2)).toJSON(), space.toJSON());
});

Deno.test("a connection of llm-sim that can be read in two ways is the one that is an edge", () => {
  const declared = {
    ...network("x", [], {}),
    topology: {
      type: "network" as const,
      directed: false,
      locations: ["a", "a,b", "b,c", "c"].map((id) => ({ id, attributes: {} })),
      edges: edges("a b,c", "a,b c").slice(1),
    },
  };
  const { locations, edges: listed } = declared.topology;
  const space = Space.fromJSON({
    topology_type: "network",
    agent_positions: {},
    locations: Object.fromEntries(locations.map(({ id }) => [id, { attributes: {} }])),
    networks: { default: { name: "default", edges: listed.map(({ from, to }) => [from, to]), attributes: {} } },
    connections: { "a,b,c": { type: "road", attributes: {} } },
  }, declared);
  assertEquals(space.edge("a,b", "c"), { type: "road" });
});

Deno.test("what is no space of this scenario is refused with the place", () => {
  const good = Space.create(TOWN).move("ann", "market").toJSON() as unknown as { [key: string]: Json };
  const bad: [json: Json, message: RegExp][] = [
    [null, /^spatial_state: /],
    [{ ...good, topology_type: "grid" }, /^spatial_state\.topology_type: it is 'grid', and the scenario .* 'network'$/],
    [{ ...good, agent_positions: { ann: "x" } }, /^spatial_state\.agent_positions\.ann: there is no location 'x'$/],
    [{ ...good, agent_positions: { ann: 5 } }, /^spatial_state\.agent_positions\.ann: .*string/],
    [{ ...good, locations: { x: { attributes: {} } } }, /^spatial_state\.locations\.x: there is no location 'x'$/],
    [{ ...good, locations: { market: { attributes: [1] } } }, /^spatial_state\.locations\.market\.attributes: /],
    [
      { ...good, networks: { air: { directed: false, attributes: {}, edges: [{ from: "market", to: "x" }] } } },
      /^spatial_state\.networks\.air\.edges\[0\]: there is no location 'x'$/,
    ],
    [
      { ...good, networks: { air: { directed: false, attributes: {}, edges: [["market", "market"]] } } },
      /^spatial_state\.networks\.air: .* cannot connect 'market' with itself$/,
    ],
    [{ ...good, removed_networks: ["default"] }, /^spatial_state\.removed_networks\[0\]: 'default' is no network/],
    [
      { ...LEGACY, topology_type: "network" },
      /^spatial_state\.networks\.default\.edges\[0\]: there is no location '0,0'$/,
    ],
  ];
  for (const [json, message] of bad) {
    assertMatches(assertThrows(() => Space.fromJSON(json, TOWN), "bad_space").message, message);
  }
  const connection = { ...LEGACY, connections: { "0,0,9,9": { type: "", attributes: {} } } };
  assertMatches(
    assertThrows(() => Space.fromJSON(connection, grid(3, 2)), "bad_space").message,
    /^spatial_state\.connections\.0,0,9,9: '0,0,9,9' names no two locations$/,
  );
  assertTrue(Space.fromJSON(good, TOWN).position("ann") === "market");
});
