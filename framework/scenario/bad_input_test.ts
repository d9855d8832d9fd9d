/** What scenarios get wrong, and what the loader says: code, exact place (marked « in the text), message, hint. */

import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { type BadInput, testRefusals } from "../../tests/support/refusals.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { errorsOf, load, scenarioText } from "./testing.ts";

const simulation = (flow: string) => scenarioText({ simulation: `simulation: { name: demo, max_turns: 10, ${flow} }` });
const agents = (flow: string) => scenarioText({ agents: `agents: [${flow}]` });
const variables = (flow: string) => scenarioText({ state_variables: `state_variables: { agent_vars: { ${flow} } }` });

const CASES: readonly BadInput[] = [
  // YAML
  { name: "an empty file", text: "«", code: "empty_file", message: /^the file is empty$/, hint: /template/ },
  { name: "a file of comments", text: "«# nothing\n\n", code: "empty_file", message: /empty/ },
  { name: "a list", text: "«- a\n- b\n", code: "not_a_map", message: /is a map, not a list/, hint: /simulation:/ },
  { name: "a text", text: "«hello\n", code: "not_a_map", message: /not a text or number/ },
  { name: "a tab", text: "a:\n«\tb: 1\n", code: "tab_indentation", message: /tab/, hint: /spaces/ },
  { name: "an open quote", text: "a: 'x«", code: "yaml_syntax", message: /missing closing/, hint: /quote/ },
  {
    name: "a colon in a plain text",
    text: "a: «b: c\n",
    code: "yaml_syntax",
    message: /nested mappings/,
    hint: /quotes/,
  },
  {
    name: "two documents",
    text: "a: 1\n«---\nb: 1\n",
    code: "multiple_documents",
    message: /more than one/,
    hint: /---/,
  },
  { name: "YAML 1.1", text: "«%YAML 1.1\n---\na: yes\n", code: "yaml_version", message: /YAML 1\.1/, hint: /1\.2/ },
  {
    name: "a duplicate key",
    text: scenarioText() + "«engine: { type: other }\n",
    code: "duplicate_key",
    message: /'engine' appears twice/,
    hint: /first one is in line 2/,
  },
  {
    name: "a merge key",
    text: agents("{ name: A, type: nation, config: { «<<: { a: 1 } } }"),
    code: "merge_key",
    message: /'<<'/,
    hint: /extends/,
  },
  {
    name: "a prototype key",
    text: scenarioText({ engine: "engine: { type: economic, «__proto__: { polluted: true } }" }),
    code: "forbidden_key",
    message: /__proto__/,
  },
  { name: "a list as key", text: scenarioText() + "? «[a]\n: 1\n", code: "bad_key", message: /must be a text/ },
  {
    name: "not a number",
    text: scenarioText({ engine: "engine: { type: economic, rate: «.nan }" }),
    code: "not_finite",
    message: /'\.nan' is not a finite number/,
    hint: /finite/,
  },
  { name: "an infinity", text: simulation("turn_timeout: «.inf"), code: "not_finite", message: /'\.inf'/ },
  { name: "a negative infinity", text: simulation("seed: «-.INF"), code: "not_finite", message: /'-\.INF'/ },
  { name: "an overflowing number", text: simulation("seed: «1e999"), code: "not_finite", message: /'1e999'/ },
  {
    name: "binary",
    text: scenarioText({ engine: "engine: { type: economic, key: !!binary «aGVsbG8= }" }),
    code: "unsupported_tag",
    message: /binary/,
  },
  {
    name: "a custom tag",
    text: scenarioText({ engine: "engine: { type: economic, a: !js/function «x }" }),
    code: "unsupported_tag",
    message: /!js\/function/,
  },
  {
    name: "an alias without anchor",
    text: scenarioText({ engine: "engine: { type: economic, a: «*b }" }),
    code: "bad_alias",
    message: /'\*b'/,
    hint: /before/,
  },
  {
    name: "an alias to itself",
    text: scenarioText({ engine: "engine: { type: economic, a: &b [«*b] }" }),
    code: "bad_alias",
    message: /'\*b'/,
    hint: /inside/,
  },

  // keys
  {
    name: "an unknown section",
    text: scenarioText() + "«metrcs: {}\n",
    code: "unknown_key",
    message: /^a scenario has no key 'metrcs'$/,
    hint: /^did you mean 'metrics'\? valid: /,
  },
  {
    name: "an unknown key",
    text: simulation("«max_turn: 5"),
    code: "unknown_key",
    message: /^simulation has no key 'max_turn'$/,
    hint: /^did you mean 'max_turns'\?/,
  },
  {
    name: "an unknown agent key",
    text: agents("{ name: A, type: nation, «on_err: skip }"),
    code: "unknown_key",
    message: /^agents\[0\] has no key 'on_err'$/,
    hint: /did you mean 'on_error'/,
  },
  {
    name: "an unknown key of a variable",
    text: variables("x: { type: list, item_type: { type: int, «mim: 3 } }"),
    code: "unknown_key",
    message: /item_type has no key 'mim'/,
    hint: /did you mean 'min'\?/,
  },
  {
    name: "an unknown key of a topology",
    text: scenarioText({}, "spatial: { topology: { type: hex_grid, «radios: 3, radius: 2 } }"),
    code: "unknown_key",
    message: /spatial\.topology has no key 'radios'/,
    hint: /did you mean 'radius'\? valid: type, radius, coord_system$/,
  },
  {
    name: "a missing section",
    text: "«" + scenarioText({ engine: "" }),
    code: "missing_key",
    message: /the scenario has no 'engine'/,
    hint: /add 'engine'/,
  },
  {
    name: "a missing key",
    text: scenarioText({ simulation: "«simulation: { name: demo }" }),
    code: "missing_key",
    message: /^simulation\.max_turns is missing$/,
    hint: /an integer ≥ 1/,
  },
  {
    name: "a misspelt type",
    text: scenarioText({ engine: "«engine: { tpye: economic }" }),
    code: "missing_key",
    message: /^engine\.type is missing$/,
    hint: /'tpye' meant to be 'type'/,
  },
  {
    name: "a setting inline and in config",
    text: scenarioText({ engine: "engine: { type: economic, «rate: 1, config: { rate: 2 } }" }),
    code: "duplicate_setting",
    message: /^engine\.rate and engine\.config\.rate say the same thing$/,
    hint: /line 2; keep one/,
  },
  {
    name: "a strategy inline and in config",
    text: agents("{ name: A, type: nation, «strategy: x, config: { strategy: y } }"),
    code: "duplicate_setting",
    message: /agents\[0\]\.strategy and agents\[0\]\.config\.strategy/,
  },
  {
    name: "an initial strength given twice",
    text: scenarioText({
      agents: "agents: [{ name: A, type: n, «initial_economic_strength: 1, variables: { economic_strength: 2 } }]",
      state_variables: "state_variables: { agent_vars: { economic_strength: { type: float, default: 0 } } }",
    }),
    code: "duplicate_setting",
    message: /initial_economic_strength and agents\[0\]\.variables\.economic_strength/,
  },

  // values
  {
    name: "no turns",
    text: scenarioText({ simulation: "simulation: { name: demo, max_turns: «0 }" }),
    code: "invalid_value",
    message: /^simulation\.max_turns must be an integer ≥ 1, not 0$/,
  },
  {
    name: "half a turn",
    text: scenarioText({ simulation: "simulation: { name: demo, max_turns: «1.5 }" }),
    code: "invalid_value",
    message: /^simulation\.max_turns must be an integer ≥ 1, not 1\.5$/,
  },
  {
    name: "a number in quotes",
    text: simulation(`seed: «"7"`),
    code: "invalid_value",
    message: /^simulation\.seed must be an integer, not '7'$/,
    hint: /remove the quotes: 7/,
  },
  {
    name: "a number for a text",
    text: scenarioText({ simulation: "simulation: { name: «2024, max_turns: 10 }" }),
    code: "invalid_value",
    message: /^simulation\.name must be a text of 1 to 200 characters, not 2024$/,
    hint: /quotes: "2024"/,
  },
  {
    name: "a misspelt word",
    text: simulation("schedule: «simultanous"),
    code: "invalid_value",
    message: /must be one of simultaneous, sequential, random_order, not 'simultanous'/,
    hint: /did you mean 'simultaneous'\?/,
  },
  {
    name: "a text for a section",
    text: scenarioText({}, "events: «INFO"),
    code: "invalid_value",
    message: /^events must be a map, not 'INFO'$/,
  },
  {
    name: "an empty section that is needed",
    text: scenarioText({ simulation: "«simulation:" }),
    code: "invalid_value",
    message: /^simulation must be a map, not nothing$/,
  },
  {
    name: "a share above one",
    text: scenarioText({}, "limits: { max_fallback_share: «2 }"),
    code: "invalid_value",
    message: /^limits\.max_fallback_share must be a number from 0 to 1, not 2$/,
  },
  {
    name: "a level in lower case",
    text: scenarioText({}, "logging: { level: «info }"),
    code: "invalid_value",
    message: /one of DEBUG, INFO, WARNING, ERROR/,
    hint: /did you mean 'INFO'\?/,
  },
  {
    name: "a config that is no map",
    text: scenarioText({ validator: "validator: { type: always_valid, config: «5 }" }),
    code: "invalid_value",
    message: /^validator\.config must be a map, not 5$/,
  },
  {
    name: "an engine that is no map",
    text: scenarioText({ engine: "engine: «economic" }),
    code: "invalid_value",
    message: /^engine must be a map, not 'economic'$/,
  },
  {
    name: "a path as type",
    text: agents("{ name: A, type: «../../x }"),
    code: "bad_type",
    message: /^agents\[0\]\.type: '\.\.\/\.\.\/x' cannot be/,
    hint: /lower case/,
  },
  {
    name: "a class name as type",
    text: scenarioText({ engine: "engine: { type: «EconomicEngine }" }),
    code: "bad_type",
    message: /'EconomicEngine'/,
    hint: /did you mean 'economic'\?/,
  },
  { name: "a path as domain", text: scenarioText({}, "domain: «../x"), code: "bad_domain", message: /'\.\.\/x'/ },

  // agents
  {
    name: "no agents",
    text: scenarioText({ agents: "«agents: []" }),
    code: "no_agents",
    message: /no agents/,
    hint: /add one/,
  },
  {
    name: "agents that are no list",
    text: scenarioText({ agents: "«agents: { name: A, type: nation }" }),
    code: "invalid_value",
    message: /^agents must be a list of at least 1, not a map$/,
  },
  {
    name: "an agent that is no map",
    text: agents("«5"),
    code: "invalid_value",
    message: /^agents\[0\] must be a map, not 5$/,
  },
  {
    name: "two agents of one name",
    text: scenarioText({ agents: "agents:\n  - { name: A, type: n }\n  - { name: «A, type: n }" }),
    code: "duplicate_agent",
    message: /named 'A': demo\.yaml:5:13 and demo\.yaml:6:13$/,
  },
  {
    name: "a name that a counted entry has",
    text: agents("{ name: t, type: n, count: 12 }, { name: «t_12, type: n }"),
    code: "duplicate_agent",
    message: /named 't_12'/,
  },
  {
    name: "a name that a later counted entry has",
    text: agents("{ name: t_2, type: n }, { name: «t, type: n, count: 2 }"),
    code: "duplicate_agent",
    message: /named 't_2'/,
  },
  {
    name: "two counted entries of one name",
    text: agents("{ name: t, type: n, count: 1 }, { name: «t, type: n, count: 2 }"),
    code: "duplicate_agent",
    message: /named 't_1'/,
  },
  {
    name: "a slash in a name",
    text: agents("{ name: «a/b, type: n }"),
    code: "bad_name",
    message: /"a\/b"/,
    hint: /1 to 100/,
  },
  { name: "an empty name", text: agents(`{ name: «"", type: n }`), code: "bad_name", message: /has 0 characters/ },
  {
    name: "a long name",
    text: agents(`{ name: «${"x".repeat(101)}, type: n }`),
    code: "bad_name",
    message: /has 101 char/,
  },
  { name: "a control character", text: agents(`{ name: «"a\\e[2J", type: n }`), code: "bad_name", message: /control/ },
  { name: "a reserved name", text: agents("{ name: «__proto__, type: n }"), code: "bad_name", message: /reserved/ },
  {
    name: "a count of zero",
    text: agents("{ name: A, type: n, count: «0 }"),
    code: "invalid_value",
    message: /^agents\[0\]\.count must be an integer from 1 to 1000000, not 0$/,
  },
  {
    name: "an unknown variable",
    text: agents("{ name: A, type: n, variables: { «welth: 1 } }"),
    code: "unknown_variable",
    message: /agents\[0\]\.variables\.welth sets the agent variable 'welth'/,
    hint: /did you mean 'wealth'\?/,
  },
  {
    name: "an initial strength without variable",
    text: agents("{ name: A, type: n, «initial_economic_strength: 5 }"),
    code: "unknown_variable",
    message: /^agents\[0\]\.initial_economic_strength sets the agent variable 'economic_strength'/,
  },
  {
    name: "an initial value out of bounds",
    text: agents("{ name: A, type: n, variables: { wealth: «-1 } }"),
    code: "invalid_value",
    message: /^agents\[0\]\.variables\.wealth: -1 is below min 0$/,
  },

  // variables
  {
    name: "a reserved variable name",
    text: variables("«turn: { type: int, default: 0 }"),
    code: "reserved_name",
    message: /'turn'/,
  },
  {
    name: "an unknown type of variable",
    text: variables("x: { type: «flaot, default: 0 }"),
    code: "invalid_value",
    message: /type must be one of float, int, bool, categorical/,
    hint: /did you mean 'float'\?/,
  },
  {
    name: "a variable without type",
    text: variables("«x: { default: 0 }"),
    code: "missing_key",
    message: /agent_vars\.x\.type is missing/,
  },
  {
    name: "bounds in the wrong order",
    text: variables("x: { type: int, min: «3, max: 1, default: 2 }"),
    code: "bad_bounds",
    message: /min 3/,
  },
  {
    name: "too many variables",
    text: scenarioText({
      state_variables: "«state_variables:\n  agent_vars:\n" +
        Array.from({ length: SCENARIO_LIMITS.variables + 1 }, (_, i) => `    v${i}: { type: int, default: 0 }`).join(
          "\n",
        ),
    }),
    code: "too_many_variables",
    message: /declares 501 variables; at most 500/,
  },

  // conditions, metrics
  {
    name: "a condition that does not parse",
    text: simulation(`termination: { when: [«"global.inflation >"] }`),
    code: "bad_condition",
    message: /^simulation\.termination\.when\[0\]: /,
  },
  {
    name: "a condition over an unknown variable",
    text: simulation(`termination: { when: ["turn > 3", «"global.inflaton > 2"] }`),
    code: "unknown_path",
    message: /'inflaton'/,
    hint: /did you mean 'inflation'\?/,
  },
  {
    name: "a condition over an unknown agent",
    text: simulation(`termination: { when: [«"agents.C.wealth > 2"] }`),
    code: "unknown_path",
    message: /'C'/,
  },
  {
    name: "a condition over an unknown metric",
    text: simulation(`termination: { when: [«"metric.gini > 2"] }`),
    code: "unknown_path",
    message: /'gini'/,
  },
  {
    name: "a metric of an unknown agent",
    text: scenarioText({}, "metrics: { agents: [A, «Bb] }"),
    code: "unknown_agent",
    message: /'Bb'/,
    hint: /did you mean 'B'\?/,
  },
  {
    name: "agents of metrics that are neither word nor list",
    text: scenarioText({}, "metrics: { agents: «some }"),
    code: "invalid_value",
    message: /metrics\.agents must be one of all, none or a list, not 'some'/,
  },
  {
    name: "a reporter of an unknown variable",
    text: scenarioText({}, "metrics: { reporters: { total: { sum: «welth } } }"),
    code: "unknown_variable",
    message: /metrics\.reporters\.total\.sum: there is no agent variable 'welth'/,
    hint: /did you mean 'wealth'\?/,
  },
  {
    name: "a sum of texts",
    text: scenarioText({}, "metrics: { reporters: { total: { sum: «mood } } }"),
    code: "not_numeric",
    message: /'mood' is of type str, and 'sum' needs numbers/,
    hint: /wealth; 'count'/,
  },
  {
    name: "a reporter with two aggregates",
    text: scenarioText({}, "metrics: { reporters: { «both: { sum: wealth, max: wealth } } }"),
    code: "bad_reporter",
    message: /exactly one aggregate, not sum, max/,
  },
  {
    name: "a reporter without aggregate",
    text: scenarioText({}, "metrics: { reporters: { «none: {} } }"),
    code: "bad_reporter",
    message: /exactly one aggregate, not none/,
  },
  {
    name: "an unknown aggregate",
    text: scenarioText({}, "metrics: { reporters: { total: { «summ: wealth } } }"),
    code: "unknown_key",
    message: /has no key 'summ'/,
    hint: /did you mean 'sum'\?/,
  },
  {
    name: "a reporter with a space in its name",
    text: scenarioText({}, `metrics: { reporters: { «"a b": { sum: wealth } } }`),
    code: "bad_name",
    message: /'a b'/,
  },

  {
    name: "a reporter over an unknown entry",
    text: scenarioText({}, "metrics: { reporters: { total: { sum: wealth, of: «C } } }"),
    code: "unknown_agent",
    message: /^metrics\.reporters\.total\.of: there is no entry 'C' under agents$/,
    hint: /valid: A, B$/,
  },
  {
    name: "a reporter over an entry without aggregate",
    text: scenarioText({}, "metrics: { reporters: { «none: { of: A } } }"),
    code: "bad_reporter",
    message: /exactly one aggregate, not none/,
  },
  {
    name: "fewer agents than it names",
    text: scenarioText({}, "limits: { max_agents: «1 }"),
    code: "invalid_value",
    message: /^limits\.max_agents is 1, but the scenario itself names 2 agents$/,
  },
  {
    name: "a memory of less than nothing",
    text: scenarioText({}, "memory: { max_entries: «-1 }"),
    code: "invalid_value",
    message: /^memory\.max_entries must be an integer ≥ 0, not -1$/,
  },

  // sections that are not built yet
  {
    name: "an unknown topology",
    text: scenarioText({}, "spatial: { topology: { type: «gird } }"),
    code: "invalid_value",
    message: /spatial\.topology\.type must be one of grid, hex_grid, network, geojson, not 'gird'/,
    hint: /did you mean 'grid'\?/,
  },
  {
    name: "a referenced file that is missing",
    text: scenarioText({}, "spatial: { topology: { type: network, edges_file: «none.json } }"),
    code: "file_not_found",
    message: /no file 'none\.json'/,
    hint: /check the name/,
  },
  {
    name: "a batch",
    text: "«batch: { seeds: [1, 2] }\n",
    code: "use_batch",
    message: /describes a batch/,
    hint: /use batch/,
  },

  // extends
  {
    name: "a base that is missing",
    text: "extends: «none.yaml\n" + scenarioText(),
    code: "file_not_found",
    message: /no file 'none\.yaml'/,
    hint: /check the name/,
  },
  {
    name: "a list of bases",
    text: "extends: «[a, b]\n",
    code: "invalid_value",
    message: /name of one file/,
  },
];

