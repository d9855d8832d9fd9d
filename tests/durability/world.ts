/** The scenario of the durability tests, and what they check of a run folder. */

import type { App } from "../../runner/app.ts";
import { type Divergence, firstDifference, resultDifference } from "../../runner/store/comparison.ts";
import { assertEquals } from "../support/assert.ts";

/** How the world is to be. */
export interface WorldOptions {
  readonly name?: string;
  readonly turns?: number;
  /** Milliseconds each agent takes. */
  readonly pause?: number;
  readonly interval?: number;
  readonly seed?: number;
  readonly failAt?: number;
  /** Bytes written to a large file per turn. */
  readonly large?: number;
  readonly rewriteLarge?: boolean;
  /** Further top-level sections, YAML. */
  readonly extra?: string;
}

/** A scenario of the fixture domain `slow_writer`. */
export function world(options: WorldOptions = {}): string {
  const { name = "durable", turns = 60, pause = 1, interval = 7, seed = 3 } = options;
  const { failAt, large = 0, rewriteLarge = false, extra = "" } = options;
  return `domain: slow_writer
simulation: { name: ${name}, max_turns: ${turns}, checkpoint_interval: ${interval}, seed: ${seed} }
engine: { type: ledger, large_bytes: ${large}, large_rewrite: ${rewriteLarge} }
validator: { type: always_valid }
agents:
  - { name: Ada, type: writer, config: { pause_ms: ${pause}, fail_at: ${failAt ?? "null"} }, variables: { wealth: 10 } }
  - { name: Ben, type: writer, config: { pause_ms: ${pause} } }
state_variables:
  agent_vars: { wealth: { type: float, default: 0 } }
  global_vars: { total: { type: float, default: 0 }, shock: { type: float, default: 0 } }
metrics: { reporters: { richest: { max: wealth } } }
events: { verbosity: STATE }
${extra}`;
}

/** A scenario of the fixture domain `society`: space, messages, memory, lives, noise, interventions, a population. */
export function society(
  { name = "society", turns = 60, pause = 1, interval = 7, people = "", more = "" }: {
    readonly name?: string;
    readonly turns?: number;
    /** Milliseconds each agent takes. */
    readonly pause?: number;
    readonly interval?: number;
    /** Further agents, YAML. */
    readonly people?: string;
    /** Further top-level sections, YAML. */
    readonly more?: string;
  } = {},
): string {
  return `domain: society
simulation: { name: ${name}, max_turns: ${turns}, checkpoint_interval: ${interval}, seed: 5 }
engine: { type: meadow }
validator: { type: always_valid }
agents:
  - { name: Ada, type: wanderer, initial_location: "1,1", config: { pause_ms: ${pause} } }
  - { name: Ben, type: wanderer, initial_location: "3,3", variables: { wealth: 5 } }
  - { name: Cyd, type: wanderer, initial_location: "1,3" }
  - { name: crowd, type: crowd, count: 200 }
${people}
state_variables:
  agent_vars: { wealth: { type: float, default: 1 }, heard: { type: int, default: 0 } }
  global_vars: { births: { type: int, default: 0 } }
spatial: { topology: { type: grid, width: 5, height: 5, wrapping: true }, proximity_radius: 2 }
observability:
  enabled: true
  variable_visibility: { external: [wealth], internal: [heard] }
  matrix: []
  default: { level: external, noise: 0.2 }
interventions:
  - { every: 10, add: { agents.Ada.wealth: 3 }, message: { to: Ada, content: gift } }
  - { when: "agents.Ben.wealth > 9", once: true, pause_agent: { name: Ben, turns: 4 }, note: rest }
memory: { max_entries: 5 }
metrics: { sample: 3, reporters: { all: { gini: wealth }, richest: { max: wealth, of: crowd } } }
events: { verbosity: STATE }
${more}`;
}

/** The first difference between two ended runs, results included, or null. */
export async function difference(recorded: string, other: string): Promise<Divergence | null> {
  return await firstDifference(recorded, other) ??
    resultDifference(
      await Deno.readTextFile(`${recorded}/result.json`),
      JSON.parse(await Deno.readTextFile(`${other}/result.json`)),
    );
}

/** That every event and row is there once: ids dense from 1, turns dense from 0, no line torn. */
export async function assertWholeLogs(folder: string, turns: number, agents: number | null = 2): Promise<void> {
  const rows = async (log: string) => {
    const text = await Deno.readTextFile(`${folder}/${log}`);
    assertEquals(text.endsWith("\n"), true, `${log} ends with a whole line`);
    return text.trimEnd().split("\n").map((line) => JSON.parse(line));
  };
  const events = await rows("events.jsonl");
  assertEquals(events.findIndex((event, i) => event.id !== i + 1), -1, "event ids are dense");
  const globals = await rows("global.jsonl");
  assertEquals(globals.map((row) => row.turn), Array.from({ length: turns + 1 }, (_, i) => i));
  const owners = (await rows("agents.jsonl")).map((row) => `${row.turn} ${row.agent}`);
  assertEquals(new Set(owners).size, owners.length, "one row per agent and turn");
  if (agents !== null) assertEquals(owners.length, agents * (turns + 1));
}

/** Resolves at the first notice of the run that `condition` accepts; fails when the run stands still before. */
export function noticed(
  app: App,
  runId: string,
  condition: (notice: Parameters<Parameters<App["subscribe"]>[0]>[0]) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = app.subscribe((notice) => {
      if (notice.run_id !== runId) return;
      const stands = notice.kind === "status" && !["queued", "running"].includes(notice.manifest.status);
      if (!condition(notice) && !stands) return;
      stop();
      if (condition(notice)) resolve();
      else reject(new Error(`run ${runId} stands still: ${notice.kind === "status" && notice.manifest.status_reason}`));
    });
  });
}

/** Resolves when the run has reached `turn`. */
export function reached(app: App, runId: string, turn: number): Promise<void> {
  return noticed(app, runId, (notice) => notice.kind === "progress" && notice.turn >= turn);
}

/** Copies a folder. */
export function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const entry of Deno.readDirSync(from)) {
    if (entry.isDirectory) copyFolder(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else Deno.copyFileSync(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

/**
 * Starts a run, stops it when it has reached `turn`, and returns its id. On a busy machine a run may be over before it
 * is stopped: then another is tried.
 */
export async function stoppedMidway(
  app: App,
  turn: number,
  start: () => Promise<{ readonly run_id: string }>,
  stop: (runId: string) => Promise<unknown>,
): Promise<string> {
  for (let attempt = 1;; attempt++) {
    const { run_id } = await start();
    try {
      await reached(app, run_id, turn);
      await stop(run_id);
    } catch (error) {
      if ((await app.status(run_id)).status !== "completed") throw error;
    }
    if ((await app.status(run_id)).status !== "completed") return run_id;
    if (attempt === 5) throw new Error(`run ${run_id} was over before it could be stopped, for the fifth time`);
  }
}
