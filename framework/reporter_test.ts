import fc from "../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../tests/support/assert.ts";
import { MemberLayout } from "./member_columns.ts";
import { createMembers, type MutableMembers, PopulationMap } from "./members.ts";
import { computeReporter, isPresent, ReporterSet } from "./reporter.ts";
import type { ReporterKind } from "./scenario/resolved.ts";
import { AgentMap, SimulationState } from "./state.ts";

const KINDS: readonly ReporterKind[] = ["sum", "mean", "min", "max", "count", "median", "sd", "gini"];

function all(...values: number[]): { [kind: string]: number | null } {
  return Object.fromEntries(KINDS.map((kind) => [kind, computeReporter(kind, Float64Array.from(values))]));
}

function stateOf(records: readonly { readonly [variable: string]: unknown }[]): SimulationState {
  return new SimulationState({
    turn: 1,
    agents: AgentMap.of(records.map((record, i) => ({ name: `a${i}`, ...record }))),
    global_state: {},
  });
}

Deno.test("computeReporter() computes known values", () => {
  assertEquals(all(4, 0, 8, 4), {
    sum: 16,
    mean: 4,
    min: 0,
    max: 8,
    count: 3,
    median: 4,
    sd: Math.sqrt(32 / 3),
    gini: 0.375,
  });
  assertEquals(computeReporter("median", Float64Array.of(9, 1, 5)), 5);
  assertEquals(computeReporter("median", Float64Array.of(9, 1, 5, 6)), 5.5);
  assertEquals(computeReporter("median", Float64Array.of(10, 9, -1)), 9);
});

Deno.test("computeReporter() of no values is 0 for sum and count, else null", () => {
  assertEquals(all(), { sum: 0, mean: null, min: null, max: null, count: 0, median: null, sd: null, gini: null });
});

Deno.test("computeReporter() of one value has no spread", () => {
  assertEquals(all(0.1), { sum: 0.1, mean: 0.1, min: 0.1, max: 0.1, count: 1, median: 0.1, sd: 0, gini: 0 });
});

Deno.test("computeReporter() is null, never NaN or infinite", () => {
  for (const kind of KINDS) {
    if (kind === "count") continue;
    assertEquals(computeReporter(kind, Float64Array.of(1, NaN, 2)), null, kind);
    assertEquals(computeReporter(kind, Float64Array.of(NaN, 1)), null, kind);
  }
  assertEquals(computeReporter("count", Float64Array.of(1, NaN, 0)), 1);
  assertEquals(computeReporter("sum", Float64Array.of(1e308, 1e308)), null);
});

Deno.test("computeReporter() and ReporterSet give 0 where the value is -0", () => {
  const reporters = new ReporterSet(Object.fromEntries(KINDS.map((kind) => [kind, { kind, variable: "x" }])));
  for (const values of [[-0], [-0, 0], [0, -0, -0]]) {
    const expected = { sum: 0, count: 0, mean: 0, min: 0, max: 0, median: 0, sd: 0, gini: 0 };
    assertEquals(all(...values), expected);
    assertEquals(reporters.compute(stateOf(values.map((x) => ({ x })))), expected);
  }
});

Deno.test("computeReporter() leaves its argument as it is", () => {
  const values = Float64Array.of(3, 1, 2);
  for (const kind of KINDS) computeReporter(kind, values);
  assertEquals([...values], [3, 1, 2]);
});

Deno.test("computeReporter() gini is 0 for equality and (n - 1)/n for one owner of all", () => {
  assertEquals(computeReporter("gini", new Float64Array(5)), 0);
  assertEquals(computeReporter("gini", new Float64Array(7).fill(0.1)), 0);
  assertEquals(computeReporter("gini", Float64Array.of(0, 0, 0, 5)), 0.75);
});

Deno.test("computeReporter() gini may exceed 1 with negative values and is null without a positive sum", () => {
  assertEquals(computeReporter("gini", Float64Array.of(-2, 4)), 1.5);
  assertEquals(computeReporter("gini", Float64Array.of(-2, 2)), null);
  assertEquals(computeReporter("gini", Float64Array.of(-2, 1)), null);
});

Deno.test("computeReporter() gini is half the mean difference over the mean", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(values, (values) => {
    const total = values.reduce((sum, value) => sum + value, 0);
    fc.pre(total > 1e-3);
    const differences = values.flatMap((x) => values.map((y) => Math.abs(x - y))).reduce(
      (sum, value) => sum + value,
      0,
    );
    const gini = computeReporter("gini", Float64Array.from(values));
    assertNear(gini!, differences / (2 * values.length * total), 1e-9);
    assertTrue(gini! >= 0 && gini! <= (values.length - 1) / values.length + 1e-12);
  }));
});