testRefusals(CASES);

Deno.test("all errors of a file are reported at once, in the order of its lines", async () => {
  const loaded = await load(`
simulation: { name: demo, max_turns: 0, termination: { when: ["global.x > 1"] } }
engine: { type: "../x" }
validator: { typ: y }
agents:
  - { name: A, type: nation, variables: { a: 1 }, on_error: explode }
  - { name: A, type: nation }
state_variables: { agent_vars: { b: { type: int, default: 1.5 } }, global_vars: {} }
metrics: { every: 0, reporters: { r: { sum: c } } }
nonsense: 1
`);
  assertEquals(errorsOf(loaded).map(({ line, code }) => `${line} ${code}`), [
    "2 invalid_value",
    "2 unknown_path",
    "3 bad_type",
    "4 missing_key",
    "6 unknown_variable",
    "6 invalid_value",
    "7 duplicate_agent",
    "8 bad_default",
    "9 invalid_value",
    "9 unknown_variable",
    "10 unknown_key",
  ]);
});

Deno.test("a lenient reading turns unknown keys into warnings and leaves them out", async () => {
  const text = scenarioText({}, "limits: { max_tokn: 1, max_tokens: 5 }\nextra: 1");
  const strict = await load(text);
  assertEquals(strict.scenario, undefined);
  const lenient = await load(text, { lenient: true });
  assertEquals(lenient.issues.map(({ severity, code }) => `${severity} ${code}`), [
    "warning unknown_key",
    "warning unknown_key",
  ]);
  assertEquals(lenient.scenario?.limits.max_tokens, 5);
  assertTrue(!("max_tokn" in lenient.scenario!.limits));
});

Deno.test("entries that stand for many are known by their names without writing them out", async () => {
  const entries = Array.from({ length: 5000 }, (_, i) => `{ name: a${i}, type: n, count: 1000000 }`).join(", ");
  const names = "a1_1, a4999_1000000, a1_1000001, a1_0, a5000_1, a1";
  const loaded = await load(scenarioText({ agents: `agents: [${entries}]` }, `metrics: { agents: [${names}] }`));
  assertEquals(errorsOf(loaded).map(({ path }) => path?.at(-1)), [2, 3, 4, 5]);
});

Deno.test("of very many findings the first ones are shown, with a note about the rest", async () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `key_number_${i}: 1`).join("\n");
  const { issues, scenario } = await load(scenarioText({}, keys));
  assertEquals(issues.length, 201);
  assertEquals(issues.at(-1)!.message, "4800 more findings are not shown");
  assertEquals(scenario, undefined);
});
