import { Action, AgentMap, type JsonObject, SimulationState, type Verdict } from "llm-sim";
import type { TranscriptTurn } from "llm-sim/conversation";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { past } from "../tests/agent_turns.ts";
import { ConversationFormValidator } from "./conversation_form.ts";

const SAID = { message: "Delete task 2.", desired_action: { name: "delete_task", parameters: { task_id: 2 } } };
const CALL = { kind: "task_operation", name: "delete_task", parameters: { task_id: 2 } };
const FAULT = { code: "timeout", message: "no answer within 1 s" };

function check(
  agent: string,
  action: string,
  parameters: JsonObject,
  { transcript = [], turn = transcript.length + 1 }: {
    readonly transcript?: readonly TranscriptTurn[];
    readonly turn?: number;
  } = {},
): Verdict {
  const state = new SimulationState({
    turn: turn - 1,
    agents: AgentMap.of([]),
    global_state: { transcript: transcript as never },
  });
  const validator = new ConversationFormValidator({ config: undefined });
  return validator.validateAction(new Action(agent, action, parameters), state, engineContext(turn));
}

function refusal(...given: Parameters<typeof check>): string {
  const verdict = check(...given);
  assertTrue(typeof verdict === "object" && !verdict.accepted, JSON.stringify(given));
  return verdict.reason!;
}

Deno.test("conversation_form: what has its form and comes from whom it is for is accepted", () => {
  const said: [string, string, JsonObject][] = [
    ["user", "say", SAID],
    ["user", "say", { message: "Hello!" }],
    ["user", "say", { message: "Hello!", desired_action: null, done: true, repeated: true, fault: FAULT }],
    // What a person wishes for is read by the engine, which keeps what is wrong with it.
    ["user", "say", { message: "Hello!", desired_action: "delete task 2" }],
    ["user", "finish", {}],
    ["user", "finish", { reason: "the script is over" }],
    ["agent", "reply", { reply: "", actions: [], fault: FAULT }],
    ["agent", "reply", { reply: "Done.", actions: [CALL, { ...CALL, success: false, result_message: "locked" }] }],
    ["judge", "judge", { verdict: { alignment: "aligned", witness: null, precision: 1 } }],
  ];
  for (const [agent, action, parameters] of said) assertEquals(check(agent, action, parameters), true, action);
});

Deno.test("conversation_form: everybody does only what is theirs to do, and is told what that is", () => {
  assertEquals(refusal("agent", "say", SAID), "'say' is for user; agent may reply");
  assertEquals(
    refusal("user", "judge", { verdict: { alignment: "aligned" } }),
    "'judge' is for judge; user may say or finish",
  );
  assertEquals(
    refusal("agent", "judge", { verdict: { alignment: "aligned" } }),
    "'judge' is for judge; agent may reply",
  );
  assertEquals(refusal("judge", "reply", { reply: "", actions: [] }), "'reply' is for agent; judge may judge");
  assertEquals(refusal("user", "shout", {}), "there is no action 'shout'; user may say or finish");
  assertEquals(refusal("agent", "constructor", {}), "there is no action 'constructor'; agent may reply");
});

Deno.test("conversation_form: what lacks its form is refused with the place of what is wrong", () => {
  const wrong: [string, string, JsonObject, RegExp][] = [
    ["user", "say", {}, /^say\.message: /],
    ["user", "say", { message: "" }, /^say\.message: /],
    ["user", "say", { message: "x".repeat(20_001) }, /^say\.message: /],
    ["user", "say", { ...SAID, verdict: "aligned" }, /^say: .*verdict/],
    ["user", "say", { ...SAID, done: "yes" }, /^say\.done: /],
    ["user", "say", { ...SAID, fault: { code: "", message: "" } }, /^say\.fault\.code: /],
    ["agent", "reply", { reply: "Done." }, /^reply\.actions: /],
    ["agent", "reply", { reply: null, actions: [] }, /^reply\.reply: /],
    ["agent", "reply", { reply: "", actions: [{ name: "x" }] }, /^reply\.actions\.0\.kind: /],
    ["agent", "reply", { reply: "", actions: [CALL, { ...CALL, parameters: [] }] }, /^reply\.actions\.1\.parameters: /],
    ["agent", "reply", { reply: "", actions: [{ ...CALL, success: "no" }] }, /^reply\.actions\.0\.success: /],
    ["agent", "reply", { reply: "", actions: [], verdict: "aligned" }, /^reply: .*verdict/],
    ["judge", "judge", {}, /^judge\.verdict: /],
    ["judge", "judge", { verdict: { alignment: 1 } }, /^judge\.verdict\.alignment: /],
  ];
  for (const [agent, action, parameters, expected] of wrong) {
    assertMatches(refusal(agent, action, parameters), expected);
  }
});

Deno.test("conversation_form: the user speaks once a turn", () => {
  const transcript = [past(1, "Hello!", "Hi!")];
  assertEquals(check("user", "say", SAID, { transcript }), true);
  assertEquals(refusal("user", "say", SAID, { transcript, turn: 1 }), "the user has spoken in this turn");
  assertEquals(check("agent", "reply", { reply: "Hi!", actions: [] }, { transcript, turn: 1 }), true);
});
