/** For this domain's tests: plays scenarios in memory, as a run does, and keeps every state. */

import {
  type AgentContext,
  AgentMemory,
  type AgentState,
  checkScenario,
  type EngineContext,
  loadGraphs,
  type ResolvedScenario,
  rng,
  SimulationOrchestrator,
  type SimulationState,
} from "llm-sim";
import { loadScenario } from "llm-sim/scenario";
import { parse } from "yaml";
import type { z } from "zod";
import type { boundedConfidenceConfig } from "../agents/bounded_confidence.ts";
import type { degrootConfig } from "../agents/degroot.ts";
import type { opinionConfig } from "../engines/opinion.ts";
import social from "../mod.ts";
import type { PersonVariables, SocietyVariables } from "../variables.ts";

/** A state of engine `opinion`. */
export type SocietyState = SimulationState<PersonVariables, SocietyVariables>;

/** A person of {@linkcode SocietyState}. */
export type Person = AgentState<PersonVariables>;

/** One entry of `agents:`. */
export interface PersonEntry {
  readonly name: string;
  readonly type: "degroot" | "bounded_confidence";
  readonly count?: number;
  readonly initial_location?: string;
  readonly variables?: Partial<PersonVariables>;
  readonly config?: z.input<typeof degrootConfig> | z.input<typeof boundedConfidenceConfig>;
}

/** A scenario file, as far as the tests change it. */
export interface ScenarioFile {
  readonly domain?: string;
  readonly simulation: object;
  readonly engine: { readonly type: string; readonly config?: z.input<typeof opinionConfig> };
  readonly validator: { readonly type: string; readonly config?: object };
  readonly agents: readonly PersonEntry[];
  readonly spatial?: object;
  readonly observability?: object;
  readonly interventions?: readonly object[];
  readonly state_variables: Record<"agent_vars" | "global_vars", Record<string, { readonly type: string }>>;
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
  readonly states: readonly SocietyState[];
  readonly last: SocietyState;
  /** Why it ended; null when it was left before. */
  readonly ended: string | null;
  /** In the order in which they were judged. */
  readonly actions: readonly JudgedAction[];
}

/** What a scenario can be played with. */
export interface PlayOptions {
  /** So many turns whatever the scenario says of its end, unless the engine ends it. */
  readonly turns?: number | undefined;
  readonly seed?: number | undefined;
}

const FOLDER = new URL("../../../scenarios/social/", import.meta.url);

/** The text of the file of that name. */
export function readText(name: string): string {
  return Deno.readTextFileSync(new URL(name, FOLDER));
}

/** A fresh copy of the scenario of that name. */
export function readScenario(name: string): ScenarioFile {
  return parse(readText(`${name}.yaml`));
}

/** A society of these people, which lasts as long as it is played. */
export function society(
  agents: readonly PersonEntry[],
  { engine = {}, spatial, schedule = "simultaneous" }: {
    readonly engine?: z.input<typeof opinionConfig>;
    readonly spatial?: object;
    readonly schedule?: string;
  } = {},
): ScenarioFile {
  const { state_variables } = readScenario("consensus");
  return {
    domain: "social",
    simulation: { name: "society", max_turns: 1000, schedule },
    engine: { type: "opinion", config: { settled_below: 0, ...engine } },
    validator: { type: "in_range" },
    agents,
    ...(spatial !== undefined && { spatial }),
    state_variables,
  };
}

/** The section `spatial` for a network of these edges, directed or not. */
export function network(edges: readonly (readonly [string, string, number?])[], directed = false): object {
  const listed = edges.map(([from, to, weight]) =>
    weight === undefined ? { from, to } : { from, to, attributes: { weight } }
  );
  return { topology: { type: "network", directed, edges: listed } };
}

/** Opinions in agent order. */
export function opinionsOf({ agents }: SocietyState): number[] {
  return agents.records.map(({ opinion }) => opinion);
}

/** Plays to the scenario's end, or so many turns whatever the scenario says of its end. */
export function play(scenario: ScenarioFile, options: PlayOptions = {}): Promise<Played> {
  const { turns } = options;
  const endless = { ...scenario.simulation, max_turns: Math.max(1, turns ?? 1), termination: undefined };
  return playText(JSON.stringify(turns === undefined ? scenario : { ...scenario, simulation: endless }), options);
}

/** Plays the scenario of this YAML text. */
export async function playText(text: string, { turns = Infinity, seed }: PlayOptions = {}): Promise<Played> {
  const scenario = { ...await load(text), events: { verbosity: "ACTION" } as const };
  if (scenario.spatial !== null) await loadGraphs();
  const simulation = new SimulationOrchestrator({
    domain: social,
    scenario,
    run_id: "test",
    ...(seed !== undefined && { seed }),
  });
  await simulation.start();
  const states = [simulation.state as SocietyState];
  while (simulation.ended === null && simulation.state.turn < turns) {
    await simulation.step();
    states.push(simulation.state as SocietyState);
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

/** What a person of that name is given in `turn`. */
export function agentContext(turn: number, name: string): AgentContext {
  const memory = new AgentMemory([], turn, { max_entries: 10, max_turns: null, max_bytes: 1000 });
  return { turn, files: "", log: () => {}, rng: rng(1, "decide", name, turn), inbox: [], memory };
}

async function load(text: string): Promise<ResolvedScenario> {
  const readFile = async (reference: string) => ({
    file: reference,
    text: await Deno.readTextFile(new URL(reference, FOLDER)),
  });
  const { scenario, issues } = await loadScenario({ text, file: "test.yaml", readFile });
  const found = [...issues, ...(scenario ? checkScenario(social, scenario) : [])];
  const errors = found.filter(({ severity }) => severity === "error");
  if (scenario && errors.length === 0) return scenario;
  throw new Error(errors.map(({ path = [], message }) => `${path.join(".")}: ${message}`).join("\n"));
}

function actionsIn(events: string): readonly JudgedAction[] {
  return events.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ event_type }) => event_type === "ACTION").map(({ details }) => details);
}
