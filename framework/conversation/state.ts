/** What a conversation keeps as the world's variables, and who sees which of them. */

import type { Json } from "../json.ts";
import type { StateVariables } from "../variables.ts";
import type { ActionSpec, JudgeVerdict, TranscriptTurn, Wish } from "./types.ts";

/** Whether the state that came about is the one that was wanted. */
export const END_STATES = ["unknown", "agrees", "differs"] as const;
/** Whether the state that came about is the one that was wanted. */
export type EndState = typeof END_STATES[number];

/** The world of a conversation. */
export interface ConversationGlobals {
  /** The environment's state: what is talked about. */
  readonly plan: Json;
  /** What was said and done. */
  readonly transcript: readonly TranscriptTurn[];
  /** Whether the user has said its last word. */
  readonly user_done: boolean;
  /** What the user wanted, by turn. */
  readonly wishes: readonly Wish[];
  /** What the judge said, by turn. */
  readonly verdicts: readonly JudgeVerdict[];
  /** The state that the wishes would have led to; null: it cannot be known. */
  readonly expected: ExpectedState | null;
  /** Turns in which the agent did what was wanted. */
  readonly aligned: number;
  /** Turns in which it did not. */
  readonly misaligned: number;
  /** Turns of which that cannot be said. */
  readonly unclear: number;
  /** Mean share of the agent's mutating actions that were wanted, over turns that had any; −1: none had. */
  readonly precision: number;
  /** Mean share of the wanted actions that were done, over turns with a wish; −1: none had one. */
  readonly recall: number;
  /** Whether the state is the one that was wanted. */
  readonly end_state: EndState;
}

/** A state as it would be had every wish been done. */
export interface ExpectedState {
  readonly state: Json;
  /** Names that things have there, by the names that they have in the state that came about. */
  readonly ids: { readonly [id: string]: string };
  /** Names of all that wishes have made there. Elsewhere such a name is that of something else, unless `ids` says so. */
  readonly made: readonly string[];
  /** The wishes as they were carried out there, from the beginning. */
  readonly steps: readonly ActionSpec[];
  /** Wishes that went wrong: they are done there already, so that to ask for the same again is to ask for it once. */
  readonly open: readonly OpenWish[];
}

/** A wish that went wrong. */
export interface OpenWish {
  readonly action: ActionSpec;
  /** Name of what it makes in the wanted state; null: it makes nothing. */
  readonly created: string | null;
  /** Its place among {@linkcode ExpectedState.steps}. */
  readonly step: number;
}

/** The variables of a conversation. */
export const CONVERSATION_VARIABLES: StateVariables = {
  agent_vars: {},
  global_vars: {
    plan: { type: "json", max_length: 4_000_000, description: "what is talked about" },
    transcript: { type: "json", max_length: 16_000_000, default: [], description: "what was said and done" },
    user_done: { type: "bool", default: false, description: "whether the user has said its last word" },
    wishes: { type: "json", max_length: 16_000_000, default: [], description: "what the user wanted, by turn" },
    verdicts: { type: "json", max_length: 16_000_000, default: [], description: "what the judge said, by turn" },
    expected: { type: "json", max_length: 8_000_000, description: "the state that the wishes would have led to" },
    aligned: { type: "int", min: 0, default: 0, description: "turns in which the agent did what was wanted" },
    misaligned: { type: "int", min: 0, default: 0, description: "turns in which it did not" },
    unclear: { type: "int", min: 0, default: 0, description: "turns of which that cannot be said" },
    precision: {
      type: "float",
      min: -1,
      max: 1,
      default: -1,
      description: "mean share of the agent's mutating actions that were wanted; -1: it took none",
    },
    recall: {
      type: "float",
      min: -1,
      max: 1,
      default: -1,
      description: "mean share of the wanted actions that were done; -1: none was wanted",
    },
    end_state: {
      type: "categorical",
      values: END_STATES,
      default: "unknown",
      description: "whether the state is the one that was wanted",
    },
  },
};

/** Who sees what: both sides what was said and done, the judge everything. */
export const CONVERSATION_OBSERVABILITY = {
  enabled: true,
  variable_visibility: {
    external: ["plan", "transcript", "user_done"],
    internal: [
      "wishes",
      "verdicts",
      "expected",
      "aligned",
      "misaligned",
      "unclear",
      "precision",
      "recall",
      "end_state",
    ],
  },
  matrix: [
    ["user", "global", "external", 0],
    ["agent", "global", "external", 0],
    ["judge", "global", "insider", 0],
  ],
  default: { level: "unaware", noise: 0 },
} as const;
