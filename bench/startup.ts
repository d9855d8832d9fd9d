/** Group 2: from the command line to the exit of a whole run, and from nothing to a sandbox that has loaded a domain. */

import type { Verbosity } from "../framework/mod.ts";
import { ROOT } from "../runner/mod.ts";
import { Sandbox } from "../runner/sandbox/mod.ts";
import { type Case, measure } from "./harness.ts";
import { inMilliseconds, type Row } from "./report.ts";
import { boltzmannYaml } from "./scenario.ts";

const DOMAIN_FOLDER = `${ROOT}/bench/boltzmann`;

/** Wall times beside the one of a Deno process that does nothing. */
export async function startupRows(folder: string): Promise<Row[]> {
  const quick = { agents: 2, args: [`${ROOT}/scenarios/economic/quick_test.yaml`] };
  const cases: Case[] = [
    process("empty", "deno eval", 0, Deno.execPath(), ["eval", ""]),
    { name: "sandbox", features: "spawn to loaded", n: 0, units: 1, once: loadSandbox },
    runCase("quick_test", quick.agents, [...quick.args, "--output", `${folder}/quick`]),
    hundredAgents(folder),
  ];
  const measured = await measure(cases);
  return cases.map(({ name, features, n }, i) =>
    inMilliseconds({ name, features, n: n || null }, measured[i]!, i === 0 ? null : cases[0]!.name)
  );
}

/** The whole process of 100 agents × 125 turns; at ACTION, the default, with an event for each exchange. */
export function hundredAgents(folder: string, verbosity: Verbosity = "ACTION"): Case {
  const { scenario, config } = boltzmannFiles(folder, 100, 125);
  const places = ["--config", config, "--output", `${folder}/output`];
  return runCase(`125 turns, ${verbosity}`, 100, [scenario, ...places, "--verbosity", verbosity]);
}

/** Writes a scenario of the model, and a configuration that knows its domain; returns their paths. */
export function boltzmannFiles(folder: string, agents: number, turns: number): { scenario: string; config: string } {
  Deno.mkdirSync(folder, { recursive: true });
  const [scenario, config] = [`${folder}/scenario.yaml`, `${folder}/llm-sim.yaml`];
  Deno.writeTextFileSync(scenario, boltzmannYaml(agents, turns));
  Deno.writeTextFileSync(config, `simulation_repos: [{ name: boltzmann, path: ${JSON.stringify(DOMAIN_FOLDER)} }]\n`);
  return { scenario, config };
}

function runCase(features: string, agents: number, args: readonly string[]): Case {
  return process("deno task run", features, agents, Deno.execPath(), ["task", "--quiet", "run", ...args, "--quiet"]);
}

function process(name: string, features: string, n: number, program: string, args: readonly string[]): Case {
  return { name, features, n, units: 1, once: () => runProcess(program, args) };
}

/** Runs a program to its end. @throws {Error} when it fails */
export async function runProcess(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], cwd: ROOT }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}`);
}

async function loadSandbox(): Promise<void> {
  const sandbox = new Sandbox({
    init: { t: "inspect", domain: new URL("./boltzmann/mod.ts", import.meta.url).href, max_memory_mb: 512 },
    domainFolder: DOMAIN_FOLDER,
    runFolder: null,
    maxMemoryMb: 512,
    progressTimeout: 20,
    onMessage: (message) => message.t === "loaded" && sandbox.close(),
    onOutput: () => {},
  });
  const exit = await sandbox.done;
  if (exit.kind === "stopped") throw new Error(exit.failure.message);
}
