/**
 * One turn: what happens in it, in which order. It works on a draft of the world, which replaces the present one when the
 * turn is complete and is dropped when it is not.
 */

import { Action, type Decision, type Verdict } from "./action.ts";
import type { EngineContext, Log } from "./context.ts";
import {
  type AgentSlot,
  controllerOf,
  type DecisionMaker,
  FailedDecision,
  type Outcome,
  partsOf,
  sound,
} from "./decision.ts";
import { diskFull } from "./disk_full.ts";
import type { BaseAgent } from "./agent.ts";
import type { BaseEngine } from "./engine.ts";
import type { EventLog } from "./event_log.ts";
import type { HandoverInput, Outside } from "./inputs.ts";
import { intervened, type InterventionPlan } from "./interventions.ts";
import { SimError } from "./issue.ts";
import { deepFreeze, type JsonObject } from "./json.ts";
import { isAccepted, judgeAll } from "./judgement.ts";
import { LifecycleRequest } from "./lifecycle.ts";
import { Caller } from "./llm/caller.ts";
import { reasoningChain } from "./llm/reasoning_chain.ts";
import { settingsFor } from "./llm/settings.ts";
import { type Question, TurnCalls } from "./llm/turn_calls.ts";
import {
  awakened,
  carriedOut,
  type LifecycleOptions,
  type LifecycleOutcome,
  type OwnedRequest,
  type World,
} from "./lifecycle_rules.ts";
import type { Mail } from "./loop_state.ts";
import { delivered, type Delivery, sent } from "./mailbox.ts";
import type { MemoryEntry } from "./memory.ts";
import { OutgoingMessage } from "./message.ts";
import type { Perception } from "./perception.ts";
import type { PopulationPlay } from "./population_play.ts";
import type { Metrics } from "./reporter.ts";
import { rng, type Seed } from "./rng.ts";
import type { InterventionBody, ResolvedScenario } from "./scenario/resolved.ts";
import type { ReasoningChain, SimulationState } from "./state.ts";
import { type StateGuard, watchedRecords, writtenError } from "./state_guard.ts";
import type { RunStats } from "./stats.ts";
import { run, settled, type Steps } from "./steps.ts";
import type { TurnEvents } from "./turn_events.ts";
import type { BaseValidator } from "./validator.ts";

/** What all turns of a simulation are played with. */
export interface TurnParts {
  readonly scenario: ResolvedScenario;
  readonly seed: Seed;
  readonly files: string;
  readonly log: Log;
  readonly engine: BaseEngine;
  readonly validator: BaseValidator;
  readonly decisions: DecisionMaker;
  readonly guard: StateGuard;
  readonly perception: Perception;
  readonly plan: InterventionPlan;
  readonly lifecycle: LifecycleOptions;
  readonly outside: Outside;
  readonly populations: PopulationPlay;
  readonly events: EventLog;
}

/** A message on its way out of a turn. */
interface Sent {
  readonly from: string | null;
  readonly message: OutgoingMessage;
  readonly cause: number;
}

/** One turn being played. */
export class Turn {
  readonly #parts: TurnParts;
  readonly #turn: number;
  readonly #events: TurnEvents;
  readonly #context: EngineContext;
  readonly #requests: OwnedRequest[] = [];
  readonly #sent: Sent[] = [];
  /** What interventions have put into inboxes. */
  readonly #mail: Mail[] = [];
  /** What people and models are told of their actions in the next turn. */
  readonly #rejections: Mail[] = [];
  readonly #remembered = new Map<string, readonly MemoryEntry[]>();
  readonly #calls = new TurnCalls();
  readonly #chains: ReasoningChain[] = [];
  #world: World;
  #stats: RunStats;
  /** Whether the state that the turn began with has been written to; see {@linkcode watchedRecords}. */
  #wasWritten: () => boolean = () => false;
  /** Whether no component has anything more to say. */
  #isOver = false;

  /** @param events those of the turn */
  constructor(parts: TurnParts, turn: number, world: World, stats: RunStats, events: TurnEvents) {
    this.#parts = parts;
    this.#turn = turn;
    this.#world = world;
    this.#stats = stats;
    this.#events = events;
    this.#context = this.#contextOf("engine");
  }

