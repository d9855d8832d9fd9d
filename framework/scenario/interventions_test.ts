import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { type BadInput, testRefusals } from "../../tests/support/refusals.ts";
import { formatIssue } from "../issue.ts";
import { readInterventionBody } from "./mod.ts";
import { load, scenarioText } from "./testing.ts";

const VARIABLES = [
  "state_variables:",
  "  agent_vars: { wealth: { type: float, min: 0, default: 1 }, mood: { type: str, default: calm } }",
  "  global_vars:",
  "    inflation: { type: float, default: 0 }",
  "    members: { type: int, min: 0, default: 0 }",
  "    open: { type: bool, default: true }",
  "    prices: { type: dict, key_type: str, value_type: { type: float, min: 0 }, default: { oil: 80 } }",
  "    place: { type: object, schema: { x: int, y: int }, default: { x: 0, y: 0 } }",
].join("\n");
const several = (flow: string) => scenarioText({ state_variables: VARIABLES }, `interventions: ${flow}`);
const one = (flow: string) => several(`[{ at: 2, ${flow} }]`);
const EFFECT = "set: { global.inflation: 1 }";

const CASES: readonly BadInput[] = [
  // the section
  {
    name: "interventions that are no list",
    text: several("«5"),
    code: "invalid_value",
    message: /^interventions must be a list of at most 1000, not 5$/,
  },
  {
    name: "an intervention that is no map",
    text: several("[«5]"),
    code: "invalid_value",
    message: /^interventions\[0\] must be a map, not 5$/,
  },
  {
    name: "an unknown effect",
    text: one(`${EFFECT}, «sett: {}`),
    code: "unknown_key",
    message: /^interventions\[0\] has no key 'sett'$/,
    hint: /did you mean 'set'\?/,
  },
  {
    name: "an intervention without effect",
    text: several("[«{ at: 2, note: nothing, set: {}, add: }]"),
    code: "bad_intervention",
    message: /^interventions\[0\] does nothing$/,
    hint: /add one of set, add, multiply, message, add_agent/,
  },

  // when
  {
    name: "an intervention without time",
    text: several(`[«{ ${EFFECT} }]`),
    code: "bad_intervention",
    message: /^interventions\[0\] does not say when it happens$/,
    hint: /at: 10, every: 10, when:/,
  },
  {
    name: "an intervention with two times",
    text: one(`«when: "turn > 1", ${EFFECT}`),
    code: "bad_intervention",
    message: /^interventions\[0\] has 'at' and 'when'$/,
    hint: /keep one/,
  },
  {
    name: "an intervention in turn 0",
    text: several(`[{ at: «0, ${EFFECT} }]`),
    code: "invalid_value",
    message: /^interventions\[0\]\.at must be an integer ≥ 1 or a list of at least 1, not 0$/,
  },
  {
    name: "an intervention in no turn",
    text: several(`[{ «at: [], ${EFFECT} }]`),
    code: "invalid_value",
    message: /^interventions\[0\]\.at must be .*a list of at least 1, not an empty list$/,
  },
  {
    name: "an intervention in half a turn",
    text: several(`[{ at: [3, «4.5], ${EFFECT} }]`),
    code: "invalid_value",
    message: /^interventions\[0\]\.at\[1\] must be an integer ≥ 1, not 4\.5$/,
  },
  {
    name: "an intervention every 0 turns",
    text: several(`[{ every: «0, ${EFFECT} }]`),
    code: "invalid_value",
    message: /^interventions\[0\]\.every must be an integer ≥ 1, not 0$/,
  },
  {
    name: "a first turn without every",
    text: one(`«from: 3, ${EFFECT}`),
    code: "bad_intervention",
    message: /^interventions\[0\]\.from goes with every, not with at$/,
  },
  {
    name: "a last turn of single turns",
    text: one(`«until: 3, ${EFFECT}`),
    code: "bad_intervention",
    message: /^interventions\[0\]\.until goes with every or when, not with at$/,
  },
  {
    name: "once without when",
    text: several(`[{ every: 2, «once: true, ${EFFECT} }]`),
    code: "bad_intervention",
    message: /^interventions\[0\]\.once goes with when, not with every$/,
  },
  {
    name: "turns in the wrong order",
    text: several(`[{ every: 2, from: 6, until: «5, ${EFFECT} }]`),
    code: "bad_intervention",
    message: /^interventions\[0\]\.until is 5, but it happens in turn 6 at the earliest$/,
  },
  {
    name: "a condition that does not parse",
    text: several(`[{ when: «"turn >", ${EFFECT} }]`),
    code: "bad_condition",
    message: /^interventions\[0\]\.when: expected a value, found the end/,
  },
  {
    name: "a condition over an unknown agent",
    text: several(`[{ when: «"agents.BB.wealth > 1", ${EFFECT} }]`),
    code: "unknown_path",
    message: /^interventions\[0\]\.when: unknown path .*: there is no agent 'BB'$/,
    hint: /did you mean 'B'\?/,
  },
  {
    name: "an end that depends on an agent that is not there yet",
    text: scenarioText({
      simulation: 'simulation: { name: demo, max_turns: 10, termination: { when: [«"agents.N.wealth > 1"] } }',
    }, "interventions: [{ at: 2, add_agent: { name: N, type: nation } }]"),
    code: "unknown_path",
    message: /there is no agent 'N'/,
  },

  // set, add, multiply
  {
    name: "an unknown variable to set",
    text: one("set: { «global.inflaton: 1 }"),
    code: "unknown_path",
    message: /^interventions\[0\]\.set: unknown path 'global\.inflaton': there is no global variable 'inflaton'$/,
    hint: /did you mean 'inflation'\?/,
  },
  {
    name: "an unknown agent to set",
    text: one("set: { «agents.C.wealth: 1 }"),
    code: "unknown_path",
    message: /there is no agent 'C'/,
    hint: /valid: A, B/,
  },
  {
    name: "a path that does not parse",
    text: one("set: { «globals.x: 1 }"),
    code: "bad_path",
    message: /^interventions\[0\]\.set: no path begins with 'globals'/,
    hint: /did you mean 'global'\?/,
  },
  {
    name: "a turn to set",
    text: one("set: { «turn: 1 }"),
    code: "read_only_path",
    message: /^interventions\[0\]\.set: 'turn' cannot be set$/,
  },
  {
    name: "a name to set",
    text: one("set: { «agents.A.name: B }"),
    code: "unknown_path",
    message: /there is no agent variable 'name'/,
  },
  {
    name: "a value out of bounds",
    text: one("set: { agents.A.wealth: «-1 }"),
    code: "invalid_value",
    message: /^interventions\[0\]\.set: 'agents\.A\.wealth' cannot be set to this value: -1 is below min 0$/,
  },
  {
    name: "a value of another type",
    text: one("set: { global.open: «3 }"),
    code: "invalid_value",
    message: /expected true or false, found 3/,
  },
  {
    name: "a value out of bounds within a variable",
    text: one("set: { «global.prices: { oil: -1 } }"),
    code: "invalid_value",
    message: /'global\.prices\.oil' cannot be set to this value: -1 is below min 0/,
  },
  {
    name: "a field that is not there",
    text: one("set: { «global.place.z: 1 }"),
    code: "unknown_path",
    message: /there is no entry 'z'/,
    hint: /valid: x, y/,
  },
  {
    name: "something added to a text",
    text: one("add: { «agents.A.mood: 1 }"),
    code: "not_numeric",
    message: /^interventions\[0\]\.add: 'agents\.A\.mood' is of type str, and 'add' needs a number$/,
    hint: /use 'set'/,
  },
  {
    name: "a multiplied truth value",
    text: one("multiply: { «global.open: 2 }"),
    code: "not_numeric",
    message: /type bool, and 'multiply' needs a number/,
  },
  {
    name: "half a member more",
    text: one("add: { global.members: «0.5 }"),
    code: "invalid_value",
    message: /'global\.members' is a whole number, and 0\.5 is not/,
  },
  {
    name: "a text added",
    text: one("add: { global.inflation: «much }"),
    code: "invalid_value",
    message: /^interventions\[0\]\.add\.global\.inflation must be a number, not 'much'$/,
  },
  {
    name: "an aggregate to multiply",
    text: one('multiply: { «"sum(wealth)": 2 }'),
    code: "read_only_path",
    message: /'sum\(wealth\)' cannot be set/,
  },

  // messages
  {
    name: "a message to nobody known",
    text: one("message: { to: «C, content: hello }"),
    code: "unknown_agent",
    message: /^interventions\[0\]\.message\.to: there is no agent 'C'$/,
    hint: /valid: A, B/,
  },
  {
    name: "a message to some that are not known",
    text: one("message: { to: [A, «C], content: hello }"),
    code: "unknown_agent",
    message: /^interventions\[0\]\.message\.to\[1\]: there is no agent 'C'$/,
  },
  {
    name: "a message without content",
    text: one("«message: { to: A }"),
    code: "missing_key",
    message: /^interventions\[0\]\.message\.content is missing$/,
  },
  {
    name: "a message without recipient",
    text: one("«message: { content: hello }"),
    code: "missing_key",
    message: /^interventions\[0\]\.message\.to is missing$/,
  },

  // lives
  {
    name: "a new agent without type",
    text: one("«add_agent: { name: C }"),
    code: "missing_key",
    message: /^interventions\[0\]\.add_agent\.type is missing$/,
  },
  {
    name: "a new agent of a class",
    text: one("add_agent: { name: C, type: «NationAgent }"),
    code: "bad_type",
    message: /^interventions\[0\]\.add_agent\.type: 'NationAgent' cannot be/,
    hint: /did you mean 'nation'\?/,
  },
  {
    name: "a new agent with a bad name",
    text: one("add_agent: { name: «a/b, type: nation }"),
    code: "bad_name",
    message: /"a\/b"/,
  },
  {
    name: "a new agent with an unknown variable",
    text: one("add_agent: { name: C, type: nation, variables: { «welth: 1 } }"),
    code: "unknown_variable",
    message: /^interventions\[0\]\.add_agent\.variables\.welth sets the agent variable 'welth'/,
    hint: /did you mean 'wealth'\?/,
  },
  {
    name: "a new agent with a value out of bounds",
    text: one("add_agent: { name: C, type: nation, variables: { wealth: «-1 } }"),
    code: "invalid_value",
    message: /^interventions\[0\]\.add_agent\.variables\.wealth: -1 is below min 0$/,
  },
  {
    name: "a new agent that explodes",
    text: one("add_agent: { name: C, type: nation, on_error: «explode }"),
    code: "invalid_value",
    message: /on_error must be one of fail, retry, skip, fallback, not 'explode'/,
  },
  {
    name: "an unknown agent to remove",
    text: one("remove_agent: «C"),
    code: "unknown_agent",
    message: /^interventions\[0\]\.remove_agent: there is no agent 'C'$/,
  },
  {
    name: "an unknown agent to pause",
    text: one("pause_agent: { name: «C, turns: 3 }"),
    code: "unknown_agent",
    message: /^interventions\[0\]\.pause_agent\.name: there is no agent 'C'$/,
  },
  {
    name: "an unknown agent to pause, in short",
    text: one("pause_agent: «C"),
    code: "unknown_agent",
    message: /^interventions\[0\]\.pause_agent: there is no agent 'C'$/,
  },
  {
    name: "a pause of no turns",
    text: one("pause_agent: { name: A, turns: «0 }, set: { global.open: false }"),
    code: "invalid_value",
    message: /^interventions\[0\]\.pause_agent\.turns must be an integer ≥ 1, not 0$/,
  },
  {
    name: "an unknown agent to resume",
    text: one("resume_agent: «C"),
    code: "unknown_agent",
    message: /^interventions\[0\]\.resume_agent: there is no agent 'C'$/,
  },
];

