/** Where the places of a run's space are drawn, as far as its scenario says. Pure. */

import type { JsonObject, ResolvedSpatial } from "../../../framework/mod.ts";

/** A point of the plan; down is greater. */
export type Point = readonly [x: number, y: number];

/** Rings of a polygon, the outer one first. */
export type Rings = readonly (readonly Point[])[];

/** How a place looks. */
export type PlaceShape =
  | { readonly kind: "square" }
  | { readonly kind: "hexagon" }
  | { readonly kind: "dot" }
  | { readonly kind: "region"; readonly polygons: readonly Rings[]; readonly lines: readonly (readonly Point[])[] };

/** Connections between places, by their position in {@linkcode MapPlan.ids}. */
export interface PlanNetwork {
  readonly name: string;
  readonly directed: boolean;
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** A space as it is drawn. */
export interface MapPlan {
  readonly kind: "grid" | "hex_grid" | "network" | "geojson";
  /** Names of places. */
  readonly ids: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
  readonly shapes: readonly PlaceShape[];
  /** Middle of each place; null: it has to be laid out by what it is connected with. */
  readonly points: readonly Point[] | null;
  /** How far apart places are, about. */
  readonly spacing: number;
  /** As the scenario has them. */
  readonly attributes: readonly JsonObject[];
  /** As the scenario has them; of grids those that are not to be seen anyway. */
  readonly networks: readonly PlanNetwork[];
}

/** The plan of a space. */
export function planOf(spatial: ResolvedSpatial): MapPlan {
  const { topology } = spatial;
  switch (topology.type) {
    case "grid": {
      const { width, height } = topology;
      const all = Array.from({ length: width * height }, (_, i): Point => [i % width, Math.floor(i / width)]);
      return planned(spatial, "grid", all.map(([x, y]) => `${x},${y}`), { shape: { kind: "square" }, points: all });
    }
    case "hex_grid": {
      const all = axial(topology.radius);
      const points = all.map(([q, r]): Point => [Math.sqrt(3) * (q + r / 2), 1.5 * r]);
      return planned(spatial, "hex_grid", all.map(([q, r]) => `${q},${r}`), { shape: { kind: "hexagon" }, points });
    }
    case "network":
    case "geojson":
      return listed(spatial, topology);
  }
}

function axial(radius: number): Point[] {
  const all: Point[] = [];
  for (let q = -radius; q <= radius; q++) {
    for (let r = Math.max(-radius, -q - radius); r <= Math.min(radius, -q + radius); r++) all.push([q, r]);
  }
  return all;
}

function planned(
  { location_attributes, additional_networks }: ResolvedSpatial,
  kind: MapPlan["kind"],
  ids: readonly string[],
  { shape, points }: { readonly shape: PlaceShape; readonly points: readonly Point[] },
): MapPlan {
  const positions = new Map(ids.map((id, i) => [id, i]));
  return {
    ...{ kind, ids, positions, points },
    shapes: ids.map(() => shape),
    spacing: kind === "grid" ? 1 : Math.sqrt(3),
    attributes: ids.map((id) => own(location_attributes, id)),
    networks: additional_networks.map(({ name, directed, edges }) => networkOf(name, directed, edges, positions)),
  };
}

function own(all: { readonly [id: string]: JsonObject }, id: string): JsonObject {
  return Object.hasOwn(all, id) ? all[id]! : {};
}

type Listed = Extract<ResolvedSpatial["topology"], { readonly locations: unknown }>;

function listed({ location_attributes, additional_networks }: ResolvedSpatial, topology: Listed): MapPlan {
  const { type, directed, locations, edges } = topology;
  const ids = locations.map(({ id }) => id);
  const positions = new Map(ids.map((id, i) => [id, i]));
  const attributes = locations.map(({ id, attributes }) => ({ ...attributes, ...own(location_attributes, id) }));
  const { shapes, points } = type === "geojson"
    ? regionsOf(locations)
    : { shapes: ids.map((): PlaceShape => ({ kind: "dot" })), points: givenPoints(attributes) };
  return {
    kind: type,
    ...{ ids, positions, attributes, shapes, points },
    spacing: points === null ? 1 : spacingOf(points),
    networks: [
      networkOf("default", directed, edges, positions),
      ...additional_networks.map(({ name, directed, edges }) => networkOf(name, directed, edges, positions)),
    ],
  };
}

/** An edge as the scenario or a checkpoint has it. */
type EdgeJson = { readonly from?: unknown; readonly to?: unknown } | readonly unknown[];

/** A network of edges between places that there are. */
export function networkOf(
  name: string,
  directed: boolean,
  edges: readonly EdgeJson[],
  positions: ReadonlyMap<string, number>,
): PlanNetwork {
  const found = edges.flatMap((edge): [number, number][] => {
    const [from, to] = Array.isArray(edge) ? edge : [(edge as { from?: unknown }).from, (edge as { to?: unknown }).to];
    const [a, b] = [positions.get(String(from)), positions.get(String(to))];
    return a === undefined || b === undefined ? [] : [[a, b]];
  });
  return { name, directed, edges: found };
}

/** Names under which attributes say where a place is. */
const COORDINATES: readonly (readonly [x: string, y: string, isUp: boolean])[] = [
  ["x", "y", false],
  ["lon", "lat", true],
  ["lng", "lat", true],
  ["longitude", "latitude", true],
];

function givenPoints(attributes: readonly JsonObject[]): Point[] | null {
  for (const [x, y, isUp] of COORDINATES) {
    if (attributes.every((each) => Number.isFinite(each[x]) && Number.isFinite(each[y]))) {
      const points = attributes.map((each): Point => [Number(each[x]), (isUp ? -1 : 1) * Number(each[y])]);
      // All in one point is no place to be.
      if (new Set(points.map(String)).size > points.length / 2) return points;
    }
  }
  return null;
}

/** Middle distance to the next one, from the room that all take. */
function spacingOf(points: readonly Point[]): number {
  const { width, height } = boundsOf(points);
  return Math.sqrt(Math.max(width * height, (Math.max(width, height) / 4) ** 2) / Math.max(1, points.length)) || 1;
}

/** The room that points take. */
export function boundsOf(points: Iterable<Point>): { x: number; y: number; width: number; height: number } {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
  }
  return left > right
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}

