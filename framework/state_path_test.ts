import fc from "../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { SimError } from "./issue.ts";
import { MemberLayout } from "./member_columns.ts";
import { createMembers, PopulationMap } from "./members.ts";
import { AgentMap, SimulationState, type Variables } from "./state.ts";
import {
  checkStatePath,
  formatStatePath,
  parseStatePath,
  type PathNames,
  readStatePath,
  type StatePath,
  writeStatePaths,
} from "./state_path.ts";

const state = new SimulationState<Variables, Variables>({
  turn: 4,
  agents: AgentMap.of<Variables>([
    { name: "A", wealth: 1, active: true, tags: ["x", "y"], holdings: { oil: 2 }, label: "" },
    { name: "New York", wealth: 5, active: false, tags: [], holdings: {}, label: "big" },
    { name: "v1.0", wealth: 3, active: true, tags: ["z"], holdings: { oil: 4 }, label: "odd" },
  ]),
  global_state: { rate: 0.05, prices: { oil: 80, "brent.crude": 90 }, levels: [[1, 2], [3]], crisis: null },
});
const metrics = { gini: 0.25, empty: null };

const names: PathNames = {
  agents: ["NationA", "NationB"],
  agent_vars: ["wealth", "tags"],
  global_vars: ["inflation"],
  metrics: ["gini"],
};

function read(text: string) {
  return readStatePath(parseStatePath(text), state, metrics);
}

function write(entries: { [path: string]: unknown }) {
  const parsed = Object.entries(entries).map(([path, value]) => ({
    path: parseStatePath(path),
    value: value as number,
  }));
  return writeStatePaths(state, parsed);
}

function failure(body: () => unknown, code: string): SimError {
  const error = assertThrows(body, code);
  assertTrue(error instanceof SimError);
  assertTrue(error.hint, `'${error.message}' has no hint`);
  return error;
}

Deno.test("parseStatePath() tells the kinds of paths apart", () => {
  assertEquals(parseStatePath("turn"), { kind: "turn" });
  assertEquals(parseStatePath("global.rate"), { kind: "global", variable: "rate", keys: [] });
  assertEquals(parseStatePath(" global.prices.oil "), { kind: "global", variable: "prices", keys: ["oil"] });
  assertEquals(parseStatePath("agents.A.tags.0"), { kind: "agent", agent: "A", variable: "tags", keys: ["0"] });
  assertEquals(parseStatePath("metric.gini"), { kind: "metric", name: "gini" });
  assertEquals(parseStatePath("max( holdings.oil )"), {
    kind: "aggregate",
    aggregate: "max",
    variable: "holdings",
    keys: ["oil"],
  });
});

Deno.test("parseStatePath() takes quoted names with dots, spaces, quotes and escapes", () => {
  const agent = (text: string) => {
    const path = parseStatePath(text);
    return path.kind === "agent" ? path.agent : undefined;
  };
  assertEquals(agent('agents."New York".wealth'), "New York");
  assertEquals(agent("agents.'v1.0'.wealth"), "v1.0");
  assertEquals(agent(String.raw`agents."the \"best\" \u00e9\\".wealth`), 'the "best" é\\');
  assertEquals(agent("agents.São-Tomé_2.wealth"), "São-Tomé_2");
});

Deno.test("parseStatePath() says what is wrong and in which column", () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["", 1, /expected a path, found the end/],
    ["globals.rate", 1, /no path begins with 'globals'/],
    ["global", 7, /expected '\.' and a variable, found the end/],
    ["global.", 8, /expected a variable, found the end/],
    ["global..x", 8, /expected a variable, found '\.'/],
    ["agents.A", 9, /expected '\.' and a variable/],
    ["agents.New York.wealth", 11, /found ' '/],
    ['agents."".wealth', 8, /an empty name/],
    ["agents.'a/b'.wealth", 8, /control characters/],
    [String.raw`agents.'a\nb'.wealth`, 8, /control characters/],
    ["agents.'A.wealth", 8, /does not end/],
    [String.raw`global.'\x41'`, 9, /escape/],
    ["turn.x", 5, /no parts/],
    ["sum wealth", 5, /expected '\(' after 'sum'/],
    ["sum(wealth", 11, /expected '\)', found the end/],
    ["sum()", 5, /expected an agent variable/],
    ["turn 5", 6, /expected the path to end, found '5'/],
  ];
  for (const [text, column, message] of cases) {
    const error = failure(() => parseStatePath(text), "bad_path");
    assertMatches(error.message, message);
    assertEquals(error.issues[0]?.column, column, `${text}: ${error.message}`);
    assertMatches(error.message, new RegExp(`column ${column} `));
  }
  assertMatches(failure(() => parseStatePath("globals.rate"), "bad_path").hint!, /did you mean 'global'/);
  assertMatches(failure(() => parseStatePath("x".repeat(2001)), "bad_path").message, /2001 characters/);
});

