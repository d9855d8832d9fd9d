/** What reached the simulation from outside, as `inputs.jsonl` holds it. Resume, replay and fork read it again. */

import type { Json } from "./json.ts";

/** A change of the state from outside, applied at the start of a turn. */
export interface InterventionInput {
  /** Dense number from 1 within the run. */
  readonly seq: number;
  /** What kind of input this is. */
  readonly kind: "intervention";
  /** Turn at whose start it is applied. */
  readonly turn: number;
  /** What is changed. */
  readonly body: {
    /** State paths and their new values. */
    readonly set: { readonly [path: string]: Json };
    /** Why, for people. */
    readonly note?: string;
  };
  /** When it was accepted, ISO-8601 UTC. */
  readonly at: string;
}

/** One outside input. */
export type SimulationInput = InterventionInput;
