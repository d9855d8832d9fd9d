/** For this domain's tests: plays scenarios in memory, as a run does, and keeps the numbers of every turn. */

import {
  checkScenario,
  type EngineContext,
  type Metrics,
  type ResolvedScenario,
  rng,
  SimulationOrchestrator,
  type SimulationState,
} from "llm-sim";
import { loadScenario } from "llm-sim/scenario";
import classic from "../mod.ts";
import type { FlockingVariables, MoneyVariables, WolfSheepVariables } from "../variables.ts";

/** A state of any of the models; each has only some of the variables. */
export type ClassicState = SimulationState<MoneyVariables, FlockingVariables & WolfSheepVariables>;

/** One ACTION event's details: of a named agent, or of a population in all. */
export interface ToldAction {
  readonly action_type?: string;
  readonly validated?: boolean;
  readonly reason?: string;
  readonly [key: string]: unknown;
}

/** What a simulation went through. Columns of earlier states are gone; `last` has those of the last turn. */
export interface Played {
  /** Of every turn from 0 on. */
  readonly worlds: readonly (FlockingVariables & WolfSheepVariables)[];
  /** Of every turn from 0 on. */
  readonly metrics: readonly Metrics[];
  readonly last: ClassicState;
  /** Why it ended; null when it was left before. */
  readonly ended: string | null;
  /** In the order in which they were told. */
  readonly actions: readonly ToldAction[];
}

/** What may be changed of a scenario, and how long it is played. */
export interface PlayOptions {
  /** Plays so many turns whatever the scenario says of its end. */
  readonly turns?: number;
  readonly seed?: number;
  /** Changes the scenario before it is played. */
  readonly change?: (scenario: ResolvedScenario) => ResolvedScenario;
}

/** Plays the scenario of that name in `scenarios/classic/`. */
export function play(name: string, options: PlayOptions = {}): Promise<Played> {
  return playText(readScenario(name), options);
}

/** The text of the scenario of that name. */
export function readScenario(name: string): string {
  return Deno.readTextFileSync(new URL(`../../../scenarios/classic/${name}.yaml`, import.meta.url));
}

/** Plays the scenario of this YAML text. */
export async function playText(
  text: string,
  { turns, seed, change = (same) => same }: PlayOptions = {},
): Promise<Played> {
  const loaded = change(await load(text));
  const { simulation } = loaded;
  const endless = { ...simulation, max_turns: Infinity, termination: { max_value: null, min_value: null, when: [] } };
  const scenario: ResolvedScenario = {
    ...loaded,
    events: { verbosity: "ACTION" },
    simulation: turns === undefined ? simulation : endless,
  };
  const orchestrator = new SimulationOrchestrator({
    domain: classic,
    scenario,
    run_id: "test",
    ...(seed !== undefined && { seed }),
  });
  await orchestrator.start();
  const state = () => orchestrator.state as unknown as ClassicState;
  const worlds = [state().global_state];
  const metrics = [orchestrator.metrics];
  while (orchestrator.ended === null && state().turn < (turns ?? Infinity)) {
    await orchestrator.step();
    worlds.push(state().global_state);
    metrics.push(orchestrator.metrics);
  }
  const actions = actionsIn(orchestrator.take().events);
  return { worlds, metrics, last: state(), ended: orchestrator.ended, actions };
}

/** A change that gives the population or agents of entry `name` other config, and other keys of the entry. */
export function withEntry(
  name: string,
  config: ResolvedScenario["agents"][number]["config"],
  entry: Partial<ResolvedScenario["agents"][number]> = {},
): (scenario: ResolvedScenario) => ResolvedScenario {
  return (scenario) => ({
    ...scenario,
    agents: scenario.agents.map((agent) =>
      agent.name === name ? { ...agent, ...entry, config: { ...agent.config, ...config } } : agent
    ),
  });
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

async function load(text: string): Promise<ResolvedScenario> {
  const readFile = (file: string) => Promise.resolve({ file, text: readScenario(file.replace(/\.yaml$/, "")) });
  const { scenario, issues } = await loadScenario({ text, file: "test.yaml", readFile });
  const found = [...issues, ...(scenario ? checkScenario(classic, scenario) : [])];
  const errors = found.filter(({ severity }) => severity === "error");
  if (scenario && errors.length === 0) return scenario;
  throw new Error(errors.map(({ path = [], message }) => `${path.join(".")}: ${message}`).join("\n"));
}

function actionsIn(events: string): readonly ToldAction[] {
  return events.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ event_type }) => event_type === "ACTION").map(({ details }) => details);
}
