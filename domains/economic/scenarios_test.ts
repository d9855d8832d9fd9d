import { describeDomain } from "llm-sim";
import { assertEquals, assertMatches, assertNear, assertTrue } from "../../tests/support/assert.ts";
import { assertAsWide } from "../../tests/support/bounds.ts";
import { assertSeeds, testScenarioFiles, typesOf, undescribed } from "../../tests/support/domains.ts";
import { type Played, rejections, withEntry } from "../../tests/support/playing.ts";
import { type EconomyState, play, playText, readScenario, stage } from "./tests/harness.ts";
import economic from "./mod.ts";
import { NATION_BOUNDS, TARIFF_BOUNDS, WORLD_BOUNDS } from "./variables.ts";

const ON_MARKET = ["growth", "recession", "trade_war", "stimulus"];
const SCENARIOS = [...ON_MARKET, "basic_economic", "quick_test", "extended_test"];
const SEEDS = [1, 2, 3, 4, 5];

function totals({ states }: Played<EconomyState>): number[] {
  return states.map((state) => state.global_state.total_economic_value);
}

testScenarioFiles(stage, SCENARIOS);

for (const name of SCENARIOS) {
  Deno.test(`${name}: every nation acts once a turn, and economic_rules accepts it, on every seed`, async () => {
    const { validator, ...scenario } = readScenario(name);
    const judged = { ...scenario, validator: { ...validator, type: "economic_rules" } };
    for (const seed of SEEDS) {
      const run = await play(judged, { seed });
      assertEquals(rejections(run), []);
      assertEquals(run.actions.length, run.last.turn * scenario.agents.length);
    }
  });
}

Deno.test("scenarios on market declare bounds as wide as the engine's", () => {
  for (const name of ON_MARKET) {
    const { agent_vars, global_vars } = readScenario(name).state_variables;
    assertAsWide(agent_vars, NATION_BOUNDS, name);
    assertAsWide(global_vars, WORLD_BOUNDS, name);
    assertAsWide({ tariffs: agent_vars.tariffs!.value_type! }, { tariffs: TARIFF_BOUNDS }, name);
  }
});

Deno.test("growth: the world grows by half, steadily and without unemployment, on every seed", async () => {
  for (const seed of SEEDS) {
    const run = await play(readScenario("growth"), { seed });
    assertEquals(run.ended, "max_value", `seed ${seed}`);
    assertTrue(run.last.turn < 80, `seed ${seed}: turn ${run.last.turn}`);
    const yearly = totals(run).map((total, i, all) => i < 8 ? 1 : total / all[i - 8]!);
    assertTrue(yearly.every((factor) => factor > 0.995), `seed ${seed}: no two bad years`);
    assertTrue(run.states.every((state) => state.global_state.unemployment < 7), `seed ${seed}`);
  }
});

Deno.test("recession: output falls by more than 3 %, then recovers in part, on every seed", async () => {
  for (const seed of SEEDS) {
    const run = await play(readScenario("recession"), { seed });
    const all = totals(run);
    const trough = Math.min(...all.slice(5));
    assertTrue(trough < 0.97 * all[4]!, `seed ${seed}: from ${all[4]} to ${trough}`);
    assertTrue(all.at(-1)! > 1.02 * trough, `seed ${seed}: ${all.at(-1)} in turn ${run.last.turn}`);
    assertMatches(run.ended!, /^when: .*unemployment/);
    assertTrue(Math.max(...run.states.map((state) => state.global_state.unemployment)) > 6.5, `seed ${seed}`);
    assertTrue(run.last.agents.get("Thrift")!.output_gap < run.last.agents.get("Inland")!.output_gap, `seed ${seed}`);
  }
});

