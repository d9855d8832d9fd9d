/** What a negotiator may answer in a turn, and how it is put into the words of its rule. */

import type { ActionDescription, AgentState, JsonObject } from "llm-sim";
import { z } from "zod";
import { type Bounds, clamp, MEASURE_LENGTH, type NationVariables, SPENDING } from "../variables.ts";
import type { NationConfig } from "./nation_config.ts";
import { type Position, reachOf } from "./nation_policy.ts";

/** The one action that a negotiator chooses; it stands for all that a nation does in a turn. */
export const NEGOTIATE = "negotiate";

/** Parameters of {@linkcode NEGOTIATE}. */
export interface Negotiation {
  /** Its abatement rate in this turn. */
  readonly rate: number;
  /** What it does in the treaty: as a member the first two, else the last two. */
  readonly treaty: "stay" | "leave" | "join" | "stay_out";
  /** The rate that it proposes for all, and votes for as a member; null: none. */
  readonly proposal: number | null;
  /** The rate that it promises for the next turn; null: none. */
  readonly pledge: number | null;
  /** A measure in its own words, and its price as a share of net output; null: none. */
  readonly measure?: Measure | null;
}

/** A measure in a nation's own words. */
export interface Measure {
  /** What is done. */
  readonly text: string;
  /** What it takes in each year of the turn, share of net output. */
  readonly spending: number;
}

type Nation = AgentState<NationVariables>;
type Limits = Pick<NationConfig, "max_step">;

const share = z.number().min(0).max(1);

/** What nation `own` may answer in this turn. @param measures whether it may take measures */
export function negotiation(own: Nation, limits: Limits, measures: boolean): ActionDescription {
  const { min, max } = reach(own, limits);
  const treaty = own.member ? ["stay", "leave"] : ["stay_out", "join"];
  return {
    description: "Your policy for this turn of five years, and what you tell all other nations about your plans.",
    parameters: z.strictObject({
      rate: z.number().min(min).max(max).describe(
        `share of your industrial emissions that you avoid in this turn; it is ${tidy(own.abatement)} now`,
      ),
      treaty: z.enum(treaty).describe(
        own.member ? "whether you remain a member of the treaty" : "whether you become a member of the treaty",
      ),
      proposal: share.nullable().describe(
        "the rate that you propose for all nations, and vote for as a member; null: you propose nothing",
      ),
      pledge: share.nullable().describe(
        "the rate that you promise for the next turn; others will compare it with what you do; null: no promise",
      ),
      ...(measures && { measure: MEASURE_PARAMETER }),
    }),
  };
}

const MEASURE_PARAMETER = z.strictObject({
  text: z.string().min(1).max(MEASURE_LENGTH).describe("what you do, in one or two sentences"),
  spending: z.number().min(SPENDING.min).max(SPENDING.max).describe("what it takes each year, share of net output"),
}).nullable().describe(
  "a measure of your own beside abatement, such as protection against damages or cleaner technology, in your own words, " +
    "and its price in each year as a share of your net output; null: none",
);

/** What a rule decides, as an answer. @param measure null: none; undefined: it may take none */
export function ruledNegotiation(
  { rate, belongs, proposed, promised }: Position,
  own: Nation,
  limits: Limits,
  measure: Measure | null | undefined,
): JsonObject {
  return {
    rate: clamp(tidy(rate), reach(own, limits)),
    treaty: own.member ? (belongs ? "stay" : "leave") : belongs ? "join" : "stay_out",
    proposal: proposed === undefined ? null : tidy(proposed),
    pledge: promised === undefined ? null : tidy(promised),
    ...(measure !== undefined && { measure: measure && { ...measure } }),
  };
}

/** A rate with four digits: what is negotiated about, and short in a prompt. */
export function tidy(rate: number): number {
  return Math.round(rate * DIGITS) / DIGITS;
}

const DIGITS = 1e4;
/** Slack for numbers that are tidy but for the last bits. */
const ROUNDING = 1e-6;

/** The tidy rates that one step allows. */
function reach(own: Nation, limits: Limits): Bounds {
  const exact = reachOf(own, limits);
  const min = Math.ceil(exact.min * DIGITS - ROUNDING) / DIGITS;
  const max = Math.floor(exact.max * DIGITS + ROUNDING) / DIGITS;
  if (min <= max) return { min, max };
  // A step so short that no tidy rate is within, or a rate from which no step leads back to 1.
  return { min: Math.min(exact.min, exact.max), max: exact.max };
}
