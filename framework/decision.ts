/** Asks agents for their decisions, checks what they answer, and follows each agent's `on_error` policy. */

import { Action, type Decision, type DecisionPart } from "./action.ts";
import type { BaseAgent } from "./agent.ts";
import type { AgentContext, Log } from "./context.ts";
import { decisionOf } from "./decision_json.ts";
import { diskFull } from "./disk_full.ts";
import type { HumanSettings } from "./human.ts";
import type { Controller, DecisionInput, Outside, TimeoutInput } from "./inputs.ts";
import { SimError } from "./issue.ts";
import { type JsonObject, notJson } from "./json.ts";
import { LifecycleRequest } from "./lifecycle.ts";
import { Caller } from "./llm/caller.ts";
import { type Http, type LLM, ModelError } from "./llm/llm.ts";
import type { TurnCalls } from "./llm/turn_calls.ts";
import type { Memories } from "./loop_state.ts";
import { AgentMemory, type MemoryEntry, type MemoryLimits } from "./memory.ts";
import { type Message, OutgoingMessage } from "./message.ts";
import { Rng, type StreamKey, streamKey } from "./rng.ts";
import type { ModelSettings, OnError } from "./scenario/resolved.ts";
import type { SimulationState } from "./state.ts";
import { type Steps } from "./steps.ts";

/** How often an agent with `on_error: retry` is asked again before its turn is skipped. */
export const RETRIES = 2;

/** An agent with what the loop keeps about it. */
export interface AgentSlot {
  readonly agent: BaseAgent;
  readonly on_error: OnError;
  /** The name as JSON text. */
  readonly nameJson: string;
  readonly key: StreamKey;
  readonly human: HumanSettings;
  /** The model it asks in a role; null: the scenario has none. */
  readonly model: (role: string) => ModelSettings | null;
}

/** The slot of an agent in a run with this seed. */
export function agentSlot(
  agent: BaseAgent,
  seed: number,
  settings: Pick<AgentSlot, "on_error" | "human" | "model">,
): AgentSlot {
  const { name } = agent;
  return { agent, nameJson: JSON.stringify(name), key: streamKey(seed, "decide", name), ...settings };
}

/** A decision that failed for good, with what was done instead. */
export class FailedDecision {
  constructor(
    readonly error: SimError,
    /** Times the agent was asked. */
    readonly attempts: number,
    /** Decision taken instead: the fallback's, or null when the turn is skipped. */
    readonly instead: Decision,
    readonly policy: OnError,
  ) {}
}

/** What came of asking one agent. */
export type Outcome = Decision | FailedDecision;

/** What agents are given in one turn. */
export interface TurnView {
  readonly turn: number;
  /** What an agent sees. */
  readonly observe: (agent: string) => SimulationState;
  readonly inboxes: ReadonlyMap<string, readonly Message[]>;
  readonly memories: Memories;
  /** Who decides, where it is not who did at first. */
  readonly control: { readonly [agent: string]: Controller };
  /** What agents remember after they have decided, where that changed; filled in here. */
  readonly remembered: Map<string, readonly MemoryEntry[]>;
  /** What agents ask models and services; filled in here. */
  readonly calls: TurnCalls;
}

const NO_MAIL: readonly Message[] = Object.freeze([]);
const NO_MEMORIES: readonly MemoryEntry[] = Object.freeze([]);

