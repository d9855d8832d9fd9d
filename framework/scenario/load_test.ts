import { assertEquals, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { formatIssue } from "../issue.ts";
import { agentNames } from "./mod.ts";
import { errorsOf, load, marked, scenarioText } from "./testing.ts";

const testdata = (name: string) => Deno.readTextFile(new URL(`testdata/${name}`, import.meta.url));

Deno.test("loadScenario fills in every default", async () => {
  const { scenario, issues, domain } = await load(scenarioText());
  assertEquals(issues.map(formatIssue), []);
  assertEquals(domain, undefined);
  const agent = {
    type: "nation",
    count: null,
    config: {},
    variables: {},
    initial_location: null,
    on_error: "fail",
    llm: null,
  };
  assertEquals(JSON.parse(JSON.stringify(scenario)), {
    domain: "",
    simulation: {
      name: "demo",
      description: "",
      max_turns: 10,
      checkpoint_interval: null,
      seed: 1,
      schedule: "simultaneous",
      turn_timeout: 60,
      termination: { max_value: null, min_value: null, when: [] },
    },
    engine: { type: "economic", config: {} },
    validator: { type: "always_valid", config: {} },
    agents: [{ name: "A", ...agent }, { name: "B", ...agent }],
    state_variables: {
      agent_vars: { wealth: { type: "float", min: 0, default: 1 }, mood: { type: "str", default: "calm" } },
      global_vars: {
        inflation: { type: "float", default: 0 },
        total_economic_value: { type: "float", default: 0 },
      },
    },
    metrics: { every: 1, agents: "all", agents_every: 1, sample: 0, reporters: {} },
    limits: {
      max_cost_usd: null,
      max_tokens: null,
      max_minutes: null,
      max_memory_mb: 1024,
      max_output_mb: 1024,
      on_limit: "pause",
      max_fallback_share: 0.2,
      max_agents: 10_000,
    },
    observability: null,
    spatial: null,
    interventions: [],
    memory: { max_entries: 100, max_turns: null, max_bytes: 65_536 },
    llm: null,
    events: { verbosity: "ACTION" },
    logging: { level: "INFO", format: "auto" },
  });
});

Deno.test("loadScenario takes every value of the supported sections", async () => {
  const text = `
domain: economic
simulation:
  name: growth
  description: all of it
  max_turns: 100
  checkpoint_interval: 10
  seed: 7
  schedule: random_order
  turn_timeout: 2.5
  termination: { max_value: 50000, min_value: 10, when: ["global.inflation > 20 or metric.gini > 0.9"] }
engine: { type: economic, interest_rate: 0.05, config: { shocks: { sd: 0 } } }
validator: { type: economic_rules, config: { strict: true } }
agents:
  - { name: NationA, type: nation, strategy: grow, initial_location: "0,0", config: { share: 0.1 }, variables: { wealth: 4 }, on_error: retry }
  - { name: trader, type: random_trader, count: 3 }
state_variables:
  agent_vars: { wealth: { type: float, default: 0 }, tag: { type: str } }
  global_vars: { inflation: { type: float, default: 0 }, total_economic_value: { type: float, default: 0 } }
metrics:
  every: 2
  agents: [NationA, trader_3]
  agents_every: 5
  sample: 4
  reporters: { gini: { gini: wealth }, tagged: { count: tag, of: trader } }
limits: { max_cost_usd: 2, max_tokens: 500000, max_minutes: 30, max_memory_mb: 64, max_output_mb: 8, on_limit: fail, max_fallback_share: 0, max_agents: 4 }
memory: { max_entries: 5, max_turns: 10, max_bytes: 1000 }
spatial: { topology: { type: grid, width: 4, height: 3, connectivity: 8, wrapping: true }, proximity_radius: 2 }
events: { verbosity: DETAIL }
logging: { level: ERROR, format: json }
`;
  const { scenario, issues, domain } = await load(text);
  assertEquals(issues.map(formatIssue), []);
  assertEquals(domain, "economic");
  assertEquals(scenario!.domain, "economic");
  assertEquals(scenario!.simulation, {
    name: "growth",
    description: "all of it",
    max_turns: 100,
    checkpoint_interval: 10,
    seed: 7,
    schedule: "random_order",
    turn_timeout: 2.5,
    termination: { max_value: 50000, min_value: 10, when: ["global.inflation > 20 or metric.gini > 0.9"] },
  });
  assertEquals(scenario!.engine, { type: "economic", config: { shocks: { sd: 0 }, interest_rate: 0.05 } });
  assertEquals(scenario!.validator, { type: "economic_rules", config: { strict: true } });
  assertEquals(scenario!.agents[0], {
    name: "NationA",
    type: "nation",
    count: null,
    config: { share: 0.1, strategy: "grow" },
    variables: { wealth: 4 },
    initial_location: "0,0",
    on_error: "retry",
    llm: null,
  });
  assertEquals(agentNames(scenario!.agents[1]!), ["trader_1", "trader_2", "trader_3"]);
  assertEquals(scenario!.metrics, {
    every: 2,
    agents: ["NationA", "trader_3"],
    agents_every: 5,
    sample: 4,
    reporters: { gini: { kind: "gini", variable: "wealth" }, tagged: { kind: "count", variable: "tag", of: "trader" } },
  });
  assertEquals(scenario!.limits, {
    max_cost_usd: 2,
    max_tokens: 500000,
    max_minutes: 30,
    max_memory_mb: 64,
    max_output_mb: 8,
    on_limit: "fail",
    max_fallback_share: 0,
    max_agents: 4,
  });
  assertEquals(scenario!.memory, { max_entries: 5, max_turns: 10, max_bytes: 1000 });
  assertEquals(scenario!.spatial, {
    topology: { type: "grid", width: 4, height: 3, connectivity: 8, wrapping: true },
    proximity_radius: 2,
    location_attributes: {},
    additional_networks: [],
  });
  assertEquals(scenario!.events, { verbosity: "DETAIL" });
  assertEquals(scenario!.logging, { level: "ERROR", format: "json" });
});

Deno.test("a legacy configuration with every key of llm-sim loads", async () => {
  const rail = '{"edges": [["0,0", "2,1"], ["2,1", "3,2"]]}';
  const { scenario, issues, domain, files } = await load(await testdata("legacy.yaml"), {}, { "rail.json": rail });
  assertEquals(errorsOf({ issues }).map(formatIssue), []);
  assertEquals(domain, undefined);
  assertEquals(scenario!.simulation.termination, { max_value: 90000, min_value: 10.5, when: [] });
  assertEquals(scenario!.engine, { type: "economic", config: { rounding: 2, interest_rate: 0.04 } });
  assertEquals(scenario!.validator, { type: "always_valid", config: { domain: "economic", permissive: false } });
  assertEquals(scenario!.logging, { level: "DEBUG", format: "console" });
  const [north, south, east] = scenario!.agents;
  assertEquals([north!.config, north!.variables, north!.initial_location], [
    { strategy: "grow" },
    { economic_strength: 1200 },
    "0,0",
  ]);
  assertEquals([south!.config, south!.variables, south!.initial_location], [{ strategy: "decline" }, {}, null]);
  assertEquals([east!.config, east!.variables], [{}, {}]);
  assertEquals(Object.keys(scenario!.state_variables.agent_vars).length, 10);
  assertEquals(scenario!.state_variables.agent_vars.economic_strength, {
    type: "float",
    min: 0,
    max: 1e9,
    default: 100,
    description: "billions",
  });
  assertEquals(scenario!.observability, {
    external: ["economic_strength"],
    internal: ["stocks"],
    matrix: [
      { observer: "North", target: "South", level: "insider", noise: 0.1 },
      { observer: "South", target: "North", level: "external", noise: 0 },
      { observer: "East", target: "global", level: "unaware", noise: 0 },
    ],
    default: { level: "external", noise: 0 },
  });
  assertEquals(scenario!.spatial, {
    topology: { type: "grid", width: 4, height: 3, connectivity: 8, wrapping: true },
    proximity_radius: 2,
    location_attributes: { "0,0": { terrain: "hills", food: 3 } },
    additional_networks: [{
      name: "rail",
      directed: false,
      edges: [{ from: "0,0", to: "2,1", attributes: {} }, { from: "2,1", to: "3,2", attributes: {} }],
      attributes: { gauge: 1435 },
    }],
  });
  assertEquals(scenario!.llm, {
    provider: "host:http://localhost:11434",
    model: "some-model:3",
    temperature: 0.7,
    max_tokens: null,
    timeout: 60,
    max_retries: 1,
    on_failure: "fallback",
    prompt: null,
    roles: {},
    tape: "record",
  });
  assertEquals(Object.keys(files), ["rail.json"]);
});

Deno.test("a legacy configuration without state_variables gets llm-sim's, with a warning", async () => {
  const { scenario, issues } = await load(await testdata("legacy_minimal.yaml"));
  assertEquals(issues.map(({ severity, code, line }) => [severity, code, line]), [["warning", "default_variables", 1]]);
  assertEquals(scenario!.agents[0]!.variables, { economic_strength: 5 });
  assertEquals(Object.keys(scenario!.state_variables.global_vars), [
    "interest_rate",
    "total_economic_value",
    "gdp_growth",
    "inflation",
    "unemployment",
  ]);
});

Deno.test("empty sections mean the same as missing ones", async () => {
  const sections = ["domain", "metrics", "limits", "memory", "events", "logging", "llm", "spatial", "observability"];
  sections.push("interventions", "batch");
  const { issues } = await load(scenarioText({}, sections.slice(1).map((section) => `${section}:`).join("\n")));
  assertEquals(issues.map(formatIssue), []);
});

Deno.test("a file with a section 'batch' is a batch, whatever else is in it", async () => {
  const { scenario, issues } = await load(scenarioText({}, "batch: { seeds: [1, 2] }\n"));
  assertEquals([scenario, issues.map(({ severity, code }) => [severity, code])], [undefined, [["error", "use_batch"]]]);
});

Deno.test("a bound on a total that the scenario does not declare is a warning", async () => {
  const { text, line, column } = marked(scenarioText({
    simulation: "simulation: { name: demo, max_turns: 3, termination: { max_value: «5 } }",
    state_variables: "state_variables: { agent_vars: {}, global_vars: {} }",
  }));
  const { scenario, issues } = await load(text);
  assertEquals(issues.map((i) => [i.severity, i.code, i.line, i.column]), [["warning", "no_effect", line, column]]);
  assertTrue(scenario !== undefined);
});

Deno.test("locate finds where a resolved path is written, inline and legacy keys included", async () => {
  const { locate } = await load([
    "simulation: { name: demo, max_turns: 10 }", //              1
    "engine:", //                                                2
    "  type: economic", //                                       3
    "  interest_rate: 0.05", //                                  4
    "validator: { type: always_valid }", //                      5
    "agents:", //                                                6
    "  - name: A", //                                            7
    "    type: nation", //                                       8
    "    strategy: grow", //                                     9
    "    initial_economic_strength: 5", //                      10
    "    config: { share: 1 }", //                              11
  ].join("\n"));
  const at = (...path: (string | number)[]) => {
    const place = locate(path);
    return place && `${place.file}:${place.line}:${place.column}`;
  };
  assertEquals(at("engine", "config", "interest_rate"), "demo.yaml:4:18");
  assertEquals(at("engine", "type"), "demo.yaml:3:9");
  assertEquals(at("agents", 0, "config", "strategy"), "demo.yaml:9:15");
  assertEquals(at("agents", 0, "config", "share"), "demo.yaml:11:22");
  assertEquals(at("agents", 0, "variables", "economic_strength"), "demo.yaml:10:32");
  assertEquals(at("agents", 0, "config", "missing"), "demo.yaml:11:5", "the nearest parent");
  assertEquals(at("agents", 0, "on_error"), "demo.yaml:7:5", "the entry");
  assertEquals(at("validator", "config", "x"), "demo.yaml:5:1");
  assertEquals(at("limits", "max_tokens"), "demo.yaml:1:1");
});

Deno.test("a base is merged below the file: maps deeply, lists by replacement", async () => {
  const base = `
simulation: { name: base, max_turns: 5, termination: { max_value: 9 } }
engine: { type: economic, interest_rate: 0.05, config: { depth: { a: 1, b: 2 } } }
validator: { type: always_valid }
agents: [{ name: X, type: nation }, { name: Y, type: nation }]
state_variables: { agent_vars: {}, global_vars: { total_economic_value: { type: float, default: 0 } } }
`;
  const text = `
extends: base.yaml
simulation: { name: child, termination: { min_value: 1 } }
engine: { config: { interest_rate: 0.07, depth: { b: 3 } } }
agents: [{ name: Z, type: nation }]
`;
  const { scenario, issues, files, locate } = await load(text, {}, { "base.yaml": base });
  assertEquals(issues.map(formatIssue), []);
  assertEquals(scenario!.simulation.name, "child");
  assertEquals(scenario!.simulation.max_turns, 5);
  assertEquals(scenario!.simulation.termination, { max_value: 9, min_value: 1, when: [] });
  assertEquals(scenario!.engine, { type: "economic", config: { depth: { a: 1, b: 3 }, interest_rate: 0.07 } });
  assertEquals(scenario!.agents.map(({ name }) => name), ["Z"]);
  assertEquals(Object.keys(files), ["base.yaml"]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(base));
  assertEquals(files["base.yaml"], { sha256: new Uint8Array(digest).toHex(), text: base });
  assertEquals(locate(["engine", "type"]), { file: "base.yaml", line: 3, column: 17 });
  assertEquals(locate(["engine", "config", "interest_rate"]), { file: "demo.yaml", line: 4, column: 36 });
});

Deno.test("an error in a base points into the base", async () => {
  const { text: base, line, column } = marked(scenarioText({ simulation: "simulation: { name: b, max_turns: «0 }" }));
  const [issue] = errorsOf(await load("extends: base.yaml\n", {}, { "base.yaml": base }));
  assertEquals([issue!.code, issue!.file, issue!.line, issue!.column], ["invalid_value", "base.yaml", line, column]);
});

Deno.test("a circle of extends is refused with its chain", async () => {
  const files = {
    "b.yaml": "extends: c.yaml\n",
    "c.yaml": "a: 1\nextends: demo.yaml\n",
    "demo.yaml": "extends: b.yaml\n",
  };
  const [issue] = errorsOf(await load(files["demo.yaml"], {}, files));
  assertEquals(issue!.code, "extends_cycle");
  assertEquals(issue!.message, "extends goes round in a circle: demo.yaml → b.yaml → c.yaml → demo.yaml");
  assertEquals([issue!.file, issue!.line, issue!.column], ["c.yaml", 2, 10]);
});

Deno.test("a chain of sixteen files is read, one of seventeen is refused", async () => {
  const chain = (n: number) =>
    Object.fromEntries(
      Array.from({ length: n }, (_, i) => [`${i}.yaml`, i === n - 1 ? scenarioText() : `extends: ${i + 1}.yaml\n`]),
    );
  assertEquals((await load("extends: 0.yaml\n", {}, chain(15))).issues, []);
  assertEquals(errorsOf(await load("extends: 0.yaml\n", {}, chain(16))).map(({ code }) => code), []);
  assertEquals(errorsOf(await load("extends: 0.yaml\n", {}, chain(17))).map(({ code }) => code), ["extends_too_long"]);
});

Deno.test("a referenced file beyond the limit is refused where it is named", async () => {
  const { text, line, column } = marked("extends: «big.yaml\n");
  const [issue] = errorsOf(await load(text, {}, { "big.yaml": "#".repeat(16 * 1024 * 1024 + 1) }));
  assertEquals([issue!.code, issue!.line, issue!.column], ["file_too_large", line, column]);
});

Deno.test("a file that is named twice is read once", async () => {
  let reads = 0;
  const readFile = (file: string) => {
    reads++;
    return Promise.resolve({ file, text: "{}" });
  };
  const spatial =
    "spatial: { topology: { type: network, edges_file: e.json }, additional_networks: [{ name: n, edges_file: e.json }] }";
  const { files } = await load(scenarioText({}, spatial), { readFile });
  assertEquals([reads, Object.keys(files)], [1, ["e.json"]]);
});

Deno.test("an error of the host that is no SimError is not hidden", async () => {
  const readFile = () => Promise.reject(new TypeError("defect"));
  await assertRejects(() => load("extends: a.yaml\n", { readFile }));
});

Deno.test("a scenario with very many inline settings loads in time that grows with their number", async () => {
  const inline = Array.from({ length: 40_000 }, (_, i) => `k${i}: ${i}`).join(", ");
  const { scenario } = await load(scenarioText({ engine: `engine: { type: economic, ${inline} }` }));
  assertEquals(Object.keys(scenario!.engine.config).length, 40_000);
});
