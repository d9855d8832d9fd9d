import { describeDomain } from "llm-sim";
import { assertEquals, assertNear, assertTrue } from "../../tests/support/assert.ts";
import { assertSeeds, testScenarioFiles, typesOf, undescribed } from "../../tests/support/domains.ts";
import { rejections, withEntry } from "../../tests/support/playing.ts";
import classic from "./mod.ts";
import { play, playText, stage } from "./tests/harness.ts";

const SCENARIOS = [
  "boltzmann",
  "boltzmann_simultaneous",
  "taxes",
  "schelling",
  "schelling_restless",
  "wolf_sheep",
  "boom_and_bust",
  "boids",
  "boids_in_fog",
];
const SEEDS = [1, 2, 3, 4, 5];

testScenarioFiles(stage, SCENARIOS);

for (const name of SCENARIOS) {
  Deno.test(`${name}: the same seed gives the same turns, another seed others`, () =>
    assertSeeds(stage, name, { turns: 12 }));
}

Deno.test("boltzmann: gini passes 0.665 soon, by which time half own nothing, on every seed", async () => {
  for (const seed of SEEDS) {
    const { metrics, ended, last } = await play("boltzmann", { seed });
    assertEquals(ended, "when: metric.gini > 0.665", `seed ${seed}`);
    assertTrue(last.turn < 100, `seed ${seed}: turn ${last.turn}`);
    assertNear(metrics.at(-1)!.owners!, 5000, 150);
  }
});

Deno.test("boltzmann_simultaneous: gini stays below 0.61 for good, on every seed", async () => {
  for (const seed of SEEDS) {
    const { metrics, ended } = await play("boltzmann_simultaneous", { seed });
    assertEquals(ended, "max_turns", `seed ${seed}`);
    assertTrue(metrics.every(({ gini }) => gini! < 0.61), `seed ${seed}`);
  }
});

Deno.test("taxes: gini rises above 0.63 without taxes and falls below 0.4 with them, on every seed; without, it does not", async () => {
  for (const seed of SEEDS) {
    const run = await play("taxes", { seed });
    const { metrics, ended } = run;
    assertTrue(metrics[40]!.gini! > 0.63, `seed ${seed}`);
    assertEquals(ended, "when: turn > 40 and metric.gini < 0.4", `seed ${seed}`);
    assertEquals(rejections(run), []);
    const idle = withEntry("Exchequer", { target_gini: 1 });
    const untaxed = await play("taxes", { seed, turns: metrics.length - 1, change: idle });
    assertTrue(untaxed.metrics.at(-1)!.gini! > 0.63, `seed ${seed}`);
  }
});

Deno.test("schelling: all are happy within 60 turns, and live among 70 to 77 % of their own kind, on every seed", async () => {
  for (const seed of SEEDS) {
    const { metrics, ended, last } = await play("schelling", { seed });
    assertEquals(ended, "when: count(happy) == 2470", `seed ${seed}`);
    assertTrue(last.turn < 60 && metrics[0]!.happy! < 2200, `seed ${seed}: turn ${last.turn}`);
    assertNear(metrics.at(-1)!.similar!, 0.735, 0.035, `seed ${seed}`);
  }
});

Deno.test("schelling_restless: hardly anybody is ever happy, and the city stays mixed", async () => {
  for (const seed of [1, 2]) {
    const { metrics, ended } = await play("schelling_restless", { seed });
    assertEquals(ended, "max_turns");
    assertTrue(metrics.every(({ happy, similar }) => happy! < 400 && similar! < 0.55), `seed ${seed}`);
  }
});

Deno.test("wolf_sheep: neither kind dies out, on every seed", async () => {
  for (const seed of SEEDS) {
    const { worlds, ended } = await play("wolf_sheep", { seed });
    assertEquals(ended, "max_turns", `seed ${seed}`);
    assertTrue(worlds.every(({ sheep, wolves }) => sheep > 20 && wolves > 10), `seed ${seed}`);
  }
});

Deno.test("boids and boids_in_fog: in clear air the flock comes to fly one way, in fog it never does", async () => {
  for (const seed of SEEDS) {
    assertEquals((await play("boids", { seed })).ended, "when: global.alignment > 0.95", `seed ${seed}`);
    const { worlds, ended } = await play("boids_in_fog", { seed });
    assertEquals(ended, "max_turns", `seed ${seed}`);
    assertTrue(worlds.every(({ alignment }) => alignment < 0.35), `seed ${seed}`);
  }
});

Deno.test("the domain describes its components with schemas, and its templates play", async () => {
  const description = describeDomain(classic);
  assertEquals(typesOf(description), [
    ["trader", "tax_collector", "household", "animal", "patch", "boid", "human"],
    ["classic", "wolf_sheep", "flocking"],
    ["always_valid", "tax_law"],
  ]);
  const components = [...description.agents, ...description.engines];
  for (const { type, description: told } of components) assertTrue(told.length > 20, type);
  assertEquals(undescribed(components), []);
  assertEquals(Object.keys(description.templates), ["boltzmann", "schelling", "wolf_sheep", "boids"]);
  for (const text of Object.values(description.templates)) assertTrue((await playText(text)).ended !== null);
});
