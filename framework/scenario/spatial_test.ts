import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { formatIssue } from "../issue.ts";
import type { NetworkTopology, ResolvedSpatial } from "../space/mod.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { errorsOf, load, marked, scenarioText } from "./testing.ts";

const NOBODY = "agents: [{ name: A, type: nation, count: 1 }]";
const section = (flow: string) => scenarioText({ agents: NOBODY }, `spatial: { ${flow} }`);
const topology = (flow: string) => section(`topology: { ${flow} }`);

/** The section of a scenario that loads without any finding. */
async function spatialOf(text: string, files: { readonly [name: string]: string } = {}): Promise<ResolvedSpatial> {
  const { scenario, issues } = await load(text, {}, files);
  assertEquals(issues.map(formatIssue), []);
  return scenario!.spatial!;
}

async function networkOf(flow: string, files: { readonly [name: string]: string } = {}): Promise<NetworkTopology> {
  return (await spatialOf(topology(`type: network, ${flow}`), files)).topology as NetworkTopology;
}

Deno.test("without a section there is no space", async () => {
  assertEquals((await load(scenarioText())).scenario!.spatial, null);
});

Deno.test("grids and hexagons are read with their defaults", async () => {
  assertEquals(await spatialOf(topology("type: grid, width: 3, height: 2")), {
    topology: { type: "grid", width: 3, height: 2, connectivity: 4, wrapping: false },
    proximity_radius: null,
    location_attributes: {},
    additional_networks: [],
  });
  assertEquals((await spatialOf(topology("type: hex_grid, radius: 0, coord_system: axial"))).topology, {
    type: "hex_grid",
    radius: 0,
    coord_system: "axial",
  });
});

Deno.test("a radius, attributes of locations and further networks are read", async () => {
  const spatial = await spatialOf(section([
    "topology: { type: grid, width: 2, height: 2 }",
    "proximity_radius: 0",
    'location_attributes: { "0,1": { food: 3, kinds: [a, b] } }',
    'additional_networks: [{ name: rail, edges: [["0,0", "1,1", 4]], directed: true, attributes: { gauge: 1435 } }, { name: air, edges: [] }]',
  ].join(", ")));
  assertEquals(spatial.proximity_radius, 0);
  assertEquals(spatial.location_attributes, { "0,1": { food: 3, kinds: ["a", "b"] } });
  assertEquals(spatial.additional_networks, [
    {
      name: "rail",
      directed: true,
      edges: [{ from: "0,0", to: "1,1", attributes: { weight: 4 } }],
      attributes: { gauge: 1435 },
    },
    { name: "air", directed: false, edges: [], attributes: {} },
  ]);
});

Deno.test("a network file of llm-sim is read", async () => {
  const file = JSON.stringify({
    nodes: ["harbour", "market", "castle"],
    edges: [["harbour", "market"], ["market", "castle"]],
    attributes: { harbour: { ships: 3 } },
  });
  assertEquals(await networkOf("edges_file: town.json", { "town.json": file }), {
    type: "network",
    directed: false,
    locations: [
      { id: "harbour", attributes: { ships: 3 } },
      { id: "market", attributes: {} },
      { id: "castle", attributes: {} },
    ],
    edges: [
      { from: "harbour", to: "market", attributes: {} },
      { from: "market", to: "castle", attributes: {} },
    ],
  });
});

Deno.test("nodes and edges may stand in the scenario, in every form", async () => {
  const { locations, edges, directed } = await networkOf(
    "directed: true, nodes: [a, { id: b, depth: 2 }, { name: c, attributes: { depth: 3 }, wet: true }, 4, { id: 5, name: five }], " +
      "edges: [[a, b], [b, c, 2.5], [c, a, { speed: 9 }], { from: a, to: 4, weight: 1 }, { source: 4, target: 5, attributes: { speed: 1 }, kind: road }]",
  );
  assertEquals(locations, [
    { id: "a", attributes: {} },
    { id: "b", attributes: { depth: 2 } },
    { id: "c", attributes: { wet: true, depth: 3 } },
    { id: "4", attributes: {} },
    { id: "5", attributes: { name: "five" } },
  ]);
  assertEquals(edges, [
    { from: "a", to: "b", attributes: {} },
    { from: "b", to: "c", attributes: { weight: 2.5 } },
    { from: "c", to: "a", attributes: { speed: 9 } },
    { from: "a", to: "4", attributes: { weight: 1 } },
    { from: "4", to: "5", attributes: { kind: "road", speed: 1 } },
  ]);
  assertEquals(directed, true);
});

