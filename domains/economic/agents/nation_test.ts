import { type Action, AgentMap, SimulationState } from "llm-sim";
import type { z } from "zod";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { agentContext } from "../../../tests/support/contexts.ts";
import { type Nation, play, readScenario } from "../tests/harness.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";
import { NationAgent } from "./nation.ts";
import { nationConfig } from "./nation_config.ts";

type Config = z.input<typeof nationConfig>;

const AT_REST = (await play(readScenario("growth"), { turns: 0 })).last.agents.records[0]!;

/** Nations n0, n1, n2 at rest, n0 and its partners changed as given. */
function marketState(own: Partial<NationVariables> = {}, partner: Partial<NationVariables> = {}) {
  const record = (name: string, change: Partial<NationVariables>): Nation => ({ ...AT_REST, ...change, name });
  const agents = AgentMap.of([record("n0", own), record("n1", partner), record("n2", {})]);
  return new SimulationState<NationVariables, WorldVariables>({ turn: 0, agents, global_state: {} as WorldVariables });
}

function decide(config: Config, state = marketState(), turn = 1): Action {
  const agent = new NationAgent({ name: "n0", config: nationConfig.parse(config) });
  return agent.decideAction(state, agentContext("n0", turn)) as Action;
}

function tariffsOf(config: Config, state = marketState(), turn = 1): unknown {
  return decide(config, state, turn).parameters.tariffs;
}

Deno.test("nation: on engine economic the action is the strategy with the nation's strength", () => {
  const agents = AgentMap.of([{ name: "n0", economic_strength: 42 }]) as unknown as AgentMap<NationVariables>;
  const state = new SimulationState({ turn: 0, agents, global_state: {} as WorldVariables });
  for (const strategy of ["grow", "maintain", "decline"] as const) {
    const { action_name, parameters } = decide({ strategy }, state);
    assertEquals({ action_name, parameters }, { action_name: strategy, parameters: { strength: 42 } });
  }
});

