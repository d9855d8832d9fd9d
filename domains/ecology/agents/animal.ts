/** What sheep and wolves have in common: they are born, grow old, sleep through the winter. */

import {
  type Action,
  type AgentContext,
  BaseAgent,
  type Decision,
  type JsonObject,
  type SimulationState,
  type Space,
} from "llm-sim";
import { z } from "zod";
import { type AnimalVariables, BEAR, COVER, DIE, type MeadowVariables, type Species } from "../variables.ts";

/** What an animal sees. */
export type Sight = SimulationState<AnimalVariables, MeadowVariables>;

/** Config that all animals take. */
export const lifeConfig = {
  birth_energy: z.number().gt(0).max(1e6)
    .describe("energy from which it has young ones, unless a young one costs more than that"),
  young_energy: z.number().gt(0).max(1e6)
    .describe("energy it gives to a young one, beside that of a body like its own"),
  max_age: z.number().int().min(1).nullable().default(null).describe(
    "turns after which it dies; null: it does not age",
  ),
  hibernates: z.boolean().default(false).describe("whether it sleeps through the winter"),
};

/** Checked config of any animal. */
export type LifeConfig = { readonly [key in keyof typeof lifeConfig]: z.output<typeof lifeConfig[key]> };

/** An animal: lives as `live` says, and is otherwise like all animals. */
export abstract class AnimalAgent<C extends LifeConfig> extends BaseAgent<C, AnimalVariables, MeadowVariables> {
  static override readonly requires = {
    agent_vars: ["species", "energy", "body", "age", "fate"],
    global_vars: ["sheep", "wolves", "asleep", "grass", "grown", "spent", "cull", "winter"],
  };

  /** Its kind: its type in the scenario and its variable `species`. */
  abstract readonly species: Species;

  /** What it does with a turn at `here`, besides having young ones. */
  protected abstract live(here: string, observation: Sight, context: AgentContext): Action | null;

  override decideAction(observation: Sight, context: AgentContext): Decision {
    const { age, energy, body, species } = this.self(observation);
    if (species !== this.species) {
      throw new RangeError(`agent '${this.name}' is a ${this.species} but its variable species says ${species}`);
    }
    const { max_age, hibernates, birth_energy, young_energy } = this.config;
    if (max_age !== null && age >= max_age) return [this.act(DIE), this.leave("old age")];
    // of the winter's turns this one is awake already
    const rest = observation.global_state.winter - 1;
    if (hibernates && rest > 0) return this.sleep(rest, "winter");
    const here = spaceOf(observation).position(this.name);
    if (here === undefined) return null;
    const action = this.live(here, observation, context);
    if (energy < Math.max(birth_energy, young_energy + body)) return action;
    return action === null ? this.#bear(here, body) : [...this.#bear(here, body), action];
  }

  #bear(here: string, body: number) {
    const { young_energy: energy } = this.config;
    // the young of marmot_3 are marmots
    const kind = this.name.replace(/_\d+$/, "");
    return [
      this.act(BEAR, { energy: energy + body }),
      this.spawn({
        name: kind,
        type: this.species,
        config: this.config as unknown as JsonObject,
        variables: { species: this.species, energy, body, age: 0, fate: "alive" },
        location: here,
      }),
    ];
  }
}

/** The space that an animal sees. @throws {RangeError} when the scenario has none */
export function spaceOf({ space }: Sight): Space {
  if (space === null) throw new RangeError("animals need a place: the scenario has no section 'spatial'");
  return space;
}

/** Where the animals of a kind are that are awake and in sight, by name. */
export function inSight(species: Species, observation: Sight): { readonly name: string; readonly location: string }[] {
  const space = spaceOf(observation);
  const asleep = new Set(observation.paused_agents);
  const found: { name: string; location: string }[] = [];
  for (const { name, species: kind } of observation.agents) {
    const location = kind === species && !asleep.has(name) ? space.position(name) : undefined;
    if (location !== undefined) found.push({ name, location });
  }
  return found;
}

/** Whether animals on a location are hidden. */
export function isCover(space: Space, location: string): boolean {
  return space.attributes(location)[COVER] === true;
}

/** The values for which `rate` is greatest. */
export function best<T>(values: readonly T[], rate: (value: T) => number): T[] {
  const rates = values.map(rate);
  const most = Math.max(...rates);
  return values.filter((_, i) => rates[i] === most);
}
