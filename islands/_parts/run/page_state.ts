/** What all parts of a run's page share: the run, the turn that is looked at, the world at that turn, and the view in the URL. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Trouble } from "../actions.tsx";
import { api, ApiError } from "../api.ts";
import type { RunState } from "../run_follower.ts";

/** Variables by name. */
export type Variables = { readonly [name: string]: unknown };

/** The state that a checkpoint holds. */
export interface World {
  /** Turn of the checkpoint. */
  readonly turn: number;
  /** Variables by agent. */
  readonly agents: { readonly [name: string]: Variables };
  /** Names of all agents in agent order. */
  readonly order: readonly string[];
  readonly globals: Variables;
  /** What is known of populations without their columns, by name. */
  readonly populations: Variables;
  /** Topology and positions; null without space. */
  readonly space: Variables | null;
  /** Names of agents that do not act. */
  readonly paused: readonly string[];
}

/** What the parts of a run's page share. */
export interface RunPageState {
  readonly runId: string;
  /** The run as it stands. */
  readonly run: ReadonlySignal<RunState>;
  /** The turn that everything on the page shows. */
  readonly turn: ReadonlySignal<number>;
  /** Whether that is the newest one, which moves on with the run. */
  readonly following: ReadonlySignal<boolean>;
  /** Shows a turn; null: the newest, whichever it is. */
  goTo(turn: number | null): void;
  /** The state at the newest checkpoint at or before {@linkcode turn}. Read from the server while somebody looks at it. */
  readonly world: ReadonlySignal<World | "loading" | Trouble>;
  /** Turns of numbered checkpoints, ascending. */
  readonly checkpoints: ReadonlySignal<readonly number[]>;
  /** Of these, those that could not be read. */
  readonly damaged: ReadonlySignal<readonly number[]>;
  /** Turns with interventions, ascending. */
  readonly interventions: Signal<readonly number[]>;
  /** Which tab is shown. */
  readonly tab: Signal<string>;
  /** The view as the URL holds it. */
  readonly query: Signal<URLSearchParams>;
  /** Sets or removes (null) a word of the URL's query. */
  put(name: string, value: string | null): void;
  /** Tells of an answer that says what the run has come to: that it is there no more. @returns the error, as people read it */
  failed(error: unknown): Trouble;
}

/** What the state needs of the page. */
export interface RunPageEnv {
  checkpoints(runId: string): Promise<readonly number[]>;
  world(runId: string, turn: number): Promise<World>;
  /** Shows a query in the address. */
  address(query: string): void;
  /** Milliseconds. */
  after(ms: number, ring: () => void): () => void;
}

/** What a page begins with. */
export interface RunPageStart {
  readonly run: ReadonlySignal<RunState>;
  readonly checkpoints: readonly number[];
  /** Turns with interventions. Default: none. */
  readonly interventions?: readonly number[];
  /** Of the address, with or without its question mark. */
  readonly query: string;
  /** The tab where the query names none. */
  readonly tab: string;
  /** Told when the server says that there is no such run. */
  readonly onGone: () => void;
}

/** Worlds that are kept. */
const MOST_WORLDS = 12;
/** Milliseconds that a turn is looked at before its world is asked for: who scrubs passes many. */
const PAUSE = 80;

/** Milliseconds between two looks at the world of a run that plays. */
const PACE = 400;

/** State of a run's page. */
export function openRunPage({ run, query, tab, onGone, ...start }: RunPageStart, env: RunPageEnv): RunPageState {
  const runId = run.peek().run_id;
  const view = signal(new URLSearchParams(query));
  const put = (name: string, value: string | null) => {
    const next = new URLSearchParams(view.peek());
    if (value === null) next.delete(name);
    else next.set(name, value);
    if (next.toString() === view.peek().toString()) return;
    view.value = next;
    env.address(next.toString());
  };
  const wanted = computed(() => turnIn(view.value.get("turn")));
  const following = computed(() => wanted.value === null || wanted.value >= run.value.turn);
  const turn = computed(() => following.value ? run.value.turn : wanted.value!);
  const tabs = tabOf(view, tab, put);
  const failed = (error: unknown): Trouble => {
    const { code, message, hint } = error as ApiError;
    if (code === "unknown_run") onGone();
    return { message: message || String(error), hint };
  };
  const checkpoints = signal(start.checkpoints);
  const damaged = signal<readonly number[]>([]);
  return {
    runId,
    run,
    turn,
    following,
    goTo: (to) => put("turn", to === null || to >= run.peek().turn ? null : String(Math.max(0, Math.round(to)))),
    world: new Worlds({ runId, run, turn, checkpoints, damaged, failed, env }).world,
    checkpoints,
    damaged,
    interventions: signal(start.interventions ?? []),
    tab: tabs,
    query: view,
    put,
    failed,
  };
}

