import { describeDomain, resolveComponent } from "llm-sim";
import { parse } from "yaml";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { type EconomyState, play, type Played, readScenario, type ScenarioText } from "./tests/harness.ts";
import economic from "./mod.ts";
import { NATION_BOUNDS, TARIFF_BOUNDS, WORLD_BOUNDS } from "./variables.ts";

const SCENARIOS = ["growth", "recession", "trade_war", "stimulus", "basic_economic", "quick_test", "extended_test"];
const SEEDS = [1, 2, 3, 4, 5];

/** The conditions of `termination.when`, by scenario. */
const UNTIL: Record<string, (state: EconomyState) => boolean> = {
  recession: ({ turn, global_state }) => turn > 8 && global_state.unemployment < 6,
  stimulus: ({ agents }) => agents.get("Keynesia")!.inflation > 2.75,
};

function played(name: string, seed?: number): Played {
  const until = UNTIL[name];
  return play(readScenario(name), { ...(until && { until }), ...(seed !== undefined && { seed }) });
}

function totals({ states }: Played): number[] {
  return states.map((state) => state.global_state.total_economic_value);
}

for (const name of SCENARIOS) {
  Deno.test(`${name}: has a header, a description, reporters, this domain and components that exist`, () => {
    const text = Deno.readTextFileSync(new URL(`../../scenarios/economic/${name}.yaml`, import.meta.url));
    const scenario = parse(text);
    assertTrue(text.startsWith("# ") && scenario.simulation.description.length > 10);
    assertEquals([scenario.domain, scenario.simulation.name], ["economic", name]);
    const reporters = Object.values(scenario.metrics.reporters as Record<string, Record<string, string>>);
    assertTrue(reporters.length >= 2 && reporters.length <= 4);
    const variables = Object.keys(scenario.state_variables.agent_vars);
    assertTrue(reporters.every((reporter) => variables.includes(Object.values(reporter)[0]!)));
    resolveComponent(economic, "engine", scenario.engine.type);
    resolveComponent(economic, "validator", scenario.validator.type);
    for (const agent of scenario.agents) resolveComponent(economic, "agent", agent.type);
  });

  Deno.test(`${name}: every action passes economic_rules, on every seed`, () => {
    for (const seed of SEEDS) assertEquals(played(name, seed).rejections, []);
  });
}

Deno.test("scenarios on market declare bounds as wide as the engine's", () => {
  for (const name of ["growth", "recession", "trade_war", "stimulus"]) {
    const { agent_vars, global_vars } = readScenario(name).state_variables;
    for (const [vars, all] of [[agent_vars, NATION_BOUNDS], [global_vars, WORLD_BOUNDS]] as const) {
      for (const [variable, bounds] of Object.entries(all)) {
        const { min = -Infinity, max = Infinity } = vars[variable]!;
        assertTrue(min <= bounds.min && max >= bounds.max, `${name}: ${variable}`);
      }
    }
    const { value_type } = agent_vars.tariffs as unknown as { value_type: { min: number; max: number } };
    assertTrue(value_type.min <= TARIFF_BOUNDS.min && value_type.max >= TARIFF_BOUNDS.max, name);
  }
});

Deno.test("growth: the world grows by half, steadily and without unemployment, on every seed", () => {
  for (const seed of SEEDS) {
    const run = played("growth", seed);
    assertTrue(
      run.last.global_state.total_economic_value > 6000 && run.last.turn < 80,
      `seed ${seed}: turn ${run.last.turn}`,
    );
    const yearly = totals(run).map((total, i, all) => i < 8 ? 1 : total / all[i - 8]!);
    assertTrue(yearly.every((factor) => factor > 0.995), `seed ${seed}: no two bad years`);
    assertTrue(run.states.every((state) => state.global_state.unemployment < 7), `seed ${seed}`);
  }
});

