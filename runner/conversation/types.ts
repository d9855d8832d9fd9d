/**
 * What the host shows of a conversation. JSON names are those of GAgent's simulated-user mode, with what it lacks: seals,
 * faults, labels, case, seed and sample, scores, cost.
 */

import type { ActionSpec, Alignment, DoneAction, JudgeVerdict, TurnFault } from "../../framework/conversation/mod.ts";
import type { Estimate } from "../stats.ts";

/** The user's part of a turn. */
export interface SimulatedUserTurn {
  /** What the user said. */
  readonly message: string;
  /** What would have done what the user wanted; null: nothing, the user only talks. */
  readonly desired_action: ActionSpec | null;
  /**
   * SHA-256, in hexadecimal digits, of the canonical JSON (RFC 8785) of `{desired_action, message, salt}`, taken before the
   * agent was asked.
   */
  readonly seal: string;
  /** What was drawn for the seal, so that anybody can check it. */
  readonly salt: string;
  /** Why what the user wanted cannot be known. */
  readonly fault?: TurnFault;
}

/** The part of the agent under test. */
export interface ChatAgentTurn {
  /** What it answered; null: nothing. */
  readonly reply: string | null;
  /** What it did, in its order. */
  readonly actions: readonly DoneAction[];
  /** Why its answer is none. */
  readonly fault?: TurnFault;
}

/** A person's verdict, which stands above the judge's. */
export interface TurnLabel {
  readonly alignment: Alignment;
  /** Why. */
  readonly note?: string;
  /** Who. */
  readonly by: string;
  /** When, ISO 8601 in UTC. */
  readonly at: string;
}

/** One turn of a conversation. */
export interface SimulatedTurn {
  /** From 1. */
  readonly index: number;
  readonly simulated_user: SimulatedUserTurn;
  readonly chat_agent: ChatAgentTurn;
  /** Null: not judged yet. */
  readonly judge: JudgeVerdict | null;
  /** A person's override. */
  readonly label?: TurnLabel;
  /** What the user was after in this turn; null: nothing is said of it. */
  readonly goal: string | null;
  /** ISO 8601 in UTC. */
  readonly created_at: string;
}

/** A turn that is misaligned by what counts of it: a person's label, else the judge's verdict. */
export interface AlignmentIssue {
  readonly turn_index: number;
  /** The judge's explanation, or what a person noted who overrode it. */
  readonly reason: string;
  /**
   * Whether the user has been told: the judge found it, the user is a model or a person, for others cannot listen, and has
   * spoken since.
   */
  readonly delivered: boolean;
}

/** `idle` waits for somebody to advance it; `finished`, `cancelled` and `error` are its ends. */
export const CONVERSATION_STATUSES = ["idle", "running", "finished", "cancelled", "error"] as const;
/** `idle` waits for somebody to advance it; `finished`, `cancelled` and `error` are its ends. */
export type ConversationStatus = typeof CONVERSATION_STATUSES[number];

/** What a conversation is played with. */
export interface ConversationConfig {
  /** A label of the caller's. */
  readonly session_id: string | null;
  /** The plan it is about, as the caller named it. */
  readonly plan_id: string | null;
  /** What the user is after in the whole conversation. */
  readonly improvement_goal: string | null;
  /** The case of the scenario; null: it has none. */
  readonly case: string | null;
  readonly max_turns: number;
  readonly stop_on_alignment: boolean;
  readonly stop_on_misalignment: boolean;
  /** What is held of mutating actions nobody wanted. */
  readonly extra_actions: "tolerate" | "flag" | "fail";
  readonly max_actions_per_turn: number;
  readonly user: { readonly kind: string };
  readonly agent: { readonly adapter: string };
  readonly judge: { readonly kind: string };
}

