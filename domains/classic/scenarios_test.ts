import { describeDomain } from "llm-sim";
import { parse } from "yaml";
import { assertEquals, assertNear, assertTrue } from "../../tests/support/assert.ts";
import classic from "./mod.ts";
import { play, playText, readScenario, withEntry } from "./tests/harness.ts";

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

for (const name of SCENARIOS) {
  Deno.test(`${name}: has a header, a description, this domain and two to four reporters`, async () => {
    const text = readScenario(name);
    const { extends: base, ...own } = parse(text);
    const { domain, metrics } = base === undefined
      ? own
      : { ...parse(readScenario(base.replace(/\.yaml$/, ""))), ...own };
    assertTrue(text.startsWith("# ") && own.simulation.description.length > 10);
    assertEquals([domain, own.simulation.name], ["classic", name]);
    const reporters = Object.keys(metrics.reporters);
    assertTrue(reporters.length >= 2 && reporters.length <= 4);
    assertEquals(Object.keys((await play(name, { turns: 0 })).metrics[0]!), reporters);
  });

  Deno.test(`${name}: the same seed gives the same turns, another seed others`, async () => {
    const told = async (seed?: number) => {
      const { worlds, metrics, actions, last } = await play(name, { turns: 12, ...(seed !== undefined && { seed }) });
      const columns = [...last.populations].flatMap((members) =>
        members.columns.map((shape) => Array.from(members.column(shape.name)))
      );
      return JSON.stringify([worlds, metrics, actions, columns]);
    };
    const first = await told(1);
    assertEquals(await told(1), first);
    assertEquals(await told(), first, "its own seed is 1");
    assertTrue(await told(2) !== first);
  });
}

Deno.test("the README's table says in which turn each scenario ends, and why", async () => {
  const readme = Deno.readTextFileSync(new URL("README.md", import.meta.url));
  const rows = [...readme.matchAll(/^\| `(\w+)` +\| +(\d+) \| `([^`]+)`/gm)];
  const told = rows.map(([, name, turn, reason]) => [name!, Number(turn), reason!] as const);
  assertEquals(told.map(([name]) => name), SCENARIOS);
  for (const [name, turn, reason] of told) {
    const { last, ended } = await play(name);
    assertEquals([name, last.turn, ended], [name, turn, reason]);
  }
});

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
    const { metrics, ended, actions } = await play("taxes", { seed });
    assertTrue(metrics[40]!.gini! > 0.63, `seed ${seed}`);
    assertEquals(ended, "when: turn > 40 and metric.gini < 0.4", `seed ${seed}`);
    assertEquals(actions.filter(({ validated }) => validated === false), []);
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
  const types = [description.agents, description.engines, description.validators].map((list) =>
    list.map(({ type }) => type)
  );
  assertEquals(types, [
    ["trader", "tax_collector", "household", "animal", "patch", "boid", "human"],
    ["classic", "wolf_sheep", "flocking"],
    ["always_valid", "tax_law"],
  ]);
  for (const { type, config, description: told } of [...description.agents, ...description.engines]) {
    assertTrue(told.length > 20, type);
    const properties = Object.entries((config as { properties?: object }).properties ?? {});
    assertEquals(properties.filter(([, property]) => property.description === undefined), [], type);
  }
  assertEquals(Object.keys(description.templates), ["boltzmann", "schelling", "wolf_sheep", "boids"]);
  for (const text of Object.values(description.templates)) assertTrue((await playText(text)).ended !== null);
});
