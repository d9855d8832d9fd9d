import fc from "../tests/support/properties.ts";
import { assertEquals, assertNear, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { MemberLayout } from "./member_columns.ts";
import { createMembers, PopulationMap } from "./members.ts";
import { Observer } from "./observation.ts";
import type { ResolvedObservability, ResolvedVisibility, VisibilityLevel } from "./scenario/resolved.ts";
import { loadGraphs, Space } from "./space/mod.ts";
import { AgentMap, type AgentState, SimulationState, type StateParts } from "./state.ts";
import type { VariableDefinitions } from "./variables.ts";

await loadGraphs();

const AGENT_VARS: VariableDefinitions = {
  strength: { type: "float", default: 0 },
  debt: { type: "float", default: 0 },
  motto: { type: "str", default: "" },
  secret: { type: "str", default: "" },
};
const GLOBAL_VARS: VariableDefinitions = {
  tax: { type: "float", default: 0 },
  plan: { type: "str", default: "" },
};

type Row = readonly [observer: string, target: string, level: VisibilityLevel, noise?: number];

interface Setting {
  readonly rows?: readonly Row[];
  readonly rest?: readonly [VisibilityLevel, number?];
  readonly agents?: VariableDefinitions;
  readonly external?: readonly string[];
  /** Entries with `count`. */
  readonly groups?: { readonly [name: string]: number };
  readonly seed?: number;
}

function observer(setting: Setting = {}): Observer {
  const { rows = [], rest = ["unaware"], agents = AGENT_VARS, groups = {}, seed = 1 } = setting;
  const rules: ResolvedObservability = {
    external: setting.external ?? ["strength", "motto", "tax"],
    internal: [],
    matrix: rows.map(([observer, target, level, noise = 0]): ResolvedVisibility => ({
      observer,
      target,
      level,
      noise,
    })),
    default: { level: rest[0], noise: rest[1] ?? 0 },
  };
  const scenario = {
    agents: Object.entries(groups).map(([name, count]) => ({
      ...{
        name,
        count,
        type: "x",
        config: {},
        variables: {},
        initial_location: null,
        on_error: "fail" as const,
        llm: null,
      },
    })),
    state_variables: { agent_vars: agents, global_vars: GLOBAL_VARS },
  };
  return new Observer(rules, scenario, seed);
}

function agentsOf(...names: readonly string[]): AgentMap {
  return AgentMap.of(
    names.map((name, i) => ({
      name,
      strength: 10 + i,
      debt: i,
      motto: `motto of ${name}`,
      secret: `secret of ${name}`,
    })),
  );
}

function stateOf(agents: AgentMap, parts: Partial<StateParts> = {}): SimulationState {
  return new SimulationState({ turn: 4, agents, global_state: { tax: 0.25, plan: "war" }, ...parts });
}

const ABC = stateOf(agentsOf("A", "B", "C"));

/** What an agent sees, in short: `B: strength motto`. */
function seen(setting: Setting, who: string, state = ABC): string[] {
  const { agents, global_state } = observer(setting).observe(who, state, 5);
  const records = agents.records.map(({ name, ...rest }) => `${name}: ${Object.keys(rest).join(" ")}`);
  return [...records, `global: ${Object.keys(global_state).join(" ")}`];
}

const FULL = "strength debt motto secret";

Deno.test("an agent sees itself in full, and of others what their level says", () => {
  assertEquals(seen({}, "B"), [`B: ${FULL}`, "global: "]);
  assertEquals(seen({ rest: ["external"] }, "B"), [
    "A: strength motto",
    `B: ${FULL}`,
    "C: strength motto",
    "global: tax",
  ]);
  assertEquals(seen({ rest: ["insider"] }, "B"), [`A: ${FULL}`, `B: ${FULL}`, `C: ${FULL}`, "global: tax plan"]);
  const rows: Row[] = [["A", "B", "insider"], ["A", "global", "external"], ["B", "A", "external"]];
  assertEquals(seen({ rows }, "A"), [`A: ${FULL}`, `B: ${FULL}`, "global: tax"]);
  assertEquals(seen({ rows }, "B"), ["A: strength motto", `B: ${FULL}`, "global: "]);
  assertEquals(seen({ rows }, "C"), [`C: ${FULL}`, "global: "]);
});

Deno.test("an agent sees itself in full unless the matrix names that very pair", () => {
  const full = [`A: ${FULL}`, "global: "];
  for (const row of [["*", "A", "unaware"], ["A", "*", "unaware"], ["*", "*", "unaware"]] as const) {
    assertEquals(seen({ rows: [row], rest: ["unaware"] }, "A"), full, row.join(" "));
  }
  assertEquals(seen({ rows: [["A", "A", "external"]] }, "A"), ["A: strength motto", "global: "]);
  assertEquals(seen({ rows: [["A", "A", "unaware"]], rest: ["external"] }, "A"), [
    "B: strength motto",
    "C: strength motto",
    "global: tax",
  ]);
});

Deno.test("the more exact rule counts: observer before target, a name before its entry, that before *", () => {
  const state = stateOf(agentsOf("A", "crowd_1", "crowd_2", "crowd_3", "crowd_4", "Z"));
  const groups = { crowd: 3 };
  const levels = (rows: readonly Row[], who: string, whom: string): VisibilityLevel => {
    const record = observer({ rows, groups }).observe(who, state, 5).agents.get(whom);
    return record === undefined ? "unaware" : "secret" in record ? "insider" : "external";
  };
  // Each row alone beats all that follow.
  const rows: Row[] = [
    ["crowd_1", "crowd_2", "insider"],
    ["crowd_1", "crowd", "external"],
    ["crowd_1", "*", "insider"],
    ["crowd", "crowd_2", "external"],
    ["crowd", "crowd", "insider"],
    ["crowd", "*", "external"],
    ["*", "crowd_2", "insider"],
    ["*", "crowd", "external"],
    ["*", "*", "insider"],
  ];
  for (const i of rows.keys()) {
    assertEquals(levels(rows.slice(i).reverse(), "crowd_1", "crowd_2"), rows[i]![2], String(rows[i]));
  }
  assertEquals(levels(rows, "A", "crowd_2"), "insider", "of the rules of *");
  assertEquals(levels(rows, "A", "crowd_3"), "external");
  assertEquals(levels(rows, "crowd_1", "Z"), "insider");
  assertEquals(levels([["A", "crowd", "insider"]], "A", "crowd_4"), "insider", "crowd_4 was born later");
});

Deno.test("the world follows its own rules, * and the default like everybody else", () => {
  const world = (rows: readonly Row[], rest: VisibilityLevel = "unaware") => seen({ rows, rest: [rest] }, "A").at(-1);
  assertEquals(world([["A", "*", "insider"]]), "global: tax plan");
  assertEquals(world([["A", "*", "insider"], ["A", "global", "unaware"]]), "global: ");
  assertEquals(world([["*", "global", "insider"]]), "global: tax plan");
  assertEquals(world([["A", "*", "external"], ["*", "global", "insider"]]), "global: tax");
  assertEquals(world([], "external"), "global: tax");
});

Deno.test("agents keep their order, also where only a few of many are known", () => {
  const names = Array.from({ length: 40 }, (_, i) => `a${i}`);
  const rows: Row[] = [["a7", "a30", "insider"], ["a7", "a2", "external"], ["a7", "gone", "insider"]];
  assertEquals(seen({ rows }, "a7", stateOf(agentsOf(...names))), [
    "a2: strength motto",
    `a7: ${FULL}`,
    `a30: ${FULL}`,
    "global: ",
  ]);
});

Deno.test("what is seen without noise is what is there, frozen", () => {
  const observing = observer({ rows: [["A", "B", "insider"]], rest: ["external"] });
  const one = observing.observe("A", ABC, 5);
  assertEquals(one.turn, 4);
  assertEquals<unknown>(one.agents.records, [
    { name: "A", strength: 10, debt: 0, motto: "motto of A", secret: "secret of A" },
    { name: "B", strength: 11, debt: 1, motto: "motto of B", secret: "secret of B" },
    { name: "C", strength: 12, motto: "motto of C" },
  ]);
  assertEquals<unknown>(one.global_state, { tax: 0.25 });
  const noisy = observer({ rest: ["insider", 0.5] }).observe("A", ABC, 5);
  for (const state of [one, noisy]) {
    for (const record of [...state.agents, state.global_state]) assertTrue(Object.isFrozen(record));
  }
  assertTrue(observer({ rest: ["insider"] }).observe("A", ABC, 5).agents === ABC.agents, "all of it is not copied");
});

// noise

const NESTED: VariableDefinitions = {
  level: { type: "int", default: 0 },
  flag: { type: "bool", default: false },
  kind: { type: "categorical", values: ["a", "b"], default: "a" },
  words: { type: "list", item_type: "str" },
  history: { type: "list", item_type: "float" },
  stocks: { type: "dict", key_type: "str", value_type: { type: "list", item_type: "int" } },
  pair: { type: "tuple", item_types: ["str", "float", "int"], default: ["", 0, 0] },
  deal: { type: "object", schema: { years: "int", partner: "str", terms: { type: "list", item_type: "float" } } },
};
const NESTED_VALUES = {
  level: 1000,
  flag: true,
  kind: "b",
  words: ["x", "y"],
  history: [1, 2, 3],
  stocks: { oil: [100, 200], gas: [300] },
  pair: ["p", 8, 900],
  deal: { years: 50, partner: "B", terms: [0.5, 0.25] },
};

function noisyRecord(values: object, definitions: VariableDefinitions, noise: number, turn = 5, seed = 1): AgentState {
  const state = stateOf(AgentMap.of([{ name: "A" } as AgentState, { name: "B", ...values }]));
  return observer({ agents: definitions, rest: ["insider", noise], seed }).observe("A", state, turn).agents.get("B")!;
}

Deno.test("noise is in all numbers, at any depth, and in nothing else", () => {
  const { name, ...record } = noisyRecord(NESTED_VALUES, NESTED, 0.1);
  assertEquals(name, "B");
  assertEquals(Object.keys(record), Object.keys(NESTED_VALUES));
  const leaves = (value: unknown): unknown[] =>
    typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];
  const [before, after] = [leaves(NESTED_VALUES), leaves(record)];
  assertEquals(after.length, before.length);
  const ratios = new Set<number>();
  for (const [i, value] of before.entries()) {
    if (typeof value !== "number") assertEquals(after[i], value);
    else {
      const ratio = after[i] as number / value;
      // Whole numbers are rounded by up to a half.
      assertNear(ratio, 1, 0.1 + 0.5 / value);
      ratios.add(ratio);
    }
  }
  assertTrue(ratios.size > 10, "each has noise of its own");
  for (const value of [record.level, record.pair[2], record.deal.years, ...record.stocks.oil]) {
    assertTrue(Number.isInteger(value), String(value));
  }
  for (const value of [record.history, record.stocks, record.stocks.oil, record.pair, record.deal, record.deal.terms]) {
    assertTrue(Object.isFrozen(value));
  }
  assertTrue(record.words === NESTED_VALUES.words, "what has no numbers is not copied");
});

