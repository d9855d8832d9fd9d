/** One run as all who follow it share it: its newest events, and what is told of it beside them. */

import { SimError } from "../../framework/mod.ts";
import { isEnded, type Manifest, type PendingDecision, type RunNotice } from "../../runner/mod.ts";
import { EventRing } from "./ring.ts";
import type { StreamSource } from "./source.ts";
import { eventBlock, message } from "./sse.ts";

/** Bytes of a log that are read at once. */
export const READ_BYTES = 64 << 10;

/** Something about a run, or about what is followed beside runs, that has no number; a newer one of the same slot takes its place. */
export interface StatusMessage {
  readonly kind: "status" | "progress" | "cost" | "waiting" | "decision" | "batch" | "notebook";
  /** The kind, and for decisions the agent; of what is no run also which one it is. */
  readonly slot: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Who follows a run. */
export interface Follower {
  /** There may be new events, or the run has ended. */
  wake(): void;
  /** Something about the run has changed. */
  tell(message: StatusMessage): void;
}

/** Messages of a log. */
export interface Events {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Id of the last of them. */
  readonly last: number;
}

/**
 * A run that somebody follows.
 *
 * Law: whoever reads on from the last id it got misses nothing and gets nothing twice, from the shared ring or from the
 * file. A log that was cut when its run was resumed is silent until it has grown past that id: what a run plays again is
 * what it has played.
 */
export class LiveRun {
  readonly run_id: string;
  readonly #source: StreamSource;
  readonly #ring: EventRing;
  readonly #followers = new Set<Follower>();
  /** Reads that are under way, by the id that they start from: who comes meanwhile shares them. */
  readonly #reads = new Map<number, Promise<Events | null>>();
  #manifest!: Manifest;
  #turn = 0;
  #removed = false;
  /** Grows with whatever may have made the log longer. */
  #version = 0;
  /** After this id there was nothing, when the version was the other one. */
  #nothing = { after: Infinity, version: -1 };
  #notices = 0;

  private constructor(runId: string, source: StreamSource, ringBytes: number) {
    this.run_id = runId;
    this.#source = source;
    this.#ring = new EventRing(ringBytes);
  }

  /**
   * Opens it; notices from now on are to be handed to it.
   * @returns it and the promise of its first manifest, which throws `unknown_run`
   */
  static open(runId: string, source: StreamSource, ringBytes: number): { live: LiveRun; ready: Promise<void> } {
    const live = new LiveRun(runId, source, ringBytes);
    return { live, ready: live.#open() };
  }

  async #open(): Promise<void> {
    const manifest = await this.#source.status(this.run_id);
    // A notice that has come meanwhile is newer, or the same.
    this.#manifest ??= manifest;
    this.#turn = Math.max(this.#turn, this.#manifest.turn);
  }

  /** Bytes held for all followers together. */
  get bytes(): number {
    return this.#ring.bytes;
  }

  /** Whether it will never have another event. */
  get isOver(): boolean {
    return this.#removed || isEnded(this.#manifest.status);
  }

