/// <reference lib="deno.worker" />
/**
 * Evaluated first in every sandbox worker, before any domain code: takes the channel to the trusted thread away from
 * the global scope, and removes what would let domain code reach around the sandbox, or make two runs of the same
 * inputs differ (`formats.md` 2.4).
 *
 * The fence is the worker's permissions; what is done here keeps honest code deterministic and gives dishonest code
 * an error message a person understands.
 */

import type { LogLevel } from "../context.ts";
import { droppedText, LineRate } from "./line_rate.ts";
import { refuseNodeBuiltins } from "./node_builtins.ts";
import { refuseAll, refuseRandom } from "./refuse.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The way to the trusted thread, and the real clock. */
export interface Channel {
  post(message: unknown, transfer?: Transferable[]): void;
  listen(receive: (message: unknown) => void): void;
  /** Posts one log line; what exceeds the rate is counted and dropped. */
  log(level: LogLevel, text: string, fields?: unknown): void;
  /** Wall clock, ms since the epoch. */
  now(): number;
  /** Calls back after `ms` of real time; the result cancels. */
  after(ms: number, callback: () => void): () => void;
  /** Lets the simulation's clock stand at this turn. */
  setTurn(turn: number): void;
}

const EPOCH = 946_684_800_000; // 2000-01-01T00:00:00Z: the simulation's clock at turn 0; a turn is a second
/** Longest log line, in UTF-16 code units. */
const LOG_LENGTH = 4000;

let turnTime = EPOCH;

const RealDate = Date;
const realNow = Date.now;
const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;
const realPostMessage = self.postMessage.bind(self);
const realAddEventListener = self.addEventListener.bind(self);
const rate = new LineRate(realNow);

let channel: Channel | undefined = {
  post: (message, transfer = []) => realPostMessage(message, transfer),
  listen: (receive) => realAddEventListener("message", (event) => receive((event as MessageEvent).data)),
  log: (level, text, fields) => log(level, () => String(text), fields),
  now: () => realNow(),
  after: (ms, callback) => {
    const timer = realSetTimeout(callback, ms);
    return () => realClearTimeout(timer);
  },
  setTurn: (turn) => turnTime = EPOCH + turn * 1000,
};

/** The channel, once: the framework takes it before domain code is evaluated. @throws {Error} the second time */
export function takeChannel(): Channel {
  if (!channel) throw new Error("the sandbox's channel has been taken");
  const taken = channel;
  channel = undefined;
  return taken;
}

function log(level: LogLevel, text: () => string, fields: unknown): void {
  const { pass, dropped } = rate.admit();
  const post = (level: LogLevel, text: string, fields: unknown) =>
    realPostMessage({ t: "log", level, text: text.slice(0, LOG_LENGTH), fields });
  if (dropped > 0) post("WARNING", droppedText(dropped), null);
  if (pass) post(LEVELS.has(level) ? level : "INFO", text(), asJson(fields));
}

const LEVELS = new Set<LogLevel>(["DEBUG", "INFO", "WARNING", "ERROR"]);

/** What JSON keeps of `fields`, if that is an object. */
function asJson(fields: unknown): unknown {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return null;
  try {
    return JSON.parse(JSON.stringify(fields));
  } catch (error) {
    return { fields: `not JSON: ${error instanceof Error ? error.message : error}` };
  }
}

const globals = globalThis as unknown as Record<string, unknown>;
const process = globals.process as Record<string, unknown>;

closeChannels();
hideMachine();
stopClocks();
refuseRandomness();
redirectConsole();

