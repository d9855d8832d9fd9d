/** For this domain's tests: plays scenarios in memory, as a run does, and keeps every state. */

import {
  checkScenario,
  type EngineContext,
  type LifecycleRequest,
  type ResolvedScenario,
  rng,
  SimulationOrchestrator,
} from "llm-sim";
import { loadGraphs } from "llm-sim";
import { loadScenario } from "llm-sim/scenario";
import type { MeadowState } from "../engines/draft.ts";
import ecology from "../mod.ts";

/** One event's details. */
export interface ToldEvent {
  readonly event_type: string;
  readonly turn_number: number;
  readonly agent_id: string | null;
  readonly details: { readonly [key: string]: unknown };
}

/** What a simulation went through. */
export interface Played {
  /** From turn 0 to the last. */
  readonly states: readonly MeadowState[];
  readonly last: MeadowState;
  /** Why it ended; null when it was left before. */
  readonly ended: string | null;
  /** ACTION and LIFECYCLE events in their order. */
  readonly events: readonly ToldEvent[];
}

/** What may be changed of a scenario, and how long it is played. */
export interface PlayOptions {
  /** Plays so many turns at most, whatever the scenario says of its end. */
  readonly turns?: number;
  readonly seed?: number;
  /** Changes the scenario before it is played. */
  readonly change?: (scenario: ResolvedScenario) => ResolvedScenario;
}

/** Plays the scenario of that name in `scenarios/ecology/`. */
export function play(name: string, options: PlayOptions = {}): Promise<Played> {
  return playText(readScenario(name), options);
}

/** The text of the scenario of that name. */
export function readScenario(name: string): string {
  return Deno.readTextFileSync(new URL(`../../../scenarios/ecology/${name}.yaml`, import.meta.url));
}

/** Plays the scenario of this YAML text. */
export async function playText(
  text: string,
  { turns, seed, change = (same) => same }: PlayOptions = {},
): Promise<Played> {
  await loadGraphs();
  const loaded = change(await load(text));
  const { simulation } = loaded;
  const endless = { ...simulation, max_turns: Infinity, termination: { max_value: null, min_value: null, when: [] } };
  const scenario: ResolvedScenario = {
    ...loaded,
    events: { verbosity: "ACTION" },
    simulation: turns === undefined ? simulation : endless,
  };
  const orchestrator = new SimulationOrchestrator({
    domain: ecology,
    scenario,
    run_id: "test",
    ...(seed !== undefined && { seed }),
  });
  await orchestrator.start();
  const states = [orchestrator.state as unknown as MeadowState];
  while (orchestrator.ended === null && orchestrator.state.turn < (turns ?? Infinity)) {
    await orchestrator.step();
    states.push(orchestrator.state as unknown as MeadowState);
  }
  return { states, last: states.at(-1)!, ended: orchestrator.ended, events: eventsIn(orchestrator.take().events) };
}

/** A change of the agents' entries; an entry for which it returns null is left out. */
export function withEntries(
  change: (entry: ResolvedScenario["agents"][number]) => ResolvedScenario["agents"][number] | null,
): (scenario: ResolvedScenario) => ResolvedScenario {
  return (scenario) => ({ ...scenario, agents: scenario.agents.map(change).filter((entry) => entry !== null) });
}

/** What an engine is given in `turn`, for tests of its single methods; what it asks for goes to `requests`. */
export function engineContext(turn: number, requests: LifecycleRequest[] = []): EngineContext {
  return {
    turn,
    files: "",
    log: () => {},
    detail: () => {},
    request: (request) => requests.push(request),
    send: () => {},
    rng: (purpose, agent = "") => rng(1, purpose, agent, turn),
  };
}

async function load(text: string): Promise<ResolvedScenario> {
  const readFile = (file: string) => Promise.resolve({ file, text: readScenario(file.replace(/\.yaml$/, "")) });
  const { scenario, issues } = await loadScenario({ text, file: "test.yaml", readFile });
  const found = [...issues, ...(scenario ? checkScenario(ecology, scenario) : [])];
  const errors = found.filter(({ severity }) => severity === "error");
  if (scenario && errors.length === 0) return scenario;
  throw new Error(errors.map(({ path = [], message }) => `${path.join(".")}: ${message}`).join("\n"));
}

function eventsIn(events: string): readonly ToldEvent[] {
  return events.trimEnd().split("\n").map((line) => JSON.parse(line) as ToldEvent)
    .filter(({ event_type }) => event_type === "ACTION" || event_type === "LIFECYCLE");
}
