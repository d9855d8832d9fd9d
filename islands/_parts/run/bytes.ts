/** Sizes of files as people read them. */

import { count } from "../number_format.tsx";

const UNITS = ["kB", "MB", "GB", "TB"];

/** `312 bytes`, `4.2 kB`, `1.3 GB`, by thousands. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${count(bytes)} ${bytes === 1 ? "byte" : "bytes"}`;
  let [size, unit] = [bytes / 1000, 0];
  // What would be written as 1,000 of a unit is one of the next.
  for (; size >= 999.5 && unit < UNITS.length - 1; unit++) size /= 1000;
  return `${size < 9.95 ? size.toFixed(1) : count(size)} ${UNITS[unit]}`;
}
