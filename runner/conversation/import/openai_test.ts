import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows } from "../../../tests/support/assert.ts";
import { anyDone, anyText, exampleConversation } from "../tests/conversations.ts";
import { openAiLine, toOpenAi } from "../export/openai.ts";
import { readMessages } from "./openai.ts";

const call = (id: string, name: string, args: unknown) => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown, tool_calls?: unknown[]) => ({
  role: "assistant",
  content,
  ...(tool_calls === undefined ? {} : { tool_calls }),
});
const tool = (tool_call_id: string, content: unknown, more = {}) => ({ role: "tool", tool_call_id, content, ...more });
const only = (messages: unknown[]) => readMessages(JSON.stringify({ messages }))[0]!;

Deno.test("openAiLine: nested calls with arguments as text, ids unique in the line, results in order, then the reply", () => {
  const text = toOpenAi(exampleConversation(), { system: "Be kind." });
  assertEquals(text.split("\n").length, 2);
  assertEquals(JSON.parse(text), {
    messages: [
      { role: "system", content: "Be kind." },
      user('Please create a task named "Beta test".'),
      assistant(null, [call("call_1_1", "create_task", '{"name":"Beta test"}')]),
      tool("call_1_1", "created task 4"),
      assistant("Done."),
      user("Delete task 2."),
      assistant(null, [call("call_2_1", "delete_task", '{"task_id":3}')]),
      tool("call_2_1", '{"success":false,"result_message":"there is no task 3"}'),
      assistant("I could not."),
    ],
  });
});

Deno.test("readMessages: any turns come back from OpenAI's JSON lines as they were", () => {
  const turn = fc.record(
    { message: anyText, reply: fc.option(anyText), actions: fc.array(anyDone, { maxLength: 3 }) },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(fc.array(fc.array(turn, { maxLength: 4 }), { minLength: 1, maxLength: 3 }), (conversations) => {
    const read = readMessages(conversations.map((turns) => openAiLine(turns)).join(""));
    assertEquals(
      read.map(({ turns }) => turns.map(({ message, reply, actions }) => ({ message, reply, actions }))),
      conversations,
    );
    assertEquals(read.map(({ place, notes }) => [place, notes]), conversations.map((_, i) => [`line ${i + 1}`, []]));
  }));
});

Deno.test("readMessages: the agent's texts up to the next message of the user are its reply", () => {
  const { turns, system } = only([
    { role: "developer", content: "Obey." },
    user("a"),
    assistant("Let me see.", [call("1", "get_x", "")]),
    tool("1", "x"),
    assistant(""),
    assistant([{ type: "text", text: "It is" }, { type: "text", text: "x." }]),
    user("b"),
  ]);
  assertEquals(system, "Obey.");
  assertEquals(turns.map(({ message, reply, desired_action }) => [message, reply, desired_action]), [
    ["a", "Let me see.\n\nIt is\nx.", null],
    ["b", null, null],
  ]);
  assertEquals(turns[0]!.actions, [
    { kind: "tool_operation", name: "get_x", parameters: {}, success: true, result_message: "x" },
  ]);
});

Deno.test("readMessages: a catalogue gives the kinds of actions", () => {
  const catalogue = { create_task: { kind: "task_operation", description: "", mutating: true, parameters: {} } };
  const text = JSON.stringify([
    user("a"),
    assistant(null, [call("1", "create_task", "{}"), call("2", "toString", "{}")]),
  ]);
  const [{ turns }] = readMessages(text, { catalogue }) as [ReturnType<typeof only>];
  assertEquals(turns[0]!.actions.map(({ kind }) => kind), ["task_operation", "tool_operation"]);
});

Deno.test("readMessages: ids of calls may repeat; results go to the nearest message, there in order or by name", () => {
  const { turns, notes } = only([
    user("a"),
    assistant(null, [call("1", "lost", "{}")]),
    user("b"),
    assistant(null, [call("1", "x", '{"n":1}'), call("1", "x", '{"n":2}'), call("1", "y", "{}")]),
    tool("1", "Error: of y", { name: "y" }),
    tool("1", "first"),
    tool("1", "second"),
    user("c"),
    assistant(null, [call("1", "x", '{"n":3}')]),
    { role: "tool", content: "third" },
    tool("9", "of nobody"),
  ]);
  assertEquals(
    turns.flatMap(({ actions }) => actions.map(({ name, success, result_message }) => [name, success, result_message])),
    [["lost", true, ""], ["x", true, "first"], ["x", true, "second"], ["y", false, "Error: of y"], [
      "x",
      true,
      "third",
    ]],
  );
  assertEquals(notes, [
    "messages[10]: a tool result that belongs to no call is left out",
    "tool calls without a result are taken as carried out: 1",
  ]);
});

Deno.test("readMessages: results that say they failed are failed calls", () => {
  const failed = [
    "Error: no",
    ' {"error":"no"}',
    '{"success":false}',
    '{"ok":false,"x":1}',
    '{"isError":true}',
    "Traceback (most",
  ];
  const fine = ["ok", '{"error":null}', '{"success":true}', "[1]", "{not JSON", "errors: 0", "no error"];
  for (const [results, success] of [[failed, false], [fine, true]] as const) {
    const { turns } = only([
      user("a"),
      assistant(null, results.map((_, i) => call(`${i}`, "x", {}))),
      ...results.map((result, i) => tool(`${i}`, result)),
    ]);
    assertEquals(turns[0]!.actions.filter((action) => action.success !== success), []);
    assertEquals(turns[0]!.actions.map((action) => action.result_message), [...results]);
  }
});

