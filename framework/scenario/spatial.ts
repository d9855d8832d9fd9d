/** The section `spatial`: which locations there are, what connects them, and where agents start. */

import type { z } from "zod";
import { formatPath, type IssuePath } from "../issue.ts";
import type { JsonObject } from "../json.ts";
import {
  type GridTopology,
  type HexTopology,
  locationIds,
  type NetworkTopology,
  type ResolvedEdge,
  type ResolvedLocation,
  type ResolvedNetwork,
  type ResolvedSpatial,
} from "../space/mod.ts";
import type { ReadAgent } from "./agents.ts";
import { countComponents } from "./connected_parts.ts";
import { readEdges, readNodes } from "./edges.ts";
import type { ReferencedFiles } from "./files.ts";
import { readRegions } from "./geojson.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { Listing } from "./listing.ts";
import { LocationNames, nameFault } from "./location_names.ts";
import type { Reading } from "./reading.ts";
import { scenarioShape } from "./schema.ts";

const SPATIAL: IssuePath = ["spatial"];
const TOPOLOGY: IssuePath = ["spatial", "topology"];

type SpatialEntry = NonNullable<z.output<typeof scenarioShape.spatial>>;
type TopologyEntry = SpatialEntry["topology"];
type NetworkEntry = Extract<TopologyEntry, { type: "network" }>;
type AdditionalEntry = NonNullable<SpatialEntry["additional_networks"]>[number];

/** What the readers of the parts work with. */
interface Source {
  readonly reading: Reading;
  /** The scenario, as the user named it. */
  readonly file: string;
  readonly files: ReferencedFiles;
}

/**
 * The section `spatial` with everything it refers to; null where there is none, undefined when it cannot be read. Every
 * finding is reported, also about where agents start.
 * @param file the scenario's
 */
export async function readSpatial(
  reading: Reading,
  file: string,
  files: ReferencedFiles,
  agents: readonly ReadAgent[],
): Promise<ResolvedSpatial | null | undefined> {
  if ((reading.valueAt(SPATIAL) ?? null) === null) {
    warnOfPlaces(reading, agents);
    return null;
  }
  const read = reading.read(scenarioShape.spatial, SPATIAL, "whole") ?? undefined;
  const source = { reading, file, files };
  const topology = read && await readTopology(source, read.topology);
  if (read === undefined || topology === undefined) return undefined;
  const names = new LocationNames(reading, locationIds(topology));
  const location_attributes = readLocationAttributes(reading, read.location_attributes, names);
  const additional_networks = await readNetworks(source, read.additional_networks ?? [], names);
  checkPlaces(reading, agents, names);
  return { topology, proximity_radius: read.proximity_radius ?? null, location_attributes, additional_networks };
}

function readTopology(source: Source, entry: TopologyEntry): Promise<ResolvedSpatial["topology"] | undefined> {
  switch (entry.type) {
    case "grid":
      return Promise.resolve(readGrid(source.reading, entry));
    case "hex_grid":
      return Promise.resolve(readHex(source.reading, entry));
    case "network":
      return readNetwork(source, entry);
    case "geojson":
      return readMap(source);
  }
}

function readGrid(reading: Reading, entry: Extract<TopologyEntry, { type: "grid" }>): GridTopology | undefined {
  const { width, height, connectivity, wrapping } = entry;
  if (!isAllowed(reading, width * height)) return undefined;
  return { type: "grid", width, height, connectivity: connectivity ?? 4, wrapping: wrapping ?? false };
}

function readHex(reading: Reading, { radius }: Extract<TopologyEntry, { type: "hex_grid" }>): HexTopology | undefined {
  if (!isAllowed(reading, 3 * radius * (radius + 1) + 1)) return undefined;
  return { type: "hex_grid", radius, coord_system: "axial" };
}

function isAllowed(reading: Reading, count: number): boolean {
  if (count > 0 && count <= SCENARIO_LIMITS.locations) return true;
  if (count === 0) {
    reading.error("no_locations", "the space has no locations", TOPOLOGY, "list at least one");
    return false;
  }
  const message = `the space has ${count} locations; at most ${SCENARIO_LIMITS.locations} are allowed`;
  reading.error("too_many_locations", message, TOPOLOGY, "make it smaller");
  return false;
}

