/** Plays a run again in a folder of its own and compares, file by file, what must be the same (`formats.md` 2.4). */

import { decodeCheckpoint, type JsonObject } from "../framework/mod.ts";
import { SimError } from "../framework/mod.ts";
import { type Divergence, firstDifference } from "./comparison.ts";
import type { DomainRegistry } from "./domains.ts";
import { contentKey } from "./identity.ts";
import { Player } from "./player.ts";
import { playPlan, runResult } from "./result.ts";
import type { Manifest, RunStore } from "./store/mod.ts";

/** What a replay found. */
export interface ReplayReport {
  readonly run_id: string;
  readonly identical: boolean;
  /** Where the two part first. */
  readonly divergence: Divergence | null;
  /** Turns played again. */
  readonly turns: number;
  /** Whether framework, Deno, domain or scenario differ from those the run was played with. */
  readonly code_changed: boolean;
  /** The replay's folder, if it was kept. */
  readonly folder: string | null;
}

/**
 * Replays a run that stands still, up to the turn it had reached.
 * @throws {SimError} `nothing_to_replay`
 */
export async function replayRun(
  store: RunStore,
  domains: DomainRegistry,
  manifest: Manifest,
  options: { readonly keep?: boolean },
): Promise<ReplayReport> {
  const { run_id } = manifest;
  const reached = await store.state(run_id);
  if (!reached) throw new SimError("nothing_to_replay", `run '${run_id}' has not saved any state`);
  const config = await store.config(run_id);
  const original = store.folder(run_id);
  const folder = await store.replayFolder(run_id);
  const inputs = `${original}/inputs.jsonl`;
  if (await exists(inputs)) await Deno.copyFile(inputs, `${folder}/inputs.jsonl`);
  const player = new Player({
    run_id,
    folder,
    domain: domains.get(config.domain),
    plan: playPlan(config, manifest.seed),
    stop_after: manifest.status === "completed" ? null : reached.turn,
    onMessage: () => {},
    onOutput: () => {},
    onRestart: () => {},
  });
  const outcome = await player.outcome;
  const divergence = await compare(store, manifest, original, folder, outcome);
  if (!options.keep) await Deno.remove(folder, { recursive: true });
  return {
    run_id,
    identical: divergence === null,
    divergence,
    turns: outcome.turn,
    code_changed: manifest.parent === undefined &&
      contentKey(domains, config, manifest.seed, manifest.sample) !== manifest.content_key,
    folder: options.keep ? folder : null,
  };
}

async function compare(
  store: RunStore,
  manifest: Manifest,
  original: string,
  folder: string,
  outcome: Awaited<Player["outcome"]>,
): Promise<Divergence | null> {
  const upTo = (await store.state(manifest.run_id))!.turn;
  const difference = await firstDifference(
    original,
    folder,
    manifest.status === "completed" ? null : await lengths(original),
  );
  if (difference) return difference;
  if (manifest.status === "failed") return null;
  if (outcome.kind === "failed") {
    return {
      file: "(run)",
      place: `turn ${outcome.turn}`,
      recorded: manifest.status,
      replayed: `failed: ${outcome.failure.message}`,
    };
  }
  if (outcome.turn !== upTo) {
    return { file: "(run)", place: "last turn", recorded: String(upTo), replayed: String(outcome.turn) };
  }
  if (outcome.kind !== "ended") return null;
  const recorded = await store.result(manifest.run_id);
  const replayed = await runResult(store, manifest, outcome.stats, outcome.metrics, outcome.reason);
  const strip = (result: JsonObject | null) => JSON.stringify({ ...result, run_metadata: null });
  return strip(recorded) === strip(replayed) ? null : {
    file: "result.json",
    place: "(whole)",
    recorded: strip(recorded).slice(0, 200),
    replayed: strip(replayed).slice(0, 200),
  };
}

/** How far the logs of a run that has not ended are part of its last saved state. */
async function lengths(folder: string): Promise<{ readonly [log: string]: number } | null> {
  try {
    const { metadata } = decodeCheckpoint(await Deno.readTextFile(`${folder}/checkpoints/last.json`));
    return metadata.format === 2 ? metadata.log_lengths : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
