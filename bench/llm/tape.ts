/** What a tape is read with: a replay of a run of 2,000 calls, and the opening of a big tape. */

import type { App } from "../../runner/mod.ts";
import { Tape, TAPE_FILE } from "../../runner/store/mod.ts";
import { spawnLLMServer } from "../../tests/support/llm_server_process.ts";
import { type Case, mapSpread, measure, type Measured } from "../harness.ts";
import { type Row, row } from "../report.ts";
import { llmApp, play } from "./world.ts";

const AGENTS = 100;
const TURNS = 20;
/** Entries of the big tape, a million of which would be some 4 GB. */
const ENTRIES = 50_000;

/** Rows on replay and on opening. */
export async function tapeRows(folder: string): Promise<Row[]> {
  await using server = await spawnLLMServer();
  const app = await llmApp(folder, server.url, AGENTS);
  try {
    const played = await play(app, "long", AGENTS, TURNS);
    return [
      ...await replayRows(app, played.manifest.run_id),
      ...await openRows(`${played.folder}/${TAPE_FILE}`, `${folder}/big.jsonl`),
    ];
  } finally {
    await app.close();
  }
}

/** From the command to the report: a sandbox is started, plays, and all files are compared. */
async function replayRows(app: App, runId: string): Promise<Row[]> {
  const calls = AGENTS * TURNS;
  const shared = { n: AGENTS, units: calls, features: `${calls.toLocaleString("en")} calls, long prompts` };
  const cases: Case[] = [
    { name: "run, server at 0 ms", ...shared, once: async () => void await play(app, "long", AGENTS, TURNS) },
    {
      name: "replay",
      ...shared,
      once: async () => {
        const { identical, divergence } = await app.replay(runId);
        if (!identical) throw new Error(`the replay differs: ${JSON.stringify(divergence)}`);
      },
    },
  ];
  const measured = await measure(cases);
  return cases.flatMap((each, i) => ratedRows(each, measured[i]!, ["calls", "call"], i === 0 ? null : cases[0]!.name));
}

async function openRows(sample: string, path: string): Promise<Row[]> {
  const bytes = writeBigTape(sample, path);
  const features = `${ENTRIES.toLocaleString("en")} entries, ${Math.round(bytes / 1e6)} MB`;
  const shared = { n: 0, units: ENTRIES, features };
  const cases: Case[] = [
    {
      name: "plain, read + JSON.parse",
      ...shared,
      once: () => {
        let calls = 0;
        for (const line of Deno.readTextFileSync(path).split("\n")) if (line !== "" && JSON.parse(line).key) calls++;
        if (calls !== ENTRIES) throw new Error(`${calls} entries`);
      },
    },
    {
      name: "tape, open",
      ...shared,
      once: async () => {
        const tape = await Tape.open(path, { mode: "read" });
        if (tape.totals().calls !== ENTRIES) throw new Error(`${tape.totals().calls} entries`);
        await tape.close();
      },
    },
  ];
  const measured = await measure(cases);
  return cases.flatMap((each, i) => ratedRows(each, measured[i]!, ["entries", "entry"], i === 0 ? null : "plain"));
}

/** The entries of a tape again and again, in later turns; returns its size. */
function writeBigTape(sample: string, path: string): number {
  const lines = Deno.readTextFileSync(sample).trimEnd().split("\n");
  const turns = lines.length / AGENTS;
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  let bytes = 0;
  for (let written = 0; written < ENTRIES; written += lines.length) {
    const later = lines.slice(0, ENTRIES - written).map((line, i) => {
      const entry = JSON.parse(line);
      return JSON.stringify({ ...entry, seq: written + i + 1, turn: entry.turn + written / lines.length * turns });
    });
    const block = encoder.encode(later.join("\n") + "\n");
    for (let at = 0; at < block.length;) at += file.writeSync(block.subarray(at));
    bytes += block.length;
  }
  return bytes;
}

type Unit = readonly [many: string, one: string];

/** How many a second, by wall time, and what each takes in CPU time. */
function ratedRows(
  { name, features, n }: Case,
  measured: Measured,
  [many, one]: Unit,
  reference: string | null,
): Row[] {
  const shared = { features, n: n || null, ratio_to: reference };
  return [
    row({
      ...{ name, ...shared, unit: `${many}/s`, value: mapSpread(measured.wall, (seconds) => 1 / seconds) },
      ratio: reference === null ? null : mapSpread(measured.wallRatio, (cost) => 1 / cost),
    }),
    row({
      ...{ name: `${name}, CPU`, ...shared, unit: `µs/${one}` },
      value: mapSpread(measured.cpu, (seconds) => seconds * 1e6),
      ratio: reference === null ? null : measured.cpuRatio,
    }),
  ];
}