Deno.test("nation: the strategy is grow by default; others than the three, and unknown keys, are refused", () => {
  assertEquals(nationConfig.parse({}).strategy, "grow");
  for (
    const bad of [{ strategy: "win" }, { strategie: "grow" }, { tariff: -0.1 }, { stimulus_turns: 0 }, {
      investment_share: 0.7,
    }]
  ) {
    assertTrue(!nationConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});

Deno.test("nation: on engine market it sets all policies, and invests by strategy unless told otherwise", () => {
  const { action_name, parameters } = decide({ strategy: "maintain" });
  assertEquals(action_name, "set_policy");
  assertEquals(Object.keys(parameters), ["strength", "investment_share", "policy_rate", "fiscal_stance", "tariffs"]);
  const shares = (["grow", "maintain", "decline"] as const).map((strategy) =>
    Number(decide({ strategy }).parameters.investment_share)
  );
  assertTrue(shares[0]! > shares[1]! && shares[1]! > shares[2]!);
  assertEquals(decide({ strategy: "decline", investment_share: 0.33 }).parameters.investment_share, 0.33);
});

Deno.test("nation: the policy rate follows Taylor's rule step by step, more than one for one with inflation", () => {
  const rate = (own: Partial<NationVariables>, config: Config = { strategy: "maintain" }) =>
    Number(decide(config, marketState({ policy_rate: 3, inflation: 2, output_gap: 0, ...own })).parameters.policy_rate);
  assertNear(rate({}), 3, 1e-9);
  assertNear(rate({ inflation: 4 }), 0.6 * 3 + 0.4 * 6, 1e-9);
  assertNear(rate({ output_gap: 2 }), 0.6 * 3 + 0.4 * 4, 1e-9);
  assertEquals(rate({ inflation: -10, policy_rate: 0 }), 0);
  assertEquals(rate({ inflation: 9 }, { monetary_policy: "fixed", fixed_rate: 1.5 }), 1.5);
});

Deno.test("nation: the deficit leans against the output gap, and debt is consolidated", () => {
  const deficit = (own: Partial<NationVariables>) =>
    Number(decide({ strategy: "maintain" }, marketState(own)).parameters.fiscal_stance);
  assertNear(deficit({ output_gap: -5 }), 0.02, 1e-9);
  assertNear(deficit({ output_gap: 5 }), -0.02, 1e-9);
  assertNear(deficit({ debt: 1.3 }), -0.02, 1e-9);
});

Deno.test("nation: a stimulus runs from its first turn to its last, while unemployment is high enough", () => {
  const config: Config = {
    strategy: "maintain",
    fiscal_stimulus: 0.05,
    stimulus_from: 3,
    stimulus_turns: 2,
    stimulus_above: 6,
  };
  const deficit = (turn: number, unemployment = 8) =>
    Number(decide(config, marketState({ unemployment }), turn).parameters.fiscal_stance);
  assertEquals([1, 2, 3, 4, 5, 6].map((turn) => deficit(turn)), [0, 0, 0.05, 0.05, 0, 0]);
  assertEquals(deficit(3, 5), 0);
  assertEquals(deficit(3, 6), 0.05);
});

Deno.test("nation: free traders never tax, reciprocal ones answer in kind up to max_tariff", () => {
  const taxed = marketState({}, { tariffs: { n0: 0.25, n2: 0.9 } });
  assertEquals(tariffsOf({ tariff_stance: "free_trade" }, taxed), {});
  assertEquals(tariffsOf({}, taxed), { n1: 0.25 });
  assertEquals(tariffsOf({ max_tariff: 0.1 }, taxed), { n1: 0.1 });
  assertEquals(tariffsOf({}), {});
});

Deno.test("nation: a protectionist taxes its targets from its first turn, and answers others in kind", () => {
  const config: Config = { tariff_stance: "protectionist", tariff: 0.2, tariff_from: 4 };
  assertEquals(tariffsOf(config, marketState(), 3), {});
  assertEquals(tariffsOf(config, marketState(), 4), { n1: 0.2, n2: 0.2 });
  const targeted = { ...config, tariff_targets: ["n2"] };
  assertEquals(tariffsOf(targeted, marketState(), 4), { n2: 0.2 });
  assertEquals(tariffsOf(targeted, marketState({}, { tariffs: { n0: 0.3 } }), 4), { n1: 0.3, n2: 0.2 });
});

Deno.test("nation: a protectionist that is answered in kind goes a step further, up to max_tariff", () => {
  const config: Config = {
    tariff_stance: "protectionist",
    tariff: 0.2,
    escalation: 0.1,
    max_tariff: 0.45,
    tariff_targets: ["n1"],
  };
  const next = (own: number, theirs: number) =>
    tariffsOf(config, marketState({ tariffs: { n1: own } }, { tariffs: { n0: theirs } }));
  assertEquals(next(0.2, 0), { n1: 0.2 });
  assertEquals(next(0.2, 0.2), { n1: 0.3 });
  assertEquals(next(0.4, 0.4), { n1: 0.45 });
});

Deno.test("nation: a partner whose tariffs it does not see counts as one without", () => {
  const seen = marketState({}, { tariffs: { n0: 0.25 } });
  const { tariffs: _hidden, ...rest } = seen.agents.get("n1")!;
  const records = seen.agents.records.map((record) => record.name === "n1" ? rest as typeof record : record);
  assertEquals(tariffsOf({}, seen.with({ agents: AgentMap.of(records) })), {});
});

Deno.test("nation: an instance decides the same for the same observation, whatever it decided before", () => {
  const agent = new NationAgent({
    name: "n0",
    config: nationConfig.parse({ tariff_stance: "protectionist", escalation: 0.1 }),
  });
  const context = agentContext("n0", 5);
  const first = agent.decideAction(marketState(), context);
  agent.decideAction(
    marketState({ output_gap: -9, inflation: 30, tariffs: { n1: 0.5 } }, { tariffs: { n0: 0.6 } }),
    context,
  );
  assertEquals(agent.decideAction(marketState(), context), first);
});
