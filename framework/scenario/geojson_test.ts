import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { formatIssue } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { NetworkTopology } from "../space/mod.ts";
import { errorsOf, load, marked, scenarioText } from "./testing.ts";

const MARKED = scenarioText(
  { agents: "agents: [{ name: A, type: nation, count: 1 }]" },
  "spatial: { topology: { type: geojson, geojson_file: «map.json } }",
);
const { text: TEXT, line: LINE, column: COLUMN } = marked(MARKED);

const loadMap = (map: Json | string) =>
  load(TEXT, {}, { "map.json": typeof map === "string" ? map : JSON.stringify(map) });

function feature(name: string | null, geometry: Json, properties: JsonObject = {}): JsonObject {
  return { type: "Feature", properties: name === null ? properties : { name, ...properties }, geometry };
}

const square = (x: number, y: number, size = 1): Json => ({
  type: "Polygon",
  coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]],
});

const collection = (...features: Json[]): JsonObject => ({ type: "FeatureCollection", features });

async function mapOf(...features: Json[]): Promise<NetworkTopology> {
  const { scenario, issues } = await loadMap(collection(...features));
  assertEquals(issues.map(formatIssue), []);
  return scenario!.spatial!.topology as NetworkTopology;
}

Deno.test("features are locations by the name in their properties, touching ones are connected", async () => {
  const map = await mapOf(
    feature("North", square(0, 1), { population: 5 }),
    feature("South", square(0, 0), { population: 7, capital: { name: "S" } }),
    feature("East", square(1, 2)),
  );
  assertEquals(map.directed, false);
  assertEquals(map.locations, [
    { id: "North", attributes: { name: "North", population: 5 }, geometry: square(0, 1) },
    { id: "South", attributes: { name: "South", population: 7, capital: { name: "S" } }, geometry: square(0, 0) },
    { id: "East", attributes: { name: "East" }, geometry: square(1, 2) },
  ]);
  // North and East have a corner in common.
  assertEquals(map.edges, [
    { from: "North", to: "South", attributes: {} },
    { from: "North", to: "East", attributes: {} },
  ]);
});

Deno.test("a feature without a name goes by its id", async () => {
  const map = await mapOf(
    { ...feature(null, square(0, 0)), id: "DE" },
    { ...feature("France", square(1, 0)), id: "FR" },
    { ...feature(null, square(0, 1)), id: 7, properties: null },
  );
  assertEquals(map.locations.map(({ id }) => id), ["DE", "France", "7"]);
  assertEquals(map.locations[2]!.attributes, {});
});

Deno.test("points, lines and islands are shapes like any other", async () => {
  const map = await mapOf(
    feature("road", { type: "LineString", coordinates: [[0, 0], [5, 5]] }),
    feature("town", { type: "Point", coordinates: [5, 5, 120] }),
    feature("isles", {
      type: "MultiPolygon",
      coordinates: [(square(9, 9) as JsonObject).coordinates!, (square(5, 5) as JsonObject).coordinates!],
    }),
    feature("sights", { type: "GeometryCollection", geometries: [{ type: "Point", coordinates: [9.5, 9.5] }] }),
  );
  assertEquals(map.edges.map(({ from, to }) => `${from}-${to}`), [
    "road-town",
    "road-isles",
    "town-isles",
    "isles-sights",
  ]);
});

Deno.test("features without a geometry are isolated, which is a warning", async () => {
  const { scenario, issues } = await loadMap(
    collection(feature("a", square(0, 0)), feature("b", null), feature("c", { type: "MultiPolygon", coordinates: [] })),
  );
  const map = scenario!.spatial!.topology as NetworkTopology;
  assertEquals([map.locations.length, map.edges, Object.hasOwn(map.locations[1]!, "geometry")], [3, [], false]);
  assertEquals(issues.map(({ severity, code }) => `${severity} ${code}`).sort(), [
    "warning disconnected",
    "warning no_geometry",
  ]);
  assertTrue(
    issues.some(({ message }) =>
      message === "map.json: features: features without a geometry touch no other: 'b', 'c'"
    ),
  );
});

const a = feature("a", square(0, 0));