Deno.test("parseStatePath() reads back every path that formatStatePath() writes", () => {
  const name = fc.oneof(
    fc.string({ minLength: 1, maxLength: 8, unit: "binary" }),
    fc.constantFrom("a", "turn", "New York", "a.b", '"', "\\", "'", "__proto__", "0"),
  );
  const agent = name.filter((text) => !/[\p{Cc}/]/u.test(text));
  const keys = fc.array(fc.oneof(name, fc.constant("")), { maxLength: 3 });
  const path: fc.Arbitrary<StatePath> = fc.oneof(
    fc.constant<StatePath>({ kind: "turn" }),
    fc.record({ kind: fc.constant("global" as const), variable: name, keys }, { noNullPrototype: true }),
    fc.record({ kind: fc.constant("agent" as const), agent, variable: name, keys }, { noNullPrototype: true }),
    fc.record({ kind: fc.constant("metric" as const), name }, { noNullPrototype: true }),
    fc.record({
      kind: fc.constant("aggregate" as const),
      aggregate: fc.constantFrom("sum" as const, "mean" as const, "min" as const, "max" as const, "count" as const),
      variable: name,
      keys,
    }, { noNullPrototype: true }),
  );
  fc.assert(fc.property(path, (path) => assertEquals(parseStatePath(formatStatePath(path)), path)));
});

Deno.test("parseStatePath() throws nothing but bad_path, whatever the text", () => {
  const pieces = fc.constantFrom(
    "global",
    "agents",
    "turn",
    "sum",
    "(",
    ")",
    ".",
    '"',
    "'",
    "\\",
    " ",
    "A",
    "0",
    "\u0000",
  );
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.array(pieces).map((parts) => parts.join("")));
  fc.assert(fc.property(text, (text) => {
    try {
      parseStatePath(text);
    } catch (error) {
      assertTrue(error instanceof SimError && error.code === "bad_path", `${String(error)}`);
      const column = error.issues[0]?.column ?? 0;
      assertTrue(column >= 1 && column <= text.length + 1);
    }
  }));
});

Deno.test("readStatePath() reads variables, keys and list entries", () => {
  assertEquals(read("turn"), 4);
  assertEquals(read("global.rate"), 0.05);
  assertEquals(read("global.prices.oil"), 80);
  assertEquals(read('global.prices."brent.crude"'), 90);
  assertEquals(read("global.levels.0.1"), 2);
  assertEquals(read("global.crisis"), null);
  assertEquals(read("agents.A.tags.1"), "y");
  assertEquals(read('agents."New York".wealth'), 5);
  assertEquals(read("metric.gini"), 0.25);
  assertEquals(read("metric.empty"), null);
});

Deno.test("readStatePath() is undefined where there is nothing, inherited properties included", () => {
  const nowhere = [
    "global.nothing",
    "global.constructor",
    "global.__proto__",
    "global.prices.toString",
    "global.rate.x",
    "global.crisis.x",
    "agents.Z.wealth",
    "agents.A.nothing",
    "agents.A.tags.2",
    "agents.A.tags.-1",
    "agents.A.tags.01",
    "agents.A.tags.length",
    "agents.A.label.length",
    "metric.nothing",
    "metric.constructor",
    "sum(nothing)",
  ];
  for (const path of nowhere) assertEquals(read(path), undefined, path);
});

Deno.test("readStatePath() aggregates as reporters do", () => {
  assertEquals(read("sum(wealth)"), 9);
  assertEquals(read("mean(wealth)"), 3);
  assertEquals(read("min(wealth)"), 1);
  assertEquals(read("max(wealth)"), 5);
  assertEquals(read("sum(active)"), 2);
  assertEquals(read("count(active)"), 2);
  assertEquals(read("count(tags)"), 2);
  assertEquals(read("count(label)"), 2);
  assertEquals(read("mean(holdings.oil)"), 3);
  assertEquals(read("max(label)"), null);
  const empty = state.with({ agents: AgentMap.of([]) });
  assertEquals(readStatePath(parseStatePath("sum(wealth)"), empty, {}), 0);
  assertEquals(readStatePath(parseStatePath("mean(wealth)"), empty, {}), null);
});

Deno.test("writeStatePaths() replaces what is named, keeps the rest and leaves the old state alone", () => {
  const before = JSON.stringify(state);
  const next = write({
    "global.prices.oil": 120,
    "global.levels.0.1": 20,
    "agents.A.wealth": 2,
    "agents.A.tags.0": "new",
    'agents."New York".label': "bigger",
  });
  assertEquals(next.global_state, {
    rate: 0.05,
    prices: { oil: 120, "brent.crude": 90 },
    levels: [[1, 20], [3]],
    crisis: null,
  });
  assertEquals(next.agents.get("A")?.tags, ["new", "y"]);
  assertEquals(next.agents.get("A")?.wealth, 2);
  assertEquals(next.agents.get("New York")?.label, "bigger");
  assertTrue(next.agents.get("v1.0") === state.agents.get("v1.0"), "an agent that is not named stays the same record");
  assertEquals(next.agents.names(), state.agents.names());
  assertEquals(next.turn, 4);
  assertEquals(JSON.stringify(state), before);
});

