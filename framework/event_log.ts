/**
 * The numbered event stream of a run, encoded as it is produced: one JSON line per event, ids dense from 1.
 *
 * Lines are assembled from templates because ten thousand agents make twenty thousand events a turn; what varies
 * is encoded once (names) or per turn (time, ids).
 */

import type { JsonObject } from "./json.ts";
import type { Verbosity } from "./scenario/resolved.ts";
import { EventIds } from "./ulid.ts";

/** Kinds of events. */
export type EventType =
  | "SYSTEM"
  | "MILESTONE"
  | "VALIDITY"
  | "INTERVENTION"
  | "LIFECYCLE"
  | "DECISION"
  | "LLM"
  | "ACTION"
  | "ENV"
  | "DETAIL";

/** One event as `events.jsonl` holds it. */
export interface SimulationEvent {
  /** Dense number from 1 within the run. */
  readonly id: number;
  /** ULID, sortable by time and number. */
  readonly event_id: string;
  /** ISO-8601 UTC. */
  readonly timestamp: string;
  /** Turn in which it happened; 0 is before the first. */
  readonly turn_number: number;
  /** What kind of thing happened. */
  readonly event_type: EventType;
  /** The run. */
  readonly simulation_id: string;
  /** The agent it is about. */
  readonly agent_id?: string;
  /** Ids of the events that led to this one. */
  readonly caused_by?: readonly number[];
  /** For people. */
  readonly description?: string;
  /** What happened exactly; its shape depends on the type. */
  readonly details?: JsonObject;
  /** What may differ between two runs of the same inputs (latency, cost, reuse). */
  readonly volatile?: JsonObject;
}

const RANK: Record<Verbosity, number> = { MILESTONE: 0, DECISION: 1, ACTION: 2, STATE: 3, DETAIL: 4 };
const LEVEL: Record<EventType, number> = {
  SYSTEM: 0,
  MILESTONE: 0,
  VALIDITY: 0,
  INTERVENTION: 0,
  LIFECYCLE: 0,
  DECISION: 1,
  LLM: 1,
  ACTION: 2,
  ENV: 3,
  DETAIL: 4,
};

/** Events that have not been written yet. */
export interface EventBlock {
  /** NDJSON, one line per event, each ended by a newline. */
  readonly text: string;
  /** Id of the first event in the block. */
  readonly first_id: number;
  /** Number of events. */
  readonly count: number;
}

/** What an {@linkcode EventLog} needs to know. */
export interface EventLogOptions {
  /** The run's id. */
  readonly simulation_id: string;
  /** The run's seed; event ids derive from it. */
  readonly seed: number;
  /** Id of the next event; 1 for a new run. */
  readonly next_event_id: number;
  /** What is recorded. */
  readonly verbosity: Verbosity;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
}

/** Numbers and encodes events; {@linkcode EventLog.take} hands out what has gathered. */
export class EventLog {
  readonly #rank: number;
  readonly #now: () => number;
  readonly #ids: EventIds;
  readonly #simulation: string;
  #next: number;
  #first: number;
  #text = "";
  #committedLength = 0;
  #committedNext: number;
  #turn = -1;
  #time = NaN;
  /** `#time` as text; short turns share it. */
  #timestamp = "";
  /** From the timestamp's value to the `event_type` value's opening quote; renewed by {@linkcode EventLog.tick}. */
  #middle = "";

  /** An empty log that numbers on from `next_event_id`. */
  constructor(options: EventLogOptions) {
    this.#rank = RANK[options.verbosity];
    this.#now = options.now;
    this.#ids = new EventIds(options.seed, options.simulation_id);
    this.#simulation = `","simulation_id":${JSON.stringify(options.simulation_id)}`;
    this.#next = options.next_event_id;
    this.#first = options.next_event_id;
    this.#committedNext = options.next_event_id;
    this.tick(0);
  }

  /** Id the next event will get. */
  get nextId(): number {
    return this.#next;
  }

  /** Whether events of this type are recorded at the log's verbosity. */
  wants(type: EventType): boolean {
    return LEVEL[type] <= this.#rank;
  }

  /** Reads the clock; following events carry this turn and time. */
  tick(turn: number): void {
    const time = this.#now();
    if (time !== this.#time) {
      this.#time = time;
      this.#timestamp = new Date(time).toISOString();
    } else if (turn === this.#turn) return;
    this.#turn = turn;
    this.#middle = `","timestamp":"${this.#timestamp}","turn_number":${turn},"event_type":"`;
  }

  /**
   * Records one event and returns its id, or 0 when the verbosity leaves it out.
   *
   * @param rest the line's remaining members as JSON text without braces, e.g. `"details":{…}`; may be empty
   * @param cause id of the event that led to this one; 0 for none
   * @param agent the agent's name as JSON text; empty for none
   */
  emit(type: EventType, rest: string, cause = 0, agent = ""): number {
    if (LEVEL[type] > this.#rank) return 0;
    const id = this.#next++;
    this.#text += '{"id":' + id + ',"event_id":"' + this.#ids.id(id, this.#time) + this.#middle + type +
      this.#simulation +
      (agent === "" ? "" : ',"agent_id":' + agent) + (cause === 0 ? "" : ',"caused_by":[' + cause + "]") +
      (rest === "" ? "}\n" : "," + rest + "}\n");
    return id;
  }

  /** Length of what has gathered, in UTF-16 code units. */
  get pending(): number {
    return this.#text.length;
  }

  /** Declares the turn whole: what has gathered so far stays. */
  commit(): void {
    this.#committedLength = this.#text.length;
    this.#committedNext = this.#next;
  }

  /** Forgets the events since the last {@linkcode EventLog.commit}: the turn they belong to did not happen. */
  rollback(): void {
    this.#text = this.#text.slice(0, this.#committedLength);
    this.#next = this.#committedNext;
  }

  /** Hands out the events of whole turns and forgets them; those of a turn that is being played stay. */
  take(): EventBlock {
    const text = this.#text.slice(0, this.#committedLength);
    const block = { text, first_id: this.#first, count: this.#committedNext - this.#first };
    this.#text = this.#text.slice(this.#committedLength);
    this.#first = this.#committedNext;
    this.#committedLength = 0;
    return block;
  }
}
