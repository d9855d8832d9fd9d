/** Group 3: what a checkpoint costs, and what share of a run goes into saving. */

import { encodeState } from "../framework/mod.ts";
import { RunWriter } from "../runner/store/run_writer.ts";
import { type Case, measure, spread } from "./harness.ts";
import { SIZES } from "./loop.ts";
import { saveRequest, startedSimulation, StoredPlaying } from "./playing.ts";
import { inMilliseconds, type Row, row } from "./report.ts";

/** Checkpoints per measurement. */
const SAVES = 20;
/** Seconds of each run whose saves are counted. */
const RUN_SECONDS = 3;
const RUNS = 5;

/** Cost of one checkpoint beside plain `JSON.stringify` and `writeFileSync`. */
export async function checkpointRows(folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const n of SIZES) rows.push(...await checkpointRowsOf(n, `${folder}/${n}`));
  for (const n of SIZES) rows.push(shareRow(n, `${folder}/share_${n}`));
  return rows;
}

async function checkpointRowsOf(n: number, folder: string): Promise<Row[]> {
  Deno.mkdirSync(`${folder}/files`, { recursive: true });
  const simulation = startedSimulation(n);
  simulation.step();
  const { writer } = RunWriter.open(folder, { run_id: "bench", schema_hash: "0".repeat(64) });
  const many = (work: () => unknown) => () => {
    for (let i = 0; i < SAVES; i++) work();
  };
  const cases: Case[] = [
    { name: "plain", features: "stringify + write", once: many(() => plainCheckpoint(simulation, folder)) },
    { name: "checkpoint", features: "encode", once: many(() => encodeState(simulation.state)) },
    { name: "checkpoint", features: "to disk", once: many(() => writer.save(1, saveRequest(simulation))) },
  ].map((each) => ({ ...each, n, units: SAVES }));
  const measured = await measure(cases);
  writer.close();
  return cases.map((each, i) => inMilliseconds(each, measured[i]!, i === 0 ? null : cases[0]!.name));
}

function plainCheckpoint({ state }: ReturnType<typeof startedSimulation>, folder: string): void {
  Deno.writeTextFileSync(`${folder}/plain.json`, JSON.stringify({ ...state, agents: state.agents.toJSON() }));
}

/** Share of wall time that a run with everything switched on spends in saves, its first one included. */
function shareRow(n: number, folder: string): Row {
  const shares = Array.from({ length: RUNS }, (_, i) => {
    const began = performance.now();
    const playing = new StoredPlaying(`${folder}/${i}`, n, { metrics: true, agentsEvery: 10 });
    while (performance.now() - began < RUN_SECONDS * 1000) playing.play(1);
    playing.close();
    return 100 * playing.saving / (performance.now() - began);
  });
  const what = { name: "saves", features: `of ${RUN_SECONDS} s, everything`, n };
  const budget = { of: "value", at: "most", limit: 5 } as const;
  return row({ ...what, value: spread(shares), unit: "% of run time", ratio: null, ratio_to: null, budget });
}