Deno.test("noise is the same in every process", () => {
  const values = { strength: 1, debt: 1000, motto: "", secret: "" };
  const { strength, debt } = noisyRecord(values, AGENT_VARS, 0.5);
  assertEquals([strength, debt], [1.2358286487635874, 750.603369861687]);
  assertEquals(noisyRecord(NESTED_VALUES, NESTED, 0.5).stocks, { oil: [76, 281], gas: [212] });
});

Deno.test("noise differs by seed, turn, observer, target and variable", () => {
  const agents: VariableDefinitions = { x: { type: "float", default: 0 }, y: { type: "float", default: 0 } };
  const state = stateOf(AgentMap.of(["A", "B", "C"].map((name) => ({ name, x: 1, y: 1 }))));
  const look = (who: string, whom: string, variable: "x" | "y", turn = 5, seed = 1) =>
    observer({ agents, rest: ["insider", 0.5], seed }).observe(who, state, turn).agents.get(whom)![variable];
  const values = [
    look("A", "B", "x"),
    look("A", "B", "x", 6),
    look("A", "B", "x", 5, 2),
    look("C", "B", "x"),
    look("A", "C", "x"),
    look("A", "B", "y"),
  ];
  assertEquals(new Set(values).size, values.length);
  assertEquals(look("A", "B", "x"), values[0]);
});

