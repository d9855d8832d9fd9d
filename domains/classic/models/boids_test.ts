import { rng } from "llm-sim";
import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { alignment, type Flock, fly, steer, type Steering } from "./boids.ts";
import { shortestWay, type World } from "./torus.ts";

const NETLOGO: Steering = {
  vision: 5,
  minimum_separation: 1,
  max_align_turn: 5,
  max_cohere_turn: 3,
  max_separate_turn: 1.5,
};

function flock(size: number, { width, height }: World, seed: number): Flock<Float64Array> {
  const draws = rng(seed, "flock", "", 0);
  return {
    x: Float64Array.from({ length: size }, () => draws.next() * width),
    y: Float64Array.from({ length: size }, () => draws.next() * height),
    heading: Float64Array.from({ length: size }, () => draws.next() * 360),
  };
}

/** The rules in the plainest form: every boid looks at every other. */
function steerByHand({ x, y, heading }: Flock, { width, height }: World, steering: Steering): number[] {
  const radians = (degrees: number) => degrees * Math.PI / 180;
  const turn = (from: number, to: number, most: number) => {
    const by = ((to - from + 540) % 360 + 360) % 360 - 180;
    return from + Math.max(-most, Math.min(most, by));
  };
  return Array.from(heading, (own, i) => {
    const mates = Array.from(x, (_, j) => j).filter((j) => j !== i).map((j) => {
      const [wayX, wayY] = [shortestWay(x[i]!, x[j]!, width), shortestWay(y[i]!, y[j]!, height)];
      return { wayX, wayY, distance: Math.hypot(wayX, wayY), heading: heading[j]! };
    }).filter(({ distance }) => distance <= steering.vision);
    if (mates.length === 0) return own;
    const nearest = mates.reduce((best, mate) => mate.distance < best.distance ? mate : best);
    if (nearest.distance < steering.minimum_separation) {
      return turn(own, own - (turn(own, nearest.heading, 180) - own), steering.max_separate_turn);
    }
    const sum = (value: (mate: typeof nearest) => number) => mates.reduce((total, mate) => total + value(mate), 0);
    const mean = Math.atan2(sum((m) => Math.sin(radians(m.heading))), sum((m) => Math.cos(radians(m.heading))));
    const aligned = turn(own, mean * 180 / Math.PI, steering.max_align_turn);
    const centre = Math.atan2(sum((m) => m.wayX / m.distance), sum((m) => m.wayY / m.distance));
    return turn(aligned, centre * 180 / Math.PI, steering.max_cohere_turn);
  });
}

Deno.test("steer: with cell lists every boid turns as if it had looked at every other", () => {
  const cases = fc.record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    size: fc.integer({ min: 0, max: 60 }),
    vision: fc.double({ min: 0.5, max: 12, noNaN: true }),
    minimum_separation: fc.double({ min: 0, max: 3, noNaN: true }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  });
  fc.assert(fc.property(cases, ({ width, height, size, seed, ...sight }) => {
    const world = { width, height };
    const steering = { ...NETLOGO, ...sight };
    const boids = flock(size, world, seed);
    const expected = steerByHand(boids, world, steering);
    steer(boids, world, steering).forEach((heading, i) => {
      assertNear(Math.sin((heading - expected[i]!) * Math.PI / 360), 0, 1e-7, `boid ${i}: ${heading}, ${expected[i]}`);
    });
  }));
});

Deno.test("steer: a boid alone keeps its heading, two in sight turn alike, two too near turn apart", () => {
  const world = { width: 71, height: 71 };
  const pair = (apart: number) => ({
    x: Float64Array.of(10, 10 + apart),
    y: Float64Array.of(70.5, 70.5),
    heading: Float64Array.of(350, 10),
  });
  const still = { ...NETLOGO, max_cohere_turn: 0 };
  assertEquals([...steer(pair(6), world, still)], [350, 10]);
  assertEquals([...steer(pair(4), world, still)], [355, 5]);
  assertEquals([...steer(pair(0.5), world, still)], [348.5, 11.5]);
});

Deno.test("steer: neighbours are seen across the edges", () => {
  const boids = { x: Float64Array.of(0.5, 70), y: Float64Array.of(70.9, 0.1), heading: Float64Array.of(0, 90) };
  const [first, second] = steer(boids, { width: 71, height: 71 }, { ...NETLOGO, max_cohere_turn: 0 });
  assertEquals([first, second], [5, 85]);
});

Deno.test("fly: everyone goes its distance along its heading, 0 to growing y, 90 to growing x, and stays in the world", () => {
  const boids = { x: Float64Array.of(70.5, 5), y: Float64Array.of(3, 70.5), heading: Float64Array.of(90, 0) };
  fly(boids, 1, { width: 71, height: 71 });
  assertNear(boids.x[0]!, 0.5, 1e-9);
  assertNear(boids.y[0]!, 3, 1e-9);
  assertNear(boids.x[1]!, 5, 1e-9);
  assertNear(boids.y[1]!, 0.5, 1e-9);
});

Deno.test("alignment: 1 when all fly the same way, 0 when they cancel out, about 1/√n at random", () => {
  assertNear(alignment(Float64Array.of(77, 77, 77)), 1, 1e-12);
  assertNear(alignment(Float64Array.of(0, 180, 90, 270)), 0, 1e-12);
  assertEquals(alignment(new Float64Array(0)), 0);
  assertTrue(alignment(flock(10_000, { width: 9, height: 9 }, 1).heading) < 0.03);
});

Deno.test("boids: alignment rises from disorder to almost one with NetLogo's settings, and not without the align rule", () => {
  const world = { width: 71, height: 71 };
  const after = (steering: Steering, seed: number) => {
    let boids = flock(300, world, seed);
    for (let turn = 0; turn < 500; turn++) {
      boids = { ...boids, heading: steer(boids, world, steering) };
      fly(boids, 1, world);
    }
    return alignment(boids.heading);
  };
  for (const seed of [1, 2, 3]) {
    assertTrue(alignment(flock(300, world, seed).heading) < 0.2);
    const [aligned, loose] = [after(NETLOGO, seed), after({ ...NETLOGO, max_align_turn: 0 }, seed)];
    assertTrue(aligned > 0.8, `seed ${seed}: ${aligned}`);
    assertTrue(loose < 0.5, `seed ${seed}: ${loose}`);
  }
});
