/** Reads what a report says of a batch beyond its rows: its runs' manifests, and some of their turns. */

import { SimError } from "../../../framework/mod.ts";
import type { BatchRow, BatchSummary, BatchView } from "../../batch/mod.ts";
import type { Row } from "../run.ts";
import { quantile } from "../series.ts";
import type { BatchExport, RunFacts, Trajectory } from "./batch.ts";

/** Where manifests and rows of runs come from; an `App` fits. */
export interface RunReader {
  /** @throws {SimError} `unknown_run` */
  status(runId: string): Promise<RunFacts>;
  rows(runId: string, log: "global"): AsyncIterable<Row>;
}

/** Cells that a chart over turns shows, at most: as many lines as can be told apart. */
export const MAX_TRAJECTORY_CELLS = 6;
/** Runs of each cell that it is drawn from, at most. */
const MAX_TRAJECTORY_RUNS = 20;
/** Rows that are read for it, all runs together, as far as one run a cell allows. */
const MAX_TRAJECTORY_ROWS = 300_000;
/** Points of a line, at most. */
const MAX_POINTS = 200;
/** Metrics that are drawn over turns, and those that are looked at for it. */
const [MAX_TRAJECTORIES, MAX_CANDIDATES] = [3, 8];

/** Everything of the batch. Runs that have been removed are left out. */
export async function readBatch(
  view: BatchView,
  rows: readonly BatchRow[],
  summary: BatchSummary,
  runs: RunReader,
): Promise<BatchExport> {
  const facts = new Map<number, RunFacts>();
  for (const { n, run_id } of rows) {
    const found = run_id === null ? null : await runs.status(run_id).catch(unlessRemoved);
    if (found !== null) facts.set(n, found);
  }
  const metrics = summary.metrics.slice(0, MAX_CANDIDATES).map(({ name }) => name);
  return { view, rows, summary, facts, trajectories: await readTrajectories(rows, metrics, runs) };
}

function unlessRemoved(error: unknown): null {
  if (error instanceof SimError && error.code === "unknown_run") return null;
  throw error;
}

/** At most `limit` of `all`, the first and the last among them, evenly spread. */
export function evenly<T>(all: readonly T[], limit: number): T[] {
  if (all.length <= limit) return [...all];
  return Array.from({ length: limit }, (_, i) => all[Math.round(i * (all.length - 1) / (limit - 1))]!);
}

type ByTurn = Map<number, number[]>;

async function readTrajectories(
  rows: readonly BatchRow[],
  metrics: readonly string[],
  runs: RunReader,
): Promise<Trajectory[]> {
  const played = rows.filter(({ status, validity, run_id }) =>
    status === "completed" && validity !== "void" && run_id !== null
  );
  const turns = played.reduce((most, { turns }) => Math.max(most, turns), 0);
  const cells = evenly([...new Set(played.map(({ cell }) => cell))].sort((a, b) => a - b), MAX_TRAJECTORY_CELLS);
  if (metrics.length === 0 || turns === 0) return [];
  const most = Math.max(1, Math.min(MAX_TRAJECTORY_RUNS, Math.floor(MAX_TRAJECTORY_ROWS / (cells.length * turns))));
  const stride = Math.ceil(turns / MAX_POINTS);
  const found = new Map(metrics.map((metric) => [metric, [] as Trajectory["cells"][number][]]));
  for (const cell of cells) {
    const chosen = played.filter((row) => row.cell === cell).slice(0, most);
    const seen = new Map(metrics.map((metric): [string, ByTurn] => [metric, new Map()]));
    for (const { run_id, turns: last } of chosen) {
      for await (const row of runs.rows(run_id!, "global")) {
        const turn = row.turn;
        if (typeof turn === "number" && (turn % stride === 0 || turn === last)) collect(row, turn, seen);
      }
    }
    for (const [metric, byTurn] of seen) {
      if (byTurn.size > 1) found.get(metric)!.push({ cell, n: chosen.length, points: spreadOf(byTurn) });
    }
  }
  return [...found].map(([metric, cells]) => ({ metric, cells })).filter(isMoving).slice(0, MAX_TRAJECTORIES);
}

function collect(row: Row, turn: number, seen: ReadonlyMap<string, ByTurn>): void {
  for (const [metric, byTurn] of seen) {
    const value = row[metric] ?? row[`metric.${metric}`];
    const number = typeof value === "boolean" ? Number(value) : value;
    if (typeof number !== "number") continue;
    const values = byTurn.get(turn);
    if (values) values.push(number);
    else byTurn.set(turn, [number]);
  }
}

function spreadOf(byTurn: ByTurn): Trajectory["cells"][number]["points"] {
  return [...byTurn].sort(([a], [b]) => a - b).map(([turn, values]) => {
    const sorted = values.toSorted((a, b) => a - b);
    return [turn, quantile(sorted, 0.1), quantile(sorted, 0.5), quantile(sorted, 0.9)];
  });
}

/** A line that never moves says nothing that the table of results does not. */
function isMoving({ cells }: Trajectory): boolean {
  return cells.some(({ points }) => points.some(([, , median]) => median !== points[0]![2]));
}
