/**
 * Group 8: a sweep of short runs over seeds, as the app plays them: each checked, in a sandbox of its own, on disk. Two at
 * once against one at a time, and against Mesa's `batch_run` with two processes where it is installed.
 */

import { type App, openApp } from "../runner/mod.ts";
import { type Case, mapSpread, measure } from "./harness.ts";
import { runMesa } from "./mesa.ts";
import { type Budget, type Row, row } from "./report.ts";
import { boltzmannFiles } from "./startup.ts";

/** Runs of a sweep, and what each plays. */
interface Sweep {
  readonly runs: number;
  readonly agents: number;
  readonly turns: number;
}

/** Short runs, which mostly start, and runs that mostly play. */
const SWEEPS: readonly Sweep[] = [
  { runs: 24, agents: 100, turns: 100 },
  { runs: 4, agents: 1000, turns: 1000 },
];

const TWO: Budget = { of: "ratio", at: "least", limit: 1.6 };
const ATLEAST_MESA: Budget = { of: "ratio", at: "least", limit: 6 };

/** Speeds of sweeps. @param python that has Mesa; null when there is none */
export async function sweepRows(python: string | null, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [i, sweep] of SWEEPS.entries()) {
    const { scenario, config } = boltzmannFiles(`${folder}/${i}`, sweep.agents, sweep.turns);
    const app = await openApp({ config, output: `${folder}/${i}/output` });
    // A run that mostly plays shows what two cores bring; the budgets are for short ones.
    const isShort = i === 0;
    const one = playing(app, sweep, scenario, 1);
    const two = playing(app, sweep, scenario, 2);
    rows.push(...await rowsOf("one", [one, { ...two, ...(isShort && { budget: TWO }) }]));
    if (python !== null) {
      rows.push(...await rowsOf("Mesa", [mesa(python, sweep), { ...two, ...(isShort && { budget: ATLEAST_MESA }) }]));
    }
    await app.close();
  }
  return rows;
}

function playing(app: App, { runs, agents, turns }: Sweep, scenario: string, atOnce: number): Case {
  return {
    ...{ name: `${runs} runs × ${turns} turns`, features: `${atOnce} at once`, n: agents, units: runs },
    once: async () => {
      app.maxConcurrent = atOnce;
      await Promise.all(Array.from({ length: runs }, (_, i) => playOne(app, scenario, i + 1)));
    },
  };
}

async function playOne(app: App, file: string, seed: number): Promise<void> {
  // Mesa keeps the gini of every turn and no event per exchange; this leaves those out too.
  const settings = { "simulation.seed": seed, "events.verbosity": "MILESTONE" };
  const set = Object.entries(settings).map(([path, value]) => ({ path, value, from: "bench" }));
  const { run_id } = await app.start({ file, set });
  const { status, status_reason } = await app.wait(run_id);
  if (status !== "completed") throw new Error(`a run of the sweep is ${status}: ${status_reason}`);
}

function mesa(python: string, { runs, agents, turns }: Sweep): Case {
  return {
    ...{ name: "Mesa, batch_run", features: "2 processes", n: agents, units: runs },
    once: () => runMesa(python, "sweep_mesa.py", [runs, agents, turns, 2]),
  };
}

/** Wall time per run, CPU time beside it, and the ratio of speeds to the first case. */
async function rowsOf(reference: string, cases: readonly (Case & { readonly budget?: Budget })[]): Promise<Row[]> {
  const measured = await measure(cases);
  return cases.flatMap(({ name, features, n, budget }, i) => [
    row({
      ...{ name, features, n, unit: "ms/run" },
      value: mapSpread(measured[i]!.wall, (seconds) => seconds * 1000),
      ratio: i === 0 ? null : mapSpread(measured[i]!.wallRatio, (cost) => 1 / cost),
      ratio_to: i === 0 ? null : reference,
      ...(budget && { budget }),
    }),
    row({
      ...{ name, features: `${features}, CPU`, n, unit: "ms/run" },
      value: mapSpread(measured[i]!.cpu, (seconds) => seconds * 1000),
      ratio: null,
      ratio_to: null,
    }),
  ]);
}
