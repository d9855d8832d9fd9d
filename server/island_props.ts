/** Props of islands on their way to the browser: JSON, and what is said in it of dates, signals and numbers beyond it. */

import { Signal } from "@preact/signals";
import { isValidElement } from "preact";
import { SimError } from "../framework/mod.ts";
import type { Wire } from "./client/props.ts";

/** The signals of a page, numbered as they are met: islands that are given the same one share it in the browser too. */
export type SignalIds = Map<Signal, number>;

/**
 * The props as {@linkcode propsOf} of the browser reads them.
 * @param island its name, for errors
 * @throws {SimError} `island_props` for what cannot be sent: functions, elements, instances of classes, circles
 */
export function encodeProps(
  island: string,
  props: Readonly<Record<string, unknown>>,
  signals: SignalIds,
): { readonly [name: string]: Wire } {
  const around = new Set<object>();
  return Object.fromEntries(
    Object.entries(props).filter(([, value]) => value !== undefined).map(([name, value]) => [name, wire(value, name)]),
  );

  function wire(value: unknown, place: string): Wire {
    if (value === undefined || value === null) return null;
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) ? value : { $: "number", is: String(value) };
      case "object":
        return object(value, place);
      default:
        throw refused(place, `is a ${typeof value}`);
    }
  }

  function object(value: object, place: string): Wire {
    if (value instanceof Date) return { $: "date", at: value.getTime() };
    if (around.has(value)) throw refused(place, "contains itself");
    around.add(value);
    try {
      if (value instanceof Signal) return { $: "signal", id: idOf(value), value: wire(value.peek(), `${place}.value`) };
      if (Array.isArray(value)) return value.map((each, i) => wire(each, `${place}[${i}]`));
      if (isValidElement(value)) throw refused(place, "is an element");
      if (!isPlain(value)) throw refused(place, `is a ${value.constructor?.name ?? "thing of its own kind"}`);
      const fields = Object.fromEntries(
        Object.entries(value).filter(([, of]) => of !== undefined).map((
          [key, of],
        ) => [key, wire(of, `${place}.${key}`)]),
      );
      // A field of that name would be taken for our own words.
      return Object.hasOwn(fields, "$") ? { $: "object", of: fields } : fields;
    } finally {
      around.delete(value);
    }
  }

  function idOf(signal: Signal): number {
    const id = signals.get(signal) ?? signals.size;
    signals.set(signal, id);
    return id;
  }

  function refused(place: string, why: string): SimError {
    return new SimError("island_props", `the prop '${place}' of the island ${island} ${why}`, {
      hint: "an island is given what JSON can say, dates and signals; let it make the rest itself",
    });
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
