/**
 * What a simulation carries from turn to turn beside its state: what agents do not see and engines do not touch. It is
 * part of checkpoints, so that a resumed run goes on as an undisturbed one.
 */

import { z } from "zod";
import type { Controller } from "./inputs.ts";
import type { JsonObject } from "./json.ts";
import type { MemoryEntry } from "./memory.ts";
import type { Message } from "./message.ts";
import type { OnError } from "./scenario/resolved.ts";

/** A message on its way. */
export interface Mail {
  /** What is delivered. */
  readonly message: Message;
  /** To whom; null: to all agents that were there but the sender. */
  readonly to: readonly string[] | null;
}

/** An agent that was added while the simulation ran: what it is built from. */
export interface AddedAgent {
  /** Name of its class in the domain. */
  readonly type: string;
  /** Its settings. */
  readonly config: JsonObject;
  /** What follows when it fails to decide. */
  readonly on_error: OnError;
}

/** Carried from turn to turn. Empty parts are left out of checkpoints. */
export interface LoopState {
  /** Agents that are not the scenario's, by name. */
  readonly added: { readonly [agent: string]: AddedAgent };
  /**
   * Next number for names that are taken, by name: a number is given once in a run. Names of agents that have gone are
   * taken for ever.
   */
  readonly numbers: { readonly [name: string]: number };
  /** Who decides, where it is not who did at first. */
  readonly control: { readonly [agent: string]: Controller };
  /** Planned interventions with `once` that have happened, by their key: a fork may plan others. */
  readonly fired: readonly string[];
  /** Messages for the next turn. */
  readonly mail: readonly Mail[];
  /** Agents that have come since these messages were sent: what was said to all was not said to them. */
  readonly newcomers: readonly string[];
}

/** What all agents remember, by agent; those who remember nothing are left out. */
export type Memories = { readonly [agent: string]: readonly MemoryEntry[] };

/** Before the first turn. */
export const EMPTY_LOOP: LoopState = Object.freeze({
  added: Object.freeze({}),
  numbers: Object.freeze({}),
  control: Object.freeze({}),
  fired: Object.freeze([]),
  mail: Object.freeze([]),
  newcomers: Object.freeze([]),
});

/** The parts that are not empty, as a checkpoint holds them; undefined when all are. */
export function encodeLoop(loop: LoopState): JsonObject | undefined {
  const parts = Object.entries(loop).filter(([, part]) => Object.keys(part).length > 0);
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}

const object = z.record(z.string(), z.json());
const name = z.string();

/** A loop state as a checkpoint holds it. */
export const loopShape = z.strictObject({
  added: z.record(
    name,
    z.strictObject({ type: name, config: object, on_error: z.enum(["fail", "retry", "skip", "fallback"]) }),
  ),
  numbers: z.record(name, z.int().min(0)),
  control: z.record(name, z.enum(["human", "rule"])),
  fired: z.array(z.string()),
  mail: z.array(z.strictObject({
    message: z.strictObject({
      from: name.nullable(),
      to: z.union([name, z.array(name)]),
      radius: z.number().optional(),
      content: z.json(),
      turn: z.int().min(0),
    }),
    to: z.array(name).nullable(),
  })),
  newcomers: z.array(name),
}).partial();

/** The loop state that a checkpoint holds. */
export function decodeLoop(parts: z.output<typeof loopShape> | undefined): LoopState {
  return { ...EMPTY_LOOP, ...parts as Partial<LoopState> };
}
