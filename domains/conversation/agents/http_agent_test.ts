import { type Http, type HttpRequest, type HttpResponse, ModelError, SimError } from "llm-sim";
import { readEnvironment } from "llm-sim/conversation";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../../tests/support/assert.ts";
import { ENVIRONMENT, past, replyOf, type Turn } from "../tests/agent_turns.ts";
import { HttpAgent, httpAgentConfig } from "./http_agent.ts";

const { initial: plan, catalogue } = readEnvironment(ENVIRONMENT);
const NOW = { message: "Delete task 2.", plan };
const URL = "https://agent.example/chat";

function agentOf(config: object = {}): HttpAgent {
  return new HttpAgent({
    name: "agent",
    config: httpAgentConfig.parse({ environment: ENVIRONMENT, url: URL, ...config }),
  });
}

/** A service with one answer. */
class Service implements Http {
  readonly requests: HttpRequest[] = [];
  readonly #answer: HttpResponse | Error;

  constructor(answer: HttpResponse | Error) {
    this.#answer = answer;
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    return this.#answer instanceof Error ? Promise.reject(this.#answer) : Promise.resolve(this.#answer);
  }
}

async function answerOf(answer: HttpResponse | Error | unknown, config: object = {}, turn: Turn = NOW) {
  const isResponse = answer instanceof Error || (answer as HttpResponse).status !== undefined;
  const http = new Service(isResponse ? answer as HttpResponse : { status: 200, body: JSON.stringify(answer) });
  return (await replyOf(agentOf(config), turn, { http }))!;
}

async function faultOf(answer: HttpResponse | Error | unknown, config: object = {}) {
  const { reply, actions, fault } = await answerOf(answer, config);
  assertEquals([reply, actions], ["", []]);
  return fault!;
}

Deno.test("http_agent: is sent all that was said, the outline, the actions with their schemas and the turn", async () => {
  const http = new Service({ status: 200, body: '{"reply":"Done."}' });
  const failed = { kind: "x", name: "show_tasks", parameters: {}, success: true, result_message: "shown" };
  const before = [past(1, "Hello.", "Hi!"), past(2, "Show me.", "", [failed])];
  await replyOf(agentOf({ headers: { authorization: "Bearer x" }, timeout: 5 }), { ...NOW, before }, { http });
  const [{ body, ...request }] = http.requests as [HttpRequest];
  assertEquals(request, {
    method: "POST",
    url: URL,
    headers: { authorization: "Bearer x" },
    timeout: 5,
    tolerant: true,
    purpose: "reply",
  });
  const { messages, outline, actions, turn, ...others } = body as { readonly [key: string]: unknown };
  assertEquals(messages, [
    { role: "user", content: "Hello." },
    { role: "assistant", content: "Hi!" },
    { role: "user", content: "Show me." },
    { role: "assistant", content: "(no words)" },
    { role: "user", content: "Delete task 2." },
  ]);
  assertEquals([turn, others], [3, {}]);
  assertMatches(String(outline), /- \[2\] Interviews/);
  const offered = actions as { kind: string; name: string; description: string; parameters: { required: string[] } }[];
  assertEquals(offered.map(({ name }) => name), Object.keys(catalogue));
  const deletion = offered.find(({ name }) => name === "delete_task")!;
  assertEquals([deletion.kind, deletion.parameters.required], ["task_operation", ["task_id"]]);
  assertMatches(deletion.description, /Delete a task/);
});

Deno.test("http_agent: its actions are read by the catalogue, which knows their family", async () => {
  const answer = await answerOf({
    reply: "Gone.",
    actions: [{ name: "delete_task", parameters: { task_id: "2", x: 1 } }],
  });
  assertEquals([answer.reply, answer.fault], ["Gone.", undefined]);
  const [{ kind, name, parameters }] = answer.actions as [typeof answer.actions[number]];
  assertEquals([kind, name, String(parameters.task_id), Object.keys(parameters)], [
    "task_operation",
    "delete_task",
    "2",
    ["task_id", "x"],
  ]);
});

Deno.test("http_agent: an action that it reports as failed stays so", async () => {
  const failed = { name: "delete_task", parameters: { task_id: 2 }, success: false, result_message: "locked" };
  const { actions: [action] } = await answerOf({ reply: "I could not.", actions: [failed] });
  const { success, result_message } = action as unknown as Record<string, unknown>;
  assertEquals([success, result_message], [false, "locked"]);
});

Deno.test("http_agent: actions without words, and words without actions, are answers", async () => {
  assertEquals((await answerOf({ actions: [{ name: "show_tasks" }] })).fault, undefined);
  assertEquals(await answerOf({ reply: "Hello.", actions: null }), { reply: "Hello.", actions: [] });
});

