import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { withEntry } from "../../../tests/support/playing.ts";
import { play } from "../tests/harness.ts";
import { boidConfig } from "./boid.ts";

Deno.test("boid: alignment rises from disorder to above 0.95 on every seed", async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { worlds, ended } = await play("boids", { seed });
    assertTrue(worlds[0]!.alignment < 0.2, `seed ${seed}: starts at ${worlds[0]!.alignment}`);
    assertEquals(ended, "when: global.alignment > 0.95", `seed ${seed}`);
  }
});

Deno.test("boid: more noise, less order (Vicsek et al. 1995)", async () => {
  const order = async (noise: number) => {
    const { worlds } = await play("boids", { turns: 400, change: withEntry("boids", { noise }) });
    return worlds.slice(300).reduce((sum, { alignment }) => sum + alignment, 0) / (worlds.length - 300);
  };
  const [calm, gusty, stormy] = [await order(0), await order(60), await order(300)];
  assertTrue(calm > 0.95 && gusty < calm && gusty > stormy && stormy < 0.15, `${calm}, ${gusty}, ${stormy}`);
});

Deno.test("boid: every boid goes its speed each turn and stays in the world", async () => {
  const places = async (turns: number) => {
    const { last } = await play("boids", { turns, change: withEntry("boids", { speed: 0.5 }) });
    const boids = last.populations.get("boids")!;
    return [boids.column("x").slice(), boids.column("y").slice()] as const;
  };
  const [before, after] = [await places(7), await places(8)];
  for (let i = 0; i < 300; i++) {
    const [dx, dy] = [0, 1].map((axis) => Math.abs(after[axis]![i]! - before[axis]![i]!)).map((way) =>
      Math.min(way, 71 - way)
    );
    assertNear(Math.hypot(dx!, dy!), 0.5, 1e-9);
    assertTrue(after.every((column) => column[i]! >= 0 && column[i]! < 71));
  }
});

Deno.test("boid: NetLogo's settings are the defaults; negative ones are refused", () => {
  assertEquals(boidConfig.parse({}), {
    vision: 5,
    minimum_separation: 1,
    max_align_turn: 5,
    max_cohere_turn: 3,
    max_separate_turn: 1.5,
    speed: 1,
    noise: 0,
  });
  for (const bad of [{ vision: 0 }, { max_align_turn: -1 }, { max_cohere_turn: 181 }, { noise: -1 }]) {
    assertTrue(!boidConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});