const FAULTS: [name: string, map: Json | string, code: string, message: RegExp][] = [
  ["no JSON", "{", "bad_json", /^map\.json:1:2: it is not JSON: it ends too early$/],
  ["a list", [a], "bad_json", /^map\.json: it must hold a map, not a list of 1$/],
  ["a single feature", a, "bad_geojson", /^map\.json: type: the type is 'Feature', not 'FeatureCollection'$/],
  ["no type", { features: [a] }, "bad_geojson", /the type is nothing/],
  ["no list of features", { type: "FeatureCollection" }, "invalid_value", /^map\.json: features: must be a list/],
  ["an empty collection", collection(), "no_locations", /^map\.json: features: the collection has no features$/],
  ["what is no feature", collection(a, 5), "bad_geojson", /^map\.json: features\[1\]: 5 is no Feature$/],
  ["a geometry for a feature", collection(a, square(1, 1)), "bad_geojson", /features\[1\]: 'Polygon' is no Feature$/],
  ["no name", collection(a, feature(null, square(1, 1))), "missing_key", /features\[1\]: it has no properties\.name/],
  ["an empty name", collection(feature("", square(1, 1))), "bad_name", /features\[0\]\.properties\.name: a name has/],
  [
    "a name that comes twice",
    collection(a, feature("b", square(1, 1)), feature("a", square(2, 2))),
    "duplicate_location",
    /^map\.json: features\[2\]: the name 'a' is that of features\[0\] too$/,
  ],
  [
    "properties that are no map",
    collection({ ...a, properties: [1] }),
    "invalid_value",
    /^map\.json: features\[0\]\.properties: must be a map, not a list of 1$/,
  ],
  [
    "an unknown geometry",
    collection(feature("b", { type: "Circle", coordinates: [] })),
    "bad_geojson",
    /features\[0\]\.geometry\.type: there is no geometry of type 'Circle'$/,
  ],
  ["a geometry that is a text", collection(feature("b", "round")), "bad_geojson", /geometry: 'round' is no geometry$/],
  [
    "a position with a text",
    collection(feature("b", { type: "LineString", coordinates: [[0, 0], [1, "1"]] })),
    "bad_geojson",
    /features\[0\]\.geometry\.coordinates\[1\]: a position is a list of two or more numbers/,
  ],
  [
    "a line of one position",
    collection(feature("b", { type: "MultiLineString", coordinates: [[[0, 0]]] })),
    "bad_geojson",
    /geometry\.coordinates\[0\]: a line has at least two positions$/,
  ],
  [
    "a ring that is open",
    collection(feature("b", { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1]]] })),
    "bad_geojson",
    /geometry\.coordinates\[0\]: a ring ends where it starts$/,
  ],
  [
    "a ring of three positions",
    collection(feature("b", { type: "Polygon", coordinates: [[[0, 0], [1, 0], [0, 0]]] })),
    "bad_geojson",
    /geometry\.coordinates\[0\]: a ring has at least four positions, not 3$/,
  ],
  [
    "a fault deep inside a collection",
    collection(feature("b", { type: "GeometryCollection", geometries: [{ type: "Point", coordinates: [1] }] })),
    "bad_geojson",
    /geometry\.geometries\[0\]\.coordinates: a position is a list/,
  ],
  [
    "no coordinates",
    collection(feature("b", { type: "Polygon" })),
    "bad_geojson",
    /geometry\.coordinates: must be a list, not nothing$/,
  ],
];

for (const [name, map, code, message] of FAULTS) {
  Deno.test(`a fault of a map is told with its place in the file: ${name}`, async () => {
    const loaded = await loadMap(map);
    const errors = errorsOf(loaded);
    assertEquals(errors.map((error) => error.code), [code], loaded.issues.map(formatIssue).join("\n"));
    assertMatches(errors[0]!.message, message);
    assertEquals([errors[0]!.file, errors[0]!.line, errors[0]!.column], ["demo.yaml", LINE, COLUMN]);
  });
}

Deno.test("agents start in regions by their names", async () => {
  const agents = "agents: [{ name: A, type: n, initial_location: Nroth }]";
  const text = scenarioText({ agents }, "spatial: { topology: { type: geojson, geojson_file: map.json } }");
  const [error] = errorsOf(
    await load(text, {}, { "map.json": JSON.stringify(collection(feature("North", square(0, 0)))) }),
  );
  assertEquals([error!.code, error!.hint], ["unknown_location", "did you mean 'North'? valid: North"]);
});
