/** The locations of a space: their names, their numbers, their shapes. */

import { didYouMean, SimError } from "../issue.ts";
import type { Json } from "../json.ts";

/** Of more names than this none is looked for that is near a wrong one: it would take longer than a person waits. */
const MOST_COMPARED = 5000;

/** Which locations there are. Inside a space they go by their number, the position in `ids`. */
export class Locations {
  /** Names in the order of the topology. */
  readonly ids: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #geometries: readonly Json[] | null;

  /** @param geometries by number; null where no location has a shape */
  constructor(ids: readonly string[], geometries: readonly Json[] | null = null) {
    this.ids = Object.freeze(ids);
    this.#numbers = new Map(ids.map((id, number) => [id, number]));
    this.#geometries = geometries;
  }

  /** The number of a location, or undefined. */
  find(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  /** The number of a location. @throws {SimError} `unknown_location` */
  number(id: string): number {
    const number = this.#numbers.get(id);
    if (number === undefined) {
      throw new SimError("unknown_location", `there is no location '${id}'`, {
        hint: `ask has() where one may be missing or out of sight; ${nearestOf(id, this.ids)}`,
      });
    }
    return number;
  }

  /** The shape of a location, or null. */
  geometry(number: number): Json {
    return this.#geometries?.[number] ?? null;
  }

  /** Some of the locations, by number, renumbered in this order. */
  subset(numbers: readonly number[]): Locations {
    const geometries = this.#geometries && numbers.map((number) => this.geometry(number));
    return new Locations(numbers.map((number) => this.ids[number]!), geometries);
  }
}

/** "did you mean 'a'? valid: a, b, c", of at most twelve. */
export function nearestOf(name: string, valid: readonly string[]): string {
  return didYouMean(valid.length <= MOST_COMPARED ? String(name) : "", valid);
}