// ── maps ────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Geometry {
  readonly type: string;
  readonly coordinates?: unknown;
  readonly geometries?: readonly Geometry[];
}

interface Parts {
  readonly points: Point[];
  readonly lines: Point[][];
  readonly polygons: Point[][][];
}

function regionsOf(locations: Listed["locations"]): { shapes: PlaceShape[]; points: Point[] } {
  const all = locations.map(({ geometry }) => partsOf((geometry ?? null) as unknown as Geometry | null));
  const project = projection(all.flatMap(pointsIn));
  const drawn = all.map(({ points, lines, polygons }) => ({
    points: points.map(project),
    lines: lines.map((line) => line.map(project)),
    polygons: polygons.map((rings) => rings.map((ring) => ring.map(project))),
  }));
  const { x, y, width, height } = boundsOf(drawn.flatMap(pointsIn));
  const step = Math.max(width, height, 1) / 12;
  let strays = 0;
  const middles = drawn.map((parts): Point => {
    const middle = middleOf(parts);
    // What has no shape stands in a row below the map.
    return middle ?? [x + step * (0.5 + strays++ % 12), y + height + step * (1 + Math.floor(strays / 13))];
  });
  const shapes = drawn.map(({ lines, polygons }): PlaceShape =>
    lines.length + polygons.length === 0 ? { kind: "dot" } : { kind: "region", polygons, lines }
  );
  return { shapes, points: middles };
}

function pointsIn({ points, lines, polygons }: Parts): Point[] {
  return [...points, ...lines.flat(), ...polygons.flat(2)];
}

function partsOf(geometry: Geometry | null): Parts {
  const parts: Parts = { points: [], lines: [], polygons: [] };
  const add = (each: Geometry | null) => {
    const at = each?.coordinates as never;
    switch (each?.type) {
      case "Point":
        return void parts.points.push(at);
      case "MultiPoint":
        return void parts.points.push(...at as Point[]);
      case "LineString":
        return void parts.lines.push(at);
      case "MultiLineString":
        return void parts.lines.push(...at as Point[][]);
      case "Polygon":
        return void parts.polygons.push(at);
      case "MultiPolygon":
        return void parts.polygons.push(...at as Point[][][]);
      case "GeometryCollection":
        return each.geometries?.forEach(add);
    }
  };
  add(geometry);
  return parts;
}

/** Degrees of longitude are shorter than those of latitude; what are no degrees stays as it is. */
function projection(points: readonly Point[]): (point: Point) => Point {
  const { x, y, width, height } = boundsOf(points);
  const isEarth = x >= -180 && x + width <= 180 && y >= -90 && y + height <= 90;
  const narrow = isEarth ? Math.max(0.2, Math.cos((y + height / 2) * Math.PI / 180)) : 1;
  return ([x, y]) => [x * narrow, -y];
}

/** Middle of the largest part. */
function middleOf({ points, lines, polygons }: Parts): Point | null {
  const outer = polygons.map((rings) => rings[0] ?? []).filter((ring) => ring.length > 2);
  if (outer.length > 0) {
    const largest = outer.map((ring) => ({ ring, area: Math.abs(areaOf(ring)) })).sort((a, b) => b.area - a.area)[0]!;
    return centroid(largest.ring);
  }
  const line = lines.find(({ length }) => length > 0);
  return line?.[Math.floor(line.length / 2)] ?? points[0] ?? null;
}

function areaOf(ring: readonly Point[]): number {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length]!;
    return sum + x * nextY - nextX * y;
  }, 0) / 2;
}

function centroid(ring: readonly Point[]): Point {
  const area = areaOf(ring);
  if (Math.abs(area) < 1e-12) return ring[0]!;
  let [sumX, sumY] = [0, 0];
  for (const [i, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[(i + 1) % ring.length]!;
    const cross = x * nextY - nextX * y;
    sumX += (x + nextX) * cross;
    sumY += (y + nextY) * cross;
  }
  return [sumX / (6 * area), sumY / (6 * area)];
}
