import { describeDomain } from "llm-sim";
import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { assertAsWide } from "../../tests/support/bounds.ts";
import { assertSeeds, testScenarioFiles, typesOf, undescribed } from "../../tests/support/domains.ts";
import { rejections, withEntry } from "../../tests/support/playing.ts";
import { type ClimateState, play, playText, readScenario, type ScenarioFile, stage } from "./tests/harness.ts";
import climate from "./mod.ts";
import { NATION_BOUNDS, WORLD_BOUNDS } from "./variables.ts";

const SCENARIOS = [
  "business_as_usual",
  "paris_like",
  "free_riding",
  "climate_club",
  "carbon_shock",
  "hidden_emissions",
  "llm_negotiation",
];
const SEEDS = [1, 2, 3, 4, 5];

function temperature({ global_state }: ClimateState): number {
  return global_state.temperature;
}

function abatement(state: ClimateState, nation: string): number {
  return state.agents.get(nation)!.abatement;
}

testScenarioFiles(stage, SCENARIOS);

for (const name of SCENARIOS) {
  Deno.test(`${name}: every nation abates once a turn, and feasible accepts all it does, on every seed`, async () => {
    for (const seed of SEEDS) {
      const run = await play(readScenario(name), { seed });
      assertEquals(rejections(run), []);
      const abating = run.actions.filter(({ action_type }) => action_type === "abate");
      assertEquals(abating.length, run.last.turn * run.last.agents.size);
    }
  });
}

Deno.test("scenarios declare bounds as wide as the engine's", () => {
  const { agent_vars, global_vars } = readScenario("business_as_usual").state_variables!;
  assertAsWide(agent_vars, NATION_BOUNDS);
  assertAsWide(global_vars, WORLD_BOUNDS);
});

Deno.test("business_as_usual: DICE's baseline, whose carbon price hardly abates", async () => {
  const { states, last, ended } = await play(readScenario("business_as_usual"));
  assertMatches(ended!, /temperature > 4/);
  assertEquals(last.global_state.year, 2100);
  assertTrue(states.every(({ global_state }) => global_state.abatement < 0.12));
  const isles = last.agents.get("Isles")!;
  assertTrue(isles.damage > 2 * last.agents.get("Union")!.damage, "the vulnerable suffer most");
});

Deno.test("paris_like: promises are kept, the treaty comes into force, emissions fall by more than half", async () => {
  const { states, last } = await play(readScenario("paris_like"));
  assertEquals(last.global_state.treaty_members, 5);
  assertTrue(last.global_state.emissions < 0.5 * states[0]!.global_state.emissions);
  assertTrue(states.every(({ agents }) => agents.records.every(({ compliance }) => compliance === 1)));
  const baseline = await play(readScenario("business_as_usual"));
  assertTrue(temperature(last) < temperature(baseline.states[last.turn]!) - 0.3);
});

Deno.test("free_riding: reciprocity rises with promises and stalls when they are broken", async () => {
  const { states, last } = await play(readScenario("free_riding"));
  const path = states.map((state) => abatement(state, "Northmark"));
  assertTrue(Math.max(...path.slice(0, 6)) > 1.1 * path[8]!, `${path}`);
  assertTrue(abatement(last, "Eastreach") < 0.1);
  const scenario = readScenario("free_riding");
  const agents = scenario.agents!.map(({ config: _, ...agent }) =>
    agent.name === "Eastreach" ? { ...agent, strategy: "conditional" } : agent
  );
  const honest = (await play({ ...scenario, agents }, { turns: last.turn })).last;
  assertTrue(
    honest.global_state.abatement > 2 * last.global_state.abatement,
    "without the free rider it goes on rising",
  );
});

Deno.test("climate_club: sanctions make free riders join; without them they stay out", async () => {
  const club = await play(readScenario("climate_club"));
  const { last } = club;
  assertEquals(last.global_state.treaty_members, 6);
  assertTrue(abatement(last, "Eastreach") > 0.8 && abatement(last, "Isles") > 0.8);
  const scenario = readScenario("climate_club");
  const toothless: ScenarioFile = {
    ...scenario,
    engine: { config: { treaty: { ...scenario.engine!.config!.treaty, sanction: 0 } } },
  };
  const without = (await play(toothless, { turns: last.turn })).last;
  assertEquals(without.global_state.treaty_members, 4);
  assertTrue(abatement(without, "Eastreach") < 0.1);
  assertTrue(without.global_state.emissions > 3 * last.global_state.emissions);
});

