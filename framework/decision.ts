/** Asks agents for their decisions, checks what they answer, and follows each agent's `on_error` policy. */

import { Action, type Decision } from "./action.ts";
import type { BaseAgent } from "./agent.ts";
import type { AgentContext, Log } from "./context.ts";
import { diskFull } from "./disk_full.ts";
import { Rng, type StreamKey, streamKey } from "./rng.ts";
import type { OnError } from "./scenario/resolved.ts";
import type { SimulationState } from "./state.ts";
import { SimError } from "./issue.ts";
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
}

/** The slot of an agent in a run with this seed. */
export function agentSlot(agent: BaseAgent, on_error: OnError, seed: number): AgentSlot {
  return { agent, on_error, nameJson: JSON.stringify(agent.name), key: streamKey(seed, "decide", agent.name) };
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

class TurnContext implements AgentContext {
  #rng: Rng | undefined;
  constructor(
    readonly turn: number,
    readonly files: string,
    readonly log: Log,
    readonly key: StreamKey,
  ) {}
  get rng(): Rng {
    return this.#rng ??= new Rng(this.key, this.turn);
  }
}

/** Asks agents. `waitingFor` names those whose answer is still outstanding. */
export class DecisionMaker {
  readonly waitingFor: Set<string> = new Set();
  readonly #files: string;
  readonly #log: Log;
  /** Times a decision failed since the last {@linkcode DecisionMaker.askAll} began. */
  #failures = 0;

  constructor(files: string, log: Log) {
    this.#files = files;
    this.#log = log;
  }

  /**
   * Asks all `slots` with the same observation, concurrently; outcomes are in the order of `slots`.
   * @throws {SimError} `agent_error` when an agent whose policy is `fail` failed
   */
  *askAll(slots: readonly AgentSlot[], observation: SimulationState, turn: number): Steps<Outcome[]> {
    const outcomes = new Array<Outcome>(slots.length);
    this.#failures = 0;
    const pending = this.#askEach(slots, observation, turn, outcomes);
    if (pending) yield Promise.all(pending);
    if (this.#failures === 0) return outcomes;
    // Reported after all have answered, in agent order, so that the same error ends the run every time.
    for (const outcome of outcomes) {
      if (outcome instanceof FailedDecision && outcome.policy === "fail") throw outcome.error;
    }
    return outcomes;
  }

  /** Fills in `outcomes`; what is still to come is filled in when the promises settle. */
  #askEach(
    slots: readonly AgentSlot[],
    observation: SimulationState,
    turn: number,
    outcomes: Outcome[],
  ): Promise<void>[] | undefined {
    let pending: Promise<void>[] | undefined;
    for (let i = 0; i < slots.length; i++) {
      const answer = this.#ask(slots[i]!, observation, turn, 1);
      if (answer instanceof Promise) {
        const name = slots[i]!.agent.name;
        this.waitingFor.add(name);
        (pending ??= []).push(answer.then((outcome) => {
          this.waitingFor.delete(name);
          outcomes[i] = outcome;
        }));
      } else outcomes[i] = answer;
    }
    return pending;
  }

  #ask(slot: AgentSlot, observation: SimulationState, turn: number, attempt: number): Outcome | Promise<Outcome> {
    const context = new TurnContext(
      turn,
      this.#files,
      this.#log,
      attempt === 1 ? slot.key : retryKey(slot.key, attempt),
    );
    try {
      const answer: unknown = slot.agent.decideAction(observation, context);
      if (answer === null || (answer instanceof Action && answer.agent_name === slot.agent.name)) {
        return answer === null ? null : checkedAction(answer);
      }
      if (isThenable(answer)) {
        return Promise.resolve(answer).then((late) => checked(slot, late))
          .catch((error) => this.#failed(slot, observation, turn, attempt, error));
      }
      return checked(slot, answer);
    } catch (error) {
      return this.#failed(slot, observation, turn, attempt, error);
    }
  }

  #failed(
    slot: AgentSlot,
    observation: SimulationState,
    turn: number,
    attempt: number,
    error: unknown,
  ): Outcome | Promise<Outcome> {
    this.#failures++;
    const full = diskFull(error, turn);
    if (full) return new FailedDecision(full, attempt, null, "fail");
    const failure = agentError(slot.agent.name, turn, error);
    if (slot.on_error === "fail") return new FailedDecision(failure, attempt, null, "fail");
    if (slot.on_error === "retry" && attempt <= RETRIES) return this.#ask(slot, observation, turn, attempt + 1);
    this.#log("WARNING", failure.message, { agent: slot.agent.name, turn, policy: slot.on_error });
    if (slot.on_error !== "fallback") return new FailedDecision(failure, attempt, null, slot.on_error);
    const context = new TurnContext(turn, this.#files, this.#log, slot.key);
    try {
      const instead = checked(slot, slot.agent.fallbackAction(observation, context));
      return new FailedDecision(failure, attempt, instead, "fallback");
    } catch (fallbackFailure) {
      const both = agentError(slot.agent.name, turn, fallbackFailure, "its fallback failed too: ");
      return new FailedDecision(both, attempt, null, "fail");
    }
  }
}

/** Asked again, an agent draws anew: with the same draws it would fail the same way. */
function retryKey(key: StreamKey, attempt: number): StreamKey {
  return [key[0], (key[1] + Math.imul(attempt, 0x9e3779b9)) | 0];
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as PromiseLike<unknown>).then === "function";
}

function checked(slot: AgentSlot, answer: unknown): Decision {
  if (answer === null) return null;
  for (const action of Array.isArray(answer) ? answer : [answer]) {
    if (!(action instanceof Action)) {
      throw new SimError(
        "bad_decision",
        `decideAction() returned ${shown(answer)}, not an Action, a list of them, or null`,
        {
          hint: "return this.act(name, parameters)",
        },
      );
    }
    if (action.agent_name !== slot.agent.name) {
      throw new SimError("bad_decision", `decideAction() returned an action of '${action.agent_name}', not its own`);
    }
    checkedAction(action);
  }
  return answer as Decision;
}

function checkedAction(action: Action): Action {
  if (typeof action.action_name !== "string") throw notText("action_name", action.action_name);
  if (action.reasoning !== undefined && typeof action.reasoning !== "string") {
    throw notText("reasoning", action.reasoning);
  }
  for (const name in action.parameters) {
    const value = action.parameters[name];
    if (typeof value === "string" || typeof value === "boolean") continue;
    const problem = notJson(value, 0);
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

function notJson(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? null : `is ${value}`;
    case "string":
    case "boolean":
      return null;
    case "object": {
      if (value === null) return null;
      if (depth === 32) return "is nested deeper than 32 levels";
      const prototype = Object.getPrototypeOf(value);
      if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
        return `holds a ${value.constructor?.name ?? "special object"}`;
      }
      for (const inner of Object.values(value)) {
        const problem = notJson(inner, depth + 1);
        if (problem !== null) return problem;
      }
      return null;
    }
    default:
      return `holds a ${typeof value}`;
  }
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