Deno.test("nodes that are not listed are the ends of the edges, in the order in which they come", async () => {
  const { locations } = await networkOf("edges: [[c, a], [a, b]]");
  assertEquals(locations.map(({ id }) => id), ["c", "a", "b"]);
});

Deno.test("an edge that is listed both ways counts once; directed ones are two", async () => {
  assertEquals((await networkOf("nodes: [a, b], edges: [[a, b], [b, a], [a, b]]")).edges.length, 1);
  assertEquals((await networkOf("nodes: [a, b], edges: [[a, b], [b, a]], directed: true")).edges.length, 2);
});

Deno.test("nodes may stand in the scenario and edges in a file; what the scenario says counts more", async () => {
  const files = { "e.json": '\uFEFF{"edges": [[1, 2, 7]], "directed": true, "attributes": {"1": {"x": 1, "y": 1}}}' };
  const network = await networkOf(
    "nodes: [1, 2], edges_file: e.json, directed: false, attributes: { 1: { x: 2 } }",
    files,
  );
  assertEquals(network, {
    type: "network",
    directed: false,
    locations: [{ id: "1", attributes: { x: 2, y: 1 } }, { id: "2", attributes: {} }],
    edges: [{ from: "1", to: "2", attributes: { weight: 7 } }],
  });
});

Deno.test("names of locations may hold commas, blanks and dots", async () => {
  const { locations, edges } = await networkOf(
    'nodes: ["a,b", "a", "b, c", "x.y"], edges: [["a,b", "b, c"], [a, x.y], [a, "a,b"]]',
  );
  assertEquals(locations.length, 4);
  assertEquals(edges[0], { from: "a,b", to: "b, c", attributes: {} });
});

Deno.test("the files that a space refers to are kept", async () => {
  const text = section(
    "topology: { type: grid, width: 2, height: 1 }, additional_networks: [{ name: n, edges_file: n.json }]",
  );
  const { files } = await load(text, {}, { "n.json": '{"edges": [["0,0", "1,0"]]}' });
  assertEquals(Object.keys(files), ["n.json"]);
});

Deno.test("a space may be set where a file has none, and its file is found beside the scenario", async () => {
  const reads: string[] = [];
  const { scenario, issues } = await load(scenarioText({ agents: NOBODY }), {
    set: [{ path: "spatial", value: { topology: { type: "network", edges_file: "e.json" } }, from: "--set" }],
    readFile: (reference, from) => {
      reads.push(`${reference} of ${from}`);
      return Promise.resolve({ file: reference, text: '{"nodes": ["a"], "edges": []}' });
    },
  });
  assertEquals(issues.map(formatIssue), []);
  assertEquals(reads, ["e.json of demo.yaml"]);
  assertEquals((scenario!.spatial!.topology as NetworkTopology).locations.length, 1);
});

Deno.test("space and observability are read together", async () => {
  const { scenario, issues } = await load(scenarioText(
    { agents: 'agents: [{ name: A, type: nation, initial_location: "0,0" }]' },
    "spatial: { topology: { type: grid, width: 2, height: 2 }, proximity_radius: 1 }\n" +
      "observability: { enabled: true, variable_visibility: { external: [wealth, mood, inflation, total_economic_value], internal: [] }, default: { level: external, noise: 0 } }",
  ));
  assertEquals(issues.map(formatIssue), []);
  assertEquals([scenario!.spatial!.proximity_radius, scenario!.observability!.default.level], [1, "external"]);
});

