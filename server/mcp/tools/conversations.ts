/** Tools for conversations of simulated users with agents under test. */

import { z } from "zod";
import type { Json } from "../../../framework/mod.ts";
import { alignmentOf, type App, type ConversationRun, type SimulatedTurn } from "../../../runner/mod.ts";
import { startConversation as start } from "../../conversation_start.ts";
import { START_NAME } from "../../named_start.ts";
import { alignmentSchema, conversationOptions, conversationSchema } from "../../representations/mod.ts";
import { fitted, jsonBytes } from "../fit.ts";
import { json, labels, runId, runLink, settings } from "../shapes.ts";
import { within } from "../standing.ts";
import { tool } from "../tool.ts";
import { linesText, valueText } from "../words.ts";
import { source } from "./steering.ts";

/** Bytes of all turns in an answer, and of each one that may be had whole at least. */
const [TURNS_BYTES, TURN_BYTES] = [32_000, 4000];
/** Bytes of the outline. */
const OUTLINE_BYTES = 4000;
/** Turns in a text. */
const TURNS_IN_TEXT = 5;

const fault = z.object({ code: z.string(), message: z.string() }).optional();

const turn = z.object({
  index: z.int(),
  simulated_user: z.object({
    message: z.string(),
    desired_action: json.describe("what would do what the user wants; null: the user only talks"),
    fault,
  }),
  chat_agent: z.object({ reply: z.string().nullable(), actions: z.array(json), fault }),
  judge: z.object({
    alignment: alignmentSchema,
    explanation: z.string(),
    witness: json.describe("the smallest difference between what was wanted and what was done"),
    by: z.string(),
  }).nullable(),
  label: z.object({ alignment: alignmentSchema, by: z.string(), note: z.string().optional() }).optional()
    .describe("a person's verdict, which counts more than the judge's"),
});

function turnOf({ index, simulated_user, chat_agent, judge, label }: SimulatedTurn): z.input<typeof turn> {
  const { message, desired_action, fault } = simulated_user;
  return {
    index,
    simulated_user: { message, desired_action: desired_action as unknown as Json, ...(fault && { fault }) },
    chat_agent: {
      reply: chat_agent.reply,
      actions: chat_agent.actions as unknown as Json[],
      ...(chat_agent.fault && { fault: chat_agent.fault }),
    },
    judge: judge && {
      alignment: judge.alignment,
      explanation: judge.explanation,
      witness: judge.witness as unknown as Json,
      by: judge.by,
    },
    ...(label && {
      label: { alignment: label.alignment, by: label.by, ...(label.note !== undefined && { note: label.note }) },
    }),
  };
}

/** What every one of these tools says of a conversation. */
const brief = {
  run_id: z.string(),
  status: conversationSchema.shape.status,
  ended_by: z.string().nullable().describe("why it is over; null: it is not"),
  turns_played: z.int(),
  remaining_turns: z.int(),
  summary: conversationSchema.shape.summary.describe("turns by verdict, a person's before the judge's"),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
};

function briefOf({ run_id, status, ended_by, turns, remaining_turns, summary, error }: ConversationRun) {
  return {
    run_id,
    status,
    ended_by: ended_by?.slice(0, 300) ?? null,
    turns_played: turns.length,
    remaining_turns,
    summary,
    error: error && { code: error.code, message: error.message.slice(0, 2000) },
  };
}

function briefText({ run_id, status, ended_by, turns, summary, error }: ConversationRun): string {
  const { aligned, misaligned, unclear, passed } = summary;
  const why = error
    ? `: ${error.code}: ${valueText(error.message)}`
    : ended_by === null
    ? ""
    : ` (${valueText(ended_by)})`;
  const verdicts = `${aligned} aligned, ${misaligned} misaligned, ${unclear} unclear`;
  return `${run_id} is ${status}${why} after ${turns.length} turn${turns.length === 1 ? "" : "s"}: ${verdicts}` +
    (passed === null ? "" : passed ? "; it passed" : "; it did not pass");
}