async function readMap({ reading, file, files }: Source): Promise<NetworkTopology | undefined> {
  const listing = await Listing.file(reading, [...TOPOLOGY, "geojson_file"], file, files);
  const topology = listing && await readRegions(listing);
  if (topology === undefined || listing!.failed || !isAllowed(reading, topology.locations.length)) return undefined;
  warnOfParts(reading, namesOf(reading, topology.locations), topology.edges);
  return topology;
}

async function readNetwork(source: Source, entry: NetworkEntry): Promise<NetworkTopology | undefined> {
  const { reading } = source;
  const listings = await listingsOf(source, TOPOLOGY, entry as JsonObject);
  if (listings === undefined) return undefined;
  const [nodes, edges] = [listingWith("nodes", listings), listingWith("edges", listings)];
  if (nodes === undefined || edges === undefined) return undefined;
  if (edges === null) return void missingEdges(listings);
  const directed = isDirected(listings);
  // Nodes that are not listed are the ends of the edges.
  const listed = nodes && readNodes(nodes);
  // Where nodes are missing that are flawed themselves, edges to them are no further fault.
  const isWhole = listed !== null && !nodes!.failed;
  if (isWhole && !isAllowed(reading, listed.length)) return undefined;
  const read = readEdges(edges, directed, isWhole ? namesOf(reading, listed) : null);
  // Of names that are not all known the rest cannot be judged.
  if (!isWhole && listings.some(({ failed }) => failed)) return undefined;
  let locations = listed ?? read.names.map((id): ResolvedLocation => ({ id, attributes: {} }));
  if (!isAllowed(reading, locations.length)) return undefined;
  const known = namesOf(reading, locations);
  for (const listing of listings) locations = withAttributes(listing, locations, known);
  if (!edges.failed) warnOfParts(reading, known, read.edges);
  return { type: "network", directed, locations, edges: read.edges };
}

function namesOf(reading: Reading, locations: readonly ResolvedLocation[]): LocationNames {
  return new LocationNames(reading, locations.map(({ id }) => id));
}

/** Where a network may be listed: its file first, if it names one, then the scenario itself. */
async function listingsOf(source: Source, path: IssuePath, entry: JsonObject): Promise<Listing[] | undefined> {
  const { reading, file, files } = source;
  const inline = Listing.inline(reading, path, entry);
  if (!inline.has("edges_file")) return [inline];
  const listing = await Listing.file(reading, [...path, "edges_file"], file, files);
  if (listing === undefined) return undefined;
  const unread = Object.keys(listing.value).filter((key) => !FILE_KEYS.includes(key));
  if (unread.length > 0) {
    listing.warn("unknown_key", `nothing reads ${unread.join(", ")}`, [], `what is read: ${FILE_KEYS.join(", ")}`);
  }
  return [listing, inline];
}

const FILE_KEYS = ["nodes", "edges", "attributes", "directed"];

/** The listing that has `key`; null when none has, undefined when both have, which is reported. */
function listingWith(key: string, listings: readonly Listing[]): Listing | null | undefined {
  const having = listings.filter((listing) => listing.has(key));
  if (having.length < 2) return having[0] ?? null;
  const hint = "list them in the file or in the scenario, not in both";
  return void having[1]!.error("duplicate_setting", `the file of edges_file has '${key}' too`, [key], hint);
}

function missingEdges(listings: readonly Listing[]): void {
  listings[0]!.error("missing_key", "there are no 'edges'", [], "add edges: [[a, b], …], or edges: [] for none");
}

/** Whether edges lead one way only: what the scenario says counts more than what the file says. */
function isDirected(listings: readonly Listing[]): boolean {
  const saying = listings.findLast((listing) => listing.has("directed"));
  const directed = saying?.value.directed ?? false;
  if (typeof directed === "boolean") return directed;
  saying!.error("invalid_value", "must be true or false", ["directed"]);
  return false;
}

/** Locations with what `attributes:` says of them. */
function withAttributes(listing: Listing, locations: ResolvedLocation[], known: LocationNames): ResolvedLocation[] {
  const attributes = listing.has("attributes") ? listing.map(["attributes"], listing.value.attributes) : undefined;
  if (attributes === undefined) return locations;
  const result = [...locations];
  for (const [id, value] of Object.entries(attributes)) {
    const path = ["attributes", id];
    const number = known.find(id);
    if (number === undefined) {
      listing.error("unknown_location", `there is no location '${id}'`, path, known.hint(id));
      continue;
    }
    const more = listing.map(path, value);
    if (more !== undefined) result[number] = { id, attributes: { ...result[number]!.attributes, ...more } };
  }
  return result;
}

