/** The events of one run or of several, and how other things stand, for one client. */

import type { Follower, LiveRun, StatusMessage } from "./live_run.ts";
import { message, withIds } from "./sse.ts";
import type { Feed, Piece } from "./client.ts";

/** A run and the last id that a client has of it. */
export interface Cursor {
  readonly live: LiveRun;
  readonly after: number;
}

/** Something without numbered events. */
export interface Told {
  /** Tells how it stands, and then whatever changes; the result stops it and lets go of it. */
  follow(tell: (message: StatusMessage) => void): () => void;
}

/** Messages without number that are kept for a client; more are told of as missed. */
const MOST_SLOTS = 256;
/** Bytes of events that are handed over at once, where there are several runs. */
const PIECE_BYTES = 128 << 10;

interface Followed extends Follower {
  readonly live: LiveRun;
  cursor: number;
  isOver: boolean;
}

/**
 * Law: holds no events. Each is read when the client takes it; of what has no number, only the newest of each kind
 * is kept.
 */
export class EventFeed implements Feed {
  readonly #runs: Followed[];
  readonly #numbered: boolean;
  readonly #release: (live: LiveRun) => void;
  readonly #stays: boolean;
  readonly #stopTold: (() => void)[];
  readonly #slots = new Map<string, StatusMessage>();
  readonly #missed = new Map<StatusMessage["kind"], number>();
  #wake: () => void = () => {};
  #bytes = 0;
  /** Whose turn it is to be read first. */
  #first = 0;

  /**
   * @param cursors what it is to send
   * @param ids `number`: of one run, by its events' own; `cursors`: of the list of all cursors
   * @param release called once for each run
   * @param told what is told beside runs; if there is something, the stream stays when all runs are over
   */
  constructor(
    cursors: readonly Cursor[],
    ids: "number" | "cursors",
    release: (live: LiveRun) => void,
    told: readonly Told[] = [],
  ) {
    this.#numbered = ids === "number";
    this.#release = release;
    this.#stays = told.length > 0;
    this.#runs = cursors.map(({ live, after }) => {
      const followed: Followed = {
        live,
        cursor: after,
        isOver: false,
        wake: () => this.#wake(),
        tell: (message) => this.#keep(live.run_id, message),
      };
      live.follow(followed);
      for (const message of live.greeting()) this.#keep(live.run_id, message);
      return followed;
    });
    this.#stopTold = told.map((each) => each.follow((message) => this.#keep("", message)));
  }

  get bytes(): number {
    return this.#bytes;
  }

  onWake(wake: () => void): void {
    this.#wake = wake;
  }

  async next(isFirst: boolean): Promise<Piece> {
    // How the runs stand comes first of all.
    if (isFirst) return { parts: this.#unnumbered(), isLast: false };
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let room = PIECE_BYTES;
    for (let i = 0; i < this.#runs.length && room > 0; i++) {
      const run = this.#runs[(this.#first + i) % this.#runs.length]!;
      if (run.isOver) continue;
      const part = await this.#eventsOf(run);
      if (part === null) continue;
      parts.push(part);
      room -= part.length;
    }
    this.#first++;
    // What happened is told before how things stand now; what the runs that are over say last, comes last.
    parts.push(...this.#unnumbered());
    for (const run of this.#runs) {
      if (!run.isOver && await this.#isFinished(run)) {
        parts.push(await run.live.farewell());
        run.isOver = true;
      }
    }
    return { parts, isLast: !this.#stays && this.#runs.every(({ isOver }) => isOver) };
  }

  async #eventsOf(run: Followed): Promise<Uint8Array<ArrayBuffer> | null> {
    const { live, cursor } = run;
    const found = live.read(cursor);
    const events = found instanceof Promise ? await found : found;
    if (events === null) return null;
    run.cursor = events.last;
    if (this.#numbered) return events.bytes;
    return withIds(events.bytes, cursor + 1, (id) => this.#cursors(run, id));
  }

  /** Whether a run is over and all its events have been handed over. */
  async #isFinished({ live, cursor }: Followed): Promise<boolean> {
    return live.isOver && await live.read(cursor) === null;
  }

  /** The list of all cursors when the one of `run` is at `id`. */
  #cursors(run: Followed, id: number): string {
    return this.#runs.map((other) => `${other.live.run_id}:${other === run ? id : other.cursor}`).join(",");
  }

  #keep(whose: string, message: StatusMessage): void {
    const slot = `${whose} ${message.slot}`;
    const before = this.#slots.get(slot);
    if (before) this.#drop(slot, before);
    else if (this.#slots.size >= MOST_SLOTS) {
      const [oldest] = this.#slots;
      this.#drop(...oldest!);
    }
    this.#slots.set(slot, message);
    this.#bytes += message.bytes.length;
    this.#wake();
  }

  #drop(slot: string, { kind, bytes }: StatusMessage): void {
    this.#slots.delete(slot);
    this.#bytes -= bytes.length;
    this.#missed.set(kind, (this.#missed.get(kind) ?? 0) + 1);
  }

  /** Everything without number that has gathered, after a word about what was replaced meanwhile. */
  #unnumbered(): Uint8Array<ArrayBuffer>[] {
    const parts = [...this.#slots.values()].map(({ bytes }) => bytes);
    this.#slots.clear();
    this.#bytes = 0;
    if (this.#missed.size === 0) return parts;
    const missed = message("missed", JSON.stringify({ skipped: Object.fromEntries(this.#missed) }));
    this.#missed.clear();
    return [missed, ...parts];
  }

  close(): void {
    for (const stop of this.#stopTold) stop();
    for (const run of this.#runs) {
      run.live.unfollow(run);
      this.#release(run.live);
    }
  }
}
