/** A conversation as text: the same on a terminal, turn by turn, and in a file. */

import type { ActionSpec, Alignment, DoneAction, TurnFault } from "../../../framework/conversation/mod.ts";
import { pad, plainText, truncate, wrapped } from "../../plain_text.ts";
import { modelLabel } from "../../offline_label.ts";
import type { ConversationRun, SimulatedTurn, SimulatedUserTurn } from "../types.ts";

/** What text can look like. */
export type TextColour = "bold" | "dim" | "red" | "green" | "yellow" | "magenta" | "cyan";

/** How a conversation is written. */
export interface TextOptions {
  /** Columns of a line, at least 40. Default: 100. */
  readonly width?: number;
  /** Colours a text that has no escape sequences of its own. Default: no colours. */
  readonly colour?: (text: string, colour: TextColour) => string;
}

/** Columns before what is said. */
const LABEL_WIDTH = 8;

/** The whole conversation, ended by a line break. */
export function toText(run: ConversationRun, options: TextOptions = {}): string {
  let goal = run.config.improvement_goal;
  const turns = run.turns.map((turn) => {
    const text = turnText(turn, { ...options, goal });
    goal = turn.goal ?? goal;
    return text;
  });
  return [headText(run, options), ...turns, endText(run, options)].map((part) => `${part}\n`).join("\n");
}

/**
 * One turn: what the user said and wanted, what the agent answered and did, what the judge says. Nothing that a model
 * wrote reaches the text as a control character or an escape sequence.
 *
 * @param options `goal`: the goal that readers know already; another one is shown
 */
export function turnText(turn: SimulatedTurn, options: TextOptions & { readonly goal?: string | null } = {}): string {
  const { simulated_user: user, chat_agent: agent, judge, label, goal } = turn;
  const paint = painter(options);
  const row = (name: string, text: string, look: RowLook = {}) => rowText(name, text, look, options);
  const lines = [paint(`turn ${turn.index}`, "bold")];
  if (goal !== null && goal !== options.goal) lines.push(row("goal", goal));
  lines.push(row("user", user.message || "(says nothing)", { colour: "cyan", border: true }));
  lines.push(row("wants", wishText(user)));
  if (user.fault !== undefined) lines.push(row("fault", faultText(user.fault), { colour: "red" }));
  const reply = agent.reply === null ? "(no answer)" : agent.reply || "(says nothing)";
  lines.push(row("agent", reply, { colour: "magenta", border: true }));
  for (const action of agent.actions) {
    lines.push(row("", doneText(action), { mark: action.success ? "green" : "red" }));
  }
  if (agent.fault !== undefined) lines.push(row("fault", faultText(agent.fault), { colour: "red" }));
  if (judge === null) lines.push(row("judge", "(has not judged)"));
  else {
    lines.push(row("judge", verdictText(judge.alignment, judge.explanation), { mark: COLOURS[judge.alignment] }));
    const { witness } = judge;
    if (witness !== null && !judge.explanation.includes(witness.text)) lines.push(row("", `↳ ${witness.text}`));
  }
  if (label !== undefined) {
    lines.push(row(label.by, verdictText(label.alignment, label.note ?? ""), { mark: COLOURS[label.alignment] }));
  }
  return lines.join("\n");
}

/** What stands above the turns: which conversation it is, who takes part, what for. */
export function headText(run: ConversationRun, options: TextOptions = {}): string {
  const { config } = run;
  const parts = [`conversation ${run.run_id}`];
  if (config.case !== null) parts.push(`case ${config.case}`);
  parts.push(`seed ${run.seed}`, `sample ${run.sample}`);
  const paint = painter(options);
  const lines = wrapped(parts.join(" · "), widthOf(options)).map((line) => paint(line, "bold"));
  const { user, agent, judge } = config;
  lines.push(...indented(`user ${user.kind} · agent ${agent.adapter} · judge ${judge.kind}`, options));
  if (config.session_id !== null) lines.push(rowText("session", config.session_id, {}, options));
  if (config.plan_id !== null) lines.push(rowText("plan", config.plan_id, {}, options));
  if (config.improvement_goal !== null) lines.push(rowText("goal", config.improvement_goal, {}, options));
  return lines.join("\n");
}

