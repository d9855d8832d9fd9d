/** What a scenario's `spatial:` resolves to: which locations there are and what connects them. */

import type { Json, JsonObject } from "../json.ts";

/** A rectangular grid; locations are `"x,y"`. */
export interface GridTopology {
  /** Which topology. */
  readonly type: "grid";
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Neighbours of an inner location. */
  readonly connectivity: 4 | 8;
  /** Whether opposite edges touch. */
  readonly wrapping: boolean;
}

/** A hexagon of hexagons; locations are axial `"q,r"`. */
export interface HexTopology {
  /** Which topology. */
  readonly type: "hex_grid";
  /** Rings around the centre; 0 is the centre alone. */
  readonly radius: number;
  /** The way locations are numbered. */
  readonly coord_system: "axial";
}

/** One location of a network or a map. */
export interface ResolvedLocation {
  /** Unique name. */
  readonly id: string;
  /** What is known of it. */
  readonly attributes: JsonObject;
  /** Its shape: a GeoJSON geometry, or null. */
  readonly geometry?: Json;
}

/** One connection between two locations. */
export interface ResolvedEdge {
  /** One end, or where a directed edge starts. */
  readonly from: string;
  /** The other end. */
  readonly to: string;
  /** Numbers such as `weight` are what weighted paths add up. */
  readonly attributes: JsonObject;
}

/** Locations and edges that are listed. */
export interface NetworkTopology {
  /** `network`: from a list or a file; `geojson`: from a map, whose touching features are connected. */
  readonly type: "network" | "geojson";
  /** Whether edges lead one way only. */
  readonly directed: boolean;
  /** All locations. */
  readonly locations: readonly ResolvedLocation[];
  /** All edges of the network `default`. */
  readonly edges: readonly ResolvedEdge[];
}

/** Another network over the same locations. */
export interface ResolvedNetwork {
  /** Unique name, not `default`. */
  readonly name: string;
  /** Whether edges lead one way only. */
  readonly directed: boolean;
  /** Its edges. */
  readonly edges: readonly ResolvedEdge[];
  /** What is known of it. */
  readonly attributes: JsonObject;
}

/** The section `spatial`. */
export interface ResolvedSpatial {
  /** Locations, and the network `default`. */
  readonly topology: GridTopology | HexTopology | NetworkTopology;
  /** How many hops agents see; null: everywhere. */
  readonly proximity_radius: number | null;
  /** Attributes beside those of the topology, by location. */
  readonly location_attributes: { readonly [location: string]: JsonObject };
  /** Networks beside `default`. */
  readonly additional_networks: readonly ResolvedNetwork[];
}
