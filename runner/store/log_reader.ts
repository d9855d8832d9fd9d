/** The logs of a run in pages: its events, its settled calls, what it had to say; and where in them something is. */

import { NumberedLogs, type NumberKey } from "./numbered_log.ts";
import type {
  CallPage,
  CallQuery,
  EventPage,
  EventQuery,
  LogLine,
  LogPage,
  LogQuery,
  NumberPage,
  NumbersQuery,
} from "./pages.ts";
import { LOG_LINES_FILE } from "./run_log.ts";
import type { Row } from "./store.ts";
import { TAPE_FILE, type TapeEntry } from "./tape_entry.ts";

/** File of each log, and how its lines are numbered. */
const LOGS = {
  events: { file: "events.jsonl", key: "id", turn: "turn_number" },
  llm: { file: TAPE_FILE, key: "seq", turn: "turn" },
  logs: { file: LOG_LINES_FILE, key: "seq", turn: null },
} as const satisfies { readonly [log in NumbersQuery["log"]]: { file: string; key: NumberKey; turn: string | null } };

/** Levels of log lines by weight. */
const LEVELS: readonly LogLine["level"][] = ["DEBUG", "INFO", "WARNING", "ERROR"];

/** Numbers of a page at most. */
const MOST_NUMBERS = 50_000;

/** Reads the logs in folders of runs. */
export class LogReader {
  readonly #logs: NumberedLogs;

  constructor(logs: NumberedLogs) {
    this.#logs = logs;
  }

  /** Events. */
  events(folder: string, query: EventQuery): EventPage {
    return this.#logs.page<Row>(`${folder}/${LOGS.events.file}`, "id", query, eventsWanted(query));
  }

  /** Settled calls. */
  calls(folder: string, query: CallQuery): CallPage {
    return this.#logs.page<TapeEntry>(`${folder}/${LOGS.llm.file}`, "seq", query, callsWanted(query));
  }

  /** Log lines. */
  lines(folder: string, query: LogQuery): LogPage {
    return this.#logs.page<LogLine>(`${folder}/${LOGS.logs.file}`, "seq", query, linesWanted(query));
  }

  /** The numbers of what is wanted of a log, and of lines between them that cannot be read. */
  numbers(folder: string, query: NumbersQuery): NumberPage {
    const { file, key } = LOGS[query.log];
    const isWanted = wanted(query);
    const after = query.after ?? 0;
    const [numbers, damaged]: [number[], number[]] = [[], []];
    let seen = after;
    const missing = (until: number) => {
      for (seen++; seen < until && damaged.length < MOST_NUMBERS; seen++) damaged.push(seen);
      seen = until;
    };
    const { next_after } = this.#logs.page<Row>(`${folder}/${file}`, key, { after, limit: MOST_NUMBERS }, (row) => {
      const number = row[key];
      if (typeof number !== "number") return false;
      missing(number);
      if (isWanted(row)) numbers.push(number);
      // Rows are not kept: the page holds as many lines as are looked at in one go.
      return false;
    });
    const end = next_after ?? this.last(folder, query.log);
    if (end > seen) missing(end + 1);
    return { numbers, damaged, next_after };
  }

  /** Number of a log's last line; 0: there is none. */
  last(folder: string, log: NumbersQuery["log"]): number {
    return this.#logs.last(`${folder}/${LOGS[log].file}`, LOGS[log].key);
  }

  /** Number of the last line before a turn; 0: there is none. */
  beforeTurn(folder: string, log: "events" | "llm", turn: number): number {
    const { file, key, turn: turnKey } = LOGS[log];
    return this.#logs.lastThat<Row>(`${folder}/${file}`, key, (row) => Number(row[turnKey]) < turn);
  }
}

function wanted(query: NumbersQuery): (row: Row) => boolean {
  switch (query.log) {
    case "events":
      return eventsWanted(query);
    case "llm":
      return callsWanted(query) as unknown as (row: Row) => boolean;
    case "logs":
      return linesWanted(query) as unknown as (row: Row) => boolean;
  }
}

function eventsWanted({ types, agents, causedBy }: Omit<EventQuery, "limit">): (row: Row) => boolean {
  const [someTypes, someAgents] = [types && new Set<unknown>(types), agents && new Set<unknown>(agents)];
  return ({ event_type, agent_id, caused_by }) =>
    (!someTypes || someTypes.has(event_type)) && (!someAgents || someAgents.has(agent_id)) &&
    (causedBy === undefined || Array.isArray(caused_by) && caused_by.includes(causedBy));
}

function callsWanted({ agents }: Omit<CallQuery, "limit">): (row: TapeEntry) => boolean {
  const some = agents && new Set(agents);
  return ({ agent }) => !some || some.has(agent);
}

function linesWanted({ level = "DEBUG" }: Omit<LogQuery, "limit">): (row: LogLine) => boolean {
  const least = LEVELS.indexOf(level);
  return (row) => LEVELS.indexOf(row.level) >= least;
}
