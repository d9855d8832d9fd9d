import { describeDomain } from "llm-sim";
import { assertEquals, assertNear, assertTrue } from "../../tests/support/assert.ts";
import { assertSeeds, testScenarioFiles, typesOf, undescribed } from "../../tests/support/domains.ts";
import { type Change, type Played, rejections, withEngine, withEntries } from "../../tests/support/playing.ts";
import { crossings, lagOf, smoothed } from "../../tests/support/waves.ts";
import type { MeadowState } from "./engines/draft.ts";
import ecology from "./mod.ts";
import { play, playText, stage } from "./tests/harness.ts";
import { energyOf } from "./tests/meadows.ts";

const SCENARIOS = ["coexistence", "overgrazing", "predator_removal", "hibernation"];
const SEEDS = [1, 2, 3, 4, 5];

const seriesOf = ({ worlds }: Played<MeadowState>, name: "sheep" | "wolves" | "grass") =>
  worlds.map((world) => world[name]);

testScenarioFiles(stage, SCENARIOS);

for (const name of SCENARIOS) {
  Deno.test(`${name}: the same seed gives the same turns, another seed others`, () =>
    assertSeeds(stage, name, { turns: 15 }));
}

Deno.test("coexistence: wolves and sheep last and go up and down, wolves after sheep, on every seed", async () => {
  for (const seed of SEEDS) {
    const run = await play("coexistence", { seed });
    const [sheep, wolves] = [seriesOf(run, "sheep").slice(20), seriesOf(run, "wolves").slice(20)];
    assertTrue(Math.min(...sheep) > 20 && Math.min(...wolves) > 3, `seed ${seed}`);
    assertTrue(Math.max(...sheep) > 1.8 * Math.min(...sheep), `seed ${seed}: sheep are few and many`);
    assertTrue(crossings(smoothed(sheep, 11)) >= 3, `seed ${seed}: waves`);
    const lag = lagOf(sheep, wolves, 45);
    assertTrue(lag >= 5 && lag < 45, `seed ${seed}: wolves follow after ${lag} turns`);
    assertEquals(rejections(run), [], `seed ${seed}`);
    assertNear(energyOf(run.last), energyOf(run.states[0]!), 1e-6, `seed ${seed}`);
  }
});

Deno.test("overgrazing: sheep multiply, then the grass is gone, then they are, on every seed", async () => {
  for (const seed of SEEDS) {
    const run = await play("overgrazing", { seed });
    const [sheep, grass] = [seriesOf(run, "sheep"), seriesOf(run, "grass")];
    const peak = sheep.indexOf(Math.max(...sheep));
    assertTrue(sheep[peak]! > 5 * sheep[0]!, `seed ${seed}: ${sheep[peak]} at the peak`);
    assertTrue(
      grass[peak]! > 2 * grass.at(-1)! && grass.at(-1)! < 100,
      `seed ${seed}: ${grass.at(-1)} of grass is left`,
    );
    assertEquals([run.ended, sheep.at(-1)], ["engine: no animals are left", 0], `seed ${seed}`);
    assertTrue(run.last.turn < 120, `seed ${seed}: turn ${run.last.turn}`);
  }
});

Deno.test("overgrazing: where grass grows back from bare ground, the sheep do not die out", async () => {
  const change = withEngine({ regrowth: "steady", grass_growth: 0.3 });
  const { last } = await play("overgrazing", { turns: 150, change });
  assertTrue(last.global_state.sheep > 40);
});

