/** Wolves, sheep and grass, with the rules of NetLogo's Wolf Sheep Predation (Wilensky 1997). */

import type { Rng } from "llm-sim";
import { cellLists } from "./cells.ts";
import { cellOf, type World, wrapped } from "./torus.ts";

/** Animals of one kind: their columns. */
export interface Animals {
  /** Coordinates in the world. */
  readonly x: Float64Array;
  /** Coordinates in the world. */
  readonly y: Float64Array;
  /** Degrees clockwise from the direction of growing `y`, 0 to below 360. */
  readonly heading: Float64Array;
  /** What an animal lives on; below 0 it dies. */
  readonly energy: Float64Array;
}

/** Where animals are. */
export interface Places {
  /** Coordinates in the world. */
  readonly x: ArrayLike<number>;
  /** Coordinates in the world. */
  readonly y: ArrayLike<number>;
}

const DEGREES = 180 / Math.PI;

/**
 * Every animal turns by up to `turn` degrees to the right, then to the left, goes one cell ahead and pays `cost`.
 * @param right uniform draws from 0 to below 1, one per animal
 * @param left as `right`
 */
export function wander(
  { x, y, heading, energy }: Animals,
  right: Float64Array,
  left: Float64Array,
  turn: number,
  cost: number,
  { width, height }: World,
): void {
  for (let i = 0; i < x.length; i++) {
    const course = wrapped(heading[i]! + turn * (right[i]! - left[i]!), 360);
    heading[i] = course;
    x[i] = wrapped(x[i]! + Math.sin(course / DEGREES), width);
    y[i] = wrapped(y[i]! + Math.cos(course / DEGREES), height);
    energy[i]! -= cost;
  }
}

/**
 * One after the other in `order`, every animal on a cell with grass eats it.
 *
 * @param countdown turns until each cell has grass again; 0: it has
 * @param regrowth what `countdown` becomes where grass is eaten
 * @returns 1 for every animal that ate, 0 for the others
 */
export function graze(
  { x, y }: Places,
  order: Int32Array,
  countdown: Int32Array,
  regrowth: number,
  world: World,
): Uint8Array {
  const fed = new Uint8Array(order.length);
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    const cell = cellOf(x[i]!, y[i]!, world);
    if (countdown[cell] !== 0) continue;
    countdown[cell] = regrowth;
    fed[i] = 1;
  }
  return fed;
}

/**
 * One after the other in `order`, every wolf on a cell with sheep eats one of them, each equally likely.
 * @returns 1 for every sheep that is left, 0 for those eaten
 */
export function hunt(
  wolves: Animals,
  order: Int32Array,
  sheep: Places,
  gain: number,
  world: World,
  rng: Rng,
): Uint8Array {
  const cells = new Int32Array(sheep.x.length);
  for (let i = 0; i < cells.length; i++) cells[i] = cellOf(sheep.x[i]!, sheep.y[i]!, world);
  const { starts, members } = cellLists(cells, world.width * world.height);
  const ends = starts.slice(1);
  const left = new Uint8Array(cells.length).fill(1);
  for (let k = 0; k < order.length; k++) {
    const wolf = order[k]!;
    const cell = cellOf(wolves.x[wolf]!, wolves.y[wolf]!, world);
    const here = ends[cell]! - starts[cell]!;
    if (here === 0) continue;
    const place = starts[cell]! + (here === 1 ? 0 : Math.floor(rng.next() * here));
    const last = --ends[cell]!;
    left[members[place]!] = 0;
    members[place] = members[last]!;
    wolves.energy[wolf]! += gain;
  }
  return left;
}

/** 1 for every animal whose energy is not below 0. */
export function survivors(energy: Float64Array): Uint8Array {
  const alive = new Uint8Array(energy.length);
  for (let i = 0; i < energy.length; i++) alive[i] = energy[i]! < 0 ? 0 : 1;
  return alive;
}

/**
 * Every animal has a young one with probability `chance`, which gets half of its energy.
 * @returns the parents; each young one's energy is what its parent has now
 */
export function breed(energy: Float64Array, chance: number, rng: Rng): Int32Array {
  const parents = new Int32Array(energy.length);
  let count = 0;
  for (let i = 0; i < energy.length; i++) {
    if (rng.next() >= chance) continue;
    energy[i]! /= 2;
    parents[count++] = i;
  }
  return parents.subarray(0, count);
}

/** Places the young of `parents`, which are the last in the columns: one cell away from the parent, in any direction. */
export function leaveParents(
  { x, y, heading, energy }: Animals,
  parents: Int32Array,
  { width, height }: World,
  rng: Rng,
): void {
  const first = x.length - parents.length;
  for (let k = 0; k < parents.length; k++) {
    const [parent, young] = [parents[k]!, first + k];
    const course = 360 * rng.next();
    heading[young] = course;
    x[young] = wrapped(x[parent]! + Math.sin(course / DEGREES), width);
    y[young] = wrapped(y[parent]! + Math.cos(course / DEGREES), height);
    energy[young] = energy[parent]!;
  }
}

/** Grass grows for one turn. Returns how many cells have some. */
export function grow(countdown: Int32Array): number {
  let green = 0;
  for (let cell = 0; cell < countdown.length; cell++) {
    if (countdown[cell]! > 0) countdown[cell]!--;
    if (countdown[cell] === 0) green++;
  }
  return green;
}
