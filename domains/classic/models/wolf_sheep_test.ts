import { rng } from "llm-sim";
import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { randomOrder } from "./order.ts";
import { cellOf } from "./torus.ts";
import { type Animals, breed, graze, grow, hunt, leaveParents, survivors, wander } from "./wolf_sheep.ts";

const WORLD = { width: 7, height: 5 };

function animals(size: number, seed = 1, energy = 4): Animals {
  const draws = rng(seed, "animals", "", 0);
  return {
    x: Float64Array.from({ length: size }, () => draws.next() * WORLD.width),
    y: Float64Array.from({ length: size }, () => draws.next() * WORLD.height),
    heading: Float64Array.from({ length: size }, () => draws.next() * 360),
    energy: new Float64Array(size).fill(energy),
  };
}

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

Deno.test("wander: one cell ahead, at most 50 degrees off the course, for the price of a step", () => {
  const before = animals(500);
  const after = animals(500);
  const draws = rng(1, "turns", "", 1);
  const uniforms = () => Float64Array.from(before.x, () => draws.next());
  wander(after, uniforms(), uniforms(), 50, 1, WORLD);
  for (let i = 0; i < 500; i++) {
    const turn = (after.heading[i]! - before.heading[i]! + 540) % 360 - 180;
    assertTrue(Math.abs(turn) <= 50 + 1e-9);
    assertTrue(after.x[i]! >= 0 && after.x[i]! < WORLD.width && after.y[i]! >= 0 && after.y[i]! < WORLD.height);
    assertEquals(after.energy[i], 3);
  }
  const [alone] = [{ x: [1], y: [1], heading: [90], energy: [0] }].map((own) => ({
    x: Float64Array.from(own.x),
    y: Float64Array.from(own.y),
    heading: Float64Array.from(own.heading),
    energy: Float64Array.from(own.energy),
  }));
  wander(alone!, Float64Array.of(0.5), Float64Array.of(0.5), 50, 0, WORLD);
  assertNear(alone!.x[0]!, 2, 1e-12);
});

Deno.test("graze: grass of a cell feeds the first that comes, and only it", () => {
  const flock = animals(20);
  flock.x.fill(3.5);
  flock.y.fill(2.5);
  const countdown = new Int32Array(35);
  const order = Int32Array.of(7, ...[...Array(20).keys()].filter((i) => i !== 7));
  const fed = graze(flock, order, countdown, 31, WORLD);
  assertEquals([total(fed), fed[7]], [1, 1]);
  assertEquals(countdown[cellOf(3.5, 2.5, WORLD)], 31);
  assertEquals(countdown.filter((turns) => turns > 0).length, 1);
});

Deno.test("grow: eaten grass is back after regrowth turns, not one earlier", () => {
  const countdown = Int32Array.of(31, 0);
  for (let turn = 1; turn <= 30; turn++) assertEquals(grow(countdown), 1);
  assertEquals(grow(countdown), 2);
});

Deno.test("hunt: a wolf eats one sheep of its cell, a sheep is eaten once, and each feeds one wolf", () => {
  fc.assert(fc.property(fc.nat(30), fc.nat(60), fc.nat(1000), (wolfCount, sheepCount, seed) => {
    const wolves = animals(wolfCount, seed);
    const sheep = animals(sheepCount, seed + 1);
    const order = randomOrder(wolfCount, rng(seed, "order", "", 1));
    const left = hunt(wolves, order, sheep, 20, WORLD, rng(seed, "hunt", "", 1));
    const fed = [...wolves.energy].filter((energy) => energy === 24).length;
    assertEquals(sheepCount - total(left), fed);
    const inCell = (own: Pick<Animals, "x" | "y">, cell: number) =>
      [...own.x.keys()].filter((i) => cellOf(own.x[i]!, own.y[i]!, WORLD) === cell);
    for (let cell = 0; cell < 35; cell++) {
      const here = inCell(sheep, cell);
      const eaten = here.filter((i) => left[i] === 0).length;
      assertEquals(eaten, Math.min(here.length, inCell(wolves, cell).length), `cell ${cell}`);
    }
  }));
});

Deno.test("hunt: every sheep of a cell is as likely to be eaten as the others", () => {
  const eaten = [0, 0, 0];
  for (let seed = 0; seed < 3000; seed++) {
    const sheep = { x: new Float64Array(3).fill(1.5), y: new Float64Array(3).fill(1.5) };
    const wolf = { ...animals(1), x: Float64Array.of(1.2), y: Float64Array.of(1.9) };
    const left = hunt(wolf, Int32Array.of(0), sheep, 20, WORLD, rng(seed, "hunt", "", 1));
    eaten[left.indexOf(0)]!++;
  }
  for (const count of eaten) assertNear(count, 1000, 100);
});

Deno.test("survivors: energy 0 is enough to live, less is not", () => {
  assertEquals([...survivors(Float64Array.of(0, -0.25, 3))], [1, 0, 1]);
});

Deno.test("breed and leaveParents: parent and young one share what the parent had; the young one is one cell away", () => {
  const size = 2000;
  const parentsBefore = animals(size, 1, 10);
  const parents = breed(parentsBefore.energy, 0.04, rng(1, "breed", "", 1));
  assertNear(parents.length, 80, 40);
  const grown = (column: Float64Array) => Float64Array.of(...column, ...new Float64Array(parents.length));
  const all = {
    x: grown(parentsBefore.x),
    y: grown(parentsBefore.y),
    heading: grown(parentsBefore.heading),
    energy: grown(parentsBefore.energy),
  };
  leaveParents(all, parents, WORLD, rng(1, "young", "", 1));
  assertEquals(total(all.energy), 10 * size);
  parents.forEach((parent, k) => {
    const across = (a: number, b: number, world: number) => Math.min(Math.abs(a - b), world - Math.abs(a - b));
    const away = Math.hypot(
      across(all.x[parent]!, all.x[size + k]!, WORLD.width),
      across(all.y[parent]!, all.y[size + k]!, WORLD.height),
    );
    assertNear(away, 1, 1e-9);
    assertEquals([all.energy[parent], all.energy[size + k]], [5, 5]);
  });
});
