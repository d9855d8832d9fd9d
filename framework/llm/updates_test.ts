import { Ajv2020 } from "ajv/dist/2020.js";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { JsonObject } from "../json.ts";
import { AgentMap, SimulationState } from "../state.ts";
import { checkVariable, type StateVariables, VariableLayout } from "../variables.ts";
import { type DecidedVariables, type StepLimits, UpdateRules } from "./updates.ts";

const VARIABLES: StateVariables = {
  global_vars: {
    rate: { type: "float", min: 0, max: 1, default: 0.5, description: "per year" },
    year: { type: "int", min: 2000, default: 2000 },
    balance: { type: "float", default: 0 },
    season: { type: "categorical", values: ["dry", "wet"], default: "dry" },
    news: { type: "str", max_length: 10 },
    stock: { type: "dict", key_type: "str", value_type: { type: "int", min: 0 } },
    hidden: { type: "float", default: 1 },
  },
  agent_vars: {
    wealth: { type: "float", min: 0, default: 10 },
    alive: { type: "bool", default: true },
    age: { type: "int", min: 0, max: 120, default: 30 },
  },
};
const DECIDES: DecidedVariables = {
  global_vars: ["rate", "year", "balance", "season", "news", "stock"],
  agent_vars: ["wealth", "alive", "age"],
};
const STEPS: StepLimits = {
  global_vars: { rate: 0.1, year: 1 },
  agent_vars: { wealth: { relative: 0.5, absolute: 2 }, age: { relative: 0.1 } },
};
const RULES = new UpdateRules(VARIABLES, DECIDES, STEPS);
const FREE = new UpdateRules(VARIABLES, DECIDES);

const agentLayout = new VariableLayout(VARIABLES.agent_vars);
const globalLayout = new VariableLayout(VARIABLES.global_vars);
const STATE: SimulationState = new SimulationState({
  turn: 4,
  agents: AgentMap.of(["A", "B"].map((name) => ({ name, ...agentLayout.defaults() }))),
  global_state: globalLayout.defaults(),
});

const problems = (update: unknown, rules = RULES) =>
  rules.problems(update, STATE).map(({ path, message }) => `${path.join(".")}: ${message}`);

Deno.test("an update in range has no problems and is applied; what it leaves out stays", () => {
  const update = { global: { rate: 0.55, season: "wet", news: null }, agents: { B: { wealth: 15, age: 33 } } };
  assertEquals(problems(update), []);
  assertEquals(RULES.clamped(update, STATE), { update, repairs: [] });
  const next = RULES.applied(STATE, update);
  assertEquals(next.global_state, { ...STATE.global_state, ...update.global });
  assertEquals(next.agents.get("B"), { ...STATE.agents.get("B")!, wealth: 15, age: 33 });
  assertTrue(next.agents.get("A") === STATE.agents.get("A"));
  assertTrue(RULES.applied(STATE, {}) === STATE);
});

Deno.test("what is wrong is named: ranges, types, steps, variables and agents that there are not", () => {
  assertEquals(
    problems({
      global: {
        rate: 1.5,
        year: 2000.5,
        season: "cold",
        news: "a very long story",
        stock: { corn: -1 },
        hidden: 2,
        rat: 1,
      },
      agents: { A: { alive: "yes", wealth: 16 }, C: { wealth: 1 } },
    }),
    [
      "global.rate: 1.5 is above max 1",
      "global.year: expected a whole number within ±(2^53 − 1), found 2000.5",
      "global.season: expected one of 'dry', 'wet', found \"cold\"",
      'global.news: "a very long story" has 17 characters; at most 10 are allowed',
      "global.stock.corn: -1 is below min 0",
      "global.hidden: you do not set a variable of this name; valid: rate, year, balance, season, news, stock",
      "global.rat: you do not set a variable of this name; did you mean 'rate'? valid: rate, year, balance, season, news, stock",
      'agents.A.alive: expected true or false, found "yes"',
      "agents.A.wealth: 16 is too large a step from 10: in this turn from 5 to 15",
      "agents.C: there is no agent \"C\"; did you mean 'A'? valid: A, B",
    ],
  );
  assertEquals(problems(7), [": must be an object, not 7"]);
  assertEquals(problems({ global: [1], agents: "A" }), [
    "global: must be an object, not [1]",
    'agents: must be an object, not "A"',
  ]);
  assertEquals(problems({ agents: { A: 3 } }), ["agents.A: must be an object, not 3"]);
});

