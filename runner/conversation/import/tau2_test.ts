import { parse } from "yaml";
import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import type { JsonObject } from "../../../framework/mod.ts";
import { conversationSchema } from "../../../framework/scenario/conversation_schema.ts";
import { anyParameters } from "../tests/conversations.ts";
import { load } from "../../../framework/scenario/testing.ts";
import { exportTau2, importTau2 } from "./tau2.ts";

const library = {
  id: "renew_1",
  description: { purpose: "A renewal within the rules", relevant_policies: null, notes: null },
  user_scenario: {
    persona: "In a hurry.",
    instructions: {
      domain: "library",
      reason_for_call: "You want to keep two books longer.",
      known_info: "Your card is L-77.\n\nThe books are due 2026-12-01.",
      unknown_info: "How long a renewal lasts.",
      task_instructions: "If only one can be renewed, choose the novel.",
    },
  },
  initial_state: null,
  evaluation_criteria: {
    actions: [
      { action_id: "a", requestor: "assistant", name: "get_reader", arguments: { reader_id: "L-77" }, info: null },
      {
        action_id: "b",
        name: "renew_loans",
        arguments: { reader_id: "L-77", loan_ids: [4, 5], until: "2026-12-15", remark: "asked by phone" },
        compare_args: ["reader_id", "loan_ids", "until"],
      },
      { action_id: "c", requestor: "user", name: "open_app", arguments: {} },
    ],
    communicate_info: ["2026-12-15"],
    nl_assertions: [],
    env_assertions: null,
    reward_basis: ["DB", "COMMUNICATE"],
  },
};

const talk = {
  id: 7,
  user_scenario: { persona: null, instructions: "You only want to know the opening hours." },
  initial_state: { initialization_actions: [{ func_name: "close_branch" }], message_history: [] },
  evaluation_criteria: { actions: [], reward_basis: ["DB"] },
  ticket: "hours",
};

const imported = (tasks: unknown, options = {}) => importTau2(JSON.stringify(tasks), { name: "library", ...options });
const section = (scenario: string): JsonObject => parse(scenario).conversation;

Deno.test("importTau2: a case for each task, with the user as it is and the reference actions as wishes", () => {
  const { scenario } = imported([library, talk]);
  const { environment, ...rest } = conversationSchema.parse(section(scenario));
  assertEquals<unknown>(rest, {
    agent: { adapter: "openai" },
    judge: { kind: "rules" },
    max_turns: 5,
    cases: [
      {
        name: "renew_1",
        user: {
          kind: "llm",
          persona: "In a hurry.",
          goal: "You want to keep two books longer.",
          facts: ["Your card is L-77.", "The books are due 2026-12-01.", "Not known to you: How long a renewal lasts."],
          instructions: "If only one can be renewed, choose the novel.",
        },
      },
      {
        name: "renew_1 scripted",
        user: {
          kind: "scripted",
          script: [
            { desired_action: { kind: "tool_operation", name: "get_reader", parameters: { reader_id: "L-77" } } },
            {
              desired_action: {
                kind: "tool_operation",
                name: "renew_loans",
                parameters: { reader_id: "L-77", loan_ids: [4, 5], until: "2026-12-15", remark: "asked by phone" },
              },
            },
          ],
        },
      },
      { name: "7", user: { kind: "llm", goal: "You only want to know the opening hours." } },
    ],
  });
  assertEquals<unknown>(environment, {
    title: "library",
    outline: "Actions of library; they take effect elsewhere.",
    actions: {
      get_reader: {
        kind: "tool_operation",
        description: "get reader",
        mutating: false,
        parameters: { reader_id: { type: "id", description: "reader id", required: true } },
      },
      renew_loans: {
        kind: "tool_operation",
        description: "renew loans",
        mutating: true,
        parameters: {
          reader_id: { type: "id", description: "reader id", required: true },
          loan_ids: { type: "list", description: "loan ids", required: true },
          until: { type: "date", description: "until", required: true },
          remark: { type: "text", description: "remark" },
        },
      },
    },
  });
});

Deno.test("importTau2: each case is a scenario that loads", async () => {
  const { scenario } = imported([library, talk]);
  for (const name of ["renew_1", "renew_1 scripted", "7"]) {
    const { scenario: loaded, issues } = await load(scenario, {
      set: [{ path: "conversation.case", value: name, from: "--set" }],
    });
    assertEquals(issues.filter(({ severity }) => severity === "error"), []);
    assertEquals(loaded?.conversation?.case, name);
  }
});

