/** Runs the command line as `deno task` does: a process of its own with the task's permissions. */

import { join } from "node:path";
import { fromFileUrl } from "../../runner/paths.ts";
import denoJson from "../../deno.json" with { type: "json" };

/** Root of the repository. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url));
/** Folder of the shipped economic scenarios. */
export const SCENARIOS = join(ROOT, "scenarios", "economic");
/** A domain that fails or never ends. */
export const STUBBORN = fromFileUrl(new URL("./fixtures/stubborn", import.meta.url));

/** The task's own words between `deno` and the command: subcommand, permissions, main module. */
const TASK_ARGS = denoJson.tasks.run.command.split(" ").slice(1, -1)
  .map((word) => word === "main.ts" ? join(ROOT, "main.ts") : word);

/** How a process is started. */
export interface CliOptions {
  /** Default: the root of the repository. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: `null`. */
  readonly stdin?: "null" | "piped";
}

/** What a process has left. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The process of one command line, started. */
export function spawnCli(args: readonly string[], options: CliOptions = {}): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args: [...TASK_ARGS, ...args],
    cwd: options.cwd ?? ROOT,
    // The test's own command may have been started with `deno task`, from wherever.
    env: { INIT_CWD: "", ...options.env },
    stdin: options.stdin ?? "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs one command line to its end. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return await ended(spawnCli(args, options));
}

/** What a started process leaves when it ends. */
export async function ended(process: Deno.ChildProcess): Promise<CliResult> {
  const { code, stdout, stderr } = await process.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** The one JSON document that `--json` promises. @throws {SyntaxError} when stdout is anything else */
// deno-lint-ignore no-explicit-any -- a test looks into a document of any shape
export function documentOf({ stdout }: CliResult): any {
  return JSON.parse(stdout);
}

/** Hands `body` a new folder, which is gone afterwards. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-cli-" }));
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Presses Ctrl-C again and again, until the process has ended: impatience. @returns what it said and how it ended */
export async function impatiently(process: Deno.ChildProcess, result: Promise<CliResult>): Promise<CliResult> {
  const timer = setInterval(() => {
    try {
      process.kill("SIGINT");
    } catch {
      // It ended a moment ago: what is gone takes no signals.
      clearInterval(timer);
    }
  }, 50);
  return await result.finally(() => clearInterval(timer));
}

/** Names of the runs in an output folder; none when there is no such folder. */
export function runsIn(output: string): string[] {
  try {
    return [...Deno.readDirSync(output)].filter(({ name }) => !name.startsWith(".")).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Writes the configuration that knows the domain `stubborn`; returns its path. */
export async function stubbornConfig(folder: string): Promise<string> {
  const file = join(folder, "llm-sim.yaml");
  await Deno.writeTextFile(file, JSON.stringify({ simulation_repos: [{ name: "stubborn", path: STUBBORN }] }));
  return file;
}

/** Writes a scenario of the domain `stubborn`; returns its path. */
export async function stubbornScenario(folder: string, agent: "idle" | "endless"): Promise<string> {
  const file = join(folder, `${agent}.yaml`);
  const scenario = {
    domain: "stubborn",
    simulation: { name: agent, max_turns: 20, turn_timeout: 600 },
    engine: { type: "failing", fail_at: 3 },
    validator: { type: "always_valid" },
    agents: [{ name: "A", type: agent }],
    state_variables: { agent_vars: {}, global_vars: {} },
  };
  await Deno.writeTextFile(file, JSON.stringify(scenario));
  return file;
}

/** Resolves when `happened` answers true; fails when it does not within `seconds` or `process` ends first. */
export async function until(
  happened: () => boolean,
  process: Deno.ChildProcess,
  seconds = 30,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let over = false;
  process.status.then(() => over = true);
  while (!happened()) {
    if (over) throw new Error("the process ended before it happened");
    if (performance.now() > deadline) throw new Error(`it did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether some run in `output` has played turns. */
export function hasPlayed(output: string): boolean {
  return runsIn(output).some((run) => {
    try {
      return Deno.statSync(join(output, run, "global.jsonl")).size > 0;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}
