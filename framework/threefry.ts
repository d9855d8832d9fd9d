/** The generator of `rng.ts` for many blocks at once. */

import type { StreamKey } from "./rng.ts";

const PARITY = 0x1bd11bda;

/**
 * Writes the blocks with the counters (`high`, `low[i]`) under `key` into `words`, two unsigned 32-bit numbers each:
 * Threefry-2x32 with 20 rounds, as {@linkcode Rng} draws them. Written out, since V8 does not unroll loops; two blocks, x
 * and y, at a time, so that the processor need not wait for the one or the other.
 *
 * @param words with room for twice as many numbers as `low` has
 * @param low an even number of counters
 */
export function fillBlocks(words: Uint32Array, key: StreamKey, high: number, low: Uint32Array): void {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = k0 ^ k1 ^ PARITY;
  const start = (high + k0) | 0;
  for (let i = 0; i < low.length; i += 2) {
    let x0 = start;
    let x1 = (low[i]! + k1) | 0;
    let y0 = start;
    let y1 = (low[i + 1]! + k1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 13) | (y1 >>> 19)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 15) | (y1 >>> 17)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 26) | (y1 >>> 6)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 6) | (y1 >>> 26)) ^ y0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + 1) | 0;
    y0 = (y0 + k1) | 0;
    y1 = (y1 + k2 + 1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 17) | (y1 >>> 15)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 29) | (y1 >>> 3)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 16) | (y1 >>> 16)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 24) | (y1 >>> 8)) ^ y0;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k0 + 2) | 0;
    y0 = (y0 + k2) | 0;
    y1 = (y1 + k0 + 2) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 13) | (y1 >>> 19)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 15) | (y1 >>> 17)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 26) | (y1 >>> 6)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 6) | (y1 >>> 26)) ^ y0;
    x0 = (x0 + k0) | 0;
    x1 = (x1 + k1 + 3) | 0;
    y0 = (y0 + k0) | 0;
    y1 = (y1 + k1 + 3) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 17) | (y1 >>> 15)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 29) | (y1 >>> 3)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 16) | (y1 >>> 16)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 24) | (y1 >>> 8)) ^ y0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + 4) | 0;
    y0 = (y0 + k1) | 0;
    y1 = (y1 + k2 + 4) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 13) | (y1 >>> 19)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 15) | (y1 >>> 17)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 26) | (y1 >>> 6)) ^ y0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    y0 = (y0 + y1) | 0;
    y1 = ((y1 << 6) | (y1 >>> 26)) ^ y0;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k0 + 5) | 0;
    y0 = (y0 + k2) | 0;
    y1 = (y1 + k0 + 5) | 0;
    words[2 * i] = x0;
    words[2 * i + 1] = x1;
    words[2 * i + 2] = y0;
    words[2 * i + 3] = y1;
  }
}
