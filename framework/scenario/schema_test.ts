import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import type { JsonObject } from "../json.ts";
import { expectationAt, keysAt, openKeysAt } from "./expectation.ts";
import { scenarioJsonSchema } from "./schema.ts";

Deno.test("the JSON Schema knows every section and refuses other keys", () => {
  const schema = scenarioJsonSchema();
  assertEquals(schema.type, "object");
  assertEquals(schema.additionalProperties, false);
  const instead = (schema.if as { anyOf: JsonObject[] }).anyOf.map(({ required }) => required);
  assertEquals([schema.required, instead, (schema.else as JsonObject).required], [
    undefined,
    [["extends"], ["conversation"]],
    ["simulation", "engine", "validator", "agents"],
  ]);
  for (
    const section of ["domain", "state_variables", "metrics", "limits", "memory", "events", "spatial", "conversation"]
  ) {
    assertTrue(Object.hasOwn(schema.properties as JsonObject, section), section);
  }
  assertEquals(JSON.parse(JSON.stringify(schema)), schema, "plain JSON");
});

Deno.test("expectations are told in words", () => {
  assertEquals(expectationAt(["simulation", "max_turns"]), "an integer ≥ 1");
  assertEquals(expectationAt(["simulation", "turn_timeout"]), "a number > 0 and ≤ 86400");
  assertEquals(expectationAt(["simulation", "seed"]), "an integer");
  assertEquals(expectationAt(["limits", "max_fallback_share"]), "a number from 0 to 1");
  assertEquals(expectationAt(["agents", 3, "on_error"]), "one of fail, retry, skip, fallback");
  assertEquals(expectationAt(["metrics", "agents"]), "one of all, none or a list");
  assertEquals(expectationAt(["observability", "enabled"]), "true or false");
  assertEquals(expectationAt(["observability", "matrix", 0]), "a list [observer, target, level, noise] or a map");
  assertEquals(expectationAt(["interventions", 0, "at"]), "an integer ≥ 1 or a list of at least 1");
});

Deno.test("keys are those of the schema, narrowed by the type of the value", () => {
  assertEquals(keysAt(["events"]), ["verbosity"]);
  assertEquals(keysAt(["spatial", "topology"], { spatial: { topology: { type: "hex_grid" } } }), [
    "type",
    "radius",
    "coord_system",
  ]);
  assertTrue(
    keysAt(["state_variables", "agent_vars", "x", "item_type"]).includes("max_length"),
    "recursive definitions",
  );
});

Deno.test("maps are open to any keys, to keys of one kind, or closed", () => {
  assertEquals(openKeysAt(["engine", "config"]), "any");
  assertEquals(openKeysAt(["agents", 0, "config", "deep"]), "any");
  assertEquals(openKeysAt(["state_variables", "agent_vars"]), "typed");
  assertEquals(openKeysAt(["simulation"]), "none");
});
