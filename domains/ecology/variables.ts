/** The variables of animals and of the meadow they live on, and what animals can do. */

/** Kinds of animals: who grazes and who hunts. */
export const SPECIES = ["sheep", "wolf"] as const;

/** One of {@linkcode SPECIES}. */
export type Species = typeof SPECIES[number];

/** What has become of an animal; all but `alive` are gone after the turn. */
export const FATES = ["alive", "eaten", "starved", "old", "shot"] as const;

/** One of {@linkcode FATES}. */
export type Fate = typeof FATES[number];

/** What every animal has. */
export interface AnimalVariables {
  /** What kind it is. */
  readonly species: Species;
  /** What it lives on, energy units; at 0 it starves. */
  readonly energy: number;
  /** Energy bound in its body, which it got from its mother and leaves when it dies. */
  readonly body: number;
  /** Turns it has lived. */
  readonly age: number;
  /** What has become of it. */
  readonly fate: Fate;
}

/** What the meadow has. */
export interface MeadowVariables {
  /** Number of living sheep. */
  readonly sheep: number;
  /** Number of living wolves. */
  readonly wolves: number;
  /** Number of animals asleep. */
  readonly asleep: number;
  /** Grass on all locations, energy units. */
  readonly grass: number;
  /** Energy that has come in since turn 0: grass that grew. */
  readonly grown: number;
  /** Energy that has gone since turn 0: metabolism, ways, and what was lost when animals died. */
  readonly spent: number;
  /** Chance per turn that a wolf is shot; the scenario and interventions set it. */
  readonly cull: number;
  /** Turns of winter to come, the next one included; 0 in summer. */
  readonly winter: number;
}

/** Goes to location `to`. */
export const MOVE = "move";
/** Eats grass where it is. */
export const GRAZE = "graze";
/** Tries to catch the animal `prey`. */
export const HUNT = "hunt";
/** Gives `energy` to a young one, which the animal asks for with the same decision. */
export const BEAR = "bear";
/** Dies of old age; the animal leaves with the same decision. */
export const DIE = "die";
/** All actions. */
export const ACTIONS: readonly string[] = [MOVE, GRAZE, HUNT, BEAR, DIE];

/** Attribute of a location: whether a sheep is hidden there from wolves. */
export const COVER = "cover";

/** Attribute of a location: grass that stands there, energy units. */
export const GRASS = "grass";