/** What stands below the turns: how it ended, what was counted, what it cost. */
export function endText(run: ConversationRun, options: TextOptions = {}): string {
  const { summary, cost, error, validity } = run;
  const paint = painter(options);
  const counts = ALIGNED.map((alignment) => `${summary[alignment]} ${alignment}`).join(", ");
  const end = run.ended_by === null ? run.status : `${run.status} (${run.ended_by})`;
  const turns = `${run.turns.length} turn${run.turns.length === 1 ? "" : "s"}`;
  const [verdict, colour]: [string, TextColour] = summary.passed === null
    ? ["not over", "yellow"]
    : summary.passed
    ? ["passed", "green"]
    : ["not passed", "red"];
  const first = wrapped(`${verdict} · ${end} after ${turns}: ${counts}`, widthOf(options) - 2).join("\n  ");
  const lines = [
    paint(verdict, colour) + first.slice(verdict.length),
    ...indented(
      `precision ${share(summary.precision)} · recall ${share(summary.recall)} · end state ${summary.end_state}`,
      options,
    ),
  ];
  if (error !== null) {
    lines.push(...indented(`error[${error.code}]: ${error.message}`, options));
    if (error.hint !== undefined) lines.push(...indented(`hint: ${error.hint}`, options));
  }
  if (validity.reasons.length > 0) {
    lines.push(...indented(`${validity.state}: ${validity.reasons.join("; ")}`, options));
  }
  if (cost.calls > 0) {
    const tokens = `${cost.input_tokens} + ${cost.output_tokens} tokens`;
    const models = run.models.length === 0 ? "" : ` · ${run.models.map(modelLabel).join(", ")}`;
    const calls = `${cost.calls} ${cost.calls === 1 ? "call" : "calls"}`;
    lines.push(...indented(`${calls} · ${tokens} · ${usd(cost.usd)}${models}`, options));
  }
  return lines.join("\n");
}

/** What the user wanted, that nothing was, or that nobody knows. */
export function wishText({ desired_action, fault }: SimulatedUserTurn): string {
  if (desired_action !== null) return actionText(desired_action);
  return fault === undefined ? "nothing: only talks" : "not known";
}

/** `create_task {"name":"x"}`. */
export function actionText({ name, parameters }: ActionSpec): string {
  return `${name} ${JSON.stringify(parameters)}`;
}

/** An amount of money. */
export function usd(amount: number): string {
  return `${amount === 0 ? "0" : amount.toPrecision(3)} USD`;
}

/** A share as a number of at most three digits, or that there is none. */
export function share(value: number | null): string {
  return value === null ? "none" : String(Number(value.toFixed(3)));
}

/** `✓`, `✗` or `?`. */
export const MARKS: { readonly [alignment in Alignment]: string } = { aligned: "✓", misaligned: "✗", unclear: "?" };

const ALIGNED = ["aligned", "misaligned", "unclear"] as const;
const COLOURS = { aligned: "green", misaligned: "red", unclear: "yellow" } as const;

function verdictText(alignment: Alignment, why: string): string {
  return `${MARKS[alignment]} ${alignment}${why === "" ? "" : `: ${why}`}`;
}

function doneText(action: DoneAction): string {
  const result = action.result_message === "" ? "" : ` → ${action.result_message}`;
  return `${action.success ? "✓" : "✗"} ${actionText(action)}${result}`;
}

function faultText({ code, message }: TurnFault): string {
  return `${code}: ${message}`;
}

interface RowLook {
  /** Colour of the label. */
  readonly colour?: TextColour;
  /** Colour of the text's first character. */
  readonly mark?: TextColour;
  /** Whether a line runs down its left. */
  readonly border?: boolean;
}

/** A label and what belongs to it, over as many lines as that takes. */
function rowText(label: string, text: string, { colour = "dim", mark, border }: RowLook, options: TextOptions): string {
  const paint = painter(options);
  const rule = border ? paint("│ ", "dim") : "";
  return wrapped(text, widthOf(options) - LABEL_WIDTH - 4).map((line, i) => {
    const name = pad(i === 0 ? truncate(plainText(label), LABEL_WIDTH - 1) : "", LABEL_WIDTH);
    const shown = i === 0 && mark !== undefined ? paint(line.slice(0, 1), mark) + line.slice(1) : line;
    return `  ${paint(name, colour)}${rule}${shown}`.trimEnd();
  }).join("\n");
}

function indented(text: string, options: TextOptions): string[] {
  return wrapped(text, widthOf(options) - 2).map((line) => `  ${line}`);
}

function widthOf({ width = 100 }: TextOptions): number {
  return Math.max(40, width);
}

function painter({ colour }: TextOptions): (text: string, colour: TextColour) => string {
  return colour === undefined ? (text) => text : (text, style) => text.trim() === "" ? text : colour(text, style);
}
