import {
  Action,
  type EngineContext,
  type JsonObject,
  LEGACY_STATE_VARIABLES,
  ModelError,
  RULE_MARK,
  type StateVariables,
} from "llm-sim";
import fc from "../../../tests/support/properties.ts";
import type { z } from "zod";
import { assertEquals, assertMatches, assertNear, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { assertStateWithin } from "../../../tests/support/bounds.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { ScriptedLLM, type ScriptOptions } from "../../../tests/support/scripted_llm.ts";
import { play, playText, readScenario, type ScenarioFile, stage } from "../tests/harness.ts";
import { GROWTH_BOUNDS, NATION_BOUNDS, WORLD_BOUNDS } from "../variables.ts";
import { EconLLMEngine } from "./econ_llm.ts";
import { econLLMEngineConfig } from "./econ_llm_config.ts";
import type { EconomyState } from "./ruled_economies.ts";

type Config = z.input<typeof econLLMEngineConfig>;

const CALM: Config = { demand_shock: { sd: 0 }, productivity_shock: { sd: 0 } };
const SCENARIO = await stage.load(stage.readText("llm_economic"));
const START = (await play(readScenario("llm_economic"), { turns: 0 })).last as EconomyState;

const engineWith = (config: Config = CALM, state_variables: StateVariables = SCENARIO.state_variables) =>
  new EconLLMEngine({ config: econLLMEngineConfig.parse(config), state_variables });

interface Turn {
  readonly next: EconomyState;
  readonly llm: ScriptedLLM;
  readonly details: readonly JsonObject[];
}

/** Plays one turn from `state`. */
async function turn(
  replies: readonly unknown[],
  { engine = engineWith(), state = START, actions = [], options = {} }: {
    engine?: EconLLMEngine;
    state?: EconomyState;
    actions?: readonly Action[];
    options?: ScriptOptions;
  } = {},
): Promise<Turn> {
  const llm = new ScriptedLLM(replies, options);
  const details: JsonObject[] = [];
  const context: EngineContext = {
    ...engineContext(state.turn + 1),
    llm,
    detail: (type, values) => details.push({ type, ...values }),
  };
  const applied = await engine.applyActions(state, actions, context) as EconomyState;
  const next = await engine.applyEngineRules(applied, context) as EconomyState;
  return { next: next.with({ turn: state.turn + 1 }) as EconomyState, llm, details };
}

const answer = (agents: JsonObject, more: JsonObject = {}) => ({ reasoning: "because", agents, ...more });
const policy = (name: string, parameters: JsonObject) => new Action(name, "set_policy", parameters);
const nation = (state: EconomyState, name = "Aurelia") => state.agents.get(name)!;

Deno.test("econ_llm engine: what the model decides of a nation is so, and output, gap and debt follow from it", async () => {
  const decided = { gdp_growth: 4, inflation: 3.4, unemployment: 4.7 };
  const { next } = await turn([answer({ Aurelia: decided })]);
  const [before, after] = [nation(START), nation(next)];
  assertEquals([after.gdp_growth, after.inflation, after.unemployment], [4, 3.4, 4.7]);
  assertNear(after.economic_strength, before.economic_strength * 1.04 ** 0.25, 1e-9);
  const potential = after.economic_strength / (1 + after.output_gap / 100);
  const { next: ruled } = await turn([], { options: { offline: true } });
  const byRule = nation(ruled);
  assertNear(potential, byRule.economic_strength / (1 + byRule.output_gap / 100), 1e-6);
  assertEquals([after.capital, after.exports, after.imports], [byRule.capital, byRule.exports, byRule.imports]);
  const interest = 1 + (before.policy_rate - after.inflation) / 400;
  assertNear(after.debt, before.debt * interest * before.economic_strength / after.economic_strength, 1e-9);
});

Deno.test("econ_llm engine: an indicator that the model leaves out stays as it is, and the world's are their means", async () => {
  const { next } = await turn([answer({ Aurelia: { inflation: 4 } })]);
  assertEquals(next.agents.records.map(({ inflation }) => inflation), [4, 3, 3]);
  assertEquals(next.agents.records.map(({ gdp_growth }) => gdp_growth), [2.5, 2.5, 2.5]);
  const { total_economic_value, gdp_growth, inflation, unemployment } = next.global_state;
  const sum = next.agents.records.reduce((total, { economic_strength }) => total + economic_strength, 0);
  assertEquals(total_economic_value, sum);
  assertNear(gdp_growth, 2.5, 1e-9);
  assertNear(inflation, 3 + nation(next).economic_strength / sum, 1e-9);
  assertNear(unemployment, 5, 1e-9);
});

Deno.test("econ_llm engine: policies are in force before the model is asked, which sees them and the shocks of the turn", async () => {
  const engine = engineWith({ ...CALM, events: [{ turn: 1, nations: ["Caldera"], demand: -3, productivity: -0.02 }] });
  const actions = [policy("Aurelia", { policy_rate: 5, tariffs: { Caldera: 0.2 } })];
  const { next, llm } = await turn([answer({})], { engine, actions });
  assertEquals([nation(next).policy_rate, nation(next).tariffs], [5, { Caldera: 0.2 }]);
  assertNear(next.global_state.mean_tariff, 0.2 / 6, 1e-12);
  for (
    const part of [
      'Aurelia: economic_strength=1600, gdp_growth=2.5, output_gap=1, inflation=3, unemployment=5, policy_rate=5, investment_share=0.24, fiscal_stance=0, tariffs={"Caldera":0.2}',
      '- "Aurelia": "set_policy" {"policy_rate":5,"tariffs":{"Caldera":0.2}}',
      '# Shocks of this turn\n\n- "Caldera": demand -3 % of potential output, productivity -2 %\n\n',
      "- gdp_growth: number from -100 to 1000",
      "One turn is a quarter of a year",
    ]
  ) assertTrue(llm.lastPrompt.includes(part), `${part} is not in:\n${llm.lastPrompt}`);
  assertTrue(!/capital=|demand_shock|labour=/.test(llm.lastPrompt));
  assertMatches((await turn([answer({})])).llm.lastPrompt, /# Shocks of this turn\n\n\(none\)/);
});

Deno.test("econ_llm engine: too large a step is told to the model, and taken as far as it may go when it insists", async () => {
  const engine = engineWith({ ...CALM, max_step: { agent_vars: { inflation: 1 } } });
  const wild = answer({ Aurelia: { inflation: 9 }, Borealis: { policy_rate: 1 } });
  const better = await turn([wild, answer({ Aurelia: { inflation: 3.5 } })], { engine });
  assertMatches(better.llm.complaints[0]!, /agents.Aurelia.inflation: 9 is too large a step from 3/);
  assertMatches(better.llm.complaints[0]!, /agents.Borealis.policy_rate: you do not set a variable of this name/);
  assertEquals(nation(better.next).inflation, 3.5);
  const { next, details } = await turn([wild, wild, wild], { engine });
  assertEquals([nation(next).inflation, nation(next, "Borealis").policy_rate], [4, 3]);
  assertEquals(details[0]!.repairs, [
    { at: "agents.Aurelia.inflation", was: 9, is: 4 },
    { at: "agents.Borealis.policy_rate", was: 1, is: null },
  ]);
});

Deno.test("econ_llm engine: growth that the nation cannot have is had as far as it can, and the state says how far", async () => {
  const { next } = await turn([answer({ Aurelia: { gdp_growth: 900 } })]);
  assertEquals(nation(next).output_gap, 15);
  assertTrue(nation(next).gdp_growth! < 100);
  const growth = 100 * ((nation(next).economic_strength / 1600) ** 4 - 1);
  assertNear(nation(next).gdp_growth!, growth, 1e-9);
});

Deno.test("econ_llm engine: whatever a model says, numbers are within the bounds and the total is the sum", async () => {
  const numbers = fc.record({
    gdp_growth: fc.double({ min: -100, max: 1000, noNaN: true }),
    inflation: fc.double({ min: -15, max: 100, noNaN: true }),
    unemployment: fc.double({ min: 0, max: 60, noNaN: true }),
  });
  const answers = fc.array(fc.tuple(numbers, numbers, numbers), { minLength: 1, maxLength: 20 });
  await fc.assert(fc.asyncProperty(answers, async (answers) => {
    let state = START;
    for (const [Aurelia, Borealis, Caldera] of answers) {
      state = (await turn([answer({ Aurelia, Borealis, Caldera })], { state })).next;
      assertStateWithin(state, { ...NATION_BOUNDS, gdp_growth: GROWTH_BOUNDS }, WORLD_BOUNDS);
      const total = state.agents.records.reduce((sum, { economic_strength }) => sum + economic_strength, 0);
      assertNear(state.global_state.total_economic_value, total, 1e-9 * total);
    }
  }));
});

Deno.test("econ_llm engine: without an answer the rules decide, or nothing changes, as the scenario says", async () => {
  const refused = new ModelError("refused", "I cannot help with that");
  const { next: ruled } = await turn([], { options: { offline: true } });
  const fallback = await turn([refused], { options: { onFailure: "fallback" } });
  assertEquals(fallback.next, ruled);
  assertEquals([fallback.details[0]!.by, fallback.details[0]!.reasoning], [
    "rule",
    `${RULE_MARK}as the rules of engine market have it`,
  ]);
  const skip = await turn([refused], { options: { onFailure: "skip" } });
  assertEquals(skip.next.agents.records.map(({ gdp_growth, inflation }) => [gdp_growth, inflation]), [
    [2.5, 3],
    [2.5, 3],
    [2.5, 3],
  ]);
  assertTrue(skip.next.global_state.total_economic_value > 3500, "output grows on as it did");
});

Deno.test("econ_llm engine: what its rule tells of a turn says that no model told it", async () => {
  const config: Config = { ...CALM, narration: { variable: "news" } };
  const declared: StateVariables = {
    ...SCENARIO.state_variables,
    global_vars: { ...SCENARIO.state_variables.global_vars, news: { type: "str", default: "" } },
  };
  const { next } = await turn([], { engine: engineWith(config, declared), options: { offline: true } });
  const { news } = next.global_state as unknown as { news: string };
  assertMatches(
    news,
    /^\(rule, not a language model\) In the world output grows by .* %, inflation is .*, unemployment/,
  );
  const told = await turn([answer({}, { narration: "Quiet." })], { engine: engineWith(config, declared) });
  assertEquals((told.next.global_state as unknown as { news: string }).news, "Quiet.");
});

Deno.test("econ_llm engine: agents that act one after another have the engine asked each time, and one quarter passes", async () => {
  const engine = engineWith({ ...CALM, events: [{ turn: 1, demand: -2 }] });
  const llm = new ScriptedLLM([], { offline: true });
  const context = { ...engineContext(1), llm };
  const first = policy("Aurelia", { policy_rate: 5 });
  const second = policy("Borealis", { fiscal_stance: 0.03 });
  const together = (await turn([], { engine, actions: [first, second], options: { offline: true } })).next;
  let state = await engine.applyActions(START, [first], context) as EconomyState;
  state = await engine.applyActions(state, [second], context) as EconomyState;
  const after = engine.applyEngineRules(state, context);
  assertEquals(llm.requests.length, 2);
  assertEquals(after.agents, together.agents);
  assertEquals(after.global_state, together.global_state);
});

Deno.test("econ_llm engine: in a turn in which it was not asked the rules decide", async () => {
  const { next } = await turn([], { options: { offline: true } });
  const idle = engineWith().applyEngineRules(START, engineContext(1));
  assertNear(idle.global_state.total_economic_value, next.global_state.total_economic_value, 1e-9);
});

const onEngine = (scenario: ScenarioFile, engine: ScenarioFile["engine"]): ScenarioFile => ({ ...scenario, engine });

Deno.test("econ_llm engine: offline every scenario of market goes as on market", async () => {
  for (const name of ["growth", "recession", "trade_war", "stimulus", "hybrid_simulation"]) {
    const scenario = readScenario(name);
    const there = await play(scenario, { turns: 12 });
    const here = await play(onEngine(scenario, { type: "econ_llm", config: scenario.engine.config ?? {} }), {
      turns: 12,
    });
    for (const [i, { agents, global_state }] of there.states.entries()) {
      const same = here.states[i]!;
      for (const [variable, value] of Object.entries(global_state)) {
        assertNear(
          (same.global_state as unknown as JsonObject)[variable] as number,
          value,
          1e-8,
          `${name} ${variable}`,
        );
      }
      for (const { name: of, debt, economic_strength, inflation, exchange_rate } of agents) {
        const other = same.agents.get(of)!;
        assertNear(other.economic_strength, economic_strength, 1e-8);
        assertNear(other.inflation, inflation, 1e-9);
        assertNear(other.debt, debt, 1e-9);
        assertNear(other.exchange_rate, exchange_rate, 1e-9);
      }
    }
  }
});

Deno.test("econ_llm engine: at turn 0 the world's growth is what the nations say of theirs", () => {
  assertNear(START.global_state.gdp_growth, 2.5, 1e-12);
  assertNear(START.global_state.inflation, 3, 1e-12);
  assertNear(START.global_state.unemployment, 5, 1e-12);
});

Deno.test("econ_llm engine: further variables may be decided too, accounts and policies may not", async () => {
  const declared: StateVariables = {
    ...SCENARIO.state_variables,
    agent_vars: { ...SCENARIO.state_variables.agent_vars, approval: { type: "float", min: 0, max: 1, default: 0.5 } },
  };
  const config: Config = { ...CALM, decides: { agent_vars: ["approval", "inflation"] } };
  const state = START.with({ agents: START.agents.map((each) => ({ ...each, approval: 0.5 })) }) as EconomyState;
  const { next } = await turn([answer({ Aurelia: { approval: 0.7 } })], {
    engine: engineWith(config, declared),
    state,
  });
  assertEquals(next.agents.records.map((each) => (each as unknown as { approval: number }).approval), [0.7, 0.5, 0.5]);
  const { next: ruled } = await turn([], { options: { offline: true } });
  assertNear(nation(next).economic_strength, nation(ruled).economic_strength, 1e-9, "growth is left to the equations");

  const refuse = (decides: NonNullable<Config["decides"]>) =>
    assertThrows(() => engineWith({ ...CALM, decides }), "follows_by_rule").message;
  assertMatches(refuse({ agent_vars: ["debt"] }), /decides.agent_vars: 'debt' is not for the model to decide/);
  refuse({ agent_vars: ["policy_rate"] });
  refuse({ agent_vars: ["tariffs"] });
  refuse({ global_vars: ["gdp_growth"] });
  assertThrows(() => engineWith({ ...CALM, decides: { agent_vars: ["aproval"] } }), "unknown_variable");
});

Deno.test("econ_llm engine: a scenario's own prompt may be told what the rules would make of the turn", async () => {
  const engine = new EconLLMEngine({
    config: econLLMEngineConfig.parse(CALM),
    state_variables: SCENARIO.state_variables,
    prompt: { file: "own.md", text: "{{forecast}}" },
  });
  const { llm } = await turn([answer({})], { engine });
  assertMatches(String(llm.requests[0]!.messages), /^- "Aurelia": gdp_growth=[\d.-]+, inflation=[\d.]+, unemployment=/);
});

// Worlds as of engine economic.

const SMALL = `
simulation: { name: small, max_turns: 10 }
validator: { type: always_valid }
agents:
  - { name: A, type: econ_llm, initial_economic_strength: 1000 }
  - { name: B, type: nation, strategy: decline, initial_economic_strength: 500 }
`;
const SMALL_START = (await playText(`${SMALL}engine: { type: economic, interest_rate: 0.03 }`, { turns: 0 }))
  .last as EconomyState;
const smallEngine = (config: Config = {}, declared: StateVariables = LEGACY_STATE_VARIABLES) =>
  engineWith({ interest_rate: 0.03, ...config }, declared);

Deno.test("econ_llm engine: in a world as of engine economic it goes offline as there", async () => {
  const there = await playText(`${SMALL}engine: { type: economic, interest_rate: 0.03 }`);
  const here = await playText(`${SMALL}engine: { type: econ_llm, interest_rate: 0.03 }`);
  assertEquals([here.ended, here.last.turn], [there.ended, there.last.turn]);
  for (const [i, { agents, global_state }] of there.states.entries()) {
    const same = here.states[i]!;
    assertNear(same.global_state.total_economic_value, global_state.total_economic_value, 1e-9);
    for (const each of agents) {
      assertNear(same.agents.get(each.name)!.economic_strength, each.economic_strength, 1e-9);
    }
  }
  assertNear(here.last.global_state.gdp_growth, 3, 1e-9, "the growth that there was");
});

Deno.test("econ_llm engine: in such a world the model decides the world's indicators, and output grows by gdp_growth", async () => {
  const decided = { interest_rate: 0.04, gdp_growth: -2, inflation: 5, unemployment: 8 };
  const actions = [new Action("A", "grow", { measures: "builds harbours" }), new Action("B", "decline")];
  const { next, llm } = await turn([{ reasoning: "x", global: decided }], {
    engine: smallEngine(),
    state: SMALL_START,
    actions,
  });
  assertEquals(next.agents.records.map(({ economic_strength }) => economic_strength), [980, 490]);
  assertEquals(next.global_state, { ...SMALL_START.global_state, ...decided, total_economic_value: 1470 });
  assertMatches(llm.lastPrompt, /- "A": "grow" \{"measures":"builds harbours"\}\n- "B": "decline"/);
  assertMatches(llm.lastPrompt, /In each turn every nation's output grows/);
  assertMatches(llm.lastPrompt, /- interest_rate: number; now 0.03/);
});

Deno.test("econ_llm engine: in such a world growth may be decided nation by nation, or be left to the interest rate", async () => {
  const declared: StateVariables = {
    ...LEGACY_STATE_VARIABLES,
    agent_vars: { ...LEGACY_STATE_VARIABLES.agent_vars, gdp_growth: { type: "float", default: 0 } },
  };
  const state = SMALL_START.with({
    agents: SMALL_START.agents.map((each) => ({ ...each, gdp_growth: 0 })),
  }) as EconomyState;
  const each = { reasoning: "x", global: {}, agents: { A: { gdp_growth: 10 }, B: { gdp_growth: -10 } } };
  const { next } = await turn([each], { engine: smallEngine({}, declared), state });
  assertEquals(next.agents.records.map(({ economic_strength }) => Math.round(economic_strength)), [1100, 450]);
  assertNear(next.global_state.gdp_growth, 100 * 50 / 1500, 1e-9);
  assertThrows(
    () => smallEngine({ decides: { global_vars: ["gdp_growth"], agent_vars: ["gdp_growth"] } }, declared),
    "follows_by_rule",
  );
  assertThrows(() => smallEngine({ decides: { global_vars: ["total_economic_value"] } }), "follows_by_rule");

  const rate = smallEngine({ decides: { global_vars: ["interest_rate"] } });
  const byRate = await turn([{ reasoning: "x", global: { interest_rate: 0.1 } }], { engine: rate, state: SMALL_START });
  assertNear(byRate.next.global_state.total_economic_value, 1650, 1e-9);
  assertNear(byRate.next.global_state.gdp_growth, 10, 1e-9);
});

Deno.test("econ_llm engine: no answer makes such a world negative or endless", async () => {
  let state = SMALL_START;
  for (const gdp_growth of [1e308, -1e308, 1000, 5]) {
    const global = { gdp_growth, interest_rate: -1e308 };
    state = (await turn([{ reasoning: "x", global }], { engine: smallEngine(), state })).next;
    const { total_economic_value, interest_rate } = state.global_state;
    assertTrue(total_economic_value >= 0 && Number.isFinite(total_economic_value));
    assertEquals(interest_rate, -1);
  }
});
