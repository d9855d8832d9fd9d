/** What is shown of a batch: its runs counted, how long it will take, what it costs. */

import { canonicalJson, type Json, type JsonObject, sha256 } from "../../framework/mod.ts";
import type { Manifest } from "../store/mod.ts";
import type { BatchRecord } from "./record.ts";
import type { BatchCell, BatchSpec } from "./spec.ts";

/** One run of a batch, as far as it has come. */
export interface BatchRow {
  /** Position in the batch, from 0. */
  readonly n: number;
  /** Position of its cell. */
  readonly cell: number;
  readonly arm: string | null;
  readonly params: BatchCell["params"];
  /** Null: the scenario's own, not known yet. */
  readonly seed: number | null;
  readonly sample: number;
  /** Null: it has not been begun, or could not be. */
  readonly run_id: string | null;
  readonly status: Manifest["status"] | "pending" | "failed_to_start" | "removed";
  readonly validity: Manifest["validity"]["state"] | null;
  /** Values of the last turn: global variables and reporters by name, numbers only. */
  readonly metrics: { readonly [name: string]: number };
  /** A hash of all numbers of the last turn, also those that are not looked at: where it differs, the runs do. */
  readonly fingerprint?: string;
  /** Metrics of it that are yes, 1, or no, 0. */
  readonly yes_no?: readonly string[];
  /** US dollars. */
  readonly cost_usd: number;
  /** From its start to its end. */
  readonly seconds: number | null;
  readonly turns: number;
  /** Whether it was there before the batch asked for it. */
  readonly reused: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

/** How many runs of a batch stand how. */
export interface BatchCounts {
  readonly total: number;
  readonly completed: number;
  /** Of the completed ones those whose agents mostly fell back: they are left out of all statistics. */
  readonly void: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly running: number;
  readonly pending: number;
  readonly reused: number;
}

/** A batch as it stands. */
export interface BatchView {
  readonly id: string;
  readonly name: string;
  readonly status: BatchRecord["status"];
  readonly reason: string | null;
  readonly created_at: string;
  readonly spec: BatchSpec;
  readonly cells: readonly BatchCell[];
  /** Seeds of every cell, all stretches together; null: the scenario's own. */
  readonly seeds: readonly (number | null)[];
  readonly samples: number;
  readonly runs: BatchCounts;
  /** Seconds that are left, from what the runs took so far; null: nobody knows yet. */
  readonly eta_seconds: number | null;
  readonly cost: {
    /** US dollars for runs of this batch. */
    readonly usd: number;
    /** What all of it will have cost, from what the runs cost so far; null: nobody knows yet. */
    readonly forecast_usd: number | null;
  };
}

/** How far a batch has come. */
export type BatchProgress = Pick<BatchView, "runs" | "eta_seconds" | "cost">;

/** The batch with what its runs say. @param atOnce runs that the host plays at once */
export function viewOf(record: BatchRecord, rows: readonly BatchRow[], atOnce: number): BatchView {
  const { id, name, status, reason, created_at, spec, cells, blocks } = record;
  return {
    id,
    name,
    status,
    reason: reason ?? null,
    created_at,
    spec,
    cells,
    seeds: blocks.flatMap(({ seeds }) => seeds),
    samples: blocks[0]?.samples ?? 1,
    ...progressOf(rows, Math.min(spec.limits?.parallel ?? atOnce, atOnce)),
  };
}

/** What the runs of a batch say of how far it has come. @param parallel runs that are played at once */
export function progressOf(rows: readonly BatchRow[], parallel: number): BatchProgress {
  const runs = countsOf(rows);
  const own = rows.filter((row) => !row.reused && row.seconds !== null);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const left = runs.pending + runs.running;
  const usd = rows.reduce((sum, row) => sum + (row.reused ? 0 : row.cost_usd), 0);
  const rounds = left / Math.max(1, Math.min(parallel, left));
  return {
    runs,
    eta_seconds: left === 0 ? 0 : own.length === 0 ? null : rounds * mean(own.map(({ seconds }) => seconds!)),
    cost: {
      usd,
      forecast_usd: left === 0 ? usd : own.length === 0 ? null : usd + left * mean(own.map(({ cost_usd }) => cost_usd)),
    },
  };
}

function countsOf(rows: readonly BatchRow[]): BatchCounts {
  const count = (...statuses: readonly BatchRow["status"][]) =>
    rows.filter(({ status }) => statuses.includes(status)).length;
  return {
    total: rows.length,
    completed: count("completed"),
    void: rows.filter(({ status, validity }) => status === "completed" && validity === "void").length,
    failed: count("failed", "failed_to_start", "removed"),
    cancelled: count("cancelled"),
    running: count("queued", "running", "paused", "interrupted"),
    pending: count("pending"),
    reused: rows.filter(({ reused }) => reused).length,
  };
}

/** A value of a run's last turn, its name, and all names by which it may be asked for. */
type FinalValue = readonly [name: string, asked: readonly string[], value: Json];

function finalValues(result: JsonObject): FinalValue[] {
  const globals = ((result.final_state as JsonObject | null)?.global_state ?? {}) as JsonObject;
  const reporters = (result.metrics ?? {}) as JsonObject;
  return [
    ...Object.entries(globals).map(([name, value]): FinalValue => [name, [name, `global.${name}`], value]),
    ...Object.entries(reporters).map(([name, value]): FinalValue => {
      const own = Object.hasOwn(globals, name) ? `metric.${name}` : name;
      return [own, [own, `metric.${name}`], value];
    }),
  ];
}

/**
 * The numbers of a run's last turn: global variables by their name, reporters by theirs, or by `metric.<name>` where a
 * variable has that name.
 * @param wanted those that are looked at, in their order, as `<name>`, `global.<name>` or `metric.<name>`; absent: all
 */
export function finalMetrics(result: JsonObject, wanted?: readonly string[]): { [name: string]: number } {
  const all = finalValues(result);
  const chosen = wanted?.flatMap((metric) => all.filter(([, asked]) => asked.includes(metric))) ?? all;
  return Object.fromEntries(chosen.flatMap(([name, , value]) => {
    const number = typeof value === "boolean" ? Number(value) : value;
    return typeof number === "number" ? [[name, number] as const] : [];
  }));
}

/** Names of those that are yes or no, as {@linkcode finalMetrics} has them. */
export function yesNoMetrics(result: JsonObject): string[] {
  return finalValues(result).flatMap(([name, , value]) => typeof value === "boolean" ? [name] : []);
}

/** The same for runs whose last turns have the same numbers, of the world, its agents and its reporters. */
export function fingerprintOf({ final_state = null, metrics = null }: JsonObject): string {
  return sha256(canonicalJson(numbersOf([final_state, metrics])));
}

function numbersOf(value: Json): Json {
  if (Array.isArray(value)) return value.map(numbersOf);
  if (typeof value !== "object" || value === null) return typeof value === "string" ? null : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbersOf(inner)]));
}