/** Verdicts counted, labels before the judge's, and what follows from them. */
export interface ConversationSummary {
  /** Turns. */
  readonly aligned: number;
  /** Turns. */
  readonly misaligned: number;
  /** Turns. */
  readonly unclear: number;
  /** Share of the mutating actions that were wanted; null: there were none. */
  readonly precision: number | null;
  /** Share of the wanted actions that were done; null: none was wanted. */
  readonly recall: number | null;
  /** Whether the environment is as the wishes would have left it. */
  readonly end_state: "unknown" | "agrees" | "differs";
  /**
   * Ended without error, every turn aligned (a person's label before the verdict), end state not another; null: it is not
   * over. Where a person has labelled a turn the end state counts as unknown: it may differ in nothing but words that the
   * person has let pass.
   */
  readonly passed: boolean | null;
}

/** What was spent on language models. */
export interface ConversationCost {
  readonly usd: number;
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

/** A conversation: a run, seen as one. */
export interface ConversationRun {
  readonly run_id: string;
  readonly status: ConversationStatus;
  /** `max_turns`, `aligned`, `misaligned`, `user_done` …; null: it is not over. */
  readonly ended_by: string | null;
  /** Why it stands still, where that is known: it was asked to, a provider is down, a budget is spent … */
  readonly status_reason?: string;
  readonly config: ConversationConfig;
  /** What tells runs of one case apart, with {@linkcode sample}. */
  readonly seed: number;
  /** Number of the repetition under the same seed, from 0. */
  readonly sample: number;
  readonly turns: readonly SimulatedTurn[];
  /** Turns that may still be played. */
  readonly remaining_turns: number;
  /** ISO 8601 in UTC. */
  readonly created_at: string;
  /** ISO 8601 in UTC. */
  readonly updated_at: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string } | null;
  readonly alignment_issues: readonly AlignmentIssue[];
  readonly summary: ConversationSummary;
  /** What both sides see of the environment now; null: it has no outline. */
  readonly outline: string | null;
  /** Whether its numbers may be believed, and why not. */
  readonly validity: { readonly state: string; readonly reasons: readonly string[] };
  readonly cost: ConversationCost;
  /** Models that were chosen to answer, for whichever side; none as long as nobody outside has been asked. */
  readonly models: readonly string[];
}

/** All runs of one case. */
export interface CaseResult {
  readonly case: string;
  readonly runs: readonly ConversationRun[];
  /** Runs that passed. */
  readonly passed: number;
  /** Runs. */
  readonly total: number;
}

/** pass^k with its interval at 95 % over cases; null: fewer than two cases. */
export interface PassHatK extends Estimate {
  readonly k: number;
}

/** What came of a scenario's cases × seeds × samples. */
export interface ConverseReport {
  /** Name of the scenario. */
  readonly name: string;
  readonly cases: readonly CaseResult[];
  /** Runs that passed. */
  readonly passed: number;
  /** Runs. */
  readonly total: number;
  /** `passed / total`; null: there were none. */
  readonly passed_share: number | null;
  /** Chance that `k` runs of a case all pass, mean over the cases, for each `k` that every case has runs for (up to 8). */
  readonly pass_hat_k: readonly PassHatK[];
  /**
   * Of the runs all of whose turns were played (they ended by `max_turns` or `user_done`), those that an agent would pass
   * which only speaks: by rules every turn is aligned without an action, and the plan as given is the `expected_plan`, if
   * the scenario has one. Absent: not asked.
   */
  readonly do_nothing?: { readonly passed: number; readonly total: number };
  /**
   * Runs that a judge would let pass which calls every turn aligned: they ended without error, a turn was played, and the
   * end state does not differ.
   */
  readonly pass_everything: number;
  /** Of all runs. */
  readonly cost: ConversationCost;
}

/** What counts of a turn: a person's label, else the judge's verdict; null: neither is there. */
export function alignmentOf({ label, judge }: Pick<SimulatedTurn, "label" | "judge">): Alignment | null {
  return label?.alignment ?? judge?.alignment ?? null;
}
