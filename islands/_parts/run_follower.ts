/** A run as a page follows it: what the stream tells, and the rows that come. */

import { type Signal, signal } from "@preact/signals";
import { runs } from "./api.ts";
import { appendedRows } from "./chart_text.ts";
import { live, type LiveData, type LiveStream } from "./live.ts";
import { BROWSER_CLOCK, type Clock, PacedRead } from "./paced_read.ts";
import type { Provenance, Row, RunOutput } from "./types.ts";

/** A run as it stands. */
export interface RunState {
  readonly run_id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly turn: number;
  readonly max_turns: number;
  /** US dollars; null: nobody has said yet. */
  readonly cost_usd: number | null;
  /** `valid`, `degraded`, `void`; null: nobody has said yet. */
  readonly validity: string | null;
  readonly validity_reasons: readonly string[];
  readonly error: { readonly message: string; readonly hint?: string } | null;
  readonly rows: readonly Row[];
  /** Agents that a person decides for, and that are waited for. */
  readonly waiting: readonly string[];
  /** Turns by second, from what was seen; null: not known yet. */
  readonly speed: number | null;
}

/** What a follower needs of the page. */
export interface RunFollowerEnv extends Clock {
  stream(): LiveStream;
  rows(runId: string, after: number | null): Promise<readonly Row[]>;
}

const BROWSER: RunFollowerEnv = {
  stream: live,
  rows: runs.rows,
  ...BROWSER_CLOCK,
};

/** Rows that are kept: twice as many before they are thinned. */
const MOST_ROWS = 5000;
/** Milliseconds between two requests for rows. */
export const ROWS_INTERVAL = 200;
/** Milliseconds that speed is measured over. */
const WINDOW = 20_000;
/** Milliseconds before a speed is told. */
const PATIENCE = 3000;

const ENDED = ["completed", "failed", "cancelled", "removed"];

/** Whether a run never plays on by itself and takes no more steering. */
export function isEnded(status: string): boolean {
  return ENDED.includes(status);
}

/** Follows one run. Law: rows are asked for at most five times a second, and one request at a time. */
export class RunFollower {
  readonly state: Signal<RunState>;
  readonly #env: RunFollowerEnv;
  readonly #onEnd: () => void;
  readonly #reading: PacedRead;
  #unfollow: (() => void) | null = null;
  #seen: (readonly [at: number, turn: number])[] = [];

  /** @param onEnd called when the run comes to its end while it is followed */
  constructor(output: RunOutput, provenance: Provenance | null, onEnd: () => void, env: RunFollowerEnv = BROWSER) {
    this.#env = env;
    this.#onEnd = onEnd;
    this.#reading = new PacedRead(() => this.#readRows(), ROWS_INTERVAL, env);
    this.state = signal(stateOf(output, provenance));
  }

  /** Takes what the server says anew, unless what is known is newer. */
  adopt(output: RunOutput, provenance: Provenance | null): void {
    const now = this.state.peek();
    const said = stateOf(output, provenance);
    const isNewer = said.turn >= now.turn || isEnded(said.status);
    if (!isNewer) return;
    const lastTurn = (rows: readonly Row[]) => Number(rows.at(-1)?.turn ?? -1);
    this.state.value = {
      ...said,
      rows: lastTurn(said.rows) >= lastTurn(now.rows) ? said.rows : now.rows,
      waiting: now.waiting,
      speed: now.speed,
    };
  }

  start(): void {
    this.#unfollow ??= this.#env.stream().follow(
      "run",
      this.state.peek().run_id,
      (event, data) => this.#hear(event, data),
    );
  }

  stop(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#reading.stop();
  }

  /** Listens anew: a run that had ended for the stream may have been continued. */
  again(): void {
    this.stop();
    this.start();
  }

  #hear(event: string, data: LiveData): void {
    switch (event) {
      case "status":
        return this.#become(data);
      case "progress":
        return this.#turn(Number(data.turn));
      case "cost":
        return this.#set({ cost_usd: costOf(data.cost) ?? this.state.peek().cost_usd });
      case "waiting":
        return this.#set({ waiting: strings(data.agents) });
      case "end":
        this.#become(data);
        this.#onEnd();
    }
  }

  #become(data: LiveData): void {
    const before = this.state.peek();
    const validity = data.validity as { state?: string; reasons?: unknown } | undefined;
    const error = data.error as { message?: string; hint?: string } | undefined;
    const status = String(data.status ?? before.status);
    this.#set({
      status,
      reason: typeof data.reason === "string" ? data.reason : null,
      max_turns: Number(data.max_turns ?? before.max_turns),
      cost_usd: costOf(data.cost) ?? before.cost_usd,
      ...(validity?.state !== undefined && { validity: validity.state, validity_reasons: strings(validity.reasons) }),
      ...(error?.message !== undefined && {
        error: { message: error.message, ...(error.hint !== undefined && { hint: error.hint }) },
      }),
      ...(status !== "running" && { waiting: [], speed: null }),
    });
    if (status !== "running") this.#seen = [];
    this.#turn(Number(data.turn ?? before.turn));
  }

  #turn(turn: number): void {
    const { rows } = this.state.peek();
    const now = this.#env.now();
    if (this.state.peek().status === "running") {
      this.#seen = [...this.#seen.filter(([at]) => now - at < WINDOW), [now, turn]];
      const [at, first] = this.#seen[0]!;
      const speed = now - at < PATIENCE || turn <= first ? null : (turn - first) / (now - at) * 1000;
      this.#set({ turn, speed, waiting: [] });
    } else this.#set({ turn });
    if (turn > Number(rows.at(-1)?.turn ?? -1)) this.#reading.ask();
  }

  async #readRows(): Promise<void> {
    const { run_id, rows } = this.state.peek();
    const last = rows.at(-1)?.turn;
    const more = await this.#env.rows(run_id, last === undefined ? null : Number(last));
    this.#set({ rows: appendedRows(this.state.peek().rows, more, MOST_ROWS) });
  }

  #set(change: Partial<RunState>): void {
    this.state.value = { ...this.state.peek(), ...change };
  }
}

function stateOf(output: RunOutput, provenance: Provenance | null): RunState {
  return {
    run_id: output.run_id,
    status: output.status,
    reason: output.status_reason,
    turn: output.turn,
    max_turns: output.max_turns,
    cost_usd: provenance?.cost_usd ?? null,
    validity: provenance?.validity ?? null,
    validity_reasons: provenance?.reasons ?? [],
    error: output.error,
    rows: output.rows,
    waiting: [],
    speed: null,
  };
}

function costOf(cost: unknown): number | null {
  const usd = (cost as { usd?: unknown } | null | undefined)?.usd;
  return typeof usd === "number" ? usd : null;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