Deno.test("noise on one value does not depend on which other agents and variables there are", () => {
  const small: VariableDefinitions = { debt: { type: "float", default: 0 } };
  const alone = noisyRecord({ debt: 7 }, small, 0.5).debt;
  assertEquals(noisyRecord({ strength: 1, debt: 7, motto: "", secret: "" }, AGENT_VARS, 0.5).debt, alone);
  const many = stateOf(agentsOf("X", "A", "Y", "B", "Z").map((agent) => ({ ...agent, debt: 7 })));
  assertEquals(observer({ rest: ["insider", 0.5] }).observe("A", many, 5).agents.get("B")!.debt, alone);
  const external = observer({ rest: ["external", 0.5], external: ["debt"] });
  assertEquals(external.observe("A", many, 5).agents.get("B")!.debt, alone, "nor on the level");
});

Deno.test("noise is uniform: mean 0, variance f²/3", () => {
  const agents: VariableDefinitions = { x: { type: "float", default: 0 } };
  const names = Array.from({ length: 5000 }, (_, i) => `a${i}`);
  const state = stateOf(AgentMap.of(names.map((name) => ({ name, x: 1 }))));
  const { records } = observer({ agents, rest: ["insider", 0.3] }).observe("nobody", state, 5).agents;
  const errors = records.map(({ x }) => x - 1);
  const mean = errors.reduce((sum, e) => sum + e, 0) / errors.length;
  const variance = errors.reduce((sum, e) => sum + (e - mean) ** 2, 0) / errors.length;
  assertTrue(errors.every((e) => Math.abs(e) <= 0.3));
  assertNear(mean, 0, 4 * 0.3 / Math.sqrt(3 * 5000));
  assertNear(variance, 0.03, 0.002);
});

