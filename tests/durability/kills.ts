/** Kills sandbox processes and hosts at random moments, resumes, and compares with an undisturbed run. */

import { type App, openApp } from "../../runner/app.ts";
import { ROOT } from "../../runner/paths.ts";
import { assertWholeLogs, difference, society, world } from "./world.ts";
import { SecondHost } from "./second_host.ts";

/** One kill and what came of it. */
export interface KillReport {
  readonly killed: "child" | "host";
  /** Milliseconds after the sandbox process was seen, or the host had started the run. */
  readonly after: number;
  /** Last turn that was announced when the kill came; null: it had ended. */
  readonly turn: number | null;
  /** The turn of the checkpoint from which it continued, as the manifest says; null where a child was restarted. */
  readonly resumed: number | null;
  /** `identical`, or where it differs. */
  readonly verdict: string;
}

/** What is played and killed. */
export interface KilledWorld {
  readonly text: string;
  readonly turns: number;
  /** Rows of `agents.jsonl` per turn; null: they vary. */
  readonly agents: number | null;
}

/** Two writers and their artefacts, or a society in which everything goes on. */
export const KILLED_WORLDS: { readonly [name: string]: KilledWorld } = {
  writers: { text: world({ turns: 150 }), turns: 150, agents: 2 },
  society: { text: society({ turns: 150 }), turns: 150, agents: null },
};

const TAPE = '{"seq":1,"kind":"llm"}\n{"seq":2,"torn';

/** An app with the fixture domains, on a folder of its own. */
export async function openWorld(
  folder: string,
  maxConcurrent = 5,
): Promise<{ app: App; config: string; output: string }> {
  const repos = ["slow_writer", "drifting", "society"].map((name) => ({
    name,
    path: `${ROOT}/tests/fixtures/domains/${name}`,
  }));
  const config = `${folder}/llm-sim.yaml`;
  await Deno.writeTextFile(config, JSON.stringify({ simulation_repos: repos, max_concurrent: maxConcurrent }));
  const output = `${folder}/output`;
  return { app: await openApp({ output, config }), config, output };
}

/**
 * Kills `children` sandbox processes and `hosts` hosts, each in a run of its own.
 * @param seed of the moments
 */
export async function killAtRandom(
  folder: string,
  seed: number,
  counts: { readonly children: number; readonly hosts: number },
  report: (kill: KillReport) => void,
  killed: KilledWorld = KILLED_WORLDS.writers!,
): Promise<void> {
  const { app, config, output } = await openWorld(folder);
  try {
    const random = mulberry32(seed);
    const undisturbed = await app.start({ text: killed.text });
    await sandboxOf(app.folder(undisturbed.run_id));
    const began = performance.now();
    if ((await app.wait(undisturbed.run_id)).status !== "completed") throw new Error("the undisturbed run failed");
    const duration = performance.now() - began;
    const reference = app.folder(undisturbed.run_id);
    for (let i = 0; i < counts.children; i++) report(await killChild(app, reference, random() * duration, killed));
    for (let i = 0; i < counts.hosts; i++) {
      report(await killHost(app, { config, output }, reference, random() * duration, killed));
    }
  } finally {
    await app.close();
  }
}

async function killChild(app: App, reference: string, after: number, killed: KilledWorld): Promise<KillReport> {
  const { run_id } = await app.start({ text: killed.text });
  const folder = app.folder(run_id);
  Deno.writeTextFileSync(`${folder}/llm.jsonl`, TAPE);
  let turn: number | null = 0;
  const stop = app.subscribe((notice) => {
    if (notice.run_id === run_id && notice.kind === "progress") turn = notice.turn;
  });
  const pid = await sandboxOf(folder);
  await passed(after);
  // Without this a run that is over before the kill would count as one that was killed.
  if ((await app.status(run_id)).status !== "running") turn = null;
  const at = turn;
  kill(pid);
  await app.wait(run_id);
  stop();
  return { killed: "child", after, turn: at, resumed: null, verdict: await verdict(app, reference, run_id, killed) };
}

async function killHost(
  app: App,
  { output, config }: { output: string; config: string },
  reference: string,
  after: number,
  killed: KilledWorld,
): Promise<KillReport> {
  const host = new SecondHost({ output, config, start: [killed.text] });
  const { run_id } = await host.says((line) => line.done === "start");
  const id = run_id!;
  const folder = app.folder(id);
  Deno.writeTextFileSync(`${folder}/llm.jsonl`, TAPE);
  await passed(after);
  const turn = host.said.findLast((line) => line.progress === id)?.turn ?? 0;
  await host.kill();
  await app.recover();
  const found = await app.status(id);
  if (found.status === "completed") {
    return { killed: "host", after, turn: null, resumed: null, verdict: await verdict(app, reference, id, killed) };
  }
  if (found.status !== "interrupted") throw new Error(`run ${id} is ${found.status} after its host was killed`);
  await app.resume(id);
  await app.wait(id);
  return { killed: "host", after, turn, resumed: found.turn, verdict: await verdict(app, reference, id, killed) };
}

async function verdict(app: App, reference: string, runId: string, killed: KilledWorld): Promise<string> {
  const { status, status_reason } = await app.status(runId);
  if (status !== "completed") return `${status}: ${status_reason}`;
  const folder = app.folder(runId);
  const found = await difference(reference, folder);
  if (found) return JSON.stringify(found);
  await assertWholeLogs(folder, killed.turns, killed.agents);
  return await Deno.readTextFile(`${folder}/llm.jsonl`) === TAPE ? "identical" : "the tape was touched";
}

/** The process that plays the run in `folder`, as soon as there is one. */
export async function sandboxOf(folder: string): Promise<number> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const { stdout } = await new Deno.Command("ps", { args: ["-A", "-ww", "-o", "pid=,args="] }).output();
    for (const line of new TextDecoder().decode(stdout).split("\n")) {
      const [, pid, args] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      if (args?.includes(`--allow-write=${folder} `)) return Number(pid);
    }
  }
  throw new Error(`no process plays ${folder}`);
}

/** Kills a process without warning, if it is there. */
export function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // It has just ended by itself.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Numbers in [0, 1) from a seed, so that the moments of a failure can be tried again. */
function mulberry32(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
