/**
 * The turn loop: plays one simulation, turn by turn, in memory. It writes nothing; the host of the loop takes the
 * encoded events and rows with {@linkcode SimulationOrchestrator.take} and stores them.
 *
 * Invariants: a turn is applied as a whole or not at all; decisions are applied in agent order, never in the order in
 * which they arrived; the same scenario, domain, seed and inputs give the same states, events and rows.
 */

import { Action, type Decision, type Verdict } from "./action.ts";
import { buildComponents, initialState } from "./components.ts";
import type { EngineContext, Log } from "./context.ts";
import { type AgentSlot, DecisionMaker, FailedDecision, type Outcome } from "./decision.ts";
import { diskFull } from "./disk_full.ts";
import type { Domain } from "./domain.ts";
import type { BaseEngine } from "./engine.ts";
import { EventLog } from "./event_log.ts";
import type { SimulationInput } from "./inputs.ts";
import { SimError } from "./issue.ts";
import { isAccepted, judgeAll } from "./judgement.ts";
import { type Metrics, ReporterSet } from "./reporter.ts";
import { rng, type Seed } from "./rng.ts";
import { AgentRows, globalRow } from "./rows.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import type { SimulationState } from "./state.ts";
import { StateGuard } from "./state_guard.ts";
import { parseStatePath, type StatePath, writeStatePaths } from "./state_path.ts";
import { newStats, type RunStats } from "./stats.ts";
import { run, settled, type Steps } from "./steps.ts";
import { Termination } from "./termination.ts";
import { details, TurnEvents } from "./turn_events.ts";
import type { BaseValidator } from "./validator.ts";
import { VariableLayout } from "./variables.ts";

/** Where a resumed simulation continues. */
export interface ResumePoint {
  /** The state after the last complete turn. */
  readonly state: SimulationState;
  /** Id of the first event to come. */
  readonly next_event_id: number;
  /** Running totals up to that turn. */
  readonly stats: RunStats;
}

/** What a simulation is made of. */
export interface SimulationOptions {
  /** Where the components come from. */
  readonly domain: Domain;
  /** What is simulated. */
  readonly scenario: ResolvedScenario;
  /** Name of the run, written into every event. */
  readonly run_id: string;
  /** Default: the scenario's. */
  readonly seed?: Seed;
  /** Path of the run's `files/` folder, handed to components as it is. */
  readonly files?: string;
  /** Continue here instead of at turn 0. */
  readonly from?: ResumePoint;
  /** Outside inputs, in order of `seq`. */
  readonly inputs?: readonly SimulationInput[];
  /** Where components' log lines go. Default: nowhere. */
  readonly log?: Log;
  /** Wall clock in ms, for timestamps. Default `Date.now`. */
  readonly now?: () => number;
  /** Called before anything of a turn happens; the sandbox sets its clock by it. */
  readonly onTurn?: (turn: number) => void;
}

/** What has been produced since the last {@linkcode SimulationOrchestrator.take}. */
export interface TurnBlock {
  /** NDJSON lines. */
  readonly events: string;
  /** Id of the first event in it. */
  readonly first_event_id: number;
  /** Number of events in it. */
  readonly event_count: number;
  /** NDJSON lines. */
  readonly global: string;
  /** NDJSON lines. */
  readonly agents: string;
}

/** Plays one simulation. */
export class SimulationOrchestrator {
  /** What is simulated. */
  readonly scenario: ResolvedScenario;
  readonly #options: SimulationOptions;
  readonly #seed: Seed;
  readonly #log: Log;
  readonly #engine: BaseEngine;
  readonly #validator: BaseValidator;
  readonly #slots: readonly AgentSlot[];
  readonly #guard: StateGuard;
  readonly #decisions: DecisionMaker;
  readonly #events: EventLog;
  readonly #termination: Termination;
  readonly #reporters: ReporterSet;
  readonly #agentLayout: VariableLayout;
  readonly #globalLayout: VariableLayout;
  readonly #agentRows: AgentRows | null;
  #state: SimulationState | undefined;
  #turn = 0;
  #metrics: Metrics = {};
  #ended: string | null = null;
  #stats: RunStats;
  #global = "";
  #agents = "";

