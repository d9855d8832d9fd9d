/** A run, seen as a conversation. */

import {
  type ConversationGlobals,
  type EnvironmentSpec,
  readEnvironment,
  type TranscriptTurn,
} from "../../framework/conversation/mod.ts";
import { type ResolvedConversation, SimError } from "../../framework/mod.ts";
import { isEnded, type LabelRecord, type Manifest, type RunConfig, type StoredState } from "../store/mod.ts";
import {
  type AlignmentIssue,
  alignmentOf,
  type ConversationRun,
  type ConversationStatus,
  type ConversationSummary,
  type SimulatedTurn,
} from "./types.ts";

/** Labels of a run in which the caller's own names are kept. */
export const SESSION_LABEL = "session";
/** Label with the name of the plan, as the caller gave it. */
export const PLAN_LABEL = "plan";

/** What a conversation is read from. */
export interface ConversationSource {
  readonly manifest: Manifest;
  readonly config: RunConfig;
  /** Null: nothing has been saved yet. */
  readonly state: StoredState | null;
  /** When the user spoke, by turn. */
  readonly times: ReadonlyMap<number, string>;
  /** What people say of its turns. */
  readonly labels: readonly LabelRecord[];
}

/** What the run's configuration says of the conversation. @throws {SimError} `no_conversation` */
export function conversationConfig({ run_id }: Pick<Manifest, "run_id">, config: RunConfig): ResolvedConversation {
  if (config.conversation) return config.conversation;
  throw new SimError("no_conversation", `run '${run_id}' is no conversation`, {
    hint: "its scenario has no section 'conversation'",
  });
}

/** The run as a conversation. @throws {SimError} `no_conversation` */
export function conversationOf({ manifest, config, state, times, labels }: ConversationSource): ConversationRun {
  const conversation = conversationConfig(manifest, config);
  const globals = (state?.state.global_state ?? null) as unknown as ConversationGlobals | null;
  const turns = globals === null ? [] : turnsOf(globals, { manifest, config, times, labels });
  const over = isEnded(manifest.status);
  return {
    run_id: manifest.run_id,
    status: STATUS[manifest.status],
    ended_by: over ? endOf(manifest) : null,
    ...(STATUS[manifest.status] === "idle" && manifest.status_reason !== undefined && {
      status_reason: manifest.status_reason,
    }),
    config: {
      session_id: manifest.labels[SESSION_LABEL] ?? null,
      plan_id: manifest.labels[PLAN_LABEL] ?? null,
      improvement_goal: conversation.goal,
      case: conversation.case,
      max_turns: config.simulation.max_turns,
      stop_on_alignment: conversation.stop_on_alignment,
      stop_on_misalignment: conversation.stop_on_misalignment,
      extra_actions: conversation.extra_actions,
      max_actions_per_turn: conversation.max_actions_per_turn,
      user: { kind: conversation.user },
      agent: { adapter: conversation.agent },
      judge: { kind: conversation.judge },
    },
    seed: manifest.seed,
    sample: manifest.sample,
    turns,
    remaining_turns: over ? 0 : Math.max(config.simulation.max_turns - (state?.turn ?? 0), 0),
    created_at: manifest.created_at,
    updated_at: manifest.history.at(-1)?.at ?? manifest.created_at,
    error: manifest.error ? errorOf(manifest.error) : null,
    alignment_issues: issuesOf(turns, conversation),
    summary: summaryOf(manifest, turns, globals),
    outline: globals === null ? null : environmentOf(config).outline(globals.plan),
    validity: manifest.validity,
    cost: {
      usd: manifest.cost.usd,
      calls: manifest.cost.calls,
      input_tokens: manifest.cost.input_tokens,
      output_tokens: manifest.cost.output_tokens,
    },
    models: manifest.cost.calls + manifest.cost.reused_calls === 0 ? [] : manifest.models,
  };
}

