/** Config of engines that ask a model. */

import { z } from "zod";
import type { StepLimit } from "./updates.ts";

/** Checked config of an engine that asks a model. */
export interface LLMEngineConfig {
  /** `decide`: the model sets variables after the actions; `game_master`: it also judges what comes of them, and tells it. */
  readonly mode: "decide" | "game_master";
  /** Names of the variables that the model sets; absent: all that are declared. */
  readonly decides?: { readonly global_vars: string[]; readonly agent_vars: string[] } | undefined;
  /** The largest change of a number in one turn, by variable. */
  readonly max_step: {
    readonly global_vars: { readonly [variable: string]: StepLimit };
    readonly agent_vars: { readonly [variable: string]: StepLimit };
  };
  /** What the model tells of the turn: the global variable that keeps it, and whether all agents are told. */
  readonly narration: { readonly variable: string | null; readonly tell?: boolean | undefined };
}

const names = z.array(z.string()).default([]);
const size = z.number().gt(0);
const step = z.union([
  size,
  z.strictObject({ absolute: size.optional(), relative: size.optional() })
    .refine(({ absolute, relative }) => absolute ?? relative, "give absolute, relative, or both"),
]);
const steps = z.record(z.string(), step).default({});

/** The fields of every such config. */
export const engineFields = {
  mode: z.enum(["decide", "game_master"]).default("decide").describe(
    "decide: the model sets variables after the actions; game_master: it also judges what comes of them, and tells it",
  ),
  decides: z.strictObject({ global_vars: names, agent_vars: names }).optional()
    .describe("names of the variables that the model sets; left out: all that are declared"),
  max_step: z.strictObject({ global_vars: steps, agent_vars: steps }).prefault({}).describe(
    "largest change of a number in one turn, by variable: a number, or { absolute, relative }, of which the larger counts",
  ),
  narration: z.strictObject({
    variable: z.string().nullable().default(null)
      .describe("global variable of type str that keeps what the model tells of the turn"),
    tell: z.boolean().optional().describe("whether all agents are told; left out: in mode game_master"),
  }).prefault({}).describe("what the model tells of the turn; it is asked for where it is kept or told"),
};
