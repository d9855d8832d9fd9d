/** Requests that agents come, go, pause or act again. They are carried out together at the end of the turn. */

import { frozenJson, notJson } from "./json.ts";
import type { ResolvedNewAgent } from "./scenario/resolved.ts";

/** An agent that is to be added. */
export type NewAgent = ResolvedNewAgent;

/** What can happen to an agent's life. */
export type LifecycleOperation = "add_agent" | "remove_agent" | "pause_agent" | "resume_agent";

/**
 * One request. Agents return it from `decideAction` (see the helpers of {@linkcode BaseAgent}), engines hand it to
 * `context.request`. A request that cannot be carried out is refused, which the event log records; it is no error.
 *
 * @example
 * ```ts
 * import { addAgent, pauseAgent } from "llm-sim";
 * const birth = addAgent({ name: "wolf", type: "wolf", variables: { energy: 20 } });
 * const sleep = pauseAgent("wolf_3", 5);
 * if (birth.operation !== "add_agent" || sleep.turns !== 5) throw new Error("unreachable");
 * ```
 */
export class LifecycleRequest {
  /** What is to happen. */
  readonly operation: LifecycleOperation;
  /** To whom; of an agent to be added, the name it would like. */
  readonly agent: string;
  /** The agent to be added. */
  readonly spec: NewAgent | undefined;
  /** With `pause_agent`: turns that it sits out; without, until it is resumed. */
  readonly turns: number | undefined;
  /** Why, for people. */
  readonly reason: string | undefined;

  /**
   * Built by the functions below.
   * @throws {RangeError} when a part is of another type than it says, or what is told of a new agent is not JSON
   */
  constructor(operation: LifecycleOperation, agent: string, spec?: NewAgent, turns?: number, reason?: string) {
    for (const [part, value] of Object.entries({ operation, agent, reason: reason ?? "" })) {
      if (typeof value !== "string") throw new RangeError(`${part} of a request is a text, not ${Deno.inspect(value)}`);
    }
    if (turns !== undefined && !Number.isFinite(turns)) {
      throw new RangeError(`turns of a request are a number, not ${Deno.inspect(turns)}`);
    }
    const told = withoutUndefined(spec);
    const problem = told === undefined ? null : notJson(told);
    if (problem !== null) throw new RangeError(`what is told of a new agent ${problem}, which is no JSON`);
    this.operation = operation;
    this.agent = agent;
    // A copy: what was asked for does not change with what the one who asked goes on to do.
    this.spec = frozenJson(told);
    this.turns = turns;
    this.reason = reason;
  }
}

/** What is told, without the parts that are left open: JSON has no undefined. */
function withoutUndefined(spec: NewAgent | undefined): NewAgent | undefined {
  if (typeof spec !== "object" || spec === null || Object.values(spec).every((part) => part !== undefined)) return spec;
  return Object.fromEntries(Object.entries(spec).filter(([, part]) => part !== undefined)) as unknown as NewAgent;
}

/** Adds an agent; it acts from the next turn. Where its name is taken it is called `name_1`, `name_2` … */
export function addAgent(spec: NewAgent, reason?: string): LifecycleRequest {
  // What a name must be is said when the request is carried out, as is all else about the agent.
  const name: unknown = spec?.name;
  return new LifecycleRequest("add_agent", typeof name === "string" ? name : "", spec, undefined, reason);
}

/** Removes an agent, with its memory and its place. */
export function removeAgent(name: string, reason?: string): LifecycleRequest {
  return new LifecycleRequest("remove_agent", name, undefined, undefined, reason);
}

/**
 * Lets an agent sit out `turns` turns, or all until it is resumed.
 * @throws {RangeError} unless `turns` is a whole number from 1
 */
export function pauseAgent(name: string, turns?: number, reason?: string): LifecycleRequest {
  if (turns !== undefined && !(Number.isSafeInteger(turns) && turns >= 1)) {
    throw new RangeError(`an agent sits out a whole number of turns, at least 1, not ${turns}`);
  }
  return new LifecycleRequest("pause_agent", name, undefined, turns, reason);
}

/** Lets a paused agent act again, from the next turn. */
export function resumeAgent(name: string, reason?: string): LifecycleRequest {
  return new LifecycleRequest("resume_agent", name, undefined, undefined, reason);
}
