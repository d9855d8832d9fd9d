/** Verdicts by rules alone, and what many of them come to. */

import { type Match, matchActions, type MatchOptions } from "./matcher.ts";
import type { JudgeVerdict, TranscriptTurn, Wish, Witness } from "./types.ts";
import { callText, cut } from "./witness_text.ts";

/** A turn to be judged: what was wanted in it and what came of it. */
export interface JudgedTurn extends MatchOptions {
  /** What the user wanted. */
  readonly wish: Pick<Wish, "desired_action" | "fault" | "met">;
  /** What the agent answered and did. */
  readonly turn: Pick<TranscriptTurn, "reply" | "actions" | "fault">;
}

/**
 * What rules alone say of a turn, by {@linkcode matchActions}. An answer that is none is misaligned, whatever was wanted;
 * otherwise a turn whose wish cannot be known is unclear; otherwise one whose wish is `met` is aligned, whatever the calls
 * ({@linkcode metByEffect}). Verdicts that are not unclear have confidence 1.
 */
export function ruledVerdict({ wish, turn, catalogue, extra }: JudgedTurn): JudgeVerdict {
  const wanted = wish.desired_action === null ? [] : [wish.desired_action];
  const match = matchActions(wanted, turn.actions, { catalogue, extra });
  const shares = wish.fault === undefined
    ? { precision: match.precision, recall: match.recall }
    : { precision: null, recall: null };
  const fault = turn.fault ?? (turn.reply === null ? { code: "no_reply", message: "there is no reply" } : undefined);
  if (fault !== undefined) {
    const text = `The agent gave no valid answer (${fault.code}): ${cut(fault.message, 160)}`;
    const witness: Witness = {
      kind: "unanswered",
      text,
      ...(wish.desired_action === null ? {} : { wanted: wish.desired_action }),
    };
    return {
      alignment: "misaligned",
      explanation: sentence(text),
      confidence: 1,
      score: 1,
      witness,
      by: "rules",
      ...shares,
    };
  }
  if (wish.fault !== undefined) {
    const text = `What the user wanted is not known (${wish.fault.code}): ${cut(wish.fault.message, 160)}`;
    const witness: Witness = { kind: "no_expectation", text };
    return { alignment: "unclear", explanation: sentence(text), witness, by: "rules", ...shares };
  }
  if (wish.met === true && match.alignment !== "aligned") {
    const explanation = `Other calls came to the same as ${callText(wanted[0]!)} would have.`;
    return { alignment: "aligned", explanation, confidence: 1, score: 0, witness: null, by: "rules", ...WHOLE };
  }
  return {
    alignment: match.alignment,
    explanation: explanationOf(match, wanted.length),
    ...(match.alignment === "unclear" ? {} : { confidence: 1, score: match.alignment === "misaligned" ? 1 : 0 }),
    witness: match.witness,
    by: "rules",
    ...shares,
  };
}

/** Shares of a turn whose changes came to what was wanted, and to nothing else. */
const WHOLE = { precision: 1, recall: 1 };

function explanationOf({ witness, pairs, extra }: Match, wanted: number): string {
  if (witness !== null) return sentence(witness.text);
  const first = wanted === 0 ? "No action was wanted" : `${callText(pairs[0]!.done)} is what was wanted`;
  const tolerated = extra.length === 0
    ? ""
    : ` Tolerated, though nobody asked for it: ${callText(extra[0]!)}${
      extra.length === 1 ? "" : ` and ${extra.length - 1} more`
    }.`;
  return `${sentence(first)}${tolerated}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/**
 * Whether a language model could settle what rules left unclear: a difference in free text, a date that can be read in two
 * ways, a wish that the reply may have answered in words, a flagged extra action. False for clear verdicts and for faults.
 */
export function needsJudge(verdict: JudgeVerdict): boolean {
  return verdict.by === "rules" && verdict.alignment === "unclear" && verdict.witness?.kind !== "no_expectation";
}

/** What a conversation's verdicts come to. */
export interface VerdictSummary {
  /** Turns that are aligned. */
  readonly aligned: number;
  /** Turns that are misaligned. */
  readonly misaligned: number;
  /** Turns that are unclear. */
  readonly unclear: number;
  /** Mean over the turns that have one; null: none has. */
  readonly precision: number | null;
  /** Mean over the turns that have one; null: none has. */
  readonly recall: number | null;
}

/** Counts and means over the verdicts of turns. */
export function summarise(verdicts: readonly JudgeVerdict[]): VerdictSummary {
  const count = (alignment: JudgeVerdict["alignment"]) =>
    verdicts.filter((verdict) => verdict.alignment === alignment).length;
  return {
    aligned: count("aligned"),
    misaligned: count("misaligned"),
    unclear: count("unclear"),
    precision: mean(verdicts.map((verdict) => verdict.precision)),
    recall: mean(verdicts.map((verdict) => verdict.recall)),
  };
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
