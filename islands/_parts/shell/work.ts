/** Running work: runs and batches of the server as lines of the strip at the bottom. */

/** A run, as `GET /api/simulations` lists it. */
export interface WorkRun {
  readonly run_id: string;
  readonly name: string;
  readonly status: string;
  readonly current_turn: number;
  readonly max_turns: number;
  readonly cost_usd: number;
}

/** A batch, as `GET /api/batches` lists it. */
export interface WorkBatch {
  readonly batch_id: string;
  readonly name: string;
  readonly status: string;
  readonly runs: {
    readonly total: number;
    readonly completed: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly running: number;
  };
  readonly eta_seconds: number | null;
  readonly cost: { readonly usd: number };
}

/** One line of the strip. */
export interface Work {
  readonly key: string;
  readonly kind: "run" | "batch";
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly usd: number;
  /** Seconds that are left; null: nobody knows yet. */
  readonly eta: number | null;
}

/** How far a run was, and when: of two such the speed follows. */
export interface Seen {
  readonly done: number;
  /** Milliseconds. */
  readonly at: number;
}

/** Milliseconds over which a run must have been seen before its end is foretold. */
const PATIENCE = 3000;

/**
 * What is going on, batches first; runs that belong to one of them are in its line.
 * @param inBatches ids of runs that do
 * @param first where each run was when it was first seen; runs not in there yet are added
 */
export function workOf(
  runs: readonly WorkRun[],
  batches: readonly WorkBatch[],
  inBatches: ReadonlySet<string>,
  first: Map<string, Seen>,
  now: number,
): Work[] {
  const going = batches.filter(({ status }) => status === "running").map(batchWork);
  const own = runs.filter(({ run_id, status }) => isGoing(status) && !inBatches.has(run_id));
  for (const { run_id, current_turn } of own) {
    if (!first.has(run_id)) first.set(run_id, { done: current_turn, at: now });
  }
  return [...going, ...own.map((run) => runWork(run, first.get(run.run_id)!, now))];
}

function isGoing(status: string): boolean {
  return status === "running" || status === "queued";
}

function batchWork({ batch_id, name, status, runs, eta_seconds, cost }: WorkBatch): Work {
  return {
    key: `batch ${batch_id}`,
    kind: "batch",
    id: batch_id,
    name,
    status,
    done: runs.completed + runs.failed + runs.cancelled,
    total: runs.total,
    failed: runs.failed,
    usd: cost.usd,
    eta: eta_seconds,
  };
}

function runWork(run: WorkRun, seen: Seen, now: number): Work {
  const { run_id, name, status, current_turn: done, max_turns: total, cost_usd: usd } = run;
  return {
    key: `run ${run_id}`,
    kind: "run",
    id: run_id,
    name: name === "" ? run_id : name,
    status,
    done,
    total,
    failed: 0,
    usd,
    eta: etaOf(seen, { done, at: now }, total),
  };
}

/** Seconds until `total`, at the speed between two sights; null: they are too near to each other. */
export function etaOf(from: Seen, to: Seen, total: number): number | null {
  const [turns, took] = [to.done - from.done, to.at - from.at];
  if (took < PATIENCE || turns <= 0) return null;
  return (total - to.done) * took / turns / 1000;
}