Deno.test("computeReporter() sd does not change when all values move together", () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  const sd = computeReporter("sd", Float64Array.from(values));
  assertNear(sd!, Math.sqrt(32 / 7), 1e-12);
  assertNear(computeReporter("sd", Float64Array.from(values.map((value) => value + 1e9)))!, sd!, 1e-6);
});

Deno.test("ReporterSet reports in the order of declaration, several over one variable", () => {
  const reporters = new ReporterSet({
    total: { kind: "sum", variable: "wealth" },
    old: { kind: "max", variable: "age" },
    gini: { kind: "gini", variable: "wealth" },
    middle: { kind: "median", variable: "wealth" },
    first: { kind: "min", variable: "wealth" },
  });
  const metrics = reporters.compute(stateOf([{ wealth: 8, age: 3 }, { wealth: 0, age: 30 }, { wealth: 4, age: 4 }]));
  assertEquals(Object.entries(metrics), [["total", 12], ["old", 30], ["gini", 4 / 9], ["middle", 4], ["first", 0]]);
});

Deno.test("ReporterSet takes booleans as 0 and 1 and leaves out what is no number", () => {
  const reporters = new ReporterSet({ share: { kind: "mean", variable: "x" }, sum: { kind: "sum", variable: "x" } });
  assertEquals(reporters.compute(stateOf([{ x: true }, { x: false }, { x: "9" }, { x: null }, {}, { x: [1] }])), {
    share: 0.5,
    sum: 1,
  });
});

Deno.test("ReporterSet counts what is true, nonzero or non-empty", () => {
  const present = [true, 1, -0.5, "0", [0], { a: 0 }];
  const absent = [false, 0, -0, "", [], {}, null, undefined, NaN];
  for (const value of present) assertTrue(isPresent(value), String(value));
  for (const value of absent) assertTrue(!isPresent(value), String(value));
  const reporters = new ReporterSet({ n: { kind: "count", variable: "x" } });
  assertEquals(reporters.compute(stateOf([...present, ...absent].map((x) => ({ x })))), { n: present.length });
});

Deno.test("ReporterSet forgets the turn before when agents come and go", () => {
  const reporters = new ReporterSet({
    sum: { kind: "sum", variable: "x" },
    gini: { kind: "gini", variable: "x" },
    max: { kind: "max", variable: "x" },
  });
  assertEquals(reporters.compute(stateOf([{ x: 9 }, { x: 3 }, { x: 6 }])), { sum: 18, gini: 2 / 9, max: 9 });
  assertEquals(reporters.compute(stateOf([{ x: 1 }])), { sum: 1, gini: 0, max: 1 });
  assertEquals(reporters.compute(stateOf([])), { sum: 0, gini: null, max: null });
  assertEquals(reporters.compute(stateOf([{ x: 2 }, { x: 2 }, { x: 2 }, { x: 2 }])), { sum: 8, gini: 0, max: 2 });
});

Deno.test("ReporterSet agrees with computeReporter()", () => {
  const reporters = new ReporterSet(Object.fromEntries(KINDS.map((kind) => [kind, { kind, variable: "x" }])));
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { maxLength: 40 });
  fc.assert(fc.property(values, (values) => {
    assertEquals<unknown>(reporters.compute(stateOf(values.map((x) => ({ x })))), all(...values));
  }));
});

Deno.test("ReporterSet agrees with computeReporter() on whole numbers, which it sorts by counting", () => {
  const reporters = new ReporterSet(Object.fromEntries(KINDS.map((kind) => [kind, { kind, variable: "x" }])));
  const near = fc.integer({ min: -20, max: 20 });
  const far = fc.oneof(near, fc.integer(), fc.constant(0.5), fc.constant(Infinity), fc.constant(NaN));
  const values = fc.oneof(fc.array(near, { maxLength: 40 }), fc.array(far, { maxLength: 40 }));
  fc.assert(fc.property(values, (values) => {
    const metrics = reporters.compute(stateOf(values.map((x) => ({ x }))));
    assertEquals(JSON.stringify(metrics), JSON.stringify(all(...values)));
  }));
});

const LAYOUT = new MemberLayout({
  x: { type: "float", default: 0 },
  n: { type: "int", default: 0 },
  ill: { type: "bool", default: false },
  mood: { type: "categorical", values: ["", "angry"], default: "" },
});

/** A population of this size, its members as `fill` makes them. */
function population(name: string, size: number, fill: (next: MutableMembers) => void = () => {}): PopulationMap {
  return PopulationMap.of([createMembers(name, LAYOUT, size)]).update(name, fill);
}

