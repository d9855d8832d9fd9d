/** A scenario as the simulation needs it: every reference resolved, every default filled in. Written to `config.json`. */

import type { Json, JsonObject } from "../json.ts";
import type { ResolvedSpatial } from "../space/mod.ts";
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

/** What follows when no good answer can be had from a model. */
export type OnFailure = "fallback" | "skip" | "fail";

/** A prompt template that a scenario puts in place of a component's own. */
export interface PromptFile {
  /** Name as the scenario wrote it. */
  readonly file: string;
  /** Its text. */
  readonly text: string;
}

/** Which model answers in one role, and how it is asked. */
export interface ModelSettings {
  /** Name of the provider; `default` until the host has chosen one. */
  readonly provider: string;
  /** Name of the model; null until the host has chosen one. */
  readonly model: string | null;
  /** How freely it chooses its words; null: the provider's default. */
  readonly temperature: number | null;
  /** Longest answer in tokens; null: the provider's default. */
  readonly max_tokens: number | null;
  /** Seconds that one answer may take. */
  readonly timeout: number;
  /** How often a call that failed, or an answer that does not fit, is asked for again. */
  readonly max_retries: number;
  /** What follows when no good answer could be had. */
  readonly on_failure: OnFailure;
  /** Template in place of the component's own. */
  readonly prompt: PromptFile | null;
}

/** Models of a scenario: for all roles, and where a role differs. */
export interface ResolvedLLM extends ModelSettings {
  /** Settings of roles that differ: `agent`, `engine`, `validator`, or what a domain calls its own. */
  readonly roles: { readonly [role: string]: ModelSettings };
  /** Whether answers are kept, so that resume, fork and replay find them. */
  readonly tape: "record" | "off";
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
  /** Its model, where it differs from that of all agents; null: it does not. */
  readonly llm: ModelSettings | null;
}

/** One aggregate over one agent variable. */
export interface ResolvedReporter {
  /** Which aggregate. */
  readonly kind: ReporterKind;
  /** Of which variable. */
  readonly variable: string;
  /** Only over the agents or members that this entry of `agents:` stands for; absent: over all. */
  readonly of?: string;
}

/** How much of a target an observer sees: nothing, what `external` lists, everything. */
export type VisibilityLevel = "unaware" | "external" | "insider";

/** What one observer sees of one target. */
export interface ResolvedVisibility {
  /** An agent's name, or `*` for any. */
  readonly observer: string;
  /** An agent's or a population's name, `global` for the world variables, or `*` for any. */
  readonly target: string;
  /** How much is seen. */
  readonly level: VisibilityLevel;
  /** Numbers are seen as v · (1 + U(−noise, noise)); 0: exactly. */
  readonly noise: number;
}

/** Who sees what of whom. */
export interface ResolvedObservability {
  /** Variables that observers at level `external` see. */
  readonly external: readonly string[];
  /** Variables that only observers at level `insider` see. */
  readonly internal: readonly string[];
  /** Pairs that differ from `default`; the more exact entry counts: (observer, target), (observer, *), (*, target). */
  readonly matrix: readonly ResolvedVisibility[];
  /** All other pairs. An agent sees itself in full unless the matrix names that very pair. */
  readonly default: { readonly level: VisibilityLevel; readonly noise: number };
}

/** An agent that is added while a simulation runs. */
export interface ResolvedNewAgent {
  /** Its name; where that is taken `name_1`, `name_2` … */
  readonly name: string;
  /** Name of its class in the domain. */
  readonly type: string;
  /** Its settings. Default: none. */
  readonly config?: JsonObject;
  /** Values that differ from the defaults of agent variables. */
  readonly variables?: JsonObject;
  /** Where it starts in space. */
  readonly location?: string;
  /** What follows when it fails to decide. Default `fail`. */
  readonly on_error?: OnError;
}

