/** Messages between the trusted main thread of a sandbox process and its worker. */

import type { Issue } from "../issue.ts";
import type { LogLevel } from "../context.ts";
import type { DomainDescription } from "../domain.ts";
import type { DecisionRequest, SimulationInput } from "../inputs.ts";
import type { Call, SettledCall } from "../llm/call.ts";
import type { JsonObject } from "../json.ts";
import type { LoopState, Memories } from "../loop_state.ts";
import type { EncodedPopulation } from "../member_codec.ts";
import type { ResolvedScenario } from "../scenario/resolved.ts";
import type { StateJson } from "../state.ts";
import type { RunStats } from "../stats.ts";

/** How to play: sent once to a worker that runs a simulation. */
export interface StartMessage {
  readonly t: "start";
  readonly run_id: string;
  readonly scenario: ResolvedScenario;
  readonly seed: number;
  /** Path of `files/`, relative to the process's working folder. */
  readonly files: string;
  readonly inputs: readonly SimulationInput[];
  /** Absent for a new run. */
  readonly from?: {
    readonly state: StateJson;
    readonly agent_order: readonly string[];
    readonly next_event_id: number;
    readonly stats: RunStats;
    readonly loop: LoopState;
    readonly memories: Memories;
    readonly populations: readonly EncodedPopulation[];
  };
  /** Shared memory in which the worker notes the turn it plays: to be read while its code does not return. */
  readonly turn_in_play: Int32Array<SharedArrayBuffer>;
  /** A new run's first state, in place of what the engine would make; null: the engine's. */
  readonly initial: { readonly state: StateJson; readonly agent_order: readonly string[] } | null;
  /** Park when this turn is complete, with a numbered checkpoint if so said; null: play to the end. */
  readonly stop_after: { readonly turn: number; readonly numbered: boolean } | null;
}

/** To the worker. */
export type ToWorker =
  | StartMessage
  /** The last block is in the files (and on disk, if it carried a checkpoint, which took `cost_ms`). */
  | { readonly t: "ack"; readonly cost_ms: number }
  /** Complete the turn, save it, stop; a turn that waits for a person is abandoned, with `at_once` any turn. */
  | { readonly t: "park"; readonly at_once: boolean }
  /** Something from outside waits for its turn, which is the next one but not before `not_before`. */
  | { readonly t: "offer"; readonly id: number; readonly not_before: number }
  | AnswerMessage
  | { readonly t: "describe" }
  | { readonly t: "check"; readonly scenario: ResolvedScenario };

/** The answer to a request: what has been recorded, or why nothing could be. */
export interface AnswerMessage {
  readonly t: "answer";
  readonly id: number;
  /** To a commit or a decision. */
  readonly inputs?: readonly SimulationInput[];
  /** To a call. */
  readonly settled?: SettledCall;
  readonly error?: FailureReport;
}

/** What the worker asks of the host, which records its answer before it gives it. */
export type OutsideRequest =
  /** Record the inputs offered under these ids for `turn`, which begins now. */
  | { readonly kind: "commit"; readonly turn: number; readonly offers: readonly number[] }
  /** What does the person say? */
  | { readonly kind: "decision" } & DecisionRequest
  /** What comes of this call? */
  | { readonly kind: "call"; readonly call: Call };

/** A request and the id that its answer repeats. */
export interface Asked {
  readonly id: number;
  readonly request: OutsideRequest;
}

/** A state to be saved with a block. */
export interface CheckpointRequest {
  /** Also as `turn_<N>.json`. */
  readonly numbered: boolean;
  /** `encodeState()` as UTF-8. */
  readonly state: Uint8Array<ArrayBuffer>;
  readonly agent_order: readonly string[];
  readonly stats: RunStats;
  /** `encodeLoop()`; null when there is nothing. */
  readonly loop: JsonObject | null;
  readonly memory: Memories;
  /** `encodeMembers()` of each; absent: there are none. */
  readonly populations: readonly EncodedPopulation[];
}

/** What the turns since the last block produced; NDJSON as UTF-8. */
export interface BlockMessage {
  readonly t: "block";
  /** Last complete turn. */
  readonly turn: number;
  readonly events: Uint8Array<ArrayBuffer>;
  readonly first_event_id: number;
  readonly event_count: number;
  readonly global: Uint8Array<ArrayBuffer>;
  readonly agents: Uint8Array<ArrayBuffer>;
  readonly checkpoint: CheckpointRequest | null;
}

/** Why a worker could not go on. */
export interface FailureReport {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly turn?: number;
  readonly agent?: string;
  readonly stack?: string;
}

/** From the worker. */
export type FromWorker =
  | { readonly t: "loaded" }
  | BlockMessage
  | { readonly t: "requests"; readonly requests: readonly Asked[] }
  | { readonly t: "waiting"; readonly turn: number; readonly agents: readonly string[]; readonly count: number }
  | { readonly t: "ended"; readonly reason: string; readonly stats: RunStats; readonly metrics: JsonObject }
  | { readonly t: "parked"; readonly stats: RunStats; readonly metrics: JsonObject }
  | {
    readonly t: "failed";
    readonly error: FailureReport;
    readonly stats: RunStats | null;
    readonly metrics: JsonObject;
  }
  | { readonly t: "log"; readonly level: LogLevel; readonly text: string; readonly fields: JsonObject | null }
  | { readonly t: "described"; readonly description: DomainDescription }
  | { readonly t: "checked"; readonly issues: readonly Issue[] };
