/**
 * Random draws for all members of a population at once.
 *
 * Law: what a member draws is a function of seed, population, purpose, turn and the member's id. How many others there
 * are, and who, does not matter.
 *
 * Members with the ids 2b and 2b + 1 share block b of the generator, one 32-bit word each.
 */

import type { ComponentContext } from "./context.ts";
import type { Members, ReadonlyIds } from "./members.ts";
import type { PopulationContext } from "./population.ts";
import { Rng, rng, type Seed, type StreamKey, streamKey } from "./rng.ts";
import { fillBlocks } from "./threefry.ts";

const TO_UNIT = 2 ** -32;
/** Bounds up to which 32 bits give every number exactly the same chance at hardly any cost. */
const SMALL_BOUND = 2 ** 21;
/** The counter's high half where a member's own key is made; no turn is as high. */
const KEYS = 0xffffffff;

/** One kind of draws for one purpose. */
interface Draws<T> {
  readonly key: StreamKey;
  values: T;
}

/** Where the words of the present members are. */
interface Plan {
  readonly ids: ReadonlyIds;
  /** Blocks that hold a member's word, ascending; an even number, one more where need be. */
  readonly blocks: Uint32Array;
  /** Position of each member's word among those of `blocks`; odd where its id is. */
  readonly slots: Int32Array;
}

/** Draws for the members of one population, into arrays that are used again. */
export class MemberDraws {
  readonly #seed: Seed;
  readonly #population: string;
  readonly #uniforms = new Map<string, Draws<Float64Array<ArrayBuffer>>>();
  readonly #integers = new Map<string, Draws<Int32Array<ArrayBuffer>>>();
  readonly #normals = new Map<string, Draws<Float64Array<ArrayBuffer>>>();
  readonly #orders = new Map<string, Draws<Int32Array<ArrayBuffer>>>();
  readonly #keys = new Map<string, StreamKey>();
  readonly #sorter = new Sorter();
  #plan: Plan | undefined;
  #words = new Uint32Array(0);

  /** @param population its name */
  constructor(seed: Seed, population: string) {
    this.#seed = seed;
    this.#population = population;
  }

  /** What the population is given with a call that is about `members`. */
  context(members: Members, base: ComponentContext): PopulationContext {
    const { turn } = base;
    return {
      ...base,
      rng: (purpose) => rng(this.#seed, `population:${purpose}`, this.#population, turn),
      uniforms: (purpose) => this.#uniformsOf(members.ids, purpose, turn),
      integers: (purpose, bound) => this.#integersOf(members.ids, purpose, turn, bound),
      normals: (purpose) => this.#normalsOf(members.ids, purpose, turn),
      rngOf: (member, purpose) => this.#rngOf(members, member, purpose, turn),
      order: (purpose) => this.#orderOf(members.ids, purpose, turn),
    };
  }

  #uniformsOf(ids: ReadonlyIds, purpose: string, turn: number): Float64Array<ArrayBuffer> {
    const draws = this.#drawsOf(this.#uniforms, "uniforms", purpose, ids.length, (length) => new Float64Array(length));
    const { slots } = this.#draw(ids, draws.key, turn);
    toUniforms(this.#words, slots, draws.values);
    return draws.values;
  }

  #integersOf(ids: ReadonlyIds, purpose: string, turn: number, bound: number): Int32Array<ArrayBuffer> {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 31) {
      throw new RangeError(`integers(${bound}): needs a bound that is a whole number from 1 to 2^31`);
    }
    const draws = this.#drawsOf(this.#integers, "integers", purpose, ids.length, (length) => new Int32Array(length));
    const { key, values } = draws;
    const { slots } = this.#draw(ids, key, turn);
    const threshold = bound > SMALL_BOUND ? 2 ** 32 : 2 ** 32 % bound;
    const again = toIntegers(this.#words, slots, bound, threshold, values);
    for (let i = 0, left = again; left > 0; i++) {
      if (!isRefused(this.#words[slots[i]!]!, bound, threshold)) continue;
      values[i] = fairInteger(new Rng(memberKey(key, ids[i]!), turn), bound);
      left--;
    }
    return values;
  }

  #normalsOf(ids: ReadonlyIds, purpose: string, turn: number): Float64Array<ArrayBuffer> {
    const draws = this.#drawsOf(this.#normals, "normals", purpose, ids.length, (length) => new Float64Array(length));
    const { slots } = this.#draw(ids, draws.key, turn);
    toNormals(this.#words, slots, draws.values);
    return draws.values;
  }

  #orderOf(ids: ReadonlyIds, purpose: string, turn: number): Int32Array<ArrayBuffer> {
    const draws = this.#drawsOf(this.#orders, "order", purpose, ids.length, (length) => new Int32Array(length));
    const { slots } = this.#draw(ids, draws.key, turn);
    this.#sorter.sort(this.#words, slots, draws.values);
    return draws.values;
  }

  #rngOf(members: Members, member: number, purpose: string, turn: number): Rng {
    const id = members.ids[member];
    if (id === undefined) {
      throw new RangeError(`rngOf(${member}): population '${this.#population}' has ${members.size} members`);
    }
    let key = this.#keys.get(purpose);
    if (key === undefined) this.#keys.set(purpose, key = this.#key("member", purpose));
    return new Rng(memberKey(key, id), turn);
  }

