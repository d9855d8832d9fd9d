import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { Json } from "../json.ts";
import type { ActionCatalogue, ParameterSchema, ParameterType } from "./catalogue.ts";
import { readAction } from "./normalise.ts";
import { phraseOf, readPhrase } from "./phrase.ts";
import { PLAN_ACTIONS } from "./plan_catalogue.ts";
import type { ActionSpec } from "./types.ts";

const travel: ActionCatalogue = {
  book_flight: {
    kind: "travel",
    description: "Book a flight.",
    mutating: true,
    parameters: {
      origin: { type: "string", required: true, description: "Airport." },
      seats: { type: "integer", description: "How many." },
      "max price": { type: "number", description: "In euros." },
      and: { type: "boolean", description: "A name that is a word of the sentence." },
      day: { type: "date", description: "When." },
      booking: { type: "id", description: "Its number." },
      with: { type: "list", description: "Passengers." },
      extras: { type: "object", description: "Whatever else." },
      note: { type: "text", description: "Anything." },
    },
  },
  "cancel-all": { kind: "travel", description: "Cancel.", mutating: true, parameters: {} },
  // Of the same name as a plan's, and another action.
  create_task: {
    kind: "travel",
    description: "Not that of a plan.",
    mutating: true,
    parameters: { colour: { type: "string", required: true, description: "" } },
  },
};

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "\n", "“", "”", "{", "[", "]", "}", ".", " ", "\0", "é", "1"),
    maxLength: 12,
  }),
  fc.constantFrom('under task 3 named "x". Then delete task 4.', "\\", '\\"', "Please do help.", "then ", "no tasks"),
);
const id = fc.oneof(fc.integer({ min: -2, max: 30 }), text);
const VALUES: { readonly [T in ParameterType]: fc.Arbitrary<unknown> } = {
  string: text,
  text,
  integer: fc.integer(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  boolean: fc.boolean(),
  date: fc.constantFrom("2026-03-09", "2026-03-09T10:00:00Z"),
  id,
  list: fc.array(fc.jsonValue(), { maxLength: 3 }),
  object: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
};

function valueOf(about: ParameterSchema): fc.Arbitrary<unknown> {
  if (about.enum !== undefined) return fc.constantFrom(...about.enum);
  return about.items === undefined ? VALUES[about.type] : fc.array(VALUES[about.items], { maxLength: 4 });
}

/** Actions as `readAction` returns them. */
function actionsOf(catalogue: ActionCatalogue): fc.Arbitrary<ActionSpec> {
  const each = Object.entries(catalogue).map(([name, { parameters }]) =>
    fc.record(
      Object.fromEntries(Object.entries(parameters).map(([key, about]) => [key, valueOf(about)])),
      { requiredKeys: Object.keys(parameters).filter((key) => parameters[key]!.required) },
    ).map((parameters) => readAction({ name, parameters }, catalogue))
  );
  return fc.oneof(...each).filter((read) => "action" in read).map((read) => (read as { action: ActionSpec }).action);
}

Deno.test("phraseOf - what it says is read back as the same action", () => {
  for (const catalogue of [PLAN_ACTIONS, travel]) {
    fc.assert(
      fc.property(actionsOf(catalogue), fc.option(text, { nil: undefined }), (action, name) => {
        const said = phraseOf(action, catalogue, () => name);
        assertEquals(readPhrase(said, catalogue), [action], said);
      }),
      { numRuns: 2_000 },
    );
  }
});

Deno.test("phraseOf - every parameter of every plan action has its words", () => {
  for (const [name, { kind, parameters }] of Object.entries(PLAN_ACTIONS)) {
    const values: { readonly [T in ParameterType]: Json } = {
      string: "s",
      text: "t",
      integer: 1,
      number: 1,
      boolean: true,
      date: "2026-01-01",
      id: 5,
      list: [5],
      object: { a: 1 },
    };
    const action: ActionSpec = {
      kind,
      name,
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([key, about]) => [key, about.enum?.[0] ?? values[about.type]]),
      ),
    };
    assertEquals(readPhrase(phraseOf(action, PLAN_ACTIONS), PLAN_ACTIONS), [action]);
  }
});

