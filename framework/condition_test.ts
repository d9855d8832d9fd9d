import fc from "../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import {
  checkConditionPaths,
  type Condition,
  conditionPaths,
  evaluateCondition,
  formatCondition,
  type Operand,
  parseCondition,
} from "./condition.ts";
import { SimError } from "./issue.ts";
import { AgentMap, SimulationState, type Variables } from "./state.ts";
import { formatStatePath, parseStatePath } from "./state_path.ts";

const state = new SimulationState<Variables, Variables>({
  turn: 7,
  agents: AgentMap.of([
    { name: "A", wealth: 1, mood: "calm", tags: ["x"] },
    { name: "New York", wealth: 3, mood: "angry", tags: ["x"] },
  ]),
  global_state: { inflation: 20, crisis: false, leader: null, name: 'the "north"', prices: { oil: 1, gas: [2] } },
});

function holds(text: string): boolean {
  return evaluateCondition(parseCondition(text), state, { gini: 0.5, none: null });
}

function compare(path: string, op: "<" | ">", value: number): Condition {
  return { kind: "compare", path: parseStatePath(path), op, value: { kind: "literal", value } };
}

function badCondition(text: string): SimError {
  const error = assertThrows(() => parseCondition(text), "bad_condition");
  assertTrue(error instanceof SimError && error.hint);
  return error;
}

const [a, b, c] = [compare("turn", ">", 1), compare("global.x", "<", 2), compare("metric.y", ">", -0.5)];

Deno.test("parseCondition() binds not before and before or", () => {
  assertEquals(parseCondition("turn > 1 or global.x < 2 and metric.y > -0.5"), {
    kind: "or",
    terms: [a, { kind: "and", terms: [b, c] }],
  });
  assertEquals(parseCondition("not turn > 1 and global.x < 2"), { kind: "and", terms: [{ kind: "not", term: a }, b] });
  assertEquals(parseCondition("not (turn > 1 or global.x < 2)"), {
    kind: "not",
    term: { kind: "or", terms: [a, b] },
  });
  assertEquals(parseCondition("(turn>1 or global.x<2)and metric.y>-.5"), {
    kind: "and",
    terms: [{ kind: "or", terms: [a, b] }, c],
  });
  assertEquals(parseCondition("((turn > 1))"), a);
});

Deno.test("parseCondition() reads every kind of value", () => {
  const value = (text: string): Operand => {
    const condition = parseCondition(`turn == ${text}`);
    assertTrue(condition.kind === "compare");
    return condition.value;
  };
  const literals: { [text: string]: unknown } = {
    "1": 1,
    "-2.5": -2.5,
    "+3": 3,
    ".5": 0.5,
    "1e3": 1000,
    "2.E-1": 0.2,
    '"a and b"': "a and b",
    "'it\\'s'": "it's",
    '""': "",
    "true": true,
    "false": false,
    "null": null,
  };
  for (const [text, expected] of Object.entries(literals)) {
    assertEquals<unknown>(value(text), { kind: "literal", value: expected }, text);
  }
  assertEquals(value("global.x"), { kind: "path", path: { kind: "global", variable: "x", keys: [] } });
});

