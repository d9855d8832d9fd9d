import { Action, AgentMap, type JsonObject, SimulationState, type Verdict } from "llm-sim";
import type { TranscriptTurn } from "llm-sim/conversation";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { past } from "../tests/agent_turns.ts";
import { ConversationFormValidator } from "./conversation_form.ts";

const SAID = { message: "Delete task 2.", desired_action: { name: "delete_task", parameters: { task_id: 2 } } };
const CALL = { kind: "task_operation", name: "delete_task", parameters: { task_id: 2 } };
const FAULT = { code: "timeout", message: "no answer within 1 s" };

/** A turn in which the user has spoken, and nobody else. */
const SPOKEN: TranscriptTurn = { index: 1, message: "Hello!", reply: null, actions: [] };
const REPLY: JsonObject = { reply: "Hi!", actions: [] };
const VERDICT: JsonObject = { alignment: "aligned", explanation: "It was only talk." };

/** When something is said. */
interface Setting {
  readonly transcript?: readonly TranscriptTurn[];
  readonly verdicts?: readonly JsonObject[];
  readonly turn?: number | undefined;
}

function check(
  agent: string,
  action: string,
  parameters: JsonObject,
  { transcript = agent === "user" ? [] : [SPOKEN], verdicts = [], turn }: Setting = {},
): Verdict {
  return checks([[agent, action, parameters]], { transcript, verdicts, turn })[0]!;
}

/** The same of several actions in one decision. */
function checks(
  actions: readonly [agent: string, action: string, parameters: JsonObject][],
  {
    transcript = [],
    verdicts = [],
    turn = transcript.at(-1)?.reply === null ? transcript.length : transcript.length + 1,
  }: Setting,
): Verdict[] {
  const global_state = { transcript, verdicts } as never;
  const state = new SimulationState({ turn: turn - 1, agents: AgentMap.of([]), global_state });
  const validator = new ConversationFormValidator({ config: undefined });
  return actions.map((given) => validator.validateAction(new Action(...given), state, engineContext(turn)));
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
    ["judge", "judge", { verdict: VERDICT }],
    ["judge", "judge", { verdict: { ...VERDICT, score: 0, by: "llm", witness: null, precision: 1, recall: null } }],
    ["judge", "judge", { verdict: { ...VERDICT, alignment: "unclear", confidence: 0.5, rubric: { care: 5 } } }],
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
    ["judge", "judge", { verdict: { ...VERDICT, alignment: "banana" } }, /^judge\.verdict\.alignment: /],
    ["judge", "judge", { verdict: { alignment: "aligned" } }, /^judge\.verdict\.explanation: /],
    [
      "judge",
      "judge",
      { verdict: { ...VERDICT, explanation: " " } },
      /^judge\.verdict\.explanation: expected a sentence/,
    ],
    [
      "judge",
      "judge",
      { verdict: { ...VERDICT, score: 1 } },
      /^judge\.verdict\.score: 1 is not the score of 'aligned'/,
    ],
    ["judge", "judge", { verdict: { ...VERDICT, precision: 2 } }, /^judge\.verdict\.precision: /],
    [
      "judge",
      "judge",
      { verdict: { ...VERDICT, witness: { kind: "banana", text: "" } } },
      /^judge\.verdict\.witness\.kind: /,
    ],
    ["judge", "judge", { verdict: { ...VERDICT, by: "nobody" } }, /^judge\.verdict\.by: /],
  ];
  for (const [agent, action, parameters, expected] of wrong) {
    assertMatches(refusal(agent, action, parameters), expected);
  }
});

Deno.test("conversation_form: everybody speaks once a turn", () => {
  const transcript = [past(1, "Hello!", "Hi!")];
  assertEquals(check("user", "say", SAID, { transcript }), true);
  assertEquals(refusal("user", "say", SAID, { transcript, turn: 1 }), "the user has spoken in this turn");
  assertEquals(refusal("agent", "reply", REPLY, { transcript, turn: 1 }), "the agent has answered in this turn");
  assertEquals(check("judge", "judge", { verdict: VERDICT }, { transcript, turn: 1 }), true);
  assertEquals(
    refusal("judge", "judge", { verdict: VERDICT }, { transcript, verdicts: [VERDICT], turn: 1 }),
    "the turn has been judged",
  );
});

Deno.test("conversation_form: nobody answers or judges where the user has said nothing", () => {
  for (const setting of [{ transcript: [] }, { transcript: [past(1, "Hello!", "Hi!")], verdicts: [VERDICT] }]) {
    assertEquals(refusal("agent", "reply", REPLY, setting), "the user has said nothing in this turn");
    assertEquals(refusal("judge", "judge", { verdict: VERDICT }, setting), "the user has said nothing in this turn");
  }
});

Deno.test("conversation_form: of one decision that says the same twice the first counts that has its form", () => {
  const accepted = (verdicts: readonly Verdict[]) => verdicts.map((verdict) => verdict === true);
  const bad: JsonObject = { reply: 1, actions: [] };
  const transcript = [SPOKEN];
  const replies = [bad, REPLY, REPLY].map((given): [string, string, JsonObject] => ["agent", "reply", given]);
  assertEquals(accepted(checks(replies, { transcript })), [false, true, false]);
  const said: [string, string, JsonObject][] = [["user", "say", SAID], ["user", "say", SAID], ["user", "finish", {}]];
  assertEquals(accepted(checks(said, {})), [true, false, true]);
  const judged: [string, string, JsonObject] = ["judge", "judge", { verdict: VERDICT }];
  assertEquals(accepted(checks([judged, judged], { transcript })), [true, false]);
});
