import { rng } from "llm-sim";
import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { type Exchange, exchangeAtOnce, exchangeInTurn, partnerOf, payers } from "./boltzmann.ts";
import { randomOrder } from "./order.ts";
import { giniOf } from "./taxes.ts";

const UNIT: Exchange = { amount: 1, debt_limit: 0 };
type Activation = "sequential" | "shuffled" | "simultaneous";

/** Wealth of `size` members that start with 1 each, after so many turns. */
function played(activation: Activation, size: number, turns: number, exchange = UNIT, seed = 1): Float64Array {
  const wealth = new Float64Array(size).fill(1);
  for (let turn = 1; turn <= turns; turn++) playTurn(activation, wealth, exchange, seed, turn);
  return wealth;
}

function playTurn(activation: Activation, wealth: Float64Array, exchange: Exchange, seed: number, turn: number): void {
  const draws = (purpose: string, bound: number) => {
    const stream = rng(seed, purpose, "", turn);
    return Int32Array.from(wealth, () => Math.floor(stream.next() * bound));
  };
  const partners = draws("partner", wealth.length - 1);
  if (activation === "simultaneous") return exchangeAtOnce(wealth, payers(wealth, exchange), partners, exchange);
  const givers = activation === "sequential"
    ? draws("giver", wealth.length)
    : randomOrder(wealth.length, rng(seed, "order", "", turn));
  exchangeInTurn(wealth, givers, partners, exchange);
}

/** Shares of members that own 0, 1, 2 … */
function shares(wealth: Float64Array, from = 0): number[] {
  const counts: number[] = [];
  for (const own of wealth) counts[own - from] = (counts[own - from] ?? 0) + 1 / wealth.length;
  return Array.from(counts, (share) => share ?? 0);
}

/** Gini coefficient of a distribution over 0, 1, 2 … with mean 1: Σ F (1 − F). */
function giniOfShares(distribution: readonly number[]): number {
  let below = 0;
  return distribution.reduce((sum, share) => {
    below += share;
    return sum + below * (1 - below);
  }, 0);
}

/** The stationary distribution of the queue w' = w − [w > 0] + Poisson(ρ), by recursion; its mean is 1 for ρ = 2 − √2. */
function poissonQueue(rate: number, length: number): number[] {
  const arrivals = [Math.exp(-rate)];
  for (let k = 1; k < length; k++) arrivals.push(arrivals[k - 1]! * rate / k);
  const shares = [1 - rate];
  for (let k = 0; k + 1 < length; k++) {
    let rest = shares[k]! - shares[0]! * arrivals[k]!;
    for (let j = 1; j <= k; j++) rest -= shares[j]! * arrivals[k + 1 - j]!;
    shares.push(Math.max(0, rest / arrivals[0]!));
  }
  return shares;
}

Deno.test("boltzmann: money is neither made nor lost, and nobody goes below the debt limit, whoever acts when", () => {
  const exchanges = fc.record({ amount: fc.integer({ min: 1, max: 5 }), debt_limit: fc.integer({ min: 0, max: 20 }) });
  fc.assert(
    fc.property(
      exchanges,
      fc.integer({ min: 2, max: 40 }),
      fc.constantFrom<Activation>("sequential", "shuffled", "simultaneous"),
      (exchange, size, activation) => {
        const wealth = played(activation, size, 30, exchange);
        assertEquals(wealth.reduce((sum, own) => sum + own, 0), size);
        assertTrue(wealth.every((own) => own >= -exchange.debt_limit));
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("boltzmann: partners are all others, each for one draw", () => {
  for (let i = 0; i < 5; i++) {
    const partners = [0, 1, 2, 3].map((draw) => partnerOf(i, draw));
    assertEquals(partners, [0, 1, 2, 3, 4].filter((other) => other !== i));
  }
});

Deno.test("boltzmann: in turn, what was given can be given on; at once, it cannot", () => {
  const chain = Int32Array.of(0, 1, 0);
  const inTurn = Float64Array.of(1, 0, 0);
  exchangeInTurn(inTurn, Int32Array.of(0, 1, 2), chain, UNIT);
  assertEquals([...inTurn], [1, 0, 0]);
  const atOnce = Float64Array.of(1, 0, 0);
  exchangeAtOnce(atOnce, Uint8Array.of(1, 1, 1), chain, UNIT);
  assertEquals([...atOnce], [0, 1, 0]);
});

Deno.test("boltzmann, sequential: wealth becomes geometric, the discrete Boltzmann–Gibbs law; gini 2/3", () => {
  for (const seed of [1, 2, 3]) {
    const wealth = played("sequential", 10_000, 150, UNIT, seed);
    const found = shares(wealth);
    for (let own = 0; own < 6; own++) assertNear(found[own]!, 0.5 ** (own + 1), 0.015, `share that owns ${own}`);
    assertNear(giniOf(wealth), 2 / 3, 0.01, `seed ${seed}`);
  }
});

Deno.test("boltzmann, shuffled: each giving once a turn, wealth is spread less; gini 0.62 to 0.64", () => {
  for (const seed of [1, 2, 3]) assertNear(giniOf(played("shuffled", 10_000, 150, UNIT, seed)), 0.63, 0.01);
});

Deno.test("boltzmann, simultaneous: wealth becomes that of a queue with Poisson arrivals; gini 0.58", () => {
  const rate = 2 - Math.SQRT2;
  const expected = poissonQueue(rate, 20);
  assertNear(expected.reduce((sum, share, own) => sum + own * share, 0), 1, 1e-3);
  for (const seed of [1, 2, 3]) {
    const wealth = played("simultaneous", 10_000, 300, UNIT, seed);
    const found = shares(wealth);
    for (let own = 0; own < 6; own++) assertNear(found[own]!, expected[own]!, 0.015, `share that owns ${own}`);
    assertNear(giniOf(wealth), giniOfShares(expected), 0.012, `seed ${seed}`);
    assertNear(giniOf(wealth), 0.58, 0.012, `seed ${seed}`);
  }
});

Deno.test("boltzmann: with debt the distribution starts at the limit, and its temperature rises by it", () => {
  const debt_limit = 2;
  const wealth = played("sequential", 10_000, 300, { amount: 1, debt_limit });
  const temperature = 1 + debt_limit;
  const found = shares(wealth, -debt_limit);
  for (let above = 0; above < 6; above++) {
    const expected = (1 / (1 + temperature)) * (temperature / (1 + temperature)) ** above;
    assertNear(found[above]!, expected, 0.02, `share ${above} above the limit`);
  }
});