Deno.test("importTau2: whatever a case cannot say is noted, and so is what was assumed", () => {
  assertEquals(imported([library, talk]).notes, [
    "task 'renew_1': description.purpose is not taken over",
    "task 'renew_1': evaluation_criteria.communicate_info is not taken over",
    "task 'renew_1': it is also scored by COMMUNICATE, which a case is not",
    "task 'renew_1': actions that the user takes are not taken over: open_app",
    "task '7': ticket is not taken over",
    "task '7': initial_state.initialization_actions is not taken over",
    "task '7': it wants nothing done by the assistant, which nothing checks here",
    "renew_loans.remark counts in no call: it is free text",
    "taken to change something, by their names: renew_loans",
    "taken to change nothing, by their names: get_reader",
    "parameters and their types are those of the calls; others that the actions have are missing",
    "cases named '… scripted' ask for the reference actions one by one; in the others a model plays the user",
  ]);
});

Deno.test("importTau2: types fit all values of all tasks", () => {
  const actions = (parameters: JsonObject) => ({ name: "set", arguments: parameters });
  const task = (id: string, parameters: JsonObject) => ({
    id,
    user_scenario: { instructions: "x" },
    evaluation_criteria: { actions: [actions(parameters)] },
  });
  const { scenario, notes } = imported([
    task("a", {
      n: 1,
      x: 1,
      b: true,
      o: {},
      m: 1,
      d: "2026-01-01",
      s: "2026-01-01",
      id: 3,
      z: null,
      blank: "",
      mixed: [],
      l: [],
    }),
    task("b", {
      n: 2,
      x: 1.5,
      b: false,
      o: { a: 1 },
      m: "1",
      d: "2026-01-01T10:00:00Z",
      s: "soon",
      id: "#3",
      z: null,
      blank: "x",
      mixed: {},
    }),
  ]);
  const { parameters } =
    (section(scenario).environment as { actions: { set: { parameters: JsonObject } } }).actions.set;
  const types = Object.entries(parameters).map(([name, schema]) => {
    const { type, required } = schema as { type: string; required?: boolean };
    return `${name}: ${type}${required ? "" : "?"}`;
  });
  assertEquals(types, [
    "n: integer",
    "x: number",
    "b: boolean",
    "o: object",
    "m: string",
    "d: date",
    "s: string",
    "id: id",
    "z: string?",
    "blank: text",
    "l: list?",
  ]);
  assertTrue(notes.includes("set.blank is blank in a call: it is free text"));
  assertTrue(notes.includes("set.mixed has values that no one type fits: it is left out"));
});

Deno.test("importTau2: names say which calls only read; handing over to a person changes nothing, a transfer does", () => {
  const names = [
    "get_a",
    "findB",
    "search",
    "list_x",
    "calculate",
    "transfer_to_human_agents",
    "transfer_funds",
    "getaway",
    "book",
  ];
  const actions = names.map((name) => ({ name, arguments: {} }));
  const { notes } = imported({ id: "a", user_scenario: { instructions: "x" }, evaluation_criteria: { actions } });
  assertTrue(
    notes.includes("taken to change something, by their names: transfer_funds, getaway, book"),
    notes.join("\n"),
  );
});

Deno.test("importTau2: a catalogue that is given stands above what is inferred", () => {
  const catalogue = { renew_loans: { kind: "loans", description: "Renews.", mutating: true, parameters: {} } };
  const { scenario } = imported([library], { catalogue, outline: "The rules." });
  const { environment, cases } = section(scenario) as never as {
    environment: { outline: string; actions: JsonObject };
    cases: { user: { script?: { desired_action: { kind: string } }[] } }[];
  };
  assertEquals(environment.outline, "The rules.");
  assertEquals<unknown>(environment.actions.renew_loans, catalogue.renew_loans);
  assertEquals(cases[1]!.user.script!.map(({ desired_action }) => desired_action.kind), ["tool_operation", "loans"]);
});