  /**
   * Builds all components; nothing is played yet.
   * @throws {SimError} when the domain lacks a component of the scenario, or a component's constructor throws
   */
  constructor(options: SimulationOptions) {
    const { domain, scenario } = options;
    this.#options = options;
    this.scenario = scenario;
    this.#seed = options.seed ?? scenario.simulation.seed;
    this.#log = options.log ?? (() => {});
    this.#agentLayout = new VariableLayout(scenario.state_variables.agent_vars);
    this.#globalLayout = new VariableLayout(scenario.state_variables.global_vars);
    const { engine, validator, slots } = buildComponents(domain, scenario, this.#seed);
    this.#engine = engine;
    this.#validator = validator;
    this.#slots = slots;
    const names = slots.map(({ agent }) => agent.name);
    this.#guard = new StateGuard(scenario.engine.type, names, this.#agentLayout, this.#globalLayout);
    this.#decisions = new DecisionMaker(options.files ?? "", this.#log);
    this.#events = new EventLog({
      simulation_id: options.run_id,
      seed: this.#seed,
      next_event_id: options.from?.next_event_id ?? 1,
      verbosity: scenario.events.verbosity,
      now: options.now ?? Date.now,
    });
    this.#termination = new Termination(scenario.simulation, this.#engine);
    this.#reporters = new ReporterSet(scenario.metrics.reporters);
    this.#agentRows = scenario.metrics.agents === "none"
      ? null
      : new AgentRows(this.#agentLayout.names, scenario.metrics.agents);
    this.#stats = options.from?.stats ?? newStats();
    if (options.from) {
      this.#state = options.from.state;
      this.#turn = this.#state.turn;
      this.#metrics = this.#reporters.compute(this.#state);
      this.#ended = this.#termination.reason(this.#state, this.#metrics);
    }
  }

