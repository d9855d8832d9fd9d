/** A space as JSON: what differs from what the scenario declares. */

import { z } from "zod";
import { formatPath, SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import { NO_ATTRIBUTES, patched, sameJson } from "./attributes.ts";
import { Network, type NumberedEdge } from "./network.ts";
import { PersistentArray } from "./persistent_array.ts";
import { Positions } from "./positions.ts";
import { Terrain, type TopologyType } from "./terrain.ts";

/** A network as JSON. */
export type NetworkJson = {
  /** Whether edges lead one way only. */
  readonly directed: boolean;
  /** What is known of it. */
  readonly attributes: JsonObject;
  /** Its edges in the order of their ends; undirected ones once. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly attributes: JsonObject }[];
};

/** A space as JSON. */
export type SpaceJson = {
  /** The kind of space. */
  readonly topology_type: TopologyType;
  /** Locations of agents, in the order of agents. */
  readonly agent_positions: { readonly [agent: string]: string };
  /** Locations of which something else is known than the scenario says. */
  readonly locations: { readonly [location: string]: { readonly attributes: JsonObject } };
  /** Networks that the scenario does not declare, or that were changed. */
  readonly networks: { readonly [network: string]: NetworkJson };
  /** Networks that the scenario declares and that are there no more. */
  readonly removed_networks: readonly string[];
};

/** What differs from the scenario, and all positions; everything where there is no scenario. */
export function encodeSpace(terrain: Terrain, positions: Positions): SpaceJson {
  const { origin, locations: { ids }, attributes } = terrain;
  const changed = origin === null
    ? ids.map((_, number) => number)
    : PersistentArray.differences(attributes, origin.attributes);
  const networks = [...terrain.networks.values()].filter((network) => origin?.networks.get(network.name) !== network);
  return {
    topology_type: terrain.type,
    agent_positions: Object.fromEntries(positions.entries().map(([agent, number]) => [agent, ids[number]!])),
    locations: Object.fromEntries(changed.map((number) => [ids[number]!, { attributes: attributes.get(number)! }])),
    networks: Object.fromEntries(networks.map((network) => [network.name, encodeNetwork(network)])),
    removed_networks: [...origin?.networks.keys() ?? []].filter((name) => !terrain.networks.has(name)),
  };
}

function encodeNetwork(network: Network): NetworkJson {
  const { directed, attributes, locations: { ids } } = network;
  const edges = Array.from(
    network.edges(),
    ([from, to, attributes]) => ({ from: ids[from]!, to: ids[to]!, attributes }),
  );
  return { directed, attributes, edges };
}

const attributes = z.record(z.string(), z.custom<Json>());
const edge = z.union([
  z.object({ from: z.string(), to: z.string(), attributes: attributes.optional() }),
  z.tuple([z.string(), z.string()]),
]);
const spaceShape = z.object({
  topology_type: z.string(),
  agent_positions: z.record(z.string(), z.string()),
  locations: z.record(z.string(), z.object({ attributes })),
  networks: z.record(
    z.string(),
    z.object({ directed: z.boolean().default(false), attributes: attributes.default({}), edges: z.array(edge) }),
  ),
  removed_networks: z.array(z.string()).default([]),
  // llm-sim kept what is known of edges apart from them, under "one,other".
  connections: z.record(z.string(), z.object({ type: z.string().nullish(), attributes: attributes.nullish() }))
    .nullish(),
});

type ReadSpace = z.output<typeof spaceShape>;
type ReadNetwork = ReadSpace["networks"][string];

/**
 * The parts of a space from its JSON, as {@linkcode encodeSpace} or llm-sim wrote it.
 * @throws {SimError} `bad_space`
 */
export function decodeSpace(json: Json, origin: Terrain): { terrain: Terrain; positions: Positions } {
  const result = spaceShape.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = issue!.path.filter((step) => typeof step !== "symbol");
    throw badSpace(path, issue!.message);
  }
  const read = result.data;
  if (read.topology_type !== origin.type) {
    throw badSpace(["topology_type"], `it is '${read.topology_type}', and the scenario declares '${origin.type}'`);
  }
  const networks = read.connections ? legacyNetworks(read, read.connections, origin) : decodedNetworks(read, origin);
  const terrain = new Terrain(origin.type, origin.locations, decodedAttributes(read, origin), networks, origin);
  return { terrain, positions: decodedPositions(read, origin) };
}

function decodedPositions(read: ReadSpace, origin: Terrain): Positions {
  return Object.entries(read.agent_positions).reduce(
    (positions, [agent, location]) =>
      positions.place(agent, at(["agent_positions", agent], () => origin.locations.number(location))),
    Positions.none(),
  );
}

function decodedAttributes(read: ReadSpace, origin: Terrain): PersistentArray<JsonObject> {
  return Object.entries(read.locations).reduce((all, [id, { attributes }]) => {
    const path = ["locations", id];
    const number = at(path, () => origin.locations.number(id));
    if (sameJson(all.get(number), attributes)) return all;
    return all.with(number, at(path, () => patched(NO_ATTRIBUTES, attributes, `location '${id}'`)));
  }, origin.attributes);
}

function decodedNetworks(read: ReadSpace, origin: Terrain): Network[] {
  const networks = new Map(origin.networks);
  for (const [i, name] of read.removed_networks.entries()) {
    if (name === "default" || !networks.delete(name)) {
      throw badSpace(["removed_networks", i], `'${name}' is no network that could have been removed`);
    }
  }
  for (const [name, network] of Object.entries(read.networks)) networks.set(name, decoded(name, network, origin));
  return [...networks.values()];
}

function decoded(name: string, read: ReadNetwork, origin: Terrain): Network {
  const { directed } = read;
  const attributes = at(["networks", name], () => patched(NO_ATTRIBUTES, read.attributes, `network '${name}'`));
  const edges = read.edges.map((edge, i): NumberedEdge =>
    at(["networks", name, "edges", i], () => {
      const [from, to, known] = Array.isArray(edge)
        ? [edge[0], edge[1], undefined]
        : [edge.from, edge.to, edge.attributes];
      return [origin.locations.number(from), origin.locations.number(to), known ?? NO_ATTRIBUTES];
    })
  );
  return at(["networks", name], () => Network.of({ name, directed, attributes }, origin.locations, edges));
}

/** llm-sim listed all networks; one that is as the scenario declares it is the scenario's. */
function legacyNetworks(
  read: ReadSpace,
  connections: NonNullable<ReadSpace["connections"]>,
  origin: Terrain,
): Network[] {
  let networks = Object.entries(read.networks).map(([name, network]) => {
    const declared = origin.networks.get(name);
    const found = decoded(name, network, origin);
    return declared !== undefined && sameEdges(declared, found) ? declared : found;
  });
  if (!networks.some(({ name }) => name === "default")) networks.push(origin.network("default"));
  for (const [key, { type, attributes }] of Object.entries(connections)) {
    const path = ["connections", key];
    const [from, to] = at(path, () => splitPair(key, origin, networks));
    const known = { ...(type && { type }), ...attributes };
    networks = networks.map((network) =>
      network.edge(from, to) === undefined ? network : at(path, () => network.connect(from, to, known))
    );
  }
  return networks;
}

/** "1,0,2,0" as two locations. Names may hold commas; where several readings are names, the one that is an edge counts. */
function splitPair(key: string, { locations }: Terrain, networks: readonly Network[]): [from: number, to: number] {
  const parts = key.split(",");
  const pairs = parts.slice(1).flatMap((_, i): [number, number][] => {
    const from = locations.find(parts.slice(0, i + 1).join(","));
    const to = locations.find(parts.slice(i + 1).join(","));
    return from === undefined || to === undefined ? [] : [[from, to]];
  });
  const edge = pairs.find(([from, to]) => networks.some((network) => network.edge(from, to) !== undefined));
  const pair = edge ?? pairs[0];
  if (pair === undefined) throw new SimError("unknown_location", `'${key}' names no two locations`);
  return pair;
}

function sameEdges(a: Network, b: Network): boolean {
  return a.locations.ids.every((_, number) => {
    const [left, right] = [a.targets(number), b.targets(number)];
    return left.length === right.length && left.every((target, i) => target === right[i]);
  });
}

/** What `body` returns; what it throws, as an error about the place in the JSON. */
function at<T>(path: (string | number)[], body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SimError) throw badSpace(path, error.message, error);
    throw error;
  }
}

function badSpace(path: (string | number)[], message: string, cause?: SimError): SimError {
  return new SimError("bad_space", `${formatPath(["spatial_state", ...path])}: ${message}`, {
    hint: "it must be the space of a run of this very scenario",
    ...(cause !== undefined && { cause }),
  });
}
