import { SimError } from "../../framework/mod.ts";
import { assertEquals, assertMatches, assertThrows } from "../../tests/support/assert.ts";
import { readBatchFile, readBatchSpec, readSeeds } from "./spec.ts";

/** The issue of a batch file that is refused. */
function refused(text: string, find?: (reference: string) => string) {
  const error = assertThrows(() => readBatchFile(text, "my/sweep.yaml", find)) as SimError;
  const [issue] = error.issues;
  return { code: issue!.code, line: issue!.line, message: issue!.message, hint: issue!.hint ?? "" };
}

Deno.test("readBatchFile: scenarios are named from the file, also those of arms; scenarios in place stay", () => {
  const text = `batch:
  scenario: growth.yaml
  arms:
    a: { scenario: other.yaml }
    b: { set: { x: 1 } }
    c: { scenario: { domain: economic } }
`;
  const { scenario, arms } = readBatchFile(text, "my/sweep.yaml", (reference) => `my/${reference}`);
  assertEquals(scenario, "my/growth.yaml");
  assertEquals(Object.values(arms!).map((arm) => arm.scenario), ["my/other.yaml", undefined, { domain: "economic" }]);
});

Deno.test("readBatchFile: a scenario that cannot be found is refused at its place", () => {
  const text = "batch:\n  arms:\n    a:\n      scenario: gone.yaml\n";
  const { code, line, message } = refused(text, (reference) => {
    throw new SimError("missing_file", `there is no file '${reference}'`);
  });
  assertEquals([code, line], ["missing_file", 4]);
  assertMatches(message, /'gone\.yaml'/);
});

const REFUSED: readonly (readonly [what: string, text: string, code: string, line: number, message: RegExp])[] = [
  ["no batch at all", "simulation: { name: x }\n", "no_batch", 0, /no section 'batch'/],
  ["a scenario's section beside it", "batch: { scenario: a.yaml }\nsimulation: {}\n", "unknown_key", 2, /'simulation'/],
  ["an unknown key", "batch:\n  scenario: a.yaml\n  sedes: 1..8\n", "invalid_value", 1, /sedes/],
  ["no scenario", "batch:\n  seeds: 1..8\n", "missing_key", 1, /names no scenario/],
  [
    "an arm without a scenario",
    "batch:\n  arms: { a: {}, b: { scenario: b.yaml } }\n",
    "missing_key",
    1,
    /no scenario/,
  ],
  ["no arms", "batch:\n  scenario: a.yaml\n  arms: {}\n", "empty_grid", 3, /no arm/],
  ["an empty grid", "batch:\n  scenario: a.yaml\n  grid: {}\n", "empty_grid", 3, /varies nothing/],
  [
    "nothing to draw",
    "batch:\n  scenario: a.yaml\n  random: { n: 3, params: {} }\n",
    "empty_grid",
    3,
    /varies nothing/,
  ],
  [
    "a parameter without values",
    "batch:\n  scenario: a.yaml\n  grid:\n    x: { path: a.b, values: [] }\n",
    "invalid_value",
    4,
    /x/,
  ],
  [
    "two ways of varying",
    "batch:\n  scenario: a.yaml\n  grid: { x: { path: a, values: [1] } }\n  list: [{ a: 1 }]\n",
    "ambiguous_batch",
    4,
    /grid and list/,
  ],
];

for (const [what, text, code, line, message] of REFUSED) {
  Deno.test(`readBatchFile: ${what} is refused with ${code}`, () => {
    const found = refused(text);
    assertEquals(found.code, code, found.message);
    if (line > 0) assertEquals(found.line, line, found.message);
    assertMatches(found.message, message);
  });
}

Deno.test("readBatchSpec: what is not a batch is refused with all that is wrong", () => {
  const error = assertThrows(() => readBatchSpec({ scenario: "", samples: 0, limits: { parallel: 0 } })) as SimError;
  assertEquals(error.issues.length, 3);
});

Deno.test("readSeeds: ranges and lists, in the order in which they are written", () => {
  assertEquals(readSeeds("1..3, 9,7..8"), [1, 2, 3, 9, 7, 8]);
  assertEquals(readSeeds([5, 2]), [5, 2]);
});

Deno.test("readSeeds: a seed that is named twice, and what is no seed, are refused", () => {
  assertMatches(assertThrows(() => readSeeds("1..5,3"), "repeated_seed").message, /seed 3 is named twice/);
  assertThrows(() => readSeeds([1, 1]), "repeated_seed");
  for (const bad of ["", "5..1", "1..", "-1", "1.5", "x", "1..9999999999999999"]) {
    assertThrows(() => readSeeds(bad), "bad_seeds");
  }
});

Deno.test("readSeeds: more seeds than a batch may have are counted, and refused before any of them is made", () => {
  const message = (written: string) => assertThrows(() => readSeeds(written), "too_many_runs").message;
  assertMatches(message("0..999999999999"), /1,000,000,000,000 seeds/);
  const ranges = Array.from({ length: 2000 }, (_, i) => `${i * 100_000}..${i * 100_000 + 99_999}`);
  assertMatches(message(ranges.join(",")), /200,000,000 seeds/);
});
