/**
 * The trusted main thread of a sandbox process. It hosts one worker, in which the domain runs with read and write for
 * the run's `files/` and nothing else, and is the only writer of the run's logs and checkpoints.
 *
 * It is killed from outside when it stops answering; it ends by itself when the host's end of stdin is closed.
 */

import { SimError } from "../../framework/keeping.ts";
import type { JsonObject, SimulationInput } from "../../framework/mod.ts";
import type { BlockMessage, FailureReport, FromWorker, OutsideRequest, ToWorker } from "../../framework/worker/mod.ts";
import { asDiskError, diskFault } from "../store/disk_error.ts";
import { RunWriter } from "../store/run_writer.ts";
import {
  type DescribeInit,
  encodeFromChild,
  type FromChild,
  linesOf,
  PROTOCOL,
  type RunInit,
  type ToChild,
} from "./protocol.ts";

/** Name of the folder that the simulation may use, in the run's folder. */
const FILES = "files";
/** Milliseconds between heartbeats; memory is looked at as often. */
const HEARTBEAT = 100;
/** At most one progress message in so many milliseconds. */
const PROGRESS_INTERVAL = 20;
/** Milliseconds that a process of this run whose host has died may need to see it and leave. */
const LEAVING_TIME = 3000;
/** Milliseconds between looks at what the run has written. */
const QUOTA_INTERVAL = 1000;

type Described = Extract<FromChild, { t: "described" }>["description"];

/** Serves one host until the work is done. Never returns normally: it ends the process. */
export async function serveChild(): Promise<never> {
  const lines = linesOf(Deno.stdin.readable);
  // The nonce is read before the worker exists, so that domain code cannot know it.
  const first = await lines.next();
  if (first.done) Deno.exit(0);
  const init = JSON.parse(first.value) as RunInit | DescribeInit;
  const child = new Child(init);
  child.start();
  for await (const line of lines) child.receive(JSON.parse(line) as ToChild);
  // The host has gone: nobody watches over this process any more.
  Deno.exit(0);
}

class Child {
  readonly #init: RunInit | DescribeInit;
  /** The turn that the worker says it plays. */
  readonly #inPlay = new Int32Array(new SharedArrayBuffer(4));
  #writer: RunWriter | undefined;
  #worker: Worker | undefined;
  #turn = 0;
  /** Megabytes that the run may write. */
  #quota = Infinity;
  #progressAt = -Infinity;
  /** Will tell what could not be told yet. */
  #progressTimer: ReturnType<typeof setTimeout> | undefined;
  #row: string | undefined;
  #finished = false;
  /** Begins what the worker is there for; undefined as long as it is not loaded. */
  #begin: (() => void) | undefined;
  /** Whether it need not wait for `go`. */
  #mayBegin: boolean;

  constructor(init: RunInit | DescribeInit) {
    this.#init = init;
    this.#mayBegin = !(init.t === "run" && init.hold === true);
  }

