import type { Json } from "llm-sim";
import { type ActionSpec, type ParameterSchema, phraseOf, readAction, readEnvironment } from "llm-sim/conversation";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { ENVIRONMENT, past, replyOf } from "../tests/agent_turns.ts";
import { RuleAssistantAgent, ruleAssistantConfig } from "./rule_assistant.ts";

const { initial: plan, catalogue } = readEnvironment(ENVIRONMENT);
type Behaviour = "perfect" | "forgetful" | "wrong_argument" | "do_nothing";

function agentOf(behaviour: Behaviour): RuleAssistantAgent {
  const config = ruleAssistantConfig.parse({ environment: ENVIRONMENT, behaviour });
  return new RuleAssistantAgent({ name: "agent", config });
}

/** An action as the catalogue writes it. */
function action(name: string, parameters: ActionSpec["parameters"]): ActionSpec {
  const read = readAction({ name, parameters }, catalogue);
  if ("problem" in read) throw new Error(read.problem);
  return read.action;
}

async function answerTo(behaviour: Behaviour, message: string | ActionSpec) {
  const said = typeof message === "string" ? message : phraseOf(message, catalogue);
  return (await replyOf(agentOf(behaviour), { message: said, plan }))!;
}

const CREATE = action("create_task", { name: "Beta test", parent_id: 1, instruction: "Ask ten users." });
const DELETE = action("delete_task", { task_id: 2 });
const MOVE = action("move_task", { task_id: 2, new_parent_id: 3, new_position: 0 });
const RENAME = action("update_task", { task_id: 3, name: "Build it" });
const INSTRUCT = action("update_task_instruction", { task_id: 3, instruction: "Twice." });
const SHOW = action("show_tasks", {});
const WISHES = [CREATE, DELETE, MOVE, RENAME, INSTRUCT, SHOW];

Deno.test("rule_assistant: the perfect one does what the user's words ask for, and says so", async () => {
  for (const wish of WISHES) assertEquals((await answerTo("perfect", wish)).actions, [wish]);
  const { reply, fault } = await answerTo("perfect", CREATE);
  assertMatches(reply, /^I did this: create_task with .*"Beta test"/);
  assertEquals(fault, undefined);
});

Deno.test("rule_assistant: what it does not understand it asks about, and does nothing", async () => {
  for (const behaviour of ["perfect", "forgetful", "wrong_argument"] as const) {
    const { reply, actions, fault } = await answerTo(behaviour, "It looks like rain, does it not?");
    assertEquals([actions, fault], [[], undefined]);
    assertMatches(reply, /\?$/);
  }
});

Deno.test("rule_assistant: the forgetful one leaves out the last argument, and with it an action that has only one", async () => {
  for (const wish of WISHES) {
    const { reply, actions } = await answerTo("forgetful", wish);
    const named = Object.keys(catalogue[wish.name]!.parameters).filter((name) => name in wish.parameters);
    const kept = Object.fromEntries(named.slice(0, -1).map((name) => [name, wish.parameters[name]!]));
    assertEquals(actions, named.length < 2 ? [] : [{ ...wish, parameters: kept }]);
    assertEquals(reply === "Noted.", named.length < 2);
  }
});

Deno.test("rule_assistant: the wrong one changes one argument, and no free text where there is another", async () => {
  for (const wish of WISHES.filter(({ name }) => name !== "show_tasks")) {
    const { actions: [done, ...others] } = await answerTo("wrong_argument", wish);
    assertEquals(others, []);
    assertEquals(Object.keys(done!.parameters).toSorted(), Object.keys(wish.parameters).toSorted());
    const changed = Object.keys(wish.parameters).filter((name) =>
      JSON.stringify(done!.parameters[name]) !== JSON.stringify(wish.parameters[name])
    );
    assertEquals(changed.length, 1, wish.name);
    assertTrue(catalogue[wish.name]!.parameters[changed[0]!]!.type !== "text", wish.name);
  }
});

Deno.test("rule_assistant: a wrong task is another one of the plan, of the same type of id", async () => {
  const { actions: [done] } = await answerTo("wrong_argument", DELETE);
  assertEquals(typeof done!.parameters.task_id, typeof DELETE.parameters.task_id);
  assertTrue(["1", "3"].includes(String(done!.parameters.task_id)));
  const { actions: [moved] } = await answerTo("wrong_argument", MOVE);
  assertEquals(String(moved!.parameters.task_id), "1");
});

Deno.test("rule_assistant: a wrong value is of the argument's type, whatever that is", async () => {
  const values: [ParameterSchema["type"], ...Json[]][] = [
    ["string", "window"],
    ["text", "By the door, please."],
    ["integer", -1, 0],
    ["number", 2.5],
    ["boolean", true, false],
    ["date", "2026-12-31", "2026-02-28T09:30:00Z"],
    ["id", "r12", 12],
    ["list", ["a", "b"], []],
    ["object", { a: 1 }, {}],
  ];
  for (const [type, ...wanted] of values) {
    const actions = {
      book: { kind: "desk", description: "Books.", mutating: true, parameters: { it: parameter(type) } },
    };
    const environment = { title: "Desk", outline: "", actions };
    const config = ruleAssistantConfig.parse({ environment, behaviour: "wrong_argument" });
    const agent = new RuleAssistantAgent({ name: "agent", config });
    for (const it of wanted) {
      const message = phraseOf({ kind: "desk", name: "book", parameters: { it } }, actions);
      const { actions: [done] } = (await replyOf(agent, { message, plan: [] }))!;
      assertEquals(readAction(done, actions), { action: done! });
      assertTrue(JSON.stringify(done!.parameters.it) !== JSON.stringify(it), `${type} ${message}`);
    }
  }
  const actions = {
    book: {
      kind: "desk",
      description: "",
      mutating: true,
      parameters: { it: { ...parameter("string"), enum: ["a", "b"] } },
    },
  };
  const config = ruleAssistantConfig.parse({
    environment: { title: "Desk", outline: "", actions },
    behaviour: "wrong_argument",
  });
  const agent = new RuleAssistantAgent({ name: "agent", config });
  const answer = await replyOf(agent, { message: 'Please do book with it "a".', plan: [] });
  assertEquals(answer!.actions[0]!.parameters, { it: "b" });
});

function parameter(type: ParameterSchema["type"]): ParameterSchema {
  return { type, description: "what is booked" };
}

Deno.test("rule_assistant: the idle one has friendly words for everything", async () => {
  for (const wish of WISHES) {
    const { reply, actions, fault } = await answerTo("do_nothing", wish);
    assertEquals([actions, fault], [[], undefined]);
    assertTrue(reply.length > 0);
  }
});

Deno.test("rule_assistant: when the user has said nothing in a turn it decides nothing", async () => {
  const before = [past(1, "Hello.", "Hello!")];
  assertEquals(
    await replyOf(agentOf("perfect"), { message: phraseOf(DELETE, catalogue), plan, before, turn: 3 }),
    null,
  );
});

Deno.test("rule_assistant: more actions than allowed are cut off, and a fault", async () => {
  const config = ruleAssistantConfig.parse({ environment: ENVIRONMENT, max_actions_per_turn: 1 });
  const agent = new RuleAssistantAgent({ name: "agent", config });
  const message = `${phraseOf(DELETE, catalogue)} ${phraseOf(RENAME, catalogue)}`;
  const { actions, fault } = (await replyOf(agent, { message, plan }))!;
  assertEquals([actions, fault?.code], [[DELETE], "too_many_actions"]);
});
