/**
 * The turn loop: plays one simulation, turn by turn, in memory. It writes nothing; the host of the loop takes the
 * encoded events and rows with {@linkcode SimulationOrchestrator.take} and stores them.
 *
 * Invariants: a turn is applied as a whole or not at all; decisions are applied in agent order, never in the order in
 * which they arrived; the same scenario, domain, seed and inputs give the same states, events and rows.
 */

import { encodeState } from "./checkpoint.ts";
import { AgentBuilder, buildComponents, initialState } from "./components.ts";
import type { Log } from "./context.ts";
import { type AgentSlot, DecisionMaker } from "./decision.ts";
import type { Domain } from "./domain.ts";
import { EventLog } from "./event_log.ts";
import { type Outside, RecordedInputs, type SimulationInput } from "./inputs.ts";
import { InterventionPlan } from "./interventions.ts";
import { SimError } from "./issue.ts";
import type { World } from "./lifecycle_rules.ts";
import { deepFreeze, type JsonObject } from "./json.ts";
import { EMPTY_LOOP, encodeLoop, type LoopState, type Memories } from "./loop_state.ts";
import { type EncodedPopulation, encodeMembers } from "./member_codec.ts";
import { Observer } from "./observation.ts";
import { Perception } from "./perception.ts";
import { PopulationPlay } from "./population_play.ts";
import { type Metrics, ReporterSet } from "./reporter.ts";
import type { Seed } from "./rng.ts";
import { AgentRows, globalRow, SampleRows } from "./rows.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import { loadGraphs, Space } from "./space/mod.ts";
import type { SimulationState } from "./state.ts";
import { StateGuard } from "./state_guard.ts";
import { newStats, type RunStats } from "./stats.ts";
import { run, settled, type Steps } from "./steps.ts";
import { Termination } from "./termination.ts";
import { Turn, type TurnParts } from "./turn.ts";
import { details, TurnEvents } from "./turn_events.ts";
import { VariableLayout } from "./variables.ts";

/** Where a resumed simulation continues. */
export interface ResumePoint {
  /** The state after the last complete turn. */
  readonly state: SimulationState;
  /** Id of the first event to come. */
  readonly next_event_id: number;
  /** Running totals up to that turn. */
  readonly stats: RunStats;
  /** What the loop carried beside the state. Default: nothing. */
  readonly loop?: LoopState;
  /** What agents remember. Default: nothing. */
  readonly memories?: Memories;
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
  /** What comes from outside: recorded inputs in order of `seq`, or a door to those who are asked. Default: nothing. */
  readonly inputs?: readonly SimulationInput[] | Outside;
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

/** What a checkpoint holds of a simulation. */
export interface SavedSimulation {
  /** {@linkcode encodeState} of it. */
  readonly state: string;
  /** Names in agent order. */
  readonly agent_order: readonly string[];
  /** Running totals. */
  readonly stats: RunStats;
  /** {@linkcode encodeLoop} of what the loop carries; null when there is nothing. */
  readonly loop: JsonObject | null;
  /** What agents remember. */
  readonly memory: Memories;
  /** Populations, encoded. */
  readonly populations: readonly EncodedPopulation[];
}

/** Plays one simulation. */
export class SimulationOrchestrator {
  /** What is simulated. */
  readonly scenario: ResolvedScenario;
  readonly #options: SimulationOptions;
  readonly #seed: Seed;
  readonly #builder: AgentBuilder;
  /** The scenario's agents, built at once so that what is wrong with one is told before anything is played. */
  readonly #initial: readonly AgentSlot[];
  readonly #parts: TurnParts;
  readonly #events: EventLog;
  readonly #termination: Termination;
  readonly #reporters: ReporterSet;
  readonly #agentLayout: VariableLayout;
  readonly #globalLayout: VariableLayout;
  readonly #agentRows: AgentRows | null;
  readonly #sampleRows: SampleRows;
  #world: World | undefined;
  #turn = 0;
  #metrics: Metrics = {};
  #ended: string | null = null;
  #abandoned = false;
  #stats: RunStats;
  #global = "";
  #agents = "";

