/** The run that is exported: what a caller reads from one run folder, in memory. */

import type { Json, JsonObject } from "../../framework/mod.ts";

/** One row of `global.jsonl` (`turn` and variables) or of `agents.jsonl` (`turn`, `agent` and variables). */
export type Row = JsonObject;

/** The parts of `manifest.json` that exports show (`formats.md` 2.1); a whole manifest fits. */
export interface ExportManifest {
  readonly run_id: string;
  /** Name of the domain. */
  readonly repo: string;
  readonly status: string;
  readonly status_reason?: string | undefined;
  readonly history: readonly {
    readonly at: string;
    readonly status: string;
    readonly reason?: string | undefined;
    readonly turn: number;
  }[];
  readonly created_at: string;
  readonly started_at?: string | undefined;
  readonly ended_at?: string | undefined;
  readonly turn: number;
  readonly max_turns: number;
  readonly seed: number;
  readonly sample: number;
  readonly parent?: { readonly run_id: string; readonly turn: number } | undefined;
  readonly labels?: { readonly [label: string]: unknown } | undefined;
  readonly validity: { readonly state: string; readonly reasons: readonly string[] };
  readonly cost: {
    readonly usd: number;
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly calls: number;
    readonly reused_calls: number;
  };
  readonly models?: readonly string[] | undefined;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly turn?: number | undefined;
    readonly agent?: string | undefined;
    readonly hint?: string | undefined;
  } | undefined;
  readonly content_key?: string | undefined;
  readonly engine_version?: string | undefined;
}

/** The parts of the resolved scenario that exports use; a `ResolvedScenario` fits. */
export interface ExportScenario {
  readonly simulation: { readonly name: string; readonly description: string };
  readonly state_variables: {
    readonly agent_vars: { readonly [name: string]: object };
    readonly global_vars: { readonly [name: string]: object };
  };
  readonly metrics: { readonly reporters: { readonly [name: string]: object } };
}

/** A turn worth a vertical line in charts over turns. */
export interface EventMark {
  readonly turn: number;
  /** What happened, for people. */
  readonly label: string;
}

/** What a report says about the events of a run, which may be millions. */
export interface EventSummary {
  /** Number of events. */
  readonly total: number;
  /** Number of events by `event_type`, most frequent first. */
  readonly counts: { readonly [type: string]: number };
  /** The last events in order. */
  readonly last: readonly JsonObject[];
  /** Interventions, the first {@linkcode MAX_MARKS} of them. */
  readonly marks: readonly EventMark[];
}

/** Everything the exports need to know of one run. */
export interface RunExport {
  readonly manifest: ExportManifest;
  /** The resolved scenario (`config.json`). */
  readonly scenario: ExportScenario;
  /** The scenario as the user wrote it (`scenario.yaml`). */
  readonly scenario_text: string;
  /** Rows of `global.jsonl` by turn. */
  readonly global: readonly Row[];
  /** Rows of `agents.jsonl` by turn. */
  readonly agents: readonly Row[];
  /** `result.json`, or null while there is none. */
  readonly result: JsonObject | null;
  /** From {@linkcode summarizeEvents}. */
  readonly events: EventSummary;
}

/** How many interventions are marked in charts; more would hide the lines. */
export const MAX_MARKS = 20;

/**
 * Reads a run's events once, in constant memory: counts by type, the last `keep` in full, interventions as marks.
 *
 * @param events the records of `events.jsonl` in order, as an array or streamed
 * @param keep how many of the last events to keep
 */
