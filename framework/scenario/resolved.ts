/** A scenario as the simulation needs it: every reference resolved, every default filled in. Written to `config.json`. */

import type { Json, JsonObject } from "../json.ts";
import type { VariableDefinition } from "../variables.ts";

/** Order in which the agents of a turn decide and act. */
export type Schedule = "simultaneous" | "sequential" | "random_order";

/** What follows when an agent's decision fails. */
export type OnError = "fail" | "retry" | "skip" | "fallback";

/** How much goes into the event log; each level contains the ones before. */
export const VERBOSITIES = ["MILESTONE", "DECISION", "ACTION", "STATE", "DETAIL"] as const;
/** How much goes into the event log; each level contains the ones before. */
export type Verbosity = typeof VERBOSITIES[number];

/** The aggregates a reporter can compute over one agent variable. */
export type ReporterKind = "sum" | "mean" | "min" | "max" | "count" | "median" | "sd" | "gini";

/** Name and config of an engine or validator; inline keys are merged into `config`. */
export interface ResolvedComponent {
  readonly type: string;
  readonly config: JsonObject;
}

/** One entry of `agents:`. With `count` it stands for the agents `name_1` … `name_<count>`. */
export interface ResolvedAgent {
  readonly name: string;
  readonly type: string;
  readonly count: number | null;
  readonly config: JsonObject;
  /** Initial values of agent variables that differ from the defaults. */
  readonly variables: JsonObject;
  readonly initial_location: string | null;
  readonly on_error: OnError;
}

/** A scenario with everything resolved and defaulted. */
export interface ResolvedScenario {
  readonly domain: string;
  readonly simulation: {
    readonly name: string;
    readonly description: string;
    readonly max_turns: number;
    /** Numbered checkpoints every so many turns; null: only the first and the last. */
    readonly checkpoint_interval: number | null;
    readonly seed: number;
    readonly schedule: Schedule;
    /** Seconds a turn may take, time waiting for a capability not counted. */
    readonly turn_timeout: number;
    readonly termination: {
      readonly max_value: number | null;
      readonly min_value: number | null;
      /** Conditions over state paths; any of them ends the run. */
      readonly when: readonly string[];
    };
  };
  readonly engine: ResolvedComponent;
  readonly validator: ResolvedComponent;
  readonly agents: readonly ResolvedAgent[];
  readonly state_variables: {
    readonly agent_vars: { readonly [name: string]: VariableDefinition };
    readonly global_vars: { readonly [name: string]: VariableDefinition };
  };
  readonly metrics: {
    /** A row of `global.jsonl` every so many turns. */
    readonly every: number;
    /** Whose rows go to `agents.jsonl`. */
    readonly agents: "all" | "none" | readonly string[];
    /** Rows of `agents.jsonl` every so many turns. */
    readonly agents_every: number;
    /** Members per population that go to `agents.jsonl`. */
    readonly sample: number;
    readonly reporters: { readonly [name: string]: { readonly kind: ReporterKind; readonly variable: string } };
  };
  readonly limits: {
    readonly max_cost_usd: number | null;
    readonly max_tokens: number | null;
    readonly max_minutes: number | null;
    readonly max_memory_mb: number;
    readonly max_output_mb: number;
    readonly on_limit: "pause" | "fail";
    /** Share of failed decisions above which a run is void. */
    readonly max_fallback_share: number;
  };
  readonly events: { readonly verbosity: Verbosity };
  readonly logging: {
    readonly level: "DEBUG" | "INFO" | "WARNING" | "ERROR";
    readonly format: "json" | "console" | "auto";
  };
  /** Sections that parse but are not built yet, as given; `run` refuses a scenario that has any. */
  readonly unsupported: { readonly [section: string]: Json };
}
