import { assertEquals, assertMatches, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { type Change, type Played, withEngine, withEntry } from "../../../tests/support/playing.ts";
import { correlation, crossings, lagOf, mean, smoothed } from "../../../tests/support/waves.ts";
import { type ClassicState, play } from "../tests/harness.ts";

const SEEDS = [1, 2, 3, 4, 5];
/** Turns until the start is forgotten. */
const SETTLED = 100;

const seriesOf = ({ worlds }: Played<ClassicState>, kind: "sheep" | "wolves" | "grass") =>
  worlds.slice(SETTLED).map((world) => world[kind]);

Deno.test("wolf_sheep: with NetLogo's parameters wolves and sheep last for 1500 turns and go up and down", async () => {
  for (const seed of SEEDS) {
    const run = await play("wolf_sheep", { turns: 1500, seed });
    const [sheep, wolves] = [seriesOf(run, "sheep"), seriesOf(run, "wolves")];
    assertTrue(Math.min(...sheep) > 40 && Math.min(...wolves) > 10, `seed ${seed}`);
    assertNear(mean(sheep), 160, 20, `seed ${seed}: sheep`);
    assertNear(mean(wolves), 76, 12, `seed ${seed}: wolves`);
    assertTrue(crossings(smoothed(sheep, 11)) >= 10, `seed ${seed}: at least five waves`);
    // half a wave later the numbers are on the other side, unlike those of a random walk
    assertTrue(correlation(sheep.slice(0, -80), sheep.slice(80)) < -0.25, `seed ${seed}`);
  }
});

Deno.test("wolf_sheep: wolves follow sheep, fewer sheep follow more wolves, less grass follows more sheep", async () => {
  for (const seed of SEEDS) {
    const run = await play("wolf_sheep", { turns: 1500, seed });
    const [sheep, wolves, grass] = [seriesOf(run, "sheep"), seriesOf(run, "wolves"), seriesOf(run, "grass")];
    const lags = [
      lagOf(sheep, wolves, 70),
      lagOf(wolves, sheep.map((count) => -count), 70),
      lagOf(sheep, grass.map((count) => -count), 70),
    ];
    assertTrue(lags.every((lag, i) => lag >= [10, 5, 1][i]! && lag < 70), `seed ${seed}: ${lags}`);
  }
});

Deno.test("wolf_sheep: without wolves sheep stay below what the grass can feed, and near it", async () => {
  // a cell gives 4 energy every 31 turns at most, a sheep needs 1 per turn
  const limit = 2601 * 4 / 31;
  for (const seed of SEEDS) {
    const run = await play("wolf_sheep", { turns: 500, seed, change: withEngine({ wolf_gain_from_food: 0 }) });
    assertEquals(run.last.global_state.wolves, 0);
    const sheep = mean(run.worlds.slice(200).map((world) => world.sheep));
    assertTrue(sheep > 0.7 * limit && sheep < limit, `seed ${seed}: ${sheep} of ${limit}`);
  }
});

Deno.test("wolf_sheep: wolves without sheep starve, and then nobody is left", async () => {
  for (const seed of SEEDS) {
    const change = withEntry("sheep", { initial_energy: 1, step_cost: 5 });
    const { last, ended, worlds } = await play("wolf_sheep", { seed, change });
    assertEquals([ended, last.global_state.sheep], ["engine: no animals are left", 0]);
    assertEquals(worlds[2]!.sheep, 0);
    assertTrue(last.turn < 60, `seed ${seed}: turn ${last.turn}`);
  }
});

Deno.test("wolf_sheep: without grass both boom and bust, and one kind at most is left", async () => {
  for (const seed of SEEDS) {
    const { worlds, ended } = await play("boom_and_bust", { seed });
    const sheep = worlds.map((world) => world.sheep);
    const wolves = worlds.map((world) => world.wolves);
    const boom = wolves.indexOf(Math.max(...wolves));
    assertTrue(Math.max(...sheep.slice(0, boom)) > 300, `seed ${seed}: sheep boom first`);
    assertTrue(wolves[boom]! > 300, `seed ${seed}: then wolves`);
    assertTrue(Math.min(...sheep.slice(boom)) < 30, `seed ${seed}: then sheep are gone, or nearly`);
    assertEquals(wolves.at(-1), 0, `seed ${seed}`);
    assertMatches(ended!, /^engine: (no animals are left|the sheep have inherited the earth)$/);
  }
});

Deno.test("wolf_sheep: columns and world variables agree, and members of all kinds stay within the world", async () => {
  const { last } = await play("wolf_sheep", { turns: 80 });
  const { sheep, wolves, grass, width, height } = last.global_state;
  const of = (name: string) => last.populations.get(name)!;
  assertEquals([of("sheep").size, of("wolves").size, of("grass").size], [sheep, wolves, width * height]);
  const countdown = Array.from(of("grass").column("countdown"));
  assertEquals(countdown.filter((turns) => turns === 0).length, grass);
  assertTrue(countdown.every((turns) => turns >= 0 && turns <= 30));
  for (const name of ["sheep", "wolves"]) {
    assertTrue(Array.from(of(name).column("energy")).every((energy) => energy >= 0));
    assertTrue(Array.from(of(name).column("x")).every((x) => x >= 0 && x < width));
    assertTrue(Array.from(of(name).column("y")).every((y) => y >= 0 && y < height));
  }
});

Deno.test("wolf_sheep: half of the cells start with grass, and animals with less energy than they are given at most", async () => {
  const { last } = await play("wolf_sheep", { turns: 0 });
  assertNear(last.global_state.grass, 1300, 100);
  const energy = Array.from(last.populations.get("wolves")!.column("energy"));
  assertTrue(energy.every((own) => Number.isInteger(own) && own >= 0 && own < 40) && new Set(energy).size > 10);
});

Deno.test("wolf_sheep: a population that is not there, or cells that do not fill the world, are refused", async () => {
  const refused = async (change: Change) =>
    String(await play("wolf_sheep", { turns: 1, change }).then(() => "accepted", (error) => error));
  assertMatches(await refused(withEngine({ sheep: "goats" })), /needs population 'goats'/);
  assertMatches(await refused(withEntry("grass", {}, { count: 2600 })), /'grass' has 2600 members for 51 × 51 cells/);
});
