/** Random orders: who acts first where the rules let one act after the other. */

import type { Rng } from "llm-sim";

/** The numbers from 0 to `size` − 1 in random order (Fisher–Yates). */
export function randomOrder(size: number, rng: Rng): Int32Array {
  const order = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const j = Math.floor(rng.next() * (i + 1));
    order[i] = order[j]!;
    order[j] = i;
  }
  return order;
}
