/** Tools through the gateway: how they are offered, how calls of them are read, what they count. */

import type { ChatTool, ToolCall } from "../../framework/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { CANARY, completion, Scene, serving } from "../../tests/support/gateway.ts";
import { countPromptTokens } from "../../tests/support/llm_server.ts";
import fc from "../../tests/support/properties.ts";
import { FetchClient } from "./client.ts";
import { boundsOf, chatBody } from "./request.ts";
import { SdkClient } from "./sdk_client.ts";
import { MOST_TOOL_CALLS, readToolCalls } from "./tools.ts";
import type { GatewayCall } from "./types.ts";

const TOOLS: readonly ChatTool[] = [
  {
    name: "add_task",
    description: "Adds a task.",
    parameters: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
  },
  { name: "list-tasks", description: "", parameters: { type: "object", properties: {} } },
];
const ASKED: Partial<GatewayCall> = { schema: null, tools: TOOLS };

function callsIn(written: unknown): readonly ToolCall[] {
  const calls = readToolCalls(written);
  assertTrue(!("problem" in calls), JSON.stringify(calls));
  return calls;
}

/** A completion with these `tool_calls`, and what a provider says beside them. */
function calling(tool_calls: unknown, content: unknown = null, rest = {}): object {
  const whole = completion(content, rest) as { choices: { message: object }[] };
  const [choice] = whole.choices;
  return {
    ...whole,
    choices: [{ ...choice, message: { ...choice!.message, tool_calls }, finish_reason: "tool_calls" }],
  };
}

