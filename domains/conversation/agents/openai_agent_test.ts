import { ModelError, RULE_MARK } from "llm-sim";
import { phraseOf, readEnvironment } from "llm-sim/conversation";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { ScriptedLLM } from "../../../tests/support/scripted_llm.ts";
import { ENVIRONMENT, past, replyOf, type Turn } from "../tests/agent_turns.ts";
import { OpenaiAgent, openaiAgentConfig } from "./openai_agent.ts";

const { initial: plan, catalogue } = readEnvironment(ENVIRONMENT);
const NOW = { message: "Please delete task 2.", plan };
const DELETE = { name: "delete_task", parameters: { task_id: 2 } };
const CREATE = { name: "create_task", parameters: { name: "Beta test", parent_id: 1 } };

function agentOf(config: object = {}): OpenaiAgent {
  return new OpenaiAgent({ name: "agent", config: openaiAgentConfig.parse({ environment: ENVIRONMENT, ...config }) });
}

/** That a model wants these tools called. */
function calling(...calls: { readonly name: string; readonly parameters: unknown }[]) {
  return { tool_calls: calls.map(({ name, parameters }) => ({ name, arguments: parameters })) };
}

async function answerOf(replies: readonly unknown[], config: object = {}, turn: Turn = NOW) {
  const llm = new ScriptedLLM(replies);
  const { reply, actions, fault } = (await replyOf(agentOf(config), turn, { llm }))!;
  const done = actions.map(({ name, parameters }) => ({ name, parameters }));
  return { reply, done, fault: fault?.code, message: fault?.message, llm };
}

/** What the tools said in the last question. */
function resultsIn({ requests }: ScriptedLLM): string[] {
  const messages = requests.at(-1)!.messages;
  return typeof messages === "string" ? [] : messages.flatMap(({ role, content }) => role === "tool" ? [content] : []);
}

