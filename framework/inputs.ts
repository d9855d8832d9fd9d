/** What reached the simulation from outside, as `inputs.jsonl` holds it. Resume, replay and fork read it again. */

import type { Json } from "./json.ts";

/** A change of the state from outside, applied at the start of a turn. */
export interface InterventionInput {
  readonly seq: number;
  readonly kind: "intervention";
  /** Turn at whose start it is applied. */
  readonly turn: number;
  readonly body: {
    /** State paths and their new values. */
    readonly set: { readonly [path: string]: Json };
    readonly note?: string;
  };
  /** When it was accepted, ISO-8601 UTC. */
  readonly at: string;
}

/** One outside input. */
export type SimulationInput = InterventionInput;
