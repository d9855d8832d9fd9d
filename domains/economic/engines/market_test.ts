import fc from "../../../tests/support/properties.ts";
import { Action, type SimError } from "llm-sim";
import { assertEquals, assertNear, assertRejects, assertTrue } from "../../../tests/support/assert.ts";
import { assertStateWithin, assertWithin } from "../../../tests/support/bounds.ts";
import { configSamples } from "../../../tests/support/config_samples.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { nationConfig } from "../agents/nation_config.ts";
import { type EconomyState, play, readScenario, type ScenarioFile } from "../tests/harness.ts";
import { NATION_BOUNDS, type NationVariables, TARIFF_BOUNDS, WORLD_BOUNDS } from "../variables.ts";
import { MarketEngine } from "./market.ts";
import { marketConfig } from "./market_config.ts";

const SEEDS = [1, 2, 3, 4, 5];
const CALM = { demand_shock: { sd: 0 }, productivity_shock: { sd: 0 } };

type Config = NonNullable<ScenarioFile["engine"]["config"]>;
type NationEntry = ScenarioFile["agents"][number];

/** A world of these nations on engine market, for 40 turns; each maintains, and starts with output 1000. */
function world(nations: Partial<NationEntry>[], config: Config = CALM): ScenarioFile {
  return {
    ...readScenario("growth"),
    simulation: { name: "world", max_turns: 40 },
    engine: { type: "market", config },
    agents: nations.map((nation, i) => ({
      name: `n${i}`,
      type: "nation",
      initial_economic_strength: 1000,
      ...nation,
      config: { strategy: "maintain", ...nation.config },
    })),
  };
}

function nation(state: EconomyState, name = "n0"): NationVariables {
  return state.agents.get(name)!;
}

Deno.test("market: the initial output is what the scenario says, and productivity is calibrated to it", async () => {
  const start = await play(world([{ initial_economic_strength: 1234, variables: { output_gap: -4 } }]), { turns: 0 });
  const { economic_strength, capital, labour, productivity, unemployment } = nation(start.last);
  assertEquals(economic_strength, 1234);
  assertNear(productivity * capital ** 0.33 * labour ** 0.67 * 0.96, 1234, 1e-9);
  assertNear(capital, 3 * 1234 / 0.96, 1e-9);
  assertEquals(unemployment, 7);
  assertEquals(start.last.global_state.total_economic_value, 1234);
});

Deno.test("market: without shocks and growth, a nation that replaces its wear stands still", async () => {
  const still = { ...CALM, productivity_growth: 0, labour_growth: 0, trade_spillover: 0 };
  const { states } = await play(
    world([{ config: { investment_share: 0.18 } }, { config: { investment_share: 0.18 } }], still),
  );
  for (const state of states) {
    assertNear(nation(state).economic_strength, 1000, 1e-6);
    assertNear(nation(state).inflation, 2, 1e-9);
    assertNear(state.global_state.unemployment, 5, 1e-9);
  }
});

Deno.test("market: a nation's growth, % per year, is kept where the scenario declares it", async () => {
  const plain = world([{}]);
  const { agent_vars, global_vars } = plain.state_variables;
  const declared = { agent_vars: { ...agent_vars, gdp_growth: { type: "float", default: 9 } }, global_vars };
  const { states } = await play({ ...plain, state_variables: declared }, { turns: 3 });
  assertEquals(nation(states[0]!).gdp_growth, 9);
  for (const [i, state] of states.entries()) {
    if (i === 0) continue;
    assertNear(nation(state).gdp_growth!, state.global_state.gdp_growth, 1e-9);
    const factor = nation(state).economic_strength / nation(states[i - 1]!).economic_strength;
    assertNear(nation(state).gdp_growth!, 100 * (factor ** 4 - 1), 1e-9);
  }
  assertTrue(!("gdp_growth" in nation((await play(plain, { turns: 1 })).last)));
});

Deno.test("market: growth converges to Solow's rate, labour growth + productivity growth / (1 - capital share)", async () => {
  const { states } = await play(world([{}], CALM), { turns: 400 });
  const expected = 0.5 + 1 / 0.67;
  assertNear(states.at(-1)!.global_state.gdp_growth, expected, 0.05);
});

Deno.test("market: grow ends above maintain, maintain above decline, in output and capital", async () => {
  for (const seed of SEEDS) {
    const strategies = (["grow", "maintain", "decline"] as const).map((strategy) => ({ config: { strategy } }));
    const { last } = await play(world(strategies, {}), { seed });
    const [grow, maintain, decline] = ["n0", "n1", "n2"].map((name) => nation(last, name));
    assertTrue(grow!.economic_strength > maintain!.economic_strength, `seed ${seed}`);
    assertTrue(maintain!.economic_strength > decline!.economic_strength, `seed ${seed}`);
    assertTrue(decline!.capital < 3000 && grow!.capital > maintain!.capital, `seed ${seed}`);
  }
});

