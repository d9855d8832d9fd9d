import { rng } from "llm-sim";
import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { City, type Households, type Relocation, settleAtRandom } from "./schelling.ts";
import type { World } from "./torus.ts";

function households(size: number, world: World, minority: number, seed: number): Households {
  const own = { x: new Int32Array(size), y: new Int32Array(size), group: new Uint8Array(size) };
  settleAtRandom(own, world, rng(seed, "settle", "", 0));
  for (let i = 0; i < Math.round(minority * size); i++) own.group[i] = 1;
  return own;
}

/** Share of similar neighbours, found the plain way. */
function similarByHand({ x, y, group }: Households, i: number, { width, height }: World): number {
  const near = [...x.keys()].filter((j) => {
    const apart = (a: number, b: number, size: number) => Math.min((a - b + size) % size, (b - a + size) % size);
    return j !== i && apart(x[i]!, x[j]!, width) <= 1 && apart(y[i]!, y[j]!, height) <= 1;
  });
  return near.length === 0 ? 1 : near.filter((j) => group[j] === group[i]).length / near.length;
}

const cases = fc.record({
  width: fc.integer({ min: 3, max: 12 }),
  height: fc.integer({ min: 3, max: 12 }),
  density: fc.double({ min: 0, max: 1, noNaN: true }),
  minority: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.integer({ min: 0, max: 1e6 }),
  relocation: fc.constantFrom<Relocation>("anywhere", "nearby"),
});

Deno.test("City: shares of similar neighbours are those counted by hand, before and after moves", () => {
  fc.assert(
    fc.property(cases, ({ width, height, density, minority, seed, relocation }) => {
      const world = { width, height };
      const own = households(Math.floor(density * width * height), world, minority, seed);
      const city = new City(world, own);
      const draws = rng(seed, "move", "", 1);
      for (let move = 0; move < 20 && own.x.length > 0; move++) {
        city.move(Math.floor(draws.next() * own.x.length), relocation, draws);
      }
      assertEquals(new Set(own.x.map((x, i) => own.y[i]! * width + x)).size <= own.x.length, true);
      new City(world, own); // throws when two share a cell
      for (let i = 0; i < own.x.length; i++) assertEquals(city.similar(i), similarByHand(own, i, world));
    }),
    { numRuns: 60 },
  );
});

Deno.test("City: a household that moves goes to a cell that was vacant; in a full city nobody moves", () => {
  const world = { width: 3, height: 3 };
  const own = households(8, world, 0.5, 1);
  const taken = new Set(own.x.map((x, i) => own.y[i]! * 3 + x));
  const [vacant] = [...Array(9).keys()].filter((cell) => !taken.has(cell));
  new City(world, own).move(4, "anywhere", rng(1, "move", "", 1));
  assertEquals(own.y[4]! * 3 + own.x[4]!, vacant);
  const full = households(9, world, 0.5, 1);
  const before = [...full.x, ...full.y];
  new City(world, full).move(4, "nearby", rng(1, "move", "", 1));
  assertEquals([...full.x, ...full.y], before);
});

Deno.test("City: two households in one cell, or one outside, are refused", () => {
  const world = { width: 3, height: 3 };
  const group = new Uint8Array(2);
  assertThrows(() => new City(world, { x: Int32Array.of(1, 1), y: Int32Array.of(2, 2), group }));
  assertThrows(() => new City(world, { x: Int32Array.of(1, 3), y: Int32Array.of(2, 2), group }));
});

Deno.test("settleAtRandom: every cell is as likely as any other; more households than cells are refused", () => {
  const world = { width: 4, height: 4 };
  const counts = new Array<number>(16).fill(0);
  for (let seed = 0; seed < 800; seed++) {
    const own = households(4, world, 0, seed);
    own.x.forEach((x, i) => counts[own.y[i]! * 4 + x]!++);
  }
  for (const count of counts) assertNear(count, 200, 60);
  assertThrows(() => households(17, world, 0, 1));
});

Deno.test("City: at random, a member of the majority has about its group's share of similar neighbours", () => {
  const world = { width: 51, height: 51 };
  const own = households(2000, world, 0.2, 3);
  const city = new City(world, own);
  const shares = [...own.x.keys()].filter((i) => own.group[i] === 0).map((i) => city.similar(i));
  assertTrue(Math.abs(shares.reduce((sum, share) => sum + share, 0) / shares.length - 0.8) < 0.02);
});
