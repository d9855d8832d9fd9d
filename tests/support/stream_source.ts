/** Runs in memory, with everything that streams want to know of them. */

import { SimError } from "../../framework/mod.ts";
import {
  type BatchNotice,
  type BatchView,
  type Manifest,
  type NotebookNotice,
  type RunNotice,
  runRow,
} from "../../runner/mod.ts";
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
  readonly batches: FakeBatches = new FakeBatches();
  readonly notebooks: FakeNotebooks = new FakeNotebooks();
  readonly #listeners = new Set<(notice: RunNotice) => void>();

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size + this.batches.listeners.size + this.notebooks.listeners.size;
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

/** Batches under the control of a test. */
class FakeBatches {
  readonly views = new Map<string, BatchView>();
  readonly listeners = new Set<(notice: BatchNotice) => void>();
  /** Looks at batches. */
  looks = 0;

  /** A batch that is played, of which so many runs are complete. @param told whether this host plays it */
  play(id: string, completed: number, told = true): void {
    this.views.set(id, batchOf(id, completed));
    if (told) { for (const listener of [...this.listeners]) listener({ batch_id: id, status: "running" }); }
  }

  async get(id: string): Promise<BatchView> {
    this.looks++;
    await Promise.resolve();
    const view = this.views.get(id);
    if (view === undefined) throw new SimError("unknown_batch", `there is no batch '${id}'`);
    return view;
  }

  subscribe(listener: (notice: BatchNotice) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** Notebooks under the control of a test. */
class FakeNotebooks {
  /** Hashes by path. */
  readonly files = new Map<string, string>();
  readonly listeners = new Set<(notice: NotebookNotice) => void>();

  /** The file is written; without a hash it is removed. */
  write(path: string, hash: string | null): void {
    if (hash === null) this.files.delete(path);
    else this.files.set(path, hash);
    for (const listener of [...this.listeners]) listener({ path, hash });
  }

  async read(path: string): Promise<{ readonly hash: string }> {
    await Promise.resolve();
    if (path.includes("..")) throw new SimError("bad_notebook_path", `'${path}' leads out`);
    const hash = this.files.get(path);
    if (hash === undefined) throw new SimError("unknown_notebook", `there is no notebook '${path}'`);
    return { hash };
  }

  subscribe(listener: (notice: NotebookNotice) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function batchOf(id: string, completed: number): BatchView {
  const runs = {
    total: 10,
    completed,
    void: 0,
    failed: 0,
    cancelled: 0,
    running: 0,
    pending: 10 - completed,
    reused: 0,
  };
  return {
    id,
    name: id,
    status: completed === 10 ? "completed" : "running",
    reason: null,
    created_at: "2026-01-01T00:00:00Z",
    spec: { seeds: "1..10" },
    cells: [],
    seeds: [],
    samples: 1,
    runs,
    eta_seconds: null,
    cost: { usd: 0, forecast_usd: null },
  };
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
