/** Brings the islands of a page to life. Built with them, loaded by pages that have some. */

import { type ComponentType, h, hydrate } from "preact";
import { propsOf, type Signals, type Wire } from "./props.ts";

/** What the server says of a page's islands. */
export interface PageData {
  /** Addresses of the modules by the islands' names. */
  readonly modules: Readonly<Record<string, string>>;
  /** Props of each island, in the order in which they stand in the page. */
  readonly props: readonly { readonly [name: string]: Wire }[];
}

/** Id of the element that holds the {@linkcode PageData}. */
const DATA_ID = "page-islands";

function boot(): void {
  const { modules, props }: PageData = JSON.parse(document.getElementById(DATA_ID)!.textContent!);
  const signals: Signals = new Map();
  const loaded = new Map<string, Promise<Record<string, unknown>>>();
  for (const element of document.querySelectorAll<HTMLElement>("fresh-island[data-place]")) {
    const { island = "", part = "default" } = element.dataset;
    const place = Number(element.dataset.place);
    // All at once: who shares a signal shares it, whoever is loaded first.
    const given = propsOf(props[place]!, signals);
    const address = modules[island];
    if (address === undefined) continue;
    const module = loaded.get(address) ?? import(address) as Promise<Record<string, unknown>>;
    loaded.set(address, module);
    module.then((parts) => {
      hydrate(rooted(h(parts[part] as ComponentType, given), place), element);
      element.dataset.ready = "";
    }).catch((error) => {
      // What the server has drawn stays.
      element.dataset.failed = "";
      reportError(new Error(`the island ${island} could not be started: ${error}`, { cause: error }));
    });
  }
}

/** The element with ids (`useId`) of its own, the same as on the server: `__m` is where Preact counts them. */
function rooted<V>(element: V, place: number): V {
  (element as { __m?: [number, number] }).__m = [place + 1, 0];
  return element;
}

boot();
