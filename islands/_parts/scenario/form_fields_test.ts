import type { Json } from "../../../framework/mod.ts";
import { scenarioJsonSchema } from "../../../framework/scenario/mod.ts";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { entriesOf, type Field, fieldsOf, newEntry } from "./form_fields.ts";
import type { Schema } from "./schema.ts";

const ROOT = scenarioJsonSchema() as Schema;

const OWN: Json = {
  extends: "base.yaml",
  simulation: { name: "mine", description: "two\nlines", max_turns: null },
  unheard: 5,
};
const WHOLE: Json = {
  simulation: { name: "mine", description: "two\nlines", max_turns: 10, seed: 3 },
  agents: [{ name: "Ann", type: "trader", strategy: "grow" }],
  unheard: 5,
};

const top = fieldsOf({ root: ROOT, schema: ROOT, path: [], own: OWN, value: WHOLE });
const named = (fields: readonly Field[], key: string | number) => fields.find((field) => field.key === key)!;
const inside = (field: Field) =>
  fieldsOf({ root: ROOT, schema: field.schema, path: field.path, own: field.own, value: field.value });

Deno.test("fields stand in the schema's order, then what else is written", () => {
  const keys = top.map(({ key }) => key);
  assertEquals(keys.slice(0, 3), ["extends", "domain", "simulation"]);
  assertEquals([keys.at(-1), named(top, "unheard").control], ["unheard", "number"]);
});

Deno.test("a field knows what its file says, what holds, and what it may be", () => {
  const simulation = inside(named(top, "simulation"));
  const seed = named(simulation, "seed");
  assertEquals([seed.control, seed.own, seed.value, seed.isWhole, seed.min], ["number", undefined, 3, true, null]);
  assertEquals([seed.path, seed.mayBeNull, named(simulation, "max_turns").mayBeNull], [
    ["simulation", "seed"],
    true,
    false,
  ]);
  assertEquals(named(simulation, "schedule").control, "choice");
  assertEquals(named(simulation, "max_turns").min, 1);
  // A field has one line.
  assertEquals(named(simulation, "description").control, "code");
  assertEquals(named(simulation, "termination").control, "group");
  assertEquals(named(inside(named(simulation, "termination")), "when").control, "code");
});

Deno.test("what stands there is shown, also where the schema has none of it", () => {
  const own: Json = { simulation: { max_turns: "many", name: [1] }, observability: { enabled: "yes" } };
  const fields = fieldsOf({ root: ROOT, schema: ROOT, path: [], own, value: own });
  const simulation = inside(named(fields, "simulation"));
  assertEquals(["max_turns", "name"].map((key) => named(simulation, key).control), ["code", "code"]);
  assertEquals(named(inside(named(fields, "observability")), "enabled").control, "code");
});

Deno.test("entries of a list, those that other files write too; what is legacy is offered only where it is used", () => {
  const agents = named(top, "agents");
  assertEquals([agents.control, agents.own], ["list", undefined]);
  const [ann] = entriesOf({
    root: ROOT,
    schema: agents.schema,
    path: agents.path,
    own: agents.own,
    value: agents.value,
  });
  assertEquals([ann!.path, ann!.control], [["agents", 0], "group"]);
  const keys = inside(ann!).map(({ key }) => key);
  assertTrue(keys.includes("strategy") && !keys.includes("initial_economic_strength"));
});

Deno.test("a new entry has what it must have, and a name of its own", () => {
  assertEquals(newEntry(ROOT, named(top, "agents").schema, ["Ann"]), { name: "new_2", type: "" });
  assertEquals(newEntry(ROOT, named(top, "agents").schema, ["new_2"]), { name: "new_3", type: "" });
  assertEquals(newEntry(ROOT, null, []), {});
});
