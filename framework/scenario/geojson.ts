/** Maps: the features of a GeoJSON FeatureCollection as locations, those that touch connected. */

import { type IssuePath, SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { NetworkTopology, ResolvedLocation } from "../space/mod.ts";
import { shown } from "./expectation.ts";
import { type Geometry, geometryFault, partsOf, type SimpleShape } from "./geometry.ts";
import { isMap, type Listing } from "./listing.ts";
import { nameFault, nameOf } from "./location_names.ts";
import { type Pair, touchingPairs } from "./touching.ts";

/** The topology of a map; undefined when it has no features. Every fault is reported. */
export async function readRegions(listing: Listing): Promise<NetworkTopology | undefined> {
  const features = readCollection(listing);
  if (features === undefined) return undefined;
  const locations = readFeatures(listing, features);
  const shapes = locations.map(({ geometry }) => partsOf(geometry as unknown as Geometry | undefined));
  const isolated = locations.filter((_, i) => shapes[i]!.length === 0).map(({ id }) => `'${id}'`);
  if (isolated.length > 0) {
    const named = isolated.slice(0, 12).join(", ") + (isolated.length > 12 ? `, … (${isolated.length} in all)` : "");
    listing.warn("no_geometry", `features without a geometry touch no other: ${named}`, ["features"]);
  }
  const pairs = await pairsOf(listing, shapes);
  if (pairs === undefined) return undefined;
  const edges = pairs.map(([a, b]) => ({ from: locations[a]!.id, to: locations[b]!.id, attributes: {} }));
  return { type: "geojson", directed: false, locations, edges };
}

async function pairsOf(listing: Listing, shapes: readonly (readonly SimpleShape[])[]): Promise<Pair[] | undefined> {
  try {
    return await touchingPairs(shapes);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return void listing.error(error.code, error.message, ["features"], error.hint);
  }
}

function readCollection(listing: Listing): readonly Json[] | undefined {
  const { type } = listing.value;
  if (type !== "FeatureCollection") {
    const hint = type === "Feature" ? "put it into a FeatureCollection" : "a map is a GeoJSON FeatureCollection";
    return void listing.error("bad_geojson", `the type is ${shown(type)}, not 'FeatureCollection'`, ["type"], hint);
  }
  const features = listing.list("features");
  if (features === undefined || features.length > 0) return features;
  listing.error("no_locations", "the collection has no features", ["features"], "add one for each location");
}

function readFeatures(listing: Listing, features: readonly Json[]): ResolvedLocation[] {
  const first = new Map<string, number>();
  const locations: ResolvedLocation[] = [];
  for (const [i, value] of features.entries()) {
    const path = ["features", i];
    const location = readFeature(listing, path, value);
    if (location === undefined) continue;
    const before = first.get(location.id);
    if (before !== undefined) {
      const message = `the name '${location.id}' is that of features[${before}] too`;
      listing.error("duplicate_location", message, path, "give every feature a properties.name of its own");
      continue;
    }
    first.set(location.id, i);
    locations.push(location);
  }
  return locations;
}

function readFeature(listing: Listing, path: IssuePath, value: Json): ResolvedLocation | undefined {
  if (!isMap(value) || value.type !== "Feature") {
    return void listing.error("bad_geojson", `${isMap(value) ? shown(value.type) : shown(value)} is no Feature`, path);
  }
  const properties = (value.properties ?? null) === null ? {} : listing.map([...path, "properties"], value.properties);
  const id = properties && readName(listing, path, value, properties);
  const geometry = value.geometry ?? null;
  const fault = geometry === null ? null : geometryFault(geometry);
  if (fault !== null) {
    const place = [...path, "geometry", ...fault.path];
    return void listing.error("bad_geojson", fault.message, place, "see RFC 7946, section 3.1");
  }
  if (id === undefined) return undefined;
  return { id, attributes: properties!, ...(geometry !== null && { geometry }) };
}

/** The name is `properties.name`, or else the feature's `id`. */
function readName(listing: Listing, path: IssuePath, feature: JsonObject, properties: JsonObject): string | undefined {
  const named = (properties.name ?? null) !== null;
  const name = named ? properties.name : feature.id ?? null;
  if (name === null) {
    return void listing.error("missing_key", "it has no properties.name and no id", path, "name every feature");
  }
  const fault = nameFault(name);
  if (fault === null) return nameOf(name);
  listing.error("bad_name", fault, [...path, ...(named ? ["properties", "name"] : ["id"])]);
}
