/** The state of one run for the web sockets that watch it. */

import type { Follower, LiveRun } from "./live_run.ts";
import type { StreamClock, StreamSource } from "./source.ts";

/** Milliseconds between messages, at least. */
export const STATE_INTERVAL = 1000;
/** Bytes that may wait to be sent to one socket; while there are more it is told nothing. */
const MOST_BUFFERED = 256 << 10;
/** Milliseconds after which a socket that takes nothing is closed. */
const STUCK_TIME = 60_000;

/** The part of a web socket that is needed here. */
export type StateSocket = Pick<WebSocket, "readyState" | "bufferedAmount" | "send" | "close">;

const OPEN = 1;

/**
 * Tells sockets how a run stands: `{type: progress|complete, run_id, turn, status, state}`, at once when they come, then
 * when something has changed, at most once a second. Each message is made once for all of them.
 *
 * Law: no message is kept for a socket that does not take them; the next one tells all that it must know.
 */
export class StateFeed implements Follower {
  readonly #live: LiveRun;
  readonly #source: StreamSource;
  readonly #clock: StreamClock;
  /** Since when each socket has not taken what was sent; null: it has. */
  readonly #sockets = new Map<StateSocket, number | null>();
  /** The newest message. */
  #text: string | null = null;
  #isComplete = false;
  #hasChanged = true;
  #madeAt = -Infinity;
  #making: Promise<void> | null = null;
  #cancelAlarm: (() => void) | null = null;
  #isClosed = false;

  constructor(live: LiveRun, source: StreamSource, clock: StreamClock) {
    this.#live = live;
    this.#source = source;
    this.#clock = clock;
    live.follow(this);
  }

  /** Bytes held: the newest message, and what waits in the sockets. */
  get bytes(): number {
    const waiting = [...this.#sockets.keys()].reduce((sum, socket) => sum + socket.bufferedAmount, 0);
    return (this.#text?.length ?? 0) + waiting;
  }

  get sockets(): number {
    return this.#sockets.size;
  }

  get live(): LiveRun {
    return this.#live;
  }

  /** A socket that is open watches from now on. */
  add(socket: StateSocket): void {
    this.#sockets.set(socket, null);
    if (this.#text !== null && (!this.#hasChanged || this.#left() > 0)) {
      this.#send(socket, this.#text);
      if (this.#isComplete) this.#finish(socket);
    } else this.#make();
  }

  remove(socket: StateSocket): void {
    this.#sockets.delete(socket);
  }

  wake(): void {
    this.#change();
  }

  tell(): void {
    this.#change();
  }

  /** Closes all sockets. */
  close(code: number, reason: string): void {
    for (const socket of this.#sockets.keys()) socket.close(code, shortened(reason));
  }

  /** Stops following the run. */
  stop(): void {
    this.#isClosed = true;
    this.#cancelAlarm?.();
    this.#live.unfollow(this);
  }

  #left(): number {
    return this.#madeAt + STATE_INTERVAL - this.#clock.now();
  }

  #change(): void {
    this.#hasChanged = true;
    this.#plan();
  }

  #plan(): void {
    if (this.#making || this.#isClosed || this.#cancelAlarm) return;
    const left = this.#left();
    if (left <= 0) return this.#make();
    this.#cancelAlarm = this.#clock.after(left, () => {
      this.#cancelAlarm = null;
      this.#make();
    });
  }

  #make(): void {
    if (this.#isClosed) return;
    this.#making ??= this.#made().catch(() => {
      // A checkpoint that cannot be read now is replaced by the next.
      this.#hasChanged = true;
    }).finally(() => {
      this.#making = null;
      if (this.#hasChanged) this.#plan();
    });
  }

  async #made(): Promise<void> {
    this.#hasChanged = false;
    this.#madeAt = this.#clock.now();
    const live = this.#live;
    const isOver = live.isOver;
    const { run_id, status, turn } = live.manifest;
    const stored = await this.#source.state(run_id).catch((error) => {
      // Of a run that was removed nothing more can be told.
      if (isOver) return null;
      throw error;
    });
    const state = stored && { agents: stored.state.agents, global_state: stored.state.global_state };
    this.#isComplete = isOver;
    // A turn is told with its own state, though the run may be a little further.
    const message = { type: isOver ? "complete" : "progress", run_id, turn: stored?.turn ?? turn, status, state };
    const text = this.#text = JSON.stringify(message);
    for (const socket of [...this.#sockets.keys()]) {
      this.#send(socket, text);
      if (isOver) this.#finish(socket);
    }
  }

  #send(socket: StateSocket, text: string): void {
    if (socket.readyState !== OPEN) return;
    if (socket.bufferedAmount > MOST_BUFFERED) {
      const since = this.#sockets.get(socket) ?? this.#clock.now();
      this.#sockets.set(socket, since);
      if (this.#clock.now() - since >= STUCK_TIME) socket.close(1008, "it takes nothing");
      return;
    }
    this.#sockets.set(socket, null);
    socket.send(text);
  }

  #finish(socket: StateSocket): void {
    if (socket.readyState === OPEN) socket.close(1000, this.#live.manifest.status);
  }
}

/** Reasons have 123 bytes at most. */
function shortened(reason: string): string {
  return reason.replace(/[^\x20-\x7e]/g, "?").slice(0, 120);
}
