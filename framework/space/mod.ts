/**
 * Space: locations, networks over them, positions of agents.
 *
 * @module
 */

export type { AttributePatch } from "./attributes.ts";
export type { NewEdge, NewNetwork, SpaceChange } from "./change.ts";
export { loadGraphs } from "./graphs.ts";
export { locationIds } from "./scenario_terrain.ts";
export { Space, type SpaceEdge, type WayOptions } from "./space.ts";
export type { NetworkJson, SpaceJson } from "./space_json.ts";
export type { TopologyType } from "./terrain.ts";
export type {
  GridTopology,
  HexTopology,
  NetworkTopology,
  ResolvedEdge,
  ResolvedLocation,
  ResolvedNetwork,
  ResolvedSpatial,
} from "./topology.ts";
