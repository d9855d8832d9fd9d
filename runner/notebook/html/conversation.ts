/** A conversation turn by turn, as HTML. */

import type { ActionSpec, DoneAction } from "../../../framework/conversation/mod.ts";
import { alignmentOf, type SimulatedTurn } from "../../conversation/mod.ts";
import { badge, count, dollars, ellipsis, escapeMarkup, notice, type Tone } from "../../report/mod.ts";
import type { ConversationOutput } from "../view.ts";

/** Turns that are shown. */
const MOST_TURNS = 100;
/** Characters of what is said in a turn, of what an action is called with, and of the plan. */
const LONGEST_TEXT = 8000;
const LONGEST_CALL = 600;
const LONGEST_PLAN = 40_000;

const TONES: { readonly [alignment: string]: Tone } = { aligned: "good", misaligned: "bad", unclear: "warn" };

/** What was said, wanted, done and judged. */
export function conversationHtml({ run }: ConversationOutput): string {
  const { turns, summary, status, ended_by, error, cost, remaining_turns, config, outline } = run;
  const passed = summary.passed === null
    ? []
    : [badge(summary.passed ? "passed" : "not passed", summary.passed ? "good" : "bad")];
  const facts = [
    ...(ended_by === null ? [] : [ended_by]),
    `${summary.aligned} aligned, ${summary.misaligned} misaligned, ${summary.unclear} unclear`,
    ...(remaining_turns > 0 && status !== "finished" ? [`${count(remaining_turns, "turn")} left`] : []),
    dollars(cost.usd),
  ];
  const parties = [
    ...(config.case === null ? [] : [`case ${config.case}`]),
    `user ${config.user.kind}`,
    `agent ${config.agent.adapter}`,
    `judge ${config.judge.kind}`,
  ];
  return [
    `<p>${[badge(status, status === "finished" ? "good" : status === "error" ? "bad" : "warn"), ...passed].join(" ")} ${
      note(facts.join(" · "))
    }</p>`,
    error === null
      ? ""
      : notice("bad", error.message, error.hint === undefined ? "" : `<p>${escapeMarkup(error.hint)}</p>`),
    config.improvement_goal === null
      ? ""
      : `<p>Goal: ${escapeMarkup(ellipsis(config.improvement_goal, LONGEST_TEXT))}</p>`,
    `<p>${note(parties.join(" · "))}</p>`,
    `<ol class="turns">${
      turns.slice(0, MOST_TURNS).map((turn) => turnHtml(turn, config.improvement_goal)).join("\n")
    }</ol>`,
    turns.length > MOST_TURNS ? `<p class="note">The first ${MOST_TURNS} of ${turns.length} turns.</p>` : "",
    outline === null
      ? ""
      : `<details><summary>The plan at the end</summary><pre tabindex="0">${
        escapeMarkup(ellipsis(outline, LONGEST_PLAN))
      }</pre></details>`,
  ].filter((part) => part !== "").join("\n");
}

/** @param known the goal of the whole conversation, which is told once */
function turnHtml(turn: SimulatedTurn, known: string | null): string {
  const { index, simulated_user: user, chat_agent: agent, judge, label, goal } = turn;
  const alignment = alignmentOf(turn);
  const wanted = user.desired_action === null ? "" : `<div class="did">${actionHtml(user.desired_action)}</div>`;
  return [
    `<li value="${index}"><p><strong>Turn ${index}</strong> ${
      badge(alignment ?? "not judged", TONES[alignment ?? ""] ?? "plain")
    }${label === undefined ? "" : ` ${note(`by ${label.by}`)}`}</p>`,
    goal !== null && goal !== known ? said("Goal", goal) : "",
    said("User", user.message),
    user.fault === undefined ? "" : said("Fault of the user", user.fault.message),
    said("Agent", agent.reply ?? "…"),
    agent.fault === undefined ? "" : said("Fault of the agent", agent.fault.message),
    wanted === "" ? "" : `<div class="said"><b>Wanted</b>${wanted}</div>`,
    agent.actions.length === 0
      ? ""
      : `<div class="said"><b>Done</b>${agent.actions.map((action) => doneHtml(action)).join("")}</div>`,
    judge === null ? "" : said("Judge", `${judge.alignment}: ${judge.explanation}`),
    label?.note === undefined ? "" : said("Note", label.note),
    "</li>",
  ].filter((part) => part !== "").join("\n");
}

function said(who: string, text: string): string {
  return `<div class="said"><b>${who}</b>${escapeMarkup(ellipsis(text, LONGEST_TEXT))}</div>`;
}

function doneHtml(action: DoneAction): string {
  const result = action.result_message === "" ? "" : ` ${note(ellipsis(action.result_message, LONGEST_CALL))}`;
  const [mark, word, tone] = action.success ? ["✓", "done", "good"] as const : ["✗", "not possible", "bad"] as const;
  return `<div class="did"><span class="mark ${tone}" role="img" aria-label="${word}">${mark}</span> ${
    actionHtml(action)
  }${result}</div>`;
}

/** `create_task name: "Book the photographer", parent_id: 5`. */
function actionHtml({ name, parameters }: Pick<ActionSpec, "name" | "parameters">): string {
  const values = Object.entries(parameters ?? {}).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const called = values.length === 0 ? "" : ` ${escapeMarkup(ellipsis(values.join(", "), LONGEST_CALL))}`;
  return `<code><strong>${escapeMarkup(ellipsis(name, LONGEST_CALL))}</strong>${called}</code>`;
}

function note(text: string): string {
  return `<span class="note">${escapeMarkup(text)}</span>`;
}