Deno.test("null leaves a variable alone, unless null is one of its values", () => {
  const update = { global: { rate: null, news: null }, agents: null };
  assertEquals(problems(update), []);
  assertEquals(RULES.clamped(update, STATE).update, { global: { news: null } });
});

Deno.test("clamped: numbers are moved into their range, all else that does not fit is left out, and both are told", () => {
  const { update, repairs } = RULES.clamped({
    global: { rate: 0.9, year: 2007.4, season: "cold", balance: Infinity, rat: 1 },
    agents: { A: { wealth: -3, alive: "yes" }, C: { wealth: 1 } },
  }, STATE);
  assertEquals(update, { global: { rate: 0.6, year: 2001 }, agents: { A: { wealth: 5 } } });
  assertEquals(repairs, [
    { at: "global.rate", was: 0.9, is: 0.6 },
    { at: "global.year", was: 2007.4, is: 2001 },
    { at: "global.season", was: '"cold"', is: null },
    { at: "global.balance", was: "Infinity", is: null },
    { at: "global.rat", was: 1, is: null },
    { at: "agents.A.wealth", was: -3, is: 5 },
    { at: "agents.A.alive", was: '"yes"', is: null },
    { at: "agents.C", was: '{"wealth":1}', is: null },
  ]);
  assertEquals(FREE.clamped({ global: { rate: Infinity, year: -Infinity } }, STATE).update, {
    global: { rate: 1, year: 2000 },
  });
});

Deno.test("a step is the larger of its absolute and its relative size; of nothing a share is nothing", () => {
  const rich = STATE.with({ agents: STATE.agents.with("A", { wealth: 100, age: 0 }).with("B", { wealth: 1, age: 9 }) });
  const { update } = RULES.clamped({
    agents: { A: { wealth: 1e6, age: 50 }, B: { wealth: 1e6, age: 50 } },
  }, rich);
  assertEquals(update.agents, { A: { wealth: 150, age: 0 }, B: { wealth: 3, age: 9 } });
});

Deno.test("from a value that is out of range itself no step is measured", () => {
  const broken = STATE.with({ global_state: { ...STATE.global_state, rate: 7 } });
  assertEquals(RULES.clamped({ global: { rate: 0.2 } }, broken), { update: { global: { rate: 0.2 } }, repairs: [] });
});

const value = fc.oneof(
  { arbitrary: fc.double(), weight: 4 },
  { arbitrary: fc.integer({ min: -200, max: 3000 }), weight: 3 },
  { arbitrary: fc.double({ min: -1, max: 2 }), weight: 3 },
  fc.boolean(),
  fc.string(),
  fc.constantFrom("dry", "wet", null, -0, Number.MAX_SAFE_INTEGER, 1e300, -1e300),
  fc.jsonValue(),
  fc.dictionary(fc.string(), fc.integer()),
);
const names = (known: readonly string[]) => fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 9 }, fc.string());
const anyUpdate = fc.oneof(
  {
    arbitrary: fc.record({
      global: fc.dictionary(names(Object.keys(VARIABLES.global_vars)), value),
      agents: fc.dictionary(names(["A", "B", "C"]), fc.dictionary(names(Object.keys(VARIABLES.agent_vars)), value)),
    }, { requiredKeys: [] }),
    weight: 9,
  },
  fc.record({ global: fc.jsonValue(), agents: fc.jsonValue() }),
  fc.jsonValue(),
);

Deno.test("whatever a model says, clamped it has no problems, and the next state is one that the variables allow", () => {
  for (const rules of [RULES, FREE]) {
    fc.assert(fc.property(anyUpdate, (said) => {
      const { update } = rules.clamped(said, STATE);
      assertEquals(rules.problems(update, STATE), []);
      for (const [name, next] of Object.entries(update.global ?? {})) {
        assertEquals(checkVariable(VARIABLES.global_vars[name]!, next), null);
      }
      const state = rules.applied(STATE, update);
      assertEquals(globalLayout.check(state.global_state), null);
      for (const agent of state.agents) assertEquals(agentLayout.check(agent), null);
      assertEquals(state.global_state.hidden, STATE.global_state.hidden);
      assertEquals(state.agents.names(), STATE.agents.names());
    }));
  }
});

