/** The agents of a run as pages show them: all of them at one turn, and one variable of them over the turns. */

import type { Json } from "../framework/mod.ts";
import { agentNames } from "../framework/scenario/mod.ts";
import type { Row, RunStore } from "./store/mod.ts";

/** The agents at a turn. */
export interface AgentTable {
  readonly turn: number;
  /** `rows`: as they were recorded; `checkpoint`: as the newest checkpoint has them; `nothing`: nothing was saved yet. */
  readonly source: "rows" | "checkpoint" | "nothing";
  /** Names of variables. */
  readonly columns: readonly string[];
  /** In agent order: name, type (null: that of an agent which came later), and the values of the columns. */
  readonly agents: readonly (readonly Json[])[];
  /** How many there are: more than in `agents` where those are too many. */
  readonly total: number;
}

/** Agents of a table at most. */
export const MOST_AGENTS = 20_000;

/** The agents at a turn; default: the newest. @throws {SimError} `unknown_run` */
export async function agentTable(store: RunStore, runId: string, turn?: number): Promise<AgentTable> {
  const config = await store.config(runId);
  const types = new Map(config.agents.flatMap((entry) => agentNames(entry).map((name) => [name, entry.type] as const)));
  const recorded = config.metrics.agents === "all" ? await store.agentRows(runId, turn ?? Number.MAX_SAFE_INTEGER) : [];
  const recordedAt = Number(recorded[0]?.turn ?? -1);
  if (recorded.length > 0 && recordedAt === turn) return tableOfRows(recorded, types);
  const state = await stateUpTo(store, runId, turn);
  if (state === null || state.turn < recordedAt) {
    return recorded.length > 0
      ? tableOfRows(recorded, types)
      : { turn: turn ?? 0, source: "nothing", columns: [], agents: [], total: 0 };
  }
  const records = state.agent_order.map((name) => ({ ...state.state.agents[name], agent: name }) as unknown as Row);
  return { ...tableOf(records, types, state.turn), source: "checkpoint" };
}

/** The newest state up to a turn; null: there is none. */
export async function stateUpTo(store: RunStore, runId: string, turn: number | undefined) {
  const newest = await store.state(runId);
  if (newest === null || turn === undefined || newest.turn <= turn) return newest;
  for (const each of (await store.checkpoints(runId)).reverse()) {
    const state = each <= turn ? await store.state(runId, each) : null;
    if (state !== null) return state;
  }
  return null;
}

function tableOfRows(rows: readonly Row[], types: ReadonlyMap<string, string>): AgentTable {
  return { ...tableOf(rows, types, Number(rows[0]!.turn)), source: "rows" };
}

/** Members of a row that are no variables. */
const NO_VARIABLES = ["turn", "agent", "name"];

function tableOf(rows: readonly Row[], types: ReadonlyMap<string, string>, turn: number): Omit<AgentTable, "source"> {
  // Sampled members of populations have other variables than agents.
  const columns = new Set<string>();
  for (const row of rows) for (const name in row) columns.add(name);
  for (const name of NO_VARIABLES) columns.delete(name);
  const names = [...columns];
  const agents = rows.slice(0, MOST_AGENTS).map((row) => [
    row.agent!,
    types.get(String(row.agent)) ?? null,
    ...names.map((name) => row[name] ?? null),
  ]);
  return { turn, columns: names, agents, total: rows.length };
}

/** Which series. */
export interface AgentSeriesQuery {
  readonly variable: string;
  /** Agents that get a line in any case. */
  readonly agents?: readonly string[];
  /** Turns at most. Default {@linkcode MOST_POINTS}. */
  readonly points?: number;
}

/** One variable of agents over the turns. */
export interface AgentSeries {
  readonly variable: string;
  /** Turns that values were recorded at: all of them, or evenly chosen ones. */
  readonly turns: readonly number[];
  /** Agents that have the variable, at the last of the turns. */
  readonly agents: number;
  /** All agents where they are few; else those that were asked for, and the greatest and the least at the end. */
  readonly lines: readonly AgentLine[];
  /** Where agents are many: how their values are spread. */
  readonly spread: AgentSpread | null;
}