Deno.test("phraseOf - sounds like a request", () => {
  const phrase = (name: string, parameters: { [key: string]: Json }) =>
    phraseOf({ kind: "", name, parameters }, PLAN_ACTIONS, (id) => id === 2 ? "Launch" : undefined);
  assertEquals(
    phrase("create_task", { name: "Beta test", parent_id: 2, instruction: 'Ask "Ann".', dependencies: [2, 3] }),
    'Please create a task named "Beta test" under task 2 ("Launch") with the instruction "Ask \\"Ann\\"." depending on tasks 2 ("Launch") and 3.',
  );
  assertEquals(
    phrase("move_task", { task_id: 4, new_position: 0 }),
    "Please move task 4 to the top level at position 0.",
  );
  assertEquals(phrase("delete_task", { task_id: 4 }), "Please delete task 4.");
  assertEquals(
    phraseOf({ kind: "travel", name: "book_flight", parameters: { origin: "SFO", seats: 2 } }, travel),
    'Please do book_flight with origin "SFO" and seats 2.',
  );
});

/** What is understood, as `name parameters`. */
function understood(text: string): string[] {
  return readPhrase(text, PLAN_ACTIONS).map(({ name, parameters }) => `${name} ${JSON.stringify(parameters)}`);
}

Deno.test("readPhrase - understands how people write", () => {
  const cases: readonly [string, readonly string[]][] = [
    ["add a task called X below task 3", ['create_task {"name":"X","parent_id":3}']],
    ["Hi! Could you please ADD a new task called Beta test under task #2, please?", [
      'create_task {"name":"Beta test","parent_id":2}',
    ]],
    ["Delete task 4, thanks.", ['delete_task {"task_id":4}']],
    ["remove the task 4", ['delete_task {"task_id":4}']],
    ["rename task 2 to Version 2.0. Thank you!", ['update_task {"task_id":2,"name":"Version 2.0"}']],
    ["I would like you to move task 5 under task 2 to position 0", [
      'move_task {"task_id":5,"new_parent_id":2,"new_position":0}',
    ]],
    ["Change the instruction of task 3 to “Ask Ann”.", [
      'update_task_instruction {"task_id":3,"instruction":"Ask Ann"}',
    ]],
    ["Delete task 4, then delete task 5.", ['delete_task {"task_id":4}', 'delete_task {"task_id":5}']],
    ['Please add a task "Beta" under task 2', ['create_task {"name":"Beta","parent_id":2}']],
    ["Set the instruction of task 3 to: do it well", [
      'update_task_instruction {"task_id":3,"instruction":"do it well"}',
    ]],
    ["Make task 3 depend on tasks 1 and #2.", ['update_task {"task_id":3,"dependencies":[1,2]}']],
    ["help", ["help {}"]],
    ["Could you show me the tasks?", ["show_tasks {}"]],
    ["please do delete_task with task_id 7", ['delete_task {"task_id":7}']],
  ];
  for (const [text, actions] of cases) assertEquals(understood(text), actions as string[], text);
});

Deno.test("readPhrase - takes nothing from what asks for nothing", () => {
  for (
    const text of [
      "",
      "Hello, how are you?",
      "Don't delete task 4.",
      "Please never delete task 4.",
      "Delete the task about testing.",
      'He said "delete task 4".',
      "add a task",
      "Move task 5 below the task about testing.",
      "Decompose the task about testing.",
      "What do you think?",
    ]
  ) assertEquals(understood(text), [], text);
});

Deno.test("readPhrase - long texts that lead nowhere lead nowhere, and come to an end", () => {
  for (
    const text of [
      ...["[", '"\\', "{", "“", "!", "do ", "add "].map((sign) => sign.repeat(30_000) + "x"),
      "create a task " + "with the instruction called under task ".repeat(1_500),
      `create a task depending on tasks 1${", 1".repeat(20_000)}x`,
    ]
  ) assertEquals(understood(text), [], text.slice(0, 40));
});
