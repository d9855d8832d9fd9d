/** `conversation` cells: a simulated user talks to an agent under test, from the beginning or from a turn of another one. */

import { type Issue, type Json, type JsonObject, SimError } from "../../../framework/mod.ts";
import { alignmentOf } from "../../conversation/mod.ts";
import type { ConversationRun } from "../../conversation/mod.ts";
import type { Body, ReadBody } from "../bodies.ts";
import { type Computed, wrong } from "../computed.ts";
import { type CellContext, openBody, scenarioIssues, scenarioNamed, settingsOf } from "../context.ts";
import type { ConversationOutput, ViewIssue } from "../view.ts";
import { paidRun, type RunTarget, type Showing, stillWaiting, waitingRun } from "./paid_run.ts";
import { forkTarget, withExpectations } from "./run.ts";

/** Keys that are the cell's; all others are the section `conversation` of a scenario. */
const OWN_KEYS: readonly string[] = ["scenario", "from", "set", "seed", "sample", "llm_mode", "expect", "goal"];
/** Keys beside `scenario` and `from`. */
const BESIDE: readonly string[] = [...OWN_KEYS, "case", "max_turns"];

/** The conversation that the cell describes. */
export async function conversationCell(context: CellContext): Promise<Computed> {
  const opened = openBody(context, "conversation");
  if ("computed" in opened) return await stillWaiting(context, opened, showingOf(context));
  const { body, read } = opened;
  const flaw = flawOf(body, read);
  if (flaw !== null) return wrong(context.piece, [flaw]);
  const showing = showingOf(context);
  if (context.unready !== null) return withExpectations(await waitingRun(context, showing), body, read);
  try {
    const target = body.from ? await forked(context, body, body.from, read) : await plainTarget(context, body);
    return withExpectations(await paidRun(context, target, showing), body, read);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return wrong(context.piece, error.issues.flatMap((issue) => issuesHere(issue, read, body)));
  }
}

function flawOf(body: Body<"conversation">, { place }: ReadBody): ViewIssue | null {
  const error = (message: string, hint: string, key: string): ViewIssue => (
    { severity: "error", code: "invalid_value", message, hint, ...place([key]) }
  );
  if (body.from && body.scenario !== undefined) {
    return error("a fork has the scenario of its parent", "take 'scenario' out, and set what differs", "scenario");
  }
  if (body.from && (body.from.conversation === undefined) === (body.from.run === undefined)) {
    return error("a fork has one parent", "from: { conversation: ID, turn: 3 }", "from");
  }
  if (body.from === undefined && body.scenario === undefined) return null;
  const other = Object.keys(body).find((key) => !BESIDE.includes(key));
  return other === undefined ? null : error(
    `'${other}' stands in the scenario`,
    `set: { conversation.${other}: … }`,
    other,
  );
}

/** What the loader finds in a section that stands in the cell lies where it is written there. */
function issuesHere(issue: Issue, read: ReadBody, { scenario, from }: Body<"conversation">): ViewIssue[] {
  const inSection = scenario === undefined && from === undefined && issue.path?.[0] === "conversation";
  if (!inSection) return scenarioIssues([issue], read, { text: false });
  return scenarioIssues([{ ...issue, file: "" }], read, { text: false })
    .map((found) => ({ ...found, message: issue.message, ...read.place(issue.path!.slice(1)) }));
}

async function plainTarget(context: CellContext, body: Body<"conversation">): Promise<RunTarget> {
  const { piece, place: notebook, services: { app, starts } } = context;
  const { scenario, goal, seed } = body;
  const isNamed = scenario !== undefined;
  const named = isNamed ? scenarioNamed(context, scenario) : null;
  const source = named === null
    ? { text: sectionText(piece.name, body), set: [] }
    : "file" in named
    ? { file: named.file, set: [] }
    : named.source;
  const set = [
    ...settingsOf(isNamed && body.case !== undefined ? { "conversation.case": body.case } : {}, "set"),
    ...source.set,
    ...settingsOf(body.set, "set"),
    ...settingsOf({
      ...(goal !== undefined && { "conversation.user.goal": goal }),
      ...(isNamed && body.max_turns !== undefined && { "conversation.max_turns": body.max_turns }),
    }, "set"),
  ];
  const { start, free, asksModels } = await starts.prepare({ ...source, set }, {
    offline: body.llm_mode === "offline",
    needsConversation: true,
  });
  const variation = (sample: number) => ({ ...(seed !== undefined && { seed }), sample });
  return {
    keyOf: (sample) => app.contentKeyOf(start, variation(sample)),
    sample: body.sample ?? 0,
    seed: seed ?? start.config.simulation.seed,
    config: start.config,
    code: start.code,
    free,
    asksModels,
    fork: null,
    start: async (sample, mode) => {
      const manifest = await app.startPrepared(start, { ...variation(sample), notebook, hold: mode !== "auto" });
      return mode === "step" ? await app.step(manifest.run_id) : manifest;
    },
  };
}

/** A scenario with nothing but the section that the cell is. */
function sectionText(name: string, body: Body<"conversation">): string {
  const section = Object.fromEntries(Object.entries(body).filter(([key]) => !OWN_KEYS.includes(key)));
  return JSON.stringify({ domain: "conversation", simulation: { name }, conversation: section });
}

async function forked(
  context: CellContext,
  body: Body<"conversation">,
  from: NonNullable<Body<"conversation">["from"]>,
  { place }: ReadBody,
): Promise<RunTarget> {
  const set: { [path: string]: Json } = {
    ...(body.goal !== undefined && { "conversation.user.goal": body.goal }),
    ...(body.max_turns !== undefined && { "conversation.max_turns": body.max_turns }),
    ...body.set,
  };
  const { seed, sample } = body;
  const target = await forkTarget(context, {
    ...(Object.keys(set).length > 0 && { set }),
    ...(seed !== undefined && { seed }),
    ...(sample !== undefined && { sample }),
  }, { run: (from.conversation ?? from.run)!, turn: from.turn });
  if (target.config.conversation) return target;
  const { line } = place(["from"]);
  throw new SimError("no_conversation", `line ${line}: its parent is no conversation`, {
    hint: "name a conversation, or fork it in a run cell",
  });
}

function showingOf({ services: { app } }: CellContext): Showing {
  return {
    issues: [],
    show: async ({ run_id }) => {
      const run = await app.conversations.get(run_id);
      const output: ConversationOutput = { type: "conversation", run, writable: run.config.user.kind === "human" };
      const rows = rowsOf(run);
      return { output, value: valueOf(run), table: { rows }, rows: () => Promise.resolve(rows) };
    },
  };
}

/** What `${id}` is. */
function valueOf({ run_id, status, turns, summary }: ConversationRun): JsonObject {
  const { aligned, misaligned, unclear, passed, precision, recall, end_state } = summary;
  return {
    run_id,
    status,
    turns: turns.length,
    aligned,
    misaligned,
    unclear,
    pass_rate: turns.length === 0 ? null : aligned / turns.length,
    passed,
    precision,
    recall,
    end_state,
  };
}

/** One row per turn. */
function rowsOf({ turns }: ConversationRun): JsonObject[] {
  return turns.map((turn) => ({
    turn: turn.index,
    message: turn.simulated_user.message,
    reply: turn.chat_agent.reply,
    actions: turn.chat_agent.actions.length,
    alignment: alignmentOf(turn),
  }));
}
