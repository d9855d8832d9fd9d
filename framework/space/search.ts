/** Searches by hops and by cost that end where the caller says; those from place to place by cost are in `graphs.ts`. */

import { SimError } from "../issue.ts";
import type { JsonObject } from "../json.ts";
import { edgeLabel, type Network } from "./network.ts";

/** Locations by hops from `from`: itself, those at one hop, … up to `radius`; each group ascending. */
export function levels(network: Network, from: number, radius: number): number[][] {
  const seen = new Set([from]);
  const found = [[from]];
  while (found.length <= radius) {
    const next: number[] = [];
    for (const number of found.at(-1)!) {
      for (const target of network.targets(number)) {
        if (seen.has(target)) continue;
        seen.add(target);
        next.push(target);
      }
    }
    if (next.length === 0) break;
    found.push(next.sort((a, b) => a - b));
  }
  return found;
}

/** Hops from one location to another; null when none lead there. */
export function hops(network: Network, from: number, to: number): number | null {
  if (network.metric !== null) return network.metric(from, to);
  const path = shortestPath(network, from, to);
  return path && path.length - 1;
}

/** The locations of a path with the fewest hops, both ends included; null when there is none. */
export function shortestPath(network: Network, from: number, to: number): number[] | null {
  const before = new Map<number, number>([[from, from]]);
  for (let last = [from]; last.length > 0 && !before.has(to);) {
    const next: number[] = [];
    for (const number of last) {
      for (const target of network.targets(number)) {
        if (before.has(target)) continue;
        before.set(target, number);
        next.push(target);
      }
    }
    last = next;
  }
  return before.has(to) ? walkBack(before, to) : null;
}

function walkBack(before: ReadonlyMap<number, number>, to: number): number[] {
  const path = [to];
  for (let at = to; before.get(at) !== at; path.push(at)) at = before.get(at)!;
  return path.reverse();
}

/**
 * What it costs to reach each location within `limit`, the cheapest first; of equal cost in the order of locations. The
 * package's search has no such end: it would visit the whole network.
 * @throws {SimError} `bad_weight`
 */
export function costsWithin(network: Network, from: number, limit: number, weight: string): Map<number, number> {
  const costs = new Map<number, number>();
  const queue = new Queue();
  queue.push(0, from);
  for (let cheapest = queue.pop(); cheapest !== undefined; cheapest = queue.pop()) {
    const [cost, number] = cheapest;
    if (costs.has(number)) continue;
    costs.set(number, cost);
    for (const [target, attributes] of network.edgesFrom(number)) {
      const sum = cost + weightOf(network, number, target, attributes, weight);
      if (sum <= limit && !costs.has(target)) queue.push(sum, target);
    }
  }
  return costs;
}

/**
 * What an edge costs: its attribute `weight`, 1 where it has none.
 * @throws {SimError} `bad_weight` when that is no number or below zero
 */
export function weightOf(network: Network, from: number, to: number, attributes: JsonObject, weight: string): number {
  const value = Object.hasOwn(attributes, weight) ? attributes[weight] : null;
  if (value === null) return 1;
  if (typeof value === "number" && value >= 0) return value;
  const label = edgeLabel(network.locations, from, to);
  throw new SimError("bad_weight", `${label} of network '${network.name}' has ${weight}: ${JSON.stringify(value)}`, {
    hint: "what is added up along a path is a number from 0",
  });
}

/** A heap of (cost, location): the cheapest comes first, of equal cost the location that comes first. */
class Queue {
  readonly #entries: [cost: number, number: number][] = [];

  push(cost: number, number: number): void {
    const entries = this.#entries;
    const entry: [number, number] = [cost, number];
    let at = entries.push(entry) - 1;
    for (; at > 0; at = (at - 1) >> 1) {
      const above = entries[(at - 1) >> 1]!;
      if (!comesBefore(entry, above)) break;
      entries[at] = above;
    }
    entries[at] = entry;
  }

  pop(): readonly [cost: number, number: number] | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return first;
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      const right = entries[child + 1];
      if (right !== undefined && comesBefore(right, entries[child]!)) child++;
      if (!comesBefore(entries[child]!, last)) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = last;
    return first;
  }
}

function comesBefore(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