Deno.test("clamped once is clamped for good, and an update without problems is never changed", () => {
  fc.assert(fc.property(anyUpdate, (said) => {
    const { update } = RULES.clamped(said, STATE);
    assertEquals(RULES.clamped(update, STATE), { update, repairs: [] });
    if (RULES.problems(said, STATE).length > 0) return;
    for (const [name, next] of Object.entries((said as { global?: JsonObject }).global ?? {})) {
      if (next !== null) assertEquals(update.global![name], next);
    }
  }));
});

const inRange = fc.record({
  global: fc.record({
    rate: fc.double({ min: 0.4, max: 0.6, noNaN: true }),
    year: fc.integer({ min: 2000, max: 2001 }),
    season: fc.constantFrom("dry", "wet"),
    news: fc.constantFrom(null, "", "rain"),
    stock: fc.constantFrom({}, { corn: 3 }),
  }, { requiredKeys: [] }),
  agents: fc.record({
    A: fc.record({ wealth: fc.double({ min: 5, max: 15, noNaN: true }), alive: fc.boolean() }, { requiredKeys: [] }),
    B: fc.record({ age: fc.integer({ min: 27, max: 33 }) }, { requiredKeys: [] }),
  }, { requiredKeys: [] }),
});

Deno.test("updates drawn in range: no problems, no repairs, and they fit the JSON Schema that providers are told", () => {
  for (const agents of [["A", "B"], Array.from({ length: 200 }, (_, i) => `agent_${i}`)]) {
    const { properties, $defs } = RULES.schema(agents);
    const fits = new Ajv2020({ strict: false }).compile({
      type: "object",
      properties,
      additionalProperties: false,
      $defs: $defs!,
    });
    fc.assert(fc.property(inRange, (update) => {
      assertEquals(RULES.problems(update, STATE), []);
      assertEquals(RULES.clamped(update, STATE).repairs, []);
      assertTrue(fits(update), JSON.stringify(fits.errors));
    }));
    assertTrue(!fits({ global: { rate: 2 } }));
    assertTrue(!fits({ global: { hidden: 1 } }));
    assertTrue(!fits({ agents: { A: { wealth: -1 } } }));
  }
});

Deno.test("the JSON Schema has no defaults and stays the same from turn to turn", () => {
  const schema = RULES.schema(["A", "B"]);
  assertTrue(RULES.schema(["A", "B"]) === schema);
  assertTrue(!JSON.stringify(schema).includes('"default"'));
  assertEquals(new UpdateRules(VARIABLES, { global_vars: [], agent_vars: [] }).schema(["A"]), { properties: {} });
});

Deno.test("a model is told every variable with its range, what it is now and how far it may go", () => {
  assertEquals(RULES.text(STATE).split("\n").filter((line) => /^Of|rate|year|news|wealth|age/.test(line)), [
    "Of the world (`global`):",
    "- rate: number from 0 to 1; per year; now 0.5; in this turn from 0.4 to 0.6",
    "- year: whole number at least 2000; now 2000; in this turn from 2000 to 2001",
    "- news: text of at most 10 characters or null; now null",
    "Of each agent (`agents`, by the agent's name):",
    "- wealth: number at least 0; changes by at most 2 or 50 % of its value in one turn",
    "- age: whole number from 0 to 120; changes by at most 10 % of its value in one turn",
  ]);
});

Deno.test("rules about variables that are not declared, or are no numbers, are refused", () => {
  const rules = (decides: Partial<DecidedVariables>, steps: Partial<StepLimits> = {}) => () =>
    new UpdateRules(VARIABLES, { global_vars: [], agent_vars: [], ...decides }, {
      global_vars: {},
      agent_vars: {},
      ...steps,
    });
  assertMatches(
    assertThrows(rules({ global_vars: ["rat"] }), "unknown_variable").message,
    /decides.global_vars.*'rat'/,
  );
  assertMatches(assertThrows(rules({ agent_vars: ["toString"] }), "unknown_variable").message, /'toString'/);
  const bad = (steps: Partial<StepLimits>) => assertThrows(rules(DECIDES, steps), "bad_step").message;
  assertMatches(bad({ global_vars: { hidden: 1 } }), /max_step.global_vars: 'hidden' is none that the model decides/);
  assertMatches(bad({ agent_vars: { alive: 1 } }), /'alive' is of type bool/);
});
