/** Plays a run again in a folder of its own and compares, file by file, what must be the same (`formats.md` 2.4). */

import { decodeCheckpoint, SimError } from "../framework/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import { codeChange, codeOf } from "./identity.ts";
import { type Failed, LiveCalls } from "./live_calls.ts";
import { Player, type PlayOutcome } from "./player.ts";
import { playPlan, runResult } from "./result.ts";
import {
  addressText,
  type Divergence,
  type Extent,
  firstDifference,
  type Manifest,
  resultDifference,
  type RunStore,
} from "./store/mod.ts";

/** What a replay found. */
export interface ReplayReport {
  readonly run_id: string;
  readonly identical: boolean;
  /** Where the two part first. */
  readonly divergence: Divergence | null;
  /** Turns played again. */
  readonly turns: number;
  /** Whether framework, Deno or domain differ from those the run was started with; false also where nobody knows. */
  readonly code_changed: boolean;
  /** The replay's folder, if it was kept. */
  readonly folder: string | null;
}

/**
 * Replays a run that stands still: to its own end if it had one, else up to its last saved turn.
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
  try {
    const inputs = `${original}/inputs.jsonl`;
    if (await exists(inputs)) await Deno.copyFile(inputs, `${folder}/inputs.jsonl`);
    let halted: Failed | undefined;
    const calls = new LiveCalls({
      run_id,
      plan: playPlan(config, manifest),
      tape: () => store.tape(run_id, "read"),
      parent: null,
      live: null,
      send: (message) => player.send(message),
      onWarning: () => {},
      onHalt: (halt) => {
        halted = halt as Failed;
        player.stop(halted);
      },
    });
    const player = new Player({
      run_id,
      folder,
      domain: domains.get(config.domain),
      plan: playPlan(config, manifest),
      initial: config.initial_state ?? null,
      stop_after: cameToItsEnd(manifest) ? null : reached.turn,
      onMessage: (message) => {
        if (message.t === "request" && message.request.kind === "call") calls.receive(message.id, message.request.call);
      },
      onOutput: () => {},
      onRestart: () => Promise.resolve(),
    });
    const outcome = await player.outcome;
    const unasked = await unaskedCall(store, manifest, calls.asked, outcome.turn);
    await calls.close();
    const divergence = halted
      ? offTape(halted, outcome.turn, config.llm?.tape !== "off")
      : cameToItsEnd(manifest)
      ? await firstDifference(original, folder) ?? await compareEnds(store, manifest, original, outcome)
      : await firstDifference(original, folder, await extent(original, reached.turn)) ??
        compareTurns(manifest, reached.turn, outcome);
    return {
      run_id,
      identical: divergence === null && unasked === null,
      divergence: divergence ?? unasked,
      turns: outcome.turn,
      code_changed: codeChange(manifest.code, codeOf(domains, config.domain)) !== null,
      folder: options.keep ? folder : null,
    };
  } finally {
    if (!options.keep) await Deno.remove(folder, { recursive: true });
  }
}

/** That the replay asked for something that the tape does not have. */
function offTape({ code, message, hint, turn }: Failed, reached: number, isRecorded: boolean): Divergence {
  const why = code === "tape_missing" && !isRecorded ? "the run was played with tape: off" : hint;
  const recorded = why === undefined ? message : `${message} (${why})`;
  return { file: "llm.jsonl", place: `turn ${turn ?? reached + 1}`, recorded, replayed: "asked for it" };
}

/**
 * The first call on the tape that the replay did not make, or null. Of a run that stood still in between, turns may have
 * been begun that were then played otherwise: what they asked proves nothing.
 */
async function unaskedCall(
  store: RunStore,
  { run_id, history }: Manifest,
  asked: ReadonlySet<string>,
  turn: number,
): Promise<Divergence | null> {
  if (history.filter(({ status }) => status === "running").length !== 1) return null;
  const tape = await store.tape(run_id, "read");
  try {
    const [first] = tape.addresses(turn).filter((address) => !asked.has(addressText(address)));
    if (!first) return null;
    const { agent, purpose } = first;
    const place = `turn ${first.turn}, ${agent === "" ? "the world" : agent}, ${purpose}`;
    return { file: "llm.jsonl", place, recorded: "asked", replayed: "not asked" };
  } finally {
    await tape.close();
  }
}

/** Failures with which a run was stopped by those who watch over it; they say nothing that could be played again. */
const STOPPED_BY: ReadonlySet<string> = new Set([
  "turn_timeout",
  "no_heartbeat",
  "out_of_memory",
  "output_quota",
  "process_died",
  "max_minutes",
  "unauthorized",
  "unknown_model",
  "quota_spent",
  "budget_spent",
  "domain_error",
  "bad_message",
  "bad_block",
  "bad_file_name",
  "run_folder_damaged",
  "line_too_long",
  "sandbox_error",
]);

/** Whether the simulation itself ended the run, by completing or failing. */
function cameToItsEnd(manifest: Manifest): boolean {
  if (manifest.status === "completed") return true;
  return manifest.status === "failed" && manifest.error !== undefined && !STOPPED_BY.has(manifest.error.code);
}

async function compareEnds(
  store: RunStore,
  manifest: Manifest,
  original: string,
  outcome: PlayOutcome,
): Promise<Divergence | null> {
  const recorded = manifest.status === "completed"
    ? `ended: ${manifest.status_reason}`
    : `failed: ${manifest.error!.message}`;
  const replayed = outcome.kind === "ended"
    ? `ended: ${outcome.reason}`
    : outcome.kind === "failed"
    ? `failed: ${outcome.failure.message}`
    : "parked";
  if (recorded !== replayed || outcome.turn !== manifest.turn) {
    return { file: "(run)", place: `turn ${Math.min(manifest.turn, outcome.turn)}`, recorded, replayed };
  }
  const reason = outcome.kind === "ended" ? outcome.reason : replayed;
  const result = await runResult(store, manifest, outcome.stats, outcome.metrics, reason);
  const path = `${original}/result.json`;
  return resultDifference(await exists(path) ? await Deno.readTextFile(path) : null, result);
}

function compareTurns(manifest: Manifest, reached: number, outcome: PlayOutcome): Divergence | null {
  if (outcome.kind !== "failed" && outcome.turn === reached) return null;
  return {
    file: "(run)",
    place: `turn ${outcome.turn}`,
    recorded: `${manifest.status} at turn ${reached}`,
    replayed: outcome.kind === "failed"
      ? `failed: ${outcome.failure.message}`
      : `${outcome.kind} at turn ${outcome.turn}`,
  };
}

/** How far the logs and files of a run that was cut off are part of its last saved state. */
async function extent(folder: string, turn: number): Promise<Extent> {
  for (const name of ["last.json", `turn_${turn}.json`]) {
    const path = `${folder}/checkpoints/${name}`;
    if (!await exists(path)) continue;
    const { metadata, files } = decodeCheckpoint(await Deno.readTextFile(path));
    if (metadata.turn === turn) return { log_lengths: metadata.log_lengths, files };
  }
  throw new SimError("nothing_to_replay", `the checkpoint of turn ${turn} in ${folder} is gone`);
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
