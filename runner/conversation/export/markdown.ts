/** A conversation as Markdown, for issues, reviews and notes. */

import type { ActionSpec, TurnFault, Witness } from "../../../framework/conversation/mod.ts";
import { printable } from "../../report/mod.ts";
import { modelLabel } from "../../offline_label.ts";
import { alignmentOf, type ConversationRun, type SimulatedTurn } from "../types.ts";
import { MARKS, share, usd } from "./text.ts";

/** The conversation in CommonMark: what was said is quoted and shown as it was written, never rendered. */
export function toMarkdown(run: ConversationRun): string {
  const { config, summary, cost, error, validity } = run;
  const passed = summary.passed === null ? "not over" : summary.passed ? "passed" : "not passed";
  const facts: [string, string | null][] = [
    ["Result", passed],
    ["Status", run.ended_by === null ? run.status : `${run.status} (${run.ended_by})`],
    ["Case", config.case],
    ["Session", config.session_id],
    ["Plan", config.plan_id],
    ["Goal", config.improvement_goal],
    ["Seed, sample", `${run.seed}, ${run.sample}`],
    ["User, agent, judge", `${config.user.kind}, ${config.agent.adapter}, ${config.judge.kind}`],
    ["Verdicts", `${summary.aligned} aligned, ${summary.misaligned} misaligned, ${summary.unclear} unclear`],
    ["Precision, recall", `${share(summary.precision)}, ${share(summary.recall)}`],
    ["End state", summary.end_state],
    ["Error", error && `${error.code}: ${error.message}`],
    ["Validity", validity.reasons.length === 0 ? null : `${validity.state}: ${validity.reasons.join("; ")}`],
    ["Cost", cost.calls === 0 ? null : `${cost.calls} calls, ${usd(cost.usd)}`],
    ["Models", run.models.length === 0 ? null : run.models.map(modelLabel).join(", ")],
  ];
  const head = [
    `# Conversation ${inline(run.run_id)}`,
    facts.flatMap(([name, value]) => value === null ? [] : [`- ${name}: ${inline(value)}`]).join("\n"),
  ];
  return [...head, ...run.turns.flatMap((turn) => turnParts(turn, config.improvement_goal))].join("\n\n") + "\n";
}

function turnParts(turn: SimulatedTurn, knownGoal: string | null): string[] {
  const { simulated_user: user, chat_agent: agent, judge, label, goal } = turn;
  const alignment = alignmentOf(turn);
  const parts = [`## Turn ${turn.index}${alignment === null ? "" : `: ${MARKS[alignment]} ${alignment}`}`];
  if (goal !== null && goal !== knownGoal) parts.push(`Goal: ${inline(goal)}`);
  parts.push("**User**", quote(user.message));
  if (user.desired_action !== null) parts.push(`Wants ${action(user.desired_action)}`);
  else parts.push(user.fault === undefined ? "Wants nothing: only talks." : "What it wants is not known.");
  if (user.fault !== undefined) parts.push(fault(user.fault));
  parts.push("**Agent**", agent.reply === null ? "No answer." : quote(agent.reply));
  const done = agent.actions.map((each) =>
    `- ${each.success ? "✓" : "✗"} ${action(each)}${
      each.result_message === "" ? "" : `: ${inline(each.result_message)}`
    }`
  );
  if (done.length > 0) parts.push(done.join("\n"));
  if (agent.fault !== undefined) parts.push(fault(agent.fault));
  if (judge !== null) {
    parts.push(`**Judge** (${judge.by}): ${judge.alignment}. ${inline(judge.explanation)}`);
    if (judge.witness !== null) parts.push(witness(judge.witness));
  }
  if (label !== undefined) {
    const note = label.note === undefined ? "" : ` ${inline(label.note)}`;
    parts.push(`**${inline(label.by)}** overrides: ${label.alignment}.${note}`);
  }
  return parts;
}

function witness({ text, wanted, done }: Witness): string {
  const lines = [`- Difference: ${inline(text)}`];
  if (wanted !== undefined) lines.push(`- Wanted: ${action(wanted)}`);
  if (done !== undefined) lines.push(`- Done: ${action(done)}`);
  return lines.join("\n");
}

function fault({ code, message }: TurnFault): string {
  return `**Fault** ${inline(code)}: ${inline(message)}`;
}

function action({ name, parameters }: ActionSpec): string {
  return `${code(name)} ${code(JSON.stringify(parameters))}`;
}

/** `text` as code within a line, whatever backticks it holds. */
function code(text: string): string {
  const shown = printable(text).replace(/\s+/g, " ");
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = /^[` ]|[` ]$/.test(shown) || shown === "" ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}

/** `text` on one line. */
function inline(text: string): string {
  return escaped(text.replace(/\s+/g, " ").trim());
}

/** `text` with its line breaks, as a quotation. */
function quote(text: string): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  // Two spaces keep a line break; leading ones would make code of the line.
  return lines.map((line) => `> ${escaped(line.trim())}`.trimEnd()).join("  \n");
}

function escaped(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]()<>#|!~&$@]/g, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2").replace(/^[-+=:]/, "\\$&")
    .replace(/\b(https?|ftp|www)(:|\.)/gi, "$1\\$2");
}
