/**
 * Checkpoints: a simulation's state and what is needed to continue from it, as JSON text.
 *
 * Law: `decodeCheckpoint(encodeCheckpoint(x))` holds what `x` holds, agents in the same order. Three formats are read:
 * ours (2), llm-sim's (1) and llm-sim's legacy one (0); only ours is written.
 */

import { z } from "zod";
import { formatPath, type Issue, type IssuePath, SimError } from "./issue.ts";
import type { Json, JsonObject } from "./json.ts";
import { decodeLoop, EMPTY_LOOP, loopShape, type LoopState, type Memories } from "./loop_state.ts";
import type { PopulationHeader } from "./member_codec.ts";
import { COLUMN_TYPES, type ColumnShape } from "./member_columns.ts";
import { SCENARIO_LIMITS } from "./scenario/limits.ts";
import type { AgentState, SimulationState, StateJson, Variables } from "./state.ts";
import { type StateVariables, type VariableDefinition, VariableLayout } from "./variables.ts";

export { variableDifferences } from "./variable_differences.ts";

/** What a checkpoint of ours says about itself. */
export interface CheckpointMetadata {
  /** The run it belongs to. */
  readonly run_id: string;
  /** Turns completed. */
  readonly turn: number;
  /** When it was saved: ISO-8601, UTC. */
  readonly timestamp: string;
  /** `schemaHash()` of the scenario's variables. */
  readonly schema_hash: string;
  /** The format described here. */
  readonly format: 2;
  /** Bytes of each log that belong to this turn and those before. */
  readonly log_lengths: {
    readonly "events.jsonl": number;
    readonly "global.jsonl": number;
    readonly "agents.jsonl": number;
  };
  /** Id of the first event after this checkpoint. */
  readonly next_event_id: number;
  /** Running totals for `result.json`. */
  readonly stats: JsonObject;
}

/** What a checkpoint of llm-sim says about itself; it knows of no logs. */
export interface LegacyCheckpointMetadata {
  /** Null in format 0. */
  readonly run_id: string | null;
  /** Turns completed. */
  readonly turn: number;
  /** As written: local time without a zone. */
  readonly timestamp: string;
  /** Null in format 0. */
  readonly schema_hash: string | null;
  /** 1: `metadata` and `state`; 0: the older one with `checkpoint_type`. */
  readonly format: 0 | 1;
  /** Empty: there are no logs to continue. */
  readonly log_lengths: Readonly<Record<string, never>>;
  /** Events begin anew. */
  readonly next_event_id: 1;
  /** Empty: totals begin anew. */
  readonly stats: Readonly<Record<string, never>>;
}

/** What was in the run's `files/`: relative path with forward slashes → content; a folder's path ends with `/`. */
export type CheckpointFiles = { readonly [path: string]: { readonly sha256: string; readonly bytes: number } };

/** What agents remember beside their variables, by agent. */
export type CheckpointMemory = Memories;

/** A population in a checkpoint: what its columns are, and the file beside the checkpoint that holds them. */
export interface StoredPopulation extends PopulationHeader {
  /** `<sha256 of its bytes>.bin`. */
  readonly file: string;
}

/** The populations of a checkpoint, by name. */
export type CheckpointPopulations = { readonly [name: string]: StoredPopulation };

/** A decoded checkpoint. */
export interface Checkpoint {
  /** By its `format` one of ours or of llm-sim. */
  readonly metadata: CheckpointMetadata | LegacyCheckpointMetadata;
  /** Complete: what old formats leave out is filled in. */
  readonly state: Required<StateJson>;
  /** Empty in llm-sim's formats. */
  readonly memory: CheckpointMemory;
  /** What the turn loop carried beside the state. */
  readonly loop: LoopState;
  /** Empty in llm-sim's formats. */
  readonly files: CheckpointFiles;
  /** All agents' names in agent order, for {@linkcode SimulationState.fromJSON}; JSON objects do not keep it. */
  readonly agent_order: readonly string[];
  /** Empty where there are none. */
  readonly populations: CheckpointPopulations;
}

/** What {@linkcode encodeCheckpoint} writes. */
export interface CheckpointParts {
  /** What it says about itself. */
  readonly metadata: CheckpointMetadata;
  /** The state after `metadata.turn` turns. */
  readonly state: SimulationState;
  /** Default: none. */
  readonly memory?: CheckpointMemory;
  /** Default: nothing. */
  readonly loop?: JsonObject;
  /** Default: none. */
  readonly files?: CheckpointFiles;
  /** Default: none. */
  readonly populations?: CheckpointPopulations;
}

