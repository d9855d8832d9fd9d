/** The page's one stream: whatever shows something that changes listens here. */

import { type Signal, signal } from "@preact/signals";
import { listenToAnswers, send } from "./api.ts";

/** What can be followed. */
export type LiveKind = "run" | "batch" | "notebook";

/** The data of a message, as the server sends it. */
export type LiveData = { readonly [member: string]: unknown };

/**
 * Hears a message: of a run `status`, `progress`, `cost`, `waiting`, `decision`, `event`, `end`; of a batch `batch`; of a
 * notebook `notebook`.
 */
export type LiveListener = (event: string, data: LiveData) => void;

/**
 * How the connection stands. `idle`: nobody listens, or the page is hidden. `lost`: it is tried again by and by. `refused`:
 * the server lets this page have nothing any more.
 */
export type LiveState = "idle" | "connecting" | "open" | "lost" | "refused";

/** The part of an EventSource that is needed. */
export interface EventStream {
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
}

/** What a stream needs of the page. */
export interface LiveEnv {
  open(url: string): EventStream;
  isHidden(): boolean;
  /** Calls back whenever the page is hidden or shown. */
  onVisibility(listener: () => void): void;
  /** Calls back once after so many milliseconds, unless the result is called before. */
  after(ms: number, ring: () => void): () => void;
  /** 0 to 1. */
  random(): number;
  /** Whether something is there; true where that cannot be known. */
  exists(kind: LiveKind, id: string): Promise<boolean>;
  /** Whether the server still shows this page anything; true where that cannot be known. */
  isWelcome(): Promise<boolean>;
}

interface Followed {
  readonly kind: LiveKind;
  readonly id: string;
  readonly listeners: Set<LiveListener>;
  /** Id of the last event that is known. */
  cursor: number;
  /** The newest message of each kind, for who comes later. */
  readonly newest: Map<string, LiveData>;
  /** Nothing more comes of it. */
  isOver: boolean;
}

/** A cursor beyond all events: of such a run only what has no number is sent. */
export const NO_EVENTS = 999_999_999_999_999;
/** Runs and batches, each, that one stream may follow. */
const MOST = 100;
/** Those that come together are asked for together, milliseconds. */
const GATHERING = 30;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
/** Of what kinds the newest is kept. */
const KEPT = ["status", "progress", "cost", "waiting", "batch", "notebook"];
const EVENTS = [...KEPT, "decision", "event", "end", "missed", "run", "removed"];
/** The address of the summaries of all runs. */
const ALL = "/api/events/stream?snapshot=false";

/**
 * The stream of a page, whatever the number of its listeners; browsers allow few connections.
 *
 * Law: there is at most one connection; there is none while the page is hidden or nobody listens; one that was lost goes on
 * after the last event that was heard.
 */
export class LiveStream {
  readonly #env: LiveEnv;
  readonly #followed = new Map<string, Followed>();
  readonly #state: Signal<LiveState> = signal("idle");
  /** Those that hear of all runs. */
  readonly #ofAll = new Set<LiveListener>();
  #connection: EventStream | null = null;
  /** What the connection follows. */
  #asked = "";
  #cancelTimer: (() => void) | null = null;
  /** Times that it was lost without a word between. */
  #failures = 0;
  #wasWoken = false;

