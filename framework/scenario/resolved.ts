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
  /** Name of the component in its domain. */
  readonly type: string;
  /** Its settings, as given. */
  readonly config: JsonObject;
}

/** One entry of `agents:`. With `count` it stands for the agents `name_1` … `name_<count>`. */
export interface ResolvedAgent {
  /** Unique name, or the stem of numbered names. */
  readonly name: string;
  /** Name of the agent's class in its domain. */
  readonly type: string;
  /** Number of agents it stands for; null: one, without a number. */
  readonly count: number | null;
  /** Its settings, as given. */
  readonly config: JsonObject;
  /** Initial values of agent variables that differ from the defaults. */
  readonly variables: JsonObject;
  /** Where it starts in space. */
  readonly initial_location: string | null;
  /** What follows when it fails to decide. */
  readonly on_error: OnError;
}

/** A scenario with everything resolved and defaulted. */
export interface ResolvedScenario {
  /** Name of the domain. */
  readonly domain: string;
  /** The run as a whole. */
  readonly simulation: {
    /** Short name; run ids begin with it. */
    readonly name: string;
    /** For people. */
    readonly description: string;
    /** Turns after which it ends at the latest; at least 1. */
    readonly max_turns: number;
    /** Numbered checkpoints every so many turns; null: only the first and the last. */
    readonly checkpoint_interval: number | null;
    /** Seed of all random streams. */
    readonly seed: number;
    /** Who sees what when deciding. */
    readonly schedule: Schedule;
    /** Seconds a turn may take, time waiting for a capability not counted. */
    readonly turn_timeout: number;
    /** When it ends before `max_turns`. */
    readonly termination: {
      /** Ends when global.total_economic_value is above. */
      readonly max_value: number | null;
      /** Ends when global.total_economic_value is below. */
      readonly min_value: number | null;
      /** Conditions over state paths; any of them ends the run. */
      readonly when: readonly string[];
    };
  };
  /** The rules of the world. */
  readonly engine: ResolvedComponent;
  /** The judge of actions. */
  readonly validator: ResolvedComponent;
  /** Who acts, in agent order. */
  readonly agents: readonly ResolvedAgent[];
  /** What the state is made of. */
  readonly state_variables: {
    /** Variables of every agent, by name. */
    readonly agent_vars: { readonly [name: string]: VariableDefinition };
    /** Variables of the world, by name. */
    readonly global_vars: { readonly [name: string]: VariableDefinition };
  };
  /** What is recorded as rows. */
  readonly metrics: {
    /** A row of `global.jsonl` every so many turns. */
    readonly every: number;
    /** Whose rows go to `agents.jsonl`. */
    readonly agents: "all" | "none" | readonly string[];
    /** Rows of `agents.jsonl` every so many turns. */
    readonly agents_every: number;
    /** Members per population that go to `agents.jsonl`. */
    readonly sample: number;
    /** Aggregates over one agent variable, by name. */
    readonly reporters: { readonly [name: string]: { readonly kind: ReporterKind; readonly variable: string } };
  };
  /** What a run may use. */
  readonly limits: {
    /** US dollars for model calls; null: no limit. */
    readonly max_cost_usd: number | null;
    /** Tokens of model calls; null: no limit. */
    readonly max_tokens: number | null;
    /** Minutes of playing; null: no limit. */
    readonly max_minutes: number | null;
    /** Memory of the simulation's process, MiB. */
    readonly max_memory_mb: number;
    /** Logs, checkpoints and `files/` together, MiB. */
    readonly max_output_mb: number;
    /** What follows when money, tokens or minutes are spent. */
    readonly on_limit: "pause" | "fail";
    /** Share of failed decisions above which a run is void. */
    readonly max_fallback_share: number;
  };
  /** How much goes into the event log. */
  readonly events: { readonly verbosity: Verbosity };
  /** What domain code may say on stderr. */
  readonly logging: {
    readonly level: "DEBUG" | "INFO" | "WARNING" | "ERROR";
    readonly format: "json" | "console" | "auto";
  };
  /** Sections that parse but are not built yet, as given; `run` refuses a scenario that has any. */
  readonly unsupported: { readonly [section: string]: Json };
}
