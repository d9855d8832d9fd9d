import { assertEquals, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { SimError } from "../issue.ts";
import { loadGraphs } from "./graphs.ts";
import { Space } from "./space.ts";
import { edges, layer, network, spatial } from "./testing.ts";

await loadGraphs();

/** A street of six houses; a tunnel leads from its first house to its last but one. */
const STREET = network("h0 h1 h2 h3 h4 h5", edges("h0 h1", "h1 h2", "h2 h3", "h3 h4", "h4 h5"), {
  attributes: Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`h${i}`, { note: `note-${i}` }])),
  additional_networks: [
    layer("tunnel", [{ from: "h0", to: "h4", attributes: { note: "dug-04" } }]),
    layer("wires", edges("h1 h2", "h2 h4", "h4 h5"), { directed: true }),
  ],
});

const inhabited = () =>
  [0, 1, 2, 3, 4, 5].reduce((space, i) => space.move(`p${i}`, `h${i}`), Space.create(STREET)).move("guest", "h1");

Deno.test("an agent sees the locations within the radius, who is there, and what connects them", () => {
  const seen = inhabited().visibleFrom("p1", 1);
  assertEquals(seen.locations(), ["h0", "h1", "h2"]);
  assertEquals([...seen.positions()], [["p0", "h0"], ["p1", "h1"], ["p2", "h2"], ["guest", "h1"]]);
  assertEquals(seen.neighbours("h2"), ["h1"]);
  assertEquals(seen.edges(), edges("h0 h1", "h1 h2"));
  assertEquals(seen.networks(), ["default", "tunnel", "wires"]);
  assertEquals(seen.edges("tunnel"), []);
  assertEquals(seen.edges("wires"), edges("h1 h2"));
  assertEquals([seen.distance("h0", "h2"), seen.path("h0", "h2")], [2, ["h0", "h1", "h2"]]);
  assertEquals(seen.attributes("h0"), { note: "note-0" });
});

Deno.test("what is out of sight is as if it were not there", () => {
  const seen = inhabited().visibleFrom("p1", 1);
  assertEquals([seen.has("h3"), seen.position("p3")], [false, undefined]);
  const error = assertThrows(() => seen.attributes("h3"), "unknown_location") as SimError;
  assertTrue(!error.hint!.includes("h4"), error.hint);
  assertEquals(seen.toJSON(), {
    topology_type: "network",
    agent_positions: { p0: "h0", p1: "h1", p2: "h2", guest: "h1" },
    locations: {
      h0: { attributes: { note: "note-0" } },
      h1: { attributes: { note: "note-1" } },
      h2: { attributes: { note: "note-2" } },
    },
    networks: {
      default: { directed: false, attributes: {}, edges: edges("h0 h1", "h1 h2") },
      tunnel: { directed: false, attributes: {}, edges: [] },
      wires: { directed: true, attributes: {}, edges: edges("h1 h2") },
    },
    removed_networks: [],
  });
});

Deno.test("an agent without a place sees nobody and no location", () => {
  const seen = inhabited().visibleFrom("nobody", 3);
  assertEquals([seen.locations(), [...seen.positions()], seen.networks()], [[], [], ["default", "tunnel", "wires"]]);
  assertEquals([seen.edges(), seen.toJSON().locations], [[], {}]);
});

Deno.test("the radius counts hops of the network default, along directed edges", () => {
  const oneWay = network("a b c", edges("a b", "c a"), {
    directed: true,
    additional_networks: [layer("air", edges("a c"))],
  });
  const space = Space.create(oneWay).move("x", "a");
  assertEquals(space.visibleFrom("x", 1).locations(), ["a", "b"]);
  assertEquals(space.visibleFrom("x", 0).locations(), ["a"]);
  assertEquals(space.visibleFrom("x", Infinity).locations(), ["a", "b"]);
});

Deno.test("what is seen follows what has changed since", () => {
  const before = inhabited();
  assertEquals(before.visibleFrom("p0", 1).locations(), ["h0", "h1"]);
  const after = before.disconnect("h0", "h1").connect("h0", "h5").setAttributes("h5", { note: "new" }).move("p3", "h5");
  const seen = after.visibleFrom("p0", 1);
  assertEquals([seen.locations(), seen.agentsAt("h5")], [["h0", "h5"], ["p3", "p5"]]);
  assertEquals(seen.attributes("h5"), { note: "new" });
  assertEquals(before.visibleFrom("p0", 1).locations(), ["h0", "h1"]);
});

