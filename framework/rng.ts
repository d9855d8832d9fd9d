/**
 * Counter-based random streams: a stream is a pure function of its key, so there is no generator state to save, and
 * one agent's draws never disturb another's.
 *
 * The generator is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", SC'11); the key is a 64-bit hash of seed, purpose and agent, the counter is (turn, draw).
 */

const PARITY = 0x1bd11bda;

/** 64-bit key of a stream, as two unsigned 32-bit halves. */
export type StreamKey = readonly [number, number];

/** Seed of a run: any safe integer. */
export type Seed = number;

/**
 * A stream of random numbers.
 *
 * @example
 * ```ts
 * import { rng } from "llm-sim";
 * const a = rng(1, "decide", "NationA", 7);
 * const b = rng(1, "decide", "NationA", 7);
 * if (a.next() !== b.next()) throw new Error("the same key gives the same stream");
 * ```
 */
export class Rng {
  readonly #k0: number;
  readonly #k1: number;
  readonly #turn: number;
  #draw = 0;
  #high = 0;
  #low = 0;

  /** A stream of `key` in turn `turn` (0 or more). Most callers want {@linkcode rng}. */
  constructor(key: StreamKey, turn: number) {
    // As signed integers, which V8 keeps in the object itself; the arithmetic is modulo 2^32 either way.
    this.#k0 = key[0] | 0;
    this.#k1 = key[1] | 0;
    this.#turn = turn;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  next(): number {
    this.#block(this.#draw++);
    return ((this.#high >>> 5) * 67108864 + (this.#low >>> 6)) / 9007199254740992;
  }

  /**
   * What the first `next()` of a stream would be that began at `counter`, any 32-bit integer; this stream's own draws are
   * left as they are. For values that have an address of their own, such as the hash of a name.
   */
  at(counter: number): number {
    this.#block(counter | 0);
    return ((this.#high >>> 5) * 67108864 + (this.#low >>> 6)) / 9007199254740992;
  }

  /** Uniform in [min, max). @throws {RangeError} unless min ≤ max, both finite */
  uniform(min: number, max: number): number {
    if (!(min <= max) || !Number.isFinite(max - min)) {
      throw new RangeError(`uniform(${min}, ${max}): needs finite bounds, min ≤ max`);
    }
    return min + (max - min) * this.next();
  }

  /** Uniform integer from min to max, both included. @throws {RangeError} unless both are safe integers, min ≤ max */
  int(min: number, max: number): number {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
      throw new RangeError(`int(${min}, ${max}): needs safe integers, min ≤ max`);
    }
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  /** Normally distributed (Box–Muller). @throws {RangeError} when `sd` is negative or either is not finite */
  normal(mean = 0, sd = 1): number {
    if (!(sd >= 0) || !Number.isFinite(mean) || !Number.isFinite(sd)) {
      throw new RangeError(`normal(${mean}, ${sd}): needs a finite mean and sd ≥ 0`);
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return mean + sd * radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Exponentially distributed with rate `rate` (mean 1/rate). @throws {RangeError} unless rate > 0 */
  exponential(rate = 1): number {
    if (!(rate > 0)) throw new RangeError(`exponential(${rate}): needs a rate > 0`);
    return -Math.log(1 - this.next()) / rate;
  }

  /** One of `values`, each equally likely. @throws {RangeError} when there are none */
  choice<T>(values: readonly T[]): T {
    if (values.length === 0) throw new RangeError("choice(): there is nothing to choose from");
    return values[Math.floor(this.next() * values.length)]!;
  }

  /** `values` in random order (Fisher–Yates); the argument is left as it is. */
  shuffle<T>(values: readonly T[]): T[] {
    const shuffled = values.slice();
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = Math.floor(this.next() * (i + 1));
      const kept = shuffled[i]!;
      shuffled[i] = shuffled[j]!;
      shuffled[j] = kept;
    }
    return shuffled;
  }

  /** `k` different ones of `values` in random order. @throws {RangeError} unless 0 ≤ k ≤ values.length */
  sample<T>(values: readonly T[], k: number): T[] {
    if (!Number.isInteger(k) || k < 0 || k > values.length) {
      throw new RangeError(`sample(${k}): needs an integer from 0 to ${values.length}`);
    }
    return this.shuffle(values).slice(0, k);
  }

  /** Five groups of four rounds, each followed by an injection of the key. Written out: V8 does not unroll loops. */
  #block(counter: number): void {
    const k0 = this.#k0;
    const k1 = this.#k1;
    const k2 = k0 ^ k1 ^ PARITY;
    let x0 = (this.#turn + k0) | 0;
    let x1 = (counter + k1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + 1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k0 + 2) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k0) | 0;
    x1 = (x1 + k1 + 3) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + 4) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k0 + 5) | 0;
    this.#high = x0;
    this.#low = x1;
  }

  /** The next block as two unsigned 32-bit numbers. For tests against published vectors. */
  nextBlock(): [number, number] {
    this.#block(this.#draw++);
    return [this.#high >>> 0, this.#low >>> 0];
  }
}

/** The stream of (seed, purpose, agent) in one turn. `agent` is empty for streams that belong to no agent. */
export function rng(seed: Seed, purpose: string, agent: string, turn: number): Rng {
  return new Rng(streamKey(seed, purpose, agent), turn);
}

/** The key of (seed, purpose, agent); keep it where many turns draw from it. */
export function streamKey(seed: Seed, purpose: string, agent: string): StreamKey {
  const text = `${seed}\u0000${purpose}\u0000${agent}`;
  return [hash32(text, 0x9747b28c), hash32(text, 0x3c6ef372)];
}

/** MurmurHash3 (x86, 32 bit) over the UTF-16 code units of `text`. */
export function hash32(text: string, seed: number): number {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= text.length * 2;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