class TurnContext implements AgentContext {
  #rng: Rng | undefined;
  #memory: AgentMemory | undefined;
  #caller: Caller | undefined;
  readonly turn: number;
  readonly files: string;
  readonly log: Log;
  readonly #view: TurnView;
  readonly #slot: AgentSlot;
  readonly #key: StreamKey;
  readonly #options: DecisionOptions;
  constructor(slot: AgentSlot, key: StreamKey, view: TurnView, options: DecisionOptions) {
    this.turn = view.turn;
    this.files = options.files;
    this.log = options.log;
    this.#view = view;
    this.#slot = slot;
    this.#key = key;
    this.#options = options;
  }
  get llm(): LLM {
    return this.#asks;
  }
  get http(): Http {
    return this.#asks;
  }
  get #asks(): Caller {
    return this.#caller ??= new Caller({
      asker: "agent",
      agent: this.#slot.agent.name,
      turn: this.turn,
      calls: this.#view.calls,
      settings: this.#slot.model,
      ask: (call) => this.#options.outside.call(call),
    });
  }
  get rng(): Rng {
    return this.#rng ??= new Rng(this.#key, this.turn);
  }
  get inbox(): readonly Message[] {
    return this.#view.inboxes.get(this.#slot.agent.name) ?? NO_MAIL;
  }
  get memory(): AgentMemory {
    return this.#memory ??= new AgentMemory(
      memoriesOf(this.#view, this.#slot.agent.name),
      this.turn,
      this.#options.memory,
    );
  }
  /** What is remembered from now on, or undefined where nothing changed. */
  get remembered(): readonly MemoryEntry[] | undefined {
    return this.#memory?.changed ? this.#memory.entries : undefined;
  }
}

function memoriesOf({ memories }: TurnView, agent: string): readonly MemoryEntry[] {
  return Object.hasOwn(memories, agent) ? memories[agent]! : NO_MEMORIES;
}

/** What a {@linkcode DecisionMaker} needs. */
export interface DecisionOptions {
  readonly files: string;
  readonly log: Log;
  readonly memory: MemoryLimits;
  readonly outside: Outside;
}

/** Asks agents. `waitingFor` names those whose answer is still outstanding. */
export class DecisionMaker {
  readonly waitingFor: Set<string> = new Set();
  readonly #options: DecisionOptions;
  /** Whether any decision has failed since the last {@linkcode DecisionMaker.askAll} began. */
  #hasFailed = false;

  constructor(options: DecisionOptions) {
    this.#options = options;
  }

