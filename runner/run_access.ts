/** In whose hands a run is: what this host may do to it, and what of it a host has left behind that is gone. */

import { SimError } from "../framework/mod.ts";
import type { SimulationManager } from "./manager.ts";
import { isEnded, isLive, LOST, type Manifest, ownedElsewhere, type RunStore, transition } from "./store/mod.ts";

/** What may keep a lost run from being marked: it can still be listed, and is marked another time. */
const MAY_WAIT: readonly string[] = ["output_not_writable", "disk_full", "unknown_run"];

function unlessItMayWait(error: unknown): void {
  if (!(error instanceof SimError) || !MAY_WAIT.includes(error.code)) throw error;
}

/** What this host may do to runs. */
export class RunAccess {
  readonly #store: RunStore;
  readonly #manager: SimulationManager;

  constructor(store: RunStore, manager: SimulationManager) {
    this.#store = store;
    this.#manager = manager;
  }

  /** Marks runs whose host is gone as interrupted, and returns them; sweeps away what is left of unfinished work. */
  async recover(): Promise<Manifest[]> {
    const lost: Manifest[] = [];
    await this.#store.sweep().catch(unlessItMayWait);
    for (const status of ["queued", "running"] as const) {
      for (const manifest of (await this.#store.list({ status })).runs) {
        if (await this.#playedElsewhere(manifest) || this.#manager.owns(manifest.run_id)) continue;
        try {
          const after = await this.#markLost(manifest);
          if (after.status === "interrupted") lost.push(after);
        } catch (error) {
          unlessItMayWait(error);
        }
      }
    }
    return lost;
  }

  /** The manifest, if this host may do `verb` to the run now. */
  async mine(runId: string, allowed: readonly Manifest["status"][], verb: string): Promise<Manifest> {
    let manifest = await this.#store.manifest(runId);
    const elsewhere = await this.#playedElsewhere(manifest);
    if (elsewhere) throw ownedElsewhere(runId, elsewhere.pid);
    if (isLive(manifest.status) && !this.#manager.owns(runId)) manifest = await this.#markLost(manifest);
    const { run_id, status } = manifest;
    if (allowed.includes(status)) return manifest;
    const hint = isEnded(status)
      ? `it has ended; start it anew, or fork it: deno task fork ${run_id} --turn ${manifest.turn}`
      : `${verb} needs a run that is ${allowed.join(" or ")}`;
    throw new SimError("bad_transition", `run '${run_id}' is ${status}`, { hint });
  }

  /** The other host that has a queued or running run in its hands. */
  async #playedElsewhere(manifest: Manifest): Promise<{ readonly pid: number } | null> {
    if (!isLive(manifest.status) || this.#manager.owns(manifest.run_id)) return null;
    const ownership = await this.#store.ownership(manifest);
    return ownership.owner === "host" && ownership.host !== this.#store.host ? ownership : null;
  }

  /** Marks a run interrupted that nobody plays, whatever its manifest says. */
  async #markLost(manifest: Manifest): Promise<Manifest> {
    const { run_id, status } = manifest;
    const turn = (await this.#store.state(run_id))?.turn ?? 0;
    return await this.#store.update(run_id, (before) =>
      // Another host may have found it first, or this one may just have started it.
      before.status === status && before.process?.host === manifest.process?.host && !this.#manager.owns(run_id)
        ? transition(before, "interrupted", { reason: LOST, turn })
        : before);
  }
}
