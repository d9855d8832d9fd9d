/** What is asked for in pages: runs, events, settled calls, log lines. */

import type { Manifest, RunStatus } from "./manifest.ts";
import type { Row } from "./store.ts";
import type { TapeEntry } from "./tape_entry.ts";

/** Which runs to list; all conditions must hold. */
export interface RunQuery {
  /** One status, or several of which a run has one. */
  readonly status?: RunStatus | readonly RunStatus[];
  readonly repo?: string;
  /** The path by which the scenario was named, or its end after a `/`. */
  readonly scenario?: string;
  /** `key` or `key=value`. */
  readonly label?: string;
  /** Id of the batch that the run was made for. */
  readonly batch?: string;
  readonly validity?: Manifest["validity"]["state"];
  /** Part of the run id, of the run's name or of the scenario's path. */
  readonly text?: string;
  /** Created at or after, ISO-8601. */
  readonly since?: string;
  /** What determines the run's files. */
  readonly contentKey?: string;
  /** The notebook that it was started from, or one cell of it. */
  readonly notebook?: { readonly path: string; readonly cell?: string };
  /** What they are sorted by; where it is the same, newest first. Default: newest first. */
  readonly sort?: RunSort;
  /** At most so many. Default: all. */
  readonly limit?: number;
  /** `next_cursor` of the page before, of the same query; for those that are not sorted otherwise. */
  readonly cursor?: string;
  /** So many are left out before the first: a list that is scrolled asks for any part of it. Default 0. */
  readonly offset?: number;
}

/** What runs can be sorted by: `seconds` from start to end, `progress` in turns of `max_turns`. */
export const RUN_SORTS = [
  "created",
  "name",
  "scenario",
  "repo",
  "status",
  "validity",
  "turn",
  "progress",
  "seconds",
  "cost",
  "id",
  "seed",
  "labels",
  "batch",
  "parent",
] as const;

/** An order of runs. */
export interface RunSort {
  readonly by: typeof RUN_SORTS[number];
  readonly descending?: boolean;
  /** Runs of one domain stand together, domains by their names. */
  readonly grouped?: boolean;
}

/** How many runs match a query, and how many of them are of each kind; `limit`, `cursor` and `offset` do not count. */
export interface RunTally {
  readonly total: number;
  readonly status: { readonly [status: string]: number };
  readonly repo: { readonly [domain: string]: number };
  readonly validity: { readonly [validity: string]: number };
}

/** A page of runs, newest first. */
export interface RunPage {
  readonly runs: Manifest[];
  /** Asks for the next page; null: this is the last one. */
  readonly next_cursor: string | null;
  /** Ids of runs whose manifest cannot be read; they are in no page. */
  readonly broken: string[];
}

/** What a list says of a run. */
export interface RunRow {
  readonly run_id: string;
  readonly status: RunStatus;
  readonly repo: string;
  readonly current_turn: number;
  readonly max_turns: number;
  /** `simulation.name` of the scenario. */
  readonly name: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly scenario_path: string | null;
  readonly labels: Manifest["labels"];
  readonly validity: Manifest["validity"]["state"];
  readonly cost_usd: number;
  /** The run that it is a fork of. */
  readonly parent: { readonly run_id: string; readonly turn: number } | null;
  readonly seed: number;
  /** The batch that it was made for. */
  readonly batch_id: string | null;
}

/** A page of runs as text, as it is in the index: nothing has to be parsed or written again. */
export interface RunRowPage extends Omit<RunPage, "runs"> {
  /** JSON texts of {@linkcode RunRow}, newest first. */
  readonly rows: readonly string[];
}

/** A page of a numbered log. */
export interface PageQuery {
  /** Only what has a greater number. Default 0: from the beginning. */
  readonly after?: number;
  /** At most so many, from 1. */
  readonly limit: number;
}

/** Which events. */
export interface EventQuery extends PageQuery {
  /** Only events of these types (`event_type`). */
  readonly types?: readonly string[];
  /** Only events of these agents (`agent_id`). */
  readonly agents?: readonly string[];
  /** Only events that this one led to (`caused_by`). */
  readonly causedBy?: number;
}

/** Which settled calls. */
export interface CallQuery extends PageQuery {
  /** Only calls on behalf of these agents; an empty name is the world's. */
  readonly agents?: readonly string[];
}

/** A page of a numbered log, in order. */
export interface Page<T> {
  readonly rows: T[];
  /**
   * `after` of the next page; null: the end of the log was reached. A page may be short of `limit`, or empty, and have a
   * next one: no more than some megabytes are looked at for one page.
   */
  readonly next_after: number | null;
}

/** Events. */
export type EventPage = Page<Row>;

/** Settled calls of models and services. */
export type CallPage = Page<TapeEntry>;

/** What the simulation, its models or its host had to say while a run was played: a line of `log.jsonl`. */
export interface LogLine {
  /** Number of the line, from 1. */
  readonly seq: number;
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly level: "DEBUG" | "INFO" | "WARNING" | "ERROR";
  readonly text: string;
  readonly fields?: { readonly [name: string]: unknown };
}

/** Which log lines. */
export interface LogQuery extends PageQuery {
  /** Least level. Default `DEBUG`. */
  readonly level?: LogLine["level"];
}

/** Log lines. */
export type LogPage = Page<LogLine>;

/** Which log, and what of it: as the query of its pages has it. */
export type NumbersQuery =
  | { readonly log: "events" } & Omit<EventQuery, "limit">
  | { readonly log: "llm" } & Omit<CallQuery, "limit">
  | { readonly log: "logs" } & Omit<LogQuery, "limit">;

/** The numbers of what is wanted of a log, without what it is: a list is as long as it is before it has been read. */
export interface NumberPage {
  /** Ascending. */
  readonly numbers: number[];
  /** Numbers of lines between them that cannot be read. */
  readonly damaged: number[];
  /** `after` of the next page; null: the end of the log was reached. */
  readonly next_after: number | null;
}

/** Where things are in a log. */
export interface LogNumbers {
  /** Number of the last line; 0: there is none. */
  readonly last: number;
  /** Number of the last line before the turn that was asked about; null: about none. */
  readonly before_turn: number | null;
  /** As of {@linkcode NumberPage}; null where all lines are wanted: they are numbered from 1. */
  readonly numbers: readonly number[] | null;
  readonly damaged: readonly number[];
  readonly next_after: number | null;
}

/** A file below `files/` of a run. */
export interface RunFile {
  /** Names of folders and of the file, with `/` between. */
  readonly path: string;
  readonly bytes: number;
  /** When it was written last, ISO-8601 UTC. */
  readonly modified: string;
}

/** Whole lines of a log, as they are in its file. */
export interface LineText {
  /** Each line with its newline; empty when there is nothing after what was asked for. */
  readonly text: string;
  /** Number of the last line in `text`; as asked for when it is empty. */
  readonly last_id: number;
}