  /**
   * Asks all `slots` concurrently, each with what it sees; outcomes are in the order of `slots`.
   * @throws {SimError} `agent_error` when an agent whose policy is `fail` failed
   */
  *askAll(slots: readonly AgentSlot[], view: TurnView): Steps<Outcome[]> {
    const outcomes = new Array<Outcome>(slots.length);
    this.#hasFailed = false;
    const pending = this.#askEach(slots, view, outcomes);
    if (pending) yield Promise.all(pending);
    if (!this.#hasFailed) return outcomes;
    // Reported after all have answered, in agent order, so that the same error ends the run every time.
    for (const outcome of outcomes) {
      if (outcome instanceof FailedDecision && outcome.policy === "fail") throw outcome.error;
    }
    return outcomes;
  }

  /** Fills in `outcomes`; what is still to come is filled in when the promises settle. */
  #askEach(slots: readonly AgentSlot[], view: TurnView, outcomes: Outcome[]): Promise<void>[] | undefined {
    let pending: Promise<void>[] | undefined;
    const handed = Object.keys(view.control).length > 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      const controller = handed ? controllerOf(slot, view.control) : slot.human.controller;
      const answer = controller === "rule" ? this.#ask(slot, view, 1) : this.#askPerson(slot, view);
      if (answer instanceof Promise) {
        const name = slot.agent.name;
        this.waitingFor.add(name);
        (pending ??= []).push(
          answer.then((outcome) => {
            outcomes[i] = outcome;
          }).finally(() => this.waitingFor.delete(name)),
        );
      } else outcomes[i] = answer;
    }
    return pending;
  }

  #ask(slot: AgentSlot, view: TurnView, attempt: number): Outcome | Promise<Outcome> {
    const context = this.#context(slot, view, attempt);
    try {
      const answer: unknown = slot.agent.decideAction(view.observe(slot.agent.name), context);
      if (isThenable(answer)) {
        return Promise.resolve(answer).then((late) => this.#answered(slot, view, context, late))
          .catch((error) => this.#failed(slot, view, attempt, error));
      }
      return this.#answered(slot, view, context, answer);
    } catch (error) {
      return this.#failed(slot, view, attempt, error);
    }
  }

  #context(slot: AgentSlot, view: TurnView, attempt: number): TurnContext {
    const drawn = attempt === 1 ? slot.key : retryKey(slot.key, attempt);
    return new TurnContext(slot, drawn, view, this.#options);
  }

  /** The answer, checked; from here on what the agent has written into its memory counts. */
  #answered(slot: AgentSlot, view: TurnView, context: TurnContext, answer: unknown): Decision {
    const decision = answer === null
      ? null
      : answer instanceof Action && answer.agent_name === slot.agent.name
      ? checkedAction(answer)
      : checked(slot, answer);
    const { remembered } = context;
    if (remembered !== undefined) view.remembered.set(slot.agent.name, remembered);
    return decision;
  }

  /** Asks the person who decides for an agent; what was recorded is not asked again. */
  #askPerson(slot: AgentSlot, view: TurnView): Outcome | Promise<Outcome> {
    const { agent: { name }, human: { deadline } } = slot;
    const { turn } = view;
    const observation = observationJson(view.observe(name), view.inboxes.get(name) ?? NO_MAIL);
    const answer = this.#options.outside.decide({ agent: name, turn, n: 1, deadline, observation });
    return answer instanceof Promise
      ? answer.then((late) => this.#byPerson(slot, view, late))
      : this.#byPerson(slot, view, answer);
  }

  #byPerson(slot: AgentSlot, view: TurnView, answer: DecisionInput | TimeoutInput): Outcome | Promise<Outcome> {
    const { agent: { name }, human: { fallback } } = slot;
    if (answer.kind === "decision") return decisionOf(name, answer.body.decision);
    this.#hasFailed = true;
    const late = new SimError("decision_timeout", `nobody decided for agent '${name}' in ${answer.body.deadline} s`, {
      agent: name,
      turn: view.turn,
      hint: "raise the agent's config.deadline",
    });
    if (fallback !== "rule") return new FailedDecision(late, 1, decisionOf(name, fallback), "fallback");
    const instead = (outcome: Outcome) =>
      outcome instanceof FailedDecision ? outcome : new FailedDecision(late, 1, outcome, "fallback");
    const ruled = this.#ask(slot, view, 1);
    return ruled instanceof Promise ? ruled.then(instead) : instead(ruled);
  }

  #failed(slot: AgentSlot, view: TurnView, attempt: number, error: unknown): Outcome | Promise<Outcome> {
    const { turn } = view;
    this.#hasFailed = true;
    const full = diskFull(error, turn);
    if (full) return new FailedDecision(full, attempt, null, "fail");
    const failure = agentError(slot.agent.name, turn, error);
    // A model has been asked as often as it should be: what follows is a matter of its own.
    const policy = error instanceof ModelError ? slot.model("agent")?.on_failure ?? slot.on_error : slot.on_error;
    if (policy === "fail") return new FailedDecision(failure, attempt, null, "fail");
    if (policy === "retry" && attempt <= RETRIES) return this.#ask(slot, view, attempt + 1);
    this.#options.log("WARNING", failure.message, { agent: slot.agent.name, turn, policy });
    if (policy !== "fallback") return new FailedDecision(failure, attempt, null, policy);
    const context = this.#context(slot, view, 1);
    try {
      const answer = slot.agent.fallbackAction(view.observe(slot.agent.name), context);
      return new FailedDecision(failure, attempt, this.#answered(slot, view, context, answer), "fallback");
    } catch (fallbackFailure) {
      const both = agentError(slot.agent.name, turn, fallbackFailure, "its fallback failed too: ");
      return new FailedDecision(both, attempt, null, "fail");
    }
  }
}

/** Who decides for an agent. */
export function controllerOf({ agent, human }: AgentSlot, control: TurnView["control"]): Controller {
  return Object.hasOwn(control, agent.name) ? control[agent.name]! : human.controller;
}

