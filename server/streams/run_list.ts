/** Summaries of all runs: a list that tells what has changed since a client has seen it. */

import { SimError } from "../../framework/mod.ts";
import { type RunNotice, runRow } from "../../runner/mod.ts";
import type { Feed, Piece } from "./client.ts";
import { every, type StreamClock, type StreamSource } from "./source.ts";
import { message } from "./sse.ts";

/** Runs that are looked at again and again, the newest; and runs in one message of a snapshot. */
const PAGE = 500;
/** Changes that are remembered: who has missed more gets everything anew. */
const MOST_CHANGES = 2000;
/** Milliseconds between looks. */
const LOOK_INTERVAL = 250;

interface Change {
  readonly seq: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The list. It lives as long as somebody looks at it.
 *
 * Law: every change of a run gets the next number; whoever has the list as of a number gets, of each run that has changed
 * since, how it stands now.
 */
export class RunList {
  /** Numbers of another list mean nothing here. */
  readonly epoch: string = crypto.randomUUID().slice(0, 8);
  readonly #source: StreamSource;
  readonly #clock: StreamClock;
  readonly #feeds = new Set<ListFeed>();
  /** JSON texts of the newest runs as they were seen last. */
  #known = new Map<string, string>();
  /** The last change of each run, the oldest first. */
  readonly #changes = new Map<string, Change>();
  #bytes = 0;
  #seq = 0;
  /** Before this number changes have been forgotten. */
  #floor = 0;
  #looking: Promise<void>;
  #lookedAt: number;
  /** Runs that were told of and have not been looked at. */
  readonly #told = new Set<string>();
  #cancelLook: (() => void) | null = null;
  readonly #stopPolling: () => void;

  constructor(source: StreamSource, clock: StreamClock, pollInterval: number) {
    this.#source = source;
    this.#clock = clock;
    this.#lookedAt = clock.now();
    this.#looking = this.#newest().then((rows) => void (this.#known = rows));
    this.#stopPolling = every(clock, pollInterval, () => this.#look());
  }

  /** Resolves when the list is known. @throws {SimError} when runs cannot be listed */
  get ready(): Promise<void> {
    return this.#looking;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Number of the last change. */
  get seq(): number {
    return this.#seq;
  }

  notice(notice: RunNotice): void {
    if (notice.kind !== "status" && notice.kind !== "changed" && notice.kind !== "removed") return;
    this.#told.add(notice.run_id);
    const left = Math.max(0, this.#lookedAt + LOOK_INTERVAL - this.#clock.now());
    this.#cancelLook ??= this.#clock.after(left, () => {
      this.#cancelLook = null;
      this.#look();
    });
  }

  /**
   * A feed of the list for a client that has it as of `id`, if it has it at all.
   * @param snapshot whether who has none gets it whole; else only what changes from now on
   */
  feed(id: string | null, snapshot: boolean, onClose: () => void): ListFeed {
    const [epoch, seq] = id?.split("-") ?? [];
    const isOurs = epoch === this.epoch && Number(seq) >= this.#floor && Number(seq) <= this.#seq;
    const from = isOurs ? Number(seq) : snapshot || id !== null ? null : this.#seq;
    const feed = new ListFeed(this, from, () => {
      this.#feeds.delete(feed);
      onClose();
    });
    this.#feeds.add(feed);
    return feed;
  }

  /** Messages about what has changed after a number, with a limit; null when some of it has been forgotten. */
  changesAfter(seq: number): Uint8Array<ArrayBuffer>[] | null {
    if (seq < this.#floor) return null;
    return [...this.#changes.values()].filter((change) => change.seq > seq).map(({ bytes }) => bytes);
  }

  /** A page of all runs, newest first. */
  async page(cursor: string | null): Promise<{ readonly rows: readonly string[]; readonly next: string | null }> {
    const { rows, next_cursor } = await this.#source.listRows({ limit: PAGE, ...(cursor !== null && { cursor }) });
    return { rows, next: next_cursor };
  }

  close(): void {
    this.#stopPolling();
    this.#cancelLook?.();
  }

  async #newest(): Promise<Map<string, string>> {
    const { rows } = await this.#source.listRows({ limit: PAGE });
    return new Map(rows.map((row) => [runIdOf(row), row]));
  }

  /** Finds out what has changed; one look at a time. A list that cannot be had now may be had the next time. */
  #look(): Promise<void> {
    return this.#looking = this.#looking.catch(() => {}).then(() => this.#compare()).catch(() => {});
  }