Deno.test("carbon_shock: after the shock nations go to zero, and it is warmer all the same", async () => {
  const shocked = await play(readScenario("carbon_shock"));
  const calm = await play({ ...readScenario("carbon_shock"), interventions: [] }, { turns: shocked.last.turn });
  const world = ({ global_state }: ClimateState) => global_state;
  assertEquals(world(shocked.states[6]!), world(calm.states[6]!));
  assertTrue(world(shocked.states[7]!).carbon_atmosphere > world(calm.states[7]!).carbon_atmosphere + 170);
  assertEquals(shocked.last.agents.records.map(({ abatement }) => abatement), Array(6).fill(1));
  assertTrue(world(calm.last).abatement < 0.2);
  assertTrue(temperature(shocked.last) > temperature(calm.last));
});

Deno.test("hidden_emissions: with exact measurements the same nations do far more, on every seed", async () => {
  const scenario = readScenario("hidden_emissions");
  const exact = { ...scenario, observability: { ...scenario.observability, default: { level: "external", noise: 0 } } };
  const open = await play(exact);
  for (const seed of SEEDS) {
    const { last, ended } = await play(scenario, { seed });
    assertEquals(ended, "max_turns");
    assertTrue(last.global_state.abatement < 0.5 * open.last.global_state.abatement, `seed ${seed}`);
    assertTrue(temperature(last) > temperature(open.last) + 0.1, `seed ${seed}`);
  }
});

Deno.test("llm_negotiation: by the rules that stand in for models five nations join, and the isles protect themselves", async () => {
  const { states, last, ended } = await play("llm_negotiation");
  assertEquals([ended, last.global_state.treaty_members], ["max_turns", 5]);
  assertTrue(abatement(last, "Eastreach") < 0.1 && abatement(last, "Union") === 1);
  const isles = states.map(({ agents }) => agents.get("Isles")!.vulnerability);
  assertTrue(isles.every((vulnerability, i) => i === 0 || vulnerability < isles[i - 1]!), `${isles}`);
  assertTrue(isles.at(-1)! < 0.7 * isles[0]!);
  const usual = await play("business_as_usual", { turns: last.turn });
  assertTrue(last.global_state.emissions < 0.4 * usual.last.global_state.emissions);
  assertMatches(String(last.global_state.communique), /^\(rule, not a language model\) Measures are taken by/);
});

Deno.test("scenarios: the same seed gives the same states; only what nations see wrong depends on it", async () => {
  for (const name of SCENARIOS) await assertSeeds(stage, name, { turns: 8, drawn: name === "hidden_emissions" });
});

Deno.test("a promise that feasible rejects is not carried out, and has its reason in the run", async () => {
  const run = await play("paris_like", { turns: 2, change: withEntry("Union", { max_step: 0.3, step: 0.3 }) });
  assertEquals(rejections(run).length, 2);
  assertMatches(rejections(run)[0]!, /^abatement cannot go from 0.03 to 0.33 in a turn/);
  assertEquals(abatement(run.last, "Union"), 0.03);
});

Deno.test("the domain describes its components with schemas, and its templates play without a rejection", async () => {
  const description = describeDomain(climate);
  assertEquals(typesOf(description), [["nation", "llm_negotiator", "human"], ["dice", "llm_summit"], ["feasible"]]);
  assertEquals(
    [...description.agents, ...description.engines].filter(({ llm }) => llm).map(({ type }) => type),
    ["llm_negotiator", "llm_summit"],
  );
  const { agents, engines, validators } = description;
  assertEquals(undescribed([...agents, ...engines, ...validators]), []);
  assertEquals(Object.keys(description.templates), ["climate", "negotiation"]);
  for (const text of Object.values(description.templates)) {
    const run = await playText(text);
    assertEquals([run.ended, rejections(run)], ["max_turns", []]);
  }
});
