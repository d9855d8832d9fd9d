import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { Json } from "../json.ts";
import type { ActionCatalogue, ParameterType } from "./catalogue.ts";
import { readAction } from "./normalise.ts";
import { PLAN_ACTIONS } from "./plan_catalogue.ts";

const TYPES = ["string", "text", "integer", "number", "boolean", "date", "id", "list", "object"] as const;

const catalogue: ActionCatalogue = {
  book_flight: {
    kind: "travel",
    description: "Book a flight.",
    mutating: true,
    parameters: {
      ...Object.fromEntries(TYPES.map((type) => [type, { type, description: "" }])),
      cabin: { type: "string", description: "", enum: ["economy", "business"] },
      ids: { type: "list", items: "id", description: "" },
    },
  },
};

function value(parameter: ParameterType | "cabin" | "ids", written: unknown): unknown {
  const read = readAction({ name: "book_flight", parameters: { [parameter]: written } }, catalogue);
  return "action" in read ? read.action.parameters[parameter] : read.problem;
}

function problem(name: string, parameters: unknown = {}): string {
  const read = readAction({ name, parameters }, PLAN_ACTIONS);
  assertTrue("problem" in read);
  return `${read.code}: ${read.problem}`;
}

Deno.test("readAction - fills the kind in, drops unknown and null parameters, keeps the catalogue's order", () => {
  const written = {
    kind: "wrong",
    name: " create_task ",
    parameters: { colour: 1, parent_id: "2", name: " Beta ", instruction: null },
  };
  assertEquals(readAction(written, PLAN_ACTIONS), {
    action: { kind: "task_operation", name: "create_task", parameters: { name: "Beta", parent_id: 2 } },
  });
  assertEquals(readAction({ name: "help" }, PLAN_ACTIONS), {
    action: { kind: "system_operation", name: "help", parameters: {} },
  });
});

Deno.test("readAction - keeps or refuses parameters that the action does not have, where that is asked for", () => {
  const written = { name: "delete_task", parameters: { dry_run: "yes", task_id: "#3", nothing: null } };
  const kept = readAction(written, PLAN_ACTIONS, { unknown: "keep" });
  assertEquals(kept, {
    action: { kind: "task_operation", name: "delete_task", parameters: { task_id: 3, dry_run: "yes" } },
  });
  assertTrue("action" in kept);
  assertEquals(readAction(kept.action, PLAN_ACTIONS, { unknown: "keep" }), kept);
  assertEquals(readAction(written, PLAN_ACTIONS, { unknown: "refuse" }), {
    code: "bad_parameter",
    problem: 'delete_task: there is no parameter "dry_run"; valid: task_id',
  });
});

Deno.test("readAction - reads values as their types", () => {
  for (const id of ["3", "#3", 3, " 3 ", 3.0]) assertEquals(value("id", id), 3);
  assertEquals(value("id", " A-7 "), "A-7");
  assertEquals(value("id", "007"), "007");
  assertEquals(value("ids", '["#1", 2, "x"]'), [1, 2, "x"]);
  assertEquals([value("integer", "+4"), value("integer", 4.0), value("number", "2.5e1"), value("number", -0)], [
    4,
    4,
    25,
    0,
  ]);
  assertEquals(["true", "1", "YES", "y", 1, true].map((word) => value("boolean", word)), Array(6).fill(true));
  assertEquals(["false", "0", "no", "N", 0, false].map((word) => value("boolean", word)), Array(6).fill(false));
  assertEquals([value("string", 12), value("text", " as is ")], ["12", " as is "]);
  assertEquals([value("date", "2026/3/9"), value("date", "2026-03-09T10:00:00Z")], [
    "2026-03-09",
    "2026-03-09T10:00:00Z",
  ]);
  assertEquals(value("object", '{"a":[1]}'), { a: [1] });
  assertEquals(value("cabin", "economy"), "economy");
});

Deno.test("readAction - says of a value that is none what was expected and what was found", () => {
  assertEquals(value("integer", "many"), `book_flight: parameter 'integer' must be an integer; found "many"`);
  assertEquals(value("integer", 2.5), "book_flight: parameter 'integer' must be an integer; found 2.5");
  for (
    const [type, written] of [["number", true], ["boolean", "maybe"], ["id", 1.5], ["list", "a, b"], ["object", []], [
      "string",
      " ",
    ]] as const
  ) {
    assertMatches(String(value(type, written)), new RegExp(`parameter '${type}' must be an? |must be true`));
  }
  assertMatches(String(value("date", "2026-02-30")), /must be a date such as 2026-11-26/);
  assertMatches(String(value("cabin", "busines")), /must be one of its values \(did you mean 'business'/);
  assertMatches(String(value("ids", [1, {}])), /a list in which each entry is an id such as 3; found \[1,\{\}\]/);
});

Deno.test("readAction - names what is missing, and actions that were meant", () => {
  assertEquals(
    problem("create_task", { title: "x" }),
    `bad_parameter: create_task: parameter 'name' must be a text that is not blank; it is missing, and there is "title"`,
  );
  assertMatches(problem("creat_task"), /^unknown_action: there is no action "creat_task"; did you mean 'create_task'/);
  assertMatches(problem("toString"), /^unknown_action/);
  assertMatches(problem("create_task", ["x"]), /^bad_parameter: create_task: parameters is \["x"\], not an object/);
  for (const written of [null, "create_task", {}, { name: 3 }, undefined]) {
    const read = readAction(written, PLAN_ACTIONS);
    assertEquals("code" in read && read.code, "bad_action");
  }
});

Deno.test("readAction - refuses more than 64 KiB, and what JSON cannot carry", () => {
  const create = (instruction: unknown) => ({ name: "x", instruction });
  assertMatches(
    problem("create_task", create("é".repeat(32_768))),
    /parameters have 655\d\d bytes, at most 65536 are read/,
  );
  assertMatches(problem("create_task", create("\ud800")), /lone surrogate/);
  assertMatches(problem("create_task", create(NaN)), /no JSON: a value is NaN/);
});

Deno.test("readAction - what it returns is read as itself, whatever was written", () => {
  const parameters = fc.dictionary(
    fc.constantFrom(...TYPES, "cabin", "ids"),
    fc.oneof(fc.jsonValue(), fc.constantFrom("economy", "2026-1-2", "#4", "yes", "[1]", "{}", -0, "1e3")),
  );
  let accepted = 0;
  fc.assert(fc.property(parameters, (written) => {
    const read = readAction({ name: "book_flight", parameters: written as Json }, catalogue);
    if (!("action" in read)) return;
    accepted += 1;
    assertEquals(readAction(JSON.parse(JSON.stringify(read.action)), catalogue), read);
  }));
  assertTrue(accepted > 5);
});