interface Fault {
  readonly name: string;
  /** The text, with « where the issue must point. */
  readonly text: string;
  readonly code: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
  readonly files?: { readonly [name: string]: string };
}

const inFile = (json: unknown, more = "") => ({
  text: topology(`type: network, edges_file: «town.json${more}`),
  files: { "town.json": typeof json === "string" ? json : JSON.stringify(json) },
});
const net = (flow: string) => topology(`type: network, ${flow}`);
const gridWith = (flow: string) => section(`topology: { type: grid, width: 2, height: 2 }, ${flow}`);

const FAULTS: readonly Fault[] = [
  {
    name: "no columns",
    text: topology("type: grid, width: «0, height: 2"),
    code: "invalid_value",
    message: /^spatial\.topology\.width must be an integer ≥ 1, not 0$/,
  },
  {
    name: "six neighbours",
    text: topology("type: grid, width: 2, height: 2, connectivity: «6"),
    code: "invalid_value",
    message: /connectivity must be one of 4, 8, not 6$/,
  },
  {
    name: "an unknown topology",
    text: topology("type: «hexagon, radius: 2"),
    code: "invalid_value",
    message: /one of grid, hex_grid, network, geojson/,
  },
  {
    name: "other coordinates",
    text: topology("type: hex_grid, radius: 2, coord_system: «offset"),
    code: "invalid_value",
    message: /coord_system must be axial, not 'offset'/,
  },
  {
    name: "no topology",
    text: scenarioText({ agents: NOBODY }, "«spatial: { proximity_radius: 2 }"),
    code: "missing_key",
    message: /^spatial\.topology is missing$/,
  },
  {
    name: "a radius below zero",
    text: gridWith("proximity_radius: «-1"),
    code: "invalid_value",
    message: /^spatial\.proximity_radius must be an integer ≥ 0, not -1$/,
  },
  {
    name: "a grid that is too large",
    text: section("«topology: { type: grid, width: 501, height: 500 }"),
    code: "too_many_locations",
    message: /^the space has 250500 locations; at most 250000 are allowed$/,
  },
  {
    name: "a hexagon that is too large",
    text: section("«topology: { type: hex_grid, radius: 289 }"),
    code: "too_many_locations",
    message: /^the space has 251431 locations; at most 250000/,
  },
  {
    name: "attributes of an unknown location",
    text: gridWith('location_attributes: { «"0,2": { food: 1 } }'),
    code: "unknown_location",
    message: /^spatial\.location_attributes\.0,2: there is no location '0,2'$/,
    hint: /^did you mean '0,0'\? valid: 0,0, 1,0, 0,1, 1,1$/,
  },
  {
    name: "attributes that are no map",
    text: gridWith('location_attributes: { "0,0": «5 }'),
    code: "invalid_value",
    message: /location_attributes\.0,0 must be a map, not 5/,
  },
  // nodes
  {
    name: "a node that comes twice",
    text: net("nodes: [a, b, «a], edges: []"),
    code: "duplicate_location",
    message: /^spatial\.topology\.nodes\[2\]: the location 'a' is listed twice, first as nodes\[0\]$/,
  },
  {
    name: "a node without a name",
    text: net("nodes: [a, «{ depth: 3 }], edges: []"),
    code: "missing_key",
    message: /^spatial\.topology\.nodes\[1\]: it has no id$/,
    hint: /\{ id: harbour, depth: 12 \}/,
  },
  {
    name: "a node with an empty name",
    text: net('nodes: [a, «""], edges: []'),
    code: "bad_name",
    message: /nodes\[1\]: a name has 1 to 100 characters, not 0$/,
  },
  {
    name: "a node with a control character",
    text: net('nodes: [{ id: «"a\\e[2J" }], edges: []'),
    code: "bad_name",
    message: /nodes\[0\]\.id: a name holds no control characters$/,
  },
  {
    name: "a node that is no name",
    text: net("nodes: [«true], edges: []"),
    code: "invalid_value",
    message: /nodes\[0\] must be /,
  },
  {
    name: "an attribute that is given twice",
    text: net("nodes: [«{ id: a, depth: 1, attributes: { depth: 2 } }], edges: []"),
    code: "duplicate_setting",
    message: /nodes\[0\]: depth and attributes\.depth say the same thing$/,
  },
  {
    name: "no nodes",
    text: section("«topology: { type: network, nodes: [], edges: [] }"),
    code: "no_locations",
    message: /^the space has no locations$/,
  },
  {
    name: "nodes without edges",
    text: section("«topology: { type: network, nodes: [a, b] }"),
    code: "missing_key",
    message: /^spatial\.topology: there are no 'edges'$/,
    hint: /edges: \[\] for none/,
  },
  {
    name: "attributes of an unknown node",
    text: net("nodes: [harbour], edges: [], attributes: { «habour: { ships: 1 } }"),
    code: "unknown_location",
    message: /^spatial\.topology\.attributes\.habour: there is no location 'habour'$/,
    hint: /did you mean 'harbour'/,
  },
  // edges
  {
    name: "an edge to an unknown node",
    text: net("nodes: [harbour, market], edges: [[harbour, market], «[harbour, markt]]"),
    code: "unknown_location",
    message: /^spatial\.topology\.edges\[1\]: there is no location 'markt'$/,
    hint: /^did you mean 'market'\? valid: harbour, market$/,
  },
  {
    name: "an edge from a node to itself",
    text: net("nodes: [a], edges: [«[a, a]]"),
    code: "self_loop",
    message: /^spatial\.topology\.edges\[0\]: 'a' is connected with itself$/,
  },
  {
    name: "an edge with one end",
    text: net("nodes: [a, b], edges: [«[a]]"),
    code: "invalid_value",
    message: /edges\[0\]/,
  },
  {
    name: "an edge map without an end",
    text: net("nodes: [a, b], edges: [«{ from: a, too: b }]"),
    code: "missing_key",
    message: /edges\[0\]: it has no 'to'$/,
    hint: /from and to \(or source and target\)/,
  },
  {
    name: "an edge that comes twice with different attributes",
    text: net("nodes: [a, b], edges: [[a, b, 1], «[b, a, 2]]"),
    code: "duplicate_edge",
    message: /edges\[1\]: the edge 'b' – 'a' is edges\[0\] too, with other attributes$/,
  },
  {
    name: "edges in the scenario and in its file",
    text: net("edges_file: town.json, edges: «[[a, b]]").replace("edges: «", "«edges: "),
    files: { "town.json": '{"nodes": ["a", "b"], "edges": []}' },
    code: "duplicate_setting",
    message: /^spatial\.topology\.edges: the file of edges_file has 'edges' too$/,
  },
  // files
  {
    name: "a file that is not there",
    text: net("edges_file: «nowhere.json"),
    code: "file_not_found",
    message: /nowhere\.json/,
  },
  {
    name: "a file that is no JSON",
    ...inFile('{"nodes": ["a",]}'),
    code: "bad_json",
    message: /^town\.json:1:16: it is not JSON: "\]" cannot stand here$/,
    hint: /comma/,
  },
  {
    name: "a file that is a list",
    ...inFile([1, 2]),
    code: "bad_json",
    message: /^town\.json: it must hold a map, not a list of 2$/,
  },
  {
    name: "a file that is nested very deep",
    ...inFile(`{"edges": ${"[".repeat(40)}${"]".repeat(40)}}`),
    code: "bad_json",
    message: /^town\.json: it is nested more than 32 deep$/,
  },
  {
    name: "an infinite number in a file",
    ...inFile('{"nodes": ["a", "b"], "edges": [["a", "b", 1e999]]}'),
    code: "bad_json",
    message: /^town\.json: it is not finite: Infinity$/,
  },
  {
    name: "an unknown node in a file",
    ...inFile({ nodes: ["harbour", "b"], edges: [["b", "harbour"], ["habour", "b"]] }),
    code: "unknown_location",
    message: /^town\.json: edges\[1\]: there is no location 'habour'$/,
    hint: /did you mean 'harbour'/,
  },
  {
    name: "a file without edges",
    ...inFile({ nodes: ["a"] }),
    code: "missing_key",
    message: /^town\.json: there are no 'edges'$/,
  },
  {
    name: "nodes of a file that are no list",
    ...inFile({ nodes: { a: 1 }, edges: [] }),
    code: "invalid_value",
    message: /^town\.json: nodes: must be a list, not a map$/,
  },
  {
    name: "an edge of three ends in a file",
    ...inFile({ nodes: ["a", "b"], edges: [["a", "b", "c"]] }),
    code: "bad_edge",
    message: /^town\.json: edges\[0\]\[2\]: behind the ends stands a weight or a map, not 'c'$/,
  },
  {
    name: "an edge of four entries in a file",
    ...inFile({ nodes: ["a", "b"], edges: [["a", "b", 1, {}]] }),
    code: "bad_edge",
    message: /^town\.json: edges\[0\]: an edge has two ends, not 4 entries$/,
    hint: /\[a, b, weight\]/,
  },
  {
    name: "a text for an edge in a file",
    ...inFile({ nodes: ["a", "b"], edges: ["ab"] }),
    code: "bad_edge",
    message: /^town\.json: edges\[0\]: 'ab' is no edge$/,
  },
  {
    name: "a direction of a file that is no truth value",
    ...inFile({ nodes: ["a", "b"], edges: [["a", "b"]], directed: "yes" }),
    code: "invalid_value",
    message: /^town\.json: directed: must be true or false$/,
  },
  {
    name: "too many edges in a file",
    ...inFile({ nodes: ["a", "b"], edges: new Array(SCENARIO_LIMITS.edges + 1).fill(0) }),
    code: "too_many_edges",
    message: /^town\.json: edges: there are 1000001 edges; a network has at most 1000000$/,
  },
  // further networks
  {
    name: "a network that is called default",
    text: gridWith("additional_networks: [{ name: «default, edges: [] }]"),
    code: "duplicate_network",
    message: /^spatial\.additional_networks\[0\]\.name: the topology's own network has the name 'default'$/,
  },
  {
    name: "two networks of one name",
    text: gridWith("additional_networks: [{ name: rail, edges: [] }, { name: «rail, edges: [] }]"),
    code: "duplicate_network",
    message: /^spatial\.additional_networks\[1\]\.name: another network has the name 'rail'$/,
  },
  {
    name: "a network without edges",
    text: gridWith("additional_networks: [«{ name: rail }]"),
    code: "missing_key",
    message: /^spatial\.additional_networks\[0\]: there are no 'edges'$/,
  },
  {
    name: "a network over an unknown location",
    text: gridWith('additional_networks: [{ name: rail, edges: [«["0,0", "9,9"]] }]'),
    code: "unknown_location",
    message: /^spatial\.additional_networks\[0\]\.edges\[0\]: there is no location '9,9'$/,
  },
  {
    name: "nodes of a further network",
    text: gridWith("additional_networks: [{ name: rail, «nodes: [a], edges: [] }]"),
    code: "unknown_key",
    message: /additional_networks\[0\] has no key 'nodes'/,
  },
  // agents
  {
    name: "an agent at an unknown location",
    text: scenarioText(
      { agents: 'agents: [{ name: A, type: n, initial_location: «"3,4" }]' },
      "spatial: { topology: { type: grid, width: 4, height: 4 } }",
    ),
    code: "unknown_location",
    message: /^agents\[0\]\.initial_location: there is no location '3,4'$/,
    hint: /^did you mean '3,0'\? valid: .*… \(16 in all\)$/,
  },
  {
    name: "an agent that is added at an unknown location",
    text: gridWith("proximity_radius: 1").trimEnd() +
      '\ninterventions: [{ at: 2, add_agent: { name: B, type: n, location: «"7,7" } }]\n',
    code: "unknown_location",
    message: /^interventions\[0\]\.add_agent\.location: there is no location '7,7'$/,
  },
];

