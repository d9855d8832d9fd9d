/** Runs in memory, with everything that streams want to know of them. */

import { SimError } from "../../framework/mod.ts";
import { type Manifest, type RunNotice, runRow } from "../../runner/mod.ts";
import type { StreamSource } from "../../server/streams/mod.ts";

interface FakeRun {
  manifest: Manifest;
  /** Lines of the log; ids are their places. */
  lines: string[];
}

/** A source under the control of a test. */
export class FakeSource implements StreamSource {
  readonly runs = new Map<string, FakeRun>();
  /** Reads of logs. */
  reads = 0;
  readonly #listeners = new Set<(notice: RunNotice) => void>();

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** A run that is being played, with events. */
  add(run_id: string, events = 0): void {
    this.runs.set(run_id, { manifest: manifestOf(run_id), lines: [] });
    this.#append(run_id, events);
  }

  /** The run plays a turn. @param told whether this host plays it */
  play(run_id: string, events: number, told = true): void {
    const run = this.#append(run_id, events);
    run.manifest = { ...run.manifest, turn: run.manifest.turn + 1 };
    if (told) this.tell({ kind: "progress", run_id, turn: run.manifest.turn, row: null });
  }

  /** The run comes to stand otherwise. */
  become(run_id: string, status: Manifest["status"], told = true): void {
    const run = this.#run(run_id);
    const history = [...run.manifest.history, { at: "2026-01-01T00:00:00Z", status, turn: run.manifest.turn }];
    run.manifest = { ...run.manifest, status, history };
    if (told) this.tell({ kind: "status", run_id, manifest: run.manifest });
  }

  /** Its log is cut. */
  cut(run_id: string, events: number): void {
    this.#run(run_id).lines.length = events;
  }

  tell(notice: RunNotice): void {
    for (const listener of [...this.#listeners]) listener(notice);
  }

  subscribe(listener: (notice: RunNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async status(runId: string): Promise<Manifest> {
    await Promise.resolve();
    return this.#run(runId).manifest;
  }

  state(): Promise<null> {
    return Promise.resolve(null);
  }

  pendingDecisions(): [] {
    return [];
  }

  async lastEventId(runId: string): Promise<number> {
    await Promise.resolve();
    return this.#run(runId).lines.length;
  }

  async readEvents(runId: string, after: number, maxBytes: number): Promise<{ text: string; last_id: number }> {
    this.reads++;
    await Promise.resolve();
    const { lines } = this.#run(runId);
    let [text, last_id] = ["", after];
    while (last_id < lines.length && (text === "" || text.length + lines[last_id]!.length <= maxBytes)) {
      text += lines[last_id++];
    }
    return { text, last_id };
  }

  async listRows(
    { limit = Infinity, cursor = "0" }: { limit?: number; cursor?: string } = {},
  ): Promise<{ rows: string[]; next_cursor: string | null; broken: string[] }> {
    await Promise.resolve();
    const from = Number(cursor);
    const all = [...this.runs.values()].reverse().map(({ manifest }) => JSON.stringify(runRow(manifest)));
    const rows = all.slice(from, from + limit);
    return { rows, next_cursor: from + limit < all.length ? String(from + limit) : null, broken: [] };
  }

  #run(runId: string): FakeRun {
    const run = this.runs.get(runId);
    if (run === undefined) throw new SimError("unknown_run", `there is no run '${runId}'`);
    return run;
  }

  #append(runId: string, events: number): FakeRun {
    const run = this.#run(runId);
    for (let i = 0; i < events; i++) {
      run.lines.push(`{"id":${run.lines.length + 1},"simulation_id":"${runId}","description":"Zürich"}\n`);
    }
    return run;
  }
}

function manifestOf(run_id: string): Manifest {
  return {
    format: 1,
    run_id,
    repo: "economic",
    content_key: "sha256:0",
    engine_version: "0.1.0",
    status: "running",
    history: [],
    created_at: "2026-01-01T00:00:00Z",
    turn: 0,
    max_turns: 100,
    seed: 1,
    sample: 0,
    labels: {},
    validity: { state: "valid", reasons: [] },
    cost: { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, reused_calls: 0 },
    models: [],
  };
}
