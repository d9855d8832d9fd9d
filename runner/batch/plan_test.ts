import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { assertPlayable, cellName, cellsOf, columnNames, firstBlock, membersOf, runCount, telling } from "./plan.ts";
import type { BatchSpec } from "./spec.ts";

const values = (path: string, list: number[]) => ({ path, values: list });

Deno.test("cellsOf: every combination in every arm, later settings after earlier ones", () => {
  const cells = cellsOf({
    scenario: "a.yaml",
    set: { "simulation.max_turns": 5 },
    arms: { base: {}, tight: { set: { "engine.rate": 1 } }, other: { scenario: "b.yaml" } },
    grid: { x: values("p.x", [1, 2]), y: values("p.y", [3]) },
  });
  assertEquals(cells.map(({ index }) => index), [0, 1, 2, 3, 4, 5]);
  assertEquals(cells.map(cellName), [
    "base, x 1, y 3",
    "base, x 2, y 3",
    "tight, x 1, y 3",
    "tight, x 2, y 3",
    "other, x 1, y 3",
    "other, x 2, y 3",
  ]);
  assertEquals(cells[3]!.set, [
    { path: "simulation.max_turns", value: 5 },
    { path: "engine.rate", value: 1 },
    { path: "p.x", value: 2 },
    { path: "p.y", value: 3 },
  ]);
  assertEquals(cells.map(({ scenario }) => scenario), ["a.yaml", "a.yaml", "a.yaml", "a.yaml", "b.yaml", "b.yaml"]);
});

Deno.test("cellsOf: steps are as many decimals as they are written with, and reach the end", () => {
  const steps = (from: number, to: number, step: number) =>
    cellsOf({ scenario: "a", grid: { x: { path: "x", from, to, step } } }).map(({ params }) => params.x);
  assertEquals(steps(0, 0.5, 0.1), [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  assertEquals(steps(1, 0, -0.25), [1, 0.75, 0.5, 0.25, 0]);
  assertEquals(steps(0, 1, 0.4), [0, 0.4, 0.8]);
  assertEquals(steps(2, 2, 1), [2]);
  for (const [from, to, step] of [[0, 1, -0.1], [0, 1, 0], [1, 0, 0.1]] as const) {
    const error = assertThrows(() => steps(from, to, step), "bad_grid");
    assertMatches(error.message, new RegExp(`from ${from} to ${to} by ${step}`));
  }
});

Deno.test("cellsOf: 10^9 combinations are refused with their number, at once", () => {
  const grid = Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, { path: name, from: 1, to: 1000, step: 1 }]),
  );
  const began = performance.now();
  const error = assertThrows(() => cellsOf({ scenario: "a", grid }), "too_many_runs");
  assertMatches(error.message, /that is 1,000,000,000 combinations; a batch has at most 100,000 runs/);
  assertThrows(
    () => cellsOf({ scenario: "a", grid: { a: { path: "a", from: 0, to: 1e9, step: 1 } } }),
    "too_many_runs",
  );
  assertTrue(performance.now() - began < 100, "nothing was made of them");
});

Deno.test("cellsOf: arms and combinations that come to the same are refused by their names", () => {
  const same = (spec: BatchSpec, message: RegExp) =>
    assertMatches(assertThrows(() => cellsOf(spec), "same_arms").message, message);
  same({ scenario: "a", arms: { one: { set: { x: 1 } }, two: { set: { x: 1 } } } }, /one and two are the same/);
  same({ scenario: "a", arms: { one: {}, two: { scenario: "a" } } }, /one and two/);
  same({ scenario: "a", grid: { x: values("x", [1, 2, 1]) } }, /x 1 and x 1/);
  // The grid comes after the arm and takes the difference away.
  same(
    { scenario: "a", arms: { one: { set: { x: 1 } }, two: { set: { x: 2 } } }, grid: { x: values("x", [3]) } },
    /one, x 3/,
  );
  same({ scenario: "a", list: [{ x: 1, y: 2 }, { y: 2, x: 1 }] }, /are the same/);
});

