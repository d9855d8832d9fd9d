/** Hexagons of hexagons in axial coordinates: locations `"q,r"`, by q and then by r. */

import { NO_ATTRIBUTES } from "./attributes.ts";
import type { Locations } from "./locations.ts";
import { Network } from "./network.ts";
import type { HexTopology } from "./topology.ts";

const DIRECTIONS = [[1, 0], [1, -1], [0, -1], [-1, 0], [-1, 1], [0, 1]] as const;

/** Names of the locations of a hexagon: 3r² + 3r + 1 of them. */
export function hexIds(topology: HexTopology): string[] {
  return coordinates(topology).map(([q, r]) => `${q},${r}`);
}

/** The network `default` of a hexagon. */
export function hexNetwork(topology: HexTopology, locations: Locations): Network {
  const places = coordinates(topology);
  const definition = { name: "default", directed: false, attributes: NO_ATTRIBUTES };
  const targets = (number: number): number[] => {
    const [q, r] = places[number]!;
    return DIRECTIONS.map(([dq, dr]) => locations.find(`${q + dq},${r + dr}`)).filter((target) => target !== undefined);
  };
  const metric = (from: number, to: number): number => {
    const dq = places[from]![0] - places[to]![0];
    const dr = places[from]![1] - places[to]![1];
    return Math.max(Math.abs(dq), Math.abs(dr), Math.abs(dq + dr));
  };
  return Network.regular(definition, locations, targets, metric);
}

function coordinates({ radius }: HexTopology): [q: number, r: number][] {
  const found: [number, number][] = [];
  for (let q = -radius; q <= radius; q++) {
    for (let r = Math.max(-radius, -q - radius); r <= Math.min(radius, -q + radius); r++) found.push([q, r]);
  }
  return found;
}
