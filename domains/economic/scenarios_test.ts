import { describeDomain } from "llm-sim";
import { assertEquals, assertMatches, assertNear, assertTrue } from "../../tests/support/assert.ts";
import { assertAsWide } from "../../tests/support/bounds.ts";
import { assertSeeds, testScenarioFiles, typesOf, undescribed } from "../../tests/support/domains.ts";
import { type Played, rejections, withEntry } from "../../tests/support/playing.ts";
import { type EconomyState, play, playText, readScenario, stage } from "./tests/harness.ts";
import economic from "./mod.ts";
import { GROWTH_BOUNDS, NATION_BOUNDS, TARIFF_BOUNDS, WORLD_BOUNDS } from "./variables.ts";

const ON_MARKET = ["growth", "recession", "trade_war", "stimulus", "hybrid_simulation"];
const SCENARIOS = [...ON_MARKET, "llm_economic", "basic_economic", "quick_test", "extended_test"];
const SEEDS = [1, 2, 3, 4, 5];

function totals({ states }: Played<EconomyState>): number[] {
  return states.map((state) => state.global_state.total_economic_value);
}

testScenarioFiles(stage, SCENARIOS);

for (const name of SCENARIOS) {
  Deno.test(`${name}: every nation acts once a turn, and economic_rules accepts it, on every seed`, async () => {
    const { validator, ...scenario } = readScenario(name);
    const config = validator.type === "economic_rules" ? validator.config ?? {} : {};
    const judged = { ...scenario, validator: { type: "economic_rules", config } };
    for (const seed of SEEDS) {
      const run = await play(judged, { seed });
      assertEquals(rejections(run), []);
      assertEquals(run.actions.length, run.last.turn * scenario.agents.length);
    }
  });
}

Deno.test("scenarios on market declare bounds as wide as the engine's", () => {
  for (const name of [...ON_MARKET, "llm_economic"]) {
    const { agent_vars, global_vars } = readScenario(name).state_variables;
    assertAsWide(
      agent_vars,
      agent_vars.gdp_growth ? { ...NATION_BOUNDS, gdp_growth: GROWTH_BOUNDS } : NATION_BOUNDS,
      name,
    );
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

// Models are offline here: what is told of scenarios with models is what their rules come to.

Deno.test("hybrid_simulation: a slump, a trade war that costs a tenth of trade, and a world that gets through, on every seed", async () => {
  for (const seed of SEEDS) {
    const { states, worlds, ended, last, actions } = await play("hybrid_simulation", { seed });
    assertEquals(ended, "max_value", `seed ${seed}`);
    assertTrue(last.turn >= 15 && last.turn < 25, `seed ${seed}: turn ${last.turn}`);
    assertTrue(worlds[4]!.total_economic_value < 0.98 * worlds[3]!.total_economic_value, `seed ${seed}: a slump`);
    assertTrue(Math.max(...worlds.slice(4).map((world) => world.unemployment)) > 6, `seed ${seed}`);
    assertTrue(last.global_state.trade_volume < 0.9 * worlds[8]!.trade_volume, `seed ${seed}: a trade war`);
    assertTrue(last.global_state.inflation > worlds[8]!.inflation + 0.5, `seed ${seed}: it makes things dear`);
    const [ironside, tellus] = ["Ironside", "Tellus"].map((name) => last.agents.get(name)!);
    assertEquals(Object.keys(ironside!.tariffs), ["Meridian", "Novara", "Tellus"]);
    assertEquals(tellus!.tariffs, {});
    assertTrue(states[8]!.global_state.mean_tariff === 0 && actions.length === 4 * last.turn);
    const growth = (name: string) =>
      last.agents.get(name)!.economic_strength / states[0]!.agents.get(name)!.economic_strength;
    assertTrue(growth("Novara") > growth("Ironside"), `seed ${seed}: who starts it gains the least`);
    const change = withEntry("Ironside", { tariff_stance: "reciprocal" });
    const free = (await play("hybrid_simulation", { seed, turns: last.turn, change })).last;
    assertTrue(free.global_state.total_economic_value > 1.02 * last.global_state.total_economic_value, `seed ${seed}`);
    assertTrue(free.agents.get("Ironside")!.economic_strength > 1.03 * ironside!.economic_strength, `seed ${seed}`);
  }
});

Deno.test("llm_economic: a soft landing, on every seed", async () => {
  for (const seed of SEEDS) {
    const { worlds, ended, last } = await play("llm_economic", { seed });
    const { gdp_growth, inflation, unemployment } = worlds[0]!;
    assertEquals([gdp_growth, inflation, unemployment].map((value) => Math.round(1e9 * value) / 1e9), [2.5, 3, 5]);
    assertEquals(ended, "when: global.inflation < 2.2", `seed ${seed}`);
    assertTrue(last.turn >= 6 && last.turn < 24, `seed ${seed}: turn ${last.turn}`);
    assertTrue(Math.max(...worlds.map((world) => world.unemployment)) < 6.5, `seed ${seed}`);
    assertTrue(Math.max(...worlds.map((world) => world.policy_rate)) > 4, `seed ${seed}: rates rise first`);
  }
});

Deno.test("scenarios on market: the same seed gives the same states, another seed other states", async () => {
  for (const name of [...ON_MARKET, "llm_economic"]) await assertSeeds(stage, name, { turns: 12, others: [2, 3] });
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

Deno.test("a file of llm-sim with its components that ask a model plays, and ends offline on the closed form", async () => {
  const { last, ended, actions } = await playText(`
simulation: { name: legacy, max_turns: 10 }
engine: { type: econ_llm_engine, interest_rate: 0.03 }
validator: { type: econ_llm_validator, domain: economic, permissive: true }
agents:
  - { name: Nation_A, type: econ_llm_agent, initial_economic_strength: 1000.0 }
  - { name: Nation_B, type: econ_llm_agent, strategy: maintain, initial_economic_strength: 1500 }
llm: { model: "gemma:3", host: "http://localhost:11434" }
`);
  assertEquals([last.turn, ended, actions.length], [10, "max_turns", 20]);
  assertEquals(actions.slice(0, 2).map(({ action_type }) => action_type), ["grow", "maintain"]);
  assertNear(last.global_state.total_economic_value, 2500 * 1.03 ** 10, 1e-9 * 2500);
});

Deno.test("the domain describes its components with schemas, and its templates play without a rejection", async () => {
  const description = describeDomain(economic);
  assertEquals(typesOf(description), [
    ["nation", "econ_llm", "human"],
    ["economic", "market", "econ_llm"],
    ["always_valid", "economic_rules", "econ_llm"],
  ]);
  const { agents: [, agent], engines: [, market, engine], validators: [, , validator] } = description;
  assertEquals([agent, market, engine, validator].map((component) => component!.llm), [true, false, true, true]);
  const described = [agent!, market!, engine!, validator!];
  assertEquals(undescribed(described).filter((key) => !key.endsWith("_shock")), []);
  assertEquals(Object.keys(description.templates), ["economic", "market", "llm_market"]);
  for (const text of Object.values(description.templates)) {
    const run = await playText(text);
    assertEquals([run.ended, rejections(run)], ["max_turns", []]);
  }
});
