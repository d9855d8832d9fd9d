/** The variables of people and of the society they form. */

import type { Variables } from "llm-sim";

/** A closed interval. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** What a person has. */
export interface PersonVariables extends Variables {
  /** Opinion, from 0 (against) to 1 (for). */
  readonly opinion: number;
  /** Opinion at the start, to which people of little susceptibility are drawn back. */
  readonly initial_opinion: number;
  /** Opinion at the end of the last turn. */
  readonly last_opinion: number;
  /** Whether nothing moves the person. */
  readonly stubborn: boolean;
}

/** What the society has. */
export interface SocietyVariables extends Variables {
  /** Mean opinion. */
  readonly mean_opinion: number;
  /** Standard deviation of opinions, over all people. */
  readonly opinion_sd: number;
  /** Highest opinion less the lowest. */
  readonly spread: number;
  /** Groups of opinions that are further from one another than the engine's `cluster_gap`. */
  readonly clusters: number;
  /** Share of people in the largest of them. */
  readonly largest_cluster: number;
  /** Largest change of an opinion in the last turn. */
  readonly change: number;
  /** Turns in a row in which nothing changed by more than the engine's `settled_below`. */
  readonly quiet_turns: number;
  /** What people debate about, where they do. */
  readonly topic?: string;
}

/** Bounds of an opinion, and of everything that is one. */
export const OPINION: Bounds = { min: 0, max: 1 };

/** Names of a person's variables. */
export const PERSON_VARIABLES = ["opinion", "initial_opinion", "last_opinion", "stubborn"] as const;

/** Names of the society's variables. */
export const SOCIETY_VARIABLES = [
  "mean_opinion",
  "opinion_sd",
  "spread",
  "clusters",
  "largest_cluster",
  "change",
  "quiet_turns",
] as const;

/** Takes on an opinion: `{opinion}`. */
export const ADOPT = "adopt";
/** Meets another, and both move towards each other if they are close enough: `{with, confidence, rate}`. */
export const MEET = "meet";

/** `value`, or the bound it lies beyond. NaN stays NaN. */
export function clamp(value: number, bounds: Bounds): number {
  return Math.min(Math.max(value, bounds.min), bounds.max);
}