Deno.test("what is seen can be seen from, restricted and changed like any space", () => {
  const seen = inhabited().visibleFrom("p1", 1);
  assertEquals(seen.visibleFrom("p0", 1).locations(), ["h0", "h1"]);
  assertEquals([...seen.restrictedTo(new Set(["p1", "p5"])).positions().keys()], ["p1"]);
  assertEquals(seen.move("p0", "h2").agentsAt("h2"), ["p0", "p2"]);
  assertEquals(seen.setAttributes("h0", { lamp: 1 }).toJSON().locations.h0, {
    attributes: { note: "note-0", lamp: 1 },
  });
});

Deno.test("restrictedTo keeps the positions of some agents and all locations", () => {
  const space = inhabited().restrictedTo(new Set(["guest", "p4", "stranger"]));
  assertEquals([...space.positions()], [["p4", "h4"], ["guest", "h1"]]);
  assertEquals([space.position("p1"), space.agentsAt("h1"), space.agentsWithin("h1", 9)], [
    undefined,
    ["guest"],
    ["p4", "guest"],
  ]);
  assertEquals(space.locations().length, 6);
  assertTrue(!JSON.stringify(space).includes("p1"));
});

/** All texts that can be reached from a value: by properties, prototypes, iteration, and every method of a space. */
function reachable(space: Space): string {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Map || value instanceof Set) [...value].forEach(visit);
    if (value === Object.prototype || value === Function.prototype) return;
    for (const key of Reflect.ownKeys(value)) {
      texts.push(String(key));
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      if ("value" in property) visit(property.value);
    }
    visit(Object.getPrototypeOf(value));
  };
  visit(space);
  texts.push(JSON.stringify(space), Deno.inspect(space, { depth: 99, showHidden: true }));
  visit([space.locations(), space.networks(), space.positions(), space.topology_type, space.toJSON()]);
  visit(space.locationsWhere(() => true));
  for (const name of space.networks()) {
    visit([space.network(name), space.edges(name)]);
    for (const a of space.locations()) {
      visit([space.attributes(a), space.geometry(a), space.neighbours(a, name), space.within(a, Infinity, name)]);
      visit([
        space.withinCost(a, Infinity, { network: name }),
        space.agentsAt(a),
        space.agentsWithin(a, Infinity, name),
      ]);
      for (const b of space.locations()) visit([space.path(a, b, { network: name }), space.edge(a, b, name)]);
    }
  }
  for (
    const body of [
      () => space.neighbours("?"),
      () => space.edges("?"),
      () => space.apply([{ kind: "move", agent: "?", to: "?" }]),
    ]
  ) {
    try {
      body();
    } catch (error) {
      visit([(error as SimError).message, (error as SimError).hint, (error as SimError).issues]);
    }
  }
  return texts.join("\n");
}

Deno.test("property: nothing beyond the radius can be reached from what an agent sees", () => {
  const count = 12;
  const end = fc.nat(count - 1);
  const pair = fc.tuple(end, end);
  const ids = Array.from({ length: count }, (_, i) => `<place ${i}>`);
  const listed = (pairs: [number, number][]) =>
    pairs.filter(([a, b]) => a !== b).map(([a, b]) => ({
      from: ids[a]!,
      to: ids[b]!,
      attributes: { note: `<edge ${a}><edge ${b}>` },
    }));
  const declared = fc.record({
    roads: fc.array(pair, { maxLength: 20 }),
    others: fc.array(pair, { maxLength: 10 }),
    directed: fc.boolean(),
    agents: fc.array(end, { minLength: 1, maxLength: 8 }),
    radius: fc.nat(3),
  });
  fc.assert(
    fc.property(declared, ({ roads, others, directed, agents, radius }) => {
      const space = agents.reduce(
        (space, place, i) => space.move(`<agent ${i}>`, ids[place]!),
        Space.create(spatial({
          type: "network",
          directed,
          locations: ids.map((id, i) => ({
            id,
            attributes: { note: `<note ${i}>` },
            geometry: { shape: `<shape ${i}>` },
          })),
          edges: listed(roads),
        }, { additional_networks: [layer("others", listed(others))] })),
      );
      const near = space.within(ids[agents[0]!]!, radius);
      const text = reachable(space.visibleFrom("<agent 0>", radius));
      for (const [i, id] of ids.entries()) {
        const shown = near.has(id);
        assertEquals(text.includes(id), shown, `${id} within ${radius}`);
        assertEquals([text.includes(`<note ${i}>`), text.includes(`<shape ${i}>`)], [shown, shown]);
        if (!shown) assertTrue(!text.includes(`<edge ${i}>`), `an edge of ${id}`);
      }
      for (const [i, place] of agents.entries()) {
        assertEquals(text.includes(`<agent ${i}>`), near.has(ids[place]!), `agent ${i}`);
      }
    }),
    { numRuns: 100 },
  );
});