Deno.test("trade_war: ends below its floor; without tariffs the same world has more output and trade, on every seed", async () => {
  for (const seed of SEEDS) {
    const war = await play(readScenario("trade_war"), { seed });
    assertEquals(war.ended, "min_value", `seed ${seed}: ${war.last.global_state.total_economic_value}`);
    const world = async (tariff: number) =>
      (await play("trade_war", { seed, turns: 16, change: withEntry("Ironside", { tariff }) })).last.global_state;
    const [taxed, free] = [await world(0.15), await world(0)];
    assertTrue(taxed.total_economic_value < 0.97 * free.total_economic_value, `seed ${seed}`);
    assertTrue(taxed.trade_volume < 0.7 * free.trade_volume, `seed ${seed}`);
    const share = (state: EconomyState) => state.agents.get("Neutralia")!.exports / state.global_state.trade_volume;
    assertTrue(share(war.last) > share(war.states[0]!), `seed ${seed}: Neutralia gains a share`);
  }
});

Deno.test("stimulus: Keynesia has less unemployment and more inflation than its twin, and than itself without", async () => {
  for (const seed of SEEDS) {
    const { last, ended } = await play(readScenario("stimulus"), { seed });
    const change = withEntry("Keynesia", { fiscal_stimulus: 0 });
    const without = (await play("stimulus", { seed, turns: last.turn, change })).last;
    const own = last.agents.get("Keynesia")!;
    for (const other of [last.agents.get("Laissez")!, without.agents.get("Keynesia")!]) {
      assertTrue(own.unemployment < other.unemployment && own.inflation > other.inflation, `seed ${seed}`);
      assertTrue(own.debt > other.debt, `seed ${seed}`);
    }
    assertMatches(ended!, /^when: .*inflation/);
  }
});

Deno.test("scenarios on market: the same seed gives the same states, another seed other states", async () => {
  for (const name of ON_MARKET) await assertSeeds(stage, name, { turns: 12, others: [2, 3] });
});

Deno.test("scenarios on economic: the seed makes no difference", async () => {
  const text = async (seed: number) => JSON.stringify((await play(readScenario("basic_economic"), { seed })).states);
  assertEquals(await text(2), await text(1));
});

Deno.test("market: a policy that economic_rules rejects has its reason in the run, and no effect", async () => {
  const run = await play("growth", { turns: 3, change: withEntry("Caldera", { investment_share: 0.55 }) });
  assertEquals(run.actions.length, 12);
  assertEquals(rejections(run), Array(3).fill("investment_share 0.55 is not from 0 to 0.5"));
  const shares = run.states.map((state) => state.agents.get("Caldera")!.investment_share);
  assertEquals(shares, Array(4).fill(0.24));
});

Deno.test("a file of llm-sim without domain and state_variables plays, and ends on the closed form", async () => {
  const { last, ended } = await playText(`
simulation: { name: legacy, max_turns: 30, termination: { min_value: null, max_value: 1000000 }, checkpoint_interval: 5 }
engine: { type: economic, interest_rate: 0.03 }
validator: { type: always_valid, domain: economic, permissive: true }
agents:
  - { name: Nation_A, type: nation, initial_economic_strength: 1000.0 }
  - { name: Nation_B, type: nation, initial_economic_strength: 1500 }
logging: { level: INFO, format: json }
`);
  assertEquals([last.turn, ended], [30, "max_turns"]);
  for (const [name, initial] of [["Nation_A", 1000], ["Nation_B", 1500]] as const) {
    assertNear(last.agents.get(name)!.economic_strength, initial * 1.03 ** 30, 1e-9 * initial);
  }
  assertNear(last.global_state.total_economic_value, 2500 * 1.03 ** 30, 1e-9 * 2500);
});

Deno.test("the domain describes its components with schemas, and its templates play without a rejection", async () => {
  const description = describeDomain(economic);
  assertEquals(typesOf(description), [["nation", "human"], ["economic", "market"], ["always_valid", "economic_rules"]]);
  assertEquals(undescribed([description.engines[1]!]).filter((key) => !key.endsWith("_shock")), []);
  assertEquals(Object.keys(description.templates), ["economic", "market"]);
  for (const text of Object.values(description.templates)) {
    const run = await playText(text);
    assertEquals([run.ended, rejections(run)], ["max_turns", []]);
  }
});