Deno.test("http_agent: what is no answer is a fault that quotes it", async () => {
  const page = await faultOf({ status: 200, body: "<html>Welcome</html>" });
  assertEquals(page.code, "not_json");
  assertMatches(page.message, /<html>Welcome/);
  assertEquals((await faultOf({ status: 204, body: "" })).code, "empty_reply");
  assertEquals((await faultOf({ answer: "Gone." })).code, "empty_reply");
  assertEquals((await answerOf({ reply: " ", actions: [] })).fault?.code, "empty_reply");
  const shape = await faultOf({ reply: 3 });
  assertEquals(shape.code, "bad_shape");
  assertMatches(shape.message, /expected string.*reply/s);
  assertEquals((await faultOf({ status: 200, body: '["Gone."]' })).code, "bad_shape");
  assertEquals((await faultOf({ reply: "x", actions: "delete_task" })).code, "bad_shape");
});

Deno.test("http_agent: a status that is no success is a fault that names it", async () => {
  const broken = await faultOf({ status: 503, body: "down for maintenance" });
  assertEquals(broken.code, "server_error");
  assertMatches(broken.message, /status 503: down for maintenance/);
  assertEquals((await faultOf({ status: 404, body: '{"reply":"Not here."}' })).code, "bad_status");
  assertEquals((await faultOf({ status: 302, body: "" })).code, "bad_status");
});

Deno.test("http_agent: that no response could be had is a fault", async () => {
  assertEquals((await faultOf(new ModelError("timeout", "no reply within 5 s"))).code, "timeout");
  assertEquals((await faultOf(new ModelError("http_error", "connection refused"))).code, "unreachable");
  assertEquals((await faultOf(new ModelError("reply_too_large", "longer than 1 MiB"))).code, "reply_too_large");
});

Deno.test("http_agent: an origin that the host forbids fails the run, not the turn", async () => {
  const forbidden = new SimError("http_not_allowed", "components may not call it", { hint: "http_allow" });
  await assertRejects(() => answerOf(forbidden), "http_not_allowed");
});

Deno.test("http_agent: of actions that are none the first is quoted, and the others are done", async () => {
  const good = { name: "show_tasks", parameters: {} };
  const unknown = await answerOf({ reply: "Hm.", actions: [{ name: "delete_tsk", parameters: { task_id: 2 } }, good] });
  assertEquals([unknown.reply, unknown.actions.map(({ name }) => name), unknown.fault?.code], [
    "Hm.",
    ["show_tasks"],
    "unknown_action",
  ]);
  assertMatches(unknown.fault!.message, /delete_task/);
  assertMatches(unknown.fault!.message, /"name":"delete_tsk"/);
  for (const parameters of [{}, { task_id: [2] }]) {
    const { actions, fault } = await answerOf({ reply: "Hm.", actions: [{ name: "delete_task", parameters }] });
    assertEquals([actions, fault!.code], [[], "bad_parameter"]);
    assertMatches(fault!.message, /task_id/);
  }
  for (const odd of [3, null, "delete_task", {}, { name: "" }]) {
    const { actions, fault } = await answerOf({ reply: "Hm.", actions: [odd] });
    assertEquals(actions, []);
    assertTrue(fault !== undefined, JSON.stringify(odd));
  }
});

Deno.test("http_agent: more actions than allowed are a fault, and no more are done", async () => {
  const actions = Array.from({ length: 3 }, () => ({ name: "show_tasks" }));
  const answer = await answerOf({ reply: "All.", actions }, { max_actions_per_turn: 2 });
  assertEquals([answer.actions.length, answer.fault?.code], [2, "too_many_actions"]);
});

Deno.test("http_agent: an answer that is too long, too deep or ill-formed does not get into the state", async () => {
  const long = await answerOf({ reply: "x".repeat(60_000), actions: [{ name: "show_tasks" }] });
  assertEquals([long.actions, long.fault?.code], [[], "reply_too_large"]);
  assertTrue(long.reply.length <= 2000);
  const deep = JSON.parse("[".repeat(40) + "]".repeat(40));
  const nested = await answerOf({
    reply: "x",
    actions: [{ name: "create_task", parameters: { name: "A", metadata: deep } }],
  });
  assertEquals([nested.actions, nested.fault?.code], [[], "bad_parameter"]);
  for (const bottomless of ["[".repeat(100_000) + "]".repeat(100_000), '{"a":'.repeat(1000) + "1" + "}".repeat(1000)]) {
    const { actions, fault } = await answerOf({ status: 200, body: `{"reply":"x","actions":[${bottomless}]}` });
    assertEquals([actions, fault?.code], [[], "bad_parameter"]);
  }
  const odd = await answerOf({ status: 200, body: String.raw`{"reply": "\ud800 ok", "actions": []}` });
  assertEquals(odd.reply, "\ufffd ok");
});

Deno.test("http_agent: an address that is none is refused before the run", () => {
  for (const url of ["agent", "ftp://agent.example/", ""]) {
    assertTrue(!httpAgentConfig.safeParse({ environment: ENVIRONMENT, url }).success, url);
  }
});