function turnText({ index, simulated_user, chat_agent, judge, label }: SimulatedTurn): string {
  const did = chat_agent.actions.map(({ name, success }) => success ? name : `${name} (failed)`).join(", ");
  const why = label?.note ?? judge?.explanation ?? "not judged yet";
  return [
    `turn ${index} ${alignmentOf({ ...(label && { label }), judge }) ?? "unjudged"}: user: ${
      valueText(simulated_user.message)
    }`,
    `agent: ${valueText(chat_agent.reply ?? chat_agent.fault?.code ?? "nothing yet")}`,
    `did ${did.slice(0, 120) || "nothing"}`,
    why.slice(0, 160),
  ].join(" | ");
}

/** What to do next, in terms of tools. */
function nextText({ status }: ConversationRun, waiting: boolean): string[] {
  if (waiting) {
    return [
      "a person is to speak: decide for agent 'user' with " +
      '{"action": "say", "parameters": {"message": "…", "desired_action": null}}',
    ];
  }
  if (status === "idle") return ["advance_conversation plays the next turn, resume_simulation all of them"];
  return status === "running" ? ["wait_for_simulation waits for it"] : [];
}

/** The last of these turns, as many as fit, in their order. */
function lastTurns(turns: readonly SimulatedTurn[], all: number) {
  const limit = Math.max(TURN_BYTES, Math.floor(TURNS_BYTES / Math.max(1, turns.length)));
  const kept: z.input<typeof turn>[] = [];
  const omitted: string[] = [];
  let left = TURNS_BYTES;
  for (const each of turns.toReversed()) {
    const { value, omitted: parts } = fitted(turnOf(each), limit, `turn ${each.index}`);
    left -= jsonBytes(value) + 1;
    if (left < 0) break;
    kept.unshift(value);
    omitted.unshift(...parts);
  }
  const missing = all - kept.length;
  if (missing > 0) omitted.unshift(`turns: ${missing} of ${all}`);
  return { kept, omitted: omitted.slice(0, 20) };
}

/** Whether a person is to speak. */
function isAsked(app: App, run_id: string): boolean {
  return app.pendingDecisions().some((pending) => pending.run_id === run_id);
}

/** `start_conversation`. */
export const startConversation = tool({
  name: "start_conversation",
  title: "Start a conversation",
  description:
    "Has a simulated user talk to an agent under test, while a judge says of every turn whether the agent did what the " +
    "user wanted. Takes repo `conversation` and a config (see list_scenarios), the text of a scenario, its section " +
    "`conversation` alone, or only plan_id. Returns at once: wait_for_simulation waits for its end, get_conversation " +
    "has what came of it. With auto_advance: false, advance_conversation plays it turn by turn.",
  scope: "run",
  feature: "simulatedUserMode",
  effect: {},
  input: z.strictObject({
    ...source,
    conversation: z.record(z.string(), json).optional().describe("section of a scenario, in place of a whole one"),
    ...conversationOptions,
    set: settings.optional(),
    labels: labels.optional(),
    idempotency_key: z.string().regex(START_NAME).optional().describe(
      "names this call: made again with the same arguments it starts no second conversation, but answers with the first",
    ),
  }),
  output: z.object({
    run_id: z.string(),
    status: brief.status,
    max_turns: z.int(),
    case: z.string().nullable(),
  }),
  async call({ idempotency_key, ...asked }, { app, principal }) {
    const run = await start(app, asked, idempotency_key, principal);
    const { run_id, status, config } = run;
    return {
      value: { run_id, status, max_turns: config.max_turns, case: config.case },
      text: linesText([`${run_id} is ${status}, to play ${config.max_turns} turns at most`, ...nextText(run, false)]),
      links: [runLink(run_id, "config")],
    };
  },
});

