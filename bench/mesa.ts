/** The peer that needs another toolchain: Mesa 3 on Python, where it is installed. */

import { fromFileUrl } from "../runner/paths.ts";
import { type Case, type Cost, mapSpread, measure } from "./harness.ts";
import { playDiscarding, startedSimulation, StoredPlaying } from "./playing.ts";
import { inMilliseconds, type Row, row } from "./report.ts";
import { hundredAgents } from "./startup.ts";

const SCRIPT = "boltzmann_mesa.py";
const AGENTS = 10_000;
const TURNS = 40;

/** The Python that has Mesa: `BENCH_PYTHON`, else `python3`; null when there is none. */
export function mesaPython(): string | null {
  const python = Deno.env.get("BENCH_PYTHON") ?? "python3";
  try {
    return new Deno.Command(python, { args: ["-c", "import mesa"] }).outputSync().success ? python : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Loop and whole process beside Mesa's. */
export async function mesaRows(python: string, folder: string): Promise<Row[]> {
  return [...await loops(python, folder), ...await processes(python, folder)];
}

async function loops(python: string, folder: string): Promise<Row[]> {
  const simulation = startedSimulation(AGENTS, { metrics: true });
  const stored = new StoredPlaying(`${folder}/stored`, AGENTS, { metrics: true, agentsEvery: 10 });
  const cases: Case[] = [
    { name: "Mesa", features: "gini", once: () => runMesa(python, SCRIPT, [AGENTS, TURNS]) },
    { name: "loop", features: "gini", once: () => playDiscarding(simulation, TURNS) },
    { name: "loop", features: "everything", once: () => stored.play(TURNS) },
  ].map((each) => ({ ...each, n: AGENTS, units: AGENTS * TURNS, warmUp: 2 }));
  const measured = await measure(cases);
  stored.close();
  const limits = [null, 10, 4];
  return cases.map(({ name, features, n }, i) => {
    const limit = limits[i];
    return row({
      ...{ name, features, n, unit: "µs/agent-turn" },
      value: mapSpread(measured[i]!.cpu, (seconds) => seconds * 1e6),
      ratio: i === 0 ? null : mapSpread(measured[i]!.cpuRatio, (cost) => 1 / cost),
      ratio_to: i === 0 ? null : "Mesa",
      ...(limit && { budget: { of: "ratio", at: "least", limit } as const }),
    });
  });
}

async function processes(python: string, folder: string): Promise<Row[]> {
  const cases: Case[] = [
    {
      name: "Mesa",
      features: "125 turns",
      n: 100,
      units: 1,
      once: async () => void await runMesa(python, SCRIPT, [100, 125]),
    },
    hundredAgents(`${folder}/action`),
    hundredAgents(`${folder}/milestone`, "MILESTONE"),
  ];
  const measured = await measure(cases);
  return cases.map((each, i) =>
    inMilliseconds(
      each,
      measured[i]!,
      i === 0 ? null : "Mesa",
      i === 0 ? undefined : { of: "ratio", at: "most", limit: 0.5 },
    )
  );
}

/** Runs a model of `bench/peers` in Mesa; the script says what its turns cost, imports left out. */
export async function runMesa(python: string, script: string, numbers: readonly number[]): Promise<Cost> {
  const args = [fromFileUrl(new URL(`./peers/${script}`, import.meta.url)), ...numbers.map(String)];
  const { success, stdout, stderr } = await new Deno.Command(python, { args }).output();
  if (!success) throw new Error(`Mesa failed:\n${new TextDecoder().decode(stderr)}`);
  const [cpu, wall] = new TextDecoder().decode(stdout).trim().split(" ").map(Number);
  return { cpu: cpu!, wall: wall! };
}
