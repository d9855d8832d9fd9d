import fc from "../../../tests/support/properties.ts";
import { Action, AgentMap, type SimError, SimulationState } from "llm-sim";
import { assertEquals, assertNear, assertRejects, assertTrue } from "../../../tests/support/assert.ts";
import { assertStateWithin } from "../../../tests/support/bounds.ts";
import { configSamples } from "../../../tests/support/config_samples.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { nationConfig } from "../agents/nation_config.ts";
import { BASELINE } from "../tests/dice_2016r.ts";
import { type ClimateState, type NationEntry, play, readScenario, type ScenarioFile, world } from "../tests/harness.ts";
import { NATION_BOUNDS, type NationVariables, WORLD_BOUNDS, type WorldVariables } from "../variables.ts";
import { CO2_PER_CARBON } from "./carbon_cycle.ts";
import { DiceEngine } from "./dice.ts";
import { type DiceConfig, diceConfig } from "./dice_config.ts";
import { WORLD_2015 } from "./economy.ts";

/** DICE's world as one nation. */
const ALONE = [{ variables: { gross_output: WORLD_2015.output } }];

function carbonIn({ global_state: world }: ClimateState): number {
  return world.carbon_atmosphere + world.carbon_upper + world.carbon_deep;
}

Deno.test("dice: the world as one nation goes through DICE's baseline, up to its constant savings rate", async () => {
  const { states } = await play(world(ALONE, { savings_rate: 0.245 }), { turns: 17 });
  assertEquals(states.length, BASELINE.length);
  states.forEach(({ global_state: found }, i) => {
    const dice = BASELINE[i]!;
    assertEquals(found.year, dice.year);
    assertNear(found.temperature, dice.temperature, 0.01, `warming in ${dice.year}:`);
    assertNear(found.carbon_atmosphere, dice.atmosphere, 0.005 * dice.atmosphere, `carbon in ${dice.year}:`);
    assertNear(found.gross_output, dice.gross_output, 0.015 * dice.gross_output, `output in ${dice.year}:`);
    assertNear(found.emissions, dice.emissions, 0.015 * dice.emissions, `emissions in ${dice.year}:`);
  });
  // Nordhaus 2018, online appendix, table of the base run: 2100.
  const { temperature, co2, emissions } = states.at(-1)!.global_state;
  assertNear(temperature, 4.1, 0.02);
  assertNear(co2, 827, 3);
  assertNear(emissions, 71, 1.5);
});

Deno.test("dice: nations in the world's proportions add up to the world", async () => {
  const shares = [0.5, 0.3, 0.15, 0.05].map((share) => ({ variables: { gross_output: share * WORLD_2015.output } }));
  const [one, many] = [await play(world(ALONE), { turns: 17 }), await play(world(shares), { turns: 17 })];
  for (const name of ["temperature", "carbon_atmosphere", "emissions", "gross_output", "net_output"] as const) {
    const expected = one.last.global_state[name];
    assertNear(many.last.global_state[name], expected, 1e-9 * expected, name);
  }
});

Deno.test("dice: business_as_usual's nations start as the world of 2015", () => {
  const nations = readScenario("business_as_usual").agents!.map(({ variables }) => variables!);
  const sum = (value: (nation: Partial<NationVariables>) => number) =>
    nations.reduce((all, one) => all + value(one), 0);
  assertNear(sum(({ gross_output }) => gross_output!), WORLD_2015.output, 0.01);
  assertNear(sum(({ population }) => population!), WORLD_2015.population, 0.5);
  const potential = WORLD_2015.output * WORLD_2015.intensity;
  assertNear(sum(({ gross_output, intensity }) => gross_output! * intensity!), potential, 0.01);
  const damages = sum(({ gross_output, vulnerability = 1 }) => gross_output! * vulnerability);
  assertNear(damages, WORLD_2015.output, 0.1, "damages weighted by output");
});

Deno.test("dice: the initial output is what the scenario says, people and capital are filled in", async () => {
  const given = { variables: { gross_output: 20, population: 500, intensity: 0.5, abatement: 0.1 } };
  const { last } = await play(world([given, {}]), { turns: 0 });
  const [own, other] = last.agents.records;
  assertNear(own!.gross_output, 20, 1e-9);
  assertEquals([own!.population, own!.intensity], [500, 0.5]);
  assertNear(own!.capital, 20 * 223 / WORLD_2015.output, 1e-9);
  assertNear(own!.emissions, 20 * 0.5 * 0.9, 1e-9);
  assertNear(other!.population, 20 * 7403 / WORLD_2015.output, 1e-9);
  assertNear(other!.productivity, 5.115, 1e-9, "DICE's productivity, where the proportions are DICE's");
  assertNear(last.global_state.forcing, BASELINE[0]!.forcing, 1e-5);
});

