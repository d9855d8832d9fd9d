/**
 * The turn loop: plays one simulation, turn by turn, in memory. It writes nothing; the host of the loop takes the
 * encoded events and rows with {@linkcode SimulationOrchestrator.take} and stores them.
 *
 * Invariants: a turn is applied as a whole or not at all; decisions are applied in agent order, never in the order in
 * which they arrived; the same scenario, domain, seed and inputs give the same states, events and rows.
 */

import { Action, type Decision, type Verdict } from "./action.ts";
import type { BaseEngine } from "./engine.ts";
import type { EngineContext, Log } from "./context.ts";
import { type AgentSlot, agentSlot, DecisionMaker, FailedDecision, type Outcome } from "./decision.ts";
import { configSchema, type Domain, resolveComponent } from "./domain.ts";
import { EventLog } from "./event_log.ts";
import type { SimulationInput } from "./inputs.ts";
import { SimError } from "./issue.ts";
import type { Json, JsonObject } from "./json.ts";
import { type Metrics, ReporterSet } from "./reporter.ts";
import { rng, type Seed } from "./rng.ts";
import { AgentRows, globalRow } from "./rows.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import { AgentMap, type AgentState, SimulationState } from "./state.ts";
import { parseStatePath, writeStatePaths } from "./state_path.ts";
import { newStats, type RunStats } from "./stats.ts";
import { run, settled, type Steps } from "./steps.ts";
import { Termination } from "./termination.ts";
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
  /** Absolute path of the run's `files/` folder. */
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
  readonly #names: readonly string[];
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
   * @throws {SimError} when the domain lacks a component of the scenario, or a component's constructor throws */
  constructor(options: SimulationOptions) {
    const { domain, scenario } = options;
    this.#options = options;
    this.scenario = scenario;
    this.#seed = options.seed ?? scenario.simulation.seed;
    this.#log = options.log ?? (() => {});
    this.#agentLayout = new VariableLayout(scenario.state_variables.agent_vars);
    this.#globalLayout = new VariableLayout(scenario.state_variables.global_vars);
    this.#engine = build("engine", scenario.engine.type, () => {
      const Engine = resolveComponent(domain, "engine", scenario.engine.type);
      return new Engine({ config: configSchema(Engine).parse(scenario.engine.config) as never });
    });
    this.#validator = build("validator", scenario.validator.type, () => {
      const Validator = resolveComponent(domain, "validator", scenario.validator.type);
      return new Validator({ config: configSchema(Validator).parse(scenario.validator.config) as never });
    });
    this.#slots = expandAgents(scenario).map(({ name, entry }) =>
      build("agent", name, () => {
        const Agent = resolveComponent(domain, "agent", entry.type);
        const agent = new Agent({ name, config: configSchema(Agent).parse(entry.config) as never });
        return agentSlot(agent, entry.on_error, this.#seed);
      })
    );
    this.#names = this.#slots.map(({ agent }) => agent.name);
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

  /** Makes the state of turn 0; a promise only if the engine's initialisation is asynchronous. */
  start(): void | Promise<void> {
    if (this.#state) throw new SimError("already_started", "the simulation has a state already");
    return run(this.#whole(this.#start()));
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

  *#start(): Steps<void> {
    this.#options.onTurn?.(0);
    this.#events.tick(0);
    const start = this.#events.emit(
      "SYSTEM",
      details({
        system_event_type: "simulation_start",
        simulation: this.scenario.simulation.name,
        seed: this.#seed,
      }),
    );
    const context = this.#context(0, start);
    const made: unknown = yield* this.#guarded(
      "engine",
      0,
      () => this.#engine.initializeState(initialState(this.scenario, this.#agentLayout, this.#globalLayout), context),
    );
    const state = this.#checked(made, 0, null).with({ turn: 0 });
    this.#finish(state, start);
    this.#stats = { ...this.#stats, initial_value: totalValue(state) };
  }

  *#step(): Steps<void> {
    const before = this.state;
    const turn = this.#turn = before.turn + 1;
    this.#options.onTurn?.(turn);
    this.#events.tick(turn);
    const start = this.#events.emit("MILESTONE", '"details":{"milestone_type":"turn_start"}');
    const entering = this.#applyInputs(before, turn, start);
    const context = this.#context(turn, start);
    // Id of each agent's last recorded ACTION, for the ENV events it may have caused.
    const causes = new Map<string, number>();
    const acted = this.scenario.simulation.schedule === "simultaneous"
      ? yield* this.#together(entering, turn, start, context, causes)
      : yield* this.#oneByOne(entering, turn, start, context, causes);
    const ruled: unknown = yield* this.#guarded(
      "engine",
      turn,
      () => this.#engine.applyEngineRules(acted, context),
    );
    const state = this.#checked(ruled, turn, before).with({ turn });
    this.#events.tick(turn);
    this.#recordChanges(before, state, start, causes);
    this.#stats = { ...this.#stats, turns: this.#stats.turns + 1 };
    this.#finish(state, start);
  }

  /** All decide from the same state, then all act. */
  *#together(
    state: SimulationState,
    turn: number,
    start: number,
    context: EngineContext,
    causes: Map<string, number>,
  ): Steps<SimulationState> {
    const outcomes = yield* this.#decisions.askAll(this.#slots, state, turn);
    this.#events.tick(turn);
    const accepted = yield* this.#validated(this.#slots, outcomes, state, turn, start, context, causes);
    const next: unknown = yield* this.#guarded(
      "engine",
      turn,
      () => this.#engine.applyActions(state, accepted, context),
    );
    return this.#isState(next, turn);
  }

  /** One decides and acts after the other, each seeing the state after the action before. */
  *#oneByOne(
    state: SimulationState,
    turn: number,
    start: number,
    context: EngineContext,
    causes: Map<string, number>,
  ): Steps<SimulationState> {
    const order = this.scenario.simulation.schedule === "random_order"
      ? rng(this.#seed, "schedule", "", turn).shuffle(this.#slots)
      : this.#slots;
    for (const slot of order) {
      const outcomes = yield* this.#decisions.askAll([slot], state, turn);
      this.#events.tick(turn);
      const accepted = yield* this.#validated([slot], outcomes, state, turn, start, context, causes);
      if (accepted.length === 0) continue;
      const next: unknown = yield* this.#guarded(
        "engine",
        turn,
        () => this.#engine.applyActions(state, accepted, context),
      );
      state = this.#isState(next, turn);
    }
    return state;
  }

  /** Records decisions, has each action judged, records it; the accepted ones in agent order. */
  *#validated(
    slots: readonly AgentSlot[],
    outcomes: readonly Outcome[],
    state: SimulationState,
    turn: number,
    start: number,
    context: EngineContext,
    causes: Map<string, number>,
  ): Steps<Action[]> {
    const { actions, owners, failures } = this.#collected(slots, outcomes, start);
    const verdicts = new Array<Verdict>(actions.length);
    const pending = this.#judgeEach(actions, state, turn, context, verdicts);
    if (pending) {
      yield* this.#guarded("validator", turn, () => Promise.all(pending));
      this.#events.tick(turn);
    }
    const accepted = verdicts.every(isAccepted) ? actions : actions.filter((_, i) => isAccepted(verdicts[i]!));
    if (this.#events.wants("DECISION")) this.#recordActions(slots, actions, owners, verdicts, start, causes);
    const stats = this.#stats;
    this.#stats = {
      ...stats,
      decisions: stats.decisions + slots.length,
      failed_decisions: stats.failed_decisions + failures,
      validated: stats.validated + accepted.length,
      rejected: stats.rejected + actions.length - accepted.length,
    };
    return accepted;
  }

  // Loops over all agents stand in methods of their own: V8 runs them faster than inside a generator.

  /** The actions in agent order, and for each the position of its agent in `slots`. Failures are recorded. */
  #collected(
    slots: readonly AgentSlot[],
    outcomes: readonly Outcome[],
    start: number,
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
        this.#events.emit("VALIDITY", failureDetails(outcome), start, slots[i]!.nameJson);
        several = outcome.instead;
      } else several = outcome;
      for (const action of several instanceof Action ? [several] : several ?? []) {
        actions.push(action);
        owners.push(i);
      }
    }
    return { actions, owners, failures };
  }

  /** Fills in `verdicts`; what is still to come is filled in when the promises settle. */
  #judgeEach(
    actions: readonly Action[],
    state: SimulationState,
    turn: number,
    context: EngineContext,
    verdicts: Verdict[],
  ): Promise<unknown>[] | undefined {
    let pending: Promise<unknown>[] | undefined;
    for (let i = 0; i < actions.length; i++) {
      const verdict = this.#judge(actions[i]!, state, turn, context);
      if (verdict instanceof Promise) (pending ??= []).push(verdict.then((late) => verdicts[i] = late));
      else verdicts[i] = verdict;
    }
    return pending;
  }

  #recordActions(
    slots: readonly AgentSlot[],
    actions: readonly Action[],
    owners: readonly number[],
    verdicts: readonly Verdict[],
    start: number,
    causes: Map<string, number>,
  ): void {
    const recordingActions = this.#events.wants("ACTION");
    for (let i = 0, decision = 0; i < actions.length; i++) {
      const action = actions[i]!;
      const { nameJson } = slots[owners[i]!]!;
      // Several actions of one agent are one decision.
      if (i === 0 || owners[i] !== owners[i - 1]) {
        decision = this.#events.emit("DECISION", decisionDetails(action), start, nameJson);
      }
      if (!recordingActions) continue;
      const accepted = isAccepted(verdicts[i]!);
      const details = actionDetails(action, accepted, verdicts[i]!);
      const id = this.#events.emit("ACTION", details, decision || start, nameJson);
      if (accepted) causes.set(action.agent_name, id);
    }
  }

  #judge(action: Action, state: SimulationState, turn: number, context: EngineContext): Verdict | Promise<Verdict> {
    try {
      const verdict = this.#validator.validateAction(action, state, context);
      return verdict instanceof Promise ? verdict.then(checkedVerdict) : checkedVerdict(verdict);
    } catch (error) {
      throw componentError("validator", this.scenario.validator.type, turn, error);
    }
  }

  #applyInputs(state: SimulationState, turn: number, start: number): SimulationState {
    for (const input of this.#options.inputs ?? []) {
      if (input.kind !== "intervention" || input.turn !== turn) continue;
      const entries = Object.entries(input.body.set).map(([path, value]) => ({ path: parseStatePath(path), value }));
      state = writeStatePaths(state, entries);
      this.#events.emit("INTERVENTION", details({ seq: input.seq, ...input.body }), start);
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

  #isState(value: unknown, turn: number): SimulationState {
    if (value instanceof SimulationState) return value as SimulationState;
    throw new SimError(
      "bad_state",
      `engine '${this.scenario.engine.type}' returned no SimulationState in turn ${turn}`,
      {
        turn,
        hint: "return state.with({ … })",
      },
    );
  }

  /** That an engine kept the agents and every variable's declared type and bounds. */
  #checked(value: unknown, turn: number, before: SimulationState | null): SimulationState {
    const state = this.#isState(value, turn);
    const records = state.agents.records;
    if (records.length !== this.#slots.length) {
      throw badState(this.scenario.engine.type, turn, `has ${records.length} agents instead of ${this.#slots.length}`);
    }
    const old = before?.agents.records;
    const names = this.#names;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      if (old !== undefined && record === old[i]) continue;
      if (record.name !== names[i]) {
        throw badState(this.scenario.engine.type, turn, `has '${record.name}' in the place of '${names[i]}'`);
      }
      const problem = this.#agentLayout.check(record);
      if (problem) {
        throw badState(
          this.scenario.engine.type,
          turn,
          `agents.${record.name}.${problem.path.join(".")}: ${problem.message}`,
        );
      }
    }
    if (state.global_state !== before?.global_state) {
      const problem = this.#globalLayout.check(state.global_state);
      if (problem) {
        throw badState(this.scenario.engine.type, turn, `global.${problem.path.join(".")}: ${problem.message}`);
      }
    }
    return state;
  }

  /** One ENV event per changed variable, caused by the agent's own action where there is one. */
  #recordChanges(before: SimulationState, after: SimulationState, start: number, causes: Map<string, number>): void {
    if (!this.#events.wants("ENV")) return;
    const record = (name: string, old: Json, now: Json, scope: string, cause: number, agentJson: string): void => {
      if (old === now) return;
      const [oldText, newText] = [JSON.stringify(old), JSON.stringify(now)];
      if (oldText === newText) return;
      const text = `"details":{"variable_name":${
        JSON.stringify(name)
      },"old_value":${oldText},"new_value":${newText},"scope":"${scope}"}`;
      this.#events.emit("ENV", text, cause, agentJson);
    };
    for (const name of this.#globalLayout.names) {
      record(name, before.global_state[name], after.global_state[name], "global", start, "");
    }
    after.agents.records.forEach((agent, i) => {
      const old = before.agents.records[i]!;
      if (old === agent) return;
      for (const name of this.#agentLayout.names) {
        record(name, old[name], agent[name], "agent", causes.get(agent.name) ?? start, this.#slots[i]!.nameJson);
      }
    });
  }

  /** Metrics, termination, rows and the closing event of a turn. */
  #finish(state: SimulationState, start: number): void {
    const turn = state.turn;
    this.#state = state;
    this.#metrics = this.#reporters.compute(state);
    this.#ended = this.#termination.reason(state, this.#metrics);
    const { every, agents_every } = this.scenario.metrics;
    const last = this.#ended !== null;
    if (last || turn % every === 0) this.#global += globalRow(state, this.#metrics);
    if (this.#agentRows && (last || turn % agents_every === 0)) this.#agents += this.#agentRows.encode(state);
    if (turn > 0) this.#events.emit("MILESTONE", '"details":{"milestone_type":"turn_end"}', start);
    if (last) this.#stats = { ...this.#stats, final_value: totalValue(state) };
    this.#events.commit();
  }

  #context(turn: number, start: number): EngineContext {
    const recordsDetail = this.#events.wants("DETAIL");
    return {
      turn,
      files: this.#options.files ?? "",
      log: this.#log,
      rng: (purpose, agent = "") => rng(this.#seed, `engine:${purpose}`, agent, turn),
      detail: (calculation_type, intermediate_values) => {
        if (recordsDetail) this.#events.emit("DETAIL", details({ calculation_type, intermediate_values }), start);
      },
    };
  }
}

