/** Builds what a scenario declares. */

import type { JsonObject } from "../json.ts";
import { NO_ATTRIBUTES, patched } from "./attributes.ts";
import { gridIds, gridNetwork } from "./grid.ts";
import { hexIds, hexNetwork } from "./hex.ts";
import { Locations } from "./locations.ts";
import { Network, type NetworkDefinition, type NumberedEdge } from "./network.ts";
import { PersistentArray } from "./persistent_array.ts";
import { Terrain, type TopologyType } from "./terrain.ts";
import type { NetworkTopology, ResolvedEdge, ResolvedSpatial } from "./topology.ts";

const TYPES: { readonly [type in ResolvedSpatial["topology"]["type"]]: TopologyType } = {
  grid: "grid",
  hex_grid: "hex_grid",
  network: "network",
  geojson: "regions",
};

/** Names of the locations of a topology, in its order. */
export function locationIds(topology: ResolvedSpatial["topology"]): string[] {
  switch (topology.type) {
    case "grid":
      return gridIds(topology);
    case "hex_grid":
      return hexIds(topology);
    default:
      return topology.locations.map(({ id }) => id);
  }
}

/** The terrain at the start. @throws {SimError} for names that are not there, edges from a location to itself */
export function scenarioTerrain(spatial: ResolvedSpatial): Terrain {
  const { topology, location_attributes, additional_networks } = spatial;
  const locations = new Locations(locationIds(topology), "locations" in topology ? geometriesOf(topology) : null);
  const own = "locations" in topology ? topology.locations.map(({ attributes }) => attributes) : [];
  const attributes = locations.ids.map((id, number): JsonObject => {
    const known = patched(NO_ATTRIBUTES, own[number] ?? NO_ATTRIBUTES, `location '${id}'`);
    const more = Object.hasOwn(location_attributes, id) ? location_attributes[id]! : NO_ATTRIBUTES;
    return patched(known, more, `location '${id}'`);
  });
  const others = additional_networks.map((network) => {
    const known = patched(NO_ATTRIBUTES, network.attributes, `network '${network.name}'`);
    return listed({ ...network, attributes: known }, locations, network.edges);
  });
  const networks = [defaultNetwork(topology, locations), ...others];
  return new Terrain(TYPES[topology.type], locations, PersistentArray.of(attributes), networks);
}

function geometriesOf({ locations }: NetworkTopology): (NonNullable<typeof locations[number]["geometry"]> | null)[] {
  return locations.map(({ geometry }) => geometry ?? null);
}

function defaultNetwork(topology: ResolvedSpatial["topology"], locations: Locations): Network {
  switch (topology.type) {
    case "grid":
      return gridNetwork(topology, locations);
    case "hex_grid":
      return hexNetwork(topology, locations);
    default: {
      const attributes = topology.type === "geojson" ? Object.freeze({ source: "geojson" }) : NO_ATTRIBUTES;
      return listed({ name: "default", directed: topology.directed, attributes }, locations, topology.edges);
    }
  }
}

function listed(definition: NetworkDefinition, locations: Locations, edges: readonly ResolvedEdge[]): Network {
  const numbered = edges.map(({ from, to, attributes }): NumberedEdge => [
    locations.number(from),
    locations.number(to),
    attributes,
  ]);
  const { name, directed, attributes } = definition;
  return Network.of({ name, directed, attributes }, locations, numbered);
}