  start(): void {
    const init = this.#init;
    if (init.v !== PROTOCOL) this.#fail({ code: "bad_message", message: `this sandbox speaks protocol ${PROTOCOL}` });
    const memory = init.t === "run" ? init.plan.at(-1)!.scenario.limits.max_memory_mb : init.max_memory_mb;
    setInterval(() => this.#heartbeat(memory), HEARTBEAT);
    try {
      if (init.t === "run") this.#openRun(init);
      else this.#load([], () => ({ t: "describe" }), null);
    } catch (error) {
      this.#failWith(error);
    }
  }

  receive(message: ToChild): void {
    if (message.t === "go") {
      this.#mayBegin = true;
      this.#begin?.();
    } else if (message.t === "park") this.#toWorker({ t: "park", at_once: message.at_once });
    else if (message.t === "offer" || message.t === "answer") this.#toWorker(message);
    else if (message.t === "check") this.#toWorker({ t: "check", scenario: message.scenario });
  }

  #openRun(init: RunInit): void {
    const { writer, from } = RunWriter.open(init.folder, init, LEAVING_TIME);
    this.#writer = writer;
    const turn = this.#turn = from?.turn ?? 0;
    const stretch = init.plan.find(({ until }) => until === null || turn < until)!;
    this.#quota = stretch.scenario.limits.max_output_mb;
    setInterval(() => this.#guard(() => this.#checkQuota()), QUOTA_INTERVAL);
    const files = Deno.realPathSync(`${init.folder}/${FILES}`);
    const start = (): ToWorker => ({
      t: "start",
      run_id: init.run_id,
      scenario: stretch.scenario,
      seed: stretch.seed,
      // Relative to the process's working folder: the same in every run, and in its replay.
      files: FILES,
      // Read when it begins: some may have come while it waited.
      inputs: readInputs(`${init.folder}/inputs.jsonl`),
      turn_in_play: this.#inPlay,
      initial: init.initial,
      stop_after: stopAfter(stretch.until, init.stop_after),
      ...(from && {
        from: {
          state: from.state,
          agent_order: from.agent_order,
          next_event_id: from.next_event_id,
          stats: from.stats,
          loop: from.loop,
          memories: from.memories,
          populations: from.populations,
        },
      }),
    });
    this.#load([files], start, from?.turn ?? null);
  }

  /** Starts the worker. Its module graph is loaded with this process's narrow rights, its code runs with less. */
  #load(folders: string[], first: () => ToWorker, turn: number | null): void {
    const url = (relative: string) => JSON.stringify(new URL(relative, import.meta.url).href);
    const entry = [
      `import ${url("../../framework/worker/prelude.ts")};`,
      `import { boot } from ${url("../../framework/worker/boot.ts")};`,
      `import * as domain from ${JSON.stringify(this.#init.domain)};`,
      `boot(domain);`,
    ].join("\n");
    const options = {
      type: "module",
      name: "simulation",
      deno: {
        permissions: {
          read: folders,
          write: folders,
          net: false,
          env: false,
          run: false,
          ffi: false,
          sys: false,
          import: false,
        },
      },
    } as WorkerOptions;
    const worker = new Worker(URL.createObjectURL(new Blob([entry], { type: "text/javascript" })), options);
    this.#worker = worker;
    let loaded = false;
    worker.onerror = (event) => {
      event.preventDefault();
      const place = event.filename && !event.filename.startsWith("blob:")
        ? ` (${event.filename}:${event.lineno}:${event.colno})`
        : "";
      this.#fail(
        loaded
          ? this.#inTurn(
            "domain_error",
            `an error in domain code was caught by nobody${this.#during}: ${event.message}${place}`,
          )
          : { code: "domain_load_error", message: `the domain's module could not be loaded: ${event.message}${place}` },
      );
    };
    worker.onmessageerror = () => this.#fail({ code: "bad_message", message: "the worker sent something unreadable" });
    worker.onmessage = (event) => {
      const message = event.data as FromWorker;
      if (message.t === "loaded") {
        loaded = true;
        this.#send({ t: "loaded", turn });
        this.#begin = () => this.#guard(() => this.#toWorker(first()));
        if (this.#mayBegin) this.#begin();
      } else this.#fromWorker(message);
    };
  }

  #toWorker(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #fromWorker(message: FromWorker): void {
    if (this.#finished) return;
    this.#guard(() => this.#handle(message));
  }

  /** What goes wrong here ends the run, with its reason. */
  #guard(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#failWith(error);
    }
  }

  #handle(message: FromWorker): void {
    switch (message.t) {
      case "block":
        return this.#store(message);
      case "waiting":
        return this.#send({ t: "waiting", turn: message.turn, agents: [...message.agents], count: message.count });
      case "requests":
        return this.#send(
          ...message.requests.map(({ id, request }) =>
            ({ t: "request", id, request: structuredRequest(request) }) as const
          ),
        );
      case "log":
        return this.#send({ t: "log", level: message.level, text: message.text, fields: message.fields });
      case "ended":
        this.#progress(true);
        return this.#finish({
          t: "ended",
          turn: this.#turn,
          reason: message.reason,
          stats: message.stats,
          metrics: message.metrics,
        });
      case "parked":
        this.#progress(true);
        return this.#finish({ t: "parked", turn: this.#turn, stats: message.stats, metrics: message.metrics });
      case "failed":
        return this.#finish({
          t: "failed",
          turn: this.#turn,
          error: message.error,
          stats: message.stats,
          metrics: message.metrics,
        });
      case "described":
        return this.#send({ t: "described", description: message.description as Described });
      case "checked":
        return this.#send({
          t: "checked",
          issues: message.issues.map((issue) => ({ ...issue, path: [...issue.path ?? []] })),
        });
    }
  }

  #store(block: BlockMessage): void {
    const writer = this.#writer;
    if (!writer) throw new SimError("bad_message", "the worker sent a block though no run is open");
    checkTurn(block, this.#turn);
    const began = performance.now();
    writer.append(block);
    this.#turn = block.turn;
    if (block.global.length > 0) this.#row = lastLine(block.global);
    // Those who watch the run need not wait for the disk.
    this.#progress(false);
    if (block.checkpoint) {
      this.#checkQuota();
      writer.save(block.turn, block.checkpoint);
      this.#send({ t: "saved", turn: block.turn, numbered: block.checkpoint.numbered });
    }
    this.#toWorker({ t: "ack", cost_ms: performance.now() - began });
  }

  /** Tells how far the run is: at once after a quiet time, else when the interval is over. */
  #progress(now: boolean): void {
    const time = performance.now();
    const left = this.#progressAt + PROGRESS_INTERVAL - time;
    if (!now && left > 0) {
      this.#progressTimer ??= setTimeout(() => this.#progress(true), left);
      return;
    }
    clearTimeout(this.#progressTimer);
    this.#progressTimer = undefined;
    this.#progressAt = time;
    const row = this.#row === undefined ? null : parseRow(this.#row);
    this.#send({ t: "progress", turn: this.#turn, next_event_id: this.#writer?.nextEventId ?? 1, row });
  }

  #heartbeat(maxMemory: number): void {
    const rss = Math.round(Deno.memoryUsage().rss / 1048576);
    this.#send({ t: "heartbeat", rss_mb: rss, turn: Math.max(this.#turn, this.#inPlay[0]!) });
    if (rss > maxMemory) {
      this.#fail({
        ...this.#inTurn(
          "out_of_memory",
          `the simulation used ${rss} MB of memory${this.#during}, more than max_memory_mb: ${maxMemory}`,
        ),
        hint: "raise limits.max_memory_mb, or let the domain keep less",
      });
    }
  }

  #checkQuota(): void {
    const used = Math.ceil((this.#writer?.size() ?? 0) / 1048576);
    if (used > this.#quota) {
      this.#fail({
        ...this.#inTurn(
          "output_quota",
          `the run has written ${used} MB${this.#during}, more than max_output_mb: ${this.#quota}`,
        ),
        hint: "raise limits.max_output_mb, lower events.verbosity, or record rows less often",
      });
    }
  }

  /** " in turn 7", or nothing where no turn is played. */
  get #during(): string {
    return this.#init.t === "run" ? ` in turn ${this.#inPlay[0]}` : "";
  }

  #inTurn(code: string, message: string): FailureReport {
    return { code, message, ...(this.#init.t === "run" && { turn: this.#inPlay[0]! }) };
  }

  #send(...messages: readonly FromChild[]): void {
    const { nonce } = this.#init;
    const bytes = new TextEncoder().encode(messages.map((message) => encodeFromChild(nonce, message)).join(""));
    for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
  }

  #failWith(error: unknown): never {
    const turn = this.#inPlay[0]!;
    this.#fail({ ...ioFailure(error), ...(turn > 0 && { turn }) });
  }

  #fail(error: FailureReport): never {
    this.#finish({ t: "failed", turn: this.#turn, error, stats: null, metrics: {} });
  }

  /** Says the last word and ends the process; a worker that is still busy goes with it. */
  #finish(message: FromChild): never {
    this.#finished = true;
    this.#writer?.close();
    this.#send(message);
    Deno.exit(0);
  }
}