  constructor(env: LiveEnv) {
    this.#env = env;
    env.onVisibility(() => this.#reopen());
  }

  /** How the connection stands; a signal. */
  get state(): Signal<LiveState> {
    return this.#state;
  }

  /**
   * Listens to a run, a batch or a notebook, until the result is called. What is known of it is told at once.
   * @param after of a run: its events after this id are told too; absent: no events
   */
  follow(kind: LiveKind, id: string, listener: LiveListener, after: number = NO_EVENTS): () => void {
    const key = `${kind} ${id}`;
    let followed = this.#followed.get(key);
    if (followed === undefined || followed.isOver) {
      const listeners = followed?.listeners ?? new Set<LiveListener>();
      followed = { kind, id, listeners, cursor: after, newest: new Map(), isOver: false };
      this.#followed.set(key, followed);
    }
    followed.cursor = Math.min(followed.cursor, after);
    followed.listeners.add(listener);
    for (const [event, data] of followed.newest) listener(event, data);
    this.#soon();
    return () => {
      this.#followed.get(key)?.listeners.delete(listener);
      this.#soon();
    };
  }

  /**
   * Listens to the summaries of all runs as they change, `run`, and to which are gone, `removed`, until the result is called.
   * What was before, and while the connection was lost, is not told: whoever needs it asks for it when the stream is `open`.
   * Meanwhile nothing else is followed: a page either lists runs or shows some of them.
   */
  followAll(listener: LiveListener): () => void {
    this.#ofAll.add(listener);
    this.#soon();
    return () => {
      this.#ofAll.delete(listener);
      this.#soon();
    };
  }

  /** Tries again now. */
  retry(): void {
    this.#failures = 0;
    this.#reopen();
  }

  /** The server is there: a stream that was lost is tried again at once, though only once until it is heard again. */
  wake(): void {
    if (this.#state.peek() !== "lost" || this.#wasWoken) return;
    this.#wasWoken = true;
    this.#reopen();
  }

  #soon(): void {
    // While it waits to try again, it will ask for the new ones too.
    if (this.#cancelTimer !== null) return;
    this.#wait(GATHERING, () => this.#reopen());
  }

  #wait(ms: number, then: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#env.after(ms, () => {
      this.#cancelTimer = null;
      then();
    });
  }

  /** Closes and opens as the law says. */
  #reopen(): void {
    for (const [key, { listeners }] of this.#followed) if (listeners.size === 0) this.#followed.delete(key);
    const wanted = [...this.#followed.values()].filter(({ isOver }) => !isOver);
    const isOfAll = this.#ofAll.size > 0;
    if ((wanted.length === 0 && !isOfAll) || this.#env.isHidden()) return this.#close("idle");
    const asked = isOfAll ? ALL : wanted.map(({ kind, id }) => `${kind} ${id}`).sort().join("\n");
    if (this.#connection !== null && asked === this.#asked) return;
    this.#close(this.#state.peek());
    this.#asked = asked;
    this.#connect(isOfAll ? [] : wanted);
  }

  #close(state: LiveState): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#connection?.close();
    this.#connection = null;
    this.#state.value = state;
  }

  #connect(wanted: readonly Followed[]): void {
    if (this.#state.peek() !== "lost") this.#state.value = "connecting";
    const connection = this.#env.open(this.#asked === ALL ? ALL : addressOf(wanted));
    this.#connection = connection;
    const isCurrent = () => this.#connection === connection;
    connection.addEventListener("open", () => {
      if (isCurrent()) this.#hear();
    });
    for (const name of EVENTS) {
      connection.addEventListener(name, (event) => {
        if (isCurrent()) this.#take(name, event as MessageEvent<string>);
      });
    }
    connection.addEventListener("error", (event) => {
      if (!isCurrent()) return;
      // The server's own word of that name says that it is over.
      if (typeof (event as MessageEvent).data === "string") return this.#close("refused");
      this.#lose(wanted);
    });
  }

  #hear(): void {
    this.#failures = 0;
    this.#wasWoken = false;
    this.#state.value = "open";
  }

  #lose(wanted: readonly Followed[]): void {
    this.#close("lost");
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures) * (0.5 + this.#env.random() / 2);
    this.#failures++;
    this.#wait(wait, async () => {
      if (this.#failures > 1) {
        // A browser does not tell why a stream is not there.
        if (!await this.#env.isWelcome().catch(() => true)) return this.#close("refused");
        // One thing that is gone keeps all others from being heard.
        await this.#dropMissing(wanted);
      }
      this.#reopen();
    });
  }

  async #dropMissing(wanted: readonly Followed[]): Promise<void> {
    await Promise.all(wanted.map(async (followed) => {
      if (await this.#env.exists(followed.kind, followed.id).catch(() => true)) return;
      this.#tell(followed, "end", { run_id: followed.id, status: "removed" });
      followed.isOver = true;
    }));
  }

  #take(name: string, { data, lastEventId }: MessageEvent<string>): void {
    this.#hear();
    for (const [, id, at] of lastEventId.matchAll(/([\w.-]+):(\d+)/g)) {
      const run = this.#followed.get(`run ${id}`);
      if (run !== undefined && run.cursor !== NO_EVENTS) run.cursor = Math.max(run.cursor, Number(at));
    }
    const told = parsed(data);
    if (told === null) return;
    if (this.#asked === ALL) { for (const listener of [...this.#ofAll]) listener(name, told); }
    const followed = this.#followed.get(keyOf(name, told));
    if (followed === undefined) return;
    this.#tell(followed, name, told);
    const isLast = name === "end" || (name === "batch" && told.status === "removed");
    if (!isLast) return;
    followed.isOver = true;
    // Where all have ended the server hangs up: that is no loss.
    if ([...this.#followed.values()].every(({ isOver }) => isOver)) this.#close("idle");
  }

  #tell(followed: Followed, name: string, data: LiveData): void {
    if (KEPT.includes(name)) followed.newest.set(name, data);
    for (const listener of [...followed.listeners]) listener(name, data);
  }
}

function addressOf(wanted: readonly Followed[]): string {
  const of = (kind: LiveKind) => wanted.filter((followed) => followed.kind === kind).slice(0, MOST);
  const query = new URLSearchParams();
  const runs = of("run").map(({ id, cursor }) => `${id}:${cursor}`);
  const batches = of("batch").map(({ id }) => id);
  const [notebook] = of("notebook");
  if (runs.length > 0) query.set("runs", runs.join(","));
  if (batches.length > 0) query.set("batches", batches.join(","));
  if (notebook !== undefined) query.set("notebook", notebook.id);
  return `/api/events/stream?${query}`;
}

function keyOf(name: string, data: LiveData): string {
  if (name === "batch") return `batch ${data.batch_id}`;
  if (name === "notebook") return `notebook ${data.path}`;
  return `run ${data.run_id ?? data.simulation_id}`;
}

function parsed(data: string): LiveData | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? value as LiveData : null;
  } catch {
    return null;
  }
}

const PATHS: { readonly [kind in LiveKind]: string } = {
  run: "/api/simulations/",
  batch: "/api/batches/",
  notebook: "/api/notebooks/",
};

/** The page, as a stream sees it. */
const BROWSER: LiveEnv = {
  open: (url) => new EventSource(url),
  isHidden: () => document.hidden,
  onVisibility: (listener) => document.addEventListener("visibilitychange", listener),
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  exists: async (kind, id) => {
    if (kind === "notebook") return true;
    return (await send(`${PATHS[kind]}${encodeURIComponent(id)}`, { method: "HEAD" })).status !== 404;
  },
  isWelcome: async () => ![401, 403].includes((await send("/api/features", { method: "HEAD" })).status),
};

let page: LiveStream | null = null;

/** The page's stream. In the browser only. */
export function live(): LiveStream {
  if (page === null) {
    page = new LiveStream(BROWSER);
    listenToAnswers(() => page!.wake());
  }
  return page;
}