Deno.test("readMessages: parts of the AI SDK", () => {
  const { turns, notes } = only([
    user([{ type: "text", text: "a" }, { type: "image", image: "x" }]),
    assistant([
      { type: "reasoning", text: "hm" },
      { type: "text", text: "Now." },
      { type: "tool-call", toolCallId: "1", toolName: "x", input: { n: 1 } },
      { type: "tool-call", toolCallId: "2", toolName: "y", args: { n: 2 } },
      { type: "tool-call", toolCallId: "3", toolName: "z", input: {} },
    ]),
    {
      role: "tool",
      content: [
        { type: "tool-result", toolCallId: "3", toolName: "z", result: { a: 1 }, isError: true },
        { type: "tool-result", toolCallId: "2", toolName: "y", output: { type: "error-text", value: "no" } },
        { type: "tool-result", toolCallId: "1", toolName: "x", output: { type: "json", value: { b: 2 } } },
      ],
    },
  ]);
  assertEquals(turns.map(({ message, reply }) => [message, reply]), [["a", "Now."]]);
  assertEquals(turns[0]!.actions.map(({ kind: _, ...rest }) => rest), [
    { name: "x", parameters: { n: 1 }, success: true, result_message: '{"b":2}' },
    { name: "y", parameters: { n: 2 }, success: false, result_message: "no" },
    { name: "z", parameters: {}, success: false, result_message: '{"a":1}' },
  ]);
  assertEquals(notes, [
    "messages[0]: a part of type image is left out",
    "messages[1]: a part of type reasoning is left out",
  ]);
});

Deno.test("readMessages: blocks of Anthropic, whose results are messages of the user that say nothing", () => {
  const { turns } = only([
    user("a"),
    assistant([{ type: "text", text: "One moment." }, { type: "tool_use", id: "t1", name: "x", input: { n: 1 } }]),
    user([{ type: "tool_result", tool_use_id: "t1", is_error: true, content: [{ type: "text", text: "no" }] }]),
    assistant([{ type: "tool_use", id: "t2", name: "x", input: { n: 2 } }]),
    user([{ type: "tool_result", tool_use_id: "t2", content: "yes" }, { type: "text", text: "b" }]),
    assistant("Bye."),
  ]);
  assertEquals(
    turns.map((
      { message, reply, actions },
    ) => [message, reply, actions.map((each) => [each.success, each.result_message])]),
    [["a", "One moment.", [[false, "no"], [true, "yes"]]], ["b", "Bye.", []]],
  );
});

Deno.test("readMessages: flat calls with arguments as objects, and the former function_call", () => {
  const { turns } = only([
    user("a"),
    assistant(null, [{ id: "1", name: "x", arguments: { n: 1 } }]),
    { role: "tool", id: "1", content: "no", error: true },
    { role: "assistant", content: null, function_call: { name: "y", arguments: '{"n":2}' } },
    { role: "function", name: "y", content: "yes" },
  ]);
  assertEquals(turns[0]!.actions.map(({ name, parameters, success }) => [name, parameters, success]), [
    ["x", { n: 1 }, false],
    ["y", { n: 2 }, true],
  ]);
});

Deno.test("readMessages: arguments that are no JSON object are a fault of the agent, not of the file", () => {
  const { turns } = only([
    user("a"),
    assistant("Done.", [call("1", "x", "{n:1}"), call("2", "y", "[1]"), call("3", "z", "{}")]),
  ]);
  assertEquals(turns[0]!.fault, { code: "not_json", message: "messages[1]: the arguments of x are no JSON object" });
  assertEquals(turns[0]!.actions.map(({ name }) => name), ["z"]);
});

Deno.test("readMessages: a greeting before the user has spoken is noted", () => {
  const { turns, notes } = only([assistant("Hi!"), user("a"), assistant("b")]);
  assertEquals(turns.map(({ reply }) => reply), ["b"]);
  assertEquals(notes, ["messages[0]: what the agent said or did before the first message of the user is left out"]);
});

Deno.test("readMessages: one document or JSON lines, conversations or lists of messages", () => {
  const messages = [user("a"), assistant("b")];
  const places = (value: string) => readMessages(value).map(({ place, turns }) => [place, turns.length]);
  assertEquals(places(JSON.stringify({ messages }, null, 2)), [["conversation 1", 1]]);
  assertEquals(places(JSON.stringify(messages, null, 2)), [["conversation 1", 1]]);
  assertEquals(places(JSON.stringify([{ messages }, messages], null, 2)), [["conversation 1", 1], [
    "conversation 2",
    1,
  ]]);
  assertEquals(places(`${JSON.stringify(messages)}\r\n\r\n${JSON.stringify({ messages })}\r\n`), [["line 1", 1], [
    "line 3",
    1,
  ]]);
  assertEquals(places("[]"), []);
});

Deno.test("readMessages: errors name the line and the message", () => {
  const fails = (text: string, code: string, message: RegExp) =>
    assertMatches(assertThrows(() => readMessages(text), code).message, message);
  const good = JSON.stringify({ messages: [user("a")] });
  fails(`${good}\n{"messages":\n`, "not_json", /^line 2, column 13: /);
  fails(`${good}\n{"x":1}`, "bad_messages", /^line 2: there is no list `messages`/);
  fails(`${good}\n{"messages":[{"role":"bot"}]}`, "bad_messages", /^line 2, messages\[0\]: there is no role "bot"/);
  fails(JSON.stringify([user(3)]), "bad_messages", /messages\[0\]: content is 3/);
  fails(
    JSON.stringify([user("a"), assistant(null, [{ id: "1" }])]),
    "bad_messages",
    /messages\[1\]: a tool call has no name/,
  );
  fails("3", "bad_messages", /3 is no conversation/);
  fails("[[1]]", "bad_messages", /messages\[0\]: 1 is no message/);
  fails("", "not_json", /it ends too early/);
});
