/** Into how many parts a network falls. */

import type { ResolvedEdge } from "../space/mod.ts";
import type { LocationNames } from "./location_names.ts";

/** The number of parts between which no edge leads, whatever the directions of edges. */
export function countComponents(names: LocationNames, edges: readonly ResolvedEdge[]): number {
  const parents = Int32Array.from(names.ids, (_, number) => number);
  const root = (number: number): number => {
    while (parents[number] !== number) {
      // Halving the way to the root each time keeps the ways short.
      parents[number] = parents[parents[number]!]!;
      number = parents[number]!;
    }
    return number;
  };
  let count = names.ids.length;
  for (const { from, to } of edges) {
    const [a, b] = [root(names.find(from)!), root(names.find(to)!)];
    if (a === b) continue;
    parents[a] = b;
    count--;
  }
  return count;
}