export async function summarizeEvents(
  events: AsyncIterable<JsonObject> | Iterable<JsonObject>,
  keep = 200,
): Promise<EventSummary> {
  const counts = new Map<string, number>();
  const marks: EventMark[] = [];
  let total = 0;
  let last: JsonObject[] = [];
  for await (const event of events) {
    total++;
    const type = typeof event.event_type === "string" ? event.event_type : "(none)";
    counts.set(type, (counts.get(type) ?? 0) + 1);
    last.push(event);
    // Cut in blocks: a shift per event would be quadratic.
    if (last.length >= 2 * keep + 64) last = last.slice(-keep);
    const isRefused = isObject(event.details) && event.details.applied === false;
    if (type === "INTERVENTION" && !isRefused && marks.length < MAX_MARKS && typeof event.turn_number === "number") {
      marks.push({ turn: event.turn_number, label: interventionLabel(event) });
    }
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return { total, counts: Object.fromEntries(sorted), last: keep > 0 ? last.slice(-keep) : [], marks };
}

/** An intervention in words: its description or note, else what it did. */
function interventionLabel({ description, details }: JsonObject): string {
  const { note, set, add, multiply, message, add_agent, remove_agent } = isObject(details) ? details : {};
  for (const text of [description, note]) if (typeof text === "string" && text !== "") return text;
  const changes = ([[set, "="], [add, "+"], [multiply, "×"]] as const).flatMap(([paths, sign]) =>
    isObject(paths) ? Object.entries(paths).map(([path, value]) => `${path} ${sign} ${JSON.stringify(value)}`) : []
  );
  if (isObject(message)) changes.push("a message");
  if (isObject(add_agent)) changes.push(`${add_agent.name} joins`);
  if (typeof remove_agent === "string") changes.push(`${remove_agent} leaves`);
  return changes.join(", ") || "intervention";
}

/** The state in which the run ended, or is, by agents and world. */
export interface FinalState {
  readonly agents: readonly JsonObject[];
  readonly global: JsonObject;
}

/** The final state from `result.json`, else the last rows; agents in the order of their first row, then as listed. */
export function finalState(run: RunExport): FinalState {
  const state = run.result?.final_state;
  const fromResult = isObject(state) ? state : {};
  const { turn: _turn, ...lastGlobal } = run.global.at(-1) ?? {};
  const globalState = isObject(fromResult.global_state) ? fromResult.global_state : lastGlobal;
  const agents = isObject(fromResult.agents)
    ? Object.entries(fromResult.agents).map(([name, record]) => ({ ...(isObject(record) ? record : {}), name }))
    : lastAgents(run.agents);
  const rank = new Map<unknown, number>();
  for (const row of run.agents) if (!rank.has(row.agent)) rank.set(row.agent, rank.size);
  const position = (agent: JsonObject) => rank.get(agent.name) ?? rank.size;
  return { agents: agents.toSorted((a, b) => position(a) - position(b)), global: globalState };
}

/** Name and number of members of every population at the end; none while the run has no result. */
export function finalPopulations(run: RunExport): [name: string, size: number][] {
  const state = run.result?.final_state;
  const populations = isObject(state) && isObject(state.populations) ? state.populations : {};
  return Object.entries(populations).map(([name, each]) => [name, isObject(each) ? Number(each.rows) : 0]);
}

/** Why the run ended, in words, or null when nothing says so. */
export function endReason(run: RunExport): string | null {
  const reason = run.result?.termination_reason;
  if (typeof reason === "string" && reason !== "") return reason;
  return run.manifest.status_reason ?? null;
}

/** Seconds the run was running, pauses and waiting not counted; null before it started. */
export function runSeconds(manifest: ExportManifest): number | null {
  let milliseconds = 0;
  let started = false;
  manifest.history.forEach((entry, i) => {
    if (entry.status !== "running") return;
    const end = manifest.history[i + 1]?.at ?? manifest.ended_at;
    const span = end === undefined ? NaN : Date.parse(end) - Date.parse(entry.at);
    started = true;
    if (span > 0) milliseconds += span;
  });
  if (started) return milliseconds / 1000;
  if (manifest.started_at === undefined || manifest.ended_at === undefined) return null;
  const span = Date.parse(manifest.ended_at) - Date.parse(manifest.started_at);
  return span >= 0 ? span / 1000 : null;
}

/** Whether a JSON value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lastAgents(rows: readonly Row[]): JsonObject[] {
  const turn = rows.at(-1)?.turn;
  return rows.filter((row) => row.turn === turn).map(({ turn: _turn, agent, ...rest }) => ({
    name: agent ?? null,
    ...rest,
  }));
}