  #drawsOf<T extends { readonly length: number; subarray(from: number, to: number): T }>(
    kept: Map<string, Draws<T>>,
    method: string,
    purpose: string,
    length: number,
    create: (length: number) => T,
  ): Draws<T> {
    let draws = kept.get(purpose);
    if (draws === undefined) kept.set(purpose, draws = { key: this.#key(method, purpose), values: create(length) });
    else if (draws.values.length !== length) draws.values = create(length);
    return draws;
  }

  #key(method: string, purpose: string): StreamKey {
    return streamKey(this.#seed, `${method}:${purpose}`, this.#population);
  }

  /** Fills in the words under `key`, and says where each member's is. */
  #draw(ids: ReadonlyIds, key: StreamKey, turn: number): Plan {
    const plan = this.#plan?.ids === ids ? this.#plan : this.#plan = planOf(ids);
    if (this.#words.length < 2 * plan.blocks.length) this.#words = new Uint32Array(2 * plan.blocks.length);
    fillBlocks(this.#words, key, turn, plan.blocks);
    return plan;
  }
}

function planOf(ids: ReadonlyIds): Plan {
  const blocks = new Uint32Array(ids.length + 1);
  const slots = new Int32Array(ids.length);
  let length = 0;
  for (let i = 0; i < ids.length; i++) {
    const block = ids[i]! >>> 1;
    if (length === 0 || blocks[length - 1] !== block) blocks[length++] = block;
    slots[i] = 2 * (length - 1) + (ids[i]! & 1);
  }
  return { ids, blocks: blocks.subarray(0, length + length % 2), slots };
}

const keyWords = new Uint32Array(4);
const keyCounters = new Uint32Array(2);

/** The key of a member's own streams. */
function memberKey(key: StreamKey, id: number): StreamKey {
  keyCounters[0] = id;
  fillBlocks(keyWords, key, KEYS, keyCounters);
  return [keyWords[0]!, keyWords[1]!];
}

function toUniforms(words: Uint32Array, slots: Int32Array, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) values[i] = words[slots[i]!]! * TO_UNIT;
}

/** Two words make two normal numbers (Box–Muller), one for each of the members that share them. */
function toNormals(words: Uint32Array, slots: Int32Array, values: Float64Array): void {
  let block = -1;
  let radius = 0;
  let angle = 0;
  for (let i = 0; i < values.length; i++) {
    const slot = slots[i]!;
    if (slot >>> 1 !== block) {
      block = slot >>> 1;
      radius = Math.sqrt(-2 * Math.log(1 - words[2 * block]! * TO_UNIT));
      angle = 2 * Math.PI * words[2 * block + 1]! * TO_UNIT;
    }
    values[i] = radius * ((slot & 1) === 0 ? Math.cos(angle) : Math.sin(angle));
  }
}

/**
 * Takes the high word of word · bound, and returns how many must be drawn again: those whose low word is below
 * `threshold` = 2^32 mod bound (Lemire, "Fast random integer generation in an interval", 2019).
 */
function toIntegers(
  words: Uint32Array,
  slots: Int32Array,
  bound: number,
  threshold: number,
  values: Int32Array,
): number {
  const scale = bound * TO_UNIT;
  let refused = 0;
  for (let i = 0; i < values.length; i++) {
    const word = words[slots[i]!]!;
    values[i] = word * scale;
    if (isRefused(word, bound, threshold)) refused++;
  }
  return refused;
}

function isRefused(word: number, bound: number, threshold: number): boolean {
  return Math.imul(word, bound) >>> 0 < threshold;
}

/** A whole number in [0, bound) from as many bits as it needs, drawn until they are below. */
function fairInteger(stream: Rng, bound: number): number {
  const surplus = Math.clz32(bound - 1);
  // A shift by 32 would be one by 0.
  if (surplus === 32) return 0;
  while (true) {
    const drawn = stream.nextBlock()[0] >>> surplus;
    if (drawn < bound) return drawn;
  }
}

const DIGIT = 11;
const BUCKETS = 1 << DIGIT;

/** Sorts positions by a 32-bit word: three rounds of counting, 11 bits each. Equal words stay in order. */
class Sorter {
  readonly #starts = new Uint32Array(BUCKETS);
  #others = new Int32Array(0);

  /** Writes the positions 0 … slots.length − 1 into `order`, by ascending `words[slots[position]]`. */
  sort(words: Uint32Array, slots: Int32Array, order: Int32Array): void {
    const { length } = slots;
    if (this.#others.length !== length) this.#others = new Int32Array(length);
    const others = this.#others;
    for (let i = 0; i < length; i++) others[i] = i;
    this.#byDigit(words, slots, others, order, 0);
    this.#byDigit(words, slots, order, others, DIGIT);
    this.#byDigit(words, slots, others, order, 2 * DIGIT);
  }

  #byDigit(words: Uint32Array, slots: Int32Array, from: Int32Array, to: Int32Array, shift: number): void {
    const starts = this.#starts.fill(0);
    for (let i = 0; i < from.length; i++) starts[(words[slots[i]!]! >>> shift) & (BUCKETS - 1)]!++;
    for (let digit = 0, end = 0; digit < BUCKETS; digit++) {
      const start = end;
      end += starts[digit]!;
      starts[digit] = start;
    }
    for (let i = 0; i < from.length; i++) {
      const position = from[i]!;
      to[starts[(words[slots[position]!]! >>> shift) & (BUCKETS - 1)]!++] = position;
    }
  }
}