/** `advance_conversation`. */
export const advanceConversation = tool({
  name: "advance_conversation",
  title: "Advance a conversation",
  description:
    "Plays some turns of a conversation that stands still, one by default, and says what was said, wanted, done and " +
    "judged in them. Tells its progress meanwhile. When the time is over it says how far it has come.",
  scope: "run",
  feature: "simulatedUserMode",
  effect: {},
  input: z.strictObject({
    run_id: runId,
    turns: z.int().min(1).max(20).default(1),
    timeout_seconds: z.number().min(1).max(600).default(45),
  }),
  output: z.object({
    ...brief,
    turns: z.array(turn).describe("that this call has played"),
    waiting: z.boolean().describe("whether a person is to speak"),
    timed_out: z.boolean().describe("whether a turn is still being played"),
    omitted: z.array(z.string()).optional().describe("what did not fit: simulation://{run_id}/conversation has it"),
  }),
  async call({ run_id, turns, timeout_seconds }, { app, signal, progress }) {
    const deadline = performance.now() + timeout_seconds * 1000;
    const left = Promise.withResolvers<undefined>();
    const onAbort = () => left.resolve(undefined);
    signal.addEventListener("abort", onAbort);
    const from = (await app.conversations.get(run_id)).turns.length;
    let [played, calls, waiting, timed_out] = [0, 0, false, false];
    const tell = () => progress(played + calls / (calls + 1), turns, `turn ${from + played + 1}`);
    const stop = app.subscribe((notice) => {
      if (notice.kind !== "call" || notice.run_id !== run_id) return;
      calls++;
      tell();
    });
    try {
      tell();
      while (played < turns) {
        const advancing = Promise.race([app.conversations.advance(run_id), left.promise]);
        const advanced = await within(Math.max(0, deadline - performance.now()), advancing);
        timed_out = advanced === undefined;
        if (advanced === undefined) break;
        waiting = advanced.waiting;
        if (waiting || advanced.turn === null) break;
        [played, calls] = [played + 1, 0];
        progress(played, turns, turnText(advanced.turn));
        if (advanced.run.status !== "idle" || performance.now() > deadline) break;
      }
    } finally {
      stop();
      signal.removeEventListener("abort", onAbort);
    }
    const run = await app.conversations.get(run_id);
    const fresh = run.turns.slice(from);
    const { kept, omitted } = lastTurns(fresh, fresh.length);
    return {
      value: { ...briefOf(run), turns: kept, waiting, timed_out, ...(omitted.length > 0 && { omitted }) },
      text: linesText([
        briefText(run),
        ...fresh.slice(-TURNS_IN_TEXT).map(turnText),
        ...(timed_out ? ["a turn is still being played"] : []),
        ...nextText(run, waiting),
        ...omitted.map((what) => `left out: ${what}`),
      ]),
      links: omitted.length > 0 ? [runLink(run_id, "conversation")] : [],
    };
  },
});

/** `get_conversation`. */
export const getConversation = tool({
  name: "get_conversation",
  title: "A conversation",
  description:
    "A conversation as it stands: who took part, what was said, wanted, done and judged in its last turns, and how many " +
    "turns were aligned. list_simulations with repo `conversation` shows which there are.",
  scope: "read",
  feature: "simulatedUserMode",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({
    run_id: runId,
    last: z.int().min(1).max(100).default(10).describe("turns, the last ones"),
  }),
  output: z.object({
    ...brief,
    goal: z.string().nullable(),
    case: z.string().nullable(),
    max_turns: z.int(),
    user: z.string(),
    agent: z.string(),
    judge: z.string(),
    turns: z.array(turn),
    outline: z.string().nullable().describe("what is talked about, as it is now"),
    waiting: z.boolean().describe("whether a person is to speak"),
    validity: z.string(),
    cost_usd: z.number(),
    omitted: z.array(z.string()).optional().describe("what did not fit: simulation://{run_id}/conversation has it"),
  }),
  async call({ run_id, last }, { app }) {
    const run = await app.conversations.get(run_id);
    const { config, validity, cost } = run;
    const { kept, omitted: fromTurns } = lastTurns(run.turns.slice(-last), run.turns.length);
    const outline = fitted(run.outline, OUTLINE_BYTES, "outline");
    const goal = fitted(config.improvement_goal, OUTLINE_BYTES, "goal");
    const omitted = [...fromTurns, ...outline.omitted, ...goal.omitted];
    const waiting = isAsked(app, run_id);
    return {
      value: {
        ...briefOf(run),
        goal: goal.value,
        case: config.case,
        max_turns: config.max_turns,
        user: config.user.kind,
        agent: config.agent.adapter,
        judge: config.judge.kind,
        turns: kept,
        outline: outline.value,
        waiting,
        validity: validity.state,
        cost_usd: cost.usd,
        ...(omitted.length > 0 && { omitted }),
      },
      text: linesText([
        briefText(run),
        ...run.turns.slice(-Math.min(last, TURNS_IN_TEXT)).map(turnText),
        ...nextText(run, waiting),
        ...omitted.map((what) => `left out: ${what}`),
      ]),
      links: [runLink(run_id, omitted.length > 0 ? "conversation" : "config")],
    };
  },
});
