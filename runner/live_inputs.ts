/**
 * What reaches one run from outside while it is played: interventions and handovers that wait for their turn, people's
 * decisions and their deadlines. Everything is in `inputs.jsonl`, on disk, before the simulation hears of it and before
 * its sender is told that it counts.
 */

import {
  type DecisionInput,
  type DecisionJson,
  type DecisionRequest,
  type NewInput,
  SimError,
  type SimulationInput,
  type TurnInput,
} from "../framework/mod.ts";
import type { FromChild } from "./sandbox/mod.ts";
import type { Player } from "./player.ts";

/** Refuses a decision that was made for another turn. @throws {SimError} `not_asked` */
export function assertAskedAbout(agent: string, turn: number, expected: number | undefined): void {
  if (expected === undefined || expected === turn) return;
  throw new SimError("not_asked", `agent '${agent}' is asked about turn ${turn}, not about turn ${expected}`, {
    hint: "look at the run again and decide anew",
  });
}

/** An input that counts from a turn that the simulation will choose. */
export type Offer = Pick<TurnInput, "kind" | "body"> & { readonly agent?: string; readonly not_before?: number };

/** A decision that a run waits for. */
export interface PendingDecision extends DecisionRequest {
  readonly run_id: string;
  /** When the fallback will be taken, ISO-8601 UTC; null: never. */
  readonly until: string | null;
}

/** What is needed to serve one run. */
export interface LiveInputsOptions {
  readonly run_id: string;
  /** First turn in which something from outside may count: a fork's inherited turns are its parent's. */
  readonly firstTurn: number;
  readonly append: (input: NewInput) => Promise<SimulationInput>;
  readonly send: Player["send"];
  /** Told of every decision that is waited for. */
  readonly onDecision: (pending: PendingDecision) => void;
  /** Told when one is waited for no more, and by what: null when the process that asked is gone. */
  readonly onDecided: (pending: PendingDecision, by: NewInput["kind"] | null) => void;
}

interface Offered {
  readonly offer: Offer;
  readonly resolve: (input: SimulationInput) => void;
  readonly reject: (error: unknown) => void;
}

interface Asked {
  readonly pending: PendingDecision;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/** A request that is answered by an input. */
export interface InputRequest {
  readonly id: number;
  readonly request: Exclude<Extract<FromChild, { t: "request" }>["request"], { kind: "call" }>;
}

/**
 * Serves one run while it is played.
 *
 * Law: an input is written once, and by then it is either in the hands of the process that asked for it or read by the one
 * that takes its place; hence {@linkcode LiveInputs.stopped} is awaited before another process is started.
 */
export class LiveInputs {
  readonly #options: LiveInputsOptions;
  readonly #offers = new Map<number, Offered>();
  /** By the id of the simulation's request. */
  readonly #asked = new Map<number, Asked>();
  /** Settles when all that was to be written is. */
  #writing: Promise<unknown> = Promise.resolve();
  #nextOffer = 1;
  #closed = false;

  constructor(options: LiveInputsOptions) {
    this.#options = options;
  }

