/** Props of islands as the server has written them (`server/island_props.ts`). */

import { type Signal, signal } from "@preact/signals";

/** JSON in which objects with the field `$` say something that JSON cannot. */
export type Wire =
  | null
  | boolean
  | number
  | string
  | readonly Wire[]
  | { readonly [field: string]: Wire };

/** The signals of a page by their number. */
export type Signals = Map<number, Signal>;

/** The props. A signal that the page has already met is the one it has met. */
export function propsOf(props: { readonly [name: string]: Wire }, signals: Signals): Record<string, unknown> {
  return fields(props);

  function fields(of: { readonly [field: string]: Wire }): Record<string, unknown> {
    // Not by assignment: a field may be called __proto__.
    return Object.fromEntries(Object.entries(of).map(([name, wire]) => [name, value(wire)]));
  }

  function value(wire: Wire): unknown {
    if (wire === null || typeof wire !== "object") return wire;
    if (isList(wire)) return wire.map(value);
    switch (wire.$) {
      case undefined:
        return fields(wire);
      case "date":
        return new Date(wire.at as number);
      case "number":
        return Number(wire.is);
      case "signal":
        return shared(wire.id as number, wire.value as Wire);
      default:
        return fields(wire.of as { readonly [field: string]: Wire });
    }
  }

  function shared(id: number, first: Wire): Signal {
    const known = signals.get(id) ?? signal(value(first));
    signals.set(id, known);
    return known;
  }
}

function isList(wire: Wire): wire is readonly Wire[] {
  return Array.isArray(wire);
}