/** Values of one agent, a value for every turn; null: it had none. */
export interface AgentLine {
  readonly agent: string;
  readonly values: readonly (number | null)[];
}

/** Quantiles of all agents, a value for every turn. */
export interface AgentSpread {
  readonly low: readonly (number | null)[];
  readonly p10: readonly (number | null)[];
  readonly median: readonly (number | null)[];
  readonly p90: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** Agents that all get a line of their own. */
export const FEW_AGENTS = 12;
/** Agents with the greatest, and with the least values at the end that get one where there are more. */
const EXTREMES = 3;
/** Turns of a series at most. */
export const MOST_POINTS = 400;
/** Rows that are read for one series: the more agents there are, the fewer turns are looked at. */
const MOST_ROWS = 200_000;
const LEAST_POINTS = 20;

/** One variable of agents over the turns. @throws {SimError} `unknown_run` */
export async function agentSeries(store: RunStore, runId: string, query: AgentSeriesQuery): Promise<AgentSeries> {
  const { variable, agents = [], points = MOST_POINTS } = query;
  const newest = await store.agentRows(runId, Number.MAX_SAFE_INTEGER);
  if (newest.length === 0) return { variable, turns: [], agents: 0, lines: [], spread: null };
  const last = Number(newest[0]!.turn);
  const most = Math.max(LEAST_POINTS, Math.min(points, Math.floor(MOST_ROWS / newest.length)));
  const seen: { readonly turn: number; readonly values: ReadonlyMap<string, number> }[] = [];
  for (const wanted of evenTurns(last, most)) {
    const rows = wanted === last ? newest : await store.agentRows(runId, wanted);
    const turn = Number(rows[0]?.turn ?? -1);
    if (rows.length === 0 || turn === seen.at(-1)?.turn) continue;
    seen.push({ turn, values: valuesOf(rows, variable) });
    // Others are served meanwhile.
    await new Promise((resolve) => setTimeout(resolve));
  }
  const end = seen.at(-1)!.values;
  const all = new Set(seen.flatMap(({ values }) => values.size <= FEW_AGENTS ? [...values.keys()] : []));
  const isFew = end.size <= FEW_AGENTS && all.size <= 2 * FEW_AGENTS;
  const shown = isFew ? new Set([...end.keys(), ...all]) : new Set([...agents.slice(0, FEW_AGENTS), ...extremes(end)]);
  return {
    variable,
    turns: seen.map(({ turn }) => turn),
    agents: end.size,
    lines: [...shown].map((agent) => ({ agent, values: seen.map(({ values }) => values.get(agent) ?? null) })),
    spread: isFew ? null : spreadOf(seen.map(({ values }) => values)),
  };
}

/** At most `most` turns from 0 to `last`, evenly; both of them. */
function evenTurns(last: number, most: number): number[] {
  if (last < most) return Array.from({ length: last + 1 }, (_, turn) => turn);
  return Array.from({ length: most }, (_, i) => Math.round(i * last / (most - 1)));
}

function valuesOf(rows: readonly Row[], variable: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const row of rows) {
    const value = row[variable];
    const number = typeof value === "boolean" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) values.set(String(row.agent), number);
  }
  return values;
}

function extremes(values: ReadonlyMap<string, number>): string[] {
  const sorted = [...values].sort(([, a], [, b]) => b - a).map(([agent]) => agent);
  return [...sorted.slice(0, EXTREMES), ...sorted.slice(-EXTREMES)];
}

function spreadOf(turns: readonly ReadonlyMap<string, number>[]): AgentSpread {
  const sorted = turns.map((values) => Float64Array.from(values.values()).sort());
  const at = (share: number) =>
    sorted.map((values) => values.length === 0 ? null : values[Math.round(share * (values.length - 1))]!);
  return { low: at(0), p10: at(0.1), median: at(0.5), p90: at(0.9), high: at(1) };
}
