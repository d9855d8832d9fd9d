import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import fc from "../tests/support/properties.ts";
import { MemberLayout } from "./member_columns.ts";
import {
  commitPopulations,
  createMembers,
  type Members,
  type MutableMembers,
  PopulationMap,
  populationsProblem,
} from "./members.ts";
import type { VariableDefinitions } from "./variables.ts";

const VARIABLES: VariableDefinitions = {
  wealth: { type: "float", min: 0, max: 100, default: 1 },
  age: { type: "int", min: 0, default: 20 },
  ill: { type: "bool", default: false },
  mood: { type: "categorical", values: ["calm", "angry"], default: "calm" },
};

function populationOf(size: number, variables = VARIABLES): PopulationMap {
  return PopulationMap.of([createMembers("people", new MemberLayout(variables), size)]);
}

function people(populations: PopulationMap): Members {
  return populations.get("people")!;
}

/** Changes `people` and ends the turn. */
function play(populations: PopulationMap, change: (next: MutableMembers) => void): PopulationMap {
  const after = populations.update("people", change);
  commitPopulations(after);
  return after;
}

const entries = (members: Members, column: string) => [...members.column(column)];

Deno.test("members start at their defaults and the entry's values, in columns of the variables' types", () => {
  const layout = new MemberLayout(VARIABLES, [], { wealth: 5, mood: "angry", ill: true });
  const members = createMembers("people", layout, 2);
  assertEquals(members.columns.map(({ name, type }) => `${name} ${type}`), [
    "wealth float",
    "age int",
    "ill bool",
    "mood categorical",
  ]);
  assertEquals(
    ["wealth", "age", "ill", "mood"].map((name) => members.column(name).constructor.name),
    ["Float64Array", "Int32Array", "Uint8Array", "Uint8Array"],
  );
  assertEquals(members.record(1), { name: "people_2", wealth: 5, age: 20, ill: true, mood: "angry" });
  assertEquals([members.size, members.next_id, [...members.ids], members.values("mood")], [2, 2, [0, 1], [
    "calm",
    "angry",
  ]]);
});

Deno.test("update() leaves the map it is called on as it is, several times in a turn too", () => {
  const before = populationOf(3);
  const versions = [before];
  for (let i = 1; i <= 6; i++) {
    versions.push(versions.at(-1)!.update("people", (next) => void next.column("wealth").fill(i * 10)));
  }
  assertEquals(versions.map((each) => people(each).column("wealth")[0]), [1, 10, 20, 30, 40, 50, 60]);
  const other = before.update("people", (next) => next.column("wealth")[0] = 7);
  assertEquals([entries(people(other), "wealth"), entries(people(before), "wealth")], [[7, 1, 1], [1, 1, 1]]);
});

Deno.test("update() without any change gives the very same map", () => {
  const before = populationOf(3);
  assertTrue(before.update("people", (next) => void next.ids) === before);
});

Deno.test("update() copies only the columns that are asked for", () => {
  const before = populationOf(3);
  const after = before.update("people", (next) => next.column("wealth")[0] = 2);
  assertTrue(people(after).column("age") === people(before).column("age"));
  assertTrue(people(after).column("wealth") !== people(before).column("wealth"));
});

Deno.test("two sets of arrays take turns: nothing is allocated from turn to turn", () => {
  let populations = populationOf(4);
  const arrays = new Set<unknown>([people(populations).column("wealth")]);
  for (let turn = 1; turn <= 20; turn++) {
    populations = play(populations, (next) => next.column("wealth")[0] = turn);
    arrays.add(people(populations).column("wealth"));
    assertEquals(entries(people(populations), "wealth"), [turn, 1, 1, 1]);
  }
  assertTrue(arrays.size <= 3, `${arrays.size} arrays`);
});

Deno.test("members of a turn that is over throw when they are read, instead of showing another turn", () => {
  const first = populationOf(2);
  const second = play(first, (next) => next.column("wealth")[0] = 5);
  const dropped = second.update("people", (next) => next.column("wealth")[0] = 6);
  const third = play(second, (next) => next.column("wealth")[0] = 7);
  assertEquals(people(third).column("wealth")[0], 7);
  for (const old of [first, second, dropped]) {
    assertMatches(assertThrows(() => people(old).column("wealth")).message, /are of an earlier turn/);
  }
});

