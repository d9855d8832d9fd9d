import { assertEquals } from "../../tests/support/assert.ts";
import { freePath, namedFor } from "./notebook_names.ts";

Deno.test("a notebook is named for what it is made of", () => {
  assertEquals(namedFor({ scenario: "economic/scenarios/growth.yaml" }), "economic/growth.md");
  assertEquals(namedFor({ run: "growth_1" }), "runs/growth_1.md");
  assertEquals(namedFor({ starter: "sweep" }), "sweep_a_parameter.md");
  assertEquals(namedFor({}), "untitled.md");
});

Deno.test("a name that is taken gets a number", () => {
  assertEquals(freePath("a.md", new Set()), "a.md");
  assertEquals(freePath("a", new Set(["A.md", "a_2.md"])), "a_3.md");
});
