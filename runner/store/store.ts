/**
 * Where runs are kept. Everything outside `runner/store` and the sandbox process goes through {@linkcode RunStore}.
 *
 * Invariants: a run id is given out once; a manifest on disk is always whole; what a method has returned survives a
 * crash of the machine.
 */

import type { BatchFiles } from "./batches.ts";
import type {
  Checkpoint,
  CheckpointPopulations,
  Json,
  JsonObject,
  NewInput,
  RunStats,
  SimulationInput,
  StateJson,
} from "../../framework/mod.ts";
import type { ResolvedScenario } from "../../framework/mod.ts";
import type { LabelLine, StoredLabels } from "./labels.ts";
import type { Manifest } from "./manifest.ts";
import type { NotebookMemory } from "./notebooks.ts";
import type {
  CallPage,
  CallQuery,
  EventPage,
  EventQuery,
  LineText,
  LogLine,
  LogPage,
  LogQuery,
  NumberPage,
  NumbersQuery,
  Page,
  PageQuery,
  RunFile,
  RunPage,
  RunQuery,
  RunRowPage,
  RunTally,
} from "./pages.ts";
import type { Tape, TapeMode } from "./tape.ts";

/** `config.json`: the resolved scenario, and what it was resolved from besides `scenario.yaml`. */
export type RunConfig = ResolvedScenario & {
  /** Files the scenario refers to. */
  readonly files: { readonly [name: string]: { readonly sha256: string; readonly text: string } };
  /** Scenario paths that were set on top of the text, in order. */
  readonly settings: readonly { readonly path: string; readonly value: Json }[];
  /** The saved state it started from, where there was one. */
  readonly initial_state?: InitialState;
  /** What a fork played as its parents did: until which turn, by which scenario and seed. */
  readonly inherited: readonly {
    readonly until: number;
    readonly scenario: ResolvedScenario;
    readonly seed: number;
    readonly sample?: number;
  }[];
};

