/**
 * The benchmark model as a population, and as plain columns without a framework, against which it is measured.
 */

import {
  type Members,
  type MutableMembers,
  Population,
  type PopulationContext,
  type PopulationDecision,
  type SimulationState,
  streamKey,
} from "../../framework/mod.ts";
import { fillBlocks } from "../../framework/threefry.ts";

/** Everybody who owns something gives 1 to a random other one. */
export class TradersPopulation extends Population<unknown, Int32Array> {
  static override readonly requires = { agent_vars: ["wealth"] };

  override decideAll(
    members: Members,
    _state: SimulationState,
    context: PopulationContext,
  ): PopulationDecision<Int32Array> {
    const { size } = members;
    const wealth = members.column("wealth");
    // One less than there are: whoever draws itself takes the one that was left out.
    const partner = context.integers("partner", size - 1);
    const change = new Int32Array(size);
    const give = exchange(wealth, partner, change);
    return { counts: { give }, intents: change };
  }

  override applyAll(next: MutableMembers, change: Int32Array): void {
    const wealth = next.column("wealth");
    for (let i = 0; i < wealth.length; i++) wealth[i]! += change[i]!;
  }
}

function exchange(wealth: ArrayLike<number>, partner: Int32Array, change: Int32Array): number {
  const last = wealth.length - 1;
  let give = 0;
  for (let i = 0; i < wealth.length; i++) {
    // Without a branch, which no processor could foretell: `? 1 : 0` would be one.
    const gives = Number(wealth[i]! >= 1);
    const drawn = partner[i]!;
    change[i]! -= gives;
    change[drawn === i ? last : drawn]! += gives;
    give += gives;
  }
  return give;
}

/**
 * The same model over typed arrays in a plain loop. `per member` draws from the streams that the population draws from
 * and comes to the same wealth; `one` makes do with one cheap stream, which is as fast as columns get.
 */
export class PlainColumns {
  readonly wealth: Int32Array;
  readonly #draw: (turn: number) => Uint32Array;
  readonly #change: Int32Array;
  #turn = 0;

  constructor(count: number, streams: "per member" | "one") {
    this.wealth = new Int32Array(count).fill(1);
    this.#change = new Int32Array(count);
    this.#draw = streams === "one" ? oneStream(count) : streamPerMember(count);
  }

  /** Plays one turn. */
  step(): void {
    const { wealth } = this;
    const change = this.#change.fill(0);
    const words = this.#draw(++this.#turn);
    const last = wealth.length - 1;
    const scale = last / 2 ** 32;
    for (let i = 0; i < wealth.length; i++) {
      const gives = Number(wealth[i]! >= 1);
      const drawn = Math.floor(words[i]! * scale);
      change[i]! -= gives;
      change[drawn === i ? last : drawn]! += gives;
    }
    for (let i = 0; i < wealth.length; i++) wealth[i]! += change[i]!;
  }

  /** Gini coefficient of the present wealth, which are whole numbers. */
  gini(): number {
    const { wealth } = this;
    let most = 0;
    for (let i = 0; i < wealth.length; i++) {
      if (wealth[i]! > most) most = wealth[i]!;
    }
    const times = new Uint32Array(most + 1);
    for (let i = 0; i < wealth.length; i++) times[wealth[i]!]!++;
    let [before, weighted, total] = [0, 0, 0];
    for (let value = 0; value <= most; value++) {
      weighted += value * times[value]! * (2 * before + times[value]! - wealth.length);
      total += value * times[value]!;
      before += times[value]!;
    }
    return weighted / (wealth.length * total);
  }
}

function streamPerMember(count: number): (turn: number) => Uint32Array {
  const key = streamKey(1, "integers:partner", "trader");
  const blocks = Uint32Array.from({ length: 2 * Math.ceil(count / 4) }, (_, i) => i);
  const words = new Uint32Array(2 * blocks.length);
  return (turn) => {
    fillBlocks(words, key, turn, blocks);
    return words;
  };
}

/** Marsaglia's xorshift with 32 bits of state. */
function oneStream(count: number): () => Uint32Array {
  const words = new Uint32Array(count);
  let x = 0x9e3779b9 | 0;
  return () => {
    for (let i = 0; i < count; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      words[i] = x;
    }
    return words;
  };
}