/** What {@linkcode composeCheckpoint} writes: the parts of a checkpoint, its state as text. */
export interface ComposedCheckpoint extends Omit<CheckpointParts, "state"> {
  /** What {@linkcode encodeState} made. */
  readonly state: string;
  /** All agents' names in agent order. */
  readonly agent_order: readonly string[];
}

/**
 * A checkpoint as JSON text.
 * @throws {SimError} `bad_file_name` when a path of `files` could not be restored safely
 */
export function encodeCheckpoint(parts: CheckpointParts): string {
  const { metadata, state, memory = {}, files = {}, populations = {} } = parts;
  return composeCheckpoint({
    metadata,
    state: encodeState(state),
    agent_order: state.agents.names(),
    memory,
    files,
    populations,
    ...(parts.loop && { loop: parts.loop }),
  });
}

/** The state part of a checkpoint as JSON text, agents in agent order. Its values must be JSON: NaN would become null. */
export function encodeState(state: SimulationState): string {
  // Agent by agent is faster than one object with a key per agent, and keeps the order of integer-like names.
  const agents = state.agents.records.map((record) => `${JSON.stringify(record.name)}:${JSON.stringify(record)}`);
  const { turn, agents: _agents, ...rest } = state.toJSON();
  return `{"turn":${turn},"agents":{${agents.join(",")}},${JSON.stringify(rest).slice(1)}`;
}

/**
 * A checkpoint as JSON text, from a state already encoded by {@linkcode encodeState}, which is not parsed again.
 *
 * The state comes first: of keys that occur twice the last one counts, so a state text from the sandbox cannot override
 * what its trusted host says about logs and files.
 *
 * @throws {SimError} `bad_file_name` when a path of `files` could not be restored safely
 */
export function composeCheckpoint(parts: ComposedCheckpoint): string {
  const { metadata, state, agent_order, memory = {}, files = {}, populations = {}, loop } = parts;
  const bad = Object.keys(files).find((path) => !isSafePath(path));
  if (bad !== undefined) {
    const hint = "use relative paths with forward slashes, without '.', '..' and backslashes";
    throw new SimError("bad_file_name", `'${bad}' in files/ cannot be part of a checkpoint`, { hint });
  }
  const rest = {
    metadata,
    memory,
    files,
    agent_order,
    ...(loop && { loop }),
    ...(Object.keys(populations).length > 0 && { populations }),
  };
  return `{"state":${state},${JSON.stringify(rest).slice(1)}\n`;
}

/**
 * Reads a checkpoint of any of the three formats.
 * @throws {SimError} `bad_checkpoint` when it is none of them; the issues say what is missing or wrong, and where
 */
export function decodeCheckpoint(text: string): Checkpoint {
  const content = parse(text);
  if (!isRecord(content)) throw bad([{ path: [], message: "it is not a JSON object" }]);
  if (!("metadata" in content)) {
    if ("checkpoint_type" in content) return decodeLegacy(content);
    throw bad([{ path: [], message: "it has neither 'metadata' (llm-sim) nor 'checkpoint_type' (llm-sim, old)" }]);
  }
  const format = isRecord(content.metadata) ? content.metadata.format : undefined;
  if (format === undefined) return decodeLlmSim(content);
  if (format === 2) return decodeOwn(content);
  throw bad([{
    path: ["metadata", "format"],
    message: `format ${JSON.stringify(format)} is not known; 2 is the newest`,
  }]);
}

const turn = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits");
const length = z.int().min(0);
const record = z.custom<JsonObject>(isRecord, "expected an object");

const stateShape = {
  turn,
  agents: record,
  global_state: record,
  reasoning_chains: z.array(record),
  paused_agents: z.array(z.string()),
  auto_resume: z.record(z.string(), z.int()),
  spatial_state: z.custom<Json>((value) => value !== undefined, "expected null or an object"),
};
const ownShape = z.strictObject({
  metadata: z.strictObject({
    run_id: z.string().min(1),
    turn,
    timestamp: z.iso.datetime("expected an ISO-8601 time in UTC"),
    schema_hash: hash,
    format: z.literal(2),
    log_lengths: z.strictObject({ "events.jsonl": length, "global.jsonl": length, "agents.jsonl": length }),
    next_event_id: z.int().min(1),
    stats: record,
  }),
  state: z.strictObject(stateShape),
  memory: z.record(
    z.string(),
    z.array(
      z.strictObject({
        turn,
        kind: z.string().exactOptional(),
        content: z.custom<Json>((value) => value !== undefined),
      }),
    ),
  ),
  loop: loopShape.optional(),
  files: z.record(
    z.string().refine(isSafePath, "expected a relative path without '.', '..' and backslashes"),
    z.strictObject({ sha256: z.union([hash, z.literal("")]), bytes: length }),
  ),
  agent_order: z.array(z.string()),
  populations: z.record(
    z.string(),
    z.strictObject({
      rows: z.int().min(0).max(SCENARIO_LIMITS.count),
      next_id: z.int().min(0).max(2 ** 32),
      columns: z.array(z.strictObject({
        name: z.string(),
        type: z.enum(COLUMN_TYPES),
        values: z.array(z.string()).exactOptional(),
      })),
      file: z.string().regex(/^[0-9a-f]{64}\.bin$/, "expected <sha256>.bin"),
    }).refine(({ rows, next_id }) => rows <= next_id, "more rows than ids"),
  ).refine((found) => Object.keys(found).length > 0, "expected at least one; leave 'populations' out").optional(),
});