/** A file that is being read. */
export interface OpenedFile {
  /** How long it was when it was opened; no more is read. */
  readonly bytes: number;
  /** Whoever does not read it to its end cancels it. */
  readonly content: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A state that a run starts from, in place of what its engine makes of turn 0. */
export interface InitialState {
  readonly state: StateJson;
  /** Names of all agents in agent order. */
  readonly agent_order: readonly string[];
}

/** What a run starts from. */
export interface NewRun {
  /** Name part of the run id. */
  readonly name: string;
  /** Number of agents, for the run id. */
  readonly agents: number;
  /** Scenario text as given. */
  readonly scenario_text: string;
  readonly config: RunConfig;
  /** The manifest of this run id, status `queued`. */
  readonly manifest: (runId: string, at: string) => Manifest;
  /** For a fork: the run and the turn up to which it shares that run's past, and what reaches it from outside then. */
  readonly past?: {
    readonly parent: string;
    readonly turn: number;
    readonly inputs: readonly NewInput[];
  };
}

/** One row of a log. */
export type Row = { readonly [column: string]: Json };

/** A saved state. */
export interface StoredState {
  readonly turn: number;
  readonly state: StateJson;
  readonly agent_order: readonly string[];
  /** Running totals at that turn; null in checkpoints of llm-sim. */
  readonly stats: RunStats | null;
  /** What is known of the populations without their columns. */
  readonly populations: CheckpointPopulations;
}

/** Whether somebody is at work on a run. */
export type Ownership =
  /** Nobody. */
  | { readonly owner: "nobody" }
  /** A host that lives, this one included. */
  | { readonly owner: "host"; readonly host: string; readonly pid: number };

/** Answers that can be computed again at any time, kept because that takes long. */
export interface AnswerMemory {
  /** What was remembered under `key`, or null. */
  recall(key: string): string | null;
  remember(key: string, answer: string): void;
}

/** Keeps the log lines of one run. What cannot be kept, because there is too much or the disk is full, is only counted. */
export interface RunLog {
  /** Takes a line; it is on disk soon. */
  write(line: Omit<LogLine, "seq" | "at">): void;
  /** Writes what is left, and how much was not kept. */
  close(): void;
}

/** A store of runs. */
export interface RunStore extends AnswerMemory {
  /** The folder that all runs are in, for a process that reads them: `runner/sql`. */
  readonly root: string;
  /** Name of this host, by which manifests say who owns a run. */
  readonly host: string;
  /** The files of batches. */
  readonly batches: BatchFiles;
  /** What notebooks remember. */
  readonly notebooks: NotebookMemory;
  /**
   * Reserves a run id and writes config, scenario, a fork's past, and last the manifest: what was cut short is no run.
   * @throws {SimError} `disk_full`, `output_not_writable`; then nothing is left
   */
  create(run: NewRun): Promise<Manifest>;
  /** @throws {SimError} `unknown_run` */
  manifest(runId: string): Promise<Manifest>;
  /** Replaces the manifest by what `change` makes of the present one; on disk when it resolves. */
  update(runId: string, change: (manifest: Manifest) => Manifest): Promise<Manifest>;
  /** Notes the turn a run has reached; may be lost in a crash. */
  touch(runId: string, turn: number): Promise<void>;
  /** Manifests, newest first. Unreadable ones are left out and named in `broken`. @throws {SimError} `bad_cursor` */
  list(query?: RunQuery): Promise<RunPage>;
  /** As {@linkcode RunStore.list}, but ready texts of what a list says of a run. */
  listRows(query?: RunQuery): Promise<RunRowPage>;
  /** How many runs match, by status, domain and validity. */
  tallyRuns(query?: RunQuery): Promise<RunTally>;
  /** How many runs there are of each status; statuses of none are left out. Costs no look at every run. */
  countRuns(): Promise<{ readonly [status: string]: number }>;
  /**
   * Whether runs can be written now.
   * @throws {SimError} `disk_full`, `output_not_writable`
   */
  assertWritable(): Promise<void>;
  /** The run that was started for a request; null when there is none (any more). @param key as in its manifest */
  findRequested(key: string): Promise<Manifest | null>;
  /**
   * The newest run that was made of just this and can stand in its place: completed, not void, without anything from
   * outside, be it an input or the answer of a service. Null when there is none.
   */
  findReusable(contentKey: string): Promise<Manifest | null>;
  /** Whether there is such a run. */
  has(runId: string): boolean;
  /** Whether the host of this name lives. */
  isAlive(host: string): boolean;
  /** Who is at work on a run. */
  ownership(manifest: Manifest): Promise<Ownership>;
  config(runId: string): Promise<RunConfig>;
  scenarioText(runId: string): Promise<string>;
  /** Rows of a log, in order; the torn last line of a run that was killed is left out. */
  rows(runId: string, log: "global" | "agents" | "events"): AsyncIterable<Row>;
  /** Rows of `global.jsonl` by turn. What they cost follows from the page, not from the length of the log. */
  turnRows(runId: string, query: PageQuery): Promise<Page<Row>>;
  /** Rows of `agents.jsonl` of the last turn up to `turn` that has some. What they cost follows from how many they are. */
  agentRows(runId: string, turn: number): Promise<Row[]>;
  /** Events by number. What they cost follows from the page, not from the length of the log. */
  events(runId: string, query: EventQuery): Promise<EventPage>;
  /** Whole lines of the events after `afterId`: as many as fit in `maxBytes`, and at least one if there is one. */
  readEvents(runId: string, afterId: number, maxBytes: number): Promise<LineText>;
  /** Number of the last event; 0: there is none. */
  lastEventId(runId: string): Promise<number>;
  /** Settled calls by number. */
  calls(runId: string, query: CallQuery): Promise<CallPage>;
  /** What is kept of the run's log lines, by number. */
  logs(runId: string, query: LogQuery): Promise<LogPage>;
  /** The numbers of what is wanted of a log. What a page costs follows from the page, not from the length of the log. */
  numbers(runId: string, query: NumbersQuery): Promise<NumberPage>;
  /** Number of a log's last line; 0: there is none. */
  lastNumber(runId: string, log: NumbersQuery["log"]): Promise<number>;
  /** Number of the last line before a turn; 0: there is none. Found by bisection. */
  numberBeforeTurn(runId: string, log: "events" | "llm", turn: number): Promise<number>;
  /** Keeps the log lines of a run from now on; only for who plays it. */
  openLog(runId: string): RunLog;
  /** The run's `files/` as a zip archive, not compressed. @throws {SimError} `unknown_run` */
  filesZip(runId: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** The files below the run's `files/`, by path; at most `most`. @throws {SimError} `unknown_run` */
  files(runId: string, most: number): Promise<RunFile[]>;
  /** One of them, read while it is sent. @throws {SimError} `unknown_run`, `unknown_file` */
  file(runId: string, path: string): Promise<OpenedFile>;
  inputs(runId: string): Promise<SimulationInput[]>;
  /** Appends an input; on disk when it resolves. */
  appendInput(runId: string, input: NewInput): Promise<SimulationInput>;
  /**
   * The settled calls of a run; whoever opens them closes them. Only who owns the run may `record`.
   * @throws {SimError} `unknown_run`, `output_not_writable`
   */
  tape(runId: string, mode: TapeMode): Promise<Tape>;
  /** Turns of the numbered checkpoints, ascending. */
  checkpoints(runId: string): Promise<number[]>;
  /** The state at `turn`, or the newest one. Null when there is none. */
  state(runId: string, turn?: number): Promise<StoredState | null>;
  /** The newest checkpoint that can be read. Null when there is none. */
  newestCheckpoint(runId: string): Promise<Checkpoint | null>;
  /**
   * Brings the folder of a run whose process was killed to its last checkpoint, and returns its turn.
   * @throws {SimError} `locked` when a process plays it
   */
  settle(runId: string): Promise<number>;
  /** Null as long as the run has not ended. */
  result(runId: string): Promise<JsonObject | null>;
  writeResult(runId: string, result: JsonObject): Promise<void>;
  /** Notes what a person says of a turn; on disk when it resolves. */
  appendLabel(label: LabelLine): Promise<void>;
  /** What people say of turns of any run, removed ones included. Costs what was said since it was asked last. */
  labels(): Promise<StoredLabels>;
  /** Path of the folder in which a sandbox process plays the run. */
  folder(runId: string): string;
  /** An empty folder in which a run can be played again for comparison. */
  replayFolder(runId: string): Promise<string>;
  /** Removes a run. @throws {SimError} `run_is_live` when another host has it; what this one plays, its caller knows */
  remove(runId: string): Promise<void>;
  /** Removes what runs that were cut short while they were made or removed have left. */
  sweep(): Promise<void>;
  /** Bytes of a run's folder. */
  size(runId: string): Promise<number>;
  /** Releases what the store holds. */
  close(): void;
}
