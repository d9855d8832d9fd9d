import {
  Action,
  AgentMap,
  canonicalJson,
  type EngineContext,
  type Json,
  type JsonObject,
  type OutgoingMessage,
  rng,
  sha256,
  SimulationState,
} from "llm-sim";
import {
  type ActionSpec,
  CONVERSATION_VARIABLES,
  type JudgeVerdict,
  PlanTree,
  readEnvironment,
  ruledVerdict,
  type TranscriptTurn,
  type Wish,
} from "llm-sim/conversation";
import type { z } from "zod";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import type { Globals } from "../agents/_parts/settings.ts";
import { ENVIRONMENT } from "../tests/agent_turns.ts";
import { ConversationEngine, sealOf } from "./conversation.ts";

type Config = Partial<z.input<typeof ConversationEngine.config>>;

const { catalogue } = readEnvironment(ENVIRONMENT);

const act = (name: string, parameters: JsonObject): ActionSpec => ({ kind: "task_operation", name, parameters });
const create = (name: string, more: JsonObject = {}) => act("create_task", { name, ...more });
const remove = (task_id: number) => act("delete_task", { task_id });
const BETA = create("Beta test");

/** What user and agent do in a turn. */
interface Turn {
  /** What the user wants; absent: nothing. */
  readonly wish?: Json | ActionSpec;
  /** More of what the user says. */
  readonly said?: JsonObject;
  /** What the agent does; absent: what is wanted. */
  readonly does?: readonly (ActionSpec & { readonly success?: false })[];
  /** More of what the agent answers. */
  readonly answered?: JsonObject;
  /** What the judge says; absent: what rules say. */
  readonly verdict?: JudgeVerdict;
}

/** A conversation that is played by hand. */
class Talk {
  readonly engine: ConversationEngine;
  readonly sent: OutgoingMessage[] = [];
  state: SimulationState<Record<string, never>, Globals>;
  turn = 0;
  readonly #seed: number;

  constructor(config: Config = {}, seed = 1) {
    this.#seed = seed;
    this.engine = new ConversationEngine({
      config: ConversationEngine.config.parse({ environment: ENVIRONMENT, stop_on_misalignment: false, ...config }),
    });
    const defaults = Object.entries(CONVERSATION_VARIABLES.global_vars).map(([name, { default: value = null }]) =>
      [name, value] as const
    );
    const global_state = Object.fromEntries(defaults) as unknown as Globals;
    this.state = this.engine.initializeState(
      new SimulationState({ turn: 0, agents: AgentMap.of<Record<string, never>>([]), global_state }),
    );
  }

  get globals(): Globals {
    return this.state.global_state;
  }

  /** Why it ends; null: it goes on. */
  get end(): string | null {
    return this.engine.checkTermination(this.state);
  }

  get names(): (string | null)[] {
    const tree = PlanTree.read(this.globals.plan);
    return tree.children(null).map((id) => tree.nameOf(id));
  }

