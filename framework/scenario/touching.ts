/** Which shapes of a map touch or intersect, corners included. */

import { SimError } from "../issue.ts";
import { type Position, positionsOf, type SimpleShape } from "./geometry.ts";
import { SCENARIO_LIMITS } from "./limits.ts";

/** Two locations by number, the smaller one first. */
export type Pair = readonly [a: number, b: number];

/** One simple shape of a location, and the box around it. */
interface Part {
  readonly location: number;
  /** The box is in the shape itself too, where the package finds it and saves time. */
  readonly shape: SimpleShape & { readonly bbox: Box };
  readonly positions: readonly Position[];
}

type Box = [west: number, south: number, east: number, north: number];

/** Pairs of boxes, and pairs of positions, that may be compared: some seconds' work. */
const MOST_BOXES = 50_000_000;
const MOST_POSITIONS = 2_000_000_000;

/**
 * All pairs of locations of which any two shapes touch, in the order of locations.
 * @throws {SimError} `too_many_edges`, or `map_too_detailed` when finding out would take too long
 */
export async function touchingPairs(shapes: readonly (readonly SimpleShape[])[]): Promise<Pair[]> {
  const parts = shapes.flatMap((own, location) =>
    own.map((shape): Part => {
      const positions = positionsOf(shape);
      return { location, shape: { ...shape, bbox: boxOf(positions) }, positions };
    })
  );
  const found = new Pairs();
  connectSharedPositions(parts, found);
  await connectIntersecting(parts, found);
  return found.sorted();
}

class Pairs {
  readonly #others = new Map<number, Set<number>>();
  #size = 0;

  has(a: number, b: number): boolean {
    return this.#others.get(Math.min(a, b))?.has(Math.max(a, b)) ?? false;
  }

  add(a: number, b: number): void {
    if (this.has(a, b)) return;
    if (++this.#size > SCENARIO_LIMITS.edges) {
      const message = `more than ${SCENARIO_LIMITS.edges} pairs of features touch; a network has at most so many edges`;
      throw new SimError("too_many_edges", message, { hint: "leave out features, or let fewer overlap" });
    }
    const [first, second] = [Math.min(a, b), Math.max(a, b)];
    const others = this.#others.get(first);
    if (others === undefined) this.#others.set(first, new Set([second]));
    else others.add(second);
  }

  sorted(): Pair[] {
    const pairs = [...this.#others].flatMap(([a, others]) => Array.from(others, (b): Pair => [a, b]));
    return pairs.sort(([a, b], [c, d]) => a - c || b - d);
  }
}

/** Regions of one map mostly share the corners of their borders: that spares the search for where they cross. */
function connectSharedPositions(parts: readonly Part[], found: Pairs): void {
  const owners = new Map<string, number[]>();
  for (const { location, positions } of parts) {
    for (const [x, y] of positions) {
      const key = `${x} ${y}`;
      const there = owners.get(key);
      if (there === undefined) owners.set(key, [location]);
      // The parts of one location follow each other.
      else if (there.at(-1) !== location) {
        for (const other of there) found.add(other, location);
        there.push(location);
      }
    }
  }
}

/** Asks about all pairs whose boxes overlap, from west to east. */
async function connectIntersecting(parts: readonly Part[], found: Pairs): Promise<void> {
  // Loaded when there is a map: no other scenario needs it.
  const { booleanIntersects } = await import("@turf/boolean-intersects");
  let [boxes, positions] = [0, 0];
  let open: Part[] = [];
  for (const part of parts.toSorted((a, b) => a.shape.bbox[0] - b.shape.bbox[0])) {
    open = open.filter(({ shape }) => shape.bbox[2] >= part.shape.bbox[0]);
    boxes += open.length;
    for (const other of open) {
      if (other.location === part.location || found.has(part.location, other.location)) continue;
      if (!overlap(part.shape.bbox, other.shape.bbox)) continue;
      positions += comparisons(part, other) + comparisons(other, part);
      if (positions > MOST_POSITIONS || boxes > MOST_BOXES) throw tooDetailed();
      if (booleanIntersects(part.shape as never, other.shape as never)) found.add(part.location, other.location);
    }
    open.push(part);
  }
}

function overlap(a: Box, b: Box): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}

/** How many positions of `other` are looked at for the positions of `part`: those in its box with each. */
function comparisons(part: Part, other: Part): number {
  const [west, south, east, north] = other.shape.bbox;
  const inside = (part.positions as readonly [number, number][]).filter(([x, y]) =>
    x >= west && x <= east && y >= south && y <= north
  );
  return inside.length * other.positions.length;
}

function tooDetailed(): SimError {
  return new SimError("map_too_detailed", "finding out which features touch would take too long", {
    hint: "simplify the geometries, or let features that touch share the corners of their borders",
  });
}

function boxOf(positions: readonly Position[]): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of positions as readonly [number, number][]) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}
