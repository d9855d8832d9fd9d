/** What is compared: single runs, or all runs of one cell of a batch. */

import { SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import { cellName, type Excluded, excludedOf, excludedText } from "../batch/mod.ts";
import { isEnded, type Manifest } from "../store/mod.ts";

/** One run of a side. */
export interface Replicate {
  readonly run_id: string;
  readonly seed: number;
  readonly sample: number;
  /** Last turn that it has played. */
  readonly turn: number;
}

/** One of the things that are compared. */
export interface Side {
  /** As it was asked for: a run's id, or `batch:<id>/<cell or arm>`. */
  readonly id: string;
  readonly label: string;
  /** Whether it is a cell of a batch rather than a run by itself. */
  readonly isArm: boolean;
  /** At least one. */
  readonly runs: readonly Replicate[];
  readonly excluded: Excluded;
  /** The manifest of its first run. */
  readonly manifest: Manifest;
}

/** Sides of one comparison. */
const MOST_SIDES = 20;

const NONE: Excluded = { void: 0, failed: 0, pending: 0 };

/**
 * The sides of a comparison.
 * @throws {SimError} `bad_comparison`, `unknown_run`, `unknown_batch`, `unknown_arm`, `nothing_to_compare`
 */
export async function sidesOf(app: App, ids: readonly string[]): Promise<Side[]> {
  if (ids.length < 2 || ids.length > MOST_SIDES) {
    throw new SimError("bad_comparison", `${ids.length === 1 ? "one run is" : `${ids.length} runs are`} named`, {
      hint: `name 2 to ${MOST_SIDES}: ids of runs, or batch:<id>/<cell or arm>`,
    });
  }
  const sides = await Promise.all(ids.map((id) => id.startsWith("batch:") ? armSide(app, id) : runSide(app, id)));
  const seen = new Map<string, string>();
  for (const { id, runs } of sides) {
    const key = runs.map(({ run_id }) => run_id).toSorted().join();
    const same = seen.get(key);
    if (same !== undefined) {
      const what = same === id ? `'${id}' is named twice` : `'${same}' and '${id}' are the same runs`;
      throw new SimError("bad_comparison", what, { hint: "compare what is not the same" });
    }
    seen.set(key, id);
  }
  return withLabels(sides);
}

/** A side with its names, the shortest first. */
type Named = Omit<Side, "label"> & { readonly labels: readonly [short: string, long: string] };

/** The shortest names that tell all sides apart. */
function withLabels(sides: readonly Named[]): Side[] {
  const isEnough = (length: number) => new Set(sides.map(({ labels }) => labels[length])).size === sides.length;
  const length = [0, 1].find(isEnough);
  return sides.map(({ labels, ...side }) => ({ ...side, label: length === undefined ? side.id : labels[length]! }));
}

async function runSide(app: App, id: string): Promise<Named> {
  const manifest = await app.status(id);
  const { run_id, seed, sample, turn, name, parent } = manifest;
  const fork = parent ? `, forked after turn ${parent.turn}` : "";
  return {
    id,
    labels: [`${name ?? run_id} (seed ${seed}${fork})`, run_id],
    isArm: false,
    runs: [{ run_id, seed, sample, turn }],
    excluded: NONE,
    manifest,
  };
}

async function armSide(app: App, id: string): Promise<Named> {
  const [batchId, ...rest] = id.slice("batch:".length).split("/") as [string, ...string[]];
  const batch = await app.batches.get(batchId);
  const wanted = rest.join("/");
  const names = batch.cells.map((cell) => `${batchId}/${cell.index} (${cellName(cell)})`);
  const hint = `its cells: ${names.slice(0, 10).map((name) => `batch:${name}`).join(", ")}${
    names.length > 10 ? ", …" : ""
  }`;
  const cells = batch.cells.filter(({ index, arm }) => wanted === "" || String(index) === wanted || arm === wanted);
  if (cells.length === 0) {
    throw new SimError("unknown_arm", `batch '${batchId}' has no cell or arm '${wanted}'`, { hint });
  }
  if (cells.length > 1) {
    const what = wanted === "" ? `batch '${batchId}'` : `arm '${wanted}' of batch '${batchId}'`;
    throw new SimError("unknown_arm", `${what} has ${cells.length} cells: which one is compared?`, { hint });
  }
  const [cell] = cells as [typeof cells[number]];
  const rows = (await app.batches.results(batchId)).filter((row) => row.cell === cell.index);
  const usable = rows.filter(({ status, validity }) => status === "completed" && validity !== "void");
  const excluded = excludedOf(rows);
  const [first] = usable;
  if (first === undefined) {
    throw new SimError(
      "nothing_to_compare",
      `${id} has no run that is completed and not void: ${excludedText(excluded)}`,
      {
        hint: "wait for the batch, or play it on",
      },
    );
  }
  return {
    id,
    labels: [cellName(cell), `${batch.name}: ${cellName(cell)}`],
    isArm: true,
    runs: usable.map(({ run_id, seed, sample, turns }) => ({ run_id: run_id!, seed: seed!, sample, turn: turns })),
    excluded,
    manifest: await app.status(first.run_id!),
  };
}

/** Why a single run should be read with care; null: nothing speaks against it. */
export function caveatOf({ manifest, isArm, label }: Side): string | null {
  if (isArm) return null;
  const { status, validity, turn, error } = manifest;
  if (validity.state === "void") return `${label} is void: ${validity.reasons.join("; ")}.`;
  if (!isEnded(status)) return `${label} is ${status}: it has been played to turn ${turn} so far.`;
  if (status !== "completed") return `${label} is ${status} in turn ${turn}${error ? `: ${error.message}` : ""}.`;
  return null;
}
