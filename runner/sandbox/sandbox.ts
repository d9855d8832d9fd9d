/**
 * One sandbox process, seen from the host: spawned with narrow rights, watched, killed when it stops answering.
 *
 * Law: whatever the domain does, `done` settles, the process is gone by then, and the host's event loop was never held.
 */

import { SimError } from "../../framework/mod.ts";
import { droppedText, LineRate } from "../../framework/worker/mod.ts";
import {
  decodeFromChild,
  type DescribeInit,
  type Failure,
  type FromChild,
  linesOf,
  PROTOCOL,
  type RunInit,
  type ToChild,
} from "./protocol.ts";
import { childCommand } from "./command.ts";

/** Seconds without a heartbeat after which a process counts as hung. */
const HEARTBEAT_TIMEOUT = 15;
/** Seconds that a worker which waits for an answer may be silent; less would hardly tell waiting from computing. */
const ASKING_TIMEOUT = 4;
/** Milliseconds between looks of the watchdog. */
const WATCH_INTERVAL = 200;
/** Bytes of stderr kept. */
const STDERR_KEPT = 32 << 10;

// Omit over a union, member by member.
type Unsent<T> = T extends unknown ? Omit<T, "v" | "nonce"> : never;

/** How a sandbox process is to be run. */
export interface SandboxOptions {
  readonly init: Unsent<RunInit | DescribeInit>;
  /** Real path of the domain's folder; the only source code, beside the framework's, that can be loaded. */
  readonly domainFolder: string;
  /** Real path of the run's folder, or null for a process that needs none. */
  readonly runFolder: string | null;
  /** Megabytes the process may use. */
  readonly maxMemoryMb: number;
  /** Seconds without progress after which it is killed; null: no such limit. */
  readonly progressTimeout: number | null;
  /** Every message but heartbeats. */
  readonly onMessage: (message: FromChild) => void;
  /** A line the domain printed; of a flood only the first lines of each second. */
  readonly onOutput: (line: string) => void;
}

/** How a sandbox process came to its end. */
export type SandboxExit =
  /** It said its last word itself. */
  | { readonly kind: "finished"; readonly message: FromChild & { t: "ended" | "parked" | "failed" } }
  /** The host stopped it, for this reason. */
  | { readonly kind: "stopped"; readonly failure: Failure }
  /** It died without a word. */
  | { readonly kind: "died"; readonly failure: Failure; readonly signal: string | null };

/** A running sandbox process. */
export class Sandbox {
  /** Settles when the process is gone. Never rejects. */
  readonly done: Promise<SandboxExit>;
  /** Process id. */
  readonly pid: number;
  readonly #options: SandboxOptions;
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #nonce = crypto.randomUUID();
  #last: (FromChild & { t: "ended" | "parked" | "failed" }) | undefined;
  #stopped: Failure | undefined;
  #heartbeatAt = performance.now();
  #progressAt = performance.now();
  #waiting = "";
  /** The turn being played. */
  #turn = 0;
  readonly #printed = new LineRate(() => performance.now());
  #expectsProgress = true;
  /** Whether it waits for `go`, however long that takes. */
  #held: boolean;
  /** Requests that have not been answered. */
  readonly #open = new Set<number>();
  #hostFailed = false;
  /** Lines that are still to be written. */
  readonly #unwritten: string[] = [];

