/** All live streams of a server, and what they share. */

import type { RunNotice } from "../../runner/mod.ts";
import { Places } from "../auth/mod.ts";
import type { Beside, Principal, RunCursor, StreamHub, Streams } from "../context.ts";
import { ProblemError } from "../problem.ts";
import { type Feed, Joiner, StreamClient } from "./client.ts";
import { EventFeed, type Told } from "./event_feed.ts";
import { LiveBatch } from "./live_batch.ts";
import { LiveNotebook } from "./live_notebook.ts";
import { LiveRun } from "./live_run.ts";
import { RunList } from "./run_list.ts";
import { Shared } from "./shared.ts";
import { rule } from "./socket_rules.ts";
import { every, type StreamClock, type StreamSource, SYSTEM_CLOCK } from "./source.ts";
import { SSE_HEADERS } from "./sse.ts";
import { StateFeed } from "./state_feed.ts";
import { WatchedSocket } from "./watched_socket.ts";

/** How a hub works. */
export interface HubOptions {
  /** Milliseconds between looks at runs that other hosts may play. Default 1000. */
  readonly pollInterval?: number;
  /** Bytes of events that are kept of each run that is followed. Default 1 MiB. */
  readonly ringBytes?: number;
  /** Streams at once; more are refused, and to one key more than its share. Default 2000. */
  readonly mostClients?: number;
  readonly clock?: StreamClock;
  /** Told of what ended a stream before its time. */
  readonly onError?: (error: unknown) => void;
}

/** Milliseconds that clients are given to take their last word. */
const LAST_WORD_TIME = 1000;

/**
 * The hub.
 *
 * Law: what it holds is bounded by the number of runs that are followed and of clients, never by the length of a log or by
 * how slow a client is; when the last client is gone it holds nothing, listens to nobody and has no timer.
 */
export class EventHub implements StreamHub {
  readonly #source: StreamSource;
  readonly #clock: StreamClock;
  readonly #pollInterval: number;
  readonly #places: Places;
  readonly #onError: (error: unknown) => void;
  readonly #runs: Shared<LiveRun>;
  readonly #batches: Shared<LiveBatch>;
  readonly #notebooks: Shared<LiveNotebook>;
  readonly #clients = new Set<StreamClient>();
  readonly #states = new Map<string, StateFeed>();
  readonly #joiner = new Joiner();
  #list: { readonly list: RunList; users: number } | null = null;
  #stop: (() => void) | null = null;
  #closing: string | null = null;
  #whenEmpty: (() => void) | null = null;

