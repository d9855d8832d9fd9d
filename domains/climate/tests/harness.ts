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
import type { diceConfig } from "../engines/dice_config.ts";
import climate from "../mod.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";

/** A state of engine `dice`. */
export type ClimateState = SimulationState<NationVariables, WorldVariables>;

/** A nation of {@linkcode ClimateState}. */
export type Nation = AgentState<NationVariables>;

/** One entry of `agents:`. */
export interface NationEntry {
  readonly name: string;
  readonly type: "nation";
  readonly strategy?: string;
  readonly variables?: Partial<NationVariables>;
  readonly config?: z.input<typeof nationConfig>;
}

/** A scenario file, as far as the tests change it; what is left out comes from the file it extends. */
export interface ScenarioFile {
  readonly domain?: string;
  readonly extends?: string;
  readonly simulation: object;
  readonly engine?: { readonly type?: string; readonly config?: z.input<typeof diceConfig> };
  readonly validator?: { readonly type: string; readonly config?: object };
  readonly agents?: readonly NationEntry[];
  readonly observability?: object;
  readonly interventions?: readonly object[];
  readonly state_variables?: Record<"agent_vars" | "global_vars", Record<string, VariableText>>;
}

interface VariableText {
  readonly type: string;
  readonly default?: unknown;
  readonly min?: number;
  readonly max?: number;
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
  readonly states: readonly ClimateState[];
  readonly last: ClimateState;
  /** Why it ended; null when it was left before. */
  readonly ended: string | null;
  /** In the order in which they were judged. */
  readonly actions: readonly JudgedAction[];
}

/** What a scenario can be played with. */
export interface PlayOptions {
  /** So many turns whatever the scenario says of its end. */
  readonly turns?: number | undefined;
  readonly seed?: number | undefined;
}

const FOLDER = new URL("../../../scenarios/climate/", import.meta.url);

/** The text of the scenario of that name. */
export function readText(name: string): string {
  return Deno.readTextFileSync(new URL(`${name}.yaml`, FOLDER));
}

/** A fresh copy of the scenario of that name. */
export function readScenario(name: string): ScenarioFile {
  return parse(readText(name));
}

/** Nations n0, n1 … under the baseline's engine; they ride free and are as DICE's world, unless told otherwise. */
export function world(
  nations: readonly Pick<NationEntry, "variables" | "config">[],
  config: z.input<typeof diceConfig> = {},
): ScenarioFile {
  return {
    extends: "business_as_usual.yaml",
    simulation: { name: "world", max_turns: 17 },
    engine: { type: "dice", config },
    agents: nations.map(({ variables, config }, i) => ({
      name: `n${i}`,
      type: "nation",
      config: { strategy: "free_rider", ...config },
      variables: { gross_output: 20, ...variables },
    })),
  };
}

/** `scenario` with one nation's config changed. */
export function withConfig(scenario: ScenarioFile, nation: string, config: NationEntry["config"]): ScenarioFile {
  const agents = scenario.agents!.map((agent) =>
    agent.name === nation ? { ...agent, config: { ...agent.config, ...config } } : agent
  );
  return { ...scenario, agents };
}

/** Plays to the scenario's end, or so many turns whatever the scenario says of its end. */
export function play(scenario: ScenarioFile, options: PlayOptions = {}): Promise<Played> {
  const { turns } = options;
  const endless = { ...scenario.simulation, max_turns: Math.max(1, turns ?? 1), termination: { when: [] } };
  return playText(JSON.stringify(turns === undefined ? scenario : { ...scenario, simulation: endless }), options);
}

/** Plays the scenario of this YAML text. */
export async function playText(text: string, { turns = Infinity, seed }: PlayOptions = {}): Promise<Played> {
  const scenario = { ...await load(text), events: { verbosity: "ACTION" } as const };
  const simulation = new SimulationOrchestrator({
    domain: climate,
    scenario,
    run_id: "test",
    ...(seed !== undefined && { seed }),
  });
  await simulation.start();
  const states = [simulation.state as ClimateState];
  while (simulation.ended === null && simulation.state.turn < turns) {
    await simulation.step();
    states.push(simulation.state as ClimateState);
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

/** What a nation is given in `turn`: this mail, and a memory that starts empty. */
export function agentContext(turn: number, inbox: AgentContext["inbox"] = [], memory = newMemory(turn)): AgentContext {
  return { turn, files: "", log: () => {}, rng: rng(1, "decide", "n0", turn), inbox, memory };
}

/** A memory in turn `turn` that holds what `before` held. */
export function newMemory(turn: number, before?: AgentMemory): AgentMemory {
  return new AgentMemory(before?.entries ?? [], turn, { max_entries: 1000, max_turns: null, max_bytes: 1e6 });
}

async function load(text: string): Promise<ResolvedScenario> {
  const readFile = async (reference: string) => ({
    file: reference,
    text: await Deno.readTextFile(new URL(reference, FOLDER)),
  });
  const { scenario, issues } = await loadScenario({ text, file: "test.yaml", readFile });
  const found = [...issues, ...(scenario ? checkScenario(climate, scenario) : [])];
  const errors = found.filter(({ severity }) => severity === "error");
  if (scenario && errors.length === 0) return scenario;
  throw new Error(errors.map(({ path = [], message }) => `${path.join(".")}: ${message}`).join("\n"));
}

function actionsIn(events: string): readonly JudgedAction[] {
  return events.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ event_type }) => event_type === "ACTION").map(({ details }) => details);
}