/** The nearer of a stretch's end, which gets a numbered checkpoint, and a stop asked for. */
function stopAfter(until: number | null, asked: number | null): { turn: number; numbered: boolean } | null {
  if (until !== null && (asked === null || until <= asked)) return { turn: until, numbered: true };
  return asked === null ? null : { turn: asked, numbered: false };
}

/** That a block follows the ones before: what is in it may be domain code's, where it is stored must not. */
function checkTurn(block: BlockMessage, last: number): void {
  if (Number.isSafeInteger(block.turn) && block.turn >= last) return;
  throw new SimError("bad_block", `the sandbox sent turn '${block.turn}' after turn ${last}`);
}

/** The request with lists of its own. */
function structuredRequest(request: OutsideRequest): Extract<FromChild, { t: "request" }>["request"] {
  return request.kind === "commit" ? { ...request, offers: [...request.offers] } : request;
}

function parseRow(text: string): JsonObject {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SimError("bad_block", `the sandbox sent a row that is not JSON: ${text.slice(0, 80)}`, {
      cause,
      hint: "domain code has replaced something that the framework needs, such as JSON.stringify",
    });
  }
}

function ioFailure(met: unknown): FailureReport {
  const error = asDiskError(met);
  if (error instanceof SimError) {
    return { code: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (diskFault(error)?.kind === "misplaced") {
    return {
      code: "run_folder_damaged",
      message: `the run's folder is not as the sandbox left it: ${message}`,
      hint: "domain code may change what is in files/, but must leave the folder itself in its place",
    };
  }
  return {
    code: "sandbox_error",
    message,
    ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }),
  };
}

function readInputs(path: string): SimulationInput[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  // What follows the last newline was torn when a host was killed; it was never acknowledged.
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

function lastLine(bytes: Uint8Array): string {
  const start = bytes.lastIndexOf(10, bytes.length - 2) + 1;
  return new TextDecoder().decode(bytes.subarray(start, bytes.length - 1));
}

if (import.meta.main) await serveChild();