Deno.test("a turn that fails leaves the state before it untouched", () => {
  let populations = play(populationOf(2), (next) => next.column("wealth")[0] = 5);
  for (let attempt = 0; attempt < 5; attempt++) {
    assertThrows(() =>
      populations.update("people", (next) => {
        next.column("wealth").fill(99);
        next.keep([1, 0]);
        throw new Error("fails");
      })
    );
    assertEquals(entries(people(populations), "wealth"), [5, 1]);
  }
  populations = play(populations, (next) => next.column("wealth")[1] = 6);
  assertEquals(entries(people(populations), "wealth"), [5, 6]);
});

Deno.test("an entry that its variable does not allow is refused with population, member, variable and value", () => {
  const cases: [string, number, RegExp][] = [
    ["wealth", -1, /^populations\.people: member 2: wealth: -1 is below min 0$/],
    ["wealth", 100.5, /member 2: wealth: 100.5 is above max 100$/],
    ["wealth", NaN, /member 2: wealth: expected a finite number, found NaN$/],
    ["wealth", Infinity, /member 2: wealth: expected a finite number, found Infinity$/],
    ["age", -3, /member 2: age: -3 is below min 0$/],
    ["ill", 2, /member 2: ill: expected 0 \(false\) or 1 \(true\), found 2$/],
    ["mood", 2, /member 2: mood: expected a code from 0 to 1, found 2$/],
  ];
  const before = populationOf(3).update("people", (next) => next.keep([0, 1, 1]));
  for (const [column, entry, message] of cases) {
    const error = assertThrows(() => before.update("people", (next) => next.column(column)[1] = entry), "bad_state");
    assertMatches(error.message, message);
  }
});

Deno.test("-0 becomes 0, as in the records of agents", () => {
  const after = populationOf(2).update("people", (next) => next.column("wealth").fill(-0));
  assertEquals(entries(people(after), "wealth").map((value) => Object.is(value, 0)), [true, true]);
});

Deno.test("keep() and append() keep every member's entries, and no id is given twice", () => {
  let populations = populationOf(4);
  populations = play(populations, (next) => {
    next.column("wealth").set([10, 11, 12, 13]);
    next.keep([1, 0, 1, 0]);
    const first = next.append(2, { wealth: 50, mood: "angry" });
    assertEquals([first, next.size, next.next_id], [2, 4, 6]);
    next.column("age")[first] = 1;
  });
  const members = people(populations);
  assertEquals([[...members.ids], entries(members, "wealth"), entries(members, "age"), entries(members, "mood")], [
    [0, 2, 4, 5],
    [10, 12, 50, 50],
    [20, 20, 1, 20],
    [0, 0, 1, 1],
  ]);
  assertEquals([0, 1, 2, 3, 4, 5, 6].map((id) => members.indexOf(id)), [0, -1, 1, -1, 2, 3, -1]);
});

Deno.test("append() refuses what does not fit, and more members than there may be", () => {
  const append = (count: number, fill = {}) => () =>
    populationOf(2).update("people", (next) => void next.append(count, fill));
  assertMatches(assertThrows(append(1, { wealth: -1 }), "bad_column").message, /wealth: -1 is below min 0/);
  assertMatches(assertThrows(append(1, { welth: 1 })).message, /no column 'welth': did you mean 'wealth'/);
  assertThrows(append(-1));
  assertThrows(append(0.5));
  assertThrows(append(1_000_000), "population_too_large");
});

Deno.test("keep() and columns want an entry per member", () => {
  const before = populationOf(3);
  assertMatches(
    assertThrows(() => before.update("people", (next) => next.keep([1, 0]))).message,
    /2 entries for 3 members/,
  );
});

Deno.test("members cannot be changed by an asynchronous function, nor after the change", () => {
  const before = populationOf(2);
  let late: MutableMembers | undefined;
  before.update("people", (next) => {
    late = next;
  });
  assertMatches(assertThrows(() => late!.column("wealth")).message, /the change of population 'people' is over/);
  assertThrows(() => late!.append(1));
  const promised: (next: MutableMembers) => void = () => Promise.resolve();
  assertThrows(() => before.update("people", promised), "bad_population");
});