/** Whether all turns were played that the conversation has: it was ended neither by its policy nor from outside. */
export function isPlayedOut(manifest: Manifest): boolean {
  return isEnded(manifest.status) && ["max_turns", "user_done"].includes(endOf(manifest));
}

/** Where the run's conversation takes place. */
export function environmentOf({ engine }: RunConfig): ReturnType<typeof readEnvironment> {
  return readEnvironment(engine.config.environment as unknown as EnvironmentSpec);
}

/** By what it was ended, in a word: what exactly, `error` says. */
function endOf({ status, status_reason, error }: Manifest): string {
  if (status !== "completed") return error?.code ?? status;
  return (status_reason ?? status).replace(/^engine: /, "");
}

const STATUS: { readonly [status in Manifest["status"]]: ConversationStatus } = {
  queued: "running",
  running: "running",
  paused: "idle",
  interrupted: "idle",
  completed: "finished",
  cancelled: "cancelled",
  failed: "error",
};

function turnsOf(
  { transcript, wishes, verdicts }: ConversationGlobals,
  { manifest, config, times, labels }: Omit<ConversationSource, "state">,
): SimulatedTurn[] {
  return transcript.map((turn: TranscriptTurn, i): SimulatedTurn => {
    const { index, message, reply, actions, fault } = turn;
    const wish = wishes[i]!;
    const label = labels.find((each) => each.turn === index);
    return {
      index,
      simulated_user: {
        message,
        desired_action: wish.desired_action,
        seal: wish.seal,
        salt: wish.salt,
        ...(wish.fault && { fault: wish.fault }),
      },
      chat_agent: { reply, actions, ...(fault && { fault }) },
      judge: verdicts[i] ?? null,
      ...(label && {
        label: {
          alignment: label.alignment,
          ...(label.note !== undefined && { note: label.note }),
          by: label.by,
          at: label.at,
        },
      }),
      goal: goalAt(index, config),
      created_at: times.get(index) ?? manifest.started_at ?? manifest.created_at,
    };
  });
}

/** What the user was after in a turn: one that a fork has inherited was had under its parent's scenario. */
function goalAt(turn: number, config: RunConfig): string | null {
  const past = config.inherited.find(({ until }) => turn <= until);
  return (past?.scenario ?? config).conversation?.goal ?? null;
}

function issuesOf(turns: readonly SimulatedTurn[], { user }: ResolvedConversation): AlignmentIssue[] {
  const listens = user === "llm" || user === "human";
  return turns.filter((turn) => alignmentOf(turn) === "misaligned").map(({ index, judge, label }) => ({
    turn_index: index,
    reason: label?.note ?? (judge?.alignment === "misaligned" ? judge.explanation : `${label!.by} calls it misaligned`),
    delivered: listens && judge?.alignment === "misaligned" && index < turns.at(-1)!.index,
  }));
}

function summaryOf(
  { status }: Manifest,
  turns: readonly SimulatedTurn[],
  globals: ConversationGlobals | null,
): ConversationSummary {
  const count = (alignment: string) => turns.filter((turn) => alignmentOf(turn) === alignment).length;
  const [aligned, misaligned, unclear] = [count("aligned"), count("misaligned"), count("unclear")];
  const end_state = globals?.end_state ?? "unknown";
  const share = (value: number | undefined) => value === undefined || value < 0 ? null : value;
  // A person who has looked says more of words than a comparison of states does.
  const isOverruled = turns.some(({ label }) => label !== undefined);
  const clean = aligned === turns.length && turns.length > 0 && (isOverruled || end_state !== "differs");
  return {
    aligned,
    misaligned,
    unclear,
    precision: share(globals?.precision),
    recall: share(globals?.recall),
    end_state,
    passed: isEnded(status) ? status === "completed" && clean : null,
  };
}

function errorOf({ code, message, hint }: NonNullable<Manifest["error"]>): NonNullable<ConversationRun["error"]> {
  return { code, message, ...(hint !== undefined && { hint }) };
}