  /** @throws {SimError} `no_deno` when the process cannot be started */
  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#process = childCommand(options).spawn();
    this.pid = this.#process.pid;
    this.#stdin = this.#process.stdin.getWriter();
    this.#write({ v: PROTOCOL, nonce: this.#nonce, ...options.init } as RunInit | DescribeInit);
    this.#held = options.init.t === "run" && options.init.hold === true;
    this.done = this.#run();
  }

  /** Sends a message. */
  send(message: Unsent<ToChild>): void {
    if (message.t === "check") this.#progressed();
    if (message.t === "go") {
      this.#held = false;
      this.#progressed();
    }
    if (message.t === "answer") {
      this.#open.delete(message.id);
      this.#progressed();
    }
    this.#write({ v: PROTOCOL, ...message } as ToChild);
  }

  /** Kills the process; `failure` is why. The first reason counts. */
  stop(failure: Failure): void {
    this.#stopped ??= failure;
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      // It has just ended by itself.
      if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Closes the process's input, upon which it ends. */
  close(): void {
    this.#flush();
    this.#stdin.close().catch(() => {/* it is gone already */});
  }

  async #run(): Promise<SandboxExit> {
    const watchdog = this.#watch();
    const stderr = this.#keepStderr();
    try {
      await this.#read();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.stop({ code: error instanceof SimError ? error.code : "sandbox_error", message });
    }
    const status = await this.#process.status;
    clearInterval(watchdog);
    this.#stdin.abort().catch(() => {/* closed already */});
    const printed = await stderr;
    if (this.#last) return { kind: "finished", message: this.#last };
    if (this.#stopped) return { kind: "stopped", failure: this.#stopped };
    return { kind: "died", failure: this.#deathOf(status, printed), signal: status.signal };
  }

  async #read(): Promise<void> {
    for await (const line of linesOf(this.#process.stdout)) {
      if (!line.startsWith(this.#nonce)) {
        if (line !== "") this.#print(line);
        continue;
      }
      const message = decodeFromChild(line.slice(this.#nonce.length));
      this.#heartbeatAt = performance.now();
      if (message.t === "heartbeat") {
        this.#turn = message.turn;
        continue;
      }
      // A waiting process has not got on, nor one that only logs: its clock keeps running.
      if (message.t !== "log" && message.t !== "waiting") this.#progressed();
      if (message.t === "request") this.#open.add(message.id);
      // Whoever is asked may take his time, as long as the worker shows that it does nothing but wait.
      if (message.t === "waiting" && this.#open.size > 0) this.#progressed();
      if (message.t !== "log") this.#waiting = message.t === "waiting" ? waitingText(message) : "";
      if (message.t === "waiting" && message.count === 0) continue;
      if (message.t === "described" || message.t === "checked") this.#expectsProgress = false;
      if (message.t === "ended" || message.t === "parked" || message.t === "failed") this.#last = message;
      this.#hand(() => this.#options.onMessage(message));
    }
  }

  #print(line: string): void {
    const { pass, dropped } = this.#printed.admit();
    if (dropped > 0) this.#hand(() => this.#options.onOutput(droppedText(dropped)));
    if (pass) this.#hand(() => this.#options.onOutput(line));
  }

  /** Hands something to the host. What goes wrong there is no fault of the simulation: it is told, once, and goes on. */
  #hand(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (this.#hostFailed) return;
      this.#hostFailed = true;
      const message = error instanceof Error ? error.message : String(error);
      this.#hand(() => this.#options.onOutput(`the host could not take a message of the sandbox: ${message}`));
    }
  }

  #progressed(): void {
    this.#progressAt = performance.now();
    this.#expectsProgress = true;
  }

  #watch(): ReturnType<typeof setInterval> {
    let looked = performance.now();
    return setInterval(() => {
      const now = performance.now();
      // The machine slept, or the host was held up: the child may have been too.
      if (now - looked > 2000) this.#heartbeatAt = this.#progressAt = now;
      looked = now;
      const limit = this.#options.progressTimeout;
      if (now - this.#heartbeatAt > HEARTBEAT_TIMEOUT * 1000) {
        this.stop({
          code: "no_heartbeat",
          message: `the simulation's process stopped answering for ${HEARTBEAT_TIMEOUT} s in turn ${this.#turn}`,
          turn: this.#turn,
          hint: "domain code floods it with messages, or the machine is overloaded",
        });
      } else if (
        limit !== null && this.#expectsProgress && !this.#held && now - this.#progressAt > this.#patience(limit)
      ) {
        this.stop({
          code: "turn_timeout",
          message: `no progress for ${limit} s in turn ${this.#turn}: ${
            this.#waiting || "domain code is computing and does not return"
          }`,
          turn: this.#turn,
          hint: "raise simulation.turn_timeout if a turn may take that long",
        });
      }
    }, WATCH_INTERVAL);
  }

  /** Milliseconds without progress that are borne; a worker that waits for an answer says so once a second. */
  #patience(limit: number): number {
    return 1000 * (this.#open.size > 0 ? Math.max(limit, ASKING_TIMEOUT) : limit);
  }

  async #keepStderr(): Promise<string> {
    const decoder = new TextDecoder();
    let kept = "";
    for await (const chunk of this.#process.stderr) {
      kept = (kept + decoder.decode(chunk, { stream: true })).slice(-STDERR_KEPT);
    }
    return kept;
  }

  #deathOf(status: Deno.CommandStatus, stderr: string): Failure {
    if (/out of memory/i.test(stderr)) {
      return {
        code: "out_of_memory",
        message: `the simulation ran out of memory in turn ${this.#turn} (max_memory_mb: ${this.#options.maxMemoryMb})`,
        turn: this.#turn,
        hint: "raise limits.max_memory_mb, or let the domain keep less",
      };
    }
    const how = status.signal ? `was killed by ${status.signal}` : `ended with code ${status.code}`;
    const words = stderr.trim().split("\n").slice(-3).join(" | ").slice(0, 500);
    return {
      code: "process_died",
      message: `the simulation's process ${how} in turn ${this.#turn}${words && `: ${words}`}`,
      turn: this.#turn,
    };
  }

  /** What is sent in the same moment, such as many answers that came together, is written together. */
  #write(message: ToChild): void {
    if (this.#unwritten.push(JSON.stringify(message)) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    if (this.#unwritten.length === 0) return;
    const lines = this.#unwritten.splice(0).join("\n") + "\n";
    this.#stdin.write(new TextEncoder().encode(lines)).catch(() => {/* it is gone: `done` says how */});
  }
}

function waitingText(message: FromChild & { t: "waiting" }): string {
  if (message.count === 0) return "waiting for a promise of the engine or the validator";
  const more = message.count > message.agents.length ? ` and ${message.count - message.agents.length} more` : "";
  return `waiting for the decision of ${message.agents.join(", ")}${more}`;
}
