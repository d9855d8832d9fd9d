import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { formatIssue } from "../issue.ts";
import type { Json } from "../json.ts";
import { parseSetting, type Setting } from "./settings.ts";
import { errorsOf, load, scenarioText } from "./testing.ts";

const set = (...entries: [string, Json][]): Setting[] =>
  entries.map(([path, value]) => ({ path, value, from: "--set" }));

Deno.test("parseSetting reads the value as YAML", () => {
  const cases: [string, string, Json][] = [
    ["agents.NationA.strategy=grow", "agents.NationA.strategy", "grow"],
    ["engine.interest_rate=0.07", "engine.interest_rate", 0.07],
    ["a.b=[1, x, {c: true}]", "a.b", [1, "x", { c: true }]],
    ["a={b: 1}", "a", { b: 1 }],
    ["a=", "a", null],
    ['a="1"', "a", "1"],
    ["a=hello, world", "a", "hello, world"],
    ["a=b=c", "a", "b=c"],
    [" a = 5 ", "a", 5],
  ];
  for (const [text, path, value] of cases) assertEquals(parseSetting(text), { path, value });
});

Deno.test("parseSetting refuses what is not path=value with one YAML value", () => {
  for (const text of ["", "a", "=5", "a=[1", "a=b: c", "a=- b", "a=.nan", "a=1\n---\n2", "a={__proto__: 1}"]) {
    assertThrows(() => parseSetting(text), "bad_setting");
  }
});

Deno.test("settings replace values by scenario path, list entries by name, in order", async () => {
  const text = scenarioText({
    engine: "engine: { type: economic, config: { rate: 1 } }",
    agents: "agents: [{ name: A, type: nation, strategy: grow }, { name: B.C, type: nation }]",
  });
  const { scenario, issues } = await load(text, {
    set: set(
      ["simulation.max_turns", 5],
      ["simulation.max_turns", 7],
      ["engine.rate", 2],
      ["engine.config.other.deep", [1]],
      ["agents.A.strategy", "decline"],
      ["agents.A.variables.wealth", 9],
      ["agents.B.C.on_error", "skip"],
      ["limits.max_tokens", 10],
      ["state_variables.agent_vars.wealth.default", 3],
      ["metrics.reporters.total", { sum: "wealth" }],
    ),
  });
  assertEquals(issues.map(formatIssue), []);
  assertEquals(scenario!.simulation.max_turns, 7);
  assertEquals(scenario!.engine.config, { rate: 2, other: { deep: [1] } });
  assertEquals(scenario!.agents[0]!.config, { strategy: "decline" });
  assertEquals(scenario!.agents[0]!.variables, { wealth: 9 });
  assertEquals(scenario!.agents[1]!.on_error, "skip");
  assertEquals(scenario!.limits.max_tokens, 10);
  assertEquals(scenario!.state_variables.agent_vars.wealth, { type: "float", min: 0, default: 3 });
  assertEquals(scenario!.metrics.reporters, { total: { kind: "sum", variable: "wealth" } });
});

Deno.test("a section that is set as a whole is written out like one of a file", async () => {
  const { scenario, issues } = await load(scenarioText(), { set: set(["engine", { type: "market", rate: 3 }]) });
  assertEquals(issues, []);
  assertEquals(scenario!.engine, { type: "market", config: { rate: 3 } });
});

Deno.test("an unknown path is an error with a suggestion, placed at what gave it", async () => {
  const cases: [string, RegExp, RegExp][] = [
    ["simulaton.seed", /a scenario has no key 'simulaton'/, /did you mean 'simulation'/],
    ["simulation.max_turn", /simulation has no key 'max_turn'/, /did you mean 'max_turns'/],
    ["simulation.name.x", /simulation\.name has no key 'x'/, /there are none/],
    ["agents.AA.strategy", /agents has no entry 'AA'/, /did you mean 'A'/],
    ["agents.A.strateg", /agents\[0\] has no key 'strateg'/, /did you mean 'strategy'/],
    ["state_variables.agent_vars.welth.default", /agent_vars has no key 'welth'/, /did you mean 'wealth'/],
    ["extends", /cannot be set/, /file/],
    ["simulation..seed", /names with dots/, /for example/],
    ["", /names with dots/, /for example/],
    ["engine.__proto__.x", /names with dots/, /for example/],
  ];
  for (const [path, message, hint] of cases) {
    const { issues, scenario } = await load(scenarioText(), { set: set([path, 1]) });
    const [issue] = errorsOf({ issues });
    assertEquals([issue!.code, issue!.file, issue!.line], ["unknown_path", "--set", undefined], path);
    assertMatches(issue!.message, message);
    assertMatches(issue!.hint ?? "", hint);
    assertEquals(scenario, undefined);
  }
});

Deno.test("a value that does not fit is an error placed at what gave it", async () => {
  const { issues, locate } = await load(scenarioText(), { set: set(["simulation.max_turns", 0], ["engine.rate", 1]) });
  assertEquals(issues.map(formatIssue), [
    "--set: error[invalid_value]: simulation.max_turns must be an integer ≥ 1, not 0",
  ]);
  assertEquals(locate(["engine", "config", "rate"]), { file: "--set" });
});

Deno.test("values that YAML cannot hold are refused", async () => {
  let deep: Json = 1;
  for (let i = 0; i < 40; i++) deep = [deep];
  const proto = JSON.parse('{ "__proto__": { "polluted": true } }') as Json;
  for (const value of [NaN, Infinity, [1, -Infinity], deep, proto]) {
    const { issues } = await load(scenarioText(), { set: set(["engine.rate", value]) });
    assertEquals(errorsOf({ issues }).map(({ code, file }) => `${file} ${code}`), ["--set bad_setting"]);
  }
  assertTrue(!("polluted" in {}));
});