/** The entries of `agents:` one by one, `count` written out: `trader_1` … `trader_10000`. */
export function expandAgents(
  scenario: Pick<ResolvedScenario, "agents">,
): { name: string; entry: ResolvedScenario["agents"][number] }[] {
  return scenario.agents.flatMap((entry) =>
    entry.count === null
      ? [{ name: entry.name, entry }]
      : Array.from({ length: entry.count }, (_, i) => ({ name: `${entry.name}_${i + 1}`, entry }))
  );
}

function initialState(scenario: ResolvedScenario, agents: VariableLayout, globals: VariableLayout): SimulationState {
  const records = expandAgents(scenario).map(({ name, entry }): AgentState => ({
    name,
    ...agents.defaults(),
    ...entry.variables,
  }));
  return new SimulationState({ turn: 0, agents: AgentMap.of(records), global_state: globals.defaults() });
}

function build<T>(kind: string, name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof SimError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new SimError(`${kind}_error`, `${kind} '${name}' could not be built: ${message}`, { cause: error });
  }
}

function componentError(kind: "engine" | "validator", type: string, turn: number, error: unknown): SimError {
  if (error instanceof SimError && (error.code === `${kind}_error` || error.code === "bad_state")) return error;
  const message = error instanceof Error ? error.message : `threw ${String(error)}`;
  const hint = error instanceof SimError ? error.hint : undefined;
  return new SimError(`${kind}_error`, `${kind} '${type}' failed in turn ${turn}: ${message}`, {
    turn,
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

function isAccepted(verdict: Verdict): boolean {
  return verdict === true || (verdict !== false && verdict.accepted);
}

function checkedVerdict(verdict: Verdict): Verdict {
  if (typeof verdict === "boolean" || typeof verdict?.accepted === "boolean") return verdict;
  throw new TypeError(`validateAction() returned ${String(verdict)}, not true, false or { accepted, reason }`);
}

function badState(engine: string, turn: number, problem: string): SimError {
  return new SimError("bad_state", `the state that engine '${engine}' made in turn ${turn} ${problem}`, {
    turn,
    hint:
      "the engine must keep all agents, and every variable within the type and bounds that state_variables declares",
  });
}

function totalValue(state: SimulationState): number | null {
  const total: unknown = state.global_state.total_economic_value;
  return typeof total === "number" ? total : null;
}

function details(object: JsonObject): string {
  return `"details":${JSON.stringify(object)}`;
}

function decisionDetails(action: Action): string {
  const reason = (action.reasoning === undefined ? "" : `,"reasoning":${JSON.stringify(action.reasoning)}`) +
    (action.confidence === undefined ? "" : `,"confidence":${action.confidence}`);
  return `"details":{"decision_type":"agent_action","action_name":${JSON.stringify(action.action_name)}${reason}}`;
}

function actionDetails(action: Action, accepted: boolean, verdict: Verdict): string {
  const reason = typeof verdict === "object" && verdict.reason !== undefined
    ? `,"reason":${JSON.stringify(verdict.reason)}`
    : "";
  return `"details":{"action_type":${JSON.stringify(action.action_name)},"action_payload":${
    JSON.stringify(action.parameters)
  },"validated":${accepted}${reason}}`;
}

function failureDetails(failed: FailedDecision): string {
  return details({
    kind: "decision_failed",
    policy: failed.policy,
    attempts: failed.attempts,
    error: { code: failed.error.code, message: failed.error.message },
    instead: failed.instead === null ? "nothing" : "fallback",
  });
}
