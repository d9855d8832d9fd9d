/** For this domain's tests: small meadows made by hand. */

import { AgentMap, type AgentState, type JsonObject, loadGraphs, SimulationState, Space } from "llm-sim";
import type { MeadowState } from "../engines/draft.ts";
import { type AnimalVariables, COVER, GRASS, type MeadowVariables } from "../variables.ts";

await loadGraphs();

/** An animal and where it is. */
export type Placed = Partial<AnimalVariables> & { readonly name: string; readonly at?: string };

/** What a meadow made by hand is like beside its animals. */
export interface MeadowOptions {
  /** Grass by location; elsewhere 5. */
  readonly grass?: { readonly [location: string]: number };
  /** Locations where sheep are hidden. */
  readonly cover?: readonly string[];
  readonly world?: Partial<MeadowVariables>;
  readonly asleep?: readonly string[];
  readonly width?: number;
}

/** A meadow of 9 × 9 locations with edges, and these animals on it. */
export function meadow(animals: readonly Placed[], options: MeadowOptions = {}): MeadowState {
  const { grass = {}, cover = [], world = {}, asleep = [], width = 9 } = options;
  const ids = Array.from({ length: width * width }, (_, i) => `${i % width},${Math.floor(i / width)}`);
  const attributes = ids.map((id): [string, JsonObject] => [id, {
    [GRASS]: grass[id] ?? 5,
    [COVER]: cover.includes(id),
  }]);
  const empty = Space.create({
    topology: { type: "grid", width, height: width, connectivity: 8, wrapping: false },
    proximity_radius: null,
    location_attributes: Object.fromEntries(attributes),
    additional_networks: [],
  });
  const records = animals.map(({ at: _, ...own }): AgentState<AnimalVariables> => ({
    species: own.name.startsWith("wolf") ? "wolf" : "sheep",
    energy: 8,
    body: 6,
    age: 3,
    fate: "alive",
    ...own,
  }));
  return new SimulationState<AnimalVariables, MeadowVariables>({
    turn: 6,
    agents: AgentMap.of(records),
    global_state: { sheep: 0, wolves: 0, asleep: 0, grass: 0, grown: 0, spent: 0, cull: 0, winter: 0, ...world },
    space: animals.reduce((space, { name, at }) => at === undefined ? space : space.move(name, at), empty),
    paused_agents: asleep,
  });
}

/** All energy of a meadow, less what has come in: the same at all times. */
export function energyOf({ agents, global_state: { grass, spent, grown } }: MeadowState): number {
  return agents.records.reduce((sum, { energy, body }) => sum + energy + body, 0) + grass + spent - grown;
}