/** A turn that the address names; null: none, or nonsense. */
function turnIn(text: string | null): number | null {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** The tab as a signal that can be set; the address has it. */
function tabOf(view: Signal<URLSearchParams>, first: string, put: RunPageState["put"]): Signal<string> {
  const tab = signal(view.peek().get("tab") ?? first);
  let shown = tab.peek();
  tab.subscribe((next) => {
    if (next === shown) return;
    shown = next;
    put("tab", next === first ? null : next);
  });
  return tab;
}

interface WorldsParts {
  readonly runId: string;
  readonly run: ReadonlySignal<RunState>;
  readonly turn: ReadonlySignal<number>;
  readonly checkpoints: Signal<readonly number[]>;
  readonly damaged: Signal<readonly number[]>;
  readonly failed: RunPageState["failed"];
  readonly env: RunPageEnv;
}

/** Reads worlds while somebody looks at one. Law: one request at a time, and the last turn wins. */
class Worlds {
  readonly world: Signal<World | "loading" | Trouble>;
  readonly #parts: WorldsParts;
  readonly #kept = new Map<number, World>();
  /** Turn of the run when the list of checkpoints was read. */
  #listedAt = -1;
  #isReading = false;
  #cancel: (() => void) | null = null;
  #unwatch: (() => void) | null = null;

  constructor(parts: WorldsParts) {
    this.#parts = parts;
    // The list that came with the page is of then.
    this.#listedAt = parts.run.peek().turn;
    this.world = signal<World | "loading" | Trouble>("loading", {
      watched: () => this.#watch(),
      unwatched: () => {
        this.#unwatch?.();
        this.#unwatch = null;
        this.#cancel?.();
        this.#cancel = null;
      },
    });
  }

  #watch(): void {
    this.#unwatch?.();
    // Not within the subscription that watches, which would be told of what it is being told.
    this.#unwatch = this.#parts.turn.subscribe(() => this.#soon());
  }

  #soon(): void {
    const kept = this.#kept.get(this.#checkpoint());
    if (kept !== undefined && this.#isListed()) return void queueMicrotask(() => this.#show(kept));
    const isMoving = this.#isMoving();
    // The newest turn of a run that plays may never rest.
    if (isMoving && this.#cancel !== null) return;
    this.#cancel?.();
    this.#cancel = this.#parts.env.after(isMoving && this.world.peek() !== "loading" ? PACE : PAUSE, () => {
      this.#cancel = null;
      void this.#read();
    });
  }

  /** Whether what is looked at moves on by itself. */
  #isMoving(): boolean {
    const { run, turn } = this.#parts;
    return run.peek().status === "running" && turn.peek() >= run.peek().turn;
  }

  #show(world: World): void {
    if (this.#unwatch !== null && this.world.peek() !== world) this.world.value = world;
  }

  /** The newest checkpoint at or before the turn that can be read; -1: none. */
  #checkpoint(): number {
    const { turn, checkpoints, damaged } = this.#parts;
    return checkpoints.peek().findLast((each) => each <= turn.peek() && !damaged.peek().includes(each)) ?? -1;
  }

  /** Whether the list of checkpoints reaches as far as the turn. */
  #isListed(): boolean {
    return this.#parts.turn.peek() <= Math.max(this.#listedAt, this.#parts.checkpoints.peek().at(-1) ?? -1);
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const { turn } = this.#parts;
    try {
      // Until what was read is what is looked at now.
      for (let at = -1; at !== turn.peek() && this.#unwatch !== null;) {
        at = turn.peek();
        await this.#readAt();
        if (this.#isMoving()) {
          if (at !== turn.peek()) this.#soon();
          break;
        }
      }
    } catch (error) {
      const trouble = this.#parts.failed(error);
      if (this.#unwatch !== null) this.world.value = trouble;
    } finally {
      this.#isReading = false;
    }
  }

  async #readAt(): Promise<void> {
    const { runId, run, checkpoints, damaged, env } = this.#parts;
    if (!this.#isListed()) {
      const reached = run.peek().turn;
      checkpoints.value = await env.checkpoints(runId);
      this.#listedAt = reached;
    }
    for (;;) {
      const at = this.#checkpoint();
      if (at < 0) {
        this.world.value = { message: "No state has been saved yet.", hint: "the first one is, when the run begins" };
        return;
      }
      const kept = this.#kept.get(at);
      if (kept !== undefined) return this.#show(kept);
      try {
        const world = await env.world(runId, at);
        this.#kept.set(at, world);
        if (this.#kept.size > MOST_WORLDS) this.#kept.delete(this.#kept.keys().next().value!);
        return this.#show(world);
      } catch (error) {
        // One that is damaged is as good as none: the one before it says how the world was last known.
        if ((error as ApiError).code !== "unknown_checkpoint") throw error;
        damaged.value = [...damaged.peek(), at];
      }
    }
  }
}

/** A world as the API gives it. */
interface CheckpointAnswer {
  readonly turn: number;
  readonly agent_order: readonly string[];
  readonly populations: Variables;
  readonly state: {
    readonly agents: World["agents"];
    readonly global_state: Variables;
    readonly paused_agents?: readonly string[];
    readonly spatial_state?: Variables | null;
  };
}

const simulation = (runId: string) => `/api/simulations/${encodeURIComponent(runId)}`;

/** The page in a browser. */
export const BROWSER: RunPageEnv = {
  checkpoints: async (runId) =>
    (await api<readonly { readonly turn: number }[]>(`${simulation(runId)}/checkpoints`)).map(({ turn }) => turn),
  world: async (runId, turn) => {
    const answer = await api<CheckpointAnswer>(`${simulation(runId)}/checkpoints/${turn}`);
    const { agents, global_state, paused_agents = [], spatial_state = null } = answer.state;
    return {
      turn: answer.turn,
      agents,
      order: answer.agent_order,
      globals: global_state,
      populations: answer.populations,
      space: spatial_state,
      paused: paused_agents,
    };
  },
  address: (query) => {
    // Not more often than browsers allow: who scrubs sets it many times a second.
    addressed = query;
    addressTimer ??= setTimeout(() => {
      addressTimer = undefined;
      history.replaceState(history.state, "", `${location.pathname}${addressed === "" ? "" : `?${addressed}`}`);
    }, 200);
  },
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

let addressed = "";
let addressTimer: ReturnType<typeof setTimeout> | undefined;
