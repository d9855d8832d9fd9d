/**
 * Plays a domain's scenarios in memory, as a run does, and keeps what they went through. Where they ask models, the offline
 * provider answers.
 */

import { parse } from "yaml";
import {
  checkScenario,
  type Domain,
  type Metrics,
  RecordedInputs,
  type ResolvedScenario,
  SimulationOrchestrator,
  type SimulationState,
} from "../../framework/mod.ts";
import { loadScenario } from "../../framework/scenario/mod.ts";
import { answeredOffline, withoutModels } from "./offline_models.ts";

/** One event, as far as tests look into it. */
export interface ToldEvent {
  readonly event_type: string;
  readonly turn_number: number;
  readonly agent_id: string | null;
  readonly details: ToldDetails;
}

/** An event's details; those of an ACTION are of a named agent, or of a population in all. */
export interface ToldDetails {
  readonly action_type?: string;
  readonly validated?: boolean;
  readonly reason?: string;
  readonly [key: string]: unknown;
}

/** What a simulation went through. */
export interface Played<S extends SimulationState> {
  /** Of every turn from 0 on. Populations can be read in `last` alone: the columns of earlier turns are gone. */
  readonly states: readonly S[];
  /** World variables of every turn from 0 on. */
  readonly worlds: readonly S["global_state"][];
  /** Of every turn from 0 on. */
  readonly metrics: readonly Metrics[];
  readonly last: S;
  /** Why it ended; null when it was left before. */
  readonly ended: string | null;
  /** In the order in which they were told. */
  readonly events: readonly ToldEvent[];
  /** Details of the ACTION events. */
  readonly actions: readonly ToldDetails[];
}

/** A change of a scenario before it is played. */
export type Change = (scenario: ResolvedScenario) => ResolvedScenario;

/** How a scenario is played. */
export interface PlayOptions {
  /** Plays so many turns whatever the scenario says of its end, unless the engine ends it. */
  readonly turns?: number | undefined;
  /** Default: the scenario's. */
  readonly seed?: number | undefined;
  readonly change?: Change | undefined;
}

/** Where the scenarios of one domain are played. `S` is a state, `F` a scenario file as far as tests change it. */
export interface Stage<S extends SimulationState, F extends object = never> {
  readonly domain: Domain;
  /** The text of the scenario of that name. */
  readonly readText: (name: string) => string;
  /** A fresh copy of the scenario of that name. */
  readonly readScenario: (name: string) => F;
  /** The scenario of this YAML text; fails with all that is wrong with it. */
  readonly load: (text: string) => Promise<ResolvedScenario>;
  /** Plays the scenario of that name, or this one. */
  readonly play: (scenario: string | F, options?: PlayOptions) => Promise<Played<S>>;
  /** Plays the scenario of this YAML text. */
  readonly playText: (text: string, options?: PlayOptions) => Promise<Played<S>>;
}

/** The stage for the scenarios of `domain`, which are in `scenarios/` under its name. */
export function stageOf<S extends SimulationState, F extends object = never>(domain: Domain): Stage<S, F> {
  const folder = new URL(`../../scenarios/${domain.name}/`, import.meta.url);
  const readText = (name: string) => Deno.readTextFileSync(new URL(`${name}.yaml`, folder));
  const load = (text: string) => loadFrom(folder, domain, text);
  const playText = async (text: string, options: PlayOptions = {}) =>
    await playResolved<S>(domain, await load(text), options);
  return {
    domain,
    readText,
    readScenario: (name) => parse(readText(name)) as F,
    load,
    // JSON is YAML.
    play: (scenario, options) =>
      playText(typeof scenario === "string" ? readText(scenario) : JSON.stringify(scenario), options),
    playText,
  };
}

/** The reasons for which actions were rejected. */
export function rejections({ actions }: { readonly actions: readonly ToldDetails[] }): (string | undefined)[] {
  return actions.filter(({ validated }) => validated === false).map(({ reason }) => reason);
}

/** A change of the agents' entries; an entry for which it returns null is left out. */
export function withEntries(change: (entry: Entry) => Entry | null): Change {
  return (scenario) => ({ ...scenario, agents: scenario.agents.map(change).filter((entry) => entry !== null) });
}

/** A change that gives the entry `name` other config, and other keys of the entry. */
export function withEntry(name: string, config: Entry["config"], keys: Partial<Entry> = {}): Change {
  return withEntries((entry) =>
    entry.name === name ? { ...entry, ...keys, config: { ...entry.config, ...config } } : entry
  );
}

/** A change that gives the engine other config. */
export function withEngine(config: Entry["config"]): Change {
  return ({ engine, ...scenario }) => ({ ...scenario, engine: { ...engine, config: { ...engine.config, ...config } } });
}

type Entry = ResolvedScenario["agents"][number];

async function loadFrom(folder: URL, domain: Domain, text: string): Promise<ResolvedScenario> {
  const readFile = async (file: string) => ({ file, text: await Deno.readTextFile(new URL(file, folder)) });
  const { scenario, issues } = await loadScenario({ text, file: "test.yaml", readFile });
  const found = [...issues, ...(scenario ? checkScenario(domain, scenario) : [])];
  const errors = found.filter(({ severity }) => severity === "error");
  if (scenario && errors.length === 0) return scenario;
  throw new Error(errors.map(({ path = [], message }) => `${path.join(".")}: ${message}`).join("\n"));
}

async function playResolved<S extends SimulationState>(
  domain: Domain,
  loaded: ResolvedScenario,
  { turns, seed, change = (same) => same }: PlayOptions,
): Promise<Played<S>> {
  const changed = withoutModels(change(loaded));
  const scenario: ResolvedScenario = { ...(turns === undefined ? changed : endless(changed)), events: ACTIONS };
  const simulation = new SimulationOrchestrator({
    domain,
    scenario,
    run_id: "test",
    inputs: new RecordedInputs([], answeredOffline),
    ...(seed !== undefined && { seed }),
  });
  await simulation.start();
  const states = [simulation.state as S];
  const metrics = [simulation.metrics];
  while (simulation.ended === null && simulation.state.turn < (turns ?? Infinity)) {
    await simulation.step();
    states.push(simulation.state as S);
    metrics.push(simulation.metrics);
  }
  const events = simulation.take().events.trimEnd().split("\n").map((line): ToldEvent => JSON.parse(line));
  return {
    states,
    worlds: states.map(({ global_state }) => global_state),
    metrics,
    last: states.at(-1)!,
    ended: simulation.ended,
    events,
    actions: events.filter(({ event_type }) => event_type === "ACTION").map(({ details }) => details),
  };
}

const ACTIONS = { verbosity: "ACTION" } as const;

function endless({ simulation, ...scenario }: ResolvedScenario): ResolvedScenario {
  const termination = { max_value: null, min_value: null, when: [] };
  return { ...scenario, simulation: { ...simulation, max_turns: Infinity, termination } };
}