testRefusals(CASES);

Deno.test("interventions are read with every effect, short forms written out", async () => {
  const { scenario, issues } = await load(
    several(`
  - at: [8, 2, 8]
    set: { global.prices.oil: 120, agents.A.mood: null, global.place: { x: 1, y: 2 } }
    add: { global.inflation: 0.5, global.members: -2 }
    multiply: { agents.B.wealth: 1.5 }
    message: { to: [A, B], content: { shock: oil } }
    note: stimulus
  - { every: 3, pause_agent: A }
  - { every: 3, from: 1, until: 9, pause_agent: { name: A, turns: 2 }, remove_agent: B, resume_agent: A }
  - { when: "global.inflation > 3 and metric.gini > 0.5", until: 9, message: { to: "*", content: null } }
  - { when: turn == 4, once: true, message: { to: A, content: hello } }
  - at: 1
    add_agent: { name: C, type: nation, config: { a: 1 }, variables: { wealth: 3 }, location: "0,0", on_error: skip }
metrics: { reporters: { gini: { gini: wealth } } }`).replace("default: calm", "default: null"),
  );
  // The scenario has no space for C's location.
  assertEquals(issues.map(({ severity, code }) => `${severity} ${code}`), ["warning no_effect"]);
  assertEquals(scenario!.interventions, [
    {
      at: [2, 8],
      set: { "global.prices.oil": 120, "agents.A.mood": null, "global.place": { x: 1, y: 2 } },
      add: { "global.inflation": 0.5, "global.members": -2 },
      multiply: { "agents.B.wealth": 1.5 },
      message: { to: ["A", "B"], content: { shock: "oil" } },
      note: "stimulus",
    },
    { every: 3, from: 3, pause_agent: { name: "A" } },
    { every: 3, from: 1, until: 9, remove_agent: "B", resume_agent: "A", pause_agent: { name: "A", turns: 2 } },
    {
      when: "global.inflation > 3 and metric.gini > 0.5",
      once: false,
      until: 9,
      message: { to: "*", content: null },
    },
    { when: "turn == 4", once: true, message: { to: "A", content: "hello" } },
    {
      at: [1],
      add_agent: {
        name: "C",
        type: "nation",
        config: { a: 1 },
        variables: { wealth: 3 },
        location: "0,0",
        on_error: "skip",
      },
    },
  ]);
});

