/**
 * `deno task bench [GROUP…]`: measures, prints a table, writes `bench/results/<name>.json`. Groups: loop, startup,
 * checkpoints, memory, observation, mesa, populations, sweep, server, llm,
 * conversations, batch, ui; default all. What is measured and against what:
 * `docs/benchmarks.md`.
 */

import { fromFileUrl } from "../runner/paths.ts";
import { batchRows } from "./batch.ts";
import { checkpointRows } from "./checkpoints.ts";
import { conversationRows } from "./conversations.ts";
import { llmRows } from "./llm.ts";
import { loopRows } from "./loop.ts";
import { memoryRows } from "./memory.ts";
import { mesaPython, mesaRows } from "./mesa.ts";
import { observationRows } from "./observation.ts";
import { populationRows } from "./populations.ts";
import { type Row, table } from "./report.ts";
import { ROUNDS } from "./harness.ts";
import { serverRows } from "./server.ts";
import { startupRows } from "./startup.ts";
import { sweepRows } from "./sweep.ts";
import { uiRows } from "./ui.ts";

const GROUPS = [
  "loop",
  "startup",
  "checkpoints",
  "memory",
  "observation",
  "mesa",
  "populations",
  "sweep",
  "server",
  "llm",
  "conversations",
  "batch",
  "ui",
] as const;
type Group = typeof GROUPS[number];

const NO_MESA = "skipped, python3 has no Mesa (name a Python that has: BENCH_PYTHON=…/bin/python)";

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((each) => !GROUPS.includes(each as Group));
  if (unknown !== undefined) {
    print(`there is no group '${unknown}'; groups: ${GROUPS.join(", ")}`);
    return 2;
  }
  const machine = { cpu: cpuModel(), cores: navigator.hardwareConcurrency, deno: Deno.version.deno, os: Deno.build.os };
  print(`${machine.cpu}, ${machine.cores} cores, Deno ${machine.deno}; medians of ${ROUNDS} interleaved rounds`);
  print("µs are CPU time; ms and turns/s are wall time\n");
  const missed: Row[] = [];
  for (const group of args.length === 0 ? GROUPS : args as Group[]) {
    const folder = Deno.makeTempDirSync({ prefix: "llm-sim-bench-" });
    try {
      const rows = await rowsOf(group, Deno.realPathSync(folder));
      if (!rows) {
        if (group === "ui") print("ui: skipped, there is no Chromium (name one: CHROMIUM=/path/to/chromium)\n");
        continue;
      }
      print(`${group}\n${table(rows)}\n`);
      missed.push(...rows.filter(({ ok }) => ok === false));
      writeResult(group, { group, date: new Date().toISOString(), machine, rows });
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  }
  print(missed.length === 0 ? "all budgets kept" : `${missed.length} budgets missed`);
  return 0;
}

function rowsOf(group: Group, folder: string): Promise<Row[] | null> | Row[] | null {
  switch (group) {
    case "loop":
      return loopRows(folder);
    case "startup":
      return startupRows(folder);
    case "checkpoints":
      return checkpointRows(folder);
    case "memory":
      return memoryRows(folder);
    case "observation":
      return observationRows();
    case "mesa": {
      const python = mesaPython();
      if (python) return mesaRows(python, folder);
      print(`mesa: ${NO_MESA}\n`);
      return null;
    }
    case "populations": {
      const python = mesaPython();
      if (!python) print(`populations, Mesa: ${NO_MESA}\n`);
      return populationRows(python, folder);
    }
    case "sweep": {
      const python = mesaPython();
      if (!python) print(`sweep, Mesa: ${NO_MESA}\n`);
      return sweepRows(python, folder);
    }
    case "llm":
      return llmRows(folder);
    case "conversations":
      return conversationRows(folder);
    case "batch": {
      const python = mesaPython();
      if (!python) print(`batch, Mesa: ${NO_MESA}\n`);
      return batchRows(python, folder);
    }
    case "server":
      return serverRows(folder);
    case "ui":
      return uiRows(folder);
  }
}

function writeResult(name: string, result: unknown): void {
  const folder = fromFileUrl(new URL("./results", import.meta.url));
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(`${folder}/${name}.json`, JSON.stringify(result, null, 2) + "\n");
}

function cpuModel(): string {
  try {
    return /model name\s*:\s*(.+)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  } catch {
    return Deno.build.arch; // only Linux tells
  }
}

function print(text: string): void {
  // deno-lint-ignore no-console -- it is what this program is for
  console.log(text);
}

Deno.exit(await main(Deno.args));
