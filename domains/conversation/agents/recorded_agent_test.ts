import { assertEquals, assertMatches } from "../../../tests/support/assert.ts";
import { ENVIRONMENT, past, replyOf } from "../tests/agent_turns.ts";
import { RecordedAgent, recordedAgentConfig } from "./recorded_agent.ts";

function agentOf(turns: unknown[], more: object = {}): RecordedAgent {
  return new RecordedAgent({ name: "agent", config: recordedAgentConfig.parse({ turns, ...more }) });
}

const DONE = { kind: "task_operation", name: "delete_task", parameters: { task_id: 2 } };

Deno.test("recorded_agent: answers the turn as it was recorded, whatever the user says", async () => {
  const fault = { code: "tool_loop", message: "it still called tools" };
  const agent = agentOf([{ reply: "First.", actions: [DONE] }, { reply: "", actions: [], fault }]);
  for (const message of ["Delete it.", "Keep it."]) {
    assertEquals(await replyOf(agent, { message, plan: null }), { reply: "First.", actions: [DONE] });
  }
  const second = { message: "And now?", plan: null, before: [past(1, "Delete it.", "First.")] };
  assertEquals(await replyOf(agent, second), { reply: "", actions: [], fault });
});

Deno.test("recorded_agent: beyond its end there is no recording", async () => {
  const turn = { message: "More?", plan: null, before: [past(1, "Hello.", "Hi.")] };
  const { reply, actions, fault } = (await replyOf(agentOf([{ reply: "Hi." }]), turn))!;
  assertEquals([reply, actions, fault?.code], ["", [], "no_recording"]);
  assertMatches(fault!.message, /ends with turn 1/);
});

Deno.test("recorded_agent: what had failed has failed; what had succeeded is done again", async () => {
  const actions = [
    { ...DONE, success: true, result_message: "gone" },
    { ...DONE, success: false, result_message: "there is no task 2" },
  ];
  const answer = await replyOf(agentOf([{ reply: "Hm.", actions }]), { message: "Twice.", plan: null });
  assertEquals(answer!.actions, [DONE, actions[1]!]);
});

Deno.test("recorded_agent: a family that was not recorded is the catalogue's", async () => {
  const turns = [{ reply: null, actions: [{ name: "delete_task", parameters: { task_id: 2 } }, { name: "fly" }] }];
  const answer = await replyOf(agentOf(turns, { environment: ENVIRONMENT }), { message: "Go.", plan: null });
  assertEquals(answer, { reply: "", actions: [DONE, { kind: "unknown", name: "fly", parameters: {} }] });
});