function warnOfParts(reading: Reading, names: LocationNames, edges: readonly ResolvedEdge[]): void {
  const parts = countComponents(names, edges);
  if (parts < 2) return;
  const message = `the network 'default' falls into ${parts} parts; no way leads from one to another`;
  reading.warn("disconnected", message, TOPOLOGY, "connect them, if agents are to get everywhere");
}

function readLocationAttributes(
  reading: Reading,
  written: SpatialEntry["location_attributes"],
  names: LocationNames,
): ResolvedSpatial["location_attributes"] {
  for (const id of Object.keys(written ?? {})) {
    if (names.has(id)) continue;
    const path = [...SPATIAL, "location_attributes", id];
    reading.keyError("unknown_location", `${formatPath(path)}: there is no location '${id}'`, path, names.hint(id));
  }
  return (written ?? {}) as ResolvedSpatial["location_attributes"];
}

async function readNetworks(
  source: Source,
  entries: readonly AdditionalEntry[],
  names: LocationNames,
): Promise<ResolvedNetwork[]> {
  const networks: ResolvedNetwork[] = [];
  for (const [i, entry] of entries.entries()) {
    const path = [...SPATIAL, "additional_networks", i];
    checkNetworkName(source.reading, [...path, "name"], entry.name, networks);
    const network = await readAdditional(source, path, entry, names);
    if (network !== undefined) networks.push(network);
  }
  return networks;
}

function checkNetworkName(
  reading: Reading,
  path: IssuePath,
  name: string,
  before: readonly ResolvedNetwork[],
): void {
  const fault = nameFault(name);
  if (fault !== null) reading.error("bad_name", `${formatPath(path)}: ${fault}`, path);
  if (name !== "default" && !before.some((network) => network.name === name)) return;
  const whose = name === "default" ? "the topology's own network has" : "another network has";
  const hint = "give every network a name of its own";
  reading.error("duplicate_network", `${formatPath(path)}: ${whose} the name '${name}'`, path, hint);
}

async function readAdditional(
  source: Source,
  path: IssuePath,
  entry: AdditionalEntry,
  names: LocationNames,
): Promise<ResolvedNetwork | undefined> {
  const listings = await listingsOf(source, path, entry as JsonObject);
  const edges = listings && listingWith("edges", listings);
  if (listings === undefined || edges === undefined) return undefined;
  if (edges === null) return void missingEdges(listings);
  const directed = isDirected(listings);
  const known = listings.map((listing) =>
    listing.has("attributes") ? listing.map(["attributes"], listing.value.attributes) : {}
  );
  const attributes = known.reduce<JsonObject>((all, more) => ({ ...all, ...more }), {});
  return { name: entry.name, directed, edges: readEdges(edges, directed, names).edges, attributes };
}

/** Where somebody starts: the path in the scenario, and the location as written. */
interface Start {
  readonly path: IssuePath;
  readonly location: string;
}

/** Where agents start, those of the scenario and those that interventions add. */
function startsOf(reading: Reading, agents: readonly ReadAgent[]): Start[] {
  const interventions = reading.valueAt(["interventions"]);
  const paths: IssuePath[] = [
    ...agents.map(({ index }) => ["agents", index, "initial_location"]),
    ...(Array.isArray(interventions) ? interventions.map((_, i) => ["interventions", i, "add_agent", "location"]) : []),
  ];
  return paths.flatMap((path) => {
    const location = reading.valueAt(path);
    return typeof location === "string" ? [{ path, location }] : [];
  });
}

function warnOfPlaces(reading: Reading, agents: readonly ReadAgent[]): void {
  for (const { path } of startsOf(reading, agents)) {
    reading.warn("no_effect", `${formatPath(path)}: the scenario has no space`, path, "add the section 'spatial'");
  }
}

function checkPlaces(reading: Reading, agents: readonly ReadAgent[], names: LocationNames): void {
  for (const { path, location } of startsOf(reading, agents)) {
    if (names.has(location)) continue;
    const message = `${formatPath(path)}: there is no location '${location}'`;
    reading.error("unknown_location", message, path, names.hint(location));
  }
  for (const { index, agent: { name, count, initial_location } } of agents) {
    if (count !== null || initial_location !== null) continue;
    reading.warn(
      "placed_nowhere",
      `agent '${name}' is placed nowhere`,
      ["agents", index],
      "give it an initial_location",
    );
  }
}