Deno.test("market: stimulus lowers unemployment, and raises inflation, debt and later the policy rate", async () => {
  for (const seed of SEEDS) {
    const run = async (fiscal_stimulus: number) =>
      nation(
        (await play(world([{ config: { fiscal_stimulus } }], { demand_shock: { sd: 0.3 } }), { seed, turns: 8 })).last,
      );
    const [with_, without] = [await run(0.03), await run(0)];
    assertTrue(with_.unemployment < without.unemployment - 0.5, `seed ${seed}`);
    assertTrue(with_.inflation > without.inflation + 0.3, `seed ${seed}`);
    assertTrue(with_.policy_rate > without.policy_rate, `seed ${seed}`);
    assertTrue(with_.debt > without.debt, `seed ${seed}`);
  }
});

Deno.test("market: a higher policy rate lowers output and inflation and raises unemployment", async () => {
  const run = async (fixed_rate: number) =>
    nation((await play(world([{ config: { monetary_policy: "fixed", fixed_rate } }]), { turns: 8 })).last);
  const [tight, loose] = [await run(6), await run(3)];
  assertTrue(tight.economic_strength < loose.economic_strength);
  assertTrue(tight.inflation < loose.inflation);
  assertTrue(tight.unemployment > loose.unemployment);
});

Deno.test("market: tariffs that are answered in kind lower output and trade and raise prices, on every seed", async () => {
  for (const seed of SEEDS) {
    const run = async (tariff: number) => {
      const scenario = world([{ config: { tariff_stance: "protectionist", tariff } }, {}, {}], {});
      return (await play(scenario, { seed, turns: 20 })).last.global_state;
    };
    const [war, peace] = [await run(0.4), await run(0)];
    assertTrue(war.total_economic_value < peace.total_economic_value, `seed ${seed}`);
    assertTrue(war.trade_volume < 0.85 * peace.trade_volume, `seed ${seed}`);
    assertTrue(war.mean_tariff > 0.2 && peace.mean_tariff === 0, `seed ${seed}`);
  }
});

Deno.test("market: a one-sided tariff costs its target, and the exchange rate removes most of the imbalance", async () => {
  const run = async (tariff: number) =>
    (await play(
      world([{ config: { tariff_stance: "protectionist", tariff } }, { config: { tariff_stance: "free_trade" } }]),
    )).states;
  const [taxed, free] = [await run(0.3), await run(0)];
  assertTrue(nation(taxed[4]!, "n1").economic_strength < nation(free[4]!, "n1").economic_strength);
  const imbalance = (state: EconomyState) => Math.abs(nation(state).exports - nation(state).imports);
  assertTrue(imbalance(taxed[40]!) < 0.3 * imbalance(taxed[3]!));
  assertTrue(nation(taxed[40]!).exchange_rate > 1);
});

Deno.test("market: a demand crisis lowers output and inflation, and the economy comes back by itself", async () => {
  const config = { ...CALM, events: [{ turn: 3, demand: -3 }] };
  const { states } = await play(world([{}], config));
  const gaps = states.map((state) => nation(state).output_gap);
  assertTrue(Math.min(...gaps) < -3 && gaps[2]! > -0.1, "the crisis strikes in turn 3");
  assertTrue(Math.abs(gaps[40]!) < 1, `${gaps[40]}`);
  assertTrue(nation(states[8]!).inflation < 2 && nation(states[8]!).policy_rate < 3);
});

Deno.test("market: a crisis strikes only the nations it names", async () => {
  const config = { ...CALM, openness: 0, events: [{ turn: 1, nations: ["n1"], demand: -3, productivity: -0.05 }] };
  const { last } = await play(world([{}, {}], config), { turns: 1 });
  assertTrue(nation(last, "n1").economic_strength < 930 && nation(last, "n0").economic_strength > 1000);
});

Deno.test("market: debt above the threshold costs a premium, which lowers output", async () => {
  const output = async (debt: number) =>
    nation((await play(world([{ variables: { debt } }]), { turns: 8 })).last).economic_strength;
  assertTrue(await output(1.15) < await output(0.6));
});

Deno.test("market: sd: 0 turns the shocks off; otherwise the seed decides, and equal seeds give equal states", async () => {
  const outputs = async (seed: number, config: Config) =>
    (await play(world([{}, {}], config), { seed, turns: 10 })).last.agents.records;
  assertEquals(await outputs(1, CALM), await outputs(2, CALM));
  const [first, again, other] = [await outputs(1, {}), await outputs(1, {}), await outputs(2, {})];
  assertEquals(again, first);
  assertTrue(first[0]!.economic_strength !== other[0]!.economic_strength);
});