  /**
   * Builds all components; nothing is played yet.
   * @throws {SimError} when the domain lacks a component of the scenario, or a component's constructor throws
   */
  constructor(options: SimulationOptions) {
    const { domain, scenario, from } = options;
    const log = options.log ?? (() => {});
    const files = options.files ?? "";
    this.#options = options;
    this.scenario = scenario;
    this.#seed = options.seed ?? scenario.simulation.seed;
    this.#agentLayout = new VariableLayout(scenario.state_variables.agent_vars);
    this.#globalLayout = new VariableLayout(scenario.state_variables.global_vars);
    const { engine, validator } = buildComponents(domain, scenario);
    this.#builder = new AgentBuilder(domain, scenario, this.#seed);
    this.#events = new EventLog({
      simulation_id: options.run_id,
      seed: this.#seed,
      next_event_id: from?.next_event_id ?? 1,
      verbosity: scenario.events.verbosity,
      now: options.now ?? Date.now,
    });
    const outside = isOutside(options.inputs) ? options.inputs : new RecordedInputs(options.inputs ?? []);
    const observer = scenario.observability && new Observer(scenario.observability, scenario, this.#seed);
    this.#parts = {
      scenario,
      seed: this.#seed,
      files,
      log,
      engine,
      validator,
      decisions: new DecisionMaker({ files, log, memory: scenario.memory, outside }),
      guard: new StateGuard(scenario.engine.type, this.#agentLayout, this.#globalLayout),
      perception: new Perception(scenario.spatial?.proximity_radius ?? null, observer),
      plan: new InterventionPlan(scenario.interventions),
      lifecycle: { builder: this.#builder, variables: this.#agentLayout, maxAgents: scenario.limits.max_agents },
      outside,
      populations: new PopulationPlay(this.#builder.populations, scenario, { seed: this.#seed, files, log }),
      events: this.#events,
    };
    this.#termination = new Termination(scenario.simulation, engine);
    this.#reporters = new ReporterSet(scenario.metrics.reporters, scenario.agents);
    const { agents, sample } = scenario.metrics;
    this.#agentRows = agents === "none" ? null : new AgentRows(this.#agentLayout.recordedNames, agents);
    const sizes = this.#builder.populations.map(({ entry, size }) => ({ name: entry.name, size }));
    this.#sampleRows = new SampleRows(sizes, sample, this.#seed);
    this.#stats = from?.stats ?? newStats();
    this.#initial = this.#builder.names().map((name) => this.#builder.slot(name, undefined));
    if (!from) return;
    const { state, loop = EMPTY_LOOP, memories = {} } = from;
    const built = new Map(this.#initial.map((slot) => [slot.agent.name, slot]));
    const slots = state.agents.names().map((name) =>
      (Object.hasOwn(loop.added, name) ? undefined : built.get(name)) ?? this.#builder.slot(name, loop.added[name])
    );
    this.#world = {
      state: this.#parts.guard.resumed(state),
      slots,
      loop: deepFreeze(loop),
      memories: deepFreeze(memories),
    };
    this.#turn = state.turn;
    this.#metrics = this.#reporters.compute(state);
    this.#ended = this.#termination.reason(state, this.#metrics);
  }

  /**
   * The present state.
   * @throws {SimError} `not_started` before {@linkcode SimulationOrchestrator.start}
   */
  get state(): SimulationState {
    return this.#present.state;
  }

  /** What the loop carries beside the state; part of checkpoints. @throws {SimError} `not_started` */
  get loop(): LoopState {
    return this.#present.loop;
  }

  /** What agents remember; part of checkpoints. @throws {SimError} `not_started` */
  get memories(): Memories {
    return this.#present.memories;
  }

  /** All that a checkpoint holds of it, its state as text. @throws {SimError} `not_started` */
  checkpoint(): SavedSimulation {
    const { state, loop, memories } = this.#present;
    return {
      state: encodeState(state),
      agent_order: state.agents.names(),
      stats: this.#stats,
      loop: encodeLoop(loop) ?? null,
      memory: memories,
      populations: [...state.populations].map(encodeMembers),
    };
  }

  get #present(): World {
    if (!this.#world) throw new SimError("not_started", "the simulation has no state yet: call start() first");
    return this.#world;
  }

  /** Whether there is a state. */
  get started(): boolean {
    return this.#world !== undefined;
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
    return [...this.#parts.decisions.waitingFor];
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
    if (this.#world) throw new SimError("already_started", "the simulation has a state already");
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

  /** Gives up the turn that is being played: the simulation stands at its start, and plays no further. */
  abandon(): void {
    this.#abandoned = true;
    this.#events.rollback();
    if (this.#world) this.#turn = this.#world.state.turn;
  }

  /** Plays `steps` as a whole or not at all. */
  *#whole(steps: Steps<void>): Steps<void> {
    try {
      yield* steps;
    } catch (error) {
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
    const { spatial } = this.scenario;
    if (spatial) yield* settled(loadGraphs());
    const declared = initialState(this.#builder, this.#agentLayout, this.#globalLayout, {
      space: spatial && Space.create(spatial),
      populations: this.#parts.populations.created(),
    });
    const initial = this.#parts.populations.initialised(declared);
    const empty: World = { state: initial, slots: this.#initial, loop: EMPTY_LOOP, memories: {} };
    const events = new TurnEvents(this.#events, start);
    // A state of llm-sim has neither populations nor, mostly, space: they are as the scenario has them.
    const first = given?.with({
      space: given.space ?? initial.space,
      populations: given.populations.size > 0 ? given.populations : initial.populations,
    });
    const { world, stats } = yield* new Turn(this.#parts, turn, empty, this.#stats, events).begin(initial, first);
    this.#finish(world, start, { ...stats, initial_value: totalValue(world.state) });
  }

  *#step(): Steps<void> {
    const before = this.#present;
    const turn = this.#turn = before.state.turn + 1;
    this.#options.onTurn?.(turn);
    this.#events.tick(turn);
    const start = this.#events.emit("MILESTONE", '"details":{"milestone_type":"turn_start"}');
    const events = new TurnEvents(this.#events, start);
    const { world, stats } = yield* new Turn(this.#parts, turn, before, this.#stats, events).play(this.#metrics);
    this.#finish(world, start, stats);
  }

  /** Metrics, termination, rows and the closing event of a turn; from here on the turn has happened. */
  #finish(world: World, start: number, stats: RunStats): void {
    if (this.#abandoned) throw new SimError("turn_abandoned", "the turn was given up while it was played");
    const { state } = world;
    const { turn } = state;
    const metrics = this.#reporters.compute(state);
    const ended = this.#termination.reason(state, metrics);
    this.#world = world;
    this.#metrics = metrics;
    this.#ended = ended;
    this.#stats = ended === null ? stats : { ...stats, final_value: totalValue(state) };
    this.#parts.populations.commit(state);
    const { every, agents_every } = this.scenario.metrics;
    if (ended !== null || turn % every === 0) {
      this.#global += globalRow(state, metrics, this.#globalLayout.recordedNames);
    }
    if (ended !== null || turn % agents_every === 0) {
      this.#agents += (this.#agentRows?.encode(state) ?? "") + this.#sampleRows.encode(state);
    }
    if (stats.turns > 0) this.#events.emit("MILESTONE", '"details":{"milestone_type":"turn_end"}', start);
    this.#events.commit();
  }
}

function isOutside(inputs: SimulationOptions["inputs"]): inputs is Outside {
  return inputs !== undefined && !Array.isArray(inputs);
}

function totalValue(state: SimulationState): number | null {
  const total: unknown = state.global_state.total_economic_value;
  return typeof total === "number" ? total : null;
}
