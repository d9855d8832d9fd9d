/**
 * Noise on what is observed: a number v is seen as v · (1 + U(−f, f)), whole numbers rounded, at any depth of a value.
 * Truth values, texts and keys have none.
 */

import type { Json } from "./json.ts";
import type { Column } from "./member_columns.ts";
import type { ReadonlyColumn, ReadonlyIds } from "./members.ts";
import { hash32, type Rng } from "./rng.ts";
import { elementDefinition } from "./variable_values.ts";
import type { ElementDefinition, VariableDefinition } from "./variables.ts";

/**
 * The value as it is seen. What is drawn depends on the stream and `place` alone; parts of a value have places of their
 * own, which depend on the keys that lead to them.
 */
export type VariableBlur = (value: Json, noise: number, place: number, stream: Rng) => Json;

/**
 * What noise does to values of this variable; null when nothing in them is a number. A value that the definition does not
 * allow is left as it is.
 */
export function blurOf(definition: VariableDefinition): VariableBlur | null {
  switch (definition.type) {
    case "float":
      return blurFloat;
    case "int":
      return blurInt;
    case "bool":
    case "categorical":
    case "str":
    case "json":
      return null;
    case "list": {
      const item = blurOfElement(definition.item_type);
      return item && items(() => item);
    }
    case "tuple": {
      const parts = definition.item_types.map(blurOfElement);
      return parts.every((part) => part === null) ? null : items((i) => parts[i] ?? null);
    }
    case "dict": {
      if (definition.schema) return fields(definition.schema);
      const entry = definition.value_type ? blurOfElement(definition.value_type) : null;
      return entry && entries(() => entry);
    }
    case "object":
      return fields(definition.schema);
  }
}

/** A number as it is seen when the stream draws `uniform` in [0, 1). Never -0, never beyond ±`limit`. */
export function noisyNumber(value: number, noise: number, uniform: number, limit = Number.MAX_VALUE): number {
  const seen = value * (1 + noise * (2 * uniform - 1));
  return Math.min(Math.max(seen, -limit), limit) + 0;
}

/** A column of floats or ints as it is seen. What is drawn for a member depends on its id, not on its position. */
export function noisyColumn(
  column: ReadonlyColumn,
  ids: ReadonlyIds,
  noise: number,
  place: number,
  stream: Rng,
): Column {
  const seen = column.slice();
  const isWhole = seen instanceof Int32Array;
  const limit = isWhole ? 2 ** 31 - 1 : Number.MAX_VALUE;
  for (let i = 0; i < seen.length; i++) {
    const value = noisyNumber(seen[i]!, noise, stream.at(place + ids[i]!), limit);
    seen[i] = isWhole ? Math.round(value) : value;
  }
  return seen;
}

function blurFloat(value: Json, noise: number, place: number, stream: Rng): Json {
  return Number.isFinite(value) ? noisyNumber(value as number, noise, stream.at(place)) : value;
}

function blurInt(value: Json, noise: number, place: number, stream: Rng): Json {
  if (!Number.isFinite(value)) return value;
  return Math.round(noisyNumber(value as number, noise, stream.at(place), Number.MAX_SAFE_INTEGER)) + 0;
}

function blurOfElement(element: ElementDefinition): VariableBlur | null {
  return blurOf(elementDefinition(element));
}

function items(blurAt: (index: number) => VariableBlur | null): VariableBlur {
  return (value, noise, place, stream) => {
    if (!Array.isArray(value)) return value;
    return Object.freeze(value.map((item, i) => part(item, blurAt(i), noise, hash32(String(i), place), stream)));
  };
}

function entries(blurAt: (key: string) => VariableBlur | null): VariableBlur {
  return (value, noise, place, stream) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.freeze(Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, part(inner, blurAt(key), noise, hash32(key, place), stream)]),
    ));
  };
}

function fields(schema: { readonly [field: string]: ElementDefinition }): VariableBlur | null {
  const parts = new Map(Object.entries(schema).map(([field, element]) => [field, blurOfElement(element)]));
  return [...parts.values()].every((each) => each === null) ? null : entries((field) => parts.get(field) ?? null);
}

function part(value: Json, blur: VariableBlur | null, noise: number, place: number, stream: Rng): Json {
  return blur === null ? value : blur(value, noise, place, stream);
}