Deno.test("dice: carbon in the reservoirs grows by what has been emitted", async () => {
  const { states, last } = await play(world(ALONE), { turns: 40 });
  const gained = carbonIn(last) - carbonIn(states[0]!);
  assertNear(gained, last.global_state.cumulative_emissions / CO2_PER_CARBON, 1e-6);
});

Deno.test("dice: carbon that an intervention adds leaves the atmosphere bit by bit, and has warmed the world", async () => {
  const shock = [{ at: 2, add: { "global.carbon_atmosphere": 100 } }];
  const [shocked, calm] = [
    await play({ ...world(ALONE), interventions: shock }, { turns: 30 }),
    await play(world(ALONE), { turns: 30 }),
  ];
  const excess = (variable: "carbon_atmosphere" | "temperature", turn: number) =>
    shocked.states[turn]!.global_state[variable] - calm.states[turn]!.global_state[variable];
  assertEquals(excess("carbon_atmosphere", 1), 0);
  assertNear(excess("carbon_atmosphere", 2), 88, 1e-9, "12 % go to the upper ocean in the first step");
  for (let turn = 3; turn <= 30; turn++) {
    assertTrue(excess("carbon_atmosphere", turn) < excess("carbon_atmosphere", turn - 1), `turn ${turn}`);
    assertTrue(excess("temperature", turn) > 0, `turn ${turn}`);
  }
});

Deno.test("dice: a more sensitive climate is warmer; the vulnerable lose more, the fast grow more", async () => {
  const warm = async (climate_sensitivity: number) =>
    (await play(world(ALONE, { climate_sensitivity }), { turns: 17 })).last.global_state.temperature;
  const [low, dice, high] = [await warm(2), await warm(3.1), await warm(4.5)];
  assertTrue(low < dice && dice < high);
  const { last } = await play(world([{ variables: { vulnerability: 3 } }, { variables: { growth: 1.3 } }, {}]), {
    turns: 10,
  });
  const [vulnerable, fast, plain] = last.agents.records;
  assertNear(vulnerable!.damage, 3 * plain!.damage, 1e-12);
  assertTrue(vulnerable!.net_output < plain!.net_output && fast!.gross_output > plain!.gross_output);
});

Deno.test("dice: abatement of all emissions costs what the backstop costs, and leaves those of land use", () => {
  const engine = new DiceEngine({ config: diceConfig.parse({}) });
  const start = engine.initializeState(stateOf({ gross_output: 100, intensity: 0.35 }), engineContext(0));
  const acted = engine.applyActions(start, [new Action("n0", "abate", { rate: 1 })], engineContext(1));
  const { agents, global_state } = engine.applyEngineRules(acted, engineContext(1));
  const [nation] = agents.records;
  assertEquals([nation!.emissions, global_state.emissions], [0, global_state.land_emissions]);
  assertNear(nation!.abatement_cost, global_state.backstop_price * nation!.intensity / 2600, 1e-12);
  const kept = 1 - nation!.damage - nation!.abatement_cost;
  assertNear(nation!.net_output, nation!.gross_output * kept, 1e-9);
});

Deno.test("dice: actions set what they name, move rates to the bounds and leave out what is malformed", () => {
  const engine = new DiceEngine({ config: diceConfig.parse({}) });
  const before = stateOf({ gross_output: 100 });
  const after = (...actions: [string, Record<string, unknown>?][]) =>
    engine.applyActions(
      before,
      actions.map(([name, parameters = {}]) => new Action("n0", name, parameters as never)),
      engineContext(4),
    ).agents.get("n0")!;
  assertEquals(after(["abate", { rate: 0.4 }]).abatement, 0.4);
  assertEquals(after(["abate", { rate: 7 }]).abatement, 1.2);
  assertEquals(after(["abate", { rate: "much" }], ["vote", {}], ["sing"]), before.agents.get("n0")!);
  const joined = after(["join_treaty", { rate: 0.6 }], ["vote", { rate: 0.7 }]);
  assertEquals([joined.member, joined.member_since, joined.vote], [true, 4, 0.7]);
  const left = after(["join_treaty", { rate: 0.6 }], ["leave_treaty"]);
  assertEquals([left.member, left.member_since, left.vote], [false, -1, 0]);
});

