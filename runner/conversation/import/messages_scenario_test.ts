import { parse } from "yaml";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { conversationSchema } from "../../../framework/scenario/conversation_schema.ts";
import { load } from "../../../framework/scenario/testing.ts";
import { exampleConversation } from "../tests/conversations.ts";
import { openAiLine, toOpenAi } from "../export/openai.ts";
import { importMessages } from "./messages_scenario.ts";

const NOT_RECORDED = { code: "not_recorded", message: "what the user wanted was not written down" };

Deno.test("importMessages: a case for each conversation, said again by a recorded user and a recorded agent", () => {
  const { scenario } = importMessages(toOpenAi(exampleConversation()), { name: "calls" });
  const { environment, ...rest } = conversationSchema.parse(parse(scenario).conversation);
  assertEquals<unknown>(rest, {
    judge: { kind: "rules" },
    stop_on_misalignment: false,
    cases: [{
      name: "line 1",
      user: {
        kind: "recorded",
        turns: [
          { message: 'Please create a task named "Beta test".', fault: NOT_RECORDED },
          { message: "Delete task 2.", fault: NOT_RECORDED },
        ],
      },
      agent: {
        adapter: "recorded",
        turns: [
          {
            reply: "Done.",
            actions: [{
              kind: "tool_operation",
              name: "create_task",
              parameters: { name: "Beta test" },
              success: true,
              result_message: "created task 4",
            }],
          },
          {
            reply: "I could not.",
            actions: [{
              kind: "tool_operation",
              name: "delete_task",
              parameters: { task_id: 3 },
              success: false,
              result_message: "there is no task 3",
            }],
          },
        ],
      },
    }],
  });
  assertEquals<unknown>(Object.keys((environment as { actions: object }).actions), ["create_task", "delete_task"]);
});

Deno.test("importMessages: every case is a scenario that loads", async () => {
  const text = toOpenAi(exampleConversation()) + openAiLine([{ message: "", reply: null, actions: [] }]);
  const { scenario } = importMessages(text, { name: "calls" });
  for (const name of ["line 1", "line 2"]) {
    const { scenario: loaded, issues } = await load(scenario, {
      set: [{ path: "conversation.case", value: name, from: "--set" }],
    });
    assertEquals(issues.filter(({ severity }) => severity === "error"), []);
    assertEquals([loaded?.conversation?.user, loaded?.conversation?.agent], ["recorded", "recorded"]);
  }
});

Deno.test("importMessages: what is left out or assumed is noted with its place", () => {
  const line = (messages: string[]) =>
    openAiLine(messages.map((message) => ({ message, reply: "", actions: [] })), { system: "Obey." });
  const { scenario, notes } = importMessages(
    line(["x".repeat(20_001), ...Array.from({ length: 1000 }, () => "y")]) + line([]),
    { name: "calls" },
  );
  assertEquals(notes, [
    "line 1: what the agent had been told is not taken over",
    "line 1: turns after the first 1000 are left out",
    "line 1: messages of the user are cut after 20000 characters",
    "line 2: what the agent had been told is not taken over",
    "line 2: the user says nothing in it: it is left out",
    "what the user wanted is not recorded: verdicts are unclear until turns are labelled, or have a desired_action",
  ]);
  assertEquals(conversationSchema.parse(parse(scenario).conversation).cases!.map(({ user }) => user!.turns!.length), [
    1000,
  ]);
});

Deno.test("importMessages: a scenario that is too large to be loaded is noted", () => {
  const text = openAiLine(
    Array.from({ length: 60 }, () => ({ message: "x".repeat(18_000), reply: null, actions: [] })),
  );
  const { scenario, notes } = importMessages(text, { name: "calls" });
  const { length } = scenario;
  assertTrue(
    notes.includes(
      `the scenario has ${length} bytes, of which 1048576 are loaded at most: import the file in parts`,
    ),
    notes.join("\n"),
  );
});

Deno.test("importMessages: a file without a turn is refused", () => {
  const text = JSON.stringify({ messages: [{ role: "assistant", content: "Hi!" }] });
  assertMatches(
    assertThrows(() => importMessages(text, { name: "calls" }), "bad_messages").message,
    /no turn to import/,
  );
});