Deno.test("market: one nation's shocks do not depend on who else there is; common: 1 gives all the same", async () => {
  const own = async (nations: Partial<NationEntry>[], common: number) => {
    const { last } = await play(world(nations, { demand_shock: { common } }), { turns: 5 });
    return last.agents.records.map((nation) => nation.demand_shock);
  };
  assertEquals((await own([{}, {}], 0.5))[0], (await own([{}, {}, {}], 0.5))[0]);
  const [a, b] = await own([{}, {}], 1);
  assertEquals(a, b);
  const [c, d] = await own([{}, {}], 0);
  assertTrue(c !== d);
});

Deno.test("market: set_policy changes what it names, moves values to the bounds and leaves out what is malformed", async () => {
  const engine = new MarketEngine({ config: marketConfig.parse(CALM) });
  const state = (await play(world([{}, {}]), { turns: 0 })).last;
  const after = engine.applyActions(state, [
    new Action("n0", "set_policy", { policy_rate: 1e9, tariffs: { n1: 7, n2: "x" }, fiscal_stance: "much" }),
    new Action("n0", "set_policy", { investment_share: 0.3 }),
    new Action("n1", "declare_war", { policy_rate: 50 }),
  ], engineContext(1));
  const { policy_rate, tariffs, fiscal_stance, investment_share } = nation(after);
  assertEquals({ policy_rate, tariffs, fiscal_stance, investment_share }, {
    policy_rate: 100,
    tariffs: { n1: 2 },
    fiscal_stance: 0,
    investment_share: 0.3,
  });
  assertEquals(nation(after, "n1"), nation(state, "n1"));
});

Deno.test("market: variables of the scenario's own are kept", async () => {
  const scenario = world([{}]);
  scenario.state_variables.agent_vars.flag = { type: "str", default: "mine" };
  scenario.state_variables.global_vars.era = { type: "str", default: "modern" };
  const { last } = await play(scenario, { turns: 2 });
  assertEquals((nation(last) as unknown as { flag: string }).flag, "mine");
  assertEquals((last.global_state as unknown as { era: string }).era, "modern");
});

Deno.test("market: missing variables, nations without output and events for strangers are refused with a hint", async () => {
  const start = async (scenario: ScenarioFile) =>
    (await assertRejects(() => play(scenario, { turns: 0 }), "engine_error")).cause as SimError;
  const bare = world([{}]);
  delete bare.state_variables.agent_vars.debt;
  delete bare.state_variables.global_vars.inflation;
  const missing = await start(bare);
  assertEquals(missing.code, "missing_variable");
  assertTrue(missing.message.endsWith("not declared: agent_vars debt; global_vars inflation"), missing.message);
  assertTrue(missing.hint?.includes("template 'market'"));
  assertEquals((await start(world([{ initial_economic_strength: 0 }]))).code, "no_output");
  assertEquals((await start(world([{}], { events: [{ turn: 1, nations: ["Atlantis"] }] }))).code, "unknown_agent");
});

Deno.test("market: config values outside their bounds and unknown keys are refused", () => {
  for (
    const bad of [{ openness: 1.1 }, { demand_shock: { sd: -1 } }, { opennes: 0.2 }, { capital_share: NaN }, {
      events: [{}],
    }]
  ) {
    assertTrue(!marketConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});

Deno.test("market: every number stays finite and within its bounds for 200 turns under any legal config", async () => {
  const names = ["n0", "n1", "n2"];
  const agent = fc.record({
    strength: fc.oneof(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), fc.constantFrom(1e-6, 1, 1000)),
    debt: fc.double({ min: -5, max: 10, noNaN: true }),
    output_gap: fc.double({ min: -25, max: 15, noNaN: true }),
    capital: fc.constantFrom(0, 1, 1e6),
    config: configSamples(nationConfig, names),
  });
  const legal = fc.record({
    config: configSamples(marketConfig, names),
    agents: fc.array(agent, { minLength: 1, maxLength: 3 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  });
  await fc.assert(
    fc.asyncProperty(legal, async ({ config, agents, seed }) => {
      const events = (config as Config).events?.filter((event) =>
        !event.nations?.some((name) => names.indexOf(name) >= agents.length)
      );
      const scenario = world(
        agents.map(({ strength, debt, output_gap, capital, config }) => ({
          initial_economic_strength: strength,
          variables: { debt, output_gap, capital },
          config: config as NonNullable<NationEntry["config"]>,
        })),
        { ...config, ...(events && { events }) } as Config,
      );
      for (const state of (await play(scenario, { seed, turns: 200 })).states) requireWithinBounds(state);
    }),
    { numRuns: 150 },
  );
});

function requireWithinBounds(state: EconomyState): void {
  assertStateWithin(state, NATION_BOUNDS, WORLD_BOUNDS);
  for (const { name, tariffs } of state.agents) {
    const bounds = Object.fromEntries(Object.keys(tariffs).map((partner) => [partner, TARIFF_BOUNDS]));
    assertWithin(tariffs, bounds, `${name}'s tariffs in turn ${state.turn}`);
  }
}