Deno.test("cellsOf: what is drawn depends on the seed of the drawing and the parameter's name alone", () => {
  const params = {
    rate: { path: "r", uniform: [0, 1] as [number, number] },
    shock: { path: "s", normal: [2, 0.5] as [number, number] },
    who: { path: "w", choice: ["a", "b", "c"] },
  };
  const drawn = (more: object) =>
    cellsOf({ scenario: "a", random: { n: 50, params, ...more } }).map((cell) => cell.params);
  assertEquals(drawn({}), drawn({ seed: 1 }));
  assertTrue(JSON.stringify(drawn({})) !== JSON.stringify(drawn({ seed: 2 })));
  const rates = cellsOf({ scenario: "a", random: { n: 50, params: { rate: params.rate } } }).map((cell) =>
    cell.params.rate
  );
  assertEquals(rates, drawn({}).map(({ rate }) => rate));
  assertTrue(rates.every((rate) => Number(rate) >= 0 && Number(rate) < 1));
  assertEquals(new Set(drawn({}).map(({ who }) => who)), new Set(["a", "b", "c"]));
});

Deno.test("cellsOf: a list keeps all its paths, also where their last words are the same", () => {
  const [cell] = cellsOf({ scenario: "a", list: [{ "agents.A.rate": 1, "agents.B.rate": 2, "engine.x": 3 }] });
  assertEquals(cell!.params, { "A.rate": 1, "B.rate": 2, x: 3 });
  assertEquals(cell!.set.map(({ path }) => path), ["agents.A.rate", "agents.B.rate", "engine.x"]);
});

Deno.test("columnNames: last words, and as many as tell paths apart; always names", () => {
  assertEquals(columnNames(["engine.rate", "agents.A.rate", "turns"]), ["engine.rate", "A.rate", "turns"]);
  assertEquals(columnNames(["a.1", "b.two words"]), ["_1", "two_words"]);
});

Deno.test("membersOf: seed by seed through all cells, numbered without gaps; an extension comes last", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 6 }),
    fc.array(fc.tuple(fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 3 })), {
      minLength: 1,
      maxLength: 3,
    }),
    (count, stretches) => {
      const cells = cellsOf({ scenario: "a", grid: { x: values("x", Array.from({ length: count }, (_, i) => i)) } });
      const blocks = stretches.map(([seeds, samples]) => ({ seeds, samples }));
      const members = [...membersOf(cells, blocks)];
      assertEquals(members.length, runCount(cells, blocks));
      assertEquals(members.map(({ n }) => n), members.map((_, i) => i));
      assertEquals(members.map(({ cell }) => cell), members.map((_, i) => i % count));
      // What was there before keeps its numbers.
      const before = [...membersOf(cells, blocks.slice(0, -1))];
      assertEquals(members.slice(0, before.length), before);
    },
  ));
});

Deno.test("assertPlayable: too many runs are refused with their number", () => {
  const spec: BatchSpec = { scenario: "a", grid: { x: values("x", [1, 2, 3]) }, seeds: "1..1000", samples: 50 };
  const error = assertThrows(() => assertPlayable(cellsOf(spec), [firstBlock(spec)]), "too_many_runs");
  assertMatches(error.message, /that is 150,000 runs/);
  assertEquals(firstBlock({ scenario: "a" }), { seeds: [null], samples: 1 });
});

Deno.test("telling: every arm and every value once; of many numbers the ends, whole ones and others apart", () => {
  const cells = cellsOf({
    scenario: "a",
    arms: { one: {}, two: { set: { z: 1 } } },
    grid: { x: values("x", [1, 2, 3]), y: { path: "y", values: ["a", null, true] } },
  });
  const chosen = telling(cells);
  assertTrue(chosen.length < cells.length);
  const of = (read: (cell: typeof cells[number]) => unknown) => new Set(chosen.map(read));
  assertEquals(of(({ arm }) => arm), new Set(["one", "two"]));
  assertEquals(of(({ params }) => params.x), new Set([1, 2, 3]));
  assertEquals(of(({ params }) => params.y), new Set(["a", null, true]));
  const steps = cellsOf({ scenario: "a", grid: { x: { path: "x", from: -5, to: 300, step: 0.5 } } });
  assertEquals(telling(steps).map(({ params }) => params.x), [-5, -4.5, 299.5, 300]);
  const drawn = cellsOf({ scenario: "a", random: { n: 1000, params: { x: { path: "x", uniform: [0, 1] } } } });
  assertEquals(telling(drawn).length, 3, "the first one, for the arm, and the ends");
});
