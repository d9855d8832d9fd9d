/** Runs whose agents offer their models tools: each round is a call on the tape, found again by resume, fork and replay. */

import type { App } from "../../runner/app.ts";
import { difference } from "../durability/world.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import type { LLMRequest, LLMServer, LLMServerOptions } from "../support/llm_server.ts";
import { keyOfRequest } from "../support/llm_request.ts";
import { assertCompleted, eventsOf, tapeOf, toolUsers, withModels } from "./world.ts";

/** Coins that the scripted model puts: as many as the turn has, and one more. */
function put({ messages }: LLMRequest): { name: string; arguments: { coins: number } } {
  return { name: "put", arguments: { coins: Number(/^Turn (\d+)/.exec(messages[0]!.content)![1]) + 1 } };
}

/** Calls the tool in its first round and is content with what it said in the second. */
const MODEL: LLMServerOptions = {
  keyOf: keyOfRequest,
  answer: () => "Done.",
  behave: (request) => request.messages.length === 1 ? { do: "call_tool", calls: [put(request)] } : undefined,
};

function withTools<T>(server: LLMServerOptions, body: (app: App, server: LLMServer) => Promise<T>): Promise<T> {
  return withModels({ ...MODEL, ...server }, body, { fixtures: ["tool_users"] });
}

async function ended(app: App, text: string): Promise<string> {
  const run = await runToEnd(app, { text });
  assertCompleted(run);
  assertEquals(run.validity.state, "valid");
  return run.run_id;
}

Deno.test("a model's calls of tools reach the agent, their results the model; a replay asks nobody", async () => {
  await withTools({}, async (app, server) => {
    const id = await ended(app, toolUsers({ turns: 2, agents: 2 }));
    assertEquals([server.received, server.repeated], [8, []]);
    assertEquals((await app.state(id))!.state.global_state, { pot: 2 * (2 + 3) });

    const tape = tapeOf(app.folder(id)).filter(({ agent, turn }) => agent === "A_1" && turn === 1);
    assertEquals(tape.map(({ n, attempt }) => [n, attempt]), [[1, 1], [2, 1]]);
    const [first, second] = tape;
    assertTrue(first!.kind === "llm" && second!.kind === "llm");
    const tool_calls = first!.response!.tool_calls!;
    assertEquals([first!.response!.content, first!.response!.finish_reason], ["", "tool_calls"]);
    assertEquals(tool_calls.map((call) => [call.name, call.arguments]), [["put", '{"coins":2}']]);
    assertEquals(first!.request.tools!.map(({ name }) => name), ["put"]);
    assertEquals(second!.request.messages.slice(1), [
      { role: "assistant", content: "", tool_calls },
      { role: "tool", content: "you have put 2", tool_call_id: tool_calls[0]!.id },
    ]);
    assertEquals(second!.response, { content: "Done.", finish_reason: "stop" });
    assertEquals(eventsOf(app.folder(id), "LLM")[0]!.details.tool_calls, [{ name: "put", arguments: '{"coins":2}' }]);

    await server.down();
    const { identical, divergence } = await app.replay(id);
    assertEquals([identical, divergence, server.received], [true, null, 8]);
  });
});

Deno.test("a run that is interrupted between two rounds goes on with the second, and ends as if it had not been", async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const answer = async ({ messages }: LLMRequest) => {
    if (messages[0]!.content.startsWith("Turn 2: A_2")) {
      reach();
      await held;
    }
    return "Done.";
  };
  await withTools({ answer }, async (app, server) => {
    const { run_id } = await app.start({ text: toolUsers({ turns: 3, agents: 2 }) });
    await reached;
    await app.interrupt(run_id, "test");
    release();
    const before = tapeOf(app.folder(run_id)).length;
    await server.whenIdle();
    server.reset();
    await app.resume(run_id);
    assertCompleted(await app.wait(run_id));
    assertEquals([before + server.received, tapeOf(app.folder(run_id)).length, server.repeated], [12, 12, []]);
    const whole = await ended(app, toolUsers({ turns: 3, agents: 2 }));
    assertEquals(await difference(app.folder(whole), app.folder(run_id)), null);
    assertEquals((await app.replay(run_id)).divergence, null);
  });
});

Deno.test("a fork takes over what tools were called, and asks nothing that was asked before", async () => {
  await withTools({}, async (app, server) => {
    const id = await ended(app, toolUsers({ turns: 3, agents: 1 }));
    server.reset();
    const fork = await app.fork(id, { turn: 1 });
    const forked = await app.wait(fork.run_id);
    assertEquals([forked.status, forked.cost.reused_calls, server.received], ["completed", 4, 0]);
    assertEquals((await app.replay(fork.run_id)).divergence, null);
  });
});

Deno.test("a model that never stops calling tools is asked as often as its agent will, and what it writes is passed on", async () => {
  await withTools({ behave: () => "call_tool" }, async (app, server) => {
    const id = await ended(app, toolUsers({ turns: 1, agents: 1, config: "rounds: 4" }));
    assertEquals(server.received, 4);
    assertEquals(eventsOf(app.folder(id), "DECISION").map(({ details }) => details.reasoning), ["no more rounds"]);
  });
  const calls = [{ name: "put", arguments: '{"coins": 1' }];
  const behave = ({ messages }: LLMRequest) => messages.length === 1 ? { do: "call_tool", calls } as const : undefined;
  await withTools({ behave }, async (app) => {
    const id = await ended(app, toolUsers({ turns: 1, agents: 1 }));
    const entry = tapeOf(app.folder(id))[1]!;
    assertTrue(entry.kind === "llm");
    assertEquals(entry.request.messages.at(-1)!.content, "that is no number of coins");
  });
});

Deno.test("without a model the agent's own rule calls its tools", async () => {
  await withTools({}, async (app, server) => {
    const id = await ended(app, toolUsers({ turns: 2, agents: 1, llm: "{ provider: offline }" }));
    assertEquals((await app.state(id))!.state.global_state, { pot: 1 + 2 });
    assertEquals([server.received, tapeOf(app.folder(id)).length], [0, 4]);
    assertEquals((await app.replay(id)).divergence, null);
  });
});
