/** Lays out a network: what is connected comes together, what is not keeps away. The same network always looks the same. */

import type { PlanNetwork, Point } from "../_parts/run/map_plan.ts";

/** Pairs that are looked at in all: what is large has fewer rounds. */
const WORK = 12_000_000;
const [MOST_ROUNDS, LEAST_ROUNDS] = [300, 20];
/** How far repulsion is felt, in distances between neighbours. */
const REACH = 4;

/** A place for each of `count` nodes; neighbours are about 1 apart. */
export function layOut(count: number, networks: readonly PlanNetwork[]): Point[] {
  const edges = networks.flatMap(({ edges }) => edges.filter(([from, to]) => from !== to));
  const [xs, ys] = start(count, edges);
  const pairs = count * Math.min(count, 40) + edges.length;
  const rounds = Math.max(LEAST_ROUNDS, Math.min(MOST_ROUNDS, Math.floor(WORK / Math.max(1, pairs))));
  const size = Math.sqrt(count);
  for (let i = 0; i < rounds; i++) round(xs, ys, edges, Math.max(0.02, size / 8 * (1 - i / rounds)));
  return Array.from({ length: count }, (_, i): Point => [xs[i]!, ys[i]!]);
}

type Edges = readonly (readonly [number, number])[];

/** On a spiral, in the order in which they are reached: what is connected begins near to one another. */
function start(count: number, edges: Edges): [Float64Array, Float64Array] {
  const near: number[][] = Array.from({ length: count }, () => []);
  for (const [from, to] of edges) {
    near[from]!.push(to);
    near[to]!.push(from);
  }
  const order: number[] = [];
  const seen = new Uint8Array(count);
  const byDegree = near.map((_, i) => i).sort((a, b) => near[b]!.length - near[a]!.length || a - b);
  for (const first of byDegree) {
    if (seen[first]) continue;
    seen[first] = 1;
    order.push(first);
    for (let at = order.length - 1; at < order.length; at++) {
      for (const next of near[order[at]!]!) {
        if (seen[next]) continue;
        seen[next] = 1;
        order.push(next);
      }
    }
  }
  const [xs, ys] = [new Float64Array(count), new Float64Array(count)];
  for (const [rank, node] of order.entries()) {
    const [radius, angle] = [Math.sqrt(rank + 0.5) * 0.8, rank * 2.399963];
    xs[node] = radius * Math.cos(angle);
    ys[node] = radius * Math.sin(angle);
  }
  return [xs, ys];
}

/** One round of Fruchterman and Reingold: nobody moves further than `most`. */
function round(xs: Float64Array, ys: Float64Array, edges: Edges, most: number): void {
  const count = xs.length;
  const [dx, dy] = [new Float64Array(count), new Float64Array(count)];
  const cells = new Map<string, number[]>();
  const cellOf = (i: number) => [Math.floor(xs[i]! / REACH), Math.floor(ys[i]! / REACH)] as const;
  for (let i = 0; i < count; i++) {
    const key = cellOf(i).join();
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [i]);
    else cell.push(i);
  }
  for (let i = 0; i < count; i++) {
    const [column, row] = cellOf(i);
    for (let c = column - 1; c <= column + 1; c++) {
      for (let r = row - 1; r <= row + 1; r++) {
        for (const j of cells.get(`${c},${r}`) ?? []) {
          if (j === i) continue;
          // Two in one point part by their numbers.
          const x = xs[i]! - xs[j]! || (i - j) * 1e-4;
          const y = ys[i]! - ys[j]! || (j - i) * 1e-4;
          const square = Math.max(1e-6, x * x + y * y);
          dx[i]! += x / square;
          dy[i]! += y / square;
        }
      }
    }
    // All are drawn to the middle a little, so that parts stay in sight of one another.
    dx[i]! -= xs[i]! * 0.02;
    dy[i]! -= ys[i]! * 0.02;
  }
  for (const [from, to] of edges) {
    const [x, y] = [xs[to]! - xs[from]!, ys[to]! - ys[from]!];
    const pull = Math.hypot(x, y) * 0.6;
    dx[from]! += x * pull;
    dy[from]! += y * pull;
    dx[to]! -= x * pull;
    dy[to]! -= y * pull;
  }
  for (let i = 0; i < count; i++) {
    const length = Math.hypot(dx[i]!, dy[i]!);
    const step = length > most ? most / length : 1;
    xs[i]! += dx[i]! * step;
    ys[i]! += dy[i]! * step;
  }
}