for (const { name, text: withMark, code, message, hint, files } of FAULTS) {
  Deno.test(`a fault is told at its place: ${name}`, async () => {
    const { text, line, column } = marked(withMark);
    const loaded = await load(text, {}, files);
    const errors = errorsOf(loaded);
    assertEquals(errors.map((error) => error.code), [code], loaded.issues.map(formatIssue).join("\n"));
    assertMatches(errors[0]!.message, message);
    if (hint) assertMatches(errors[0]!.hint ?? "", hint);
    assertEquals([errors[0]!.file, errors[0]!.line, errors[0]!.column], ["demo.yaml", line, column]);
    assertEquals(loaded.scenario, undefined);
  });
}

/** The warnings of a scenario that loads. */
async function warningsOf(text: string, files: { readonly [name: string]: string } = {}): Promise<string[]> {
  const { text: plain } = text.includes("«") ? marked(text) : { text };
  const { scenario, issues } = await load(plain, {}, files);
  assertTrue(scenario !== undefined, issues.map(formatIssue).join("\n"));
  assertTrue(issues.every(({ severity }) => severity === "warning"));
  return issues.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

Deno.test("a location without a space is a warning", async () => {
  const { text, line, column } = marked(
    scenarioText({ agents: 'agents: [{ name: A, type: n, initial_location: «"0,0" }]' }),
  );
  assertEquals(await warningsOf(text), [
    `${line}:${column} no_effect agents[0].initial_location: the scenario has no space`,
  ]);
});

Deno.test("an agent of a spatial scenario that is placed nowhere is a warning, many of one entry are none", async () => {
  const agents =
    'agents: [{ name: A, type: n, initial_location: "0,0" }, «{ name: B, type: n }, { name: C, type: n, count: 3 }]';
  const { text, line, column } = marked(
    scenarioText({ agents }, "spatial: { topology: { type: grid, width: 2, height: 2 } }"),
  );
  assertEquals(await warningsOf(text), [`${line}:${column} placed_nowhere agent 'B' is placed nowhere`]);
});

Deno.test("a network that falls apart is a warning that says into how many parts", async () => {
  const [warning, ...others] = await warningsOf(
    topology("type: network, nodes: [a, b, c, d, e], edges: [[b, a], [c, d]], directed: true"),
  );
  assertEquals(others, []);
  assertMatches(warning!, /disconnected the network 'default' falls into 3 parts/);
});

Deno.test("keys of a network file that nothing reads are a warning", async () => {
  const [warning, ...others] = await warningsOf(net("edges_file: g.json"), {
    "g.json": '{"nodes": ["a", "b"], "edges": [["a", "b"]], "multigraph": false, "graph": {}}',
  });
  assertEquals(others, []);
  assertMatches(warning!, /unknown_key g\.json: nothing reads multigraph, graph$/);
});

Deno.test("of very many faults in one file only some are told", async () => {
  const edges = Array.from({ length: 5000 }, (_, i) => ["a", `x${i}`]);
  const { issues } = await load(net("edges_file: g.json"), {}, { "g.json": JSON.stringify({ nodes: ["a"], edges }) });
  assertEquals(issues.length, 21);
  assertMatches(issues.at(-1)!.message, /^g\.json: what else is wrong is not shown$/);
});

Deno.test("a large grid and a large network load", async () => {
  const grid = await spatialOf(topology("type: grid, width: 500, height: 500"));
  assertEquals(grid.topology.type, "grid");
  const nodes = Array.from({ length: 20_000 }, (_, i) => i);
  const edges = nodes.slice(1).map((i) => [i - 1, i, i % 7]);
  const network = await networkOf("edges_file: big.json", { "big.json": JSON.stringify({ nodes, edges }) });
  assertEquals([network.locations.length, network.edges.length], [20_000, 19_999]);
});
