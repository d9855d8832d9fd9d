/** Rectangular grids: locations `"x,y"`, row by row. */

import type { Locations } from "./locations.ts";
import { Network } from "./network.ts";
import type { GridTopology } from "./topology.ts";

const STRAIGHT = [[1, 0], [-1, 0], [0, 1], [0, -1]] as const;
const DIAGONAL = [[1, 1], [1, -1], [-1, 1], [-1, -1]] as const;

/** Names of the locations of a grid: `0,0`, `1,0`, … then the next row. */
export function gridIds({ width, height }: GridTopology): string[] {
  return Array.from({ length: width * height }, (_, number) => `${number % width},${Math.floor(number / width)}`);
}

/** The network `default` of a grid. */
export function gridNetwork(topology: GridTopology, locations: Locations): Network {
  const { connectivity, wrapping } = topology;
  const definition = { name: "default", directed: false, attributes: Object.freeze({ connectivity, wrapping }) };
  return Network.regular(definition, locations, (number) => targetsOf(topology, number), metricOf(topology));
}

function targetsOf({ width, height, connectivity, wrapping }: GridTopology, number: number): number[] {
  const [x, y] = [number % width, Math.floor(number / width)];
  // A set: in a wrapped grid two columns wide, left and right are the same.
  const targets = new Set<number>();
  for (const [dx, dy] of connectivity === 8 ? [...STRAIGHT, ...DIAGONAL] : STRAIGHT) {
    const [column, row] = wrapping ? [(x + dx + width) % width, (y + dy + height) % height] : [x + dx, y + dy];
    if (column >= 0 && column < width && row >= 0 && row < height) targets.add(row * width + column);
  }
  // In one that is one column wide they are the location itself.
  targets.delete(number);
  return [...targets];
}

function metricOf({ width, height, connectivity, wrapping }: GridTopology): (from: number, to: number) => number {
  const along = (a: number, b: number, size: number) => {
    const straight = Math.abs(a - b);
    return wrapping ? Math.min(straight, size - straight) : straight;
  };
  return (from, to) => {
    const dx = along(from % width, to % width, width);
    const dy = along(Math.floor(from / width), Math.floor(to / width), height);
    return connectivity === 8 ? Math.max(dx, dy) : dx + dy;
  };
}
