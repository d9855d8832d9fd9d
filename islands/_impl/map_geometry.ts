/** Which place is meant: the one that a pointer is at, or the next one in a direction. Pure. */

import type { Point } from "../_parts/run/map_plan.ts";

/** The nearest point to one, no further than `most`; -1: there is none. */
export function nearest(points: readonly Point[], [x, y]: Point, most: number): number {
  let [found, best] = [-1, most * most];
  for (const [i, point] of points.entries()) {
    const square = (point[0] - x) ** 2 + (point[1] - y) ** 2;
    if (square <= best) [found, best] = [i, square];
  }
  return found;
}

/** The next point in a direction: near, and not far off it; the point itself where there is none. */
export function stepFrom(points: readonly Point[], from: number, [x, y]: Point): number {
  const [startX, startY] = points[from]!;
  let [found, best] = [from, Infinity];
  for (const [i, point] of points.entries()) {
    const [dx, dy] = [point[0] - startX, point[1] - startY];
    const along = dx * x + dy * y;
    if (along <= 1e-9) continue;
    const off = Math.abs(dx * y - dy * x);
    // Within 60 degrees of it.
    if (off > along * 1.74) continue;
    const cost = along + 2 * off;
    if (cost < best - 1e-9) [found, best] = [i, cost];
  }
  return found;
}

/** Where to put the marks of `count` agents within a radius of 1: on a spiral; and how large they are. */
export function placed(count: number): { readonly radius: number; readonly at: readonly Point[] } {
  if (count <= 1) return { radius: 0.56, at: count === 1 ? [[0, 0]] : [] };
  const radius = Math.min(0.42, 0.8 / Math.sqrt(count));
  const at = Array.from({ length: count }, (_, i): Point => {
    const distance = (1 - radius) * (count === 2 ? 0.75 : Math.sqrt((i + 0.5) / count));
    const angle = count === 2 ? i * Math.PI : i * 2.399963;
    return [distance * Math.cos(angle), distance * Math.sin(angle)];
  });
  return { radius, at };
}