Deno.test("writeStatePaths() lets later entries see earlier ones", () => {
  assertEquals(write({ "global.prices": { gas: 1 }, "global.prices.gas": 2 }).global_state.prices, { gas: 2 });
  assertEquals(write({ "agents.A.tags": ["a"], "agents.A.tags.0": "b" }).agents.get("A")?.tags, ["b"]);
});

Deno.test("writeStatePaths() returns the same state for no entries", () => {
  assertTrue(writeStatePaths(state, []) === state);
});

Deno.test("writeStatePaths() refuses unknown places with a suggestion", () => {
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    ["global.rates", /no global variable 'rates'/, /did you mean 'rate'/],
    ["global.__proto__", /no global variable/, /rate/],
    ["global.prices.oill", /'global\.prices' has no entry 'oill'/, /did you mean 'oil'/],
    ["global.prices.oil.x", /'global\.prices\.oil' has no entries, it is 80/, /set 'global\.prices\.oil'/],
    ["agents.A.tags.2", /no entry '2'/, /0 to 1/],
    ['agents."New York".tags.0', /no entry '0'/, /empty/],
    ["agents.'New Yrok'.wealth", /no agent 'New Yrok'/, /did you mean 'New York'/],
    ["agents.A.weath", /no agent variable 'weath'/, /did you mean 'wealth'/],
  ];
  for (const [path, message, hint] of cases) {
    const error = failure(() => write({ [path]: 1 }), "unknown_path");
    assertMatches(error.message, message);
    assertMatches(error.hint!, hint);
  }
});

Deno.test("writeStatePaths() writes only global and agent variables, and no agent's name", () => {
  for (const path of ["turn", "metric.gini", "sum(wealth)", "agents.A.name"]) {
    assertMatches(failure(() => write({ [path]: 1 }), "read_only_path").message, /cannot be set/);
  }
});

Deno.test("checkStatePath() finds unknown names and suggests the nearest", () => {
  const check = (text: string) => checkStatePath(parseStatePath(text), names);
  for (const path of ["turn", "global.inflation", "agents.NationA.tags.7", "metric.gini", "sum(wealth)"]) {
    assertEquals(check(path), null, path);
  }
  assertEquals(check("global.inflaton"), {
    severity: "error",
    code: "unknown_path",
    message: "unknown path 'global.inflaton': there is no global variable 'inflaton'",
    hint: "did you mean 'inflation'? valid: inflation",
  });
  const wrong = {
    "agents.NatonA.wealth": "NationA",
    "agents.NationA.welth": "wealth",
    "metric.gin": "gini",
    "sum(tgs)": "tags",
  };
  for (const [path, near] of Object.entries(wrong)) {
    assertMatches(check(path)?.hint ?? "", new RegExp(`did you mean '${near}'`));
  }
});

Deno.test("checkStatePath() asks a function about agents", () => {
  const check = (text: string) =>
    checkStatePath(parseStatePath(text), { ...names, agents: (name) => name.startsWith("trader_") });
  assertEquals(check("agents.trader_7.wealth"), null);
  assertMatches(check("agents.other.wealth")?.message ?? "", /no agent 'other'/);
});

Deno.test("readStatePath() aggregates over agents and members, and knows a variable that members alone have", () => {
  const layout = new MemberLayout({
    wealth: { type: "float", default: 10 },
    age: { type: "int", default: 0 },
    mood: { type: "categorical", values: ["calm", ""], default: "calm" },
  });
  const populations = PopulationMap.of([createMembers("crowd", layout, 3)]).update("crowd", (next) => {
    next.column("age").set([0, 7, 9]);
    next.column("mood").set([0, 1, 0]);
  });
  const readIn = (text: string, where: SimulationState) => readStatePath(parseStatePath(text), where, metrics);
  const mixed = state.with({ populations });
  const expected = {
    "sum(wealth)": 39,
    "min(wealth)": 1,
    "max(wealth)": 10,
    "count(wealth)": 6,
    "mean(age)": 16 / 3,
    "count(age)": 2,
    "count(mood)": 2,
    "sum(mood)": 0,
    "count(active)": 2,
    "sum(holdings.oil)": 6,
  };
  for (const [text, value] of Object.entries(expected)) assertEquals(readIn(text, mixed), value, text);
  assertEquals(readIn("sum(nothing)", mixed), undefined);
  const alone = mixed.with({ agents: AgentMap.of<Variables>([]) });
  assertEquals([readIn("sum(wealth)", alone), readIn("sum(active)", alone)], [30, undefined]);
});
