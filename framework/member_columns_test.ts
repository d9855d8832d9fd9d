import { assertEquals, assertMatches, assertThrows } from "../tests/support/assert.ts";
import { columnProblem, MemberLayout, valueOf } from "./member_columns.ts";
import type { VariableDefinition, VariableDefinitions } from "./variables.ts";

const MIXED: VariableDefinitions = {
  wealth: { type: "float", default: 1 },
  name_tag: { type: "str", default: "" },
  age: { type: "int", default: 3 },
  tags: { type: "list", item_type: "str" },
  mood: { type: "categorical", values: ["calm", "angry"], default: "angry" },
};

Deno.test("a layout takes the wanted variables in the scenario's order, without wishes all that can be columns", () => {
  assertEquals(new MemberLayout(MIXED, ["age", "wealth"]).names(), ["wealth", "age"]);
  assertEquals(new MemberLayout(MIXED).names(), ["wealth", "age", "mood"]);
});

Deno.test("a variable that cannot be a column is refused with what to do", () => {
  const cases: [VariableDefinition, RegExp, RegExp][] = [
    [{ type: "list", item_type: "str" }, /it is of type list/, /float, int, bool or categorical/],
    [{ type: "str" }, /it is of type str/, /named agents/],
    [{ type: "int", default: 3e9 }, /default 3000000000 does not fit into 32 bits/, /float/],
    [
      { type: "categorical", values: Array.from({ length: 257 }, (_, i) => `v${i}`), default: "v0" },
      /257 values/,
      /int/,
    ],
  ];
  for (const [definition, reason, hint] of cases) {
    const problem = columnProblem(definition)!;
    assertMatches(problem.reason, reason);
    assertMatches(problem.hint, hint);
    assertThrows(() => new MemberLayout({ x: definition }, ["x"]), "bad_column");
    assertEquals(new MemberLayout({ x: definition }).names(), []);
  }
  const most = {
    type: "categorical",
    values: Array.from({ length: 256 }, (_, i) => `v${i}`),
    default: "v255",
  } as const;
  assertEquals(new MemberLayout({ x: most }).initial(0), 255);
});

Deno.test("initial values must have a column and fit into it", () => {
  const layout = (initial: Record<string, never>) => () => new MemberLayout(MIXED, ["wealth", "age"], initial);
  const refused = (initial: Record<string, unknown>) =>
    assertThrows(layout(initial as Record<string, never>), "bad_column").message;
  assertMatches(refused({ mood: "calm" }), /no column 'mood'/);
  assertMatches(refused({ age: 2 ** 31 }), /age: 2147483648 does not fit into 32 bits/);
  assertMatches(refused({ age: 1.5 }), /age: expected a whole number/);
});

Deno.test("entries stand for the values they were made of", () => {
  const layout = new MemberLayout({ ...MIXED, ill: { type: "bool", default: true } });
  for (const [index, value] of [[0, 2.5], [1, -7], [2, "calm"], [3, false], [3, true]] as const) {
    assertEquals(valueOf(layout.columns[index]!, layout.entry(index, value)), value);
  }
});

Deno.test("bounds count at both ends, and whole numbers of 32 bits need none", () => {
  const bounds: VariableDefinitions = {
    x: { type: "float", min: -1, max: 1, default: 0 },
    n: { type: "int", min: -2, max: 2, default: 0 },
    any: { type: "int", default: 0 },
  };
  const layout = new MemberLayout(bounds);
  assertEquals(layout.firstBad(0, Float64Array.of(-1, 1)), -1);
  assertEquals(layout.firstBad(0, Float64Array.of(-1, 1.0000001)), 1);
  assertEquals(layout.firstBad(1, Int32Array.of(-2, 2)), -1);
  assertEquals(layout.firstBad(1, Int32Array.of(-2, 2, -3)), 2);
  assertEquals(layout.firstBad(2, Int32Array.of(-(2 ** 31), 2 ** 31 - 1)), -1);
});