Deno.test("predator_removal: the bounty of turn 80 ends the wolves and frees the sheep, on every seed; without it, it does not", async () => {
  for (const seed of SEEDS) {
    const run = await play("predator_removal", { seed });
    const [sheep, wolves] = [seriesOf(run, "sheep"), seriesOf(run, "wolves")];
    assertTrue(wolves[79]! > 5 && wolves[95]! === 0, `seed ${seed}: ${wolves[79]} wolves before`);
    assertEquals(run.ended, "when: global.wolves == 0 and global.sheep > 200", `seed ${seed}`);
    assertTrue(run.last.turn > 80 && sheep.at(-1)! > 1.5 * sheep[79]!, `seed ${seed}: from ${sheep[79]}`);
    const shot = run.events.filter(({ event_type, details }) => event_type === "LIFECYCLE" && details.note === "shot");
    assertTrue(shot.length > 5, `seed ${seed}`);
    const change: Change = (scenario) => ({ ...scenario, interventions: [] });
    const { last } = await play("predator_removal", { seed, turns: run.last.turn, change });
    assertTrue(last.global_state.wolves > 3 && last.global_state.sheep < sheep.at(-1)!, `seed ${seed}`);
  }
});

Deno.test("hibernation: marmots outlive the sheep, who are as many before winter, on every seed", async () => {
  for (const seed of SEEDS) {
    const run = await play("hibernation", { seed });
    const kinds = (turn: number) => {
      const names = run.states[turn]!.agents.names();
      return ["sheep", "marmot"].map((kind) => names.filter((name) => name.startsWith(kind)).length);
    };
    const [sheepBefore, marmotsBefore] = kinds(29);
    const [sheep, marmots] = kinds(run.last.turn);
    assertTrue(sheepBefore! > 0.6 * marmotsBefore!, `seed ${seed}: ${sheepBefore} and ${marmotsBefore} before`);
    assertTrue(marmots! > 4 * sheep!, `seed ${seed}: ${sheep} and ${marmots} after`);
    assertEquals(run.ended, "when: turn > 90 and global.sheep > 60", `seed ${seed}`);
  }
});

Deno.test("hibernation: had the marmots stayed awake, they would have fared like the sheep", async () => {
  const change = withEntries((entry) => ({ ...entry, config: { ...entry.config, hibernates: false } }));
  const survivors = async (options: { change?: typeof change }) =>
    (await play("hibernation", { turns: 92, ...options })).last.agents.names().filter((name) =>
      name.startsWith("marmot")
    );
  const [awake, asleep] = [await survivors({ change }), await survivors({})];
  assertTrue(awake.length < asleep.length / 2, `${awake.length} instead of ${asleep.length}`);
});

Deno.test("animals live on hexagons and networks as they do on grids", async () => {
  const ring = Array.from({ length: 60 }, (_, i) => `p${i}`);
  const edge = (from: string, to: string) => ({ from, to, attributes: {} });
  const topologies = [
    { type: "hex_grid", radius: 8, coord_system: "axial" },
    {
      type: "network",
      directed: false,
      locations: ring.map((id) => ({ id, attributes: {} })),
      edges: ring.flatMap((id, i) => [edge(id, ring[(i + 1) % 60]!), edge(id, ring[(i + 7) % 60]!)]),
    },
  ] as const;
  for (const topology of topologies) {
    const run = await play("coexistence", {
      turns: 25,
      change: (scenario) => ({ ...scenario, spatial: { ...scenario.spatial!, topology } }),
    });
    assertEquals(rejections(run), [], topology.type);
    assertNear(energyOf(run.last), energyOf(run.states[0]!), 1e-6, topology.type);
    assertTrue(new Set(run.states.map(({ global_state }) => global_state.sheep)).size > 5, topology.type);
  }
});

Deno.test("the domain describes its components with schemas, and its template plays without a rejection", async () => {
  const description = describeDomain(ecology);
  assertEquals(typesOf(description), [["sheep", "wolf", "human"], ["meadow"], ["always_valid", "nature"]]);
  const components = [...description.agents, ...description.engines];
  for (const { type, description: told } of components) assertTrue(told.length > 20, type);
  assertEquals(undescribed(components), []);
  assertEquals(Object.keys(description.templates), ["meadow"]);
  const run = await playText(description.templates.meadow!);
  assertEquals([run.ended, rejections(run)], ["max_turns", []]);
});