// Early versions of llm-sim knew neither pauses nor space.
const legacyState = z.object({
  ...stateShape,
  reasoning_chains: stateShape.reasoning_chains.default([]),
  paused_agents: stateShape.paused_agents.default([]),
  auto_resume: stateShape.auto_resume.default({}),
  spatial_state: z.custom<Json>().optional().transform((value) => value ?? null),
});
const llmSimShape = z.object({
  metadata: z.object({ run_id: z.string(), turn, timestamp: z.string(), schema_hash: hash }),
  state: legacyState,
});
const legacyShape = z.object({
  turn,
  checkpoint_type: z.enum(["interval", "last", "final"]),
  timestamp: z.string(),
  state: legacyState,
});

const NO_LOGS = Object.freeze({ log_lengths: {}, next_event_id: 1, stats: {} } as const);

function decodeOwn(content: JsonObject): Checkpoint {
  const { metadata, state, memory, loop, files, agent_order, populations = {} } = shaped(ownShape, content);
  const complete = checkedState(state, metadata.turn);
  const names = new Set(agent_order);
  const same = names.size === agent_order.length && names.size === Object.keys(complete.agents).length &&
    agent_order.every((name) => Object.hasOwn(complete.agents, name));
  if (!same) throw bad([{ path: ["agent_order"], message: "it does not list every agent of the state once" }]);
  return { metadata, state: complete, memory, loop: decodeLoop(loop), files, agent_order, populations };
}

function decodeLlmSim(content: JsonObject): Checkpoint {
  const { metadata, state } = shaped(llmSimShape, content);
  return fromLlmSim({ ...metadata, format: 1, ...NO_LOGS }, checkedState(state, metadata.turn));
}

function decodeLegacy(content: JsonObject): Checkpoint {
  const { turn, timestamp, state } = shaped(legacyShape, content);
  const metadata = { run_id: null, turn, timestamp, schema_hash: null, format: 0, ...NO_LOGS } as const;
  return fromLlmSim(metadata, checkedState(state, turn));
}

function fromLlmSim(metadata: LegacyCheckpointMetadata, state: Required<StateJson>): Checkpoint {
  const agent_order = Object.keys(state.agents);
  return { metadata, state, memory: {}, loop: EMPTY_LOOP, files: {}, agent_order, populations: {} };
}

/** The state with its records' own rules checked: each under its own name, pauses of agents that exist. */
function checkedState(state: z.output<typeof legacyState>, turn: number): Required<StateJson> {
  const problems: Problem[] = [];
  if (state.turn !== turn) {
    problems.push({ path: ["state", "turn"], message: `${state.turn} is not the checkpoint's turn ${turn}` });
  }
  for (const [name, agent] of Object.entries(state.agents)) {
    const path = ["state", "agents", name];
    if (!isRecord(agent)) problems.push({ path, message: "expected an object" });
    else if (agent.name === undefined) problems.push({ path: [...path, "name"], message: "it is missing" });
    else if (agent.name !== name) {
      problems.push({
        path: [...path, "name"],
        message: `${JSON.stringify(agent.name)} is not the agent's name '${name}'`,
      });
    }
  }
  for (const name of Object.keys(state.auto_resume)) {
    if (state.paused_agents.includes(name)) continue;
    problems.push({ path: ["state", "auto_resume", name], message: "the agent is not among paused_agents" });
  }
  if (problems.length > 0) throw bad(problems);
  // Every record was found to be an object with a name.
  return { ...state, agents: state.agents as { [name: string]: AgentState } };
}

