import fc from "../../../tests/support/properties.ts";
import { Action, AgentMap, SimulationState } from "llm-sim";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { play, readScenario } from "../tests/harness.ts";
import { economicConfig, EconomicEngine } from "./economic.ts";

interface World {
  total_economic_value: number;
  interest_rate?: number;
}

function stateOf(strengths: Record<string, number>, world: World = { total_economic_value: 0, interest_rate: 0.05 }) {
  const records = Object.entries(strengths).map(([name, economic_strength]) => ({
    name,
    economic_strength,
    flag: "kept",
  }));
  return new SimulationState({ turn: 0, agents: AgentMap.of(records), global_state: world });
}

function engineWith(config: object): EconomicEngine {
  return new EconomicEngine({ config: economicConfig.parse(config) });
}

Deno.test("economic: strength after t turns is initial × (1 + interest_rate)^t, and the total is the sum", async () => {
  const { states } = await play(readScenario("basic_economic"));
  assertEquals(states.length, 21);
  for (const { turn, agents, global_state } of states) {
    const expected = [1000, 1500, 800].map((initial) => initial * 1.05 ** turn);
    agents.records.forEach((nation, i) => assertNear(nation.economic_strength, expected[i]!, 1e-9 * expected[i]!));
    assertEquals(global_state.total_economic_value, agents.records.reduce((sum, a) => sum + a.economic_strength, 0));
  }
});

Deno.test("economic: numbers are those of repeated multiplication, to the last bit", () => {
  const engine = engineWith({});
  let state = engine.initializeState(stateOf({ A: 1000 }), engineContext(0));
  let expected = 1000;
  for (let turn = 1; turn <= 100; turn++) {
    state = engine.applyEngineRules(state, engineContext(turn));
    expected *= 1 + 0.05;
    assertEquals(state.agents.get("A")?.economic_strength, expected);
  }
});

Deno.test("economic: at turn 0 the total is summed and interest_rate comes from the config", () => {
  const state = engineWith({ interest_rate: -0.2 }).initializeState(stateOf({ A: 3, B: 4 }), engineContext(0));
  assertEquals(state.global_state, { total_economic_value: 7, interest_rate: -0.2 });
});

Deno.test("economic: a world without interest_rate gets none", () => {
  const state = engineWith({}).initializeState(stateOf({ A: 3 }, { total_economic_value: 0 }), engineContext(0));
  assertEquals(state.global_state, { total_economic_value: 3 });
});

Deno.test("economic: other agent and world variables are kept", () => {
  const before = stateOf({ A: 3 }, { total_economic_value: 0, interest_rate: 0, note: 9 } as World);
  const after = engineWith({}).applyEngineRules(before, engineContext(1));
  assertEquals((after.agents.get("A") as unknown as { flag: string }).flag, "kept");
  assertEquals((after.global_state as unknown as { note: number }).note, 9);
});

Deno.test("economic: actions have no effect", () => {
  const engine = engineWith({});
  const state = stateOf({ A: 3 });
  assertTrue(engine.applyActions(state, [new Action("A", "grow", { strength: 1e9 })], engineContext(1)) === state);
});

Deno.test("economic: the config's rate wins over global.interest_rate, unless rate_source is global", () => {
  const state = stateOf({ A: 100 }, { total_economic_value: 100, interest_rate: 0.5 });
  const next = (config: object) => engineWith(config).applyEngineRules(state, engineContext(1));
  assertEquals(next({ interest_rate: 0.1 }).agents.get("A")?.economic_strength, 100 * 1.1);
  assertEquals(next({ interest_rate: 0.1 }).global_state.interest_rate, 0.1);
  assertEquals(next({ rate_source: "global" }).agents.get("A")?.economic_strength, 150);
  assertEquals(next({ rate_source: "global" }).global_state.interest_rate, 0.5);
});

Deno.test("economic: interest_rate is a number from -1 to 1, default 0.05, and unknown keys are refused", () => {
  assertEquals(economicConfig.parse({}).interest_rate, 0.05);
  for (const interest_rate of [-1, 1]) assertTrue(economicConfig.safeParse({ interest_rate }).success);
  for (const interest_rate of [-1.001, 1.001, NaN, Infinity, "0.05", null]) {
    assertTrue(!economicConfig.safeParse({ interest_rate }).success, `${interest_rate} must be refused`);
  }
  assertTrue(!economicConfig.safeParse({ intrest_rate: 0.05 }).success);
});

Deno.test("economic: a rate of -1 leaves nothing, and no legal rate makes a strength negative or NaN", () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (interest_rate) => {
      const engine = engineWith({ interest_rate });
      let state = engine.initializeState(stateOf({ A: 1000 }), engineContext(0));
      for (let turn = 1; turn <= 200; turn++) state = engine.applyEngineRules(state, engineContext(turn));
      const strength = state.agents.get("A")!.economic_strength;
      assertTrue(strength >= 0 && Number.isFinite(strength), `${strength}`);
      if (interest_rate === -1) assertEquals(strength, 0);
    }),
    { examples: [[-1], [1], [0]] },
  );
});