for (const Client of [FetchClient, SdkClient]) {
  Deno.test(`tools are offered as the protocol has them, and an answer that only calls some is one (${Client.name})`, async () => {
    const calls = [{ name: "add_task", arguments: { name: "Beta" }, id: "a" }, {
      name: "list-tasks",
      arguments: "{oops",
    }];
    await using scene = await Scene.open({
      gateway: { client: new Client() },
      server: { behave: () => ({ do: "call_tool", calls }) },
    });
    const earlier: ToolCall = { id: "c1", name: "list-tasks", arguments: "{}" };
    const { response, account } = await scene.answer({
      ...ASKED,
      messages: [
        { role: "user", content: "Add Beta." },
        { role: "assistant", content: "", tool_calls: [earlier] },
        { role: "tool", tool_call_id: "c1", content: "[]" },
      ],
    });
    assertEquals(response, {
      content: "",
      finish_reason: "tool_calls",
      tool_calls: [
        { id: "a", name: "add_task", arguments: '{"name":"Beta"}' },
        { id: "call_0_1", name: "list-tasks", arguments: "{oops" },
      ],
    });
    const { body } = scene.server.requests[0]!;
    assertEquals(JSON.parse(JSON.stringify(body)), {
      model: "test-model",
      messages: [
        { role: "user", content: "Add Beta." },
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "c1", type: "function", function: { name: "list-tasks", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c1", content: "[]" },
      ],
      tools: TOOLS.map((tool) => ({ type: "function", function: { ...tool } })),
    });
    const { inputTokens, outputTokens } = scene.server;
    assertEquals(account.usage, { input_tokens: inputTokens, output_tokens: outputTokens });
  });

  Deno.test(`calls of tools that cannot be read are a bad response, made again and given up (${Client.name})`, async () => {
    const call = { id: "a", type: "function", function: { name: "add_task", arguments: "{}" } };
    for (const calls of ["none", { 0: call }, [null], [{ id: "a" }], Array(MOST_TOOL_CALLS + 1).fill(call)]) {
      await using server = serving(() => Response.json(calling(calls)));
      await using scene = await Scene.open({
        base_url: server.base_url,
        gateway: { client: new Client(), backoff_ms: 1 },
      });
      const { error, account } = await scene.givenUp({ ...ASKED, max_retries: 1 });
      assertEquals([error.code, account.retries], ["bad_response", 1]);
      assertMatches(error.message, /^the reply cannot be read: .*(tool_calls|129 tools)/);
    }
  });
}

Deno.test("an answer with neither text nor calls is empty, and calls of tools that nobody offered are no answer", async () => {
  await using none = serving(() => Response.json(calling([])));
  await using scene = await Scene.open({ base_url: none.base_url });
  assertEquals((await scene.givenUp({ ...ASKED, max_retries: 0 })).error.code, "empty_reply");
  const call = { id: "a", type: "function", function: { name: "add_task", arguments: "{}" } };
  await using unasked = serving(() => Response.json(calling([call])));
  await using other = await Scene.open({ base_url: unasked.base_url });
  assertEquals((await other.givenUp({ schema: null, max_retries: 0 })).error.code, "empty_reply");
});

Deno.test("a text beside calls is kept, and a key in either is not passed on", async () => {
  const call = { id: CANARY, function: { name: "add_task", arguments: { name: `the key is ${CANARY}` } } };
  await using server = serving(() => Response.json(calling([call], `as ${CANARY} wants`)));
  await using scene = await Scene.open({ base_url: server.base_url });
  assertEquals((await scene.answer(ASKED)).response, {
    content: "as *** wants",
    finish_reason: "tool_calls",
    tool_calls: [{ id: "***", name: "add_task", arguments: '{"name":"the key is ***"}' }],
  });
});

Deno.test("where nobody counts tokens, calls of tools count by their bytes, and tools by theirs before the call", async () => {
  const call = { id: "ab", function: { name: "add_task", arguments: '{"é":1}' } };
  await using server = serving(() => Response.json(calling([call], "ok", { usage: null })));
  await using scene = await Scene.open({ base_url: server.base_url });
  const { account } = await scene.answer(ASKED);
  assertEquals(account.usage.output_tokens, 2 + 2 + 8 + 8);
  const messages = [{ role: "user", content: "What do you do?" }] as const;
  const bytes = JSON.stringify(TOOLS.map((tool) => ({ type: "function", function: tool }))).length;
  assertTrue(account.usage.input_tokens >= messages[0].content.length + bytes - TOOLS.length - 1);
});

Deno.test("readToolCalls: each has an id of its own and its arguments as text, whatever is missing", () => {
  assertEquals([callsIn(undefined), callsIn(null), callsIn([])], [[], [], []]);
  assertEquals(
    callsIn([
      { function: { name: "a", arguments: { x: 1 } } },
      { id: "", function: { name: "b" } },
      { id: "x", function: { name: "c", arguments: null } },
      { id: "x", function: { name: "d", arguments: "" } },
      { id: 7, name: "e", arguments: [1] },
    ]),
    [
      { id: "call_1", name: "a", arguments: '{"x":1}' },
      { id: "call_2", name: "b", arguments: "{}" },
      { id: "x", name: "c", arguments: "{}" },
      { id: "call_4", name: "d", arguments: "" },
      { id: "call_5", name: "e", arguments: "[1]" },
    ],
  );
  assertEquals(callsIn([{ id: "call_2", name: "a" }, { name: "b" }]).map(({ id }) => id), ["call_2", "call_2_"]);
  assertEquals(callsIn(Array(MOST_TOOL_CALLS).fill({ name: "a" })).length, MOST_TOOL_CALLS);
});

Deno.test("property: whatever a server sends as calls of tools is read, or is said to be unreadable", () => {
  const written = fc.array(fc.anything({ key: fc.constantFrom("id", "name", "function", "arguments"), maxDepth: 3 }));
  const likely = fc.array(fc.record({
    id: fc.oneof(fc.constantFrom("call_1", "call_2", "x"), fc.jsonValue()),
    function: fc.record({ name: fc.constantFrom("a", "b"), arguments: fc.jsonValue() }),
  }, { requiredKeys: ["function"] }));
  fc.assert(fc.property(fc.oneof(written, likely), (json) => {
    const calls = readToolCalls(JSON.parse(JSON.stringify(json)));
    if ("problem" in calls) return assertTrue(calls.problem.length < 200);
    assertEquals(new Set(calls.map(({ id }) => id)).size, calls.length);
    assertTrue(calls.every((call) => call.name !== "" && typeof call.arguments === "string"));
  }));
});

Deno.test("property: a prompt with tools never has more tokens than were reserved for it", () => {
  const text = fc.string({ unit: "binary", maxLength: 100 });
  const call = fc.record({ id: text, name: text, arguments: text });
  const message = fc.oneof(
    fc.record({ role: fc.constant("user" as const), content: text }),
    fc.record({ role: fc.constant("tool" as const), content: text, tool_call_id: text }),
    fc.record({ role: fc.constant("assistant" as const), content: text, tool_calls: fc.array(call) }),
  );
  const tool = fc.record({ name: text, description: text, parameters: fc.dictionary(text, text) });
  fc.assert(fc.property(fc.array(message, { minLength: 1 }), fc.array(tool, { minLength: 1 }), (messages, tools) => {
    const asked = { model: "m", messages, schema: null, tools, temperature: null, max_tokens: null };
    const body = chatBody(
      asked as unknown as GatewayCall,
      { mode: "json_schema", temperature: true, length: "max_tokens" },
      null,
    );
    const { input } = boundsOf(asked as unknown as GatewayCall, true);
    assertTrue(countPromptTokens({ ...body, messages: [...body.messages] } as never) <= input);
    const written = [...messages.map(({ content }) => content), ...body.tools!.map((each) => JSON.stringify(each))];
    assertTrue(
      new TextEncoder().encode(written.join("")).length + 16 * messages.length <= input,
      "a token for each byte",
    );
  }));
});
