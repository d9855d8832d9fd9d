/// <reference lib="deno.worker" />
/**
 * Evaluated first in every sandbox worker, before any domain code: takes the channel to the trusted thread away from
 * the global scope, and removes what would let domain code reach around the sandbox, or make two runs of the same
 * inputs differ (`formats.md` 2.4).
 *
 * The fence is the worker's permissions; what is done here keeps honest code deterministic and gives dishonest code
 * an error message a person understands.
 */

declare const self: DedicatedWorkerGlobalScope;

/** The way to the trusted thread, and the real clock. */
export interface Channel {
  post(message: unknown, transfer?: Transferable[]): void;
  listen(receive: (message: unknown) => void): void;
  /** Wall clock, ms since the epoch. */
  now(): number;
  /** Calls back after `ms` of real time; the result cancels. */
  after(ms: number, callback: () => void): () => void;
  /** Lets the simulation's clock stand at this turn. */
  setTurn(turn: number): void;
}

const EPOCH = 946_684_800_000; // 2000-01-01T00:00:00Z: the simulation's clock at turn 0; a turn is a second
let turnTime = EPOCH;

const RealDate = Date;
const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;
const realPostMessage = self.postMessage.bind(self);
const realAddEventListener = self.addEventListener.bind(self);

let channel: Channel | undefined = {
  post: (message, transfer = []) => realPostMessage(message, transfer),
  listen: (receive) => realAddEventListener("message", (event) => receive((event as MessageEvent).data)),
  now: () => RealDate.now(),
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

const globals = globalThis as unknown as Record<string, unknown>;

function refuse(owner: object, name: string, message: string): void {
  const value = (): never => {
    throw new Error(message);
  };
  Object.defineProperty(owner, name, { value, writable: false, configurable: false, enumerable: false });
}

for (const name of ["caches", "BroadcastChannel", "Worker", "SharedWorker", "onmessage", "onmessageerror"]) {
  delete globals[name];
}
for (const name of ["postMessage", "close"]) refuse(globalThis, name, `${name}() is not available in a simulation`);
for (const type of ["addEventListener", "removeEventListener", "dispatchEvent"] as const) {
  const real = self[type].bind(self) as (...args: unknown[]) => unknown;
  Object.defineProperty(globalThis, type, {
    value: (...args: unknown[]) => {
      const name = typeof args[0] === "string" ? args[0] : (args[0] as Event | undefined)?.type;
      if (name === "message" || name === "messageerror") {
        throw new Error("a simulation has no messages of its own; use its context");
      }
      return real(...args);
    },
  });
}
for (const name of ["exit", "kill", "chdir", "addSignalListener", "removeSignalListener"]) {
  refuse(Deno, name, `Deno.${name}() is not available in a simulation`);
}
Object.defineProperty(Deno, "stdin", { value: undefined, writable: false, configurable: false });
const process = globals.process as Record<string, unknown>;
for (const name of ["exit", "reallyExit", "kill", "_kill", "abort", "chdir", "hrtime", "uptime", "on", "once"]) {
  refuse(process, name, `process.${name}() is not available in a simulation`);
}

const useRng = (name: string) => `${name} would differ from run to run; use the context's rng`;
refuse(Math, "random", useRng("Math.random()"));
for (const name of ["getRandomValues", "randomUUID"]) {
  refuse(crypto, name, useRng(`crypto.${name}()`));
  refuse(Crypto.prototype, name, useRng(`crypto.${name}()`));
}

class TurnDate extends RealDate {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(turnTime);
    else super(...args as [number]);
  }
  static override now(): number {
    return turnTime;
  }
}
// Date() without `new` gives a string; a class cannot be called, so a proxy answers.
const CallableDate = new Proxy(TurnDate, { apply: () => new TurnDate().toString() });
RealDate.prototype.constructor = CallableDate;
Object.defineProperty(globalThis, "Date", { value: CallableDate, writable: false, configurable: false });
Object.defineProperty(globalThis, "performance", {
  value: Object.freeze({ now: () => turnTime - EPOCH, timeOrigin: EPOCH, mark: () => {}, measure: () => {} }),
  writable: false,
  configurable: false,
});
const temporalNow = (globals.Temporal as { Now?: object } | undefined)?.Now;
if (temporalNow) {
  for (const name of Object.getOwnPropertyNames(temporalNow)) {
    if (typeof (temporalNow as Record<string, unknown>)[name] === "function") {
      refuse(temporalNow, name, `Temporal.Now.${name}() would differ from run to run; use the context's turn`);
    }
  }
}

const post = channel.post;
const LEVELS = { debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARNING", error: "ERROR" } as const;
for (const [method, level] of Object.entries(LEVELS)) {
  const value = (...values: unknown[]) => {
    const text = values.map((each) => typeof each === "string" ? each : Deno.inspect(each)).join(" ");
    post({ t: "log", level, text: text.slice(0, 4000), fields: null });
  };
  Object.defineProperty(console, method, { value, writable: true, configurable: true });
}
