/** Interventions: which of the planned ones are due, and what one of them does to the world. */

import { canonicalJson } from "./canonical_json.ts";
import { type Condition, evaluateCondition, parseCondition } from "./condition.ts";
import { SimError } from "./issue.ts";
import type { Json } from "./json.ts";
import { addAgent, type LifecycleRequest, pauseAgent, removeAgent, resumeAgent } from "./lifecycle.ts";
import { carriedOut, type LifecycleOptions, type LifecycleOutcome, type World } from "./lifecycle_rules.ts";
import type { Mail } from "./loop_state.ts";
import { sent } from "./mailbox.ts";
import { OutgoingMessage } from "./message.ts";
import type { Metrics } from "./reporter.ts";
import { hash32 } from "./rng.ts";
import type { InterventionBody, ResolvedIntervention } from "./scenario/resolved.ts";
import type { SimulationState } from "./state.ts";
import type { StateGuard } from "./state_guard.ts";
import { parseStatePath, readStatePath, type StateEntry, writeStatePaths } from "./state_path.ts";

interface Planned {
  readonly intervention: ResolvedIntervention;
  /** The same for the same intervention, wherever it stands. */
  readonly key: string;
  readonly when: Condition | null;
}

/** The interventions that a scenario plans. */
export class InterventionPlan {
  readonly #planned: readonly Planned[];

  /** In the order of the scenario. */
  constructor(interventions: readonly ResolvedIntervention[]) {
    this.#planned = interventions.map((intervention) => ({
      intervention,
      key: keyOf(intervention),
      when: intervention.when === undefined ? null : parseCondition(intervention.when),
    }));
  }

  /** Positions of those that happen at the start of `turn`, given the state before it and what has happened once. */
  due(turn: number, state: SimulationState, metrics: Metrics, fired: readonly string[]): number[] {
    const due: number[] = [];
    for (let i = 0; i < this.#planned.length; i++) {
      const { key, intervention: { at, every, from = every ?? 1, until = Infinity, once }, when } = this.#planned[i]!;
      if (at !== undefined ? !at.includes(turn) : turn < from || turn > until) continue;
      if (every !== undefined && (turn - from) % every !== 0) continue;
      if (when !== null && ((once && fired.includes(key)) || !evaluateCondition(when, state, metrics))) continue;
      due.push(i);
    }
    return due;
  }

  /** The planned intervention at a position, and its key. */
  at(position: number): { readonly intervention: ResolvedIntervention; readonly key: string } {
    return this.#planned[position]!;
  }
}

function keyOf(intervention: ResolvedIntervention): string {
  const text = canonicalJson(intervention as unknown as Json);
  return [0x9747b28c, 0x3c6ef372].map((seed) => hash32(text, seed).toString(16).padStart(8, "0")).join("");
}

/** What came of an intervention. */
export interface Intervened {
  /** The world after it; as it was when it was refused. */
  readonly world: World;
  /** What it did to agents' lives. */
  readonly lives: readonly LifecycleOutcome[];
  /** What lies in inboxes this very turn. */
  readonly mail: Mail | null;
  /** Variables it set: `global.x`, `agents.A.x`. */
  readonly variables: readonly string[];
  /** Why it was refused; null when it was not. Then nothing of it has happened. */
  readonly refused: string | null;
}

/** Does what `body` says, as a whole or not at all. */
export function intervened(
  body: InterventionBody,
  world: World,
  turn: number,
  guard: StateGuard,
  options: LifecycleOptions,
): Intervened {
  try {
    const { add_agent } = body;
    // Who comes is there before anything is set, so that the same intervention can set its variables.
    const joined = done(add_agent ? [addAgent(add_agent)] : [], world, options);
    const before = joined.world.state;
    const entries = entriesOf(body, before);
    const state = guard.checked(writeStatePaths(before, entries), turn, before, "intervention");
    const after = done(requestsOf(body), { ...joined.world, state }, options);
    return {
      world: after.world,
      lives: [...joined.outcomes, ...after.outcomes],
      mail: body.message ? mailOf(body.message, after.world.state, turn) : null,
      variables: entries.map(({ path }) => variableOf(path)),
      refused: null,
    };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return { world, lives: [], mail: null, variables: [], refused: error.message };
  }
}

/** The world after all `requests`. @throws {SimError} `refused`, when one of them is */
function done(
  requests: readonly LifecycleRequest[],
  world: World,
  options: LifecycleOptions,
): { world: World; outcomes: readonly LifecycleOutcome[] } {
  const owned = requests.map((request) => ({ request, by: { kind: "intervention" }, cause: 0 } as const));
  const after = carriedOut(owned, world, options);
  const refused = after.outcomes.find((outcome) => outcome.refused !== null);
  if (refused) throw new SimError("refused", `${refused.operation} '${refused.agent}': ${refused.refused}`);
  return after;
}

/** The new values; each operation sees what the one before has written. */
function entriesOf({ set = {}, add = {}, multiply = {} }: InterventionBody, state: SimulationState): StateEntry[] {
  const entries = Object.entries(set).map(([path, value]): StateEntry => ({ path: parseStatePath(path), value }));
  const change = (values: { readonly [path: string]: number }, by: (value: number, operand: number) => number) => {
    for (const [text, operand] of Object.entries(values)) {
      const path = parseStatePath(text);
      const before = readStatePath(path, writeStatePaths(state, entries), {});
      if (typeof before !== "number") {
        throw new SimError(
          "not_numeric",
          `'${text}' is ${before === undefined ? "not there" : JSON.stringify(before)}`,
        );
      }
      entries.push({ path, value: by(before, operand) });
    }
  };
  change(add, (value, operand) => value + operand);
  change(multiply, (value, operand) => value * operand);
  return entries;
}

/** What happens to agents' lives after variables are set. */
function requestsOf({ remove_agent, pause_agent, resume_agent }: InterventionBody): LifecycleRequest[] {
  return [
    ...(remove_agent !== undefined ? [removeAgent(remove_agent)] : []),
    ...(pause_agent ? [pauseAgent(pause_agent.name, pause_agent.turns)] : []),
    ...(resume_agent !== undefined ? [resumeAgent(resume_agent)] : []),
  ];
}

function mailOf(
  { to, content }: NonNullable<InterventionBody["message"]>,
  state: SimulationState,
  turn: number,
): Mail | null {
  const { mail, unknown } = sent(new OutgoingMessage(to, content), null, state, turn);
  if (unknown.length > 0) throw new SimError("unknown_agent", `there is no agent '${unknown.join("', '")}'`);
  return mail;
}

/** The variable that a path writes to: `global.x`, `agents.A.x`. */
function variableOf(path: StateEntry["path"]): string {
  if (path.kind === "global") return `global.${path.variable}`;
  return path.kind === "agent" ? `agents.${path.agent}.${path.variable}` : "";
}