  /** Hands something to the simulation; resolves when it is recorded with its turn. @throws {SimError} `run_stopped` */
  async offer(offer: Offer): Promise<SimulationInput> {
    if (this.#closed) throw this.#tooLate();
    const id = this.#nextOffer++;
    const { promise, resolve, reject } = Promise.withResolvers<SimulationInput>();
    this.#offers.set(id, { offer, resolve, reject });
    this.#announce(id, offer);
    return await promise;
  }

  /** Decisions that are waited for, in the order in which they were asked for. */
  pending(): PendingDecision[] {
    return [...this.#asked.values()].map(({ pending }) => pending);
  }

  /**
   * A person's decision for `agent`; resolves when it is recorded.
   * @throws {SimError} `not_asked` when no decision of that agent is waited for
   */
  async decide(agent: string, decision: readonly DecisionJson[], expected?: number): Promise<SimulationInput> {
    const found = [...this.#asked].find(([, { pending }]) => pending.agent === agent);
    if (!found) {
      const waiting = this.pending().map((each) => each.agent);
      throw new SimError("not_asked", `run '${this.#options.run_id}' does not wait for a decision of '${agent}'`, {
        hint: waiting.length === 0 ? "it waits for nobody" : `it waits for ${waiting.join(", ")}`,
      });
    }
    const [id, { pending: { turn, n } }] = found;
    assertAskedAbout(agent, turn, expected);
    return await this.#answer(id, { kind: "decision", turn, agent, n, body: { decision }, at: now() });
  }

  /** A message of the simulation. */
  receive({ id, request }: InputRequest): void {
    if (request.kind === "commit") this.#commit(id, request.turn, request.offers);
    else this.#ask(id, request);
  }

  /** A process has been started that knows nothing of what was offered to the one before. */
  started(): void {
    for (const [id, { offer }] of this.#offers) this.#announce(id, offer);
  }

  /** The process is gone: nobody waits for decisions any more. Resolves when all is written that was to be. */
  async stopped(): Promise<void> {
    for (const { timer, pending } of this.#asked.values()) {
      clearTimeout(timer);
      this.#options.onDecided(pending, null);
    }
    this.#asked.clear();
    await this.#writing;
  }

  /** The run stands still: what has not been taken by then never was. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.stopped();
    for (const { reject } of this.#offers.values()) reject(this.#tooLate());
    this.#offers.clear();
  }

  #tooLate(): SimError {
    return new SimError("run_stopped", `run '${this.#options.run_id}' stopped before it could be applied`, {
      hint: "when it is paused or interrupted, do it again: it will count from the turn after the last one saved",
    });
  }

  #announce(id: number, { not_before = 0 }: Offer): void {
    this.#options.send({ t: "offer", id, not_before: Math.max(not_before, this.#options.firstTurn) });
  }

  /** Writes one input after the other. */
  #append(input: NewInput): Promise<SimulationInput> {
    const written = this.#writing.then(() => this.#options.append(input));
    this.#writing = written.catch(() => {/* whoever asked for it is told */});
    return written;
  }

  async #commit(id: number, turn: number, offers: readonly number[]): Promise<void> {
    const inputs: SimulationInput[] = [];
    try {
      for (const each of offers) {
        const offered = this.#offers.get(each);
        if (!offered) continue;
        this.#offers.delete(each);
        inputs.push(await this.#record(offered, turn));
      }
      this.#options.send({ t: "answer", id, inputs });
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  async #record({ offer: { kind, agent, body }, resolve, reject }: Offered, turn: number): Promise<SimulationInput> {
    const input = { kind, turn, ...(agent !== undefined && { agent }), body, at: now() } as NewInput;
    try {
      const recorded = await this.#append(input);
      resolve(recorded);
      return recorded;
    } catch (error) {
      reject(error);
      throw error;
    }
  }

  #ask(id: number, request: DecisionRequest): void {
    const { run_id } = this.#options;
    const { deadline, turn, agent, n } = request;
    const until = deadline === null ? null : new Date(Date.now() + deadline * 1000).toISOString();
    const late = () =>
      this.#answer(id, { kind: "timeout", turn, agent, n, body: { deadline: deadline! }, at: now() })
        .catch(() => {/* the simulation has been told */});
    const timer = deadline === null ? undefined : setTimeout(late, deadline * 1000);
    const pending = { run_id, until, ...withoutKind(request) };
    this.#asked.set(id, { pending, timer });
    this.#options.onDecision(pending);
  }

  async #answer(id: number, answer: NewInput): Promise<SimulationInput> {
    const { timer, pending } = this.#asked.get(id)!;
    // From here on nobody else answers.
    this.#asked.delete(id);
    clearTimeout(timer);
    this.#options.onDecided(pending, answer.kind);
    try {
      const input = await this.#append(answer);
      this.#options.send({ t: "answer", id, inputs: [input] });
      return input;
    } catch (error) {
      this.#refuse(id, error);
      throw error;
    }
  }

  /** The simulation cannot go on: what it waits for cannot be written. */
  #refuse(id: number, error: unknown): void {
    const { code = "input_error", message, hint } = error as Error & { code?: string; hint?: string };
    this.#options.send({ t: "answer", id, inputs: [], error: { code, message, ...(hint !== undefined && { hint }) } });
  }
}

function withoutKind(request: DecisionRequest): DecisionRequest {
  const { agent, turn, n, deadline, observation } = request;
  return { agent, turn, n, deadline, observation };
}

function now(): DecisionInput["at"] {
  return new Date().toISOString();
}