  async #compare(): Promise<void> {
    this.#lookedAt = this.#clock.now();
    const told = [...this.#told];
    this.#told.clear();
    const before = this.#known;
    const rows = await this.#newest();
    this.#known = rows;
    const seq = this.#seq;
    for (const [runId, row] of rows) if (before.get(runId) !== row) this.#put(runId, "run", row);
    // Runs that have left the newest ones, and older ones that were told of.
    const elsewhere = new Set([...told, ...before.keys()].filter((runId) => !rows.has(runId)));
    for (const runId of elsewhere) {
      const row = await this.#rowOf(runId);
      if (row === null) this.#put(runId, "removed", JSON.stringify({ run_id: runId }));
      else if (told.includes(runId)) this.#put(runId, "run", row);
    }
    if (this.#seq > seq) { for (const feed of this.#feeds) feed.wake(); }
  }

  /** The run's summary; null: there is no such run any more. */
  async #rowOf(runId: string): Promise<string | null> {
    try {
      return JSON.stringify(runRow(await this.#source.status(runId)));
    } catch (error) {
      if (error instanceof SimError && error.code === "unknown_run") return null;
      throw error;
    }
  }

  #put(runId: string, event: string, data: string): void {
    const seq = ++this.#seq;
    const bytes = message(event, data, `${this.epoch}-${seq}`);
    this.#forget(runId);
    this.#changes.set(runId, { seq, bytes });
    this.#bytes += bytes.length;
    if (this.#changes.size <= MOST_CHANGES) return;
    const [oldest, change] = this.#changes.entries().next().value!;
    this.#floor = change.seq;
    this.#forget(oldest);
  }

  #forget(runId: string): void {
    this.#bytes -= this.#changes.get(runId)?.bytes.length ?? 0;
    this.#changes.delete(runId);
  }
}

/** Rows begin with the id, which has no character that JSON would escape. */
function runIdOf(row: string): string {
  return /^\{"run_id":"([^"]+)"/.exec(row)?.[1] ?? (JSON.parse(row) as { run_id: string }).run_id;
}

/** The list for one client: everything, page by page, then what changes. */
export class ListFeed implements Feed {
  readonly bytes = 0;
  readonly #list: RunList;
  readonly #onClose: () => void;
  /** As of which number the client has the list; null: not at all. */
  #seq: number | null;
  /** A snapshot under way: as of which number, and what page is next. */
  #snapshot: { readonly seq: number; readonly cursor: string | null; readonly isFirst: boolean } | null = null;
  #wake: () => void = () => {};

  constructor(list: RunList, seq: number | null, onClose: () => void) {
    this.#list = list;
    this.#seq = seq;
    this.#onClose = onClose;
  }

  onWake(wake: () => void): void {
    this.#wake = wake;
  }

  /** The list has changed. */
  wake(): void {
    this.#wake();
  }

  async next(): Promise<Piece> {
    if (this.#seq !== null) {
      const changes = this.#list.changesAfter(this.#seq);
      if (changes !== null) {
        this.#seq = this.#list.seq;
        return { parts: changes, isLast: false };
      }
      this.#seq = null;
    }
    return { parts: [await this.#page()], isLast: false };
  }

  /** The next page of a snapshot. Only the last one has an id: who did not get it begins again. */
  async #page(): Promise<Uint8Array<ArrayBuffer>> {
    const { seq, cursor, isFirst } = this.#snapshot ??= { seq: this.#list.seq, cursor: null, isFirst: true };
    const { rows, next } = await this.#list.page(cursor);
    this.#snapshot = next === null ? null : { seq, cursor: next, isFirst: false };
    if (next === null) this.#seq = seq;
    const data = `{"first":${isFirst},"last":${next === null},"runs":[${rows.join(",")}]}`;
    return message("snapshot", data, next === null ? `${this.#list.epoch}-${seq}` : undefined);
  }

  close(): void {
    this.#onClose();
  }
}