Deno.test("noise makes neither NaN nor -0, and keeps whole numbers whole", () => {
  const numbers: VariableDefinitions = {
    x: { type: "float", default: 0 },
    n: { type: "int", default: 0 },
    list: { type: "list", item_type: "float" },
  };
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -1e-320, 1e308));
  const noise = fc.oneof(fc.double({ min: 0, max: 4, noNaN: true }), fc.constantFrom(1, 1e300, Number.MAX_VALUE));
  fc.assert(fc.property(number, fc.maxSafeInteger(), noise, fc.nat(100), (x, n, f, turn) => {
    const seen = noisyRecord({ x, n, list: [x, -x] }, numbers, f, turn);
    for (const value of [seen.x, seen.n, ...seen.list]) {
      assertTrue(Number.isFinite(value) && !Object.is(value, f === 0 ? undefined : -0), `${value}`);
    }
    assertTrue(Number.isSafeInteger(seen.n));
  }));
});

Deno.test("noise on the world is of its own, whatever agents are called", () => {
  const observing = observer({ rest: ["insider", 0.5] });
  const tax = observing.observe("A", ABC, 5).global_state.tax;
  assertTrue(tax !== 0.25 && Math.abs(tax - 0.25) <= 0.125);
  assertEquals(observing.observe("A", stateOf(agentsOf("global", "A")), 5).global_state.tax, tax);
});

// what else a state holds

const GRID = {
  topology: { type: "grid", width: 3, height: 3, connectivity: 4, wrapping: false },
  proximity_radius: null,
  location_attributes: {},
  additional_networks: [],
} as const;

Deno.test("pauses, reasoning and positions of hidden agents are not there", () => {
  const state = ABC.with({
    paused_agents: ["A", "B", "C"],
    auto_resume: { B: 2, C: 3 },
    reasoning_chains: [{ component: "agent", agent_name: "A", prompt: "all about B" }],
    space: Space.create(GRID).move("A", "0,0").move("B", "1,1").move("C", "2,2"),
  });
  const { paused_agents, auto_resume, reasoning_chains, space } = observer({ rows: [["A", "C", "external"]] }).observe(
    "A",
    state,
    5,
  );
  assertEquals(paused_agents, ["A", "C"]);
  assertEquals(auto_resume, { C: 3 });
  assertEquals(reasoning_chains, []);
  assertEquals([...space!.positions()], [["A", "0,0"], ["C", "2,2"]]);
  assertEquals(space!.position("B"), undefined);
  assertEquals(space!.agentsAt("1,1"), []);
});

const COLUMNS: VariableDefinitions = {
  strength: { type: "float", default: 2 },
  debt: { type: "float", default: 3 },
  rank: { type: "int", default: 1000 },
  open: { type: "bool", default: true },
};

