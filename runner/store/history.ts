/** Copies a run's past into the folder of a fork. */

import {
  type CheckpointFiles,
  composeCheckpoint,
  decodeCheckpoint,
  encodeLoop,
  SimError,
} from "../../framework/mod.ts";
import { dirname } from "node:path";
import { syncFolder, writeDurably } from "./durable.ts";
import { scanLines } from "./lines.ts";
import { LOGS } from "./run_writer.ts";
import { decodeEntry, TAPE_FILE } from "./tape_entry.ts";

/**
 * Copies the logs, checkpoints and files that `parent` had at its newest numbered checkpoint up to `turn`, and the inputs
 * and settled calls up to `turn` itself, by which the fork gets there; returns that checkpoint's turn. Events are given
 * the new run's id, so that a fork's log speaks of one run.
 *
 * @throws {SimError} `no_checkpoint` when the parent has none that early
 */
export async function copyHistory(
  parent: string,
  child: { readonly folder: string; readonly run_id: string },
  parentId: string,
  turn: number,
): Promise<number> {
  const turns = [...Deno.readDirSync(`${parent}/checkpoints`)]
    .map((entry) => Number(/^turn_(\d+)\.json$/.exec(entry.name)?.[1] ?? NaN))
    .filter((each) => each <= turn).sort((a, b) => a - b);
  const base = turns.at(-1);
  if (base === undefined) {
    throw new SimError("no_checkpoint", `run '${parentId}' has no checkpoint at or before turn ${turn}`);
  }
  // Every event line carries the run id once, so lengths shift by the difference per event.
  const shift = bytes(child.run_id) - bytes(parentId);
  for (const each of turns) {
    const text = await Deno.readTextFile(`${parent}/checkpoints/turn_${each}.json`);
    const checkpoint = decodeCheckpoint(text);
    if (checkpoint.metadata.format !== 2) {
      throw new SimError("bad_checkpoint", `checkpoint turn_${each}.json of run '${parentId}' is of an older format`);
    }
    const { metadata } = checkpoint;
    const events = (metadata.log_lengths["events.jsonl"] ?? 0) + shift * (metadata.next_event_id - 1);
    const moved = {
      ...metadata,
      run_id: child.run_id,
      log_lengths: { ...metadata.log_lengths, "events.jsonl": events },
    };
    const kept = [
      ...Object.values(checkpoint.files).filter(({ sha256 }) => sha256 !== "").map(({ sha256 }) => `${sha256}.bin`),
      ...Object.values(checkpoint.populations).map(({ file }) => file),
    ];
    for (const name of kept) copyIfThere(`${parent}/checkpoints/${name}`, `${child.folder}/checkpoints/${name}`);
    const { state, loop, ...rest } = checkpoint;
    const carried = encodeLoop(loop);
    writeDurably(
      `${child.folder}/checkpoints/turn_${each}.json`,
      composeCheckpoint({ ...rest, metadata: moved, state: JSON.stringify(state), ...(carried && { loop: carried }) }),
    );
    if (each === base) {
      for (const name of LOGS) {
        const length = metadata.log_lengths[name] ?? 0;
        const rename = name === "events.jsonl" ? { from: parentId, to: child.run_id } : null;
        await copyLog(`${parent}/${name}`, `${child.folder}/${name}`, length, rename);
      }
      copyLargeFiles(parent, child.folder, checkpoint.files);
    }
  }
  await copyInputs(parent, child.folder, turn);
  await copyTape(parent, child.folder, parentId, turn);
  syncFolder(`${child.folder}/checkpoints`);
  return base;
}

async function copyLog(
  from: string,
  to: string,
  length: number,
  rename: { from: string; to: string } | null,
): Promise<void> {
  const source = await Deno.open(from, { read: true });
  const target = await Deno.open(to, { write: true, create: true, truncate: true });
  const old = rename && `,"simulation_id":${JSON.stringify(rename.from)}`;
  const now = rename && `,"simulation_id":${JSON.stringify(rename.to)}`;
  let left = length;
  const limited = source.readable.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        if (left > 0) controller.enqueue(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) controller.terminate();
      },
    }),
  );
  if (old === null || now === null) return await limited.pipeTo(target.writable);
  let rest = "";
  const encoder = new TextEncoder();
  const writer = target.writable.getWriter();
  for await (const text of limited.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    if (lines.length > 0) {
      await writer.write(encoder.encode(lines.map((line) => line.replace(old, () => now)).join("\n") + "\n"));
    }
  }
  await writer.close();
}

async function copyInputs(parent: string, child: string, turn: number): Promise<void> {
  let text: string;
  try {
    text = await Deno.readTextFile(`${parent}/inputs.jsonl`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  // What follows the last newline was torn when a host was killed; it was never acknowledged.
  const early = text.split("\n").slice(0, -1).filter((line) => JSON.parse(line).turn <= turn);
  if (early.length > 0) writeDurably(`${child}/inputs.jsonl`, early.join("\n") + "\n");
}

/**
 * Copies the calls of turns up to `turn`, numbered anew; damaged and torn lines are left out. What they cost was paid by
 * whoever made them, which each line now says.
 */
async function copyTape(parent: string, child: string, parentId: string, turn: number): Promise<void> {
  const encoder = new TextEncoder();
  let target: Deno.FsFile | undefined;
  let seq = 0;
  try {
    for await (const { bytes: line } of scanLines(`${parent}/${TAPE_FILE}`)) {
      const entry = line && decodeEntry(line);
      if (!entry || entry.turn > turn) continue;
      target ??= Deno.openSync(`${child}/${TAPE_FILE}`, { write: true, create: true, truncate: true });
      const copied = { ...entry, seq: ++seq, cost_usd: 0, reused_from: entry.reused_from ?? parentId };
      const content = encoder.encode(JSON.stringify(copied) + "\n");
      for (let written = 0; written < content.length;) written += target.writeSync(content.subarray(written));
    }
    await target?.syncData();
  } finally {
    target?.close();
  }
}

/** Copies the files too large to be kept beside the checkpoints; opening the fork brings back the others. */
function copyLargeFiles(parent: string, child: string, files: CheckpointFiles): void {
  for (const [path, { sha256 }] of Object.entries(files)) {
    if (path.endsWith("/") || isThere(`${child}/checkpoints/${sha256}.bin`)) continue;
    Deno.mkdirSync(dirname(`${child}/files/${path}`), { recursive: true });
    copyIfThere(`${parent}/files/${path}`, `${child}/files/${path}`);
  }
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function copyIfThere(from: string, to: string): void {
  try {
    Deno.copyFileSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