  constructor(source: StreamSource, options: HubOptions = {}) {
    this.#source = source;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#pollInterval = options.pollInterval ?? 1000;
    this.#places = new Places(options.mostClients ?? 2000);
    this.#onError = options.onError ?? (() => {});
    const { ringBytes = 1 << 20 } = options;
    this.#runs = new Shared((runId) => {
      this.#start();
      return LiveRun.open(runId, source, ringBytes);
    }, (runId) => {
      this.#states.get(runId)?.stop();
      this.#states.delete(runId);
      this.#stopIfIdle();
    });
    this.#batches = new Shared(
      (batchId) => LiveBatch.open(batchId, source, this.#clock, this.#pollInterval),
      (_, live) => live.close(),
    );
    this.#notebooks = new Shared((path) => LiveNotebook.open(path, source), (_, live) => live.close());
  }

  get clients(): number {
    return [...this.#states.values()].reduce((sum, { sockets }) => sum + sockets, this.#clients.size);
  }

  /** Runs that are followed. */
  get runs(): number {
    return this.#runs.size;
  }

  /** Bytes of messages held: of runs, and for clients. */
  get bytes(): number {
    let bytes = this.#list?.list.bytes ?? 0;
    for (const { live } of [...this.#runs.entries(), ...this.#batches.entries()]) bytes += live.bytes;
    for (const client of this.#clients) bytes += client.bytes;
    for (const feed of this.#states.values()) bytes += feed.bytes;
    return bytes;
  }

  for(principal: Principal): Streams {
    return {
      events: (...asked) => this.#placed(principal, (leave) => this.#events(principal, leave, ...asked)),
      summaries: (...asked) => this.#placed(principal, (leave) => this.#summaries(principal, leave, ...asked)),
      socket: (...asked) => this.#placed(principal, (leave) => this.#socket(principal, leave, ...asked)),
    };
  }

  async #events(
    principal: Principal,
    leave: () => void,
    cursors: readonly RunCursor[],
    ids: "number" | "cursors",
    head = false,
    beside: Beside = {},
  ): Promise<Response> {
    const lives = await this.#runs.acquireAll(cursors.map(({ run_id }) => run_id));
    const release = (live: LiveRun) => this.#runs.release(live.run_id, live);
    let told: Told[];
    try {
      told = await this.#told(beside);
    } catch (error) {
      lives.forEach(release);
      throw error;
    }
    const followed = cursors.map(({ after }, i) => ({ live: lives[i]!, after }));
    const feed = new EventFeed(followed, ids, release, told);
    if (!head) return this.#stream(feed, principal, leave);
    feed.close();
    return this.#head(leave);
  }

  /** What is told beside runs; whoever follows it also lets go of it. @throws as {@linkcode Streams.events}; then none is held */
  async #told({ batches = [], notebook }: Beside): Promise<Told[]> {
    const lives = await this.#batches.acquireAll(batches);
    const release = (live: LiveBatch) => this.#batches.release(live.batch_id, live);
    try {
      const pages = await this.#notebooks.acquireAll(notebook === undefined ? [] : [notebook]);
      return [
        ...lives.map((live) => held(live, () => release(live))),
        ...pages.map((live) => held(live, () => this.#notebooks.release(live.path, live))),
      ];
    } catch (error) {
      lives.forEach(release);
      throw error;
    }
  }

  async #summaries(
    principal: Principal,
    leave: () => void,
    after: string | null,
    head = false,
    snapshot = true,
  ): Promise<Response> {
    if (head) return this.#head(leave);
    const shared = this.#list ??= {
      list: new RunList(this.#source, this.#clock, this.#pollInterval),
      users: 0,
    };
    shared.users++;
    this.#start();
    const release = () => {
      if (--shared.users > 0) return;
      shared.list.close();
      if (this.#list === shared) this.#list = null;
      this.#stopIfIdle();
    };
    try {
      await shared.list.ready;
    } catch (error) {
      release();
      throw error;
    }
    return this.#stream(shared.list.feed(after, snapshot, release), principal, leave);
  }

  async #socket(principal: Principal, leave: () => void, runId: string, request: Request): Promise<Response> {
    const live = await this.#runs.acquire(runId);
    let upgraded: { socket: WebSocket; response: Response };
    try {
      upgraded = Deno.upgradeWebSocket(request);
    } catch (cause) {
      this.#runs.release(runId, live);
      throw new ProblemError(426, "upgrade_required", "this is a web socket", {
        hint: `connect with ws://; GET /api/simulations/${runId}/events/stream is a stream for everybody else`,
        headers: { upgrade: "websocket", connection: "Upgrade" },
        cause,
      });
    }
    const { socket, response } = upgraded;
    let feed = this.#states.get(runId);
    if (feed === undefined || feed.live !== live) {
      feed = new StateFeed(live, this.#source, this.#clock);
      this.#states.set(runId, feed);
    }
    const watching = feed;
    const watched = new WatchedSocket(socket, () => {
      stopLooking();
      leave();
      watching.remove(watched);
      this.#runs.release(runId, live);
      this.#emptied();
    });
    const stopLooking = rule(watched, principal, this.#clock);
    socket.onopen = () => this.#closing === null ? watching.add(watched) : watched.close(1001);
    return response;
  }

  async close(reason: string): Promise<void> {
    this.#closing = reason;
    for (const client of this.#clients) client.end(reason);
    for (const feed of this.#states.values()) feed.close(1001, reason);
    if (this.clients === 0) return;
    const empty = new Promise<void>((resolve) => this.#whenEmpty = resolve);
    let cancel = () => {};
    await Promise.race([empty, new Promise<void>((resolve) => cancel = this.#clock.after(LAST_WORD_TIME, resolve))]);
    cancel();
    for (const client of [...this.#clients]) client.drop();
  }

  /** The answer to who only wants to know whether there is a stream. */
  #head(leave: () => void): Response {
    leave();
    return new Response(null, { headers: SSE_HEADERS });
  }

  #stream(feed: Feed, principal: Principal, leave: () => void): Response {
    const client = new StreamClient(feed, principal, {
      clock: this.#clock,
      joiner: this.#joiner,
      onError: this.#onError,
      onGone: (gone) => {
        leave();
        this.#clients.delete(gone);
        if (this.#clients.size === 0) this.#joiner.clear();
        this.#emptied();
      },
    });
    this.#clients.add(client);
    if (this.#closing !== null) client.end(this.#closing);
    return new Response(client.body, { headers: SSE_HEADERS });
  }

  /**
   * Opens a stream at a place of its own.
   * @param open is given what is to be called when the stream is over
   * @throws {ProblemError} 503 `closing`, `too_many_streams`, 429 `too_many_own_streams`
   */
  async #placed(principal: Principal, open: (leave: () => void) => Promise<Response>): Promise<Response> {
    if (this.#closing !== null) {
      throw new ProblemError(503, "closing", `this server is stopping: ${this.#closing}`);
    }
    const leave = this.#places.take(principal);
    const more = {
      hint: "close some; several runs can be followed by one: /api/events/stream?runs=ID,ID",
      headers: { "retry-after": "10" },
    };
    if (leave === "all") {
      throw new ProblemError(503, "too_many_streams", `${this.#places.most} streams are open already`, more);
    }
    if (leave === "own") {
      throw new ProblemError(429, "too_many_own_streams", `'${principal.name}' has its share of the streams`, more);
    }
    try {
      return await open(leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Listens and polls, as long as there is somebody to tell. */
  #start(): void {
    if (this.#stop) return;
    const unsubscribe = this.#source.subscribe((notice) => this.#notice(notice));
    const stopPolling = every(this.#clock, this.#pollInterval, async () => {
      await Promise.all(this.#runs.entries().map(({ live, ready }) => ready.then(() => live.poll(), () => {})));
    });
    this.#stop = () => {
      unsubscribe();
      stopPolling();
    };
  }

  #stopIfIdle(): void {
    if (this.#runs.size > 0 || this.#list !== null) return;
    this.#stop?.();
    this.#stop = null;
  }

  #emptied(): void {
    if (this.clients === 0) this.#whenEmpty?.();
  }

  #notice(notice: RunNotice): void {
    this.#runs.get(notice.run_id)?.notice(notice);
    this.#list?.list.notice(notice);
  }
}

/** What is to be followed, and let go of afterwards. */
function held(live: Told, release: () => void): Told {
  return {
    follow: (tell) => {
      const stop = live.follow(tell);
      return () => {
        stop();
        release();
      };
    },
  };
}
