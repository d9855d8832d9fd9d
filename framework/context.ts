/** What agents, engines and validators may ask of the simulation that hosts them. */

import type { JsonObject } from "./json.ts";
import type { Http, LLM } from "./llm/llm.ts";
import type { LifecycleRequest } from "./lifecycle.ts";
import type { AgentMemory } from "./memory.ts";
import type { Message, OutgoingMessage } from "./message.ts";
import type { Rng } from "./rng.ts";

/** How important a log line is. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR";

/** Writes one log line; it goes to the run's log, `log.jsonl`, and to who watches; it takes no part in sameness. */
export type Log = (level: LogLevel, message: string, fields?: JsonObject) => void;

/** What every component gets. */
export interface ComponentContext {
  /** The turn being played, from 1; 0 while the initial state is made. */
  readonly turn: number;
  /** Path of the run's `files/` folder, the only place the sandbox can read and write; relative, the same in every run. */
  readonly files: string;
  /** Writes one log line. */
  readonly log: Log;
}

/** What components get that may ask others. */
export interface AskingContext extends ComponentContext {
  /** Asks models. */
  readonly llm: LLM;
  /** Asks services outside. */
  readonly http: Http;
}

/** What an agent gets with each decision. */
export interface AgentContext extends AskingContext {
  /** A fresh stream for this agent and turn: the same in every run with this seed, whatever other agents draw. */
  readonly rng: Rng;
  /** Messages that were sent to this agent in the last turn, in the order of their senders. */
  readonly inbox: readonly Message[];
  /** What this agent remembers; what it adds is kept once it has decided. */
  readonly memory: AgentMemory;
}

/** What an engine or validator gets with each call. */
export interface EngineContext extends AskingContext {
  /** A fresh stream for `purpose`, this turn and, if given, one agent. The same arguments give the same stream. */
  rng(purpose: string, agent?: string): Rng;
  /** Records how a number came about, as a DETAIL event (only at that verbosity). */
  detail(calculation_type: string, intermediate_values: JsonObject): void;
  /** Asks that an agent comes, goes, pauses or acts again, at the end of the turn (see `addAgent` and its like). */
  request(request: LifecycleRequest): void;
  /** Sends a message in the name of the world; it is in the inboxes of the next turn. */
  send(message: OutgoingMessage): void;
}
