/**
 * SQL over many runs: the mean of a variable per turn, as `app.query` answers it, against a bare DuckDB script that
 * globs the same files. Both are a process of their own, start included.
 */

import { fromFileUrl } from "../../runner/paths.ts";
import { runQuery } from "../../runner/sql/mod.ts";
import { type Case, measure } from "../harness.ts";
import { type Budget, inMilliseconds, type Row } from "../report.ts";

const RUNS = 1000;
const TURNS = 200;
const AGENTS = 10;

const BUDGET: Budget = { of: "ratio", at: "most", limit: 1.5 };

const MEAN = "select turn, avg(wealth) as wealth from agents group by turn order by turn";

/** The mean per turn over all runs, and a look at one run among them. @param folder empty, gone afterwards */
export async function sqlRows(folder: string): Promise<Row[]> {
  const root = `${folder}/output`;
  const runs = Array.from({ length: RUNS }, (_, i) => `wealth_${AGENTS}agents_20261126_120000_${i + 100}`);
  for (const run of runs) writeRun(root, run);
  const about = { features: `${RUNS} runs × ${TURNS} turns`, n: AGENTS, units: 1 };
  const cases: Case[] = [
    { ...about, name: "bare DuckDB script", once: () => bare(root) },
    { ...about, name: "SQL, mean per turn", once: () => ask(root, MEAN, TURNS + 1) },
    {
      ...about,
      name: "SQL, one run of them",
      once: () =>
        ask(root, `select turn, agent, wealth from agents where run_id = '${runs[500]}' and turn = 7`, AGENTS),
    },
  ];
  const measured = await measure(cases);
  return cases.map((each, i) =>
    inMilliseconds(each, measured[i]!, i === 0 ? null : "bare", i === 1 ? BUDGET : undefined)
  );
}

async function ask(root: string, sql: string, expected: number): Promise<void> {
  const { rows } = await runQuery({ root }, sql);
  if (rows.length !== expected) throw new Error(`${rows.length} rows, not ${expected}: ${sql}`);
}

async function bare(root: string): Promise<void> {
  const script = fromFileUrl(new URL("./bare_duckdb.ts", import.meta.url));
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", script, root],
    stdin: "null",
    stderr: "inherit",
  }).output();
  const rows = success ? JSON.parse(new TextDecoder().decode(stdout)).length : 0;
  if (rows !== TURNS + 1) throw new Error(`the bare script found ${rows} turns`);
}

/** A run as it lies on disk when it is complete. */
function writeRun(root: string, run_id: string): void {
  Deno.mkdirSync(`${root}/${run_id}`, { recursive: true });
  const lines: string[] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    for (let i = 0; i < AGENTS; i++) {
      lines.push(JSON.stringify({ turn, agent: `agent_${i}`, wealth: turn * (i + 0.5), mood: "calm", alive: true }));
    }
  }
  Deno.writeTextFileSync(`${root}/${run_id}/agents.jsonl`, lines.join("\n") + "\n");
  Deno.writeTextFileSync(`${root}/${run_id}/manifest.json`, JSON.stringify({ run_id, status: "completed" }));
}