/** What leads to other threads, other processes, or the trusted thread. */
function closeChannels(): void {
  const names = ["caches", "BroadcastChannel", "Worker", "SharedWorker", "onmessage", "onmessageerror"];
  for (const name of names) delete globals[name];
  // The runtime's own insides, which hold what is refused here.
  const deno = Deno as unknown as Record<PropertyKey, unknown>;
  delete deno[deno.internal as symbol];
  delete deno.internal;
  refuseAll(globalThis, "", ["postMessage", "close"]);
  Object.defineProperty(Object.getPrototypeOf(navigator), "gpu", { value: undefined });
  for (const type of ["addEventListener", "removeEventListener", "dispatchEvent"] as const) {
    const real = EventTarget.prototype[type] as (...args: unknown[]) => unknown;
    const value = function (this: unknown, ...args: unknown[]): unknown {
      const name = typeof args[0] === "string" ? args[0] : (args[0] as Event | undefined)?.type;
      const own = this === undefined || this === globalThis;
      if (own && (name === "message" || name === "messageerror")) {
        throw new Error("a simulation has no messages of its own; use its context");
      }
      return Reflect.apply(real, this, args);
    };
    Object.defineProperty(EventTarget.prototype, type, { value, writable: false, configurable: false });
  }
  refuseAll(Deno, "Deno.", ["exit", "kill", "chdir", "addSignalListener", "removeSignalListener"]);
  Object.defineProperty(Deno, "stdin", { value: undefined, writable: false, configurable: false });
  refuseAll(process, "process.", ["exit", "reallyExit", "kill", "_kill", "abort", "chdir", "on", "once"]);
}

/** What differs from process to process and from machine to machine, though no simulation needs it. */
function hideMachine(): void {
  refuseAll(Deno, "Deno.", ["memoryUsage"]);
  refuseAll(process, "process.", ["memoryUsage"]);
  Object.defineProperty(Object.getPrototypeOf(navigator), "hardwareConcurrency", { value: 1 });
}

/** Every clock stands at the turn's time. */
function stopClocks(): void {
  RealDate.now = () => turnTime;
  const TurnDate: DateConstructor = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [turnTime] : args, newTarget),
    apply: () => new TurnDate().toString(),
  });
  RealDate.prototype.constructor = TurnDate;
  Object.defineProperty(globalThis, "Date", { value: TurnDate, writable: false, configurable: false });

  const RealFile = File;
  const TurnFile = new Proxy(RealFile, {
    construct: (target, [bits, name, options], newTarget) =>
      Reflect.construct(target, [bits, name, { lastModified: turnTime, ...options }], newTarget),
  });
  RealFile.prototype.constructor = TurnFile;
  Object.defineProperty(globalThis, "File", { value: TurnFile, writable: false, configurable: false });

  const format = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format")!.get!;
  Object.defineProperty(Intl.DateTimeFormat.prototype, "format", {
    get(this: Intl.DateTimeFormat) {
      const formatted = format.call(this) as (date: unknown) => string;
      return (date: unknown = turnTime) => formatted(date);
    },
  });
  const formatToParts = Intl.DateTimeFormat.prototype.formatToParts;
  Intl.DateTimeFormat.prototype.formatToParts = function (date = turnTime) {
    return formatToParts.call(this, date);
  };

  const performance = Object.freeze({
    now: () => turnTime - EPOCH,
    timeOrigin: EPOCH,
    mark: () => {},
    measure: () => {},
  });
  Object.defineProperty(globalThis, "performance", { value: performance, writable: false, configurable: false });
  for (const name of ["PerformanceMark", "PerformanceObserver"]) delete globals[name];
  refuseNodeBuiltins(performance);
  for (const owner of [Deno, process]) refuseAll(owner, "", ["cpuUsage", "resourceUsage", "threadCpuUsage", "uptime"]);

  const temporalNow = (globals.Temporal as { Now: object }).Now;
  const names = Object.getOwnPropertyNames(temporalNow);
  refuseAll(temporalNow, "Temporal.Now.", names.filter((name) => name !== "timeZoneId"));
}

function refuseRandomness(): void {
  refuseRandom(Math, "Math.", ["random"]);
  for (const owner of [crypto, Crypto.prototype]) refuseRandom(owner, "crypto.", ["getRandomValues", "randomUUID"]);
  refuseRandom(SubtleCrypto.prototype, "crypto.subtle.", ["generateKey"]);
  refuseRandom(URL, "URL.", ["createObjectURL"]);
  refuseRandom(Deno, "Deno.", ["makeTempDir", "makeTempDirSync", "makeTempFile", "makeTempFileSync"]);
}

function redirectConsole(): void {
  const levels = { debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARNING", error: "ERROR" } as const;
  for (const [method, level] of Object.entries(levels)) {
    const value = (...values: unknown[]) =>
      log(level, () => values.map((each) => typeof each === "string" ? each : Deno.inspect(each)).join(" "), null);
    Object.defineProperty(console, method, { value, writable: true, configurable: true });
  }
}
