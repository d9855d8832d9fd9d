/// <reference lib="deno.worker" />
/**
 * Runs in the sandbox worker: plays a simulation, or describes the domain and checks a scenario against it. The only
 * code that talks to the trusted thread.
 */

import { checkScenario } from "../check.ts";
import { describeDomain, type Domain } from "../domain.ts";
import { SimError } from "../issue.ts";
import { SimulationOrchestrator } from "../orchestrator.ts";
import { storedPopulations } from "../population_play.ts";
import type { ResolvedScenario } from "../scenario/resolved.ts";
import { loadGraphs, Space } from "../space/mod.ts";
import { SimulationState, type StateJson } from "../state.ts";
import { abandonment, LiveOutside, TURN_ABANDONED } from "./live_outside.ts";
import type { FailureReport, FromWorker, StartMessage, ToWorker } from "./messages.ts";
import { takeChannel } from "./prelude.ts";
import { RequestQueue } from "./request_queue.ts";
import "./builtins/mod.ts";

const channel = takeChannel();
const encoder = new TextEncoder();

/** Blocks are sent at least this often (ms), and when they grow past {@linkcode BLOCK_LENGTH}. */
const BLOCK_INTERVAL = 20;
const BLOCK_LENGTH = 1 << 20;
/** Milliseconds between words of a worker that waits. */
const WAITING_INTERVAL = 1000;
/** A save may take at most one part in so many of the run's time. */
const SAVE_SHARE = 25;

let booted = false;

/** Takes the domain's module and serves the trusted thread. Called once by the worker's entry. */
export function boot(module: { default?: unknown }): void {
  if (booted) throw new Error("the sandbox has been booted");
  booted = true;
  const domain = domainOf(module);
  channel.listen((message) => receive(domain, message as ToWorker));
  send({ t: "loaded" });
}

function domainOf(module: { default?: unknown }): Domain {
  const domain = module.default as Partial<Domain> | undefined;
  if (!domain || !Array.isArray(domain.agents) || !Array.isArray(domain.engines) || !Array.isArray(domain.validators)) {
    throw new SimError("bad_domain", "the domain's mod.ts has no default export made by defineDomain()", {
      hint: "export default defineDomain({ name, description, agents, engines, validators })",
    });
  }
  return domain as Domain;
}

function send(message: FromWorker, transfer?: Transferable[]): void {
  requests.flush();
  channel.post(message, transfer);
}

let player: Player | undefined;
const requests = new RequestQueue(
  (requests) => channel.post({ t: "requests", requests } satisfies FromWorker),
  (answer) => player?.outside.answered(answer),
);

function receive(domain: Domain, message: ToWorker): void {
  switch (message.t) {
    case "start":
      player = new Player(domain, message);
      player.play();
      break;
    case "ack":
      player?.acknowledged(message.cost_ms);
      break;
    case "park":
      player?.park(message.at_once);
      break;
    case "offer":
      player?.outside.offer(message.id, message.not_before);
      break;
    case "answer":
      player?.outside.answered(message);
      break;
    case "describe":
      send({ t: "described", description: describeDomain(domain) });
      break;
    case "check":
      check(domain, message.scenario);
      break;
  }
}

async function check(domain: Domain, scenario: ResolvedScenario): Promise<void> {
  if (scenario.spatial) await loadGraphs();
  send({ t: "checked", issues: checkScenario(domain, scenario) });
}

/** Plays turns, sends their blocks, says when a state is worth saving. */
class Player {
  /** Where what comes from outside arrives. */
  readonly outside: LiveOutside;
  readonly #domain: Domain;
  readonly #start: StartMessage;
  #park = false;
  /** Rejects when the turn in play is to be abandoned, whatever it waits for. */
  readonly #atOnce = Promise.withResolvers<never>();
  #unacknowledged: Promise<void> | undefined;
  #acknowledge: ((cost: number) => void) | undefined;
  #sentAt = 0;
  /** The turn that was sent last. */
  #sentTurn = -1;
  #savedAt = 0;
  /** What the last save cost, ms, encoding included. */
  #saveCost = 0;

  constructor(domain: Domain, start: StartMessage) {
    this.#domain = domain;
    this.#start = start;
    this.outside = new LiveOutside(start.inputs, (id, request) => requests.add(id, request));
    // Whoever waits is told; nobody may.
    this.#atOnce.promise.catch(() => {});
  }

  park(atOnce: boolean): void {
    this.#park = true;
    this.outside.abandon();
    if (atOnce) this.#atOnce.reject(abandonment());
  }

