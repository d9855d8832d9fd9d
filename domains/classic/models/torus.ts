/** The world of the models in space: a rectangle of unit cells whose opposite edges touch. */

/** Size in cells; coordinates run from 0 to below these. */
export interface World {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** `value` moved by whole `size`s to where 0 ≤ value < `size`. */
export function wrapped(value: number, size: number): number {
  if (value >= 0 && value < size) return value;
  const rest = value - Math.floor(value / size) * size;
  // rounding may lead just past either end
  return rest >= 0 && rest < size ? rest : 0;
}

/** The shortest way from one coordinate to another across the edge or not: −size/2 ≤ way ≤ size/2. */
export function shortestWay(from: number, to: number, size: number): number {
  const way = to - from;
  if (way > size / 2) return way - size;
  return way < -size / 2 ? way + size : way;
}

/** Index of the unit cell in which a point lies, row by row. */
export function cellOf(x: number, y: number, world: World): number {
  return Math.floor(y) * world.width + Math.floor(x);
}
