/** For tests: short declarations of spaces. */

import type { JsonObject } from "../json.ts";
import type { ResolvedEdge, ResolvedNetwork, ResolvedSpatial } from "./topology.ts";

/** A declaration with this topology and nothing else, but for `more`. */
export function spatial(
  topology: ResolvedSpatial["topology"],
  more: Partial<Omit<ResolvedSpatial, "topology">> = {},
): ResolvedSpatial {
  return { topology, proximity_radius: null, location_attributes: {}, additional_networks: [], ...more };
}

/** A grid, by default four-connected and with borders. */
export function grid(
  width: number,
  height: number,
  { connectivity = 4, wrapping = false, ...more }: {
    connectivity?: 4 | 8;
    wrapping?: boolean;
  } & Partial<Omit<ResolvedSpatial, "topology">> = {},
): ResolvedSpatial {
  return spatial({ type: "grid", width, height, connectivity, wrapping }, more);
}

/** A hexagon of hexagons. */
export function hex(radius: number): ResolvedSpatial {
  return spatial({ type: "hex_grid", radius, coord_system: "axial" });
}

/** An edge as `a b` or, with a weight, `a b 2.5`. */
export function edges(...texts: string[]): ResolvedEdge[] {
  return texts.map((text) => {
    const [from, to, weight] = text.split(" ");
    return { from: from!, to: to!, attributes: weight === undefined ? {} : { weight: Number(weight) } };
  });
}

/** A network of the locations `ids`, which are separated by blanks. */
export function network(
  ids: string,
  edges: readonly ResolvedEdge[],
  { directed = false, attributes = {}, ...more }: {
    directed?: boolean;
    attributes?: { readonly [id: string]: JsonObject };
  } & Partial<Omit<ResolvedSpatial, "topology">> = {},
): ResolvedSpatial {
  const locations = ids.split(" ").map((id) => ({ id, attributes: attributes[id] ?? {} }));
  return spatial({ type: "network", directed, locations, edges }, more);
}

/** Another network. */
export function layer(
  name: string,
  edges: readonly ResolvedEdge[],
  more: Partial<ResolvedNetwork> = {},
): ResolvedNetwork {
  return { name, directed: false, edges, attributes: {}, ...more };
}