  /** Grows with whatever may have made the log longer. */
  get version(): number {
    return this.#version;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** How many follow it. */
  get followers(): number {
    return this.#followers.size;
  }

  follow(follower: Follower): void {
    this.#followers.add(follower);
  }

  unfollow(follower: Follower): void {
    this.#followers.delete(follower);
  }

  /** What a new follower is told first: how the run stands, and what is waited for. */
  greeting(): StatusMessage[] {
    const pending = this.#source.pendingDecisions().filter(({ run_id }) => run_id === this.run_id);
    return [this.#status(), ...pending.map((decision) => decisionMessage(decision, "asked"))];
  }

  /** The last word about a run that is over. */
  async farewell(): Promise<Uint8Array<ArrayBuffer>> {
    const { run_id } = this;
    // Events that a run was to give up in the end have been sent: this says how many count.
    const last_id = this.#removed ? null : await this.#source.lastEventId(run_id).catch(() => null);
    const { status, status_reason } = this.#manifest;
    return message(
      "end",
      JSON.stringify({
        run_id,
        status: this.#removed ? "removed" : status,
        turn: this.#turn,
        ...(status_reason !== undefined && { reason: status_reason }),
        last_id,
      }),
    );
  }

  /** Events after `cursor`, as many as are at hand; null: there are none now. */
  read(cursor: number): Events | null | Promise<Events | null> {
    const here = this.#ring.after(cursor);
    if (here !== null) return here;
    const { after, version } = this.#nothing;
    if (cursor >= after && version === this.#version) return null;
    let read = this.#reads.get(cursor);
    if (read === undefined) {
      read = this.#read(cursor).finally(() => this.#reads.delete(cursor));
      this.#reads.set(cursor, read);
    }
    return read;
  }

  async #read(cursor: number): Promise<Events | null> {
    const version = this.#version;
    let text: string;
    try {
      ({ text } = await this.#source.readEvents(this.run_id, cursor, READ_BYTES));
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#remove();
      return null;
    }
    const block = eventBlock(text, cursor);
    if (block === null) {
      this.#nothing = { after: cursor, version };
      return null;
    }
    // What is older than the ring is of no use to the others.
    if (block.last > this.#ring.head) this.#ring.push(block);
    return block;
  }

  /** Something has happened to the run on this host. */
  notice(notice: RunNotice): void {
    this.#notices++;
    switch (notice.kind) {
      case "status":
      case "changed":
        return this.#become(notice.manifest);
      case "removed":
        return this.#remove();
      case "progress":
        return this.#progress(notice.turn, notice.row);
      case "cost":
        return this.#cost(notice.cost);
      case "waiting":
        return this.#tell("waiting", { turn: notice.turn, agents: notice.agents });
      case "decision":
        return this.#tellAll(decisionMessage(notice.pending, "asked"));
      case "decided":
        return this.#tellAll(decisionMessage(notice.pending, "decided", notice.by));
    }
  }

  /** Looks whether something has happened that nobody here was told of: another host may play the run. */
  async poll(): Promise<void> {
    if (this.#removed) return;
    const notices = this.#notices;
    let manifest: Manifest;
    try {
      manifest = await this.#source.status(this.run_id);
    } catch (error) {
      // A disk that cannot be read now may be read the next time.
      if (isGone(error)) this.#remove();
      return;
    }
    // Who was told meanwhile knows better.
    if (notices !== this.#notices) return;
    const before = this.#manifest;
    if (standing(manifest) !== standing(before)) return this.#become(manifest);
    if (JSON.stringify(manifest.cost) !== JSON.stringify(before.cost)) this.#cost(manifest.cost);
    if (manifest.turn > this.#turn) this.#progress(manifest.turn, null);
    else if (manifest.status === "running") this.#wake();
  }

  #become(manifest: Manifest): void {
    const before = this.#manifest as Manifest | undefined;
    this.#manifest = manifest;
    this.#turn = manifest.turn;
    // A run that goes on may begin with cutting its log.
    if (before && before.status !== manifest.status && !isEnded(manifest.status)) this.#ring.clear();
    this.#tellAll(this.#status());
    this.#wake();
  }

  #progress(turn: number, row: unknown): void {
    this.#turn = turn;
    this.#tell("progress", { turn, row });
    this.#wake();
  }

  #cost(cost: Manifest["cost"]): void {
    if (this.#manifest as Manifest | undefined) this.#manifest = { ...this.#manifest, cost };
    this.#tell("cost", { cost });
  }

  #remove(): void {
    this.#removed = true;
    this.#wake();
  }

  #status(): StatusMessage {
    const { run_id, status, max_turns, status_reason, validity, cost, error } = this.#manifest;
    const data = {
      run_id,
      status,
      turn: this.#turn,
      max_turns,
      ...(status_reason !== undefined && { reason: status_reason }),
      validity,
      cost,
      ...(error && { error: { code: error.code, message: error.message } }),
    };
    return { kind: "status", slot: "status", bytes: message("status", JSON.stringify(data)) };
  }

  #tell(kind: StatusMessage["kind"], data: object): void {
    this.#tellAll({ kind, slot: kind, bytes: message(kind, JSON.stringify({ run_id: this.run_id, ...data })) });
  }

  #tellAll(message: StatusMessage): void {
    for (const follower of this.#followers) follower.tell(message);
  }

  #wake(): void {
    this.#version++;
    for (const follower of this.#followers) follower.wake();
  }
}

function decisionMessage(pending: PendingDecision, state: "asked" | "decided", by?: string | null): StatusMessage {
  const data = { ...pending, state, ...(by !== undefined && { by }) };
  return {
    kind: "decision",
    slot: `decision ${pending.agent}`,
    bytes: message("decision", JSON.stringify(data)),
  };
}

/** How a run stands, but for its turn and its cost. */
function standing({ status, status_reason, history, validity, labels, error }: Manifest): string {
  return JSON.stringify([status, status_reason, history.length, validity, labels, error?.code]);
}

function isGone(error: unknown): boolean {
  return error instanceof SimError && error.code === "unknown_run";
}