Deno.test("recession: output falls by more than 3 %, then recovers in part, on every seed", () => {
  for (const seed of SEEDS) {
    const run = played("recession", seed);
    const all = totals(run);
    const trough = Math.min(...all.slice(5));
    assertTrue(trough < 0.97 * all[4]!, `seed ${seed}: from ${all[4]} to ${trough}`);
    assertTrue(
      all.at(-1)! > 1.02 * trough && run.last.turn < 60,
      `seed ${seed}: ${all.at(-1)} in turn ${run.last.turn}`,
    );
    assertTrue(Math.max(...run.states.map((state) => state.global_state.unemployment)) > 6.5, `seed ${seed}`);
    assertTrue(run.last.agents.get("Thrift")!.output_gap < run.last.agents.get("Inland")!.output_gap, `seed ${seed}`);
  }
});

Deno.test("trade_war: ends below its floor; without tariffs the same world has more output and trade, on every seed", () => {
  for (const seed of SEEDS) {
    const war = played("trade_war", seed);
    assertTrue(
      war.last.global_state.total_economic_value < 3880,
      `seed ${seed}: ${war.last.global_state.total_economic_value}`,
    );
    const world = (tariff: number) =>
      play(withConfig("trade_war", "Ironside", { tariff }), { seed, turns: 16 }).last.global_state;
    const [taxed, free] = [world(0.15), world(0)];
    assertTrue(taxed.total_economic_value < 0.97 * free.total_economic_value, `seed ${seed}`);
    assertTrue(taxed.trade_volume < 0.7 * free.trade_volume, `seed ${seed}`);
    const share = (state: EconomyState) => state.agents.get("Neutralia")!.exports / state.global_state.trade_volume;
    assertTrue(share(war.last) > share(war.states[0]!), `seed ${seed}: Neutralia gains a share`);
  }
});

Deno.test("stimulus: Keynesia has less unemployment and more inflation than its twin, and than itself without", () => {
  for (const seed of SEEDS) {
    const run = played("stimulus", seed);
    const [own, twin] = ["Keynesia", "Laissez"].map((name) => run.last.agents.get(name)!);
    const without = play(withConfig("stimulus", "Keynesia", { fiscal_stimulus: 0 }), { seed, turns: run.last.turn });
    for (const other of [twin!, without.last.agents.get("Keynesia")!]) {
      assertTrue(own!.unemployment < other.unemployment && own!.inflation > other.inflation, `seed ${seed}`);
      assertTrue(own!.debt > other.debt, `seed ${seed}`);
    }
    assertTrue(run.last.turn < 24, `seed ${seed}: overheats before the end`);
  }
});

Deno.test("quick_test ends in turn 5 below its floor, extended_test in turn 233 above its ceiling", () => {
  const quick = played("quick_test").last;
  assertEquals([quick.turn, quick.global_state.total_economic_value < 160], [5, true]);
  const extended = played("extended_test").last;
  assertEquals([extended.turn, extended.global_state.total_economic_value > 500_000], [233, true]);
});

Deno.test("the domain describes its components with schemas, and its templates parse and name what exists", () => {
  const description = describeDomain(economic);
  const types = [description.agents, description.engines, description.validators].map((list) =>
    list.map(({ type }) => type)
  );
  assertEquals(types, [["nation"], ["economic", "market"], ["always_valid", "economic_rules"]]);
  const undescribed = Object.entries((description.engines[1]!.config as { properties: object }).properties)
    .filter(([name, property]) => property.description === undefined && !name.endsWith("_shock"));
  assertEquals(undescribed, []);
  assertEquals(Object.keys(description.templates), ["economic", "market"]);
  for (const text of Object.values(description.templates)) {
    const run = play(parse(text));
    assertEquals([run.last.turn > 0, run.rejections], [true, []]);
  }
});

function withConfig(name: string, nation: string, config: ScenarioText["agents"][number]["config"]): ScenarioText {
  const scenario = readScenario(name);
  const agents = scenario.agents.map((agent) =>
    agent.name === nation ? { ...agent, config: { ...agent.config, ...config } } : agent
  );
  return { ...scenario, agents };
}