Deno.test("importTau2: ids that are too long for a case are cut, and stay apart", () => {
  const long = "x".repeat(150);
  const task = (id: string) => ({ id, user_scenario: { instructions: "x" } });
  const { scenario, notes } = imported([task(`${long}a`), task(`${long}b`)]);
  const names = conversationSchema.parse(section(scenario)).cases!.map(({ name }) => name);
  assertEquals(new Set(names).size, 2);
  assertEquals(notes.filter((note) => note.includes("too long")).length, 2);
});

Deno.test("importTau2: errors name the place in the text, or the task and its key", () => {
  const fails = (text: string, code: string, message: RegExp) =>
    assertMatches(assertThrows(() => importTau2(text, { name: "x" }), code).message, message);
  fails("[\n{,}]", "not_json", /^line 2, column 2: the task file is not JSON/);
  fails("[1]", "bad_tasks", /^task 1: \(root\): /);
  fails(
    JSON.stringify([library, { ...talk, user_scenario: {} }]),
    "bad_tasks",
    /^task 2 \(7\): user_scenario\.instructions: /,
  );
  const nameless = { ...talk, evaluation_criteria: { actions: [{ arguments: {} }] } };
  fails(JSON.stringify(nameless), "bad_tasks", /^task 1 \(7\): evaluation_criteria\.actions\[0\]\.name: /);
  fails(JSON.stringify([talk, { ...talk, id: "7" }]), "bad_tasks", /^task 2 has the id '7' of task 1/);
});

Deno.test("exportTau2: tasks come back with ids, instructions and the assistant's actions", () => {
  const word = fc.stringMatching(/^[\w.,:#'"!?{}-]([ \w.,:#'"!?{}|>-]{0,30}[\w.,:#'"!?{}-])?$/);
  const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) =>
    !text.endsWith(" scripted")
  );
  // No scenario may have such a key.
  const parameters = anyParameters.filter((given) => !JSON.stringify(given).includes('"__proto__":'));
  const task = fc.record({
    id: fc.oneof(words, fc.nat().map(String)),
    persona: fc.option(words),
    instructions: fc.oneof(
      words,
      fc.record({
        domain: fc.constant("library"),
        reason_for_call: words,
        known_info: fc.option(fc.array(word, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n"))),
        unknown_info: fc.option(word),
        task_instructions: words,
      }),
    ),
    actions: fc.array(fc.record({ name: fc.constantFrom("get_x", "book"), arguments: parameters }), {
      maxLength: 3,
    }),
  });
  const tasks = fc.uniqueArray(task, { minLength: 1, maxLength: 3, selector: ({ id }) => id });
  fc.assert(fc.property(tasks, (tasks) => {
    const written = tasks.map(({ id, persona, instructions, actions }) => ({
      id,
      user_scenario: { persona, instructions },
      evaluation_criteria: { actions },
    }));
    const { scenario } = importTau2(JSON.stringify(written), { name: "library" });
    conversationSchema.parse(parse(scenario).conversation);
    const { tasks: text, notes } = exportTau2(scenario);
    const read = (JSON.parse(text) as typeof written).map(({ id, user_scenario, evaluation_criteria }) => ({
      id,
      user_scenario,
      evaluation_criteria: {
        actions: evaluation_criteria.actions.map(({ name, arguments: given }) => ({ name, arguments: given })),
      },
    }));
    assertEquals(read, JSON.parse(JSON.stringify(written)));
    assertEquals(notes, []);
  }));
});

Deno.test("exportTau2: says what a task has no place for, and refuses what is no scenario with cases", () => {
  const { tasks, notes } = exportTau2(`
conversation:
  plan: plan.yaml
  user: { persona: P }
  cases:
    - name: a
      user: { goal: G, secrets: [s], script: [{ message: Hello }, { message: Go, desired_action: { name: go } }] }
`);
  const [task] = JSON.parse(tasks);
  assertEquals(task.user_scenario, { persona: "P", instructions: "G" });
  assertEquals(task.evaluation_criteria.actions.map(({ action_id, name }: JsonObject) => [action_id, name]), [[
    "a_0",
    "go",
  ]]);
  assertEquals(notes, [
    "case 'a': user.secrets has no place in a task",
    "case 'a': what the script says has no place in a task, its actions have",
  ]);
  const error = assertThrows(() => exportTau2("conversation: { cases: [] }", "x.yaml"), "bad_tasks");
  assertMatches(error.message, /^x\.yaml: conversation\.cases: /);
  assertThrows(() => exportTau2("a: [", "x.yaml"), "yaml_syntax");
});