Deno.test("dice: a sanction takes output away, and nothing else", async () => {
  const nations = [{ config: { strategy: "cooperator" as const }, variables: { gross_output: 60 } }, {}];
  const outsider = async (sanction: number) =>
    (await play(world(nations, { treaty: { sanction } }), { turns: 2 })).last.agents.get("n1")!;
  // A sanction that is smaller than the cost of joining.
  const [free, sanctioned] = [await outsider(0), await outsider(1e-4)];
  assertEquals([free.sanction, sanctioned.sanction, sanctioned.member], [0, 1e-4, false]);
  assertNear(free.net_output - sanctioned.net_output, 1e-4 * free.gross_output, 1e-9);
  assertEquals(sanctioned.gross_output, free.gross_output);
});

Deno.test("dice: variables of the scenario's own are kept", async () => {
  const scenario = readScenario("business_as_usual");
  scenario.state_variables!.agent_vars.flag = { type: "str", default: "mine" };
  scenario.state_variables!.global_vars.era = { type: "str", default: "modern" };
  const { last } = await play(scenario, { turns: 2 });
  assertEquals([last.agents.records[0]!.flag, last.global_state.era], ["mine", "modern"]);
});

Deno.test("dice: nations without output and scenarios without its variables are refused with a hint", async () => {
  const error = await assertRejects(() => play(world([{ variables: { gross_output: 0 } }]), { turns: 0 }));
  assertEquals((error.cause as SimError).code, "no_output");
  const bare = readScenario("business_as_usual");
  delete bare.state_variables!.agent_vars.intensity;
  delete bare.state_variables!.global_vars.forcing;
  const agents = [{ name: "A", type: "nation" as const, variables: { gross_output: 20 } }];
  const missing = await assertRejects(() => play({ ...bare, agents }, { turns: 0 }));
  assertTrue(missing.message.includes("intensity") && missing.message.includes("forcing"), missing.message);
});

Deno.test("dice: config values outside their bounds and unknown keys are refused", () => {
  for (
    const bad of [{ climate_sensitivity: 0 }, { savings_rate: 1 }, { treaty: { quorum: 2 } }, { sensitivity: 3 }, {
      treaty: { sanctions: 0.1 },
    }]
  ) {
    assertTrue(!diceConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});

Deno.test("dice: every number stays finite and within its bounds for 60 turns under any legal config", async () => {
  const names = ["n0", "n1", "n2"];
  const nation = fc.record({
    gross_output: fc.oneof(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), fc.constantFrom(1e-6, 20)),
    intensity: fc.double({ min: 0, max: 10, noNaN: true }),
    vulnerability: fc.double({ min: 0, max: 10, noNaN: true }),
    growth: fc.double({ min: 0, max: 5, noNaN: true }),
    abatement: fc.double({ min: 0, max: 1.2, noNaN: true }),
  });
  const legal = fc.record({
    config: configSamples(diceConfig, names),
    nations: fc.array(fc.tuple(nation, configSamples(nationConfig, names)), { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(legal, async ({ config, nations }) => {
      const entries = nations.map(([variables, config]) => ({
        variables,
        config: config as NationEntry["config"] & object,
      }));
      const scenario = world(entries, config as Partial<DiceConfig>);
      for (const state of (await play(scenario, { turns: 60 })).states) {
        assertStateWithin(state, NATION_BOUNDS, WORLD_BOUNDS);
      }
    }),
    { numRuns: 60 },
  );
});

/** A state of one nation, with what business_as_usual gives by default. */
function stateOf(nation: Partial<NationVariables>): ClimateState {
  const { agent_vars, global_vars } = readScenario("business_as_usual").state_variables!;
  const defaults = (variables: NonNullable<ScenarioFile["state_variables"]>["agent_vars"]) =>
    Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, variable.default]));
  return new SimulationState<NationVariables, WorldVariables>({
    turn: 0,
    agents: AgentMap.of([{ ...defaults(agent_vars) as unknown as NationVariables, ...nation, name: "n0" }]),
    global_state: defaults(global_vars) as unknown as WorldVariables,
  });
}
