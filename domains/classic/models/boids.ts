/** Flocking by separation, alignment and cohesion (Reynolds 1987), with the rules of NetLogo's Flocking (Wilensky 1998). */

import { cellLists } from "./cells.ts";
import { shortestWay, type World, wrapped } from "./torus.ts";

/** Where boids are and where they fly: their columns. */
export interface Flock<Column extends ArrayLike<number> = ArrayLike<number>> {
  /** Coordinates in the world. */
  readonly x: Column;
  /** Coordinates in the world. */
  readonly y: Column;
  /** Degrees clockwise from the direction of growing `y`, 0 to below 360. */
  readonly heading: Column;
}

/** How boids see and turn. */
export interface Steering {
  /** How far a boid sees, in cells. */
  readonly vision: number;
  /** Nearer than this, a boid turns away from its nearest neighbour and does nothing else. */
  readonly minimum_separation: number;
  /** Most degrees per turn towards the flockmates' mean heading. */
  readonly max_align_turn: number;
  /** Most degrees per turn towards the flockmates themselves. */
  readonly max_cohere_turn: number;
  /** Most degrees per turn away from the nearest neighbour's heading. */
  readonly max_separate_turn: number;
}

const DEGREES = 180 / Math.PI;

/**
 * The heading of each boid after it has looked around, all from the same positions and headings.
 *
 * Boids are sorted into cells at least as wide as they see, so that only the cells around each are searched: the work
 * grows with the number of pairs that see one another, not with that of all pairs.
 */
export function steer(flock: Flock, world: World, steering: Steering): Float64Array {
  const { x, y, heading } = flock;
  const { width, height } = world;
  const { vision } = steering;
  const columns = Math.max(1, Math.floor(width / vision));
  const rows = Math.max(1, Math.floor(height / vision));
  const cells = new Int32Array(x.length);
  for (let i = 0; i < x.length; i++) cells[i] = cellAt(x[i]!, y[i]!, columns, rows, world);
  const { starts, members } = cellLists(cells, columns * rows);
  const sorted = sortedBy(flock, members);
  const next = new Float64Array(x.length);
  const around = new Int32Array(9);
  for (let cell = 0; cell < columns * rows; cell++) {
    const count = cellsAround(cell, columns, rows, around);
    for (let k = starts[cell]!; k < starts[cell + 1]!; k++) {
      const i = members[k]!;
      next[i] = steered(k, heading[i]!, sorted, starts, around, count, world, steering);
    }
  }
  return next;
}

/** Moves every boid `distance` cells along its heading. */
export function fly({ x, y, heading }: Flock<Float64Array>, distance: number, { width, height }: World): void {
  for (let i = 0; i < x.length; i++) {
    const angle = heading[i]! / DEGREES;
    x[i] = wrapped(x[i]! + distance * Math.sin(angle), width);
    y[i] = wrapped(y[i]! + distance * Math.cos(angle), height);
  }
}

/**
 * How far all fly the same way, 0 (as many ways as boids) to 1: the length of the mean of their directions, the order
 * parameter of Vicsek et al. 1995. 0 without boids.
 */
export function alignment(heading: ArrayLike<number>): number {
  let x = 0;
  let y = 0;
  for (let i = 0; i < heading.length; i++) {
    x += Math.sin(heading[i]! / DEGREES);
    y += Math.cos(heading[i]! / DEGREES);
  }
  // rounding may lead just past 1
  return heading.length === 0 ? 0 : Math.min(1, Math.hypot(x, y) / heading.length);
}

/** What a boid knows of others, in the order of the cells. */
interface Sorted {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly heading: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
}

function sortedBy(flock: Flock, members: Int32Array): Sorted {
  const size = members.length;
  const sorted = {
    x: new Float64Array(size),
    y: new Float64Array(size),
    heading: new Float64Array(size),
    dx: new Float64Array(size),
    dy: new Float64Array(size),
  };
  for (let k = 0; k < size; k++) {
    const i = members[k]!;
    const heading = flock.heading[i]!;
    sorted.x[k] = flock.x[i]!;
    sorted.y[k] = flock.y[i]!;
    sorted.heading[k] = heading;
    sorted.dx[k] = Math.sin(heading / DEGREES);
    sorted.dy[k] = Math.cos(heading / DEGREES);
  }
  return sorted;
}

/** The heading of the boid at `k` of the sorted ones, which flies `heading` now. */
function steered(
  k: number,
  heading: number,
  boids: Sorted,
  starts: Int32Array,
  around: Int32Array,
  count: number,
  { width, height }: World,
  steering: Steering,
): number {
  const { vision } = steering;
  const [ownX, ownY] = [boids.x[k]!, boids.y[k]!];
  let mates = 0;
  let nearest = -1;
  let least = Infinity;
  let alignX = 0;
  let alignY = 0;
  let cohereX = 0;
  let cohereY = 0;
  for (let c = 0; c < count; c++) {
    const end = starts[around[c]! + 1]!;
    for (let j = starts[around[c]!]!; j < end; j++) {
      if (j === k) continue;
      const wayX = shortestWay(ownX, boids.x[j]!, width);
      const wayY = shortestWay(ownY, boids.y[j]!, height);
      const square = wayX * wayX + wayY * wayY;
      if (square > vision * vision) continue;
      mates++;
      alignX += boids.dx[j]!;
      alignY += boids.dy[j]!;
      if (square > 0) {
        const distance = Math.sqrt(square);
        cohereX += wayX / distance;
        cohereY += wayY / distance;
      }
      if (square < least) {
        least = square;
        nearest = j;
      }
    }
  }
  if (mates === 0) return heading;
  if (least < steering.minimum_separation ** 2) {
    return turned(heading, -difference(heading, boids.heading[nearest]!), steering.max_separate_turn);
  }
  const aligned = towards(heading, alignX, alignY, steering.max_align_turn);
  return towards(aligned, cohereX, cohereY, steering.max_cohere_turn);
}

/** `heading` turned towards the direction (x, y) by at most `most` degrees; as it is where there is no direction. */
function towards(heading: number, x: number, y: number, most: number): number {
  if (x === 0 && y === 0) return heading;
  return turned(heading, difference(heading, Math.atan2(x, y) * DEGREES), most);
}

/** Degrees from one heading to another, −180 to 180. */
function difference(from: number, to: number): number {
  return shortestWay(from, wrapped(to, 360), 360);
}

function turned(heading: number, by: number, most: number): number {
  return wrapped(heading + Math.max(-most, Math.min(most, by)), 360);
}

function cellAt(x: number, y: number, columns: number, rows: number, { width, height }: World): number {
  const column = Math.min(columns - 1, Math.floor(x / width * columns));
  const row = Math.min(rows - 1, Math.floor(y / height * rows));
  return row * columns + column;
}

/** Writes the cells that touch `cell`, itself included, each once, into `around`. Returns how many there are. */
function cellsAround(cell: number, columns: number, rows: number, around: Int32Array): number {
  const [column, row] = [cell % columns, Math.floor(cell / columns)];
  let count = 0;
  // of one or two cells in a direction, all are around, and none may be there twice
  for (let dy = rows > 2 ? -1 : 0; dy <= (rows > 1 ? 1 : 0); dy++) {
    const first = (row + dy + rows) % rows * columns;
    for (let dx = columns > 2 ? -1 : 0; dx <= (columns > 1 ? 1 : 0); dx++) {
      around[count++] = first + (column + dx + columns) % columns;
    }
  }
  return count;
}
