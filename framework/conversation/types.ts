/**
 * What conversations are made of: actions, turns, verdicts. Names of JSON fields are those of GAgent's simulated-user
 * mode, so that its readers feel at home.
 */

import { z } from "zod";
import type { Json, JsonObject } from "../json.ts";

/** One action, wished for or taken. */
export interface ActionSpec {
  /** Family of the action: `task_operation` … */
  readonly kind: string;
  /** Name of the action in the catalogue. */
  readonly name: string;
  /** Its arguments. */
  readonly parameters: JsonObject;
}

/** An action of the agent under test, with what came of it. */
export interface DoneAction extends ActionSpec {
  /** Whether it could be carried out. */
  readonly success: boolean;
  /** What came of it, for people and for the agent itself. */
  readonly result_message: string;
  /** Name of what it made, where it made something. */
  readonly created?: string;
}

/** Why a part of a turn is not what it should be. */
export interface TurnFault {
  /** `empty_reply`, `not_json`, `unknown_action`, `tool_loop`, `timeout`, `out_of_character` … */
  readonly code: string;
  /** For people. */
  readonly message: string;
}

/** What both sides have said and done in one turn: what everybody may see. */
export interface TranscriptTurn {
  /** Number of the turn, from 1. */
  readonly index: number;
  /** What the user said. */
  readonly message: string;
  /** What the agent under test answered; null: it has not yet. */
  readonly reply: string | null;
  /** What it did, in its order. */
  readonly actions: readonly DoneAction[];
  /** Why its answer is none. */
  readonly fault?: TurnFault;
}

/** What the user wanted in one turn: sealed before the agent is asked, hidden from it. */
export interface Wish {
  /** Number of the turn. */
  readonly index: number;
  /** The action that would do what the user wants; null: none would, the user only talks. */
  readonly desired_action: ActionSpec | null;
  /** SHA-256 of salt, message and desired action, taken before the agent was asked. */
  readonly seal: string;
  /** What was drawn for the seal, so that anybody can check it. */
  readonly salt: string;
  /** Whether the same was wished for before, or would repeat what is there. */
  readonly repeated?: true;
  /** Why what the user wanted cannot be known: then no verdict is `aligned`. */
  readonly fault?: TurnFault;
  /** Whether the agent's actions have led to what this action would have led to: set when it has answered. */
  readonly met?: true;
}

/** Whether the agent did what the user wanted. */
export const ALIGNMENTS = ["aligned", "misaligned", "unclear"] as const;
/** Whether the agent did what the user wanted. */
export type Alignment = typeof ALIGNMENTS[number];

/** The smallest difference between what was wanted and what was done. */
export interface Witness {
  /** What kind of difference it is. */
  readonly kind:
    | "missing_action"
    | "failed_action"
    | "missing_argument"
    | "wrong_argument"
    | "unasked_argument"
    | "free_text"
    | "extra_action"
    | "unanswered"
    | "no_expectation";
  /** The difference in one sentence. */
  readonly text: string;
  /** The wished action it is about. */
  readonly wanted?: ActionSpec;
  /** The action of the agent it is about. */
  readonly done?: ActionSpec;
  /** The argument it is about. */
  readonly argument?: string;
  /** What was wanted of that argument. */
  readonly wanted_value?: Json;
  /** What was given. */
  readonly done_value?: Json;
}

/** What the judge says of one turn. */
export interface JudgeVerdict {
  /** Whether the agent did what the user wanted. */
  readonly alignment: Alignment;
  /** Why, in a sentence or two. */
  readonly explanation: string;
  /** How sure the judge is, 0 to 1. */
  readonly confidence?: number;
  /** 1: misaligned, 0: aligned; absent: unclear. */
  readonly score?: 0 | 1;
  /** Points of a rubric, 1 to 5 each. */
  readonly rubric?: { readonly [name: string]: number };
  /** The smallest difference; null: there is none. */
  readonly witness: Witness | null;
  /** Who judged: the matcher's rules, a language model, or a person who overrode them. */
  readonly by: "rules" | "llm" | "person";
  /** Share of the mutating actions that were wanted; null: there were none. */
  readonly precision: number | null;
  /** Share of the wanted changes that were made; null: no change was wanted. */
  readonly recall: number | null;
}

/** The schema of an action as models and services write it: what else they write is left out. */
export const actionSpecSchema: z.ZodType<ActionSpec> = z.object({
  kind: z.string().trim().min(1).max(200),
  name: z.string().trim().min(1).max(200),
  parameters: z.record(z.string(), z.json()).default({}),
}) as never;

/** The rest is there to be shown. */
const witnessSchema = z.looseObject({
  kind: z.enum(
    [
      "missing_action",
      "failed_action",
      "missing_argument",
      "wrong_argument",
      "unasked_argument",
      "free_text",
      "extra_action",
      "unanswered",
      "no_expectation",
    ] satisfies Witness["kind"][],
  ),
  text: z.string(),
});

const share = z.number().min(0).max(1).nullable().default(null);

/**
 * The schema of a verdict, whoever gives it: a person need not say more than alignment and explanation, and is the one who
 * gave it where nobody is named. The score follows from the alignment; another one is refused.
 */
export const judgeVerdictSchema: z.ZodType<JudgeVerdict> = z.object({
  alignment: z.enum(ALIGNMENTS),
  explanation: z.string().max(20_000).regex(/\S/, "expected a sentence that says why"),
  confidence: z.number().min(0).max(1).exactOptional(),
  score: z.literal([0, 1]).exactOptional(),
  rubric: z.record(z.string(), z.number()).exactOptional(),
  witness: witnessSchema.nullable().default(null),
  by: z.enum(["rules", "llm", "person"]).default("person"),
  precision: share,
  recall: share,
}).superRefine(({ alignment, score }, context) => {
  if (score === undefined || score === SCORE[alignment]) return;
  context.addIssue({ code: "custom", path: ["score"], message: `${score} is not the score of '${alignment}'` });
}).transform((verdict): JudgeVerdict => {
  const score = SCORE[verdict.alignment];
  return { ...verdict, ...(score !== undefined && { score }) } as JudgeVerdict;
});

/** Scores of alignments. */
const SCORE: { readonly [alignment in Alignment]: 0 | 1 | undefined } = {
  aligned: 0,
  misaligned: 1,
  unclear: undefined,
};