  /**
   * Makes the first world: what the engine makes of `initial`, or `given` as it is.
   * @throws {SimError} when the engine fails, or the state is not one that the scenario allows
   */
  *begin(initial: SimulationState, given: SimulationState | undefined): Steps<{ world: World; stats: RunStats }> {
    try {
      return { world: yield* this.#begin(initial, given), stats: this.#stats };
    } finally {
      this.#end();
    }
  }

  *#begin(initial: SimulationState, given: SimulationState | undefined): Steps<World> {
    const { engine, guard, populations, events } = this.#parts;
    const made = given ?? (yield* this.#guarded("engine", () => engine.initializeState(initial, this.#context)));
    const names = this.#world.slots.map(({ agent }) => agent.name);
    if (!this.#calls.isIdle) yield* this.#asked();
    const first = guard.first(made, this.#turn, names, given ?? initial);
    const state = this.#withReasoning(first, given ?? initial);
    populations.check(state, given ?? initial, this.#turn);
    events.tick(this.#turn);
    return this.#closed(state, []);
  }

  /** Plays it. @param metrics of the state before. @throws {SimError} when the turn fails */
  *play(metrics: Metrics): Steps<{ world: World; stats: RunStats }> {
    try {
      return yield* this.#play(metrics);
    } catch (error) {
      this.#wasWritten();
      throw error;
    } finally {
      this.#end();
    }
  }

  #end(): void {
    this.#isOver = true;
    this.#calls.close();
  }

  *#play(metrics: Metrics): Steps<{ world: World; stats: RunStats }> {
    const before = this.#world.state;
    yield* this.#fromOutside(metrics);
    this.#lives(awakened(this.#world));
    const entering = this.#world.state;
    this.#wasWritten = watchedRecords(entering);
    const { mail, newcomers } = this.#world.loop;
    const delivery = delivered([...mail, ...this.#mail], entering, this.#turn, newcomers);
    const acted = yield* this.#act(entering, delivery);
    const applied = this.#parts.populations.apply(acted, this.#turn);
    const ruled = yield* this.#guarded("engine", () => this.#parts.engine.applyEngineRules(applied, this.#context));
    if (!this.#calls.isIdle) yield* this.#asked();
    if (this.#wasWritten()) throw writtenError(this.#turn);
    const state = this.#withReasoning(this.#parts.guard.checked(ruled, this.#turn, entering), entering);
    this.#parts.populations.check(state, entering, this.#turn);
    this.#parts.events.tick(this.#turn);
    this.#events.changes(
      before,
      state,
      this.#world.slots,
      this.#parts.lifecycle.variables,
      this.#parts.guard.globals,
    );
    return { world: this.#closed(state, delivery.kept), stats: { ...this.#stats, turns: this.#stats.turns + 1 } };
  }

  /** Lifecycle, messages and memories at the end of the turn. */
  #closed(state: SimulationState, kept: readonly Mail[]): World {
    // Who hears it is who is there when it is said; a message of an agent that leaves is sent all the same.
    const mail = [...kept, ...this.#rejections, ...this.#send(state)];
    const { newcomers, ...carried } = this.#world.loop;
    const ended = { ...carried, newcomers: newcomers.length === 0 ? newcomers : [] };
    this.#lives(carriedOut(this.#requests, { ...this.#world, state, loop: ended }, this.#parts.lifecycle));
    const { memories, loop } = this.#world;
    return {
      ...this.#world,
      memories: this.#remembered.size === 0 ? memories : withMemories(memories, this.#remembered, this.#world.state),
      loop: mail.length === 0 && loop.mail.length === 0 ? loop : { ...loop, mail },
    };
  }

  #send(state: SimulationState): Mail[] {
    return this.#sent.flatMap(({ from, message, cause }) => {
      const { mail, unknown } = sent(message, from, state, this.#turn);
      this.#events.message(from, message, cause, unknown);
      return mail ?? [];
    });
  }

  #lives({ world, outcomes }: { world: World; outcomes: readonly LifecycleOutcome[] }): void {
    this.#world = world;
    for (const outcome of outcomes) this.#events.life(outcome);
  }

  /** Inputs and planned interventions of this turn, in this order. */
  *#fromOutside(metrics: Metrics): Steps<void> {
    const { outside, plan, events } = this.#parts;
    const inputs = yield* settled(outside.turnInputs(this.#turn));
    events.tick(this.#turn);
    for (const input of inputs) {
      if (input.kind === "handover") this.#handOver(input);
      else this.#intervene(input.body, { seq: input.seq });
    }
    const before = this.#world;
    for (const position of plan.due(this.#turn, before.state, metrics, before.loop.fired)) {
      const { intervention, key } = plan.at(position);
      const { at: _at, every: _every, from: _from, until: _until, when, once, ...body } = intervention;
      this.#intervene(body, { planned: position + 1, ...(when !== undefined && { when }) });
      if (!once) continue;
      const { loop } = this.#world;
      this.#world = { ...this.#world, loop: { ...loop, fired: [...loop.fired, key] } };
    }
  }

  #intervene(body: InterventionBody, origin: JsonObject): void {
    const { guard, lifecycle, log } = this.#parts;
    const { world, lives, mail, variables, refused } = intervened(body, this.#world, this.#turn, guard, lifecycle);
    const told = {
      ...origin,
      ...body as unknown as JsonObject,
      ...(refused !== null && { applied: false, reason: refused }),
    };
    const id = this.#events.intervention(told, variables);
    if (refused !== null) {
      log("WARNING", `an intervention in turn ${this.#turn} was refused: ${refused}`, { ...origin });
    }
    this.#world = world;
    if (mail) this.#mail.push(mail);
    for (const life of lives) this.#events.life({ ...life, cause: id });
  }

  #handOver({ seq, agent, body: { to } }: HandoverInput): void {
    const { loop, slots } = this.#world;
    const slot = slots.find((each) => each.agent.name === agent);
    const reason = slot === undefined
      ? `there is no agent '${agent}'`
      : to === "rule" && !slot.human.hasRule
      ? `agent '${agent}' has no rule that could decide`
      : null;
    this.#events.handover(agent, { seq, to, ...(reason !== null && { applied: false, reason }) });
    if (reason === null) this.#world = { ...this.#world, loop: { ...loop, control: { ...loop.control, [agent]: to } } };
  }

  /** All who may act decide and act: all at once, or one after the other, each seeing the state after the one before. */
  *#act(entering: SimulationState, delivery: Delivery): Steps<SimulationState> {
    const { scenario: { simulation: { schedule } }, seed, populations } = this.#parts;
    const slots = actingSlots(this.#world.slots, entering);
    if (schedule === "simultaneous") {
      populations.decide(entering, this.#turn, this.#events, this.#parts.perception.ofAll(entering, this.#turn));
      return yield* this.#actTogether(slots, entering, delivery, true);
    }
    const order = schedule === "random_order" ? rng(seed, "schedule", "", this.#turn).shuffle(slots) : slots;
    let state = entering;
    for (const slot of order) state = yield* this.#actTogether([slot], state, delivery, false);
    populations.decide(state, this.#turn, this.#events, this.#parts.perception.ofAll(state, this.#turn));
    return state;
  }

  /** All of `slots` decide from `state`, each action is judged, the accepted ones are applied in agent order. */
  *#actTogether(
    slots: readonly AgentSlot[],
    state: SimulationState,
    { inboxes }: Delivery,
    isWholeTurn: boolean,
  ): Steps<SimulationState> {
    const { decisions, events, perception, guard, engine } = this.#parts;
    const { memories, loop: { control } } = this.#world;
    const turn = this.#turn;
    const wasWritten = isWholeTurn ? null : watchedRecords(state);
    const outcomes = yield* decisions.askAll(slots, {
      turn,
      observe: perception.of(state, turn),
      inboxes,
      memories,
      control,
      remembered: this.#remembered,
      calls: this.#calls,
    });
    events.tick(turn);
    if (wasWritten?.()) throw writtenError(turn, `agent '${slots[0]!.agent.name}'`);
    const unanswered = this.#calls.isIdle ? NO_AGENTS : yield* this.#asked(slots);
    const { actions, owners, failures, others } = collected(slots, outcomes, unanswered, this.#events);
    const verdicts = yield* this.#judged(actions, state);
    if (!this.#calls.isIdle) yield* this.#asked();
    this.#events.actions(slots, actions, owners, verdicts, slotsOf(others));
    for (const other of others) this.#keep(other);
    const accepted = acceptedOf(actions, verdicts);
    if (accepted.length < actions.length) this.#tellRejected(slots, actions, owners, verdicts);
    const stats = this.#stats;
    this.#stats = {
      ...stats,
      decisions: stats.decisions + slots.length,
      failed_decisions: stats.failed_decisions + failures,
      validated: stats.validated + accepted.length,
      rejected: stats.rejected + actions.length - accepted.length,
    };
    // One after another, an agent that does nothing is no turn of the engine's.
    if (accepted.length === 0 && !isWholeTurn) return state;
    const next = yield* this.#guarded("engine", () => engine.applyActions(state, accepted, this.#context));
    // What the next agent sees never changes either; the others are next when the turn is over.
    return isWholeTurn ? guard.state(next, turn) : guard.shown(next, turn, state);
  }

  /**
   * Records what has been asked of models and services, in an order that does not depend on who was answered first. A
   * question of engine or validator is a decision of its own; of those that `slots` asked in vain the agents are returned.
   * What failed and is tolerated has not failed.
   */
  *#asked(slots: readonly AgentSlot[] = []): Steps<ReadonlySet<string>> {
    yield this.#calls.settled();
    const rank = new Map(slots.map(({ agent }, i) => [agent.name, i]));
    const questions = this.#calls.take((agent) => rank.get(agent) ?? -1);
    this.#parts.events.tick(this.#turn);
    for (const question of questions) this.#events.question(question);
    for (const question of questions) {
      const chain = reasoningChain(question, this.#turn);
      if (chain) this.#chains.push(chain);
    }
    const failed = questions.filter(({ failure }) => failure !== null && !failure.tolerated);
    const own = (asked: readonly Question[]) => asked.filter(({ asker }) => asker !== "agent").length;
    const { decisions, failed_decisions } = this.#stats;
    this.#stats = {
      ...this.#stats,
      decisions: decisions + own(questions),
      failed_decisions: failed_decisions + own(failed),
    };
    return new Set(failed.filter(({ asker }) => asker === "agent").map(({ agent }) => agent));
  }

  /** The state with what models gave as their reasons in this turn, unless the engine has put its own there. */
  #withReasoning(state: SimulationState, before: SimulationState): SimulationState {
    const turn = this.#turn;
    const isOld = state.reasoning_chains === before.reasoning_chains;
    const isOwn = !isOld && state.reasoning_chains.length > 0;
    if (this.#chains.length > 0 && !isOwn) return state.with({ turn, reasoning_chains: deepFreeze(this.#chains) });
    return state.with(isOld && before.reasoning_chains.length > 0 ? { turn, reasoning_chains: [] } : { turn });
  }

  /** A person or a model whose action was rejected finds that in the inbox of the next turn; a rule knows the rules. */
  #tellRejected(
    slots: readonly AgentSlot[],
    actions: readonly Action[],
    owners: readonly number[],
    verdicts: readonly Verdict[],
  ): void {
    for (const [i, verdict] of verdicts.entries()) {
      const slot = slots[owners[i]!]!;
      const isRule = controllerOf(slot, this.#world.loop.control) === "rule" && !asksModel(slot.agent);
      if (isAccepted(verdict) || isRule) continue;
      const { name } = slot.agent;
      const reason: JsonObject = typeof verdict === "object" && verdict.reason !== undefined
        ? { reason: verdict.reason }
        : {};
      const content = { rejected: actions[i]!.action_name, ...reason };
      this.#rejections.push({ message: { from: null, to: name, content, turn: this.#turn }, to: [name] });
    }
  }

  /** Keeps a message or a request for the end of the turn. */
  #keep({ slot, part }: OtherPart): void {
    const { name } = slot.agent;
    if (part instanceof OutgoingMessage) {
      this.#sent.push({ from: name, message: part, cause: this.#events.decisionOf(slot, "message", undefined) });
    } else {
      const cause = this.#events.decisionOf(slot, "lifecycle", part.reason);
      this.#requests.push({ request: part, by: { kind: "agent", name }, cause });
    }
  }

  /** The verdicts on `actions`. What validators tell of numbers is recorded in the actions' order, not as it came. */
  *#judged(actions: readonly Action[], state: SimulationState): Steps<readonly Verdict[]> {
    const told: (() => void)[][] = [];
    const shared = this.#contextOf("validator");
    const { events, validator } = this.#parts;
    const contextOf = !events.wants("DETAIL") ? () => shared : (i: number): EngineContext => {
      const own: (() => void)[] = told[i] = [];
      return {
        ...shared,
        detail: (type, values) => {
          this.#refuseLate("detail");
          own.push(() => this.#events.detail(type, values));
        },
      };
    };
    const verdicts = yield* this.#guarded("validator", () => run(judgeAll(validator, actions, state, contextOf)));
    events.tick(this.#turn);
    for (const own of told) for (const tell of own) tell();
    return verdicts;
  }

  /** Waits for `call` if it must; what it throws names the component and the turn. */
  *#guarded<T>(kind: "engine" | "validator", call: () => T | Promise<T>): Steps<T> {
    try {
      return yield* settled(call());
    } catch (error) {
      throw componentError(kind, this.#parts.scenario[kind].type, this.#turn, error);
    }
  }

  #contextOf(kind: "engine" | "validator"): EngineContext {
    const { files, log, seed, scenario, outside } = this.#parts;
    const caller = new Caller({
      asker: kind,
      agent: "",
      turn: this.#turn,
      calls: this.#calls,
      settings: (role) => settingsFor(scenario, role),
      ask: (call) => outside.call(call),
    });
    return {
      turn: this.#turn,
      files,
      log,
      llm: caller,
      http: caller,
      rng: (purpose, agent = "") => rng(seed, `${kind}:${purpose}`, agent, this.#turn),
      detail: (calculation_type, intermediate_values) => {
        this.#refuseLate("detail");
        this.#events.detail(calculation_type, intermediate_values);
      },
      request: (request) => {
        this.#refuseLate("request");
        if (kind === "validator") {
          throw new TypeError("a validator judges and changes nothing: request() is the engine's");
        }
        if (!(request instanceof LifecycleRequest)) {
          throw new TypeError("request() takes what addAgent() and its like make");
        }
        this.#requests.push({ request: sound(request), by: { kind: "engine" }, cause: 0 });
      },
      send: (message) => {
        this.#refuseLate("send");
        if (kind === "validator") throw new TypeError("a validator judges and changes nothing: send() is the engine's");
        if (!(message instanceof OutgoingMessage)) throw new TypeError("send() takes an OutgoingMessage");
        this.#sent.push({ from: null, message: sound(message), cause: 0 });
      },
    };
  }

  #refuseLate(method: string): void {
    if (this.#isOver) {
      throw new TypeError(`${method}() of turn ${this.#turn}, which is over: a context is for one turn`);
    }
  }
}

/** An error of an engine or validator, naming it and the turn. */
export function componentError(kind: "engine" | "validator", type: string, turn: number, error: unknown): SimError {
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

function asksModel(agent: BaseAgent): boolean {
  return (agent.constructor as typeof BaseAgent).llm === true;
}

// Loops over all agents stand outside of generators: V8 runs them faster there.

/** A message or a request, and whose it is. */
interface OtherPart {
  readonly slot: AgentSlot;
  readonly part: OutgoingMessage | LifecycleRequest;
}

interface Collected {
  readonly actions: Action[];
  /** For each action the position of its agent in the slots. */
  readonly owners: number[];
  readonly failures: number;
  readonly others: OtherPart[];
}

/**
 * The parts of all decisions in agent order. Failures are recorded.
 * @param unanswered agents that were given no answer, and may have hidden that
 */
function collected(
  slots: readonly AgentSlot[],
  outcomes: readonly Outcome[],
  unanswered: ReadonlySet<string>,
  events: TurnEvents,
): Collected {
  const actions: Action[] = [];
  const owners: number[] = [];
  const others: OtherPart[] = [];
  let failures = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i]!;
    if (unanswered.size > 0 && !(outcome instanceof FailedDecision) && unanswered.has(slots[i]!.agent.name)) failures++;
    if (outcome === null) continue;
    if (outcome instanceof Action) {
      actions.push(outcome);
      owners.push(i);
      continue;
    }
    let decision: Decision;
    if (outcome instanceof FailedDecision) {
      failures++;
      events.failure(slots[i]!, outcome);
      decision = outcome.instead;
    } else decision = outcome;
    for (const part of partsOf(decision)) {
      if (part instanceof Action) {
        actions.push(part);
        owners.push(i);
      } else others.push({ slot: slots[i]!, part });
    }
  }
  return { actions, owners, failures, others };
}

/** The slots of the agents that may act: those that are not paused. */
function actingSlots(slots: readonly AgentSlot[], { paused_agents }: SimulationState): readonly AgentSlot[] {
  if (paused_agents.length === 0) return slots;
  const paused = new Set(paused_agents);
  return slots.filter(({ agent }) => !paused.has(agent.name));
}

const NOBODY: ReadonlySet<AgentSlot> = new Set();
const NO_AGENTS: ReadonlySet<string> = new Set();

function slotsOf(others: readonly OtherPart[]): ReadonlySet<AgentSlot> {
  return others.length === 0 ? NOBODY : new Set(others.map(({ slot }) => slot));
}

function acceptedOf(actions: readonly Action[], verdicts: readonly Verdict[]): readonly Action[] {
  return verdicts.every(isAccepted) ? actions : actions.filter((_, i) => isAccepted(verdicts[i]!));
}

/** The memories with those that changed replaced, whoever decided first; agents that have gone are left out. */
function withMemories(
  memories: World["memories"],
  changed: ReadonlyMap<string, readonly MemoryEntry[]>,
  state: SimulationState,
): World["memories"] {
  const all = { ...memories };
  const { agents } = state;
  const inOrder = [...changed].sort(([a], [b]) => agents.indexOf(a) - agents.indexOf(b));
  for (const [agent, entries] of inOrder) {
    if (entries.length > 0 && agents.has(agent)) all[agent] = entries;
    else delete all[agent];
  }
  return all;
}