  acknowledged(cost: number): void {
    this.#acknowledge?.(cost);
  }

  async play(): Promise<void> {
    let simulation: SimulationOrchestrator | undefined;
    try {
      if (this.#start.scenario.spatial) await loadGraphs();
      simulation = this.#build();
      await this.#playTurns(simulation);
    } catch (error) {
      // Nothing has been played yet: there is nothing to save either.
      if (isAbandonment(error) && simulation && !simulation.started) {
        send({ t: "parked", stats: simulation.stats, metrics: {} });
      } else await this.#failed(simulation, error);
    }
  }

  #build(): SimulationOrchestrator {
    const { scenario, run_id, seed, files, from, turn_in_play } = this.#start;
    return new SimulationOrchestrator({
      domain: this.#domain,
      scenario,
      run_id,
      seed,
      files,
      inputs: this.outside,
      log: channel.log,
      now: channel.now,
      onTurn: (turn) => {
        channel.setTurn(turn);
        Atomics.store(turn_in_play, 0, turn);
      },
      ...(from && {
        from: {
          state: this.#state(from.state, from.agent_order)
            .with({ populations: storedPopulations(this.#domain, scenario, from.populations) }),
          next_event_id: from.next_event_id,
          stats: from.stats,
          loop: from.loop,
          memories: from.memories,
        },
      }),
    });
  }

  async #playTurns(simulation: SimulationOrchestrator): Promise<void> {
    const { from, stop_after } = this.#start;
    this.#sentAt = this.#savedAt = channel.now();
    if (from) this.#sentTurn = from.state.turn;
    else {
      const { initial } = this.#start;
      const started = simulation.start(
        initial ? this.#state(initial.state, initial.agent_order) : undefined,
      );
      if (started) await this.#watched(simulation, started);
      await this.#flush(simulation, { numbered: true });
    }
    // What ended the parent does not end a fork's inherited stretch: the fork goes on by rules of its own.
    const ended = () =>
      simulation.ended !== null && !(stop_after?.numbered && simulation.state.turn === stop_after.turn);
    while (!ended()) {
      const stop = stop_after !== null && simulation.state.turn >= stop_after.turn;
      if (this.#park || stop) {
        await this.#flush(simulation, { numbered: this.#due(simulation) || (stop && stop_after.numbered) });
        send({ t: "parked", stats: simulation.stats, metrics: simulation.metrics });
        return;
      }
      if (!await this.#step(simulation)) continue;
      await this.#flushWhenDue(simulation);
    }
    await this.#flush(simulation, { numbered: true });
    // After the last checkpoint, so that a fork can go on from it without an end in its log.
    simulation.finish();
    await this.#flush(simulation, null);
    await this.#unacknowledged;
    send({ t: "ended", reason: simulation.ended!, stats: simulation.stats, metrics: simulation.metrics });
  }

  /** Plays a turn. False when it was abandoned: the simulation stands at its start, to be parked. */
  async #step(simulation: SimulationOrchestrator): Promise<boolean> {
    try {
      const played = simulation.step();
      if (played) await this.#watched(simulation, played);
      return true;
    } catch (error) {
      if (!isAbandonment(error)) throw error;
      simulation.abandon();
      return false;
    }
  }

  /** A state of a checkpoint, with its space. */
  #state(json: StateJson, order: readonly string[]): SimulationState {
    const { spatial } = this.#start.scenario;
    const space = spatial && json.spatial_state ? Space.fromJSON(json.spatial_state, spatial) : null;
    return SimulationState.fromJSON(json, order, { space });
  }

  #due(simulation: SimulationOrchestrator): boolean {
    const interval = simulation.scenario.simulation.checkpoint_interval;
    return interval !== null && simulation.state.turn % interval === 0;
  }