  /**
   * The present state.
   * @throws {SimError} `not_started` before {@linkcode SimulationOrchestrator.start}
   */
  get state(): SimulationState {
    if (!this.#state) throw new SimError("not_started", "the simulation has no state yet: call start() first");
    return this.#state;
  }

  /** Whether there is a state. */
  get started(): boolean {
    return this.#state !== undefined;
  }

  /** The turn being played, or the last one played. */
  get turnInPlay(): number {
    return this.#turn;
  }

  /** Reporter values of the present state. */
  get metrics(): Metrics {
    return this.#metrics;
  }

  /** Why the simulation ended, or null while it goes on. */
  get ended(): string | null {
    return this.#ended;
  }

  /** Running totals. */
  get stats(): RunStats {
    return this.#stats;
  }

  /** Id the next event will get. */
  get nextEventId(): number {
    return this.#events.nextId;
  }

  /** Agents whose decision is still outstanding in the turn being played. */
  get waitingFor(): readonly string[] {
    return [...this.#decisions.waitingFor];
  }

  /** Length of what {@linkcode SimulationOrchestrator.take} would hand out, in UTF-16 code units. */
  get pending(): number {
    return this.#events.pending + this.#global.length + this.#agents.length;
  }

  /** Hands out what has been produced since the last call. */
  take(): TurnBlock {
    const { text, first_id, count } = this.#events.take();
    const block = {
      events: text,
      first_event_id: first_id,
      event_count: count,
      global: this.#global,
      agents: this.#agents,
    };
    this.#global = this.#agents = "";
    return block;
  }

  /**
   * Makes the first state; a promise only if the engine's initialisation is asynchronous.
   *
   * @param given a state to start from, of any turn, in place of what the engine would make of turn 0
   * @throws {SimError} `bad_state` when it has other agents than the scenario, or values that the scenario does not allow
   */
  start(given?: SimulationState): void | Promise<void> {
    if (this.#state) throw new SimError("already_started", "the simulation has a state already");
    return run(this.#whole(this.#start(given)));
  }

  /** Plays one turn; a promise only if some component is asynchronous. @throws {SimError} when the turn fails */
  step(): void | Promise<void> {
    if (this.#ended !== null) throw new SimError("already_ended", `the simulation has ended: ${this.#ended}`);
    return run(this.#whole(this.#step()));
  }

  /**
   * Records the end, once {@linkcode SimulationOrchestrator.ended} says so.
   * @throws {SimError} `not_ended`
   */
  finish(): void {
    if (this.#ended === null) throw new SimError("not_ended", "the simulation has not ended");
    this.#events.tick(this.state.turn);
    this.#events.emit("SYSTEM", details({ system_event_type: "simulation_end", status: this.#ended }));
    this.#events.commit();
  }

  /** Plays `steps` as a whole or not at all. */
  *#whole(steps: Steps<void>): Steps<void> {
    const stats = this.#stats;
    try {
      yield* steps;
    } catch (error) {
      this.#stats = stats;
      this.#events.rollback();
      throw error;
    }
  }

  *#start(given?: SimulationState): Steps<void> {
    const turn = this.#turn = given?.turn ?? 0;
    this.#options.onTurn?.(turn);
    this.#events.tick(turn);
    const { name } = this.scenario.simulation;
    const opening = details({ system_event_type: "simulation_start", simulation: name, seed: this.#seed });
    const start = this.#events.emit("SYSTEM", opening);
    const state = this.#guard.checked(given ?? (yield* this.#initialized(start)), turn, null).with({ turn });
    this.#finish(state, start, { ...this.#stats, initial_value: totalValue(state) });
  }

  *#initialized(start: number): Steps<SimulationState> {
    const context = this.#context("engine", 0, new TurnEvents(this.#events, start));
    const defaults = initialState(this.scenario, this.#agentLayout, this.#globalLayout);
    return yield* this.#guarded("engine", 0, () => this.#engine.initializeState(defaults, context));
  }

  *#step(): Steps<void> {
    const before = this.state;
    const turn = this.#turn = before.turn + 1;
    this.#options.onTurn?.(turn);
    this.#events.tick(turn);
    const start = this.#events.emit("MILESTONE", '"details":{"milestone_type":"turn_start"}');
    const events = new TurnEvents(this.#events, start);
    const context = this.#context("engine", turn, events);
    const entering = this.#applyInputs(before, turn, events);
    const acted = this.scenario.simulation.schedule === "simultaneous"
      ? yield* this.#act(this.#slots, entering, context, events)
      : yield* this.#oneByOne(entering, context, events);
    const ruled = yield* this.#guarded("engine", turn, () => this.#engine.applyEngineRules(acted, context));
    const state = this.#guard.checked(ruled, turn, before).with({ turn });
    this.#events.tick(turn);
    events.changes(before, state, this.#slots, this.#agentLayout, this.#globalLayout);
    this.#finish(state, start, { ...this.#stats, turns: this.#stats.turns + 1 });
  }

  /** One decides and acts after the other, each seeing the state after the action before. */
  *#oneByOne(state: SimulationState, context: EngineContext, events: TurnEvents): Steps<SimulationState> {
    const order = this.scenario.simulation.schedule === "random_order"
      ? rng(this.#seed, "schedule", "", context.turn).shuffle(this.#slots)
      : this.#slots;
    for (const slot of order) state = yield* this.#act([slot], state, context, events);
    return state;
  }

  /** All of `slots` decide from `state`, each action is judged, the accepted ones are applied in agent order. */
  *#act(
    slots: readonly AgentSlot[],
    state: SimulationState,
    context: EngineContext,
    events: TurnEvents,
  ): Steps<SimulationState> {
    const { turn } = context;
    const outcomes = yield* this.#decisions.askAll(slots, state, turn);
    this.#events.tick(turn);
    const { actions, owners, failures } = collected(slots, outcomes, events);
    const verdicts = yield* this.#judged(actions, state, turn, events);
    events.actions(slots, actions, owners, verdicts);
    const accepted = acceptedOf(actions, verdicts);
    const stats = this.#stats;
    this.#stats = {
      ...stats,
      decisions: stats.decisions + slots.length,
      failed_decisions: stats.failed_decisions + failures,
      validated: stats.validated + accepted.length,
      rejected: stats.rejected + actions.length - accepted.length,
    };
    // One after another, an agent that does nothing is no turn of the engine's.
    if (accepted.length === 0 && slots !== this.#slots) return state;
    const next = yield* this.#guarded("engine", turn, () => this.#engine.applyActions(state, accepted, context));
    return this.#guard.state(next, turn);
  }

  #applyInputs(state: SimulationState, turn: number, events: TurnEvents): SimulationState {
    for (const input of this.#options.inputs ?? []) {
      if (input.kind !== "intervention" || input.turn !== turn) continue;
      const entries = Object.entries(input.body.set).map(([path, value]) => ({ path: parseStatePath(path), value }));
      const set = this.#guard.intervened(() => writeStatePaths(state, entries), turn, input.seq, state);
      events.intervention({ seq: input.seq, ...input.body }, entries.map(({ path }) => variableOf(path)));
      state = set;
    }
    return state;
  }

  /** Waits for `call` if it must; what it throws names the component and the turn. */
  *#guarded<T>(kind: "engine" | "validator", turn: number, call: () => T | Promise<T>): Steps<T> {
    try {
      return yield* settled(call());
    } catch (error) {
      throw componentError(kind, this.scenario[kind].type, turn, error);
    }
  }

  /** Metrics, termination, rows and the closing event of a turn; from here on the turn has happened. */
  #finish(state: SimulationState, start: number, stats: RunStats): void {
    const turn = state.turn;
    const metrics = this.#reporters.compute(state);
    const ended = this.#termination.reason(state, metrics);
    this.#state = state;
    this.#metrics = metrics;
    this.#ended = ended;
    this.#stats = ended === null ? stats : { ...stats, final_value: totalValue(state) };
    const { every, agents_every } = this.scenario.metrics;
    if (ended !== null || turn % every === 0) this.#global += globalRow(state, metrics);
    if (this.#agentRows && (ended !== null || turn % agents_every === 0)) this.#agents += this.#agentRows.encode(state);
    if (stats.turns > 0) this.#events.emit("MILESTONE", '"details":{"milestone_type":"turn_end"}', start);
    this.#events.commit();
  }

  /** The verdicts on `actions`. What validators tell of numbers is recorded in the actions' order, not as it came. */
  *#judged(
    actions: readonly Action[],
    state: SimulationState,
    turn: number,
    events: TurnEvents,
  ): Steps<readonly Verdict[]> {
    const told: (() => void)[][] = [];
    const shared = this.#context("validator", turn, events);
    const contextOf = !this.#events.wants("DETAIL") ? () => shared : (i: number): EngineContext => {
      const own: (() => void)[] = told[i] = [];
      return { ...shared, detail: (type, values) => own.push(() => events.detail(type, values)) };
    };
    const verdicts = yield* this.#guarded(
      "validator",
      turn,
      () => run(judgeAll(this.#validator, actions, state, contextOf)),
    );
    this.#events.tick(turn);
    for (const own of told) for (const tell of own) tell();
    return verdicts;
  }

  #context(kind: "engine" | "validator", turn: number, events: TurnEvents): EngineContext {
    return {
      turn,
      files: this.#options.files ?? "",
      log: this.#log,
      rng: (purpose, agent = "") => rng(this.#seed, `${kind}:${purpose}`, agent, turn),
      detail: (calculation_type, intermediate_values) => events.detail(calculation_type, intermediate_values),
    };
  }
}

// Loops over all agents stand outside of generators: V8 runs them faster there.

/** The actions in agent order, and for each the position of its agent in `slots`. Failures are recorded. */
function collected(
  slots: readonly AgentSlot[],
  outcomes: readonly Outcome[],
  events: TurnEvents,
): { actions: Action[]; owners: number[]; failures: number } {
  const actions: Action[] = [];
  const owners: number[] = [];
  let failures = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i]!;
    if (outcome === null) continue;
    if (outcome instanceof Action) {
      actions.push(outcome);
      owners.push(i);
      continue;
    }
    let several: Decision;
    if (outcome instanceof FailedDecision) {
      failures++;
      events.failure(slots[i]!, outcome);
      several = outcome.instead;
    } else several = outcome;
    for (const action of several instanceof Action ? [several] : several ?? []) {
      actions.push(action);
      owners.push(i);
    }
  }
  return { actions, owners, failures };
}

/** The variable that a path writes to: `global.x`, `agents.A.x`. */
function variableOf(path: StatePath): string {
  if (path.kind === "global") return `global.${path.variable}`;
  return path.kind === "agent" ? `agents.${path.agent}.${path.variable}` : "";
}

function acceptedOf(actions: readonly Action[], verdicts: readonly Verdict[]): readonly Action[] {
  return verdicts.every(isAccepted) ? actions : actions.filter((_, i) => isAccepted(verdicts[i]!));
}

function componentError(kind: "engine" | "validator", type: string, turn: number, error: unknown): SimError {
  if (error instanceof SimError && (error.code === `${kind}_error` || error.code === "bad_state")) return error;
  const full = diskFull(error, turn);
  if (full) return full;
  const message = error instanceof Error ? error.message : `threw ${String(error)}`;
  const hint = error instanceof SimError ? error.hint : undefined;
  return new SimError(`${kind}_error`, `${kind} '${type}' failed in turn ${turn}: ${message}`, {
    turn,
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

function totalValue(state: SimulationState): number | null {
  const total: unknown = state.global_state.total_economic_value;
  return typeof total === "number" ? total : null;
}
