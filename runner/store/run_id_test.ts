import fc from "../../tests/support/properties.ts";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { isRunId, runId } from "./run_id.ts";

const AT = new Date("2026-11-22T03:04:05.678Z");

Deno.test("runId: name, agents, UTC second and a number of two digits or more", () => {
  assertEquals(runId("growth", 4, AT, 1), "growth_4agents_20261122_030405_01");
  assertEquals(runId("growth", 10000, AT, 100), "growth_10000agents_20261122_030405_100");
});

Deno.test("runId: what is no letter, digit, dot, underscore or hyphen becomes an underscore, leading dots too", () => {
  const name = (given: string) => runId(given, 1, AT, 1).replace("_1agents_20261122_030405_01", "");
  assertEquals(
    ["a b", "../../etc", "Zürich/é", "..", ".hidden", "a.b-c_d", "", "名前", "a\n\0b"].map(name),
    ["a_b", "___.._etc", "Z_rich__", "__", "_hidden", "a.b-c_d", "_", "__", "a__b"],
  );
});

Deno.test("runId: any name gives an id that is one visible path segment", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.nat(1e6),
      fc.integer({ min: 1, max: 999 }),
      (name, agents, n) => {
        const id = runId(name, agents, AT, n);
        assertTrue(isRunId(id), id);
      },
    ),
  );
});

Deno.test("isRunId: refuses paths, hidden names and what is too long", () => {
  for (const bad of ["", ".", "..", ".replay", "a/b", "a\\b", "a b", "ä", "a\0", "x".repeat(201)]) {
    assertEquals(isRunId(bad), false, JSON.stringify(bad));
  }
});