  async #flushWhenDue(simulation: SimulationOrchestrator): Promise<void> {
    if (simulation.ended === null && this.#isFlushDue(simulation)) {
      await this.#flush(simulation, this.#saveDue(simulation));
    }
  }

  #isFlushDue(simulation: SimulationOrchestrator): boolean {
    // The clock may be set back; a difference below zero counts as long ago.
    const since = channel.now() - this.#sentAt;
    return since < 0 || since >= BLOCK_INTERVAL || simulation.pending >= BLOCK_LENGTH || this.#due(simulation);
  }

  /** Whether the state is to be saved with the next block. */
  #saveDue(simulation: SimulationOrchestrator): { readonly numbered: boolean } | null {
    if (this.#due(simulation)) return { numbered: true };
    const since = channel.now() - this.#savedAt;
    return since < 0 || since >= SAVE_SHARE * this.#saveCost ? { numbered: false } : null;
  }

  /** Sends what has gathered; with a checkpoint it waits until that is on disk. */
  async #flush(simulation: SimulationOrchestrator, save: { numbered: boolean } | null): Promise<void> {
    // One block may be on its way while the next is made, not more: this is the back-pressure.
    if (this.#unacknowledged) await this.#unacknowledged;
    const began = channel.now();
    const block = simulation.take();
    const [events, global, agents] = [block.events, block.global, block.agents].map((text) => encoder.encode(text));
    const saved = save && simulation.checkpoint();
    const state = saved && encoder.encode(saved.state);
    const turn = this.#sentTurn = simulation.state.turn;
    const transfer = [events!.buffer, global!.buffer, agents!.buffer, ...(state ? [state.buffer] : [])];
    for (const { bytes } of saved?.populations ?? []) transfer.push(bytes.buffer);
    if (save) this.#saveCost = channel.now() - began;
    send({
      t: "block",
      turn,
      events: events!,
      first_event_id: block.first_event_id,
      event_count: block.event_count,
      global: global!,
      agents: agents!,
      checkpoint: saved && { ...saved, numbered: save!.numbered, state: state! },
    }, transfer);
    // Only what was really sent will be acknowledged.
    this.#unacknowledged = new Promise((resolve) => {
      this.#acknowledge = (cost) => {
        if (save) this.#saveCost += cost;
        this.#unacknowledged = this.#acknowledge = undefined;
        resolve();
      };
    });
    if (save) {
      await this.#unacknowledged;
      this.#savedAt = channel.now();
    }
    this.#sentAt = channel.now();
  }

  /**
   * Waits for a turn; once a second it tells who is being waited for, which also shows that it does wait. What is left of
   * the turns before is sent meanwhile: those who watch the run need not wait for the turn.
   */
  async #watched(simulation: SimulationOrchestrator, turn: Promise<void>): Promise<void> {
    const tell = () => {
      const agents = simulation.waitingFor;
      send({ t: "waiting", turn: simulation.turnInPlay, agents: agents.slice(0, 5), count: agents.length });
      cancel = channel.after(WAITING_INTERVAL, tell);
    };
    let sent: Promise<void> | undefined;
    const sendRest = () => {
      // While a block is on its way the next one waits: see #flush.
      if (this.#unacknowledged) cancelRest = channel.after(BLOCK_INTERVAL, sendRest);
      else {
        // Not with a checkpoint: `files/`, which are part of it, are those of the turn in play.
        sent = this.#flush(simulation, null);
        // Found out below.
        sent.catch(() => {});
      }
    };
    let cancel = channel.after(WAITING_INTERVAL, tell);
    let cancelRest = () => {};
    if (simulation.started && this.#sentTurn < simulation.state.turn) {
      if (this.#isFlushDue(simulation)) sendRest();
      else cancelRest = channel.after(BLOCK_INTERVAL, sendRest);
    }
    try {
      await Promise.race([turn, this.#atOnce.promise]);
    } finally {
      cancel();
      cancelRest();
    }
    await sent;
  }

  async #failed(simulation: SimulationOrchestrator | undefined, error: unknown): Promise<void> {
    const report = failureReport(error, simulation?.turnInPlay ?? 0);
    if (simulation?.started) {
      await this.#flush(simulation, { numbered: true });
      send({ t: "failed", error: report, stats: simulation.stats, metrics: simulation.metrics });
    } else send({ t: "failed", error: report, stats: null, metrics: {} });
  }
}

function isAbandonment(error: unknown): boolean {
  return error instanceof SimError && error.code === TURN_ABANDONED;
}

function failureReport(error: unknown, turn: number): FailureReport {
  const unexpected = (message: string) => ({
    code: "simulation_error",
    message: `the simulation failed in turn ${turn}: ${message}`,
    turn,
  });
  if (!(error instanceof Error)) return unexpected(`threw ${String(error)}`);
  const stack = (error.cause instanceof Error ? error.cause : error).stack;
  const known = error instanceof SimError ? error : undefined;
  return {
    ...(known ? { code: known.code, message: known.message } : unexpected(error.message)),
    ...(known?.hint !== undefined && { hint: known.hint }),
    ...(known?.turn !== undefined && { turn: known.turn }),
    ...(known?.agent !== undefined && { agent: known.agent }),
    ...(stack !== undefined && { stack: stack.slice(0, 4000) }),
  };
}