/**
 * Checks every record of a checkpoint against the variables of a scenario.
 * @throws {SimError} `checkpoint_mismatch`, one issue for each kind of difference
 */
export function checkCheckpointVariables(checkpoint: Checkpoint, definitions: StateVariables): void {
  const { agents, global_state } = checkpoint.state;
  const differences = [
    ...recordDifferences("agents", Object.entries(agents), new VariableLayout(definitions.agent_vars)),
    ...recordDifferences("", [["global_state", global_state]], new VariableLayout(definitions.global_vars)),
    ...columnDifferences(checkpoint.populations, definitions.agent_vars),
  ];
  if (differences.length === 0) return;
  const code = "checkpoint_mismatch";
  const issues = differences.map(({ path, message }): Issue => ({ severity: "error", code, message, path }));
  const list = differences.map(({ path, message }) => `${formatPath(path)}: ${message}`);
  throw new SimError(
    code,
    `the checkpoint of turn ${checkpoint.state.turn} does not fit the scenario: ${shortList(list)}`,
    {
      hint: "resume with the state_variables that the run was started with",
      issues,
    },
  );
}

/** What does not fit; a difference that many agents share is named once. */
function recordDifferences(within: string, records: [string, Variables][], layout: VariableLayout): Problem[] {
  const found = new Map<string, { problem: Problem; count: number }>();
  for (const [name, record] of records) {
    const failure = layout.check(record);
    if (!failure) continue;
    const kind = `${formatPath(failure.path)}: ${failure.message}`;
    const before = found.get(kind);
    if (before) before.count++;
    else {
      const path = ["state", ...(within === "" ? [] : [within]), name, ...failure.path];
      found.set(kind, { problem: { path, message: failure.message }, count: 1 });
    }
  }
  return [...found.values()].map(({ problem, count }) =>
    count === 1 ? problem : { ...problem, message: `${problem.message} (so in ${count} agents)` }
  );
}

function columnDifferences(populations: CheckpointPopulations, variables: StateVariables["agent_vars"]): Problem[] {
  return Object.entries(populations).flatMap(([name, { columns }]) =>
    columns.flatMap((column) => {
      const definition = Object.hasOwn(variables, column.name) ? variables[column.name] : undefined;
      const message = columnMismatch(column, definition);
      return message === null ? [] : [{ path: ["populations", name, column.name], message }];
    })
  );
}

function columnMismatch({ type, values }: ColumnShape, definition: VariableDefinition | undefined): string | null {
  if (definition === undefined) return "there is no such variable; declare it under state_variables";
  if (definition.type !== type) return `it is of type ${type}, and the scenario declares ${definition.type}`;
  if (definition.type !== "categorical" || definition.values.join("\n") === values?.join("\n")) return null;
  return `its values are ${values?.join(", ")}, and the scenario declares ${definition.values.join(", ")}`;
}

/** One thing wrong with a checkpoint. */
interface Problem {
  readonly path: IssuePath;
  readonly message: string;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw bad(
      [{ path: [], message: `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}` }],
      cause,
    );
  }
}

function shaped<T extends z.ZodType>(shape: T, content: JsonObject): z.output<T> {
  const result = shape.safeParse(content);
  if (result.success) return result.data;
  throw bad(result.error.issues.map((issue) => {
    const path = issue.path.filter((step) => typeof step !== "symbol");
    const value = path.reduce<unknown>(
      (inner, step) => (inner as Record<string, unknown> | undefined)?.[step],
      content,
    );
    return { path, message: value === undefined ? "it is missing" : issue.message };
  }));
}

function bad(problems: readonly Problem[], cause?: unknown): SimError {
  const code = "bad_checkpoint";
  const list = problems.map(({ path, message }) => path.length === 0 ? message : `${formatPath(path)}: ${message}`);
  return new SimError(code, `the checkpoint cannot be read: ${shortList(list)}`, {
    hint: "it may be damaged or of another version; take an earlier one",
    issues: problems.map(({ path, message }): Issue => ({ severity: "error", code, message, path })),
    ...(cause === undefined ? {} : { cause }),
  });
}

function shortList(list: readonly string[]): string {
  return list.slice(0, 5).join("; ") + (list.length > 5 ? `; … (${list.length} in all)` : "");
}

/** A path that stays inside `files/` on every system. */
function isSafePath(path: string): boolean {
  const steps = (path.endsWith("/") ? path.slice(0, -1) : path).split("/");
  return !path.includes("\\") && !/^[A-Za-z]:/.test(path) &&
    steps.every((step) => step !== "" && step !== "." && step !== ".." && !step.includes("\0"));
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