  apply(agent: string, name: string, parameters: JsonObject): void {
    const { turn } = this;
    const context: EngineContext = {
      ...engineContext(turn),
      send: (message) => void this.sent.push(message),
      rng: (purpose, agent = "") => rng(this.#seed, purpose, agent, turn),
    };
    this.state = this.engine.applyActions(this.state, [new Action(agent, name, parameters)], context);
  }

  say(parameters: JsonObject): Wish {
    this.turn++;
    this.apply("user", "say", { message: "Please.", desired_action: null, ...parameters });
    return this.globals.wishes.at(-1)!;
  }

  reply(actions: readonly object[], more: JsonObject = {}): TranscriptTurn {
    this.apply("agent", "reply", { reply: "Done.", actions: actions as never, ...more });
    return this.globals.transcript.at(-1)!;
  }

  judge(given?: JudgeVerdict): JudgeVerdict {
    const [wish, turn] = [this.globals.wishes.at(-1)!, this.globals.transcript.at(-1)!];
    const verdict = given ?? ruledVerdict({ wish, turn, catalogue, extra: "flag" });
    this.apply("judge", "judge", { verdict: verdict as never });
    return verdict;
  }

  /** Plays a turn; returns how it was judged. */
  play({ wish = null, said, does, answered, verdict }: Turn): JudgeVerdict["alignment"] {
    const { desired_action } = this.say({ desired_action: wish as Json, ...said });
    this.reply(does ?? (desired_action === null ? [] : [desired_action]), answered);
    return this.judge(verdict).alignment;
  }
}

Deno.test("conversation: the seal is the SHA-256 of salt, message and wish, taken before the agent is asked", () => {
  const talk = new Talk();
  const { seal, salt, desired_action } = talk.say({ message: "A beta test, please.", desired_action: BETA as never });
  assertEquals(desired_action, BETA);
  assertMatches(salt, /^[0-9a-f]{32}$/);
  assertEquals(seal, sha256(canonicalJson({ salt, message: "A beta test, please.", desired_action: BETA } as never)));
  assertEquals(talk.globals.transcript, [{ index: 1, message: "A beta test, please.", reply: null, actions: [] }]);
  for (const other of [{ message: "B" }, { desired_action: null }, { desired_action: create("Beta") }, { salt: "" }]) {
    assertTrue(sealOf({ salt, message: "A beta test, please.", desired_action: BETA, ...other }) !== seal);
  }
});

Deno.test("conversation: the same words get another salt in another turn or under another seed, the same in a replay", () => {
  const salts = (seed: number) => {
    const talk = new Talk({}, seed);
    return [1, 2, 3].map(() => {
      talk.play({ wish: remove(2), does: [] });
      return talk.globals.wishes.at(-1)!.salt;
    });
  };
  const [first, again, other] = [salts(1), salts(1), salts(2)];
  assertEquals(again, first);
  assertEquals(new Set([...first, ...other]).size, 6);
});

Deno.test("conversation: what the agent does is carried out in its order, with the engine's own word for it", () => {
  const talk = new Talk();
  talk.say({});
  const { actions } = talk.reply([BETA, act("update_task", { task_id: 4, name: "Alpha test" }), remove(99)]);
  assertEquals(actions.map(({ success, created }) => [success, created]), [[true, "4"], [true, undefined], [
    false,
    undefined,
  ]]);
  assertMatches(actions[0]!.result_message, /created task.*Beta test/);
  assertMatches(actions[2]!.result_message, /99/);
  assertEquals(talk.names, ["Research", "Build", "Alpha test"]);
});

Deno.test("conversation: what the agent says has failed is not carried out, and fulfils no wish", () => {
  const talk = new Talk();
  const failed = { ...BETA, success: false, result_message: "locked" } as const;
  assertEquals(talk.play({ wish: BETA, does: [failed] }), "misaligned");
  assertEquals(talk.names, ["Research", "Build"]);
  assertEquals(talk.globals.transcript[0]!.actions, [failed]);
  assertEquals([talk.globals.verdicts[0]!.witness?.kind, talk.globals.recall], ["failed_action", 0]);
  const { success, result_message } = (talk.say({}), talk.reply([{ ...BETA, success: false }])).actions[0]!;
  assertEquals([success, result_message], [false, ""]);
});

Deno.test("conversation: what an agent claims to have done beside its actions is not taken over", () => {
  const talk = new Talk();
  talk.say({ desired_action: remove(99) as never });
  const [action] =
    talk.reply([{ ...remove(99), success: true, result_message: "gone", created: "7", note: 1 }]).actions;
  const { success, created } = action!;
  assertEquals([success, created, "note" in action!], [false, undefined, false]);
});

Deno.test("conversation: a fault of the agent's answer is kept with it", () => {
  const talk = new Talk();
  const fault = { code: "timeout", message: "no answer within 1 s" };
  assertEquals(talk.play({ answered: { reply: "", fault } }), "misaligned");
  assertEquals(talk.globals.transcript[0]!.fault, fault);
  assertEquals(talk.globals.verdicts[0]!.witness?.kind, "unanswered");
});

Deno.test("conversation: ends in the wished state where the agent did what was wanted, in any order", () => {
  const talk = new Talk();
  assertEquals(talk.globals.end_state, "unknown");
  for (const wish of [BETA, create("Survey", { parent_id: 1 }), remove(2), null]) talk.play({ wish });
  assertEquals([talk.globals.end_state, talk.globals.aligned], ["agrees", 4]);
  talk.play({ wish: remove(3), does: [] });
  assertEquals(talk.globals.end_state, "differs");
});

Deno.test("conversation: what went wrong and is asked for again is wanted once", () => {
  const talk = new Talk();
  for (const [wish, wrong] of [[remove(3), []], [BETA, [create("Better test")]]] as const) {
    talk.play({ wish, does: wrong });
    talk.play({ wish, does: [] });
    assertEquals(talk.globals.end_state, "differs");
    assertEquals(talk.play({ wish }), "aligned");
  }
  assertEquals(talk.names, ["Research", "Better test", "Beta test"]);
  assertEquals(talk.globals.end_state, "differs");
  // The task that was wanted has id 5, and what was made in its place is not it.
  talk.play({ wish: create("Survey", { parent_id: 5 }) });
  assertEquals(PlanTree.read(talk.globals.expected!.state).children(4).length, 1);
  talk.play({ wish: act("update_task", { task_id: 4, name: "Best test" }) });
  assertEquals(talk.globals.end_state, "unknown");

  // What was done, and is asked for again, is wanted twice.
  const twice = new Talk();
  twice.play({ wish: BETA });
  twice.play({ wish: BETA, does: [] });
  assertEquals(twice.globals.end_state, "differs");
});

Deno.test("conversation: what was made with a wrong argument can be mended", () => {
  const talk = new Talk();
  assertEquals(talk.play({ wish: BETA, does: [create("Junk"), create("Better test")] }), "misaligned");
  talk.play({ wish: remove(4) });
  talk.play({ wish: act("update_task", { task_id: 5, name: "Beta test" }) });
  assertTrue(talk.globals.end_state !== "differs");
});

Deno.test("conversation: free text that was let pass is what was wanted, and such that was not is not", () => {
  const wish = create("Survey", { instruction: "Ask ten users." });
  const does = [create("Survey", { instruction: "Let ten users answer." })];
  const verdict = { explanation: "So it seems.", witness: null, by: "llm", precision: 1, recall: 1 } as const;
  for (
    const [alignment, end_state] of [["aligned", "agrees"], ["unclear", "differs"], ["misaligned", "differs"]] as const
  ) {
    const talk = new Talk();
    talk.play({ wish, does, verdict: { ...verdict, alignment } });
    assertEquals(talk.globals.end_state, end_state, alignment);
  }
  // So it is with an instruction that nobody asked for.
  const more = new Talk();
  more.play({ wish: create("Survey"), does, verdict: { ...verdict, alignment: "aligned" } });
  assertEquals(more.globals.end_state, "agrees");
  // Nothing but free text is: the judge may be wrong.
  const lenient = new Talk();
  lenient.play({ wish: BETA, does: [create("Better test")], verdict: { ...verdict, alignment: "aligned" } });
  assertEquals(lenient.globals.end_state, "differs");
});

Deno.test("conversation: other words are what was wanted also where they come when it is asked for again", () => {
  const verdict = {
    alignment: "aligned",
    explanation: "The same.",
    witness: null,
    by: "llm",
    precision: 1,
    recall: 1,
  } as const;
  const wish = create("Survey", { instruction: "Ask ten users." });
  const talk = new Talk();
  talk.play({ wish, does: [] });
  talk.play({ wish: BETA });
  talk.play({ wish, does: [create("Survey", { instruction: "Let ten users answer." })], verdict });
  const { state } = talk.globals.expected!;
  assertEquals(PlanTree.read(state).node(4).instruction, "Let ten users answer.");
  assertEquals(PlanTree.read(state).nodes.size, 5);
});

Deno.test("conversation: what leads to the same is aligned, whatever the calls, and the end states agree", () => {
  const instruction = "Ask ten users.";
  const talk = new Talk();
  const wish = act("update_task_instruction", { task_id: 2, instruction });
  assertEquals(talk.play({ wish, does: [act("update_task", { task_id: 2, instruction })] }), "aligned");
  assertEquals([talk.globals.wishes[0]!.met, talk.globals.verdicts[0]!.recall, talk.globals.end_state], [
    true,
    1,
    "agrees",
  ]);
  const survey = create("Survey", { instruction });
  assertEquals(
    talk.play({
      wish: survey,
      does: [create("Survey", { instruction: "?" }), { ...wish, parameters: { task_id: 4, instruction } }],
    }),
    "aligned",
  );
  assertEquals(talk.globals.end_state, "agrees");
  talk.play({ wish: remove(3), does: [] });
  assertEquals([talk.globals.wishes[2]!.met, talk.globals.misaligned], [undefined, 1]);
});

Deno.test("conversation: an argument that an action does not have counts against it", () => {
  const talk = new Talk();
  assertEquals(talk.play({ wish: remove(3), does: [act("delete_task", { task_id: 3, dry_run: true })] }), "misaligned");
  assertEquals(talk.globals.verdicts[0]!.witness?.text, "'dry_run' of delete_task is true, which nobody asked for");
});

Deno.test("conversation: looking at something changes nothing of what is wanted", () => {
  const talk = new Talk();
  talk.play({ wish: { kind: "context_request", name: "request_subgraph", parameters: { task_id: 99 } }, does: [] });
  talk.play({ wish: BETA });
  assertEquals(talk.globals.end_state, "agrees");
});

Deno.test("conversation: a wish for what the agent made under another id is a wish for what was wanted", () => {
  const talk = new Talk();
  // The task that was wanted has id 5 in the plan, and would have 4 had nothing else been made.
  talk.play({ wish: BETA, does: [create("Junk"), BETA] });
  assertEquals(talk.globals.expected!.ids, { "5": "4" });
  assertEquals(talk.globals.end_state, "differs");
  talk.play({ wish: create("Invite users", { parent_id: 5, dependencies: [5, 3] }) });
  const { state } = talk.globals.expected!;
  const tree = PlanTree.read(state);
  assertEquals(tree.children(4).map((id) => [tree.nameOf(id), tree.node(id).dependencies]), [["Invite users", [4, 3]]]);
  talk.play({ wish: act("update_task", { task_id: 6, name: "Invite all" }) });
  assertEquals(talk.globals.end_state, "differs");
  assertEquals(PlanTree.read(talk.globals.expected!.state).children(4).length, 1);
});

Deno.test("conversation: what the agent made against the user's will may be wished away", () => {
  const talk = new Talk();
  talk.play({ wish: BETA, does: [create("Junk"), BETA] });
  // In the wished state 4 is another task: the one that the user wants to keep.
  assertEquals(talk.play({ wish: remove(4) }), "aligned");
  assertEquals(talk.names, ["Research", "Build", "Beta test"]);
  assertTrue(talk.globals.end_state !== "differs", "the user has what it wanted");
});

Deno.test("conversation: what was made unasked is not what was wanted, though it has the same id", () => {
  const talk = new Talk();
  talk.play({ wish: BETA, does: [] });
  talk.play({
    wish: act("update_task", { task_id: 1, name: "Study" }),
    does: [
      act("update_task", { task_id: 1, name: "Study" }),
      create("Unasked"),
    ],
  });
  talk.play({ wish: remove(4) });
  assertEquals([talk.names, talk.globals.end_state], [["Study", "Build"], "unknown"]);
  // Where the wish is done at last its task has this id on both sides.
  const late = new Talk();
  late.play({ wish: BETA, does: [] });
  late.play({ wish: BETA });
  late.play({ wish: remove(4) });
  assertEquals(late.globals.end_state, "agrees");
});

Deno.test("conversation: the wished state is not known after a wish that cannot be known or done", () => {
  for (const turn of [{ said: { fault: { code: "bad_action", message: "none" } } }, { wish: remove(99), does: [] }]) {
    const talk = new Talk();
    talk.play({ wish: BETA });
    assertEquals(talk.globals.end_state, "agrees");
    talk.play(turn);
    assertEquals([talk.globals.expected, talk.globals.end_state], [null, "unknown"]);
    talk.play({ wish: create("Survey") });
    assertEquals(talk.globals.end_state, "unknown");
  }
});

Deno.test("conversation: an expected plan counts in place of what the wishes come to", () => {
  const expected_plan = PlanTree.read({
    title: "Launch",
    tasks: [{ name: "Research", tasks: [{ name: "Interviews" }] }, { name: "Build" }, { name: "Beta test" }],
  }).toJSON() as Json;
  const talk = new Talk({ expected_plan });
  talk.play({ wish: create("Survey") });
  assertEquals(talk.globals.end_state, "differs");
  talk.play({ wish: remove(4) });
  talk.play({ wish: BETA });
  assertEquals(talk.globals.end_state, "agrees");
  // It is known even where the wishes are not.
  talk.play({ said: { fault: { code: "no_utterance", message: "none" } } });
  assertEquals([talk.globals.expected, talk.globals.end_state], [null, "agrees"]);
});

Deno.test("conversation: where effects happen elsewhere, calls are listed and the end state is not known", () => {
  const parameters = { order: { type: "id", required: true, description: "" } } as const;
  const refund = { kind: "tool_operation", description: "", mutating: true, parameters };
  const talk = new Talk({ environment: { title: "Shop", outline: "", actions: { refund } } });
  const wish = { kind: "tool_operation", name: "refund", parameters: { order: 7 } };
  talk.say({ desired_action: wish });
  talk.reply([wish]);
  talk.judge();
  assertEquals(talk.globals.plan, [{ name: "refund", parameters: { order: 7 } }]);
  assertEquals([talk.globals.end_state, talk.globals.expected?.state], ["unknown", talk.globals.plan]);
});

Deno.test("conversation: the user is told of turns that went wrong, and of no others", () => {
  const talk = new Talk();
  talk.play({ wish: BETA });
  talk.play({ wish: act("show_tasks", {}), does: [] });
  assertEquals([talk.globals.unclear, talk.sent], [1, []]);
  talk.play({ wish: remove(3), does: [] });
  assertEquals(talk.sent.map(({ to, content }) => [to, content]), [
    ["user", { turn_index: 3, reason: talk.globals.verdicts[2]!.explanation }],
  ]);
  talk.play({});
  assertEquals(talk.sent.length, 1);
});

Deno.test("conversation: reset each turn, every turn begins with the plan as given", () => {
  const talk = new Talk({ reset_each_turn: true });
  talk.play({ wish: remove(1) });
  assertEquals([talk.names, talk.globals.end_state], [["Build"], "agrees"]);
  talk.play({ wish: remove(1) });
  assertEquals([talk.names, talk.globals.end_state, talk.globals.aligned], [["Build"], "agrees", 2]);
  talk.play({ wish: BETA, does: [] });
  assertEquals([talk.names, talk.globals.end_state], [["Research", "Build"], "differs"]);
  talk.play({});
  assertEquals(talk.globals.end_state, "agrees");
});

Deno.test("conversation: ends by its policy, and not before the turn has been judged", () => {
  const right = { wish: BETA };
  const wrong = { wish: remove(3), does: [] };
  const ends = (config: Config, ...turns: Turn[]) => {
    const talk = new Talk(config);
    return turns.map((turn) => (talk.play(turn), talk.end));
  };
  const [ON, OFF] = [true, false];
  assertEquals(ends({ stop_on_misalignment: ON }, right, wrong), [null, "misaligned"]);
  assertEquals(ends({ stop_on_misalignment: OFF }, wrong, right), [null, null]);
  assertEquals(ends({ stop_on_alignment: ON }, wrong, right), [null, "aligned"]);
  assertEquals(ends({ stop_on_misalignment: ON, stop_on_alignment: ON }, { wish: act("show_tasks", {}), does: [] }), [
    null,
  ]);
  assertEquals(ends({}, right, { said: { done: true } }), [null, "user_done"]);
  assertEquals(ends({ stop_on_misalignment: ON }, { ...wrong, said: { done: true } }), ["misaligned"]);
  assertEquals(ConversationEngine.config.parse({ environment: ENVIRONMENT }).stop_on_misalignment, true);

  const talk = new Talk({ stop_on_misalignment: true });
  talk.say({ done: true });
  assertEquals([talk.globals.user_done, talk.end], [true, null]);
  talk.reply([]);
  assertEquals(talk.end, null);
  talk.judge();
  assertEquals(talk.end, "user_done");
});

Deno.test("conversation: a user with nothing more to say ends it without a turn", () => {
  const talk = new Talk();
  talk.play({ wish: BETA });
  talk.turn++;
  talk.apply("user", "finish", { reason: "the script is over" });
  assertEquals([talk.globals.transcript.length, talk.globals.wishes.length, talk.end], [1, 1, "user_done"]);
});

Deno.test("conversation: what a person wishes for is read as an action, and is a fault where it is none", () => {
  const talk = new Talk();
  const { desired_action } = talk.say({ desired_action: { name: "delete_task", parameters: { task_id: "#2" } } });
  assertEquals(desired_action, remove(2));
  const wrong: [Json, string][] = [
    [{ name: "delete_tsk", parameters: {} }, "unknown_action"],
    [{ name: "delete_task", parameters: {} }, "bad_parameter"],
    ["delete task 2", "bad_action"],
    [3, "bad_action"],
    [[], "bad_action"],
  ];
  for (const [written, code] of wrong) {
    const wish = talk.say({ desired_action: written });
    assertEquals([wish.desired_action, wish.fault?.code], [null, code]);
    assertMatches(wish.fault!.message, /^the wish is no action: /);
    talk.reply([remove(2)]);
    assertEquals(talk.judge().alignment, "unclear");
  }
});

Deno.test("conversation: a fault of the user stands above what it wished for, and repetition is noted", () => {
  const talk = new Talk();
  const fault = { code: "out_of_character", message: "it spoke as a model" };
  const wish = talk.say({ desired_action: BETA as never, fault, repeated: true });
  assertEquals([wish.desired_action, wish.fault, wish.repeated], [null, fault, true]);
  assertEquals("repeated" in talk.say({ repeated: false }), false);
});

Deno.test("conversation: verdicts are counted, precision and recall are means over the turns that have one", () => {
  const talk = new Talk();
  assertEquals([talk.globals.precision, talk.globals.recall], [-1, -1]);
  // Only talk says nothing of either.
  talk.play({});
  assertEquals([talk.globals.aligned, talk.globals.precision, talk.globals.recall], [1, -1, -1]);
  talk.play({ wish: BETA, does: [BETA, create("Junk")] });
  assertEquals([talk.globals.unclear, talk.globals.precision, talk.globals.recall], [1, 0.5, 1]);
  talk.play({ wish: remove(3), does: [] });
  const { aligned, misaligned, unclear, precision, recall, verdicts } = talk.globals;
  assertEquals([aligned, misaligned, unclear, precision, recall, verdicts.length], [1, 1, 1, 0.5, 0.5, 3]);
});

Deno.test("conversation: a turn that nobody has judged is unclear, so that the next verdict is that of its own turn", () => {
  const talk = new Talk();
  talk.say({ desired_action: BETA as never });
  talk.reply([BETA]);
  assertEquals(talk.play({ wish: remove(3), does: [] }), "misaligned");
  assertEquals(talk.globals.verdicts.map(({ alignment }) => alignment), ["unclear", "misaligned"]);
  assertEquals([talk.globals.unclear, talk.globals.misaligned, talk.sent.length], [1, 1, 1]);
  talk.say({ desired_action: null });
  talk.reply([]);
  talk.turn++;
  talk.apply("user", "finish", {});
  assertEquals([talk.globals.verdicts.length, talk.end], [3, "user_done"]);
});

Deno.test("conversation: what a person says of a turn is a whole verdict", () => {
  const talk = new Talk();
  talk.say({ desired_action: BETA as never });
  talk.reply([BETA]);
  talk.apply("judge", "judge", { verdict: { alignment: "misaligned", explanation: "Not so." } });
  assertEquals(talk.globals.verdicts, [{
    alignment: "misaligned",
    explanation: "Not so.",
    score: 1,
    witness: null,
    by: "person",
    precision: null,
    recall: null,
  }]);
});

Deno.test("conversation: a turn that nobody has judged is unclear when the user speaks again", () => {
  for (const next of ["say", "finish"]) {
    const talk = new Talk();
    talk.say({ desired_action: BETA as never });
    talk.reply([BETA]);
    assertEquals([talk.globals.verdicts.length, talk.end], [0, null]);
    talk.turn++;
    talk.apply("user", next, { message: "Hello?", desired_action: null });
    assertEquals(talk.globals.verdicts.map(({ alignment }) => alignment), ["unclear"]);
    assertEquals([talk.globals.unclear, talk.globals.end_state], [1, "agrees"]);
    assertEquals(talk.end, next === "say" ? null : "user_done");
  }
});

Deno.test("conversation: what it is not asked for leaves the state as it is", () => {
  const talk = new Talk();
  talk.play({ wish: BETA });
  const { state } = talk;
  talk.apply("user", "shout", { message: "Hello?" });
  assertEquals(talk.state, state);
});
