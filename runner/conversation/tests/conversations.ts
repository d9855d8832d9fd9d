/** Conversations for tests. */

import fc from "../../../tests/support/properties.ts";
import type { ActionSpec, DoneAction } from "../../../framework/conversation/mod.ts";
import type { JsonObject } from "../../../framework/mod.ts";
import type { ConversationRun, SimulatedTurn } from "../types.ts";

/** A call of `name`. */
export function action(name: string, parameters: JsonObject = {}): ActionSpec {
  return { kind: "task_operation", name, parameters };
}

/** A call of `name` that was carried out. */
export function done(name: string, parameters: JsonObject = {}, result_message = "done"): DoneAction {
  return { ...action(name, parameters), success: true, result_message };
}

/** A turn in which the user got what it wanted, with some of it changed. */
export function exampleTurn(index: number, changes: Partial<SimulatedTurn> = {}): SimulatedTurn {
  return {
    index,
    simulated_user: {
      message: 'Please create a task named "Beta test".',
      desired_action: action("create_task", { name: "Beta test" }),
      seal: "ab".repeat(32),
      salt: "12".repeat(16),
    },
    chat_agent: { reply: "Done.", actions: [done("create_task", { name: "Beta test" }, "created task 4")] },
    judge: {
      alignment: "aligned",
      explanation: "every wanted action was done",
      score: 0,
      witness: null,
      by: "rules",
      precision: 1,
      recall: 1,
    },
    goal: null,
    created_at: "2026-11-26T10:00:01.000Z",
    ...changes,
  };
}

/** A turn in which the agent did something else. */
export function misalignedTurn(index: number): SimulatedTurn {
  const wanted = action("delete_task", { task_id: 2 });
  const other = { ...done("delete_task", { task_id: 3 }), success: false, result_message: "there is no task 3" };
  return exampleTurn(index, {
    simulated_user: { message: "Delete task 2.", desired_action: wanted, seal: "cd".repeat(32), salt: "" },
    chat_agent: { reply: "I could not.", actions: [other] },
    judge: {
      alignment: "misaligned",
      explanation: "the wrong task was to be deleted",
      score: 1,
      witness: {
        kind: "wrong_argument",
        text: "task_id is 3, wanted was 2",
        wanted,
        done: action("delete_task", { task_id: 3 }),
        argument: "task_id",
        wanted_value: 2,
        done_value: 3,
      },
      by: "rules",
      precision: 0,
      recall: 0,
    },
  });
}

/** A conversation of an aligned and a misaligned turn, with some of it changed. */
export function exampleConversation(changes: Partial<ConversationRun> = {}): ConversationRun {
  return {
    run_id: "01KAXAMPLE0000000000000001",
    status: "finished",
    ended_by: "misaligned",
    config: {
      session_id: null,
      plan_id: "plans/launch.yaml",
      improvement_goal: "a plan that can be carried out",
      case: "launch",
      max_turns: 5,
      stop_on_alignment: false,
      stop_on_misalignment: true,
      extra_actions: "flag",
      max_actions_per_turn: 2,
      user: { kind: "scripted" },
      agent: { adapter: "rule" },
      judge: { kind: "rules" },
    },
    seed: 7,
    sample: 0,
    turns: [exampleTurn(1), misalignedTurn(2)],
    remaining_turns: 0,
    created_at: "2026-11-26T10:00:00.000Z",
    updated_at: "2026-11-26T10:00:02.500Z",
    error: null,
    alignment_issues: [{ turn_index: 2, reason: "the wrong task was to be deleted", delivered: false }],
    summary: {
      aligned: 1,
      misaligned: 1,
      unclear: 0,
      precision: 0.5,
      recall: 0.5,
      end_state: "differs",
      passed: false,
    },
    outline: "Plan #1: Launch",
    validity: { state: "valid", reasons: [] },
    cost: { usd: 0, calls: 0, input_tokens: 0, output_tokens: 0 },
    models: [],
    ...changes,
  };
}

/** A conversation all of whose turns are aligned. */
export function passedConversation(changes: Partial<ConversationRun> = {}): ConversationRun {
  return exampleConversation({
    ended_by: "max_turns",
    turns: [exampleTurn(1)],
    alignment_issues: [],
    summary: { aligned: 1, misaligned: 0, unclear: 0, precision: 1, recall: 1, end_state: "agrees", passed: true },
    ...changes,
  });
}

/** Records as JSON.parse makes them. */
const PLAIN = { noNullPrototype: true } as const;

/** Any text that UTF-8 can carry, control characters included. */
export const anyText: fc.Arbitrary<string> = fc.string({ unit: "binary" });

/** Any arguments of an action; JSON has no −0. */
export const anyParameters: fc.Arbitrary<JsonObject> = fc.dictionary(
  anyText,
  fc.jsonValue({ stringUnit: "binary" }).map((value) => JSON.parse(JSON.stringify(value))),
  { noNullPrototype: true, maxKeys: 4 },
);

/** Any action with what came of it. */
export const anyDone: fc.Arbitrary<DoneAction> = fc.record({
  kind: fc.constant("tool_operation"),
  name: fc.constantFrom("create_task", "get_user", "a", "日本"),
  parameters: anyParameters,
  success: fc.boolean(),
  result_message: fc.oneof(
    anyText,
    fc.constantFrom("Error: no", '{"error":"x"}', '{"success":false}', '{"success":true,"result_message":"x"}', "{"),
  ),
}, PLAIN);

const anyTurn: fc.Arbitrary<SimulatedTurn> = fc.record({
  message: anyText,
  reply: fc.option(anyText),
  actions: fc.array(anyDone, { maxLength: 3 }),
  base: fc.constantFrom(exampleTurn(1), misalignedTurn(1)),
  note: fc.option(anyText),
  alignment: fc.constantFrom("aligned" as const, "misaligned" as const, "unclear" as const),
  goal: fc.option(anyText),
  index: fc.integer({ min: 1, max: 99 }),
}).map(({ message, reply, actions, base, note, alignment, goal, index }) => ({
  ...base,
  index,
  goal,
  simulated_user: {
    ...base.simulated_user,
    message,
    desired_action: actions[0] ? action("x", actions[0].parameters) : null,
  },
  chat_agent: {
    reply,
    actions,
    ...(reply === null ? { fault: { code: "empty_reply", message } } : {}),
  },
  ...(note === null ? {} : { label: { alignment, note, by: message, at: base.created_at } }),
}));

/** Any conversation. */
export const anyConversation: fc.Arbitrary<ConversationRun> = fc.record({
  base: fc.constantFrom(exampleConversation(), passedConversation()),
  turns: fc.array(anyTurn, { maxLength: 4 }),
  status: fc.constantFrom(
    "idle" as const,
    "running" as const,
    "finished" as const,
    "cancelled" as const,
    "error" as const,
  ),
  message: anyText,
  passed: fc.option(fc.boolean()),
  seed: fc.nat(),
}).map(({ base, turns, status, message, passed, seed }) => ({
  ...base,
  turns,
  status,
  seed,
  error: status === "error" ? { code: "engine_failed", message, hint: message } : null,
  outline: message,
  summary: { ...base.summary, passed },
}));
