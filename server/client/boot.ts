/** Brings the islands of a page to life. Built with them, loaded by pages that have some, and started by `start.ts`. */

import { type ComponentType, h, hydrate } from "preact";
import { propsOf, type Signals, type Wire } from "./props.ts";

/** What the server says of a page's islands. */
export interface PageData {
  /** Addresses of the modules by the islands' names. */
  readonly modules: Readonly<Record<string, string>>;
  /** Props of each island, in the order in which they stand in the page. */
  readonly props: readonly { readonly [name: string]: Wire }[];
}

/** A module of islands: its components by their names. */
export type IslandModule = Readonly<Record<string, unknown>>;

/** Id of the element that holds the {@linkcode PageData}. */
const DATA_ID = "page-islands";

/** Brings them to life. @param here modules that have come with this script, by the islands' names */
export function boot(here: Readonly<Record<string, IslandModule>> = {}): void {
  const text = document.getElementById(DATA_ID)!.textContent!;
  const { modules, props }: PageData = JSON.parse(text);
  // What says nothing that JSON cannot say is as it is: thousands of rows need not be gone through.
  const isPlain = !text.includes('"$":');
  const signals: Signals = new Map();
  const loaded = new Map<string, Promise<IslandModule>>();
  for (const element of document.querySelectorAll<HTMLElement>("fresh-island[data-place]")) {
    const { island = "", part = "default" } = element.dataset;
    const place = Number(element.dataset.place);
    // All at once: who shares a signal shares it, whoever is loaded first.
    const given: Readonly<Record<string, unknown>> = isPlain ? props[place]! : propsOf(props[place]!, signals);
    const live = (parts: IslandModule) => {
      hydrate(rooted(h(parts[part] as ComponentType, given), place), element);
      element.dataset.ready = "";
    };
    const failed = (error: unknown) => {
      // What the server has drawn stays.
      element.dataset.failed = "";
      reportError(new Error(`the island ${island} could not be started: ${error}`, { cause: error }));
    };
    const module = Object.hasOwn(here, island) ? Promise.resolve(here[island]!) : load(modules[island]);
    module?.then(live).catch(failed);
  }

  function load(address: string | undefined): Promise<IslandModule> | undefined {
    if (address === undefined) return undefined;
    const module = loaded.get(address) ?? import(address) as Promise<IslandModule>;
    loaded.set(address, module);
    return module;
  }
}

/** The element with ids (`useId`) of its own, the same as on the server: `__m` is where Preact counts them. */
function rooted<V>(element: V, place: number): V {
  (element as { __m?: [number, number] }).__m = [place + 1, 0];
  return element;
}