Deno.test("ReporterSet covers agents and members alike, or one entry of them", () => {
  const reporters = new ReporterSet({
    all: { kind: "sum", variable: "x" },
    crowd: { kind: "sum", variable: "x", of: "crowd" },
    traders: { kind: "sum", variable: "x", of: "trader" },
    boss: { kind: "sum", variable: "x", of: "boss" },
    most: { kind: "max", variable: "x" },
    nobody: { kind: "mean", variable: "x", of: "nobody" },
  }, [{ name: "trader", count: 2 }, { name: "boss", count: null }, { name: "crowd", count: 3 }]);
  const state = new SimulationState({
    turn: 1,
    agents: AgentMap.of([
      { name: "trader_1", x: 1 },
      { name: "trader_2", x: 2 },
      { name: "boss", x: 4 },
      { name: "trader_17", x: 8 },
      { name: "trader_x", x: 128 },
    ]),
    global_state: {},
    populations: population("crowd", 3, (next) => void next.column("x").set([16, 32, 64])),
  });
  assertEquals(reporters.compute(state), {
    all: 255,
    crowd: 112,
    // Those born later under the name of an entry with count belong to it.
    traders: 11,
    boss: 4,
    most: 128,
    nobody: null,
  });
  const left = state.with({ agents: AgentMap.of([{ name: "trader_2", x: 2 }]) });
  assertEquals(reporters.compute(left).traders, 2);
});

Deno.test("ReporterSet counts all agents and members by their names", () => {
  const reporters = new ReporterSet({
    all: { kind: "count", variable: "name" },
    crowd: { kind: "count", variable: "name", of: "crowd" },
    traders: { kind: "count", variable: "name", of: "trader" },
  }, [{ name: "trader", count: 2 }]);
  const agents = AgentMap.of([{ name: "trader_1", x: 0 }, { name: "trader_2", x: 0 }, { name: "boss", x: 0 }]);
  const state = new SimulationState({ turn: 1, agents, global_state: {}, populations: population("crowd", 3) });
  assertEquals(reporters.compute(state), { all: 6, crowd: 3, traders: 2 });
});

Deno.test("ReporterSet reads columns of every type: numbers, 0 and 1 of bool, of categorical only the count", () => {
  const reporters = new ReporterSet({
    n: { kind: "sum", variable: "n" },
    ill: { kind: "mean", variable: "ill" },
    ill_count: { kind: "count", variable: "ill" },
    moods: { kind: "count", variable: "mood" },
    mood_sum: { kind: "sum", variable: "mood" },
    missing: { kind: "count", variable: "nothing" },
  });
  const populations = population("crowd", 4, (next) => {
    next.column("n").set([-5, 0, 7, 1]);
    next.column("ill").set([1, 0, 0, 1]);
    next.column("mood").set([1, 0, 1, 1]);
  });
  const state = new SimulationState({ turn: 1, agents: AgentMap.of([]), global_state: {}, populations });
  assertEquals(reporters.compute(state), { n: 3, ill: 0.5, ill_count: 2, moods: 3, mood_sum: 0, missing: 0 });
});

Deno.test("ReporterSet says the same of members as of agents, bit for bit", () => {
  const reporters = new ReporterSet(Object.fromEntries(KINDS.map((kind) => [kind, { kind, variable: "x" }])));
  const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 }));
  fc.assert(fc.property(fc.array(number, { maxLength: 40 }), fc.nat(40), (values, cut) => {
    const agents = stateOf(values.map((x) => ({ x: x + 0 })));
    const rest = values.slice(cut);
    const members = new SimulationState({
      turn: 1,
      agents: AgentMap.of(agents.agents.records.slice(0, cut)),
      global_state: {},
      populations: population("crowd", rest.length, (next) => void next.column("x").set(rest)),
    });
    assertEquals(JSON.stringify(reporters.compute(members)), JSON.stringify(reporters.compute(agents)));
  }));
});

Deno.test("computeReporter() gini of whole numbers is that of the formula, whether they are counted or sorted", () => {
  const near = fc.integer({ min: -20, max: 20 });
  fc.assert(fc.property(fc.array(fc.oneof(near, fc.integer()), { minLength: 1, maxLength: 40 }), (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    const total = sorted.reduce((sum, value) => sum + value, 0);
    fc.pre(total > 0);
    const weighted = sorted.reduce((sum, value, i) => sum + (2 * (i + 1) - values.length - 1) * value, 0);
    assertEquals(computeReporter("gini", Float64Array.from(values)), weighted / (values.length * total));
  }));
});