Deno.test("agents that an intervention adds may be named, with the number they get where the name is taken", async () => {
  const { issues } = await load(several(`
  - { every: 2, add_agent: { name: N, type: nation } }
  - { at: 4, set: { agents.N.wealth: 3, agents.N_2.wealth: 4 }, remove_agent: N_1, message: { to: [N, A], content: x } }
  - { when: agents.N.wealth > 3, resume_agent: N }`));
  assertEquals(issues.map(formatIssue), []);
});

Deno.test("an intervention that never happens is a warning", async () => {
  for (const time of ["at: [12, 11]", "every: 11", "every: 1, from: 11"]) {
    const { issues, scenario } = await load(several(`[{ ${time}, ${EFFECT} }]`));
    assertEquals(issues.map(({ severity, code, message }) => [severity, code, message]), [[
      "warning",
      "no_effect",
      "interventions[0] never happens: its first turn is 11, and simulation.max_turns is 10",
    ]]);
    assertTrue(scenario !== undefined);
  }
});

Deno.test("an intervention from outside is held to the same rules", () => {
  const scenario = {
    state_variables: {
      agent_vars: { wealth: { type: "float", min: 0, default: 1 } },
      global_vars: { open: { type: "bool", default: true } },
    },
  } as const;
  const found = (body: unknown) =>
    readInterventionBody(body, scenario, ["A", "B"]).issues.map(({ path, code, message }) =>
      `${path?.join(" ")}: ${code} ${message}`
    );
  assertEquals(found({ set: { "agents.A.wealth": 3 }, add: { "agents.B.wealth": 1 }, pause_agent: "A" }), []);
  assertEquals(found({ set: { "agents.A.wealth": -3, "agents.C.wealth": 1 } }), [
    "set agents.A.wealth: invalid_value set: 'agents.A.wealth' cannot be set to this value: -3 is below min 0",
    "set agents.C.wealth: unknown_path set: unknown path 'agents.C.wealth': there is no agent 'C'",
  ]);
  assertEquals(found({ at: 3, remove_agent: "C" }), [
    "at: unknown_key an intervention from outside has no 'at'",
    "remove_agent: unknown_agent remove_agent: there is no agent 'C'",
  ]);
  assertEquals(found({ add: { "global.open": 1 } }), [
    "add global.open: not_numeric add: 'global.open' is of type bool, and 'add' needs a number",
  ]);
  assertEquals(found({ sett: {} }), [
    "sett: unknown_key the intervention has no key 'sett'",
    ": bad_intervention the intervention does nothing",
  ]);
  assertEquals(found({ message: { to: "A" } }), ["message content: missing_key message.content is missing"]);
  assertEquals(found({ add_agent: { name: "C", type: "nation" }, set: { "agents.C.wealth": 3 } }), []);
  assertEquals(found({ add_agent: { name: "*", type: "nation" } }).length, 1);
  assertEquals(found({ add_agent: { name: "C" } }), ["add_agent type: missing_key add_agent.type is missing"]);
  for (const none of [5, null, [], "set"]) {
    assertEquals(found(none).length, 1);
    assertTrue(found(none)[0]!.startsWith(": invalid_value the intervention must be a map, not "), found(none)[0]);
  }
  assertTrue(found(undefined)[0]!.startsWith(": invalid_value the intervention holds"));
  assertEquals(found({ set: { "agents.A.wealth": NaN } }), [": invalid_value the intervention is NaN"]);
  assertEquals(found(JSON.parse('{"set": {"__proto__": 1}}')), [
    ": invalid_value the intervention has a key '__proto__'",
  ]);
});

Deno.test("readInterventionBody() writes short forms out", () => {
  const scenario = { state_variables: { agent_vars: {}, global_vars: {} } };
  const read = (body: unknown) => readInterventionBody(body, scenario, ["A"]);
  assertEquals(read({ pause_agent: "A", note: "break", set: null }), {
    body: { note: "break", pause_agent: { name: "A" } },
    issues: [],
  });
  assertEquals(read({ pause_agent: "B" }).body, undefined);
});
