/**
 * Group batch: a batch of short runs with two places against one, against Mesa's `batch_run` with two processes where it
 * is installed, and against as many bare child processes; writing a plan; SQL; the listing of a large batch.
 */

import { DatabaseSync } from "node:sqlite";
import { type App, openApp } from "../runner/mod.ts";
import { sqlRows } from "./batch/sql.ts";
import { type Case, mapSpread, measure } from "./harness.ts";
import { runMesa } from "./mesa.ts";
import { type Budget, inMilliseconds, type Row, row } from "./report.ts";
import { boltzmannFiles, runProcess } from "./startup.ts";

const RUNS = 100;
const AGENTS = 2;
const TURNS = 50;
/** Runs of the plan that is written, and of the batch that is listed. */
const PLANNED = 1000;
const LISTED = 10_000;

const TWO: Budget = { of: "ratio", at: "least", limit: 1.6 };
const ATLEAST_MESA: Budget = { of: "ratio", at: "least", limit: 6 };
const CHILD: Budget = { of: "ratio", at: "most", limit: 1.5 };

/** All of them. @param python that has Mesa; null when there is none */
export async function batchRows(python: string | null, folder: string): Promise<Row[]> {
  const { scenario, config } = boltzmannFiles(`${folder}/sweep`, AGENTS, TURNS);
  const app = await openApp({ config, output: `${folder}/sweep/output` });
  const rows = await sweepRows(app, scenario, python);
  rows.push(...await planRows(app, scenario));
  await app.close();
  rows.push(...await listingRows(`${folder}/listing`), ...await sqlRows(`${folder}/sql`));
  return rows;
}

/** The same batch with other seeds each time: equal runs would be found and not played. */
async function sweepRows(app: App, scenario: string, python: string | null): Promise<Row[]> {
  let seed = 1;
  const batch = (places: number): Case => ({
    ...{ name: `batch, ${RUNS} runs × ${TURNS} turns`, features: `${places} at once`, n: AGENTS, units: RUNS },
    once: async () => {
      app.maxConcurrent = places;
      const seeds = `${seed}..${seed + RUNS - 1}`;
      seed += RUNS;
      const set = { "events.verbosity": "MILESTONE" };
      const { id } = await app.batches.start({ spec: { name: "sweep", scenario, seeds, set } });
      const { runs } = await app.batches.wait(id);
      if (runs.completed !== RUNS || runs.reused > 0) throw new Error(`${runs.completed} of ${RUNS} runs completed`);
    },
  });
  const bare: Case = {
    ...{ name: "bare child processes", features: "2 at once", n: 0, units: RUNS },
    once: async () => {
      // What a run cannot do without: a Deno process that starts a worker.
      const script = `new Worker("data:text/javascript,self.close()", { type: "module" })`;
      let left = RUNS;
      const place = async () => {
        while (left-- > 0) await runProcess(Deno.execPath(), ["eval", script]);
      };
      await Promise.all([place(), place()]);
    },
  };
  const [one, two] = [batch(1), batch(2)];
  const rows = [...speeds("one", await measure([one, two]), [one, two], [undefined, TWO])];
  if (python !== null) {
    const mesa: Case = {
      ...{ name: "Mesa, batch_run", features: "2 processes", n: AGENTS, units: RUNS },
      once: () => runMesa(python, "sweep_mesa.py", [RUNS, AGENTS, TURNS, 2]),
    };
    rows.push(...speeds("Mesa", await measure([mesa, two]), [mesa, two], [undefined, ATLEAST_MESA]));
  }
  const measured = await measure([bare, two]);
  return [
    ...rows,
    inMilliseconds(bare, measured[0]!, null),
    inMilliseconds(two, measured[1]!, "bare", python === null ? CHILD : undefined),
  ];
}

function speeds(
  reference: string,
  measured: Awaited<ReturnType<typeof measure>>,
  cases: readonly Case[],
  budgets: readonly (Budget | undefined)[],
): Row[] {
  return cases.map(({ name, features, n }, i) =>
    row({
      ...{ name, features, n, unit: "ms/run" },
      value: mapSpread(measured[i]!.wall, (seconds) => seconds * 1000),
      ratio: i === 0 ? null : mapSpread(measured[i]!.wallRatio, (cost) => 1 / cost),
      ratio_to: i === 0 ? null : reference,
      ...(budgets[i] && { budget: budgets[i] }),
    })
  );
}

/** A plan of a thousand runs, checked and written, none of them played. */
async function planRows(app: App, scenario: string): Promise<Row[]> {
  const plan: Case = {
    ...{ name: "plan of a batch, checked and written", features: `${PLANNED} runs`, n: AGENTS, units: 1 },
    once: async () => {
      const { id } = await app.batches.start({
        spec: { name: "plan", scenario, seeds: `1..${PLANNED}` },
        planOnly: true,
      });
      app.batches.delete(id);
    },
  };
  const [measured] = await measure([plan]);
  return [
    row({
      ...{ name: plan.name, features: plan.features, n: AGENTS, unit: "ms" },
      value: mapSpread(measured!.wall, (seconds) => seconds * 1000),
      ratio: null,
      ratio_to: null,
      budget: { of: "value", at: "most", limit: 1000 },
    }),
  ];
}

/** A page of the runs of a batch of ten thousand, beside the query that it cannot do without. */
async function listingRows(folder: string): Promise<Row[]> {
  const output = `${folder}/output`;
  for (let i = 0; i < LISTED; i++) writeRun(output, i);
  Deno.writeTextFileSync(`${folder}/llm-sim.yaml`, "{}");
  const app = await openApp({ config: `${folder}/llm-sim.yaml`, output });
  await app.listRows({ batch: "large", limit: 100 });
  const database = new DatabaseSync(`${output}/.index.sqlite`, { readOnly: true });
  const query = database.prepare(
    "select row from runs where batch = ? order by created_at desc, run_id desc limit 100",
  );
  const shared = { features: `100 of ${LISTED}`, n: 0, units: 100 };
  const cases: Case[] = [
    {
      ...{ ...shared, name: "bare SQLite query" },
      once: () => {
        for (let i = 0; i < 100; i++) query.all("large").map(({ row }) => String(row));
      },
    },
    {
      ...{ ...shared, name: "listing of a batch" },
      once: async () => {
        for (let i = 0; i < 100; i++) await app.listRows({ batch: "large", limit: 100 });
      },
    },
  ];
  const measured = await measure(cases);
  database.close();
  await app.close();
  return cases.map((each, i) =>
    inMilliseconds(
      each,
      measured[i]!,
      i === 0 ? null : "bare",
      i === 1 ? { of: "ratio", at: "most", limit: 3 } : undefined,
    )
  );
}

function writeRun(output: string, i: number): void {
  const at = new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString();
  const run_id = `large_2agents_20260101_000000_${String(i).padStart(5, "0")}`;
  const manifest = {
    ...{ format: 1, run_id, repo: "boltzmann", name: "large", content_key: String(i), engine_version: "0" },
    ...{ status: "completed", history: [{ at, status: "completed", turn: TURNS }], created_at: at, turn: TURNS },
    ...{ max_turns: TURNS, seed: i, sample: 0, labels: {}, batch_id: "large", models: [] },
    validity: { state: "valid", reasons: [] },
    cost: { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, reused_calls: 0 },
  };
  Deno.mkdirSync(`${output}/${run_id}`, { recursive: true });
  Deno.writeTextFileSync(`${output}/${run_id}/manifest.json`, JSON.stringify(manifest));
}