Deno.test("openai_agent: words without tools are its reply", async () => {
  const { reply, done, fault, llm } = await answerOf(["Which one do you mean?"]);
  assertEquals([reply, done, fault], ["Which one do you mean?", [], undefined]);
  const [{ purpose, role, tolerant, tools, system, messages }] = llm.requests as [typeof llm.requests[number]];
  assertEquals([purpose, role, tolerant], ["round_1", "agent", true]);
  assertEquals(tools!.map(({ name }) => name), Object.keys(catalogue));
  assertMatches(system!, /You are an assistant\..*# What is talked about\n\nPlan #.*- \[2\] Interviews/s);
  assertEquals(messages, [{ role: "user", content: NOW.message }]);
});

Deno.test("openai_agent: the tools that it calls are its actions, in their order, and it reads what came of them", async () => {
  const { reply, done, fault, llm } = await answerOf([
    calling(CREATE),
    calling(DELETE, { name: "show_tasks", parameters: {} }),
    "I did both.",
  ]);
  assertEquals([reply, fault], ["I did both.", undefined]);
  assertEquals(done, [CREATE, DELETE, { name: "show_tasks", parameters: {} }]);
  assertEquals(llm.requests.map(({ purpose }) => purpose), ["round_1", "round_2", "round_3"]);
  const [created, deleted, shown] = resultsIn(llm);
  assertMatches(created!, /^done: .*Beta test/);
  assertMatches(deleted!, /^done: .*2/);
  assertMatches(shown!, /Beta test/);
  assertTrue(!shown!.includes("Interviews"));
});

Deno.test("openai_agent: the turns before are told with the tools that it called", async () => {
  const actions = [{ kind: "task_operation", ...DELETE, success: true, result_message: "deleted task 2" }];
  const { llm } = await answerOf(["Gone."], {}, { ...NOW, before: [past(1, "Delete 2.", "", actions)] });
  assertEquals(llm.requests[0]!.messages, [
    { role: "user", content: "Delete 2." },
    {
      role: "assistant",
      content: "",
      tool_calls: [{ id: "turn_1_1", name: "delete_task", arguments: '{"task_id":2}' }],
    },
    { role: "tool", tool_call_id: "turn_1_1", content: "deleted task 2" },
    { role: "assistant", content: "(no words)" },
    { role: "user", content: NOW.message },
  ]);
});

Deno.test("openai_agent: an action that fails is an action, and the model is told why", async () => {
  const missing = { name: "delete_task", parameters: { task_id: 9 } };
  const { done, fault, llm } = await answerOf([calling(missing), "There is no such task."]);
  assertEquals([done, fault], [[missing], undefined]);
  assertMatches(resultsIn(llm)[0]!, /^failed: .*9/);
});

Deno.test("openai_agent: a wrong call that it makes good is no fault", async () => {
  for (
    const [wrong, told] of [
      [{ name: "delete_task", parameters: "{task: 2" }, /^error: .* no JSON/],
      [{ name: "remove_task", parameters: { task_id: 2 } }, /^error: there is no action "remove_task"/],
      [{ name: "delete_task", parameters: {} }, /^error: delete_task: parameter 'task_id'/],
      [{ name: "delete_task", parameters: "[2]" }, /^error: delete_task: parameters/],
    ] as const
  ) {
    const { reply, done, fault, llm } = await answerOf([calling(wrong), calling(DELETE), "Gone."]);
    assertEquals([reply, done, fault], ["Gone.", [DELETE], undefined]);
    assertMatches(resultsIn(llm)[0]!, told);
  }
});

Deno.test("openai_agent: a wrong call that it does not make good is a fault that quotes it", async () => {
  const broken = await answerOf([calling({ name: "delete_task", parameters: "{task: 2" }), "Gone."]);
  assertEquals([broken.reply, broken.done, broken.fault], ["Gone.", [], "not_json"]);
  assertMatches(broken.message!, /\{task: 2/);
  const unknown = await answerOf([calling({ name: "remove_task", parameters: {} }), "Gone."]);
  assertEquals([unknown.done, unknown.fault], [[], "unknown_action"]);
  const beside = await answerOf([calling({ name: "delete_task", parameters: {} }, CREATE), "Done."]);
  assertEquals([beside.done, beside.fault], [[CREATE], "bad_parameter"]);
});

Deno.test("openai_agent: arguments that are no object are not sent as such again: services refuse them", async () => {
  const { llm } = await answerOf([
    calling(
      { name: "delete_task", parameters: "{task: 2" },
      { name: "delete_task", parameters: "[2]" },
      { name: "show_tasks", parameters: "" },
      DELETE,
    ),
    "Hm.",
  ]);
  const messages = llm.requests.at(-1)!.messages;
  const calls = typeof messages === "string" ? [] : messages.flatMap(({ tool_calls = [] }) => tool_calls);
  assertEquals(calls.map((call) => JSON.parse(call.arguments)), [
    { invalid: "{task: 2" },
    { invalid: "[2]" },
    {},
    { task_id: 2 },
  ]);
});

Deno.test("openai_agent: a model that never stops calling tools is stopped; what it did counts", async () => {
  const endless = Array.from({ length: 20 }, () => calling({ name: "show_tasks", parameters: {} }));
  const { reply, done, fault, llm } = await answerOf(endless, { max_rounds: 3 });
  assertEquals([reply, done.length, fault, llm.requests.length], ["", 3, "tool_loop", 3]);
  const greedy = await answerOf(endless, { max_rounds: 10, max_actions_per_turn: 2 });
  assertEquals([greedy.done.length, greedy.fault, greedy.llm.requests.length], [2, "too_many_actions", 3]);
});

Deno.test("openai_agent: silence is a fault unless it has done something", async () => {
  assertEquals((await answerOf([""])).fault, "empty_reply");
  assertEquals((await answerOf([new ModelError("empty_reply", "the answer is empty")])).fault, "empty_reply");
  for (const silence of ["", new ModelError("empty_reply", "the answer is empty")]) {
    const { done, fault } = await answerOf([calling(DELETE), silence]);
    assertEquals([done, fault], [[DELETE], undefined]);
  }
  const wrong = await answerOf([calling({ name: "delete_task", parameters: {} }, CREATE), ""]);
  assertEquals(wrong.fault, "bad_parameter");
});

Deno.test("openai_agent: that the model fails is a fault with its code; what was done before counts", async () => {
  const { reply, done, fault } = await answerOf([calling(DELETE), new ModelError("timeout", "too late")]);
  assertEquals([reply, done, fault], ["", [DELETE], "timeout"]);
});

Deno.test("openai_agent: only named tools are offered; others are unknown to it", async () => {
  const { fault, llm } = await answerOf([calling(DELETE), "Gone."], { tools: ["create_task"] });
  assertEquals([fault, llm.requests[0]!.tools!.map(({ name }) => name)], ["unknown_action", ["create_task"]]);
  const { llm: toolless } = await answerOf(["Hello."], { tools: [] });
  assertEquals(toolless.requests[0]!.tools, undefined);
  assertMatches(assertThrows(() => agentOf({ tools: ["create_tsk"] }), "unknown_action").message, /create_tsk/);
});

Deno.test("openai_agent: actions whose names no service takes as tools are refused before the run", () => {
  const actions = { "task.add": { kind: "x", description: "", mutating: true, parameters: {} } };
  const environment = { title: "Desk", outline: "", actions };
  assertMatches(assertThrows(() => agentOf({ environment }), "bad_tools").message, /task\.add/);
});

Deno.test("openai_agent: what it is told first can be said otherwise", async () => {
  const { llm } = await answerOf(["Ahoy."], { system: "You are a pirate." });
  assertMatches(llm.requests[0]!.system!, /^You are a pirate\.\n\n# What is talked about/);
  const prompt = { file: "mine.md", text: "{{system}}\n---\nAt most {{max_actions}}." };
  const own = await answerOf(["Ahoy."], { system: "Arr.", prompt, max_actions_per_turn: 4 });
  assertEquals(own.llm.requests[0]!.system, "Arr.\n\nAt most 4.");
  assertThrows(() => agentOf({ prompt: { file: "mine.md", text: "{{wishes}}" } }), "bad_prompt");
});

Deno.test("openai_agent: offline the perfect rule calls the tools, and its words say that it is a rule", async () => {
  const llm = new ScriptedLLM([], { offline: true });
  const wish = { kind: "task_operation", ...DELETE };
  const { reply, actions, fault } = (await replyOf(agentOf(), { message: phraseOf(wish, catalogue), plan }, { llm }))!;
  assertEquals([actions, fault, llm.requests.length], [[wish], undefined, 2]);
  assertTrue(reply.startsWith(RULE_MARK));
});
