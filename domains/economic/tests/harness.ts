/** For this domain's tests: plays scenarios in memory, as a run does, and keeps every state. */

import {
  type AgentContext,
  AgentMemory,
  type AgentState,
  checkScenario,
  type EngineContext,
  type ResolvedScenario,
  rng,
  SimulationOrchestrator,
  type SimulationState,
} from "llm-sim";
import { loadScenario } from "llm-sim/scenario";
import { parse } from "yaml";
import type { z } from "zod";
import type { nationConfig } from "../agents/nation_config.ts";
import type { marketConfig } from "../engines/market_config.ts";
import economic from "../mod.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";

/** A state of either engine; `economic` has only some of the variables. */
export type EconomyState = SimulationState<NationVariables, WorldVariables>;

/** A nation of {@linkcode EconomyState}. */
export type Nation = AgentState<NationVariables>;

/** A scenario file, as far as the tests change it. */
export interface ScenarioFile {
  readonly simulation: object;
  readonly engine: { readonly type: string; readonly config?: z.input<typeof marketConfig> };
  readonly validator: { readonly type: string; readonly config?: object };
  readonly agents: readonly {
    readonly name: string;
    readonly type: string;
    readonly initial_economic_strength?: number;
    readonly variables?: Partial<NationVariables>;
    readonly config?: z.input<typeof nationConfig>;
  }[];
  readonly state_variables: Record<"agent_vars" | "global_vars", Record<string, VariableText>>;
}

interface VariableText {
  readonly type: string;
  readonly default?: unknown;
  readonly min?: number;
  readonly max?: number;
  readonly value_type?: VariableText;
}

/** One ACTION event's details. */
export interface JudgedAction {
  readonly action_type: string;
  readonly validated: boolean;
  readonly reason?: string;
}

/** What a simulation went through. */
export interface Played {
  /** From turn 0 to the last. */
  readonly states: readonly EconomyState[];
  readonly last: EconomyState;
  /** Why it ended; null when it was left before. */
  readonly ended: string | null;
  /** In the order in which they were judged. */
  readonly actions: readonly JudgedAction[];
}

/** A fresh copy of the scenario of that name. */
export function readScenario(name: string): ScenarioFile {
  return parse(Deno.readTextFileSync(new URL(`../../../scenarios/economic/${name}.yaml`, import.meta.url)));
}

/** Plays to the scenario's end, or, where `turns` are given, so many whatever the scenario says of its end. */
export function play(
  scenario: ScenarioFile,
  { turns, seed }: { readonly turns?: number; readonly seed?: number } = {},
): Promise<Played> {
  const { simulation } = scenario;
  const endless = { ...simulation, max_turns: Math.max(1, turns ?? 1), termination: undefined };
  return playText(JSON.stringify(turns === undefined ? scenario : { ...scenario, simulation: endless }), {
    turns,
    seed,
  });
}

/** Plays the scenario of this YAML text, for `turns` turns at most. */
export async function playText(
  text: string,
  { turns = Infinity, seed }: { readonly turns?: number | undefined; readonly seed?: number | undefined } = {},
): Promise<Played> {
  const scenario = { ...await load(text), events: { verbosity: "ACTION" } as const };
  const simulation = new SimulationOrchestrator({
    domain: economic,
    scenario,
    run_id: "test",
    ...(seed !== undefined && { seed }),
  });
  await simulation.start();
  const states = [simulation.state as EconomyState];
  while (simulation.ended === null && simulation.state.turn < turns) {
    await simulation.step();
    states.push(simulation.state as EconomyState);
  }
  return { states, last: states.at(-1)!, ended: simulation.ended, actions: actionsIn(simulation.take().events) };
}

/** The reasons for which actions were rejected. */
export function rejections({ actions }: Played): readonly (string | undefined)[] {
  return actions.filter(({ validated }) => !validated).map(({ reason }) => reason);
}

/** What an engine is given in `turn`, for tests of its single methods. */
export function engineContext(turn: number): EngineContext {
  return {
    turn,
    files: "",
    log: () => {},
    detail: () => {},
    request: () => {},
    send: () => {},
    rng: (purpose, agent = "") => rng(1, purpose, agent, turn),
  };
}

/** What agent `name` is given in `turn`, for tests of single decisions. */
export function agentContext(name: string, turn: number): AgentContext {
  const memory = new AgentMemory([], turn, { max_entries: 100, max_turns: null, max_bytes: 65_536 });
  return { turn, files: "", log: () => {}, rng: rng(1, "agent", name, turn), inbox: [], memory };
}

async function load(text: string): Promise<ResolvedScenario> {
  const readFile = (reference: string) => Promise.reject(new Error(`the scenario refers to '${reference}'`));
  const { scenario, issues } = await loadScenario({ text, file: "test.yaml", readFile });
  const found = [...issues, ...(scenario ? checkScenario(economic, scenario) : [])];
  const errors = found.filter(({ severity }) => severity === "error");
  if (scenario && errors.length === 0) return scenario;
  throw new Error(errors.map(({ path = [], message }) => `${path.join(".")}: ${message}`).join("\n"));
}

function actionsIn(events: string): readonly JudgedAction[] {
  return events.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ event_type }) => event_type === "ACTION").map(({ details }) => details);
}