function crowd(size: number): PopulationMap {
  return PopulationMap.of([createMembers("crowd", new MemberLayout(COLUMNS), size)]);
}

Deno.test("of a population only the columns are seen that its level shows", () => {
  const state = stateOf(agentsOf("A"), { populations: crowd(5) });
  const look = (setting: Setting, who = "A") =>
    observer({ agents: COLUMNS, external: ["strength", "open"], groups: { crowd: 5 }, ...setting })
      .observe(who, state, 5).populations;
  assertEquals(look({}).names(), []);
  assertTrue(look({ rows: [["A", "crowd", "insider"]] }).get("crowd") === state.populations.get("crowd"));
  assertTrue(look({}, "crowd").get("crowd") === state.populations.get("crowd"), "it sees itself");
  const external = look({ rows: [["A", "crowd", "external"]] }).get("crowd")!;
  assertEquals(external.columns.map(({ name }) => name), ["strength", "open"]);
  assertEquals([...external.column("strength")], [2, 2, 2, 2, 2]);
  assertThrows(() => external.column("debt"));
});

Deno.test("noise on a population is each member's own, and goes with its id", () => {
  const populations = crowd(50);
  const look = (map: PopulationMap) =>
    observer({ agents: COLUMNS, rest: ["insider", 0.25] })
      .observe("A", stateOf(agentsOf("A"), { populations: map }), 5).populations.get("crowd")!;
  const all = look(populations);
  const strength = [...all.column("strength")];
  assertTrue(strength.every((value) => value >= 1.5 && value <= 2.5));
  assertEquals(new Set(strength).size, 50);
  assertTrue([...all.column("rank")].every(Number.isInteger));
  assertTrue([...all.column("open")].every((value) => value === 1));
  const halved = populations.update("crowd", (next) => next.keep(Uint8Array.from({ length: 50 }, (_, i) => i % 2)));
  assertEquals([...look(halved).column("strength")], strength.filter((_, i) => i % 2 === 1));
  assertEquals([...populations.get("crowd")!.column("strength")], new Array(50).fill(2), "what is there stays");
});

// nothing hidden can be reached

/** Keys, texts and numbers that can be reached from `root`, with what methods return that are called with `probes`. */
function reachable(root: unknown, probes: readonly string[]): Set<unknown> {
  const found = new Set<unknown>();
  const visited = new Set<object>();
  const walk = (value: unknown, depth: number, calls: boolean): void => {
    if (typeof value !== "object") found.add(value);
    if (typeof value !== "object" || value === null || visited.has(value) || depth === 0) return;
    visited.add(value);
    const follow = (get: () => unknown, mayCall = calls) => walk(outcome(get), depth - 1, mayCall);
    for (const key of Reflect.ownKeys(value)) {
      found.add(key);
      follow(() => (value as Record<PropertyKey, unknown>)[key]);
    }
    if (Symbol.iterator in value) follow(() => [...value as Iterable<unknown>]);
    follow(() => JSON.stringify(value));
    follow(() => Deno.inspect(value, { depth: 10, showHidden: true, getters: true }));
    follow(() => structuredClone(value), false);
    for (const [get, method] of inherited(value)) {
      if (get) follow(() => get.call(value));
      if (!method || !calls) continue;
      // What a method returns is looked into, but its own methods are not called: there is no end to new spaces.
      follow(() => method.call(value), false);
      for (const probe of probes) {
        follow(() => method.call(value, probe), false);
        follow(() => method.call(value, probe, probes[0]), false);
      }
    }
  };
  walk(root, 6, true);
  return found;
}