Deno.test("parseCondition() says what is wrong, in which column, and shows what to write", () => {
  const cases: readonly (readonly [string, number, RegExp, RegExp])[] = [
    ["", 1, /expected a path, found the end/, /example: /],
    ["turn >", 7, /expected a value, found the end/, /a value is/],
    ["turn > > 5", 8, /expected a value, found '>'/, /a value is/],
    ["global.crisis", 14, /expected one of > >= < <= == !=, found the end/, /global\.crisis > 5, or == true/],
    ["turn = 5", 6, /found '='/, /write '==' instead of '='/],
    ["turn <> 5", 7, /found '>'/, /a value is/],
    ["turn > 5 && turn < 7", 10, /expected 'and', 'or' or the end, found '&'/, /write 'and' instead of '&&'/],
    ["turn > 5 AND turn < 7", 10, /found 'AND'/, /write 'and'/],
    ["(turn > 5 || turn < 7)", 11, /expected '\)'/, /write 'or'/],
    ["(turn > 5", 10, /expected '\)' for the '\(' in column 1, found the end/, /example/],
    ["turn > 5)", 9, /found '\)'/, /example/],
    ["turn > 5 turn < 7", 10, /found 'turn'/, /example/],
    ["turn > 5x", 9, /a number is followed by 'x'/, /example/],
    ["turn > 1e999", 8, /too large/, /example/],
    ["turn == 'open", 9, /does not end/, /close it with '/],
    ["turn == maybe", 9, /no path begins with 'maybe'/, /paths are/],
    ["turn > 5 and", 13, /expected a path, found the end/, /example/],
    ["5 < turn", 1, /no path begins with '5'/, /paths are/],
    ["agents.A > 5", 9, /expected '\.' and a variable/, /agents\.<name>\.<variable>/],
    ["agents.New York.w > 5", 11, /expected '\.' and a variable/, /agents\."New York"/],
    ["turn => 5", 6, /found '='/, /write '>=' instead of '=>'/],
    ["turn === 5", 8, /expected a value, found '='/, /a value is/],
    ["turn > 5; Deno.exit()", 9, /found ';'/, /example/],
  ];
  for (const [text, column, message, hint] of cases) {
    const error = badCondition(text);
    assertMatches(error.message, message);
    assertMatches(error.hint!, hint);
    assertEquals(error.issues[0]?.column, column, `${text}: ${error.message}`);
  }
});

Deno.test("parseCondition() accepts 32 levels of nesting and refuses 33", () => {
  const nested = (depth: number) => "(".repeat(depth) + "turn > 1" + ")".repeat(depth);
  assertEquals(parseCondition(nested(32)), a);
  assertMatches(badCondition(nested(33)).message, /more than 32 .* at column 33/);
  assertEquals(parseCondition("not ".repeat(32) + "turn > 1").kind, "not");
  assertMatches(badCondition("not ".repeat(33) + "turn > 1").message, /more than 32/);
});

Deno.test("parseCondition() accepts 2000 characters and refuses 2001", () => {
  const text = (length: number) => "turn > 1".padEnd(length);
  assertEquals(parseCondition(text(2000)), a);
  assertMatches(badCondition(text(2001)).message, /2001 characters/);
});

Deno.test("formatCondition() writes what parseCondition() reads to the same tree", () => {
  const path = fc.constantFrom(
    "turn",
    "global.x",
    "global.p.0.q",
    'agents."New York".w',
    "metric.m",
    "sum(w)",
    "count(t.k)",
  );
  const literal = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: "binary", maxLength: 10 }),
  );
  const comparison: fc.Arbitrary<Condition> = fc.tuple(
    path,
    fc.constantFrom(">" as const, ">=" as const, "<" as const, "<=" as const, "==" as const, "!=" as const),
    fc.oneof<[fc.Arbitrary<Operand>, fc.Arbitrary<Operand>]>(
      literal.map((value) => ({ kind: "literal", value })),
      path.map((text) => ({ kind: "path", path: parseStatePath(text) })),
    ),
  ).map(([text, op, value]) => ({ kind: "compare", path: parseStatePath(text), op, value }));
  const { tree } = fc.letrec<{ tree: Condition; terms: Condition[] }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, depthSize: "small" },
      comparison,
      tie("terms").map((terms) => ({ kind: "and" as const, terms })),
      tie("terms").map((terms) => ({ kind: "or" as const, terms })),
      tie("tree").map((term) => ({ kind: "not" as const, term })),
    ),
    terms: fc.array(tie("tree"), { minLength: 2, maxLength: 3 }),
  }));
  let deep = 0;
  fc.assert(fc.property(tree, (tree) => {
    const text = formatCondition(tree);
    fc.pre(text.length <= 2000);
    if (text.includes("(turn") || text.includes("not (")) deep++;
    assertEquals(parseCondition(text), tree);
  }));
  assertTrue(deep > 0, "the trees were all flat");
});

Deno.test("parseCondition() throws nothing but bad_condition, whatever the text", () => {
  const pieces = fc.constantFrom(
    ..."turn|global.x|agents.A.w|sum(w)|not|and|or|(|)|>|<=|==|=|5|-1e3|'s'|\"|'|\\|true|null|.| | |\u0000|🙂|\ud800"
      .split("|"),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")),
  );
  let refused = 0;
  fc.assert(
    fc.property(text, (text) => {
      try {
        parseCondition(text);
      } catch (error) {
        refused++;
        assertTrue(error instanceof SimError && error.code === "bad_condition", String(error));
        const column = error.issues[0]?.column ?? 0;
        assertTrue(column >= 1 && column <= text.length + 1);
      }
    }),
    { numRuns: 500 },
  );
  assertTrue(refused > 0);
});

