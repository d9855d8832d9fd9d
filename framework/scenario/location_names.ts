/** The names of locations: which there may be, and which there are. */

import { didYouMean } from "../issue.ts";
import type { Json } from "../json.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { shown } from "./expectation.ts";
import type { Reading } from "./reading.ts";

// deno-lint-ignore no-control-regex -- control characters are what is refused
const NOT_IN_NAMES = /[\u0000-\u001f\u007f-\u009f]/;

/** Of more names than this none is looked for that is near a wrong one: it would take longer than a person waits. */
const MOST_COMPARED = 5000;

/** A name as text; a whole number counts as one. Undefined for anything else. */
export function nameOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : Number.isSafeInteger(value) ? String(value) : undefined;
}

/** Why a value cannot be a name, as a sentence; null when it can. */
export function nameFault(value: Json | undefined): string | null {
  const name = nameOf(value);
  if (name === undefined) return `a name is a text or a whole number, not ${shown(value)}`;
  const length = [...name].length;
  if (length === 0 || length > SCENARIO_LIMITS.name) {
    return `a name has 1 to ${SCENARIO_LIMITS.name} characters, not ${length}`;
  }
  if (NOT_IN_NAMES.test(name) || !name.isWellFormed()) return "a name holds no control characters";
  return name === "__proto__" ? "the name '__proto__' is reserved" : null;
}

/** The locations that there are. */
export class LocationNames {
  readonly ids: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #reading: Reading;
  #known: string | undefined;

  constructor(reading: Reading, ids: readonly string[]) {
    this.#reading = reading;
    this.ids = ids;
    this.#numbers = new Map(ids.map((id, number) => [id, number]));
  }

  has(id: string): boolean {
    return this.#numbers.has(id);
  }

  /** The position of a location in the list of all, or undefined. */
  find(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  /** The hint for a name that is not there. */
  hint(id: string): string {
    if (this.ids.length <= MOST_COMPARED) return this.#reading.suggest(id, this.ids);
    return this.#known ??= didYouMean("", this.ids);
  }
}
