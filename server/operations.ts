/** What those who run a server want to know of it: whether it can do its work, and what it has done. */

import process from "node:process";
import type { SimError } from "../framework/mod.ts";
import { type App, RUN_STATUSES, type RunNotice, VERSION } from "../runner/mod.ts";
import type { Operations, StorageUse, StreamHub } from "./context.ts";
import type { OutputStorage } from "./output_storage.ts";
import { Counter, Gauge, Histogram, type Metric } from "./metrics.ts";

/** Milliseconds for which an answer about readiness holds: anybody may ask, and the disk is written to find out. */
const READY_FOR = 1000;

/** Seconds at most: the bounds of the histogram of requests. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

/** Methods that are told by name. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Counts what an app and its server do, from the notices of its runs.
 *
 * Law: counting costs no look at the disk, and what is told needs none for any single run; the number of series follows
 * from routes, statuses, providers and reasons, never from the number of runs or of requests.
 */
export class ServerOperations implements Operations {
  readonly #app: App;
  readonly #unsubscribe: () => void;
  /** The turn that each run which is played has reached. */
  readonly #turns = new Map<string, number>();
  #runs: { readonly [status: string]: number } = {};
  #ready: { readonly at: number; readonly obstacles: Promise<SimError[]> } | null = null;

  readonly #ended = new Counter("llm_sim_runs_settled_total", "Runs that came to stand still, by how.", ["status"]);
  readonly #played = new Counter("llm_sim_turns_total", "Turns played.");
  readonly #calls = new Counter("llm_sim_llm_calls_total", "Calls of models and services, by what came of them.", [
    "provider",
    "outcome",
  ]);
  readonly #retries = new Counter("llm_sim_llm_retries_total", "Tries of calls that failed and were made again.", [
    "provider",
  ]);
  readonly #tokens = new Counter("llm_sim_llm_tokens_total", "Tokens sent to models and got from them.", [
    "provider",
    "direction",
  ]);
  readonly #dollars = new Counter("llm_sim_llm_cost_usd_total", "US dollars that calls have cost.", ["provider"]);
  readonly #kills = new Counter("llm_sim_sandbox_kills_total", "Sandbox processes that were killed or died, by why.", [
    "reason",
  ]);
  readonly #requests = new Counter("llm_sim_http_requests_total", "Requests answered.", ["method", "route", "status"]);
  readonly #durations = new Histogram(
    "llm_sim_http_request_duration_seconds",
    "Seconds until an answer began.",
    ["route"],
    DURATIONS,
  );
  readonly #metrics: readonly Metric[];

  readonly started_at = new Date().toISOString();
  readonly #storage: OutputStorage;

  constructor(app: App, streams: Pick<StreamHub, "clients">, storage: OutputStorage) {
    this.#app = app;
    this.#storage = storage;
    this.#unsubscribe = app.subscribe((notice) => this.#notice(notice));
    const gauge = (name: string, help: string, look: () => number) =>
      new Gauge(`llm_sim_${name}`, help, [], () => [[look()]]);
    this.#metrics = [
      new Gauge("llm_sim_build_info", "1; the version is in its label.", ["version"], () => [[1, VERSION]]),
      new Gauge(
        "llm_sim_runs",
        "Runs in the output folder.",
        ["status"],
        () => RUN_STATUSES.map((status) => [this.#runs[status] ?? 0, status]),
      ),
      gauge("runs_playing", "Runs that this process plays or starts.", () => app.load.playing),
      gauge("queue_depth", "Runs that wait for a place.", () => app.load.queued),
      gauge("max_concurrent", "Runs that may play at once.", () => app.maxConcurrent),
      gauge("decisions_waiting", "Decisions that people are asked for.", () => app.pendingDecisions().length),
      gauge("stream_clients", "Streams of events and web sockets that are open.", () => streams.clients),
      this.#ended,
      this.#played,
      this.#calls,
      this.#retries,
      this.#tokens,
      this.#dollars,
      this.#kills,
      this.#requests,
      this.#durations,
      ...PROCESS,
    ];
  }

  /** A request has been answered. @param route pattern of the route, not the path */
  request(method: string, route: string, status: number, seconds: number): void {
    this.#requests.add(1, METHODS.has(method) ? method : "other", route, String(status));
    this.#durations.observe(seconds, route);
  }

  async metrics(): Promise<string> {
    this.#runs = await this.#app.countRuns();
    return this.#metrics.map((metric) => metric.text()).join("");
  }

  obstacles(): Promise<readonly SimError[]> {
    const now = performance.now();
    if (this.#ready === null || now - this.#ready.at > READY_FOR) {
      this.#ready = { at: now, obstacles: this.#app.obstacles() };
    }
    return this.#ready.obstacles;
  }

  storage(): Promise<StorageUse> {
    return this.#storage.use();
  }

  /** Counts no more. */
  close(): void {
    this.#unsubscribe();
  }

  #notice(notice: RunNotice): void {
    switch (notice.kind) {
      case "progress":
        return this.#reached(notice.run_id, notice.turn);
      case "status": {
        const { run_id, status, turn } = notice.manifest;
        if (status === "running") return void this.#turns.set(run_id, turn);
        this.#reached(run_id, turn);
        this.#turns.delete(run_id);
        return this.#ended.add(1, status);
      }
      case "killed":
        return this.#kills.add(1, notice.code);
      case "call": {
        const { provider, outcome, input_tokens, output_tokens, cost_usd, retries } = notice.call;
        this.#calls.add(1, provider, outcome);
        if (retries > 0) this.#retries.add(retries, provider);
        if (outcome === "reused" || outcome === "halted") return;
        this.#tokens.add(input_tokens, provider, "input");
        this.#tokens.add(output_tokens, provider, "output");
        return this.#dollars.add(cost_usd, provider);
      }
    }
  }

  /** A run that was set back to its last checkpoint plays turns a second time: they count once. */
  #reached(runId: string, turn: number): void {
    const before = this.#turns.get(runId);
    if (before === undefined || turn <= before) return;
    this.#played.add(turn - before);
    this.#turns.set(runId, turn);
  }
}

const STARTED_AT = Date.now() / 1000 - performance.now() / 1000;

/** The names are those of every other program that Prometheus reads. The processes of sandboxes are not in them. */
const PROCESS: readonly Metric[] = [
  new Gauge("process_resident_memory_bytes", "Memory of this process.", [], () => [[Deno.memoryUsage().rss]]),
  new Gauge("process_heap_bytes", "JavaScript heap in use.", [], () => [[Deno.memoryUsage().heapUsed]]),
  new Gauge("process_start_time_seconds", "When this process started, Unix time.", [], () => [[STARTED_AT]]),
  {
    text() {
      const { user, system } = process.cpuUsage();
      const counter = new Counter("process_cpu_seconds_total", "CPU time of this process.");
      counter.add((user + system) / 1e6);
      return counter.text();
    },
  },
];