Deno.test("evaluateCondition() compares numbers and texts in order", () => {
  const expected: { [text: string]: boolean } = {
    "turn > 6": true,
    "turn > 7": false,
    "turn >= 7": true,
    "turn < 7": false,
    "turn <= 7": true,
    "turn == 7": true,
    "turn != 7": false,
    "global.inflation > turn": true,
    "sum(wealth) == 4": true,
    "metric.gini < 0.6": true,
    "metric.none == null": true,
    'agents."New York".mood < "calm"': true,
    'agents.A.mood >= "calm"': true,
    'global.name == "the \\"north\\""': true,
    "global.crisis == false": true,
    "global.prices.gas.0 == 2": true,
  };
  for (const [text, result] of Object.entries(expected)) assertEquals(holds(text), result, text);
});

Deno.test("evaluateCondition() combines with and, or, not and stops where it is decided", () => {
  assertEquals(holds("turn == 7 and not turn == 8"), true);
  assertEquals(holds("not (turn == 7 or turn == 8)"), false);
  assertEquals(holds("turn == 1 or turn == 7 and turn == 2"), false);
  assertEquals(holds("(turn == 7 or turn == 1) and turn == 7"), true);
  assertEquals(holds("turn == 7 or global.nothing > 1"), true);
  assertEquals(holds("turn == 8 and global.nothing > 1"), false);
});

Deno.test("evaluateCondition() finds values of different types unequal, and lists and objects equal by content", () => {
  assertEquals(holds("turn == '7'"), false);
  assertEquals(holds("turn != '7'"), true);
  assertEquals(holds("global.crisis == 0"), false);
  assertEquals(holds("global.leader == false"), false);
  assertEquals(holds("global.prices == null"), false);
  assertEquals(holds('agents.A.tags == agents."New York".tags'), true);
  assertEquals(holds("agents.A.tags == global.prices"), false);
  assertEquals(holds("global.prices == global.prices"), true);
  const two = state.with({
    global_state: { a: { x: 1, y: [1, { z: 2 }] }, b: { y: [1, { z: 2 }], x: 1 }, c: { x: 1, y: [1, { z: 3 }] } },
  });
  assertEquals(evaluateCondition(parseCondition("global.a == global.b and global.a != global.c"), two, {}), true);
});

Deno.test("evaluateCondition() throws bad_condition_value for an order between values that have none", () => {
  for (
    const text of [
      "turn > '7'",
      "global.crisis < true",
      "global.leader >= null",
      "global.prices > 1",
    ]
  ) {
    const error = assertThrows(() => holds(text), "bad_condition_value");
    assertTrue(error instanceof SimError && error.hint && error.turn === 7);
  }
  assertMatches(assertThrows(() => holds("turn > '7'")).message, /'turn > "7"' compares 7 with "7"/);
});

Deno.test("evaluateCondition() throws unknown_path for a path that leads nowhere, on either side", () => {
  for (
    const text of ["agents.A.nothing == 1", "turn == global.nothing", "agents.A.tags.1 != 'x'", "metric.unknown > 1"]
  ) {
    assertMatches(assertThrows(() => holds(text), "unknown_path").message, /has no value after turn 7/);
  }
});

Deno.test("evaluateCondition() is false for an agent that is not there and for the order of an aggregate of nothing", () => {
  for (const text of ["agents.B.wealth == 1", "agents.B.wealth != 1", "turn > agents.B.wealth"]) {
    assertEquals(holds(text), false, text);
  }
  assertEquals(holds("turn > agents.B.wealth or turn == 7"), true);
  assertEquals(holds("metric.none <= 1 or metric.none > 1"), false);
  assertEquals(holds("metric.none == null"), true);
});

Deno.test("conditionPaths() lists each path once, in order", () => {
  const condition = parseCondition(
    "not (global.b > metric.m) or turn == 1 and global.b < sum(w) or agents.'a b'.x == null",
  );
  assertEquals(conditionPaths(condition).map(formatStatePath), [
    "global.b",
    "metric.m",
    "turn",
    "sum(w)",
    'agents."a b".x',
  ]);
});

Deno.test("checkConditionPaths() reports every unknown path with a suggestion", () => {
  const names = { agents: ["A"], agent_vars: ["wealth"], global_vars: ["inflation"], metrics: ["gini"] };
  assertEquals(checkConditionPaths(parseCondition("global.inflation > 1 and sum(wealth) > metric.gini"), names), []);
  const issues = checkConditionPaths(parseCondition("global.inflaton > 1 or agents.A.welth == metric.gin"), names);
  assertEquals(issues.map((issue) => issue.code), ["unknown_path", "unknown_path", "unknown_path"]);
  for (const [i, near] of ["inflation", "wealth", "gini"].entries()) {
    assertMatches(issues[i]?.hint ?? "", new RegExp(`did you mean '${near}'`));
  }
});