/** What a person is shown: what the agent sees, as JSON. */
function observationJson(state: SimulationState, inbox: readonly Message[]): JsonObject {
  const { reasoning_chains: _chains, paused_agents: _paused, auto_resume: _resume, ...observed } = state.toJSON();
  const populations = Object.fromEntries([...state.populations].map(({ name, size }) => [name, { size }]));
  return JSON.parse(JSON.stringify({
    ...observed,
    ...(state.populations.size > 0 && { populations }),
    inbox,
  }));
}

/** Asked again, an agent draws anew: with the same draws it would fail the same way. */
function retryKey(key: StreamKey, attempt: number): StreamKey {
  return [key[0], (key[1] + Math.imul(attempt, 0x9e3779b9)) | 0];
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as PromiseLike<unknown>).then === "function";
}

function checked(slot: AgentSlot, answer: unknown): Decision {
  return Array.isArray(answer)
    ? Array.from(answer, (part) => checkedPart(slot, part, answer))
    : checkedPart(slot, answer, answer);
}

function checkedPart(slot: AgentSlot, action: unknown, answer: unknown): DecisionPart {
  if (action instanceof OutgoingMessage || action instanceof LifecycleRequest) return sound(action);
  if (!(action instanceof Action)) {
    throw new SimError(
      "bad_decision",
      `decideAction() returned ${shown(answer)}, not an Action, a message, a request, a list of these, or null`,
      { hint: "return this.act(name, parameters)" },
    );
  }
  if (action.agent_name !== slot.agent.name) {
    throw new SimError("bad_decision", `decideAction() returned an action of '${action.agent_name}', not its own`);
  }
  return checkedAction(action);
}

/** The parts of a decision in their order; none when it is nothing. */
export function partsOf(decision: Decision): readonly DecisionPart[] {
  if (decision === null) return [];
  return Array.isArray(decision) ? decision : [decision as DecisionPart];
}

/**
 * The same message or request, built anew: of a subclass, or of one that was written to, only what is sound is left.
 * @throws {RangeError} when it is not sound
 */
export function sound<T extends OutgoingMessage | LifecycleRequest>(part: T): T;
export function sound(part: OutgoingMessage | LifecycleRequest): OutgoingMessage | LifecycleRequest {
  if (part instanceof OutgoingMessage) return new OutgoingMessage(part.to, part.content, part.radius);
  return new LifecycleRequest(part.operation, part.agent, part.spec, part.turns, part.reason);
}

function checkedAction(action: Action): Action {
  if (typeof action.action_name !== "string") throw notText("action_name", action.action_name);
  if (action.reasoning !== undefined && typeof action.reasoning !== "string") {
    throw notText("reasoning", action.reasoning);
  }
  for (const name in action.parameters) {
    const value = action.parameters[name];
    if (typeof value === "string" || typeof value === "boolean") continue;
    const problem = notJson(value);
    if (problem !== null) {
      throw new SimError("bad_decision", `parameter '${name}' of action '${action.action_name}' ${problem}`, {
        hint: "parameters are JSON: finite numbers, strings, booleans, null, lists and objects of these",
      });
    }
  }
  return action;
}

function notText(field: string, value: unknown): SimError {
  return new SimError("bad_decision", `${field} of an action is ${shown(value)}, not a text`);
}

function agentError(name: string, turn: number, error: unknown, prefix = ""): SimError {
  const message = error instanceof Error ? error.message : `threw ${shown(error)}`;
  return new SimError("agent_error", `agent '${name}' failed in turn ${turn}: ${prefix}${message}`, {
    agent: name,
    turn,
    cause: error,
    ...(error instanceof SimError && error.hint !== undefined ? { hint: error.hint } : {
      hint: "set the agent's on_error to retry, skip or fallback if the run should go on without it",
    }),
  });
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : Deno.inspect(value, { depth: 1, compact: true });
  return text.length > 120 ? text.slice(0, 117) + "…" : text;
}