/** What an intervention does, in this order. */
export interface InterventionBody {
  /** An agent that joins; it acts from this very turn. */
  readonly add_agent?: ResolvedNewAgent;
  /** State paths and their new values. */
  readonly set?: { readonly [path: string]: Json };
  /** State paths and what is added to them. */
  readonly add?: { readonly [path: string]: number };
  /** State paths and what they are multiplied by. */
  readonly multiply?: { readonly [path: string]: number };
  /** Name of an agent that leaves. */
  readonly remove_agent?: string;
  /** Name of an agent that stops acting, and for how many turns; without `turns` until it is resumed. */
  readonly pause_agent?: { readonly name: string; readonly turns?: number };
  /** Name of a paused agent that acts again. */
  readonly resume_agent?: string;
  /** A message to one agent, several, or `*` for all; in their inboxes this very turn. */
  readonly message?: { readonly to: string | readonly string[]; readonly content: Json };
  /** Why, for people. */
  readonly note?: string;
}

/** An intervention that the scenario plans. Exactly one of `at`, `every` and `when` is given. */
export interface ResolvedIntervention extends InterventionBody {
  /** Turns at whose start it happens. */
  readonly at?: readonly number[];
  /** Happens at the start of every so many turns. */
  readonly every?: number;
  /** With `every`: first turn. */
  readonly from?: number;
  /** With `every` or `when`: last turn. */
  readonly until?: number;
  /** Happens at the start of a turn when the state before it fulfils this condition. */
  readonly when?: string;
  /** With `when`: only the first time. */
  readonly once?: boolean;
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
    readonly reporters: { readonly [name: string]: ResolvedReporter };
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
    /** Named agents that there may be at once; agents beyond it are not added. */
    readonly max_agents: number;
  };
  /** Who sees what; null: everybody everything. */
  readonly observability: ResolvedObservability | null;
  /** Where agents are; null: nowhere. */
  readonly spatial: ResolvedSpatial | null;
  /** What happens from outside, as planned. */
  readonly interventions: readonly ResolvedIntervention[];
  /** How much every agent may remember; what is beyond it is forgotten, the oldest first. */
  readonly memory: {
    /** Entries. */
    readonly max_entries: number;
    /** Turns an entry is kept; null: no limit. */
    readonly max_turns: number | null;
    /** Bytes of JSON text in all. */
    readonly max_bytes: number;
  };
  /** Models; null: the scenario says nothing of them, and unless a component asks one none is needed. */
  readonly llm: ResolvedLLM | null;
  /** A conversation under test; null or absent: it is none. */
  readonly conversation?: ResolvedConversation | null;
  /** How much goes into the event log. */
  readonly events: { readonly verbosity: Verbosity };
  /** What domain code may say on stderr. */
  readonly logging: {
    readonly level: "DEBUG" | "INFO" | "WARNING" | "ERROR";
    readonly format: "json" | "console" | "auto";
  };
}

/** What a scenario says of a conversation under test. Its parts are components like any others. */
export interface ResolvedConversation {
  /** Name of the case that is played; null: the section as it stands. */
  readonly case: string | null;
  /** Names of all cases. */
  readonly cases: readonly string[];
  /** What the user wants to reach, in words; null: nothing is said. */
  readonly goal: string | null;
  /** Who speaks for the user. */
  readonly user: "llm" | "scripted" | "human" | "recorded";
  /** Who is under test. */
  readonly agent: "builtin" | "rule" | "openai" | "http" | "recorded";
  /** Who judges. */
  readonly judge: "rules" | "llm";
  /** Whether an aligned turn ends it. */
  readonly stop_on_alignment: boolean;
  /** Whether a misaligned turn ends it. */
  readonly stop_on_misalignment: boolean;
  /** What actions that nobody wanted make of a turn: nothing, unclear, misaligned. */
  readonly extra_actions: "tolerate" | "flag" | "fail";
  /** Actions that the agent may take in a turn. */
  readonly max_actions_per_turn: number;
}