/** What `get` returns, or the message it throws: that may tell as much. */
function outcome(get: () => unknown): unknown {
  try {
    return get();
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

// deno-lint-ignore ban-types -- any method
type Member = readonly [get: (() => unknown) | undefined, method: Function | undefined];

/** Getters and methods of the classes of `value`. */
function inherited(value: object): Member[] {
  const members: Member[] = [];
  for (let type = Object.getPrototypeOf(value); type !== null && !isBuiltIn(type); type = Object.getPrototypeOf(type)) {
    for (const [key, { get, value: method }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (key !== "constructor") members.push([get, typeof method === "function" ? method : undefined]);
    }
  }
  return members;
}

/** Classes whose content is found by iterating. */
function isBuiltIn(prototype: object): boolean {
  const types = [Object, Array, Map, Set, Object.getPrototypeOf(Uint8Array)];
  return types.some((type) => type.prototype === prototype || prototype instanceof type && type !== Object);
}

/** Whether any text that was found contains `marker`, or any number is it. */
function holds(found: ReadonlySet<unknown>, marker: string | number): boolean {
  if (typeof marker === "number") return found.has(marker);
  return [...found].some((value) => typeof value !== "number" && String(value).includes(marker));
}

const NAMES = ["agent-ka", "agent-lo", "agent-mi", "agent-nu"] as const;

/** A world in which every text and number is told apart from every other. */
function markedWorld(): SimulationState {
  const record = (name: string, i: number): AgentState => ({
    name,
    strength: 1000.5 + i,
    debt: 2000.5 + i,
    motto: `<motto ${name.slice(-2)}>`,
    secret: `<secret ${name.slice(-2)}>`,
  });
  let space = Space.create(GRID);
  NAMES.forEach((name, i) => space = space.move(name, `${i % 3},${Math.floor(i / 3)}`));
  const columns: VariableDefinitions = {
    strength: { type: "float", default: 0 },
    debt: { type: "float", default: 0 },
  };
  const populations = PopulationMap.of([createMembers("crowd-pop", new MemberLayout(columns), 2)]);
  return new SimulationState({
    turn: 3,
    agents: AgentMap.of(NAMES.map(record)),
    global_state: { tax: 5000.5, plan: "<plan>" },
    paused_agents: [...NAMES],
    auto_resume: Object.fromEntries(NAMES.map((name, i) => [name, i + 1])),
    reasoning_chains: [{ component: "engine", prompt: "<prompt>" }],
    space,
    populations: populations.update("crowd-pop", (next) => {
      next.column("strength").fill(3000.5);
      next.column("debt").fill(4000.5);
    }),
  });
}

Deno.test("nothing that is hidden can be reached from an observation", () => {
  const world = markedWorld();
  const level = fc.constantFrom<VisibilityLevel>("unaware", "external", "insider");
  const targets = [...NAMES, "crowd-pop", "global"];
  const levels = fc.tuple(...targets.map(() => level));
  fc.assert(
    fc.property(levels, fc.constantFrom(0, 0.5), fc.boolean(), (levels, noise, matrix) => {
      const [who] = NAMES;
      // Without a row for itself an agent sees itself in full.
      const rows = targets.slice(matrix ? 0 : 1).map((target, i): Row => [
        who,
        target,
        levels[matrix ? i : i + 1]!,
        noise,
      ]);
      const levelOf = (target: string) =>
        rows.find((row) => row[1] === target)?.[2] ?? (target === who ? "insider" : "unaware");
      const seen = observer({ rows }).observe(who, world, 4);
      const plain = reachable(seen, []);
      const probed = reachable(seen, [...NAMES, "crowd-pop", "strength", "debt", "secret", "plan", "1,0"]);
      assertTrue(!holds(probed, "<prompt>"));
      NAMES.forEach((name, i) => {
        const [isKnown, isInside] = [levelOf(name) !== "unaware", levelOf(name) === "insider"];
        const end = name.slice(-2);
        assertEquals(holds(plain, name), isKnown, `${name} ${levelOf(name)}`);
        assertEquals(holds(probed, `<motto ${end}>`), isKnown);
        assertEquals(holds(probed, `<secret ${end}>`), isInside);
        assertEquals(seen.space!.position(name) !== undefined, isKnown);
        const exact = noise === 0 || (name === who && !matrix);
        assertEquals(holds(probed, 1000.5 + i), isKnown && exact);
        assertEquals(holds(probed, 2000.5 + i), isInside && exact);
      });
      assertEquals(holds(plain, "crowd-pop"), levelOf("crowd-pop") !== "unaware");
      assertEquals(holds(probed, 3000.5), levelOf("crowd-pop") !== "unaware" && noise === 0);
      assertEquals(holds(probed, 4000.5), levelOf("crowd-pop") === "insider" && noise === 0);
      assertEquals(holds(probed, "<plan>"), levelOf("global") === "insider");
      assertEquals(holds(probed, 5000.5), levelOf("global") !== "unaware" && noise === 0);
    }),
    { numRuns: 15 },
  );
});