Deno.test("unknown populations and columns are named with a suggestion", () => {
  const populations = populationOf(1);
  assertMatches(assertThrows(() => populations.update("peple", () => {})).message, /did you mean 'people'/);
  assertMatches(assertThrows(() => people(populations).column("welth")).message, /did you mean 'wealth'/);
  assertThrows(() => people(populations).values("wealth"));
});

Deno.test("restrictedTo() shows the named columns only, and cannot be changed", () => {
  const populations = populationOf(2);
  const seen = populations.restrictedTo((members) => members.restrictedTo(["wealth", "nothing"]));
  assertEquals(people(seen).columns.map(({ name }) => name), ["wealth"]);
  assertEquals(people(seen).record(0), { name: "people_1", wealth: 1 });
  assertThrows(() => people(seen).column("age"));
  assertThrows(() => seen.update("people", () => {}), "bad_population");
  assertEquals(populations.restrictedTo(() => null).size, 0);
  const blurred = people(populations).restrictedTo(["wealth"], new Map([["wealth", Float64Array.of(2, 3)]]));
  assertEquals([entries(blurred, "wealth"), entries(people(populations), "wealth")], [[2, 3], [1, 1]]);
  assertThrows(() => people(populations).restrictedTo(["wealth"], new Map([["wealth", Float64Array.of(2)]])));
});

Deno.test("populationsProblem() lets pass what update() made in this turn, and nothing else", () => {
  const before = populationOf(2);
  const after = before.update("people", (next) => next.column("wealth")[0] = 2);
  assertEquals([populationsProblem(before, before), populationsProblem(after, before)], [null, null]);
  assertMatches(populationsProblem(PopulationMap.of([]), before)!, /populations none instead of people/);
  assertMatches(populationsProblem({}, before)!, /no PopulationMap/);
  const foreign = [populationOf(2), before.restrictedTo((members) => members.restrictedTo(["wealth"]))];
  for (const other of foreign) assertMatches(populationsProblem(other, before)!, /was not made by populations.update/);
  const next = play(after, (next) => next.column("wealth")[0] = 3);
  assertMatches(populationsProblem(after, next)!, /was not made by populations.update\(\) in this turn/);
});

/** What a population does in one turn, on plain lists. */
interface Step {
  readonly keep: readonly boolean[];
  readonly append: number;
  readonly write: boolean;
  readonly commit: boolean;
}

Deno.test("whatever is written, removed and added in whatever turns, columns are as plain lists would be", () => {
  const step: fc.Arbitrary<Step> = fc.record({
    keep: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    append: fc.integer({ min: 0, max: 5 }),
    write: fc.boolean(),
    commit: fc.boolean(),
  });
  fc.assert(fc.property(fc.integer({ min: 0, max: 6 }), fc.array(step, { maxLength: 12 }), (size, steps) => {
    let populations = populationOf(size);
    let model = Array.from({ length: size }, (_, id) => ({ id, wealth: 1, age: 20 }));
    let nextId = size;
    for (const [turn, { keep, append, write, commit }] of steps.entries()) {
      const before = people(populations);
      const seen = JSON.stringify([[...before.ids], entries(before, "wealth"), entries(before, "age")]);
      const after = populations.update("people", (next) => {
        if (write) { for (let i = 0; i < next.size; i++) next.column("wealth")[i] = turn + i; }
        if (write) model = model.map((each, i) => ({ ...each, wealth: turn + i }));
        const mask = Array.from({ length: next.size }, (_, i) => keep[i % keep.length] ? 1 : 0);
        next.keep(mask);
        model = model.filter((_, i) => mask[i] === 1);
        next.append(append, { age: turn });
        for (let i = 0; i < append; i++) model.push({ id: nextId++, wealth: 1, age: turn });
      });
      assertEquals(JSON.stringify([[...before.ids], entries(before, "wealth"), entries(before, "age")]), seen);
      populations = after;
      if (commit) commitPopulations(populations);
      const members = people(populations);
      assertEquals([...members.ids], model.map(({ id }) => id));
      assertEquals(entries(members, "wealth"), model.map(({ wealth }) => wealth));
      assertEquals(entries(members, "age"), model.map(({ age }) => age));
      assertEquals([members.size, members.next_id], [model.length, nextId]);
    }
  }));
});
