/** GeoJSON geometries (RFC 7946): whether a value is one, and the simple shapes that it is made of. */

import type { IssuePath } from "../issue.ts";
import type { Json } from "../json.ts";
import { shown } from "./expectation.ts";
import { isMap } from "./listing.ts";

/** Longitude and latitude, or x and y; a height may follow. */
export type Position = readonly number[];

/** A shape that is not made of others. */
export type SimpleShape =
  | { readonly type: "Point"; readonly coordinates: Position }
  | { readonly type: "LineString"; readonly coordinates: readonly Position[] }
  | { readonly type: "Polygon"; readonly coordinates: readonly (readonly Position[])[] };

/** A geometry that has been checked. */
export type Geometry =
  | SimpleShape
  | { readonly type: "MultiPoint"; readonly coordinates: readonly Position[] }
  | { readonly type: "MultiLineString"; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: "MultiPolygon"; readonly coordinates: readonly (readonly (readonly Position[])[])[] }
  | { readonly type: "GeometryCollection"; readonly geometries: readonly Geometry[] };

/** What is wrong with a geometry, and where in it. */
export interface GeometryFault {
  readonly path: IssuePath;
  readonly message: string;
}

type Check = (value: Json | undefined, path: IssuePath) => GeometryFault | null;

/** The first thing that is wrong with a value as a geometry; null when nothing is. Shapes may be empty. */
export function geometryFault(value: Json, path: IssuePath = []): GeometryFault | null {
  if (!isMap(value)) return { path, message: `${shown(value)} is no geometry` };
  if (value.type === "GeometryCollection") {
    return listOf((inner, at) => geometryFault(inner ?? null, at))(value.geometries, [...path, "geometries"]);
  }
  const check = typeof value.type === "string" && Object.hasOwn(COORDINATES, value.type)
    ? COORDINATES[value.type]!
    : null;
  if (check === null) return { path: [...path, "type"], message: `there is no geometry of type ${shown(value.type)}` };
  return check(value.coordinates, [...path, "coordinates"]);
}

const position: Check = (value, path) => {
  const isPosition = Array.isArray(value) && value.length >= 2 && value.every((number) => typeof number === "number");
  return isPosition ? null : { path, message: `a position is a list of two or more numbers, not ${shown(value)}` };
};

const line: Check = (value, path) => {
  if (Array.isArray(value) && value.length === 1) return { path, message: "a line has at least two positions" };
  return listOf(position)(value, path);
};

const ring: Check = (value, path) => {
  const fault = listOf(position)(value, path);
  if (fault !== null) return fault;
  const positions = value as readonly Position[];
  if (positions.length < 4) return { path, message: `a ring has at least four positions, not ${positions.length}` };
  const [first, last] = [positions[0]!, positions.at(-1)!];
  return first[0] === last[0] && first[1] === last[1] ? null : { path, message: "a ring ends where it starts" };
};

function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return { path, message: `must be a list, not ${shown(value)}` };
    for (const [i, inner] of value.entries()) {
      const fault = check(inner, [...path, i]);
      if (fault !== null) return fault;
    }
    return null;
  };
}

const COORDINATES: { readonly [type: string]: Check } = {
  Point: (value, path) => Array.isArray(value) && value.length === 0 ? null : position(value, path),
  MultiPoint: listOf(position),
  LineString: line,
  MultiLineString: listOf(line),
  Polygon: listOf(ring),
  MultiPolygon: listOf(listOf(ring)),
};

/** The simple shapes of a geometry; none of one that is missing or empty. */
export function partsOf(geometry: Geometry | undefined): SimpleShape[] {
  switch (geometry?.type) {
    case undefined:
      return [];
    case "GeometryCollection":
      return geometry.geometries.flatMap(partsOf);
    case "MultiPoint":
      return geometry.coordinates.map((coordinates) => ({ type: "Point", coordinates }));
    case "MultiLineString":
      return geometry.coordinates.flatMap((coordinates) => partsOf({ type: "LineString", coordinates }));
    case "MultiPolygon":
      return geometry.coordinates.flatMap((coordinates) => partsOf({ type: "Polygon", coordinates }));
    default:
      return geometry!.coordinates.length === 0 ? [] : [geometry!];
  }
}

/** All positions of a shape, those of holes included. */
export function positionsOf(shape: SimpleShape): readonly Position[] {
  switch (shape.type) {
    case "Point":
      return [shape.coordinates];
    case "LineString":
      return shape.coordinates;
    case "Polygon":
      return shape.coordinates.flat();
  }
}
