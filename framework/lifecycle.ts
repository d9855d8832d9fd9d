/** Requests that agents come, go, pause or act again. They are carried out together at the end of the turn. */

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
  /** Built by the functions below. */
  constructor(
    /** What is to happen. */
    readonly operation: LifecycleOperation,
    /** To whom; of an agent to be added, the name it would like. */
    readonly agent: string,
    /** The agent to be added. */
    readonly spec?: NewAgent,
    /** With `pause_agent`: turns that it sits out; without, until it is resumed. */
    readonly turns?: number,
    /** Why, for people. */
    readonly reason?: string,
  ) {}
}

/** Adds an agent; it acts from the next turn. Where its name is taken it is called `name_1`, `name_2` … */
export function addAgent(spec: NewAgent, reason?: string): LifecycleRequest {
  return new LifecycleRequest("add_agent", spec.name, spec, undefined, reason);
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
