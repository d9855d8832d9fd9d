/** Values in what a text says, by their path. Pure. */

import type { Json } from "../../../framework/mod.ts";
import type { Scalars } from "./schema.ts";
import type { Path, ScenarioDraft } from "./types.ts";

type Map = { readonly [key: string]: Json };

/** Whether it is keys and values. */
export function isMap(value: Json | undefined): value is Map {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined: there is none. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path) {
    if (Array.isArray(found) && typeof key === "number") found = found[key];
    else if (isMap(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found;
}

/** What holds: what is extended counts where the text says nothing. */
export function effective(draft: ScenarioDraft | null): Json | undefined {
  return draft?.merged?.value ?? draft?.written;
}

/** Single values of a mapping, as texts. */
export function scalarsOf(value: Json | undefined): Scalars {
  if (!isMap(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === null || typeof each === "object" ? [] : [[key, String(each)]]
    ),
  );
}

/** Single values at each beginning of a path, and at its end. */
export function scalarsIn(draft: ScenarioDraft | null, path: Path): Scalars[] {
  const whole = effective(draft);
  return [...path.keys(), path.length].map((depth) => scalarsOf(valueAt(whole, path.slice(0, depth))));
}
