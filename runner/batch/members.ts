/** The runs of a batch's members: which run each has, and what it says. */

import { SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { PreparedStart } from "../starts.ts";
import { isEnded, type Manifest, type MemberLine, type RunStore } from "../store/mod.ts";
import type { BatchRecord } from "./record.ts";
import type { BatchMember } from "./spec.ts";
import { type BatchRow, finalMetrics, fingerprintOf, yesNoMetrics } from "./view.ts";

/** Finds the runs of members, and reads them. */
export class MemberRuns {
  readonly #app: App;
  readonly #store: RunStore;

  constructor(app: App, store: RunStore) {
    this.#app = app;
    this.#store = store;
  }

  /** The run of a member: one that was made of just the same, or a new one. */
  async found(id: string, { n, seed, sample }: BatchMember, prepared: PreparedStart): Promise<MemberLine> {
    const options = { ...(seed !== null && { seed }), sample, batch: { id, n } };
    const key = this.#app.contentKeyOf(prepared, options);
    const before = await this.#store.findReusable(key);
    if (before) return { n, run_id: before.run_id, reused: before.batch_id !== id, key };
    const { run_id, status, process } = await this.#app.startPrepared(prepared, options);
    const line = { n, run_id, reused: false, key };
    // A host that was killed may have made it, and not said so.
    const isNew = status === "queued" && process?.host === this.#store.host;
    if (!isNew) await this.continued(line);
    return line;
  }

  /** Whether there is the run; one that stands still is played on, one that has ended is left as it is. */
  async continued(line: MemberLine): Promise<boolean> {
    const manifest = await this.#manifest(line);
    if (manifest === null || isEnded(manifest.status)) return manifest !== null;
    try {
      // Also one that is said to be running: a host that was killed, or whose disk was full, could not say otherwise.
      await this.#app.resume(manifest.run_id);
    } catch (error) {
      // It is played here.
      if (!(error instanceof SimError && error.code === "bad_transition")) throw error;
    }
    return true;
  }

  /** The manifest of a member's run; null: it has been removed. */
  async #manifest({ run_id, key }: MemberLine): Promise<Manifest | null> {
    try {
      const manifest = await this.#app.status(run_id!);
      return key === undefined || manifest.content_key === key ? manifest : null;
    } catch (error) {
      if (error instanceof SimError && error.code === "unknown_run") return null;
      throw error;
    }
  }

  /** What is known of a member now. Rows that do not change any more are kept. */
  async row(
    record: BatchRecord,
    member: BatchMember,
    line: MemberLine | undefined,
    rows: Map<number, BatchRow>,
  ): Promise<BatchRow> {
    const nothing = blank(record, member, line);
    if (!line) return nothing;
    if (line.run_id === null) return { ...nothing, status: "failed_to_start", error: line.error! };
    const manifest = await this.#manifest(line);
    if (manifest === null) {
      const gone = { code: "unknown_run", message: "its run has been removed" };
      return { ...nothing, status: "removed", error: gone };
    }
    const ended = isEnded(manifest.status);
    const result = ended ? await this.#app.result(line.run_id) : null;
    const row: BatchRow = {
      ...nothing,
      seed: manifest.seed,
      status: manifest.status,
      validity: manifest.validity.state,
      metrics: result === null ? {} : finalMetrics(result, record.spec.metrics),
      ...(result !== null && { fingerprint: fingerprintOf(result), yes_no: yesNoMetrics(result) }),
      cost_usd: manifest.cost.usd,
      seconds: ended ? secondsOf(manifest) : null,
      turns: manifest.turn,
      ...(manifest.error && { error: { code: manifest.error.code, message: manifest.error.message } }),
    };
    if (ended) rows.set(member.n, row);
    return row;
  }
}

/** A member of which nothing is known but what the batch says itself. */
export function blank(
  record: BatchRecord,
  { n, cell, seed, sample }: BatchMember,
  line: MemberLine | undefined,
): BatchRow {
  const { arm, params } = record.cells[cell]!;
  return {
    n,
    cell,
    arm,
    params,
    seed,
    sample,
    run_id: line?.run_id ?? null,
    status: "pending",
    validity: null,
    metrics: {},
    cost_usd: 0,
    seconds: null,
    turns: 0,
    reused: line?.reused ?? false,
  };
}

function secondsOf({ started_at, ended_at }: Manifest): number | null {
  return started_at === undefined || ended_at === undefined
    ? null
    : (Date.parse(ended_at) - Date.parse(started_at)) / 1000;
}
