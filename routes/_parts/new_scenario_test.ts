import { assertEquals } from "../../tests/support/assert.ts";
import { fileName, freeName } from "./new_scenario.ts";

Deno.test("fileName: the ending is added where it is missing", () => {
  assertEquals(["a", " b.yaml", "c.yml", "d.json"].map(fileName), ["a.yaml", "b.yaml", "c.yml", "d.json.yaml"]);
});

Deno.test("freeName: a name that is taken gets a number, whatever its case and folder", () => {
  assertEquals(freeName("a", ["b.yaml"]), "a.yaml");
  assertEquals(freeName("a", ["A.yaml", "scenarios/a_2.yaml"]), "a_3.yaml");
});
